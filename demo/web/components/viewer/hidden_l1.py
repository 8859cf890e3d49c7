"""The hidden L1's component: epsilon and alpha to drag, every number sent in advance."""

from pathlib import Path
from typing import Any

import streamlit as st

from demo.web.components import plotted

_HERE = Path(__file__).parent
_SCRIPTS = ("chart.js", "hidden_l1.js")

_component = st.components.v2.component(
    "hidden_l1",
    html=(_HERE / "hidden_l1.html").read_text(encoding="utf-8"),
    css=(_HERE / "hidden_l1.css").read_text(encoding="utf-8"),
    js="\n".join(
        [plotted.BUNDLE] + [(_HERE / name).read_text(encoding="utf-8") for name in _SCRIPTS]
    ),
    isolate_styles=False,
)


def show(data: dict[str, Any]) -> None:
    """Mount it, or hand the one that is there another picture.

    data: JSON. The keys are those that `demo.web.pages.hidden_l1` writes; what is measured on a
    thousand digits comes later, by `viewer.feed`.
    """
    _component(data=data, key="hidden-l1")
