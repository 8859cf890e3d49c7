"""The change of a linear model's answer over n, for epsilon = m = 1; a drag moves the lines."""

from collections.abc import Sequence

import numpy as np
import plotly.graph_objects as go
from numpy.typing import NDArray

from demo.web.figures import frame, palette

WORST = "#D55E00"
Floats = NDArray[np.float64]


def plot(n: Sequence[int], worst: Floats, blind: Floats) -> go.Figure:
    """The band's edges, random signs, sign(w), and last what does not rise with m: max|eta|.

    n, worst: (K,).  blind: (draws, K), any sign: its root mean square, and its middle 80 %.
    """
    figure = go.Figure()
    frame.add_band(figure, n, np.quantile(np.abs(blind), (0.1, 0.9), axis=0))
    random = np.sqrt(np.square(blind).mean(axis=0))
    steep, last = int(np.searchsorted(n, 2e4)), len(n) - 1
    _add_line(figure, n, random, "random signs", (palette.CONTROL, "dot"), last)
    _add_line(figure, n, worst, "sign(w)", (WORST, "solid"), steep)
    _add_line(figure, n, np.ones(len(n)), "max|η| = ε", (palette.LABEL, "dash"), last)
    figure.data[-1].textposition = "bottom left"
    log = {"type": "log", "exponentformat": "power"}
    figure.update_xaxes(log, title_text="n, the dimension", range=[0, 7], dtick=1)
    figure.update_yaxes(log, title_text="change", range=[-6, 7], dtick=2)
    return frame.around(figure, 58, 10, 46, right=14, showlegend=False)


def _add_line(
    figure: go.Figure, n: Sequence[int], y: Floats, name: str, look: tuple[str, str], at: int
) -> None:
    """A line, and its name beside its point of that index."""
    hover = "%{y:.3g} at n = %{x:,}<extra>" + name + "</extra>"
    frame.add_line(figure, n, y.tolist(), name, (*look, None), hover)
    text = [name if i == at else "" for i in range(len(n))]
    figure.data[-1].update(mode="lines+text", text=text, textposition="top left")
    figure.data[-1].textfont.weight = 600
