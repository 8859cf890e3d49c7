"""Smallest epsilon that changes the answer: a strip of dots, one a photograph, a row a network."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import numpy as np
import plotly.graph_objects as go

from demo.experiments.attack.failures import amount
from demo.web.figures import confidence_sweep, frame, palette

HEIGHT = 0.12
"""Of one dot above another, in rows."""
NAMES = {"standard": "standard training", "adversarial": "adversarial training"}


@dataclass(frozen=True)
class Dot:
    """title: of the photograph.  stop: index of the first epsilon that changes the answer."""

    title: str
    stop: int | None
    here: bool = False


def plot(rows: Mapping[str, Sequence[Dot]], levels: Sequence[float]) -> go.Figure:
    """rows: training, "standard" or "adversarial" -> dots.  levels: 255 * epsilon of the grid.

    Dots at one epsilon stand on each other. Whoever has none stands beyond the last one. The
    photograph that is looked at is a diamond.
    """
    figure = go.Figure()
    for place, (training, dots) in enumerate(reversed(list(rows.items()))):
        colour, _, symbol = palette.TRAINING[training]
        beyond = len(levels) + 2
        at = [beyond if dot.stop is None else dot.stop for dot in dots]
        heights = place + HEIGHT * np.array(_piled(at))
        figure.add_scatter(
            x=at, y=heights, mode="markers", name=NAMES[training], showlegend=False,
            marker={
                "symbol": ["diamond" if dot.here else symbol for dot in dots],
                "size": [15 if dot.here else 8 for dot in dots],
                "color": colour, "opacity": 0.85,
                "line": {"width": [2 if dot.here else 0 for dot in dots], "color": "#FFFFFF"},
            },
            customdata=[[dot.title, _said(dot, levels)] for dot in dots],
            hovertemplate="%{customdata[0]}: %{customdata[1]}<extra></extra>",
        )  # fmt: skip
        figure.add_annotation(
            text=NAMES[training], x=0, xref="paper", xanchor="left", y=place - 0.16,
            showarrow=False,
        )  # fmt: skip
    return _with_axes(figure, levels)


def _piled(at: Sequence[int]) -> list[int]:
    """How many stand at the same epsilon before each; two share a pile, dots being that wide."""
    seen: dict[int, int] = {}
    heights = []
    for stop in at:
        heights.append(seen.get(stop // 2, 0))
        seen[stop // 2] = heights[-1] + 1
    return heights


def _said(dot: Dot, levels: Sequence[float]) -> str:
    if dot.stop is None:
        return f"no answer changes up to {amount(levels[-1] / 255)}"
    return f"changes at {amount(levels[dot.stop] / 255)}"


def _with_axes(figure: go.Figure, levels: Sequence[float]) -> go.Figure:
    ticks, words = confidence_sweep.ticks(levels)
    figure.update_xaxes(
        title_text=confidence_sweep.STRETCHED, range=[-1.5, len(levels) + 4],
        tickvals=[*ticks, len(levels) + 2], ticktext=[*words, "more"],
    )  # fmt: skip
    figure.update_yaxes(visible=False, range=[-0.35, 1.5])
    return frame.around(figure, 12, 8, 56, height=260, showlegend=False)
