"""What all figures have: axes that stay, a legend below, lines with markers, a band."""

from collections.abc import Sequence
from typing import Any

import numpy as np
import plotly.graph_objects as go
from numpy.typing import NDArray

from demo.web.figures import palette

LEGEND = {"orientation": "h", "yref": "container", "y": 0, "yanchor": "bottom", "x": 0}
UNMOVED = LEGEND | {"itemclick": False, "itemdoubleclick": False}
"""A legend that takes no line away."""
CHANCE = "rgba(138,138,138,.3)"
Values = Sequence[float] | NDArray[np.float64]


def around(
    figure: go.Figure, left: int, top: int, bottom: int, *, right: int = 12, **layout: Any
) -> go.Figure:
    """The figure with its margins, in pixels; nothing in it can be dragged.

    layout: what else there is to say, or to say otherwise.
    """
    still = {"fixedrange": True, "zeroline": False}
    figure.update_xaxes(still).update_yaxes(still)
    margin = {"l": left, "r": right, "t": top, "b": bottom}
    usual = {"template": "none", "hovermode": "closest", "dragmode": False, "margin": margin}
    return figure.update_layout(usual | layout)


def add_line(
    figure: go.Figure,
    x: Values,
    y: Values,
    name: str,
    look: tuple[str, str, str | None],
    hover: str,
    width: float = 3,
) -> None:
    """One line. look: colour, dash, and the markers' symbol, None for no markers."""
    colour, dash, symbol = look
    figure.add_scatter(
        x=x, y=y, name=name, mode="lines+markers" if symbol else "lines",
        line={"color": colour, "dash": dash, "width": width},
        marker=palette.marker(symbol, colour) if symbol else None, hovertemplate=hover,
    )  # fmt: skip


def add_markers(
    figure: go.Figure,
    x: Values | Sequence[str],
    y: Values | Sequence[str],
    name: str,
    look: tuple[str, str],
    hover: str,
    size: int = 14,
) -> None:
    """Markers alone. look: colour and symbol."""
    colour, symbol = look
    figure.add_scatter(
        x=x, y=y, name=name, mode="markers", hovertemplate=hover, cliponaxis=False,
        marker={"symbol": symbol, "size": size, "color": colour,
                "line": {"width": 2, "color": colour}},
    )  # fmt: skip


def add_band(figure: go.Figure, x: Values, curves: NDArray[np.float64]) -> None:
    """Grey from the lowest to the highest of the curves, (curves, points)."""
    edge = {"x": x, "mode": "lines", "line": {"width": 0}, "hoverinfo": "skip"}
    figure.add_scatter(y=curves.max(axis=0).tolist(), showlegend=False, **edge)
    figure.add_scatter(
        y=curves.min(axis=0).tolist(), fill="tonexty", fillcolor=CHANCE, showlegend=False, **edge
    )
