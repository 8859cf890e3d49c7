"""The paper's numbers as pictures: ours beside the paper's, seeds, transfer, attacks, logits."""

import textwrap
from collections.abc import Mapping, Sequence

import numpy as np
import plotly.graph_objects as go
from numpy.typing import NDArray

from demo.web.figures import frame, palette

ADVERSARIAL = palette.RIVALS[0]
PAPER = (palette.CONTROL, "diamond-open")
_INK = "#1B2530"


def beside(
    whats: Sequence[str], ours: Sequence[float | None], papers: Sequence[float | None]
) -> go.Figure:
    """One line for each number, both on one axis of per cent. ours, papers: shares, 0 to 1."""
    figure = go.Figure()
    for name, values, look in (
        ("here", ours, (palette.LABEL, "circle")),
        ("paper", papers, PAPER),
    ):
        there = [
            (100 * v, _wrapped(w)) for v, w in zip(values, whats, strict=True) if v is not None
        ]
        if there:
            x, y = zip(*there, strict=True)
            frame.add_markers(figure, x, y, name, look, "%{x:.2f} %")
    figure.update_xaxes(title_text="%", rangemode="tozero", fixedrange=True)
    top_down = [_wrapped(what) for what in reversed(whats)]
    figure.update_yaxes(categoryorder="array", categoryarray=top_down)
    return _laid_out(figure, 130 + 56 * len(whats))


def _wrapped(words: str) -> str:
    return "<br>".join(textwrap.wrap(words, 24))


def seeds(errors: Mapping[str, Sequence[float]], papers: Mapping[str, float]) -> go.Figure:
    """One point for each seed's clean error, 0 to 1, and its mean; the paper's as a diamond."""
    figure = go.Figure()
    for i, (name, values) in enumerate(errors.items()):
        colour = palette.LABEL if i == 0 else ADVERSARIAL
        percent = [100 * value for value in values]
        look, rows = (colour, "circle" if i == 0 else "square"), [name] * len(percent)
        frame.add_markers(figure, percent, rows, f"{name}: seeds", look, "%{x:.2f} %", 12)
        if percent:
            mean = sum(percent) / len(percent)
            figure.add_shape(
                type="line", x0=mean, x1=mean, y0=i - 0.3, y1=i + 0.3,
                line={"color": colour, "width": 3, "dash": "solid" if i == 0 else "dash"},
            )  # fmt: skip
    theirs = [100 * value for value in papers.values()]
    frame.add_markers(figure, theirs, list(papers), "paper", PAPER, "%{x:.2f} %")
    figure.update_xaxes(title_text="error without attack, %", fixedrange=True)
    return _laid_out(figure, 260)


def transfer(errors: NDArray[np.float64], names: Sequence[str]) -> go.Figure:
    """errors: (made on, tested on), shares 0 to 1, nan where not known.  names: of both axes."""
    text = [["–" if np.isnan(e) else f"{100 * e:.1f} %" for e in row] for row in errors]
    figure = go.Figure(
        go.Heatmap(
            z=100 * errors, x=[f"tested on:<br>{n}" for n in names],
            y=[f"made on:<br>{n}" for n in names], text=text, texttemplate="%{text}",
            textfont={"size": 20, "color": _INK}, zmin=0, zmax=100, showscale=False,
            colorscale=[[0, "#F4F6F8"], [1, palette.RIVALS[1]]], xgap=3, ygap=3,
            hovertemplate="%{text} wrong<extra></extra>",
        )
    )  # fmt: skip
    figure.update_xaxes(side="top", fixedrange=True)
    figure.update_yaxes(autorange="reversed", fixedrange=True)
    return _laid_out(figure, 300, legend=False)


def attacks(names: Sequence[str], accuracies: NDArray[np.float64]) -> go.Figure:
    """accuracies: (networks, 3), without attack, under FGSM, under PGD, shares 0 to 1."""
    figure = go.Figure()
    lines = [_wrapped(name) for name in names]
    for column, (name, look) in enumerate(
        (
            ("without attack", (palette.LABEL, "line-ns-open")),
            ("under FGSM", (ADVERSARIAL, "circle")),
            ("under PGD", (ADVERSARIAL, "circle-open")),
        )
    ):
        frame.add_markers(figure, 100 * accuracies[:, column], lines, name, look, "%{x:.1f} %")
    figure.update_xaxes(title_text="accuracy, %", range=[-2, 102], fixedrange=True)
    figure.update_yaxes(autorange="reversed")
    return _laid_out(figure, 120 + 46 * len(names))


def aimed(before: Sequence[float], after: Sequence[float]) -> go.Figure:
    """For each digit the share of noise taken for it, 0 to 1, without and with the step."""
    figure = go.Figure()
    for name, shares, look in (
        ("without the step", before, (palette.CONTROL, "circle-open")),
        ("after one step toward it", after, (palette.TARGET, "circle")),
    ):
        digits, percent = [str(k) for k in range(len(shares))], [100 * share for share in shares]
        frame.add_markers(figure, digits, percent, name, look, "%{y:.1f} %")
    figure.update_xaxes(title_text="digit", type="category", fixedrange=True)
    figure.update_yaxes(title_text="noise taken for it, %", range=[-2, 102])
    return _laid_out(figure, 300)


def logits(
    epsilons: NDArray[np.float64],
    curves: NDArray[np.float32],
    fit: NDArray[np.float64],
    label: int,
) -> go.Figure:
    """Points: the ten logits, (E, K). Lines: their fit of three straight pieces, (K, E)."""
    winners = [int(k) for k in dict.fromkeys(curves.argmax(axis=1)) if k != label]
    followed = palette.line(label, None, [label, *winners[: len(palette.RIVALS)]])
    figure = go.Figure()
    for k in range(curves.shape[1]):
        colour, dash = followed.get(k, (palette.CONTROL, "solid"))
        plain = k not in followed
        name = f"{k}, the label" if k == label else (f"{k}" if k in followed else "the others")
        figure.add_scatter(
            x=epsilons, y=fit[k], mode="lines", name=name, legendgroup=name, hoverinfo="skip",
            showlegend=not plain or k == _first_plain(followed),
            line={"color": colour, "dash": dash, "width": 1 if plain else 3},
        )  # fmt: skip
        figure.add_scatter(
            x=epsilons[::4], y=curves[::4, k], mode="markers", name=f"{k}", showlegend=False,
            legendgroup=name, marker={"color": colour, "size": 3 if plain else 6},
            hovertemplate="%{y:.1f}",
        )  # fmt: skip
        figure.add_annotation(
            x=epsilons[-1], y=float(curves[-1, k]), text=f"{k}", showarrow=False, xshift=9,
        )  # fmt: skip
    figure.update_xaxes(title_text="epsilon, along the sign of the gradient", fixedrange=True)
    figure.update_yaxes(title_text="logit", fixedrange=True)
    return _laid_out(figure, 460)


def _first_plain(followed: Mapping[int, object]) -> int:
    return next(k for k in range(len(followed) + 1) if k not in followed)


def _laid_out(figure: go.Figure, height: int, legend: bool = True) -> go.Figure:
    figure.update_yaxes(automargin=True, fixedrange=True)
    return figure.update_layout(
        height=height, dragmode=False, showlegend=legend,
        margin={"l": 8, "r": 24, "t": 16, "b": 8}, legend=frame.LEGEND,
    )  # fmt: skip
