"""A training as it goes on: accuracies after each epoch."""

from collections.abc import Sequence

import plotly.graph_objects as go

from demo.experiments.attack import failures
from demo.training.loop import Epoch
from demo.web.figures import frame, palette


def plot(history: Sequence[Epoch], epochs: int, clean_weight: float, epsilon: float) -> go.Figure:
    """Three lines over the epochs: without attack, under FGSM and under PGD at that epsilon.

    epochs: where the axis ends.  clean_weight: 1 is standard training, solid; else dashed.
    """
    numbers = [epoch.number for epoch in history]
    dash = "solid" if clean_weight == 1 else "dash"
    at = f"ε = {failures.amount(epsilon, 'digits')}"
    figure = go.Figure()
    attack = palette.RIVALS[0]
    for name, values, colour, symbol in (
        ("without attack", [e.clean_accuracy for e in history], palette.LABEL, "square"),
        (f"under FGSM, {at}", [e.accuracy_under_fgsm for e in history], attack, "circle"),
        (f"under PGD, {at}", [e.accuracy_under_pgd for e in history], attack, "circle-open"),
    ):
        look = (colour, dash, symbol)
        percent = [100 * value for value in values]
        frame.add_line(figure, numbers, percent, name, look, "%{y:.1f} %", width=2)
    figure.update_xaxes(title_text="epoch", range=[0.5, epochs + 0.5])
    figure.update_yaxes(title_text="right answers, %", range=[-3, 103])
    return frame.around(
        figure, 56, 12, 92, hovermode="x unified", height=380, uirevision="same", showlegend=True,
        legend=frame.LEGEND,
    )  # fmt: skip
