"""What holds for the whole page: its history, its print, translators, a server that came back."""

from collections.abc import Sequence

import streamlit as st

from demo.web.components import linked

_document = linked.component("viewer/document")


def mount(followed: Sequence[str]) -> None:
    """Put it into the page, where it shows nothing.

    followed: the addresses of the pages that follow the browser back and forward.
    """
    with st.container(height=1, border=False):
        _document(data={"followed": list(followed)}, key="whole", on_again_change=lambda: None)
