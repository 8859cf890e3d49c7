"""Confidence against epsilon: the label's, its rivals', the control's, and who answers where."""

from collections.abc import Sequence
from dataclasses import dataclass
from itertools import groupby

import numpy as np
import plotly.graph_objects as go
from numpy.typing import NDArray

from demo.experiments.attack.failures import amount
from demo.web.figures import frame, palette

TICKS = (0, 1 / 4, 1 / 2, 1, 2, 4, 8, 16)
"""255 * epsilon at the ticks; the epsilons lie at equal distances, so the axis is wider near 0."""
DIGIT_TICKS = (0, 0.1, 0.2, 0.25, 0.3, 0.4, 0.5)
"""Epsilon at the ticks of a digit's axis, which is even."""
STRETCHED = "255 × epsilon (stretched near 0)"


@dataclass(frozen=True)
class Counterpart:
    """The same network trained the other way, under the same attack on its own gradient.

    training: this one's, "standard" or "adversarial".  curve: (E,) the label's probability.
    """

    training: str
    curve: NDArray[np.float64]


def plot(
    levels: NDArray[np.float64],
    probabilities: dict[int, NDArray[np.float64]],
    answers: NDArray[np.int64],
    names: dict[int, str],
    label: int,
    styles: dict[int, tuple[str, str]],
    control: tuple[NDArray[np.float64], NDArray[np.float64]] | None = None,
    other: Counterpart | None = None,
    kind: str = "photographs",
) -> go.Figure:
    """One line a class over the epsilons, with the answer at each as a band above.

    levels: (E,) 255 * epsilon.  probabilities: class -> (E,), 0 to 1.  answers: (E,) classes.
    label: the class in J.  styles: (colour, dash) of each class that is drawn or answered.
    control: (levels (F,), probabilities of the label (seeds, F)) under random signs.
    other: drawn beside the label's line, the adversarially trained of the two dashed.
    kind: of picture; a digit's axis is epsilon itself.
    """
    called = names
    if other is not None:
        mine = _OTHER[other.training]
        styles = styles | {label: (styles[label][0], palette.TRAINING[mine][1])}
        called = names | {label: _trained(names[label], mine, kind)}
    figure = go.Figure()
    if control is not None:
        _add_control(figure, levels, control, names[label], kind)
    for k, curve in probabilities.items():
        figure.add_scatter(
            x=np.arange(len(levels)), y=100 * curve, name=called[k], mode="lines",
            line={"color": styles[k][0], "dash": styles[k][1], "width": 3 if k == label else 2},
            customdata=_amounts(levels, kind), hovertemplate=_HOVER,
        )  # fmt: skip
        if k == label and other is not None:
            _add_counterpart(figure, other, names[label], styles[label][0], levels, kind)
    figure.update_layout(shapes=_bands(answers, styles), annotations=_words(answers, names))
    figure = _with_axes(figure, levels, kind)
    lines = sum("<br>" in (trace.name or "") for trace in figure.data)
    return figure.update_layout(margin_b=figure.layout.margin.b + 20 * lines)


_OTHER = {"standard": "adversarial", "adversarial": "standard"}
_HOVER = "%{y:.1f} % at epsilon = %{customdata}"


def _amounts(levels: NDArray[np.float64], kind: str) -> list[str]:
    return [amount(level / 255, kind) for level in levels.tolist()]


def _trained(name: str, training: str, kind: str) -> str:
    """A line's name; on two lines for a photograph, whose class has a long one."""
    return f"{name},{'<br>' if kind == 'photographs' else ' '}{training} training"


def _add_counterpart(
    figure: go.Figure,
    other: Counterpart,
    name: str,
    colour: str,
    levels: NDArray[np.float64],
    kind: str,
) -> None:
    figure.add_scatter(
        x=np.arange(len(levels)), y=100 * other.curve, mode="lines",
        name=_trained(name, other.training, kind),
        line={"color": colour, "dash": palette.TRAINING[other.training][1], "width": 3},
        customdata=_amounts(levels, kind), hovertemplate=_HOVER,
    )  # fmt: skip


def _add_control(
    figure: go.Figure,
    levels: NDArray[np.float64],
    control: tuple[NDArray[np.float64], NDArray[np.float64]],
    name: str,
    kind: str,
) -> None:
    at, curves = np.interp(control[0], levels, np.arange(len(levels))), 100 * control[1]
    frame.add_band(figure, at, curves)
    figure.add_scatter(
        x=at, y=curves.mean(axis=0), mode="lines", line={"color": palette.CONTROL, "width": 2},
        name=f"{name}, random signs", customdata=_amounts(control[0], kind),
        hovertemplate="%{y:.1f} % under random signs at epsilon = %{customdata}",
    )  # fmt: skip


def runs(answers: NDArray[np.int64]) -> list[tuple[int, int, int]]:
    """(class, first, last index) of each stretch over which the answer is the same."""
    stretches = [(int(k), [i for i, _ in group])
                 for k, group in groupby(enumerate(answers), key=lambda pair: pair[1])]  # fmt: skip
    return [(k, indices[0], indices[-1]) for k, indices in stretches]


def _bands(
    answers: NDArray[np.int64], styles: dict[int, tuple[str, str]]
) -> list[dict[str, object]]:
    return [
        {
            "type": "rect", "xref": "x", "yref": "paper", "layer": "above",
            "x0": first - 0.5, "x1": last + 0.5, "y0": 1.02, "y1": 1.07,
            "fillcolor": styles[k][0], "line": {"width": 0},
        }
        for k, first, last in runs(answers)
    ]  # fmt: skip


def _words(answers: NDArray[np.int64], names: dict[int, str]) -> list[dict[str, object]]:
    wide_enough = [r for r in runs(answers) if r[2] - r[1] >= max(6, len(answers) // 6)]
    return [
        {
            "text": names[k], "xref": "x", "yref": "paper", "x": (first + last) / 2, "y": 1.075,
            "yanchor": "bottom", "showarrow": False,
        }
        for k, first, last in wide_enough
    ]  # fmt: skip


def _with_axes(figure: go.Figure, levels: NDArray[np.float64], kind: str) -> go.Figure:
    values, text = ticks(levels, kind)
    figure.update_xaxes(
        title_text=STRETCHED if kind == "photographs" else "epsilon",
        tickvals=values, ticktext=text, range=[-0.5, len(levels) - 0.5],
    )  # fmt: skip
    figure.update_yaxes(title_text="confidence, %", range=[-2, 102])
    return frame.around(figure, 56, 44, 110, hovermode="x unified", legend=frame.LEGEND)


def ticks(
    levels: Sequence[float] | NDArray[np.float64], kind: str = "photographs"
) -> tuple[list[float], list[str]]:
    """Where the ticks stand in the epsilon grid, and their words. levels: 255 * that grid."""
    photographs = kind == "photographs"
    wanted = TICKS if photographs else tuple(255 * t for t in DIGIT_TICKS)
    there = [t for t in wanted if t <= levels[-1] + 1e-9]
    text = {1 / 4: "¼", 1 / 2: "½"} if photographs else {t: amount(t / 255, kind) for t in there}
    values = [float(np.interp(t, levels, np.arange(len(levels)))) for t in there]
    return values, [text.get(t, f"{t:g}") for t in there]
