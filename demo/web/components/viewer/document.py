"""What holds for the whole page: its history, its print, translators, a server that came back."""

from collections.abc import Sequence

import streamlit as st

from demo.web.components import linked

_document = linked.component("viewer/document")

PLACES = """<style>
[data-testid="stLayoutWrapper"]:has(> :is(.st-key-document, .st-key-guide-place)),
[data-testid="stLayoutWrapper"]:has(> .st-key-waiting-page) { position: absolute; width: 0; }
</style>"""
"""No place for what shows nothing: a component's own style may come later."""


def mount(followed: Sequence[str]) -> None:
    """Put it into the page, where it shows nothing.

    followed: the addresses of the pages that follow the browser back and forward.
    """
    st.html(PLACES)
    with st.container(key="document"):
        _document(data={"followed": list(followed)}, key="whole", on_again_change=lambda: None)
