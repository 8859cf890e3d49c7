"""The growth component: sliders for n, m and epsilon; the curves, the parts and their sum follow.

The server sends the sums at every stop once, for epsilon = 1 and m = 1. Both growths are linear in
epsilon and m, so the browser shows exactly what the server would compute, and asks for nothing.
"""

from pathlib import Path
from typing import Any

import streamlit as st

_HERE = Path(__file__).parent

_growth = st.components.v2.component(
    "activation_growth",
    html=(_HERE / "activation_growth.html").read_text(encoding="utf-8"),
    css=(_HERE / "activation_growth.css").read_text(encoding="utf-8"),
    js="\n".join(
        (_HERE / f"activation_growth{part}.js").read_text(encoding="utf-8")
        for part in ("_words", "_curves", "")
    ),
    isolate_styles=False,
)


def show(data: dict[str, Any]) -> None:
    """Mount the component. data: JSON; the keys are those that `pages.activation_growth` writes."""
    _growth(data=data, key="growth")
