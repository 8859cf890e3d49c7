"""A trained linear model against the dimension: its growth and margin, its m, its errors."""

from collections.abc import Sequence

import plotly.graph_objects as go

from demo.experiments.growth_of_a_trained_model import SIDES, Errors, Trained
from demo.figures import palette

WORST = "#D55E00"
"""What FGSM does, here and on the page's other figures."""


def growth(trained: Sequence[Trained], epsilon: float) -> go.Figure:
    """epsilon * ||w||_1, the median margin and epsilon * ||w||_2 over n, all logarithmic."""
    n = [model.n for model in trained]
    figure = go.Figure()
    for name, values, colour, dash, symbol in (
        ("FGSM: ε‖w‖₁", [epsilon * t.l1 for t in trained], WORST, "solid", "circle"),
        ("median margin", [t.median_margin for t in trained], palette.LABEL, "dash", "square"),
        ("random signs: ε‖w‖₂", [epsilon * t.l2 for t in trained], palette.CONTROL, "dot",
         "diamond"),
    ):  # fmt: skip
        figure.add_scatter(
            x=n, y=values, name=name, mode="lines+markers",
            line={"color": colour, "dash": dash, "width": 3},
            marker=palette.marker(symbol, colour),
            hovertemplate="%{y:.3g}<extra>" + name + "</extra>",
        )  # fmt: skip
    figure.update_yaxes(title_text="change of w·x", type="log", tickformat=",~g")
    return _with_axes(figure)


def magnitude(trained: Sequence[Trained]) -> go.Figure:
    """m over n, both logarithmic."""
    figure = go.Figure()
    figure.add_scatter(
        x=[t.n for t in trained], y=[t.m for t in trained], name="m", mode="lines+markers",
        line={"color": palette.RIVALS[2], "width": 3}, marker={"size": 9},
        hovertemplate="m = %{y:.3g}<extra></extra>",
    )  # fmt: skip
    figure.update_yaxes(title_text="m, mean |w|", type="log", tickformat=",~g", dtick=1)
    return _with_axes(figure, legend=False)


def errors(trained: Sequence[Trained], found: Sequence[Errors]) -> go.Figure:
    """Shares of wrong answers in percent over n (logarithmic)."""
    n = [model.n for model in trained]
    figure = go.Figure()
    for name, values, colour, dash, symbol in (
        ("FGSM", [e.fgsm for e in found], WORST, "solid", "circle"),
        ("FGSM, clipped to [0, 1]", [e.clipped for e in found], WORST, "dash", "circle-open"),
        ("random signs", [e.random for e in found], palette.CONTROL, "dot", "diamond"),
        ("no attack", [e.clean for e in found], palette.LABEL, "solid", "square"),
    ):
        figure.add_scatter(
            x=n, y=[100 * share for share in values], name=name, mode="lines+markers",
            line={"color": colour, "dash": dash, "width": 3},
            marker=palette.marker(symbol, colour),
            hovertemplate="%{y:.1f} % wrong<extra>" + name + "</extra>",
        )  # fmt: skip
    figure.update_yaxes(title_text="wrong answers, %", range=[-3, 104], dtick=25)
    return _with_axes(figure)


def _with_axes(figure: go.Figure, legend: bool = True) -> go.Figure:
    figure.update_xaxes(
        title_text="n, values of a digit", type="log", range=[1.05, 4.25], fixedrange=True,
        tickvals=[side**2 for side in SIDES], ticktext=[f"{side**2:,}" for side in SIDES],
        tickangle=0, zeroline=False,
    )  # fmt: skip
    figure.update_yaxes(fixedrange=True, zeroline=False)
    return figure.update_layout(
        template="none", hovermode="x unified", dragmode=False, height=360, showlegend=legend,
        margin={"l": 56, "r": 8, "t": 8, "b": 110 if legend else 50},
        legend={"orientation": "h", "yref": "container", "y": 0, "yanchor": "bottom", "x": 0,
                "itemclick": False, "itemdoubleclick": False},
    )  # fmt: skip
