"""The table of contents. Run it with `streamlit run app.py`."""

import streamlit as st

from demo.pages import attack

st.set_page_config(page_title="Adversarial examples, by hand", page_icon="🐼", layout="wide")
st.navigation([st.Page(attack.page, title="See it", default=True)]).run()
