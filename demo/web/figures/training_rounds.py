"""A robust network's accuracies while it was trained, against the crops it had seen."""

from collections.abc import Sequence
from typing import Any

import plotly.graph_objects as go

from demo.web.figures import frame, palette

LINES = (
    ("clean_accuracy", "without attack", (palette.LABEL, "solid", "circle")),
    ("accuracy_under_fgsm", "FGSM, {:.4g}/255", (palette.RIVALS[0], "dash", "square")),
    ("accuracy_under_pgd", "PGD, {:.4g}/255", (palette.RIVALS[2], "dot", "diamond-open")),
)


def plot(rounds: Sequence[dict[str, Any]], level: float = 1) -> go.Figure:
    """rounds: of its history, with `crops` and the three accuracies, 0 to 1.

    level: 255 * epsilon of the attacks.
    """
    figure, crops = go.Figure(), [row["crops"] for row in rounds]
    for key, name, look in LINES:
        percent, hover = [100 * row[key] for row in rounds], "%{y:.1f} % after %{x:,} crops"
        frame.add_line(figure, crops, percent, name.format(level), look, hover, width=2)
    figure.update_xaxes(title_text="crops seen", rangemode="tozero")
    figure.update_yaxes(title_text="right answers, %", range=[0, 100])
    return frame.around(figure, 56, 12, 96, hovermode="x unified", height=380, legend=frame.LEGEND)
