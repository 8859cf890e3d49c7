"""A photograph against the dimension: what FGSM and random signs do, and their ratio."""

from collections.abc import Sequence
from typing import Literal

import numpy as np
import plotly.graph_objects as go
from numpy.typing import NDArray

from demo.experiments.activation_growth.growth_on_a_photograph import SIDES, Row
from demo.web.figures import frame, palette

Measured = Literal["gap", "loss"]
Floats = NDArray[np.float64]
WORST = "#D55E00"
TITLES: dict[Measured, str] = {
    "gap": "fall of the logit gap, for each ε",
    "loss": "rise of J in nats, for each ε",
}
_TICKS = {"nticks": 8, "exponentformat": "power"}
"""Few: where p is all but 1, the loss spans many powers of ten."""
SHOWN = (32, 64, 128, 224, 448)
"""Sizes that are named on the axis."""


def by_fgsm(rows: Sequence[Row], measured: Measured) -> Floats:
    """What FGSM really did, for each unit of epsilon: (rows,)."""
    return np.array([row.fall if measured == "gap" else row.rise for row in rows])


def by_chance(rows: Sequence[Row], measured: Measured) -> Floats:
    """What each of the random signs did, in size, for each unit of epsilon: (rows, seeds)."""
    both = [r.falls_at_random if measured == "gap" else r.rises_at_random for r in rows]
    return np.array(both)


def linear(rows: Sequence[Row], measured: Measured) -> tuple[Floats, Floats]:
    """||grad||_1 and ||grad||_2: what a linear network would do under either, (rows,) each."""
    share = np.array([1.0 if measured == "gap" else row.loss_share for row in rows])
    return share * [row.l1 for row in rows], share * [row.l2 for row in rows]


def root_mean_square(values: Floats) -> Floats:
    """(rows, seeds) -> (rows,)."""
    result: Floats = np.sqrt(np.square(values).mean(axis=1))
    return result


def change(rows: Sequence[Row], measured: Measured) -> go.Figure:
    """The change for each unit of epsilon over n, both logarithmic, beside the linear prediction.

    Where FGSM did not raise the loss at all, its marker is missing.
    """
    figure = go.Figure()
    if rows:
        n, chance = [row.n for row in rows], by_chance(rows, measured)
        l1, l2 = linear(rows, measured)
        frame.add_band(figure, n, chance.T)
        fgsm = by_fgsm(rows, measured)
        _line(figure, n, l1, "‖∇‖₁, linear", palette.RIVALS[1], "dash", "square-open")
        _line(figure, n, np.where(fgsm > 0, fgsm, np.nan), "FGSM", WORST, "solid", "circle")
        _line(figure, n, l2, "‖∇‖₂, linear", palette.CONTROL, "dash", "square-open")
        _line(figure, n, root_mean_square(chance), "random signs", palette.CONTROL, "dot",
              "diamond")  # fmt: skip
    figure.update_yaxes(title_text=TITLES[measured], type="log", **_TICKS)
    return _with_axes(figure)


def ratio(rows: Sequence[Row], measured: Measured) -> go.Figure:
    """FGSM over random signs, against n. No ratio of the two norms is above sqrt(n)."""
    figure = go.Figure()
    all_n = [3 * side**2 for side in SIDES]
    _line(figure, all_n, np.sqrt(all_n), "√n", palette.LABEL, "longdash", None)
    if rows:
        n = [row.n for row in rows]
        l1, l2 = linear(rows, measured)
        real = by_fgsm(rows, measured) / root_mean_square(by_chance(rows, measured))
        _line(figure, n, l1 / l2, "‖∇‖₁ / ‖∇‖₂", palette.RIVALS[1], "dash", "square-open")
        _line(figure, n, np.where(real > 0, real, np.nan), "FGSM / random signs", WORST, "solid",
              "circle")  # fmt: skip
    figure.update_yaxes(title_text="how many times as far", type="log", **_TICKS)
    return _with_axes(figure)


def _line(
    figure: go.Figure, n: Sequence[int], values: Floats, name: str, colour: str, dash: str,
    symbol: str | None,
) -> None:  # fmt: skip
    hover = "%{y:,.4~g}<extra>" + name + "</extra>"
    width = 2 if dash == "dash" else 3
    frame.add_line(figure, n, values, name, (colour, dash, symbol), hover, width)


def _with_axes(figure: go.Figure) -> go.Figure:
    figure.update_xaxes(
        title_text="n, values of the picture (pixels a side below)", type="log",
        range=[np.log10(3 * 32**2) - 0.1, np.log10(3 * 448**2) + 0.1], tickangle=0,
        tickvals=[3 * side**2 for side in SHOWN],
        ticktext=[f"{3 * side**2:,}<br>{side}" for side in SHOWN],
    )  # fmt: skip
    return frame.around(
        figure, 60, 8, 120, right=8, hovermode="x unified", height=440, showlegend=True,
        legend=frame.UNMOVED,
    )  # fmt: skip
