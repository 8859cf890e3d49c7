"""The photographs' section of the adversarial training page: what it gives there, and its price."""

import streamlit as st

from demo import models, trained
from demo.experiments import photograph_accuracy as experiment
from demo.experiments.accuracy_against_epsilon import Curve
from demo.figures import accuracy_against_epsilon as figure
from demo.figures import twin_training
from demo.pages import plotted

MARKED = 1 / 255


def section() -> None:
    """Accuracy against epsilon of a photograph network and its twin, where both are here."""
    pairs = [
        (card, models.card(card.twin))
        for card in models.offered("photographs")
        if card.source == "embedded" and card.twin
    ]
    for standard, twin in pairs:
        curves = experiment.recorded({c.name: str(c.sha256) for c in (standard, twin)})
        st.header(heading(curves, standard.name, twin.name), anchor=False)
        if not curves:
            st.info(
                "The twin’s accuracy has not been measured with these weights: "
                "`python -m demo photographs --check CHECK.tar` measures it."
            )
            continue
        lines = {
            c.name: figure.Line(c.title, c.training, place)
            for place, c in zip((2, 0), (standard, twin), strict=True)
        }
        plotted.show(
            figure.plot(curves, lines, 255 * MARKED, "photographs"), "photographs",
            "Right answers on photographs, in percent, against epsilon",
        )  # fmt: skip
        st.markdown(price(curves, standard.name, twin.name))
        st.markdown(
            f":small[{curves[0].images} photographs of the NIPS 2017 adversarial competition’s "
            f"set, none of them trained on; PGD takes {experiment.STEPS} steps from one random "
            "start. Recorded: `python -m demo photographs`. Not of ImageNet’s "
            "50,000: these photographs were chosen by the competition and are easier.]"
        )
        _training(twin.name)


def _training(name: str) -> None:
    """How the twin came to be, on demand."""
    rounds = trained.history(name)
    if not rounds:
        return
    card = trained.card(name)
    with st.expander("How the twin was trained"):
        st.markdown(
            f"It began as the standard network and saw {card.images_seen:,} crops of "
            f"photographs, each attacked by one step from a random start, in "
            f"{card.seconds / 3600:.1f} hours ({card.device}). It learned no labels: its features "
            "for the attacked crop were to equal the standard network’s for the clean one."
        )
        plotted.show(
            twin_training.plot(rounds), "twin_training",
            "Right answers, in percent, against the crops seen in training",
        )  # fmt: skip
        st.markdown(
            ":small[Measured after each round on half of the check set (PGD: 10 steps, 50 "
            "photographs), so these move by some points; the curves above take all of it.]"
        )


def _at(curves: list[Curve], network: str, attack: str, epsilon: float) -> float:
    """The accuracy in percent there; nan where it was not measured."""
    for curve in curves:
        for at, share in zip(curve.epsilons, curve.accuracies, strict=True):
            if (curve.network, curve.attack) == (network, attack) and abs(at - epsilon) < 1e-9:
                return 100 * share
    return float("nan")


def heading(curves: list[Curve], standard: str, twin: str) -> str:
    """The section in one sentence, with its numbers."""
    if not curves:
        return "Photographs: the same, on 224 × 224 pixels"
    first, second = (_at(curves, name, "PGD", MARKED) for name in (standard, twin))
    return (
        f"Photographs: under PGD at ε = 1/255 the twin is right on {second:.0f}\u00a0%, the "
        f"standard network on {first:.0f}\u00a0%"
    )


def price(curves: list[Curve], standard: str, twin: str) -> str:
    """What it costs without attack, and where it ends, in plain words."""
    clean = [_at(curves, name, "FGSM", 0.0) for name in (standard, twin)]
    far = [_at(curves, name, "PGD", 4 / 255) for name in (standard, twin)]
    return (
        f"**The price: without attack, {clean[0]:.1f}\u00a0% become {clean[1]:.1f}\u00a0%.** The "
        "twin no longer uses what one grey level can reverse, and some of that was of use. Nor is "
        f"it safe: at ε = 4/255, four levels that hardly anybody sees, PGD leaves it right on "
        f"{far[1]:.1f}\u00a0% (the standard network: {far[0]:.1f}\u00a0%)."
    )
