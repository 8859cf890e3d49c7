"""Accuracy against epsilon: one line a network and attack.

A network has a colour and a marker; standard training is solid, adversarial dashed, a control
dotted; FGSM's markers are filled, PGD's hollow, random signs are grey.
"""

from collections.abc import Sequence
from dataclasses import dataclass

import plotly.graph_objects as go

from demo.experiments.adversarial_training.accuracy_against_epsilon import Curve
from demo.web.figures import frame, palette

DASHES = {"standard": "solid", "adversarial": "dash", "control": "dot"}
_COLOURS = ("#0072B2", "#009E73", "#D55E00", "#CC79A7", "#E69F00", "#56B4E9", "#8F8A00")
_MARKERS = ("circle", "square", "diamond", "triangle-up", "triangle-down", "pentagon", "star",
            "hexagon")  # fmt: skip
"""Seven and eight, so that no two of a dozen networks share both."""

WORDS = {"FGSM": "filled", "PGD": "hollow", "random signs": "grey, thin"}
_WIDTHS = {"FGSM": 3, "PGD": 3, "random signs": 1.5}


@dataclass(frozen=True)
class Line:
    """How a network is drawn. place: its number in the catalogue, which gives colour and marker.

    training: "standard", "adversarial" or "control".
    """

    title: str
    training: str
    place: int


def plot(
    curves: Sequence[Curve],
    lines: dict[str, Line],
    marked: float | None = None,
    kind: str = "digits",
) -> go.Figure:
    """accuracies in percent over epsilon. lines: a network's name -> how it is drawn.

    marked: an epsilon with a thin line of its own. The legend names each network once, and each
    attack once.  kind: of picture; the axis of photographs is 255 epsilon.
    """
    unit, word = (255, "/255") if kind == "photographs" else (1, "")
    figure = go.Figure()
    if marked is not None:
        figure.add_vline(x=marked, line={"color": palette.CONTROL, "width": 1})
    for curve in curves:
        line = lines[curve.network]
        figure.add_scatter(
            x=[unit * epsilon for epsilon in curve.epsilons],
            y=[100 * accuracy for accuracy in curve.accuracies],
            name=f"{line.title}, {curve.attack}", mode="lines+markers", showlegend=False,
            line=_stroke(curve.attack, line), marker=_marker(curve.attack, line),
            hovertemplate=f"{line.title}, {curve.attack} at %{{x:.3g}}{word}: %{{y:.1f}} %"
            "<extra></extra>",
        )  # fmt: skip
    for name in dict.fromkeys(curve.network for curve in curves):
        _legend(figure, lines[name].title, "FGSM", lines[name])
    for attack in dict.fromkeys(curve.attack for curve in curves):
        _legend(figure, f"{attack}: {WORDS[attack]}", attack, None)
    return _with_axes(figure, kind)


def _legend(figure: go.Figure, name: str, attack: str, line: Line | None) -> None:
    """An entry without data: of a network its line and marker, of an attack its marker alone."""
    figure.add_scatter(
        x=[None], y=[None], name=name, mode="markers" if line is None else "lines+markers",
        marker=_marker(attack, line), line=None if line is None else _stroke(attack, line),
    )  # fmt: skip


def _stroke(attack: str, line: Line) -> dict[str, object]:
    return {
        "color": _colour(attack, line), "dash": DASHES[line.training], "width": _WIDTHS[attack],
    }  # fmt: skip


def _colour(attack: str, line: Line | None) -> str:
    if line is None or attack == "random signs":
        return palette.CONTROL
    return _COLOURS[line.place % len(_COLOURS)]


def _marker(attack: str, line: Line | None) -> dict[str, object]:
    shape = "circle" if line is None else _MARKERS[line.place % len(_MARKERS)]
    hollow = attack == "PGD"
    return {
        "symbol": f"{shape}-open" if hollow else shape,
        "size": 6 if attack == "random signs" else 9,
        "color": _colour(attack, line), "line": {"width": 2 if hollow else 0},
    }  # fmt: skip


def _with_axes(figure: go.Figure, kind: str) -> go.Figure:
    photographs = kind == "photographs"
    figure.update_xaxes(
        title_text="255 × epsilon" if photographs
        else "epsilon, 1 = the whole range from black to white",
        range=[-0.15, 8.15] if photographs else [-0.01, 0.51],
        dtick=1 if photographs else 0.1,
    )  # fmt: skip
    figure.update_yaxes(title_text="right answers, %", range=[-3, 103])
    return frame.around(figure, 56, 12, 56, height=560, showlegend=True, legend=frame.UNMOVED)
