"""Margins of threes and sevens, and below them, on the same axis, the losses they give.

What moves with epsilon is not drawn here: the line epsilon ||w||_1, the adversarial loss and the
loss with weight decay are put over the figure by the browser; the legend has their entries.
"""

import numpy as np
import plotly.graph_objects as go
from numpy.typing import NDArray
from plotly.subplots import make_subplots

from demo.web.figures import frame, palette

BINS = 36
CLASSES = (("threes", "#009E73", ""), ("sevens", "#E69F00", "/"))
"""Name, colour and hatching. Never colour alone."""
ADVERSARIAL, DECAY = (palette.RIVALS[0], "solid"), (palette.TARGET, "dash")
REACH = 0.3
"""The epsilon whose growth epsilon ||w||_1 still lies inside the axes."""


def plot(margins: NDArray[np.float64], labels: NDArray[np.int64], l1: float) -> go.Figure:
    """Digits over their margin y(w.x + b), stacked by class; softplus(-m) below.

    margins: (N,) without attack.  labels: (N,) 0 for a three, 1 for a seven.  l1: ||w||_1.
    """
    low, high = limits(margins, l1)
    edges = np.linspace(low, high, BINS + 1)
    figure = make_subplots(rows=2, cols=1, shared_xaxes=True, vertical_spacing=0.07)
    for k, (name, colour, hatching) in enumerate(CLASSES):
        counts, _ = np.histogram(margins[labels == k], edges)
        figure.add_bar(
            x=(edges[:-1] + edges[1:]) / 2, y=counts, name=name, width=np.diff(edges), row=1, col=1,
            marker={"color": colour, "line": {"width": 0},
                    "pattern": {"shape": hatching, "solidity": 0.35}},
            hovertemplate=f"%{{y}} {name} with a margin near %{{x:.1f}}<extra></extra>",
        )  # fmt: skip
    m = np.linspace(low, high, 121)
    figure.add_scatter(
        x=m, y=np.logaddexp(0, -m), name="loss, clean", mode="lines", row=2, col=1,
        line={"color": palette.LABEL, "width": 3},
        hovertemplate="softplus(−%{x:.2f}) = %{y:.3f} nats<extra></extra>",
    )  # fmt: skip
    _entry(figure, "under FGSM", *ADVERSARIAL)
    _entry(figure, "with L1 decay, λ = ε", *DECAY)
    return _with_axes(figure, low, high, max(REACH * l1, float(np.logaddexp(0, -low))))


def limits(margins: NDArray[np.float64], l1: float) -> tuple[float, float]:
    """The margins that the axis shows: all of the digits', 0, and the growth at `REACH`."""
    low, high = min(float(margins.min()), 0.0), max(float(margins.max()), REACH * l1)
    room = 0.03 * (high - low)
    return low - room, high + room


def _entry(figure: go.Figure, name: str, colour: str, dash: str) -> None:
    figure.add_scatter(
        x=[None], y=[None], name=name, mode="lines", row=2, col=1,
        line={"color": colour, "dash": dash, "width": 3},
    )  # fmt: skip


def _with_axes(figure: go.Figure, low: float, high: float, highest_loss: float) -> go.Figure:
    frame.around(
        figure, 52, 26, 92, right=10, barmode="stack", bargap=0, height=560, showlegend=True,
        legend=frame.UNMOVED | {"traceorder": "normal"},
    )  # fmt: skip
    figure.update_xaxes(range=[low, high], zeroline=True)
    figure.update_xaxes(title_text="margin M = y(w·x + b), without attack", row=2, col=1)
    figure.update_yaxes(rangemode="tozero", title_standoff=8)
    figure.update_yaxes(title_text="digits", row=1, col=1)
    return figure.update_yaxes(
        title_text="loss, nats", range=[-0.02 * highest_loss, highest_loss], row=2, col=1
    )
