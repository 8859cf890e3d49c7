"""The table of contents. Run it with `streamlit run app.py`."""

import streamlit as st

from demo import device
from demo.web.components.viewer import document
from demo.web.pages import (
    activation_growth,
    adversarial_training,
    attack,
    attack_cost,
    guide,
    hidden_l1,
    paper,
    three_against_seven,
    waiting,
    why,
)
from demo.web.store import brought, memory

st.set_page_config(
    page_title="Adversarial examples, by hand", page_icon="🐼", layout="wide",
    initial_sidebar_state="collapsed" if st.context.is_embedded else "auto",
)  # fmt: skip

# The lecture's order: page, title, address.
CONTENTS = (
    (attack.page, "See it", ""),
    (why.page, "Why do they exist?", "why"),
    (activation_growth.page, "Growth against dimension", "growth"),
    (adversarial_training.page, "Adversarial training", "adversarial-training"),
    (hidden_l1.page, "The hidden L1", "hidden-l1"),
    (three_against_seven.page, "Three against seven", "three-against-seven"),
    (attack_cost.page, "What it costs", "cost"),
    (paper.page, "The paper's numbers", "paper"),
)

FOLLOWED = ("", "cost")
"""The addresses of the pages that follow the browser back and forward."""

pages = [
    st.Page(page, title=title, url_path=address, default=not address)
    for page, title, address in CONTENTS
]
# Which page it is, is said before anything is drawn.
here = st.navigation(pages)
whole = st.container()
# What shows nothing, or lies over the page, stands below it: it moves nothing when it comes.
document.mount(FOLLOWED)
waiting.line("page")


def draw() -> None:
    """The page, and what it cannot show, above a link to the next."""
    try:
        device.choose()
    except ValueError as error:
        st.error(str(error))
        st.stop()
    for refusal in brought.refusals():
        st.error(refusal)
    try:
        here.run()
    except memory.Exhausted as error:
        st.error(str(error))
    if notice := memory.notice():
        st.warning(notice)
    st.divider()
    last = here is pages[-1]
    following = pages[0] if last else pages[pages.index(here) + 1]
    line = "Now see it: drag epsilon yourself" if last else f"Next: {following.title}"
    st.page_link(following, label=line, icon=":material/arrow_forward:")


if guide.stays({page.url_path: page for page in pages}, here):
    with whole:
        draw()
