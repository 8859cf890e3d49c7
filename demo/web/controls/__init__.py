"""Widgets and the URL -> one frozen `Choices`. Nothing else reads either of them."""

from dataclasses import dataclass
from typing import Any

import streamlit as st

from demo import models
from demo.experiments.attack import gallery_flips
from demo.web.controls import digits, link, photographs
from demo.web.controls.photographs import Chosen
from demo.web.store import attack as store

ONE, TEN = link.ONE, link.TEN
AWAY, TOWARD = link.AWAY, link.TOWARD


@dataclass(frozen=True)
class Choices:
    """All that a person has chosen. label, target: class names, or `link.OWN_ANSWER`, ..."""

    kind: models.Kind
    network: str
    picture: Chosen
    label: str
    target: str | None
    method: str
    epsilon: float


def read() -> Choices:
    """Draw the sidebar, and say what is chosen in it.

    The URL fills in what has not been touched yet; nonsense in it falls back to the defaults.
    """
    link.start(link.OPENS)
    with st.sidebar:
        kind = kind_widget(bool(models.offered("digits")))
        picture = st.container()
        _network_widget(kind)
        network = _switched(kind)
        with picture:
            chosen = choose(kind, network)
        label, target = _goal_widgets(kind, store.class_names(network))
        method = st.radio(
            "Attack", (ONE, TEN), key="method", persist_state="session",
            format_func={ONE: "FGSM, one step", TEN: "BIM, ten steps"}.get,
        )  # fmt: skip
    link.write(kind, opens=link.OPENS)
    return Choices(kind, network, chosen, label, target, method, link.epsilon(kind))


def choose(kind: models.Kind, network: str) -> Chosen:
    """Draw the widgets that choose a picture, and say which one is chosen."""
    return photographs.choose(network) if kind == "photographs" else digits.choose(network)


def kind_widget(has_digits: bool) -> models.Kind:
    """Photographs or digits; without a digit network there is nothing to choose."""
    if not has_digits:
        return "photographs"
    kind = st.segmented_control(
        "What the network looks at", models.KINDS, key="kind", required=True, width="stretch",
        format_func=str.capitalize, on_change=link.forget_epsilon, persist_state="session",
    )  # fmt: skip
    return kind or "photographs"


def network_widgets(kind: models.Kind) -> str:
    """The network and, where it has a robust counterpart, which of the two: its name."""
    if _network_widget(kind).robust is not None:
        st.toggle("Robust (adversarially trained)", key=f"switch_{kind}", persist_state="session")
    return _switched(kind)


def switch(training: Any) -> None:
    """Turn to the network that was trained so, "standard" or "adversarial"; else to none."""
    if training in ("standard", "adversarial"):
        st.session_state[f"switch_{st.session_state.kind}"] = training == "adversarial"


def pick(name: Any) -> None:
    """Choose a picture of the gallery that is shown, by its name."""
    (digits if st.session_state.kind == "digits" else photographs).pick(name)


def give(asked: Any) -> None:
    """Take over a picture of the visitor's, as the strip sends it."""
    photographs.give(st.session_state.kind, asked)


def strip(choices: Choices) -> str:
    """The pictures of the strip, {"name", "title", "src"} of each, packed."""
    return (
        digits.thumbnails()
        if choices.kind == "digits"
        else photographs.thumbnails(models.card(choices.network).labelled)
    )


def _network_widget(kind: models.Kind) -> models.ModelCard:
    names = [card.name for card in models.offered(kind)]
    if kind == "digits":  # those of this session, from the page on adversarial training
        names += st.session_state.get("own_networks", {})
    if st.session_state[f"network_{kind}"] not in names:
        st.session_state[f"network_{kind}"] = names[0]
    widget: Any = st.radio if kind == "photographs" else st.selectbox  # one click apart, where few
    name = widget(
        "Network", names, key=f"network_{kind}", format_func=lambda n: models.card(n).title,
        persist_state="session", on_change=_to_its_gallery, args=(kind,),
    )  # fmt: skip
    return models.card(name)


def _to_its_gallery(kind: models.Kind) -> None:
    """A network that does not know the gallery's picture comes with one that it knows."""
    name = st.session_state[f"network_{kind}"]
    if kind == "photographs" and not photographs.is_known(models.card(name).labelled):
        photographs.pick(gallery_flips.opening_of(name))


def _switched(kind: models.Kind) -> str:
    """The network that is chosen, robust or not as the switch stands, and what to know of it."""
    card = models.card(st.session_state[f"network_{kind}"])
    if card.robust is not None and st.session_state[f"switch_{kind}"]:
        card = models.card(card.robust)
    for sentence in _warnings(card):
        st.caption(sentence)
    return card.name


def _warnings(card: models.ModelCard) -> list[str]:
    """What must be known before this network's answers are believed."""
    told = [*card.remarks]
    shares = {accuracy.attack.split()[1]: accuracy.share for accuracy in card.under_attack}
    fgsm, pgd = shares.get("FGSM", 0.0), shares.get("PGD", 0.0)
    if card.training == "adversarial" and fgsm - pgd > 0.3:
        told.append(
            f"Right on {fgsm:.0%} of the test digits under FGSM at ε = .25, on {pgd:.0%} under "
            "PGD: choose “BIM, ten steps” to see it fall."
        )
    if card.kind == "digits" and len(card.labels) == 2:
        told.append(f"This network knows only {card.labels[0]} and {card.labels[1]}.")
    return told


def _goal_widgets(kind: str, class_names: tuple[str, ...]) -> tuple[str, str | None]:
    goal = st.radio(
        "Goal of the attack", (AWAY, TOWARD), key="goal", persist_state="session",
        format_func={AWAY: "leave a class", TOWARD: "reach a class"}.get,
    )  # fmt: skip
    if goal == AWAY:
        return class_widget(f"label_{kind}", "Class to leave", link.OWN_ANSWER, class_names), None
    reached = class_widget(f"target_{kind}", "Class to reach", link.RUNNER_UP, class_names)
    return link.OWN_ANSWER, reached


def class_widget(key: str, what: str, first: str, names: tuple[str, ...], more: str = "") -> str:
    """A class by its name, or `first`. more: of its help."""
    options = (first, *names)
    if st.session_state[key] not in options:
        st.session_state[key] = first
    return st.selectbox(
        what, options, key=key, persist_state="session",
        help=f"Type to search the {len(names):,} names.{more}",
    )  # fmt: skip
