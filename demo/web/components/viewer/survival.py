"""The component of "Does it survive": rows of verdicts that follow the viewer's epsilon."""

from pathlib import Path
from typing import Any

import streamlit as st

from demo.web.components import plotted

_HERE = Path(__file__).parent
_SCRIPTS = ("words.js", "legend.js", "chart.js", "survival.js")

_component = st.components.v2.component(
    "survival",
    html=(_HERE / "survival.html").read_text(encoding="utf-8"),
    css=(_HERE / "survival.css").read_text(encoding="utf-8"),
    js="\n".join(
        [plotted.BUNDLE] + [(_HERE / name).read_text(encoding="utf-8") for name in _SCRIPTS]
    ),
    isolate_styles=False,
)


def show(data: dict[str, Any]) -> None:
    """Mount it, or hand the one that is there other rows. The keys: see `pages.survival`."""
    _component(data=data, key="survival")
