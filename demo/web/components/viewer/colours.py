"""The colours component: a photograph beside its gradient's signs, and one pixel taken apart."""

from pathlib import Path
from typing import Any

import streamlit as st

_HERE = Path(__file__).parent

_colours = st.components.v2.component(
    "perturbation_colours",
    html=(_HERE / "colours.html").read_text(encoding="utf-8"),
    css=(_HERE / "colours.css").read_text(encoding="utf-8"),
    js="\n".join(
        (_HERE / name).read_text(encoding="utf-8")
        for name in ("pixels.js", "lens.js", "colours.js")
    ),
    isolate_styles=False,
)


def show(data: dict[str, Any]) -> None:
    """Mount the component. data: JSON, arrays packed; the keys are those of `pages.colours`."""
    _colours(data=data, key="colours")
