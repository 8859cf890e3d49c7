"""How far other networks follow: the probability of each one's own clean answer over epsilon."""

from collections.abc import Mapping, Sequence

import numpy as np
import plotly.graph_objects as go
from numpy.typing import NDArray

from demo.web.figures import frame, palette

COLOURS = (palette.LABEL, *palette.RIVALS)
DASHES = ("solid", *palette.RIVAL_DASHES)


def plot(curves: Mapping[str, NDArray[np.float64]], ticks: Sequence[str]) -> go.Figure:
    """curves: title -> (L,) shares, 0 to 1, the network that is attacked first.  ticks: epsilons.

    The markers are what was evaluated; the lines only join them. No two have the same colour and
    dash, as long as there are at most 36.
    """
    figure = go.Figure()
    for i, (title, shares) in enumerate(curves.items()):
        turn, place = divmod(i, len(COLOURS))
        dash = DASHES[(place + turn) % len(DASHES)]
        figure.add_scatter(
            x=np.arange(len(ticks)), y=100 * shares, name=title, mode="lines+markers",
            line={"color": COLOURS[place], "dash": dash, "width": 3 if i == 0 else 2},
            marker={"size": 7}, customdata=list(ticks),
            hovertemplate="%{y:.1f} % at epsilon = %{customdata}",
        )  # fmt: skip
    figure.update_xaxes(
        title_text="epsilon", tickvals=list(range(len(ticks))), ticktext=list(ticks),
        range=[-0.3, len(ticks) - 0.7],
    )  # fmt: skip
    figure.update_yaxes(title_text="own clean answer, %", range=[-3, 103])
    return frame.around(figure, 56, 12, 56)
