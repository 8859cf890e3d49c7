"""Four attacks as they go on: the answer's probability and the change's size, against the cost."""

import math
from collections.abc import Mapping, Sequence

import plotly.graph_objects as go
from plotly.subplots import make_subplots

from demo.experiments.attack_cost.loop import LoopCost
from demo.experiments.attack_cost.race import Point
from demo.experiments.attack_cost.walks import Attack
from demo.web.figures import frame, palette

STYLES: dict[Attack, tuple[str, str, str]] = {
    "FGSM": (palette.RIVALS[0], "circle", "solid"),
    "BIM": (palette.RIVALS[1], "square", "dot"),
    "PGD": (palette.RIVALS[2], "circle-open", "dash"),
    "L-BFGS": (palette.TARGET, "diamond", "solid"),
}
"""Colour, marker and dash: FGSM's markers are filled, PGD's hollow; what has a target is purple."""


def plot(points: Mapping[Attack, Sequence[Point]], against: str, clean: str) -> go.Figure:
    """Both axes of the lower plot and the horizontal one are logarithmic.

    against: "passes", forward and back, or "seconds".  clean: the name of the clean answer.
    What an attack gives is ringed if it is what the attack wanted.
    """
    figure = make_subplots(rows=2, cols=1, shared_xaxes=True, vertical_spacing=0.06)
    for attack, along in points.items():
        if along:
            _draw(figure, attack, along, against)
    word = "passes, forward and back" if against == "passes" else "seconds"
    figure.update_xaxes(type="log", dtick=1, exponentformat="power")
    if against == "passes":
        figure.update_xaxes(tickvals=[1, 10, 100, 1000], ticktext=["1", "10", "100", "1,000"])
    figure.update_xaxes(title_text=word, row=2)
    figure.update_yaxes(title_text=f"“{_cut(clean)}”, %", range=[-14, 114], row=1)
    figure.update_yaxes(tickvals=[0, 50, 100], row=1)
    figure.update_yaxes(title_text="‖r‖₂", type="log", range=_sizes(points), row=2)
    figure.update_yaxes(tickvals=_TICKS, ticktext=[f"{tick:g}" for tick in _TICKS], row=2)
    return frame.around(
        figure, 56, 12, 84, height=460, showlegend=True, legend=frame.UNMOVED, uirevision="same"
    )


def _sizes(points: Mapping[Attack, Sequence[Point]]) -> list[float]:
    """From a third of the smallest change that had what it wanted, to the largest of all."""
    every = [p.norm for along in points.values() for p in along if p.norm > 0]
    wanted = [p.norm for along in points.values() for p in along if p.reached and p.norm > 0]
    return [math.log10(min(wanted or every or [1]) / 3), math.log10(1.3 * max(every or [1]))]


_TICKS = tuple(digit * 10.0**power for power in range(-4, 3) for digit in (1, 3))


def _draw(figure: go.Figure, attack: Attack, along: Sequence[Point], against: str) -> None:
    colour, symbol, dash = STYLES[attack]
    x = [point.passes if against == "passes" else point.seconds for point in along]
    size, ringed = 11 if len(along) == 1 else 5, _ringed(attack, along)
    mode = "lines" if attack == "L-BFGS" else "lines+markers"
    heights: tuple[list[float | None], ...]
    heights = ([100 * p.label_confidence for p in along], [p.norm or None for p in along])
    units = ("%{y:.3g} %", "‖r‖₂ = %{y:.3g}")
    for row, (y, unit) in enumerate(zip(heights, units, strict=True), 1):
        figure.add_scatter(
            x=x, y=y, name=attack, legendgroup=attack, showlegend=row == 1,
            mode=mode, row=row, col=1, line={"color": colour, "dash": dash, "width": 1.5},
            marker={"symbol": symbol, "size": size, "color": colour,
                    "line": {"width": 1.5, "color": colour}},
            hovertemplate=f"{attack}, {against} %{{x:.3g}}: {unit}<extra></extra>",
        )  # fmt: skip
        if ringed is not None:
            figure.add_scatter(
                x=[x[ringed]], y=[y[ringed]], mode="markers", row=row, col=1, showlegend=False,
                hoverinfo="skip", name=f"{attack}, reached",
                marker={"symbol": f"{symbol.removesuffix('-open')}-open", "size": 17,
                        "color": colour, "line": {"width": 2, "color": colour}},
            )  # fmt: skip


def _ringed(attack: Attack, along: Sequence[Point]) -> int | None:
    """Which point an attack gives: its last; L-BFGS the smallest. None if it is not reached."""
    there = [i for i, point in enumerate(along) if point.reached]
    if attack == "L-BFGS":
        return min(there, key=lambda i: along[i].norm, default=None)
    return there[-1] if there and there[-1] == len(along) - 1 else None


def loop(cost: LoopCost) -> go.Figure:
    """Hours of the trainings as bars, logarithmic."""
    bars: dict[str, tuple[float, str, str]] = {
        "train, standard": (cost.standard, palette.LABEL, ""),
        "train against FGSM": (cost.adversarial, palette.RIVALS[0], "/"),
        "train, L-BFGS on all, train again": (cost.loop, palette.TARGET, "x"),
    }
    figure = go.Figure()
    for name, (seconds, colour, pattern) in bars.items():
        figure.add_bar(
            y=[name], x=[seconds / 60], orientation="h", name=name, showlegend=False,
            marker={"color": colour, "pattern": {"shape": pattern}}, text=[duration(seconds)],
            textposition="outside", cliponaxis=False, hovertemplate="%{text}<extra></extra>",
        )  # fmt: skip
    longest = max(seconds for seconds, _, _ in bars.values()) / 60
    shortest = min(seconds for seconds, _, _ in bars.values()) / 60
    figure.update_xaxes(
        type="log", title_text="minutes", tickvals=[0.1, 1, 10, 100, 1000, 10000],
        ticktext=["0.1", "1", "10", "100", "1,000", "10,000"],
        range=[math.log10(shortest / 3), math.log10(longest * 8)],
    )  # fmt: skip
    figure.update_yaxes(autorange="reversed", automargin=True)
    return frame.around(figure, 8, 8, 48, right=16, height=230, bargap=0.35)


def duration(seconds: float) -> str:
    """In the unit that a person would take, three digits."""
    for unit, size in (("h", 3600), ("min", 60), ("s", 1)):
        if seconds >= size:
            return f"{seconds / size:.3g} {unit}"
    return f"{1e3 * seconds:.3g} ms"


def _cut(name: str) -> str:
    return name if len(name) <= 18 else f"{name[:17]}…"
