"""The gradients' lengths, without and with adversarial training: a section of the hidden L1."""

import re
from collections.abc import Collection

import numpy as np
import streamlit as st

from demo.experiments import hidden_l1 as experiment
from demo.experiments.hidden_l1 import Margins
from demo.models import trained
from demo.training import recipes
from demo.web.components import plotted
from demo.web.figures import hidden_l1 as figure


def family(name: str, here: Collection[str]) -> list[str]:
    """The standard network, then those trained against FGSM and against PGD that are here."""
    standard = name.partition("-")[0]
    wanted = (standard, f"{standard}-fgsm", f"{standard}-adversarial")
    return [name for name in wanted if name in here]


def histograms(both: dict[str, Margins], cards: dict[str, trained.Card]) -> None:
    """||grad J||_1 and ||grad m||_1 of each network. both: by name, the standard one first."""
    st.markdown(lesson(both))
    axes = {
        "‖∇J‖₁, nats for the whole pixel range": lambda m: m.gradient_norms(),
        "‖∇M‖₁, the same without the factor σ(−M)": lambda m: m.slopes,
    }
    columns = st.columns(2, gap="large")
    for place, (column, (what, of)) in enumerate(zip(columns, axes.items(), strict=True)):
        lengths = [figure.Lengths(cards[name].title, of(margins)) for name, margins in both.items()]
        with column:
            plotted.show(
                figure.lengths(lengths, what), f"l1_lengths_{place}", f"Histogram of {what}"
            )
    count = min(len(margins.clean) for margins in both.values())
    st.markdown(f":small[{count:,} of the digits that ship, 100 of each class, none trained on.]")


def heading(both: dict[str, Margins]) -> str:
    """What each adversarial training does to the margin's gradient, in one sentence."""
    if len(both) < 2:
        return "On a thousand digits"
    standard, *others = (float(np.median(m.slopes)) for m in both.values())
    told = [
        f"trained against {adversary(name)}, {_shorter(standard / slope)}"
        for name, slope in zip(list(both)[1:], others, strict=True)
    ]
    return f"The gradient of the margin: {'; '.join(told)}"


def adversary(name: str) -> str:
    """FGSM or PGD: what the network of that name was trained against."""
    return re.split("[ ,]", recipes.recipe(name).against)[0]


def _shorter(times: float) -> str:
    return f"{times:.1f} times shorter" if times > 1.05 else "no shorter"


def lesson(both: dict[str, Margins]) -> str:
    """Means and medians of ||grad J||_1; where they disagree, why."""
    if len(both) < 2:
        return ""
    names = ["without adversarial training", *(f"against {adversary(n)}" for n in list(both)[1:])]
    norms = [margins.gradient_norms() for margins in both.values()]
    means, medians = ([float(of(n)) for n in norms] for of in (np.mean, np.median))
    said = (
        f"Adversarial training penalises the mean of ‖∇J‖₁ (in bold): {_each(names, means, '**')}. "
        f"The medians: {_each(names, medians)}."
    )
    if np.argsort(means).tolist() == np.argsort(medians).tolist():
        return said
    factors = [float(np.median(experiment.sigmoid(-m.clean))) for m in both.values()]
    return (
        f"{said} They are in another order: ‖∇J‖₁ = σ(−M) ‖∇M‖₁, and the surer a network is of a "
        f"digit, the smaller is σ(−M). Its medians: {_each(names, factors)}. A few unsure digits "
        "make most of the mean. ‖∇M‖₁, without that factor, says how far a small step moves the "
        "margin."
    )


def _each(names: list[str], values: list[float], mark: str = "") -> str:
    told = zip(names, values, strict=True)
    return ", ".join(f"{name} {mark}{figure.spoken(value)}{mark}" for name, value in told)
