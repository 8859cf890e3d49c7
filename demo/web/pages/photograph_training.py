"""The photographs' section of the adversarial training page: what it gives there, and its price."""

import streamlit as st

from demo import models
from demo.experiments.adversarial_training import number_of_kinds
from demo.experiments.adversarial_training import photograph_accuracy as experiment
from demo.experiments.adversarial_training.accuracy_against_epsilon import Curve
from demo.experiments.adversarial_training.number_of_kinds import KINDS, Among
from demo.models import trained
from demo.training import photograph_recipes
from demo.web.components import plotted
from demo.web.figures import accuracy_against_epsilon as figure
from demo.web.figures import flip_strip, training_rounds

MARKED = 1 / 255
WHAT = {1000: "Photographs, 1,000 classes", 29: "Photographs, 29 everyday kinds"}


def section() -> None:
    """Accuracy against epsilon of each pair of photograph networks that ships."""
    for standard, robust in models.photograph_pairs():
        curves = experiment.recorded({c.name: str(c.sha256) for c in (standard, robust)})
        st.header(heading(curves, standard.name, robust.name, WHAT[robust.classes]), anchor=False)
        if not curves:
            st.info(
                "The robust network’s accuracy has not been measured with these weights: "
                "`python -m demo photographs --check CHECK.tar` measures it."
            )
            continue
        lines = {
            c.name: figure.Line(flip_strip.NAMES[c.training].capitalize(), c.training, place)
            for place, c in zip((2, 0), (standard, robust), strict=True)
        }
        plotted.show(
            figure.plot(curves, lines, 255 * MARKED, "photographs"),
            f"photographs_{robust.classes}",
            "Right answers on photographs, in percent, against epsilon",
        )
        st.markdown(price(curves, standard.name, robust.name))
        st.markdown(switched(experiment.recorded_kept(str(standard.sha256), str(robust.sha256))))
        assert robust.accuracy is not None
        st.markdown(
            f":small[The curves are of {curves[0].images} {on_what(robust)}. PGD takes "
            f"{experiment.STEPS} steps from one random start. “Adversarially trained” speaks of "
            "these attacks at these epsilons, not of all attacks. Recorded: `python -m demo "
            "photographs`.]"
        )
        st.markdown(f"**How it was trained.** Against {robust.against}.")
        _training(robust.name)
        if robust.classes == KINDS[-1]:
            among = [number_of_kinds.recorded(str(c.sha256)) for c in (standard, robust)]
            st.markdown(few_kinds(*among))


def on_what(card: models.ModelCard) -> str:
    """The photographs that a network was measured on, in words."""
    words = models.CHECKED_ON[card.classes]
    if card.classes == 1000:
        words += ", none of them trained on; the competition chose them: no random sample"
    return words


def switched(found: list[experiment.Kept]) -> str:
    """What the switch keeps, in a sentence; nothing where it was not measured."""
    if not found or not all(kept.lost for kept in found):
        return ""
    fgsm, pgd = found
    return (
        f"**What the switch keeps at ε = .007.** FGSM takes {fgsm.lost} right answers from the "
        f"standard network; the robust one keeps {fgsm.kept} of them under FGSM "
        f"({fgsm.kept / fgsm.lost:.0%}). PGD takes {pgd.lost}; the robust one keeps {pgd.kept} of "
        f"them under PGD ({pgd.kept / pgd.lost:.0%}). Each network is attacked by its own gradient."
    )


