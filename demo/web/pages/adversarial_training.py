"""Adversarial training: what it minimises, what it gives, what it does to the weights."""

import streamlit as st

from demo.experiments.adversarial_training import accuracy_against_epsilon as experiment
from demo.experiments.adversarial_training import digit_accuracy
from demo.experiments.adversarial_training.accuracy_against_epsilon import Curve
from demo.experiments.adversarial_training.digit_accuracy import Attack
from demo.models import trained
from demo.training import recipes
from demo.web.components import plotted
from demo.web.controls import remembered
from demo.web.figures import accuracy_against_epsilon as figure
from demo.web.pages import (
    adversarial_opening,
    first_layers,
    going_on,
    live_training,
    photograph_training,
)
from demo.web.store import adversarial_training as store

SECONDS = 0.8
"""Of computing before the page draws what it has, and hears a click."""

DEFAULT = ("conv", "conv-adversarial", "conv-fgsm")
HERE, RECORDED = "here", "recorded"
OPEN = "curves_open"
FALLEN = 0.2
"""Share of the digits between FGSM and PGD from which on a network is said to fall."""

PLACES = {recipe.name: place for place, recipe in enumerate(recipes.RECIPES)}


def page() -> None:
    """Draw the page from top to bottom; the curves and the training go on by themselves."""
    cards = trained.here()
    adversarial_opening.draw(cards)
    middle, photographs, training = st.container(), st.container(), st.container()
    whole = going_on.Page()
    with middle:
        if cards:
            _networks(cards, whole)
        else:
            st.info(
                "No trained digit network is here yet, so there are no curves and no weights to "
                "show: `python -m demo train --all` makes them. The training below needs none."
            )
    with photographs:
        photograph_training.section()
    with training:
        live_training.section(whole)
    whole.end()


def _networks(cards: list[trained.Card], whole: going_on.Page) -> None:
    """What the trained networks show: their curves, which go on by themselves; their weights."""
    curves, weights = st.container(), st.container()
    with weights:
        st.fragment(first_layers.section)(cards)
    with curves:
        whole.section(OPEN, 0.2, lambda: _curves(cards))


def _curves(cards: list[trained.Card]) -> None:
    """The curves that are chosen; while some are open, each run ends with computing some more."""
    st.header("Right answers against ε, under FGSM, PGD and random signs", anchor=False)
    by_name = {card.name: card for card in cards}
    recorded = experiment.recorded({card.name: card.sha256 for card in cards})
    names, under, where = _choices(by_name, bool(recorded))
    there = _readable(names, by_name)
    wanted = [store.Wanted(n, by_name[n].sha256, kind) for kind in under for n in there]
    if where == RECORDED:
        curves = [c for c in recorded if c.network in names and c.attack in under]
        share = 1.0
    else:
        curves, share = store.curves(wanted)
    _where_it_stands(where, share, curves)
    lines = {n: figure.Line(card.title, card.training, PLACES[n]) for n, card in by_name.items()}
    plotted.show(
        figure.plot(curves, lines, recipes.EPSILON), "curves",
        "Right answers, in percent, against epsilon",
    )  # fmt: skip
    st.markdown(lesson(curves if share == 1 else [], {n: c.title for n, c in by_name.items()}))
    st.session_state[OPEN] = share < 1
    if share < 1:
        store.compute(wanted, SECONDS)


def _choices(
    by_name: dict[str, trained.Card], recorded: bool
) -> tuple[list[str], list[Attack], str]:
    """Networks, attacks and digits, as chosen. A network's name is short: a phone cuts its end."""
    default = [name for name in DEFAULT if name in by_name] or list(by_name)[:1]
    names = st.multiselect(
        "Networks", list(by_name), remembered.first_several("networks", list(by_name), default),
        key="networks",
        format_func=lambda name: by_name[name].title.replace(" network, trained", ","),
    )  # fmt: skip
    remembered.keep_several("networks", default)
    first = remembered.first_several("under", experiment.ATTACKS, experiment.ATTACKS)
    under = st.pills(
        "Attacks", experiment.ATTACKS, selection_mode="multi", default=first, key="under"
    )
    remembered.keep_several("under", experiment.ATTACKS)
    if not recorded:
        return names, under, HERE
    words = {HERE: "1,000 that ship, attacked now", RECORDED: "MNIST's test set, recorded"}
    at = list(words).index(remembered.first("measured", list(words), HERE))
    where = st.radio("Digits", words, at, words.get, key="measured", horizontal=True)
    remembered.keep("measured", HERE)
    return names, under, where


def _readable(names: list[str], by_name: dict[str, trained.Card]) -> list[str]:
    """Those whose weights can be read; a sentence for each of the others."""
    readable = []
    for name in names:
        try:
            store.network(name, by_name[name].sha256)
        except ValueError as error:
            st.error(str(error))
        else:
            readable.append(name)
    return readable


def _where_it_stands(where: str, share: float, curves: list[Curve]) -> None:
    if where == RECORDED:
        st.markdown(f":small[{recorded_words(curves)}]")
    elif share < 1:
        st.progress(share, f"Attacking the digits: {share:.0%} of the points")
    else:
        st.markdown(
            f":small[Computed here on 1,000 of the digits that ship, 100 of each class, none of "
            f"them trained on (logistic regression: 200 threes and sevens). PGD takes "
            f"{experiment.PGD_STEPS} steps from one random start; more steps find more.]"
        )


def recorded_words(curves: list[Curve]) -> str:
    """What the recorded curves were measured on."""
    counts: dict[str, int] = dict.fromkeys(experiment.ATTACKS, 0)
    for curve in curves:
        counts[curve.attack] = max(counts[curve.attack], curve.images)
    on = [f"{attack_}: {count:,}" for attack_, count in counts.items() if count]
    return (
        f"Measured on MNIST’s test digits ({'; '.join(on) or 'none of these'}), logistic "
        f"regression on the threes and sevens among them; PGD takes {digit_accuracy.STEPS} steps "
        "from one random start: `python -m demo accuracy`."
    )


def lesson(curves: list[Curve], titles: dict[str, str]) -> str:
    """What FGSM and PGD at .25 say about the network that they disagree on most."""
    at = {(curve.network, curve.attack): curve.at(recipes.EPSILON) for curve in curves}
    under_pgd = {n: a for (n, attack_), a in at.items() if attack_ == "PGD" and a is not None}
    gaps = [
        (fgsm - a, n) for n, a in under_pgd.items() if (fgsm := at.get((n, "FGSM"))) is not None
    ]
    if not gaps:
        return (
            "FGSM is usually the weakest of the common attacks: choose PGD beside it before you "
            "trust it."
        )
    gap, name = max(gaps)
    weak = (
        f"**{titles[name]}: right on {100 * (gap + under_pgd[name]):.1f} % under FGSM at ε = .25, "
        f"on {100 * under_pgd[name]:.1f} % under PGD.**"
    )
    if gap < FALLEN:
        return f"{weak} No network chosen here falls much further under PGD than under FGSM."
    best = max(under_pgd, key=lambda n: under_pgd[n])
    strong = "" if best == name else (f" {titles[best]}: {100 * under_pgd[best]:.1f} % under PGD.")
    return f"{weak} It withstands one step of FGSM and falls to PGD’s many small ones.{strong}"
