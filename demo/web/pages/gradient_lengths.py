"""The gradients' lengths, without and with adversarial training: a section of the hidden L1."""

import numpy as np
import streamlit as st

from demo.experiments import hidden_l1 as experiment
from demo.experiments.hidden_l1 import Margins
from demo.models import trained
from demo.web.figures import hidden_l1 as figure
from demo.web.pages import plotted


def family(name: str) -> tuple[str, str]:
    """The network as it is usually trained, and adversarially: ("conv", "conv-adversarial")."""
    standard, _, training = name.partition("-")
    return standard, name if training else f"{standard}-adversarial"


def histograms(both: dict[str, Margins], cards: dict[str, trained.Card]) -> None:
    """||grad J||_1 and ||grad m||_1 of each network. both: by name, the standard one first."""
    st.markdown(lesson(both))
    axes = {
        "‖∇J‖₁, nats for the whole pixel range": lambda m: m.gradient_norms(),
        "‖∇m‖₁, the same without the factor σ(−m)": lambda m: m.slopes,
    }
    columns = st.columns(2, gap="large")
    for place, (column, (what, of)) in enumerate(zip(columns, axes.items(), strict=True)):
        lengths = [
            figure.Lengths(cards[name].title, cards[name].training, of(margins))
            for name, margins in both.items()
        ]
        with column:
            plotted.show(
                figure.lengths(lengths, what), f"l1_lengths_{place}", f"Histogram of {what}"
            )
    count = min(len(margins.clean) for margins in both.values())
    st.markdown(f":small[{count:,} of the digits that ship, 100 of each class, none trained on.]")


def heading(both: dict[str, Margins]) -> str:
    """What adversarial training does to the margin's gradient, in one sentence."""
    if len(both) < 2:
        return "On a thousand digits"
    standard, adversarial = (float(np.median(m.slopes)) for m in both.values())
    if standard <= 1.05 * adversarial:
        return "Adversarial training has not made the gradient of the margin shorter"
    times = standard / adversarial
    return f"Adversarial training makes the gradient of the margin {times:.1f} times shorter"


def lesson(both: dict[str, Margins]) -> str:
    """Means and medians of ||grad J||_1; where they disagree, why."""
    if len(both) < 2:
        return ""
    norms = [margins.gradient_norms() for margins in both.values()]
    means, medians = ([float(of(n)) for n in norms] for of in (np.mean, np.median))
    said = (
        f"The objective holds the mean of ‖∇J‖₁: **{figure.spoken(means[0])}** without, "
        f"**{figure.spoken(means[1])}** with adversarial training. The medians are "
        f"{figure.spoken(medians[0])} and {figure.spoken(medians[1])}"
    )
    if (means[0] > means[1]) == (medians[0] > medians[1]):
        return said + "."
    factors = [float(np.median(experiment.sigmoid(-m.clean))) for m in both.values()]
    return (
        f"{said}: the other way round. ‖∇J‖₁ = σ(−m) ‖∇m‖₁, and the surer a network is of a digit, "
        f"the smaller is σ(−m): in the median {figure.spoken(factors[0])} without and "
        f"{figure.spoken(factors[1])} with adversarial training. A few unsure digits carry the "
        "mean. ‖∇m‖₁, without that factor, is the length of the lever itself."
    )
