"""The component of the page "Three against seven": everything that moves with its epsilon."""

from collections.abc import Callable, Mapping
from typing import Any

import streamlit as st

from demo.web.components import linked
from demo.web.components.viewer.sent import Sheet

_view = linked.component("viewer/three_against_seven")


def show(data: Sheet, on_turn: Callable[[Any], None]) -> None:
    """Mount it, or hand the one that is there another sheet.

    on_turn: called with the number of the sheet that is asked for.
    """

    def turned() -> None:
        said = st.session_state.get("three_against_seven")
        on_turn(said.get("turned") if isinstance(said, Mapping) else None)

    _view(data=data, key="three_against_seven", on_turned_change=turned)
