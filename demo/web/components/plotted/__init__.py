"""A Plotly figure on a page, and the one bundle that draws all of them.

The bundle is a file under `static/`, which Streamlit serves as it is: a browser asks for it once.
`BUNDLE` is the text of the script that loads it.
"""

import json
from pathlib import Path
from typing import Any

import streamlit as st

_HERE = Path(__file__).parent
STATIC = Path(__file__).parents[4] / "static"
(_FILE,) = STATIC.glob("plotly-*.min.js")
BUNDLE = f'const PLOTLY = "{_FILE.name}";\n' + (_HERE / "bundle.js").read_text(encoding="utf-8")

_plot = st.components.v2.component(
    "fgsm_plotted",
    html=(_HERE / "plotted.html").read_text(encoding="utf-8"),
    css=(_HERE / "plotted.css").read_text(encoding="utf-8"),
    js=BUNDLE + (_HERE / "plotted.js").read_text(encoding="utf-8"),
    isolate_styles=False,
)


def show(figure: Any, key: str, alt: str) -> None:
    """Draw the figure, without Plotly's own buttons. alt: what it shows, for who cannot see it."""
    _plot(data={"figure": json.loads(figure.to_json()), "alt": alt}, key=key)
