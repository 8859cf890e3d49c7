"""A training as it goes on: accuracies after each epoch."""

from collections.abc import Sequence

import plotly.graph_objects as go

from demo.experiments.attack import failures
from demo.training.loop import Epoch
from demo.web.figures import palette


def plot(history: Sequence[Epoch], epochs: int, clean_weight: float, epsilon: float) -> go.Figure:
    """Three lines over the epochs: without attack, under FGSM and under PGD at that epsilon.

    epochs: where the axis ends.  clean_weight: 1 is standard training, solid; else dashed.
    """
    numbers = [epoch.number for epoch in history]
    dash = "solid" if clean_weight == 1 else "dash"
    at = f"ε = {failures.amount(epsilon, 'digits')}"
    figure = go.Figure()
    for name, values, colour, symbol in (
        ("without attack", [e.clean_accuracy for e in history], palette.LABEL, "square"),
        (f"under FGSM, {at}", [e.accuracy_under_fgsm for e in history],
         palette.RIVALS[0], "circle"),
        (f"under PGD, {at}", [e.accuracy_under_pgd for e in history],
         palette.RIVALS[0], "circle-open"),
    ):  # fmt: skip
        figure.add_scatter(
            x=numbers, y=[100 * value for value in values], name=name, mode="lines+markers",
            line={"color": colour, "dash": dash, "width": 2},
            marker={"symbol": symbol, "size": 8, "line": {"width": 2}},
            hovertemplate="%{y:.1f} %",
        )  # fmt: skip
    figure.update_xaxes(title_text="epoch", range=[0.5, epochs + 0.5], fixedrange=True,
                        zeroline=False)  # fmt: skip
    figure.update_yaxes(title_text="right answers, %", range=[-3, 103], fixedrange=True,
                        zeroline=False)  # fmt: skip
    return figure.update_layout(
        template="none", hovermode="x unified", dragmode=False, height=380, uirevision="same",
        margin={"l": 56, "r": 12, "t": 12, "b": 92}, showlegend=True,
        legend={"orientation": "h", "yref": "container", "y": 0, "yanchor": "bottom", "x": 0},
    )  # fmt: skip
