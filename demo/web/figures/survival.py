"""How far other networks follow: the probability of each one's own clean answer over the stops."""

from collections.abc import Mapping, Sequence

import numpy as np
import plotly.graph_objects as go
from numpy.typing import NDArray

from demo.web.figures import palette

SYMBOLS = ("circle", "square", "diamond", "triangle-up", "x", "cross")


def plot(curves: Mapping[str, NDArray[np.float64]], ticks: Sequence[str]) -> go.Figure:
    """curves: title -> (L,) shares, 0 to 1, the network that is attacked first.  ticks: stops.

    The markers are what was evaluated; the lines only join them.
    """
    figure = go.Figure()
    styles = [(palette.LABEL, "solid"), *zip(palette.RIVALS, palette.RIVAL_DASHES, strict=True)]
    for i, (title, shares) in enumerate(curves.items()):
        colour, dash = styles[i % len(styles)]
        symbol = SYMBOLS[(i // len(styles) + i) % len(SYMBOLS)]
        figure.add_scatter(
            x=np.arange(len(ticks)), y=100 * shares, name=_wrapped(title), mode="lines+markers",
            line={"color": colour, "dash": dash, "width": 3 if i == 0 else 2},
            marker={"symbol": symbol, "size": 9}, customdata=list(ticks),
            hovertemplate="%{y:.1f} % at epsilon = %{customdata}",
        )  # fmt: skip
    lines = sum(1 + _wrapped(title).count("<br>") for title in curves)
    figure.update_xaxes(
        title_text="epsilon", tickvals=list(range(len(ticks))), ticktext=list(ticks),
        fixedrange=True, zeroline=False,
    )  # fmt: skip
    figure.update_yaxes(
        title_text="own clean answer, %", range=[-3, 103], fixedrange=True, zeroline=False
    )
    return figure.update_layout(
        template="none", hovermode="x unified", dragmode=False, height=360 + 20 * lines,
        margin={"l": 56, "r": 12, "t": 12, "b": 60 + 20 * lines},
        legend={"orientation": "v", "yref": "container", "y": 0, "yanchor": "bottom", "x": 0},
    )  # fmt: skip


def _wrapped(title: str) -> str:
    """On two lines where it is too long for a phone."""
    return title.replace(", ", ",<br>") if len(title) > 36 else title
