"""The hidden L1: the adversarial objective beside its first order, their ratio, the gradients.

What FGSM really does is vermilion and solid, the first order blue and dashed, a linear margin
green and dotted; with the clip the vermilion is thin and dash-dotted. The component that shows the
first two figures has their legend beside them.
"""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
import plotly.graph_objects as go
from numpy.typing import NDArray

from demo.experiments.hidden_l1 import TOLERANCE, HiddenL1
from demo.web.figures import frame, palette

TRUE: dict[str, object] = {"color": palette.RIVALS[0], "dash": "solid", "width": 3}
FIRST_ORDER: dict[str, object] = {"color": palette.LABEL, "dash": "dash", "width": 3}
STRAIGHT: dict[str, object] = {"color": palette.RIVALS[2], "dash": "dot", "width": 3}
CLIPPED: dict[str, object] = {"color": palette.RIVALS[0], "dash": "dashdot", "width": 1.5}
LARGEST_RATIO = 2.5
_SLACK = 1.15
LINES = ((palette.LABEL, "solid"), (palette.RIVALS[0], "dash"), (palette.RIVALS[2], "dot"))
"""Colour and dash: standard training, against FGSM, against PGD."""

Floats = NDArray[np.float64]


@dataclass(frozen=True)
class Lengths:
    """One network's gradients, (N,) lengths."""

    title: str
    values: Floats


def objective(found: HiddenL1, clean_weight: float) -> go.Figure:
    """J~ over epsilon, both logarithmic, in the order: true, first order, linear margin, clipped.

    The axes are those of a = 0, so that a change of a moves the lines alone.
    """
    a = clean_weight
    figure = _lines(
        found.epsilons,
        ("J̃", found.objective(a), TRUE),
        ("J + (1−α)ε‖∇J‖₁", found.first_order(a), FIRST_ORDER),
        ("J̃, linear margin", a * found.loss + (1 - a) * found.straight, STRAIGHT),
        ("J̃, clipped", a * found.loss + (1 - a) * found.clipped, CLIPPED),
    )
    everything = np.concatenate([[found.loss], found.adversarial, found.first_order(0.0)])
    positive = everything[everything > 0]
    lowest, highest = positive.min() / _SLACK**3, positive.max() * _SLACK**3
    figure.update_yaxes(
        title_text="loss, nats", type="log", range=[np.log10(lowest), np.log10(highest)],
        **_ticks(lowest, highest),
    )  # fmt: skip
    return _over_epsilon(figure, found.epsilons)


def ratios(found: HiddenL1) -> go.Figure:
    """What FGSM really does over what is promised to first order; 1 is a promise kept."""
    figure = _lines(
        found.epsilons,
        ("loss", found.loss_ratio(), TRUE),
        ("margin", found.margin_ratio(), STRAIGHT),
        ("loss, clipped", found.clipped_ratio(), CLIPPED),
    )
    figure.add_hrect(y0=1 - TOLERANCE, y1=1 + TOLERANCE, line_width=0, opacity=0.25,
                     fillcolor=palette.CONTROL, layer="below")  # fmt: skip
    figure.update_yaxes(title_text="true / first order", range=[0, LARGEST_RATIO], dtick=0.5)
    return _over_epsilon(figure, found.epsilons)


def lengths(networks: Sequence[Lengths], what: str) -> go.Figure:
    """Histograms of gradients' lengths on one logarithmic axis, each with its median.

    what: the length and its unit, for the axis. Standard training solid.
    """
    positive = np.concatenate([n.values[n.values > 0] for n in networks])
    lowest, highest = np.log10(positive.min()), np.log10(positive.max())
    edges = np.linspace(lowest - 1e-9, highest + 1e-9, 41)
    figure = go.Figure()
    for place, network in enumerate(networks):
        colour, dash = LINES[place]
        line: dict[str, str | int] = {"color": colour, "dash": dash, "width": 2}
        counts, _ = np.histogram(np.log10(network.values[network.values > 0]), edges)
        figure.add_scatter(
            x=10 ** np.repeat(edges, 2), y=np.concatenate([[0], np.repeat(counts, 2), [0]]),
            name=network.title, mode="lines", line=line, fill="tozeroy", hoverinfo="skip",
            fillcolor=colour + "33",
        )  # fmt: skip
        _median(figure, network, line, place)
    figure.update_xaxes(title_text=what, type="log", **_ticks(positive.min(), positive.max()))
    figure.update_yaxes(title_text="digits", rangemode="tozero")
    return frame.around(
        figure, 64, 80, 92, hovermode=False, height=340, showlegend=True, legend=frame.UNMOVED
    )


def _median(figure: go.Figure, network: Lengths, line: dict[str, str | int], place: int) -> None:
    """A line at the median and its number above the plot, the next network's higher."""
    middle = float(np.median(network.values))
    if middle <= 0:
        return
    figure.add_vline(x=middle, line=line)
    figure.add_annotation(
        x=np.log10(middle), y=1, yref="paper", yshift=14 + 20 * place, showarrow=False,
        text=f"median {spoken(middle)}", font={"size": 13},
    )  # fmt: skip


def spoken(value: float) -> str:
    """Three digits: .00024 as 2.4 × 10⁻⁴, what is near 1 as it is."""
    if value == 0 or 0.01 <= abs(value) < 10_000:
        return f"{value:.3g}"
    mantissa, exponent = f"{value:.1e}".split("e")
    raised = str(int(exponent)).translate(str.maketrans("-0123456789", "⁻⁰¹²³⁴⁵⁶⁷⁸⁹"))
    return f"{mantissa} × 10{raised}"


def _lines(epsilons: Floats, *rows: tuple[str, Floats, dict[str, object]]) -> go.Figure:
    figure = go.Figure()
    for name, values, line in rows:
        figure.add_scatter(x=epsilons, y=values, name=name, mode="lines", line=line,
                           hoverinfo="skip")  # fmt: skip
    return figure


def _over_epsilon(figure: go.Figure, epsilons: Floats) -> go.Figure:
    figure.update_xaxes(
        title_text="epsilon", type="log", range=[*np.log10(epsilons[[0, -1]])], dtick=1,
        exponentformat="power",
    )  # fmt: skip
    return frame.around(figure, 64, 14, 48, hovermode=False, showlegend=False)


def _ticks(lowest: float, highest: float) -> dict[str, object]:
    """Powers of ten, at most seven of them; over less than two and a half, 1, 2 and 5 as well."""
    decades = np.log10(highest / lowest)
    if decades > 2.5:
        return {"dtick": max(1, int(np.ceil(decades / 6))), "exponentformat": "power"}
    first, last = np.floor(np.log10(lowest)), np.ceil(np.log10(highest))
    values = [n * 10.0**k for k in np.arange(first, last + 1) for n in (1, 2, 5)]
    return {"tickvals": values, "ticktext": [f"{value:g}" for value in values]}
