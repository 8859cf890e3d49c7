"""The table of contents. Run it with `streamlit run app.py`."""

import streamlit as st

from demo.pages import adversarial_training, attack, paper

st.set_page_config(page_title="Adversarial examples, by hand", page_icon="🐼", layout="wide")
st.navigation(
    [
        st.Page(attack.page, title="See it", default=True),
        st.Page(
            adversarial_training.page,
            title="Adversarial training",
            url_path="adversarial-training",
        ),
        st.Page(paper.page, title="The paper's numbers", url_path="paper"),
    ]
).run()
