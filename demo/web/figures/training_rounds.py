"""A twin's accuracies while it was trained, against the crops it had seen."""

from collections.abc import Sequence
from typing import Any

import plotly.graph_objects as go

from demo.web.figures import palette

LINES = (
    ("clean_accuracy", "without attack", palette.LABEL, "circle", "solid"),
    ("accuracy_under_fgsm", "FGSM, {:.4g}/255", palette.RIVALS[0], "square", "dash"),
    ("accuracy_under_pgd", "PGD, {:.4g}/255", palette.RIVALS[2], "diamond-open", "dot"),
)


def plot(rounds: Sequence[dict[str, Any]], level: float = 1) -> go.Figure:
    """rounds: of a twin's history, with `crops` and the three accuracies, 0 to 1.

    level: 255 * epsilon of the attacks.
    """
    figure = go.Figure()
    for key, name, colour, symbol, dash in LINES:
        figure.add_scatter(
            x=[row["crops"] for row in rounds], y=[100 * row[key] for row in rounds],
            name=name.format(level),
            mode="lines+markers", line={"color": colour, "dash": dash, "width": 2},
            marker=palette.marker(symbol, colour),
            hovertemplate="%{y:.1f} % after %{x:,} crops",
        )  # fmt: skip
    figure.update_xaxes(title_text="crops seen", fixedrange=True, rangemode="tozero")
    figure.update_yaxes(title_text="right answers, %", range=[0, 100], fixedrange=True)
    return figure.update_layout(
        template="none", hovermode="x unified", dragmode=False, height=380,
        margin={"l": 56, "r": 12, "t": 12, "b": 96},
        legend={"orientation": "h", "yref": "container", "y": 0, "yanchor": "bottom", "x": 0},
    )  # fmt: skip
