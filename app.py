"""The table of contents. Run it with `streamlit run app.py`."""

import streamlit as st

from demo.pages import (
    activation_growth,
    adversarial_training,
    attack,
    paper,
    three_against_seven,
)

st.set_page_config(page_title="Adversarial examples, by hand", page_icon="🐼", layout="wide")

# Each page in the lecture's order, and the line by which the one before leads to it.
CONTENTS = (
    (
        st.Page(attack.page, title="See it", default=True),
        "Now see it: choose a digit and a network, and drag epsilon yourself",
    ),
    (
        st.Page(activation_growth.page, title="Growth against dimension", url_path="growth"),
        "Next: why a linear model in a high dimension is enough",
    ),
    (
        st.Page(
            three_against_seven.page,
            title="Three against seven",
            url_path="three-against-seven",
        ),
        "Next: three against seven, one linear model in pictures",
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
        st.Page(paper.page, title="The paper's numbers", url_path="paper"),
        "Next: the paper's numbers, and ours beside them",
    ),
)
pages = [page for page, _ in CONTENTS]
here = st.navigation(pages)
here.run()
st.divider()
following, line = CONTENTS[(pages.index(here) + 1) % len(pages)]
st.page_link(following, label=line, icon=":material/arrow_forward:")
