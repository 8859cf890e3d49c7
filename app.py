"""The table of contents. Run it with `streamlit run app.py`."""

import streamlit as st

from demo.pages import adversarial_training, attack, attack_cost, paper

st.set_page_config(page_title="Adversarial examples, by hand", page_icon="🐼", layout="wide")

CONTENTS = (
    (
        st.Page(attack.page, title="See it", default=True),
        "Now see it: choose a digit and a network, and drag epsilon yourself",
    ),
    (
        st.Page(
            adversarial_training.page,
            title="Adversarial training",
            url_path="adversarial-training",
        ),
        "Next: adversarial training, which puts the attack into the loss",
    ),
    (
        st.Page(attack_cost.page, title="What it costs", url_path="cost"),
        "Next: what it costs, by one pass and by the older ways",
    ),
    (
        st.Page(paper.page, title="The paper's numbers", url_path="paper"),
        "Next: the paper's numbers, and ours beside them",
    ),
)
# Each page in the lecture's order, and the line by which the one before leads to it.

pages = [page for page, _ in CONTENTS]
here = st.navigation(pages)
here.run()
st.divider()
following, line = CONTENTS[(pages.index(here) + 1) % len(pages)]
st.page_link(following, label=line, icon=":material/arrow_forward:")
