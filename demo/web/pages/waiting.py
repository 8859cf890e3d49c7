"""The waiting line: a few calm words over the page's top edge while others are served first."""

import streamlit as st

from demo.web.store import worker

STYLE = """<style>
[class*="st-key-waiting-"] {
  position: fixed; top: 1rem; left: 0; right: 0; width: auto; z-index: 999991;
  padding: 0 1rem; align-items: center; pointer-events: none;
}
[class*="st-key-waiting-"] > div { width: auto; }
@media (max-width: 640px) { [class*="st-key-waiting-"] { align-items: end; } }
</style>"""
"""Out of the page's flow, so that nothing moves when the words come and go; in the middle, on a
phone at the right, where the drawer's button is not."""


def line(key: str) -> None:
    """Let what is drawn from here on say how many are before it; a fragment calls it for itself."""
    with st.container(key=f"waiting-{key}"):
        st.html(STYLE)
        worker.say_in(st.empty())
