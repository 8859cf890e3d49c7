"""The component of the page "Three against seven": everything that moves with its epsilon."""

from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Any

import streamlit as st

from demo.web.components import plotted

_HERE = Path(__file__).parent
_OWN = ("three_against_seven_margins.js", "three_against_seven_derivation.js",
        "three_against_seven.js")  # fmt: skip
_SCRIPTS = ("pixels.js", "words.js", "chart.js", *_OWN)

_view = st.components.v2.component(
    "three_against_seven",
    html=(_HERE / "three_against_seven.html").read_text(encoding="utf-8"),
    css=(_HERE / "three_against_seven.css").read_text(encoding="utf-8"),
    js="\n".join(
        [plotted.BUNDLE] + [(_HERE / name).read_text(encoding="utf-8") for name in _SCRIPTS]
    ),
    isolate_styles=False,
)


def show(data: dict[str, Any], on_turn: Callable[[Any], None]) -> None:
    """Mount it, or hand the one that is there another sheet.

    data: JSON; arrays packed by `viewer.packed`. The keys are those that the page of the same
    name writes.  on_turn: called with the number of the sheet that is asked for.
    """

    def turned() -> None:
        said = st.session_state.get("three_against_seven")
        on_turn(said.get("turned") if isinstance(said, Mapping) else None)

    _view(data=data, key="three_against_seven", on_turned_change=turned)
