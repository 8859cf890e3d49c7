"""The bar of the guided lecture: what a step says, its keys, and the outline of its control."""

from collections.abc import Callable, Sequence
from typing import Any

import streamlit as st

from demo.web.components import linked, picker

_bar = linked.component("guide/guide")


def show(
    steps: Sequence[dict[str, Any]], at: int, leaves: bool, on_ask: Callable[[Any], None],
    on_leave: Callable[[Any], None],
) -> None:  # fmt: skip
    """Mount it, over the foot of the app.

    steps: {"title", "said": paragraphs, "selector": of the control} of each.  at: the number of
    the one that is shown, from 1; 0: none.  leaves: whether the page is to be left for it.
    on_ask: called with the number of another one, or 0.  on_leave: when the browser is ready.
    """

    def asked() -> None:
        on_ask(picker.said("guide", "asked"))

    def left() -> None:
        on_leave(picker.said("guide", "left"))

    with st.container(height=1, border=False):
        _bar(
            data={"steps": list(steps), "at": at, "leaves": leaves}, key="guide",
            on_asked_change=asked, on_left_change=left,
        )  # fmt: skip
    picker.hear("guide", {"asked": asked, "left": left})