def few_kinds(standard: list[Among], robust: list[Among]) -> str:
    """Why few kinds are easier to defend, in a table and its lesson; nothing if not measured."""
    if not (standard and robust):
        return ""
    n = robust[0].photographs
    clean, attacked, bare = (
        [f"{100 * count / n:.0f}" for count in counts]
        for counts in (
            [a.right for a in robust],
            [a.under_pgd for a in robust],
            [a.under_pgd for a in standard],
        )
    )
    margins = [f"{a.margin:.1f}" for a in robust]
    rows = {
        "kinds to choose from": [f"{a.kinds:,}" for a in robust],
        "---": ["---:"] * len(robust),
        "robust network, without attack, %": clean,
        "robust network, under PGD, %": [f"**{share}**" for share in attacked],
        "standard network, under PGD, %": bare,
        "robust network’s logit margin, median": margins,
    }
    table = "\n".join(f"| {' | '.join([name, *cells])} |" for name, cells in rows.items())
    few, most = KINDS.index(29), -1
    return (
        "### Why few kinds are easier to defend than a thousand\n\n"
        f"The same two networks, {n} of the photographs, PGD at ε = 1/255. The only difference: "
        "the answer is the largest logit among the right class and some others, drawn at "
        f"random.\n\n{table}\n\n"
        "The more kinds, the closer the strongest rival. The logit margin (the right class’s logit "
        f"less the largest other one) is {margins[few]} among 29 kinds and {margins[most]} among "
        "1,000, and an attack has only that distance to cover: the robust network keeps "
        f"{attacked[few]}\u00a0% and {attacked[most]}\u00a0%. Few kinds alone are no defence: "
        f"among 29 the standard network keeps {bare[few]}\u00a0%. "
        ":small[Recorded: `python -m demo photographs --check CHECK.tar --kinds "
        f"--at-most {n}`.]"
    )


def _training(name: str) -> None:
    """How the robust network came to be, on demand."""
    rounds = trained.history(name)
    if not rounds:
        return
    card, recipe = trained.card(name), photograph_recipes.recipe(name)
    assert recipe is not None  # its card is there
    level = 255 * recipe.settings.evaluated_epsilon
    with st.expander("Its training, round by round"):
        st.markdown(
            f"It saw {card.images_seen:,} crops of "
            f"photographs, each attacked by one step from a random start, in "
            f"{card.seconds / 3600:.1f} hours ({card.device})."
        )
        plotted.show(
            training_rounds.plot(rounds, level), f"rounds_{name}",
            "Right answers, in percent, against the crops seen in training",
        )  # fmt: skip
        st.markdown(
            ":small[Measured after each round on a part of the check set (PGD: 10 steps, 50 "
            "photographs), so these move by some points.]"
        )


def _at(curves: list[Curve], network: str, attack: str, epsilon: float) -> float:
    """The accuracy in percent there; nan where it was not measured."""
    for curve in curves:
        for at, share in zip(curve.epsilons, curve.accuracies, strict=True):
            if (curve.network, curve.attack) == (network, attack) and abs(at - epsilon) < 1e-9:
                return 100 * share
    return float("nan")


def heading(curves: list[Curve], standard: str, robust: str, what: str = "Photographs") -> str:
    """The section in one sentence, with its numbers. what: the photographs."""
    if not curves:
        return f"{what}: the same, on 224 × 224 pixels"
    first, second = (_at(curves, name, "PGD", MARKED) for name in (standard, robust))
    return (
        f"{what}: under PGD at ε = 1/255 the robust network is right on {second:.0f}\u00a0%, the "
        f"standard network on {first:.0f}\u00a0%"
    )


def price(curves: list[Curve], standard: str, robust: str) -> str:
    """What it costs without attack, and where it ends, in plain words."""
    clean = [_at(curves, name, "FGSM", 0.0) for name in (standard, robust)]
    far = [_at(curves, name, "PGD", 4 / 255) for name in (standard, robust)]
    return (
        f"**The price: without attack, {clean[0]:.1f}\u00a0% become {clean[1]:.1f}\u00a0%.** "
        "Some patterns that one grey level can reverse help the standard network to be right, and "
        "the robust one was trained not to use them. It is not safe either: at ε = 4/255 PGD "
        "leaves it right on "
        f"{far[1]:.1f}\u00a0% (the standard network: {far[0]:.1f}\u00a0%)."
    )
