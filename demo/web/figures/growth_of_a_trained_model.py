"""A trained linear model against the dimension: its growth, margin and m, and its errors."""

from collections.abc import Sequence

import plotly.graph_objects as go

from demo.experiments.activation_growth.growth_of_a_trained_model import SIDES, Errors, Trained
from demo.web.figures import frame, palette

WORST = "#D55E00"
"""What FGSM does, here and on the page's other figures."""
CHANCE = (palette.CONTROL, "dot", "diamond")


def growth(trained: Sequence[Trained], epsilon: float) -> go.Figure:
    """epsilon * ||w||_1, the median margin, epsilon * ||w||_2 and m over n, all logarithmic."""
    n = [model.n for model in trained]
    figure = go.Figure()
    for name, values, look in (
        ("FGSM: ε‖w‖₁", [epsilon * t.l1 for t in trained], (WORST, "solid", "circle")),
        ("median margin", [t.median_margin for t in trained], (palette.LABEL, "dash", "square")),
        ("random signs: ε‖w‖₂", [epsilon * t.l2 for t in trained], CHANCE),
        ("m, mean |w|", [t.m for t in trained], (palette.RIVALS[2], "longdash", "triangle-down")),
    ):
        frame.add_line(figure, n, values, name, look, "%{y:.3g}<extra>" + name + "</extra>")
    figure.update_yaxes(title_text="change of w·x; m", type="log", tickformat=",~g", dtick=1)
    return _with_axes(figure)


def errors(trained: Sequence[Trained], found: Sequence[Errors]) -> go.Figure:
    """Shares of wrong answers in percent over n (logarithmic)."""
    n = [model.n for model in trained]
    figure = go.Figure()
    for name, values, look in (
        ("FGSM", [e.fgsm for e in found], (WORST, "solid", "circle")),
        ("FGSM, clipped to [0, 1]", [e.clipped for e in found], (WORST, "dash", "circle-open")),
        ("random signs", [e.random for e in found], CHANCE),
        ("no attack", [e.clean for e in found], (palette.LABEL, "solid", "square")),
    ):
        percent = [100 * share for share in values]
        hover = "%{y:.1f} % wrong<extra>" + name + "</extra>"
        frame.add_line(figure, n, percent, name, look, hover)
    figure.update_yaxes(title_text="wrong answers, %", range=[-3, 104], dtick=25)
    return _with_axes(figure)


def _with_axes(figure: go.Figure) -> go.Figure:
    figure.update_xaxes(
        title_text="n, values of a digit", type="log", range=[1.05, 4.25], tickangle=0,
        tickvals=[side**2 for side in SIDES], ticktext=[f"{side**2:,}" for side in SIDES],
    )  # fmt: skip
    return frame.around(
        figure, 56, 8, 120, right=8, hovermode="x unified", height=420, showlegend=True,
        legend=frame.UNMOVED,
    )  # fmt: skip
