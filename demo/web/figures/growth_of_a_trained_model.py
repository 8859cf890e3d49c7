"""A trained linear model against the dimension: its growth, margin and m, and its errors."""

from collections.abc import Sequence

import plotly.graph_objects as go

from demo.experiments.activation_growth.growth_of_a_trained_model import SIDES, Errors, Trained
from demo.web.figures import palette

WORST = "#D55E00"
"""What FGSM does, here and on the page's other figures."""


def growth(trained: Sequence[Trained], epsilon: float) -> go.Figure:
    """epsilon * ||w||_1, the median margin, epsilon * ||w||_2 and m over n, all logarithmic."""
    n = [model.n for model in trained]
    figure = go.Figure()
    for name, values, colour, dash, symbol in (
        ("FGSM: ε‖w‖₁", [epsilon * t.l1 for t in trained], WORST, "solid", "circle"),
        ("median margin", [t.median_margin for t in trained], palette.LABEL, "dash", "square"),
        ("random signs: ε‖w‖₂", [epsilon * t.l2 for t in trained], palette.CONTROL, "dot",
         "diamond"),
        ("m, mean |w|", [t.m for t in trained], palette.RIVALS[2], "longdash", "triangle-down"),
    ):  # fmt: skip
        figure.add_scatter(
            x=n, y=values, name=name, mode="lines+markers",
            line={"color": colour, "dash": dash, "width": 3},
            marker=palette.marker(symbol, colour),
            hovertemplate="%{y:.3g}<extra>" + name + "</extra>",
        )  # fmt: skip
    figure.update_yaxes(title_text="change of w·x; m", type="log", tickformat=",~g", dtick=1)
    return _with_axes(figure)


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


def _with_axes(figure: go.Figure) -> go.Figure:
    figure.update_xaxes(
        title_text="n, values of a digit", type="log", range=[1.05, 4.25], fixedrange=True,
        tickvals=[side**2 for side in SIDES], ticktext=[f"{side**2:,}" for side in SIDES],
        tickangle=0, zeroline=False,
    )  # fmt: skip
    figure.update_yaxes(fixedrange=True, zeroline=False)
    return figure.update_layout(
        template="none", hovermode="x unified", dragmode=False, height=420, showlegend=True,
        margin={"l": 56, "r": 8, "t": 8, "b": 120},
        legend={"orientation": "h", "yref": "container", "y": 0, "yanchor": "bottom", "x": 0,
                "itemclick": False, "itemdoubleclick": False},
    )  # fmt: skip
