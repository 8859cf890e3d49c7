"""The hidden L1: the adversarial objective beside its first order, one picture and a thousand."""

import json
from collections.abc import Sequence

import numpy as np
import streamlit as st

from demo import models
from demo.experiments import hidden_l1 as experiment
from demo.experiments.hidden_l1 import HiddenL1
from demo.models import trained
from demo.web.components import viewer
from demo.web.components.viewer import hidden_l1 as component
from demo.web.components.viewer import sent
from demo.web.controls import hidden_l1 as controls
from demo.web.controls.hidden_l1 import Choices
from demo.web.figures import hidden_l1 as figure
from demo.web.pages import going_on, gradient_lengths, prose
from demo.web.store import attack
from demo.web.store import hidden_l1 as store

SECONDS = 0.6
"""Of computing before the page draws what it has, and hears a click."""
OPEN, STOPPED = "l1_open", "l1_stopped"
Cards = dict[str, trained.Card]
Heading = list[tuple[str, str]]


def page() -> None:
    """Draw the page from top to bottom; the thousand digits go on by themselves."""
    here = {card.name: card for card in trained.here()}
    cards = {name: here[name] for name in controls.NETWORKS if name in here}
    choices = controls.read(list(cards))
    top = st.container()
    whole = going_on.Page()
    try:
        with top:
            _one(choices, cards)
    except ValueError as error:
        top.error(str(error))
    with top:
        _words()
    if choices.kind == "digits":
        whole.section(OPEN, 0.2, lambda: _thousand(choices, cards))
    whole.end()


def _one(choices: Choices, cards: Cards) -> None:
    """The component, with one picture in it. Raises ValueError where there is nothing to show."""
    names = attack.class_names(choices.network)
    if choices.kind == "digits":
        label = _label(choices, names)
        pixels = attack.clean_digit(choices.picture.data)
        sha256 = cards[choices.network].sha256
        label, found = store.digit(choices.network, sha256, pixels, label)
    else:
        label, found = _photograph(choices)
    what = f"this {names[label]}"
    component.show(
        {
            "one": _sent(found, what, choices),
            "batch": _identity(choices, cards), "kind": choices.kind,
            "alpha": choices.alpha, "epsilon": choices.epsilon, "of": choices.of,
        }
    )  # fmt: skip
    title = models.card(choices.network).title
    st.caption(f"{title}. Picture: {choices.picture.title}. {choices.picture.credit}")


def _label(choices: Choices, names: Sequence[str]) -> int | None:
    if choices.picture.true_label is None:
        return None
    if choices.picture.true_label not in names:
        known = " and ".join(names)
        raise ValueError(
            f"{models.card(choices.network).title} knows only {known}, and this digit is labelled "
            f"{choices.picture.true_label}: choose another digit or another network in the sidebar."
        )
    return list(names).index(choices.picture.true_label)


def _photograph(choices: Choices) -> tuple[int, HiddenL1]:
    size = models.card(choices.network).input_size
    pixels = attack.clean_pixels(choices.picture.data, size, choices.picture.crop)
    place, found = st.empty(), None
    for share, found in store.photograph(choices.network, pixels):
        if found is None:
            place.progress(share, f"Asking the network: {share:.0%} of the epsilons")
    place.empty()
    assert found is not None
    return found


def _identity(choices: Choices, cards: Cards) -> str | None:
    """The same for the same thousand digits; None where there are none."""
    return cards[choices.network].sha256 if choices.kind == "digits" else None


def _sent(found: HiddenL1, what: str, choices: Choices) -> sent.Shown:
    """All numbers that a drag can show."""
    figures = {"objective": figure.objective(found, choices.alpha), "ratio": figure.ratios(found)}
    return {
        "name": what.capitalize(), "heading": heading(found, what, choices.kind),
        "count": found.count, "epsilons": found.epsilons.tolist(), "loss": found.loss,
        "norm": found.gradient_norm, "margin": found.margin, "slope": found.slope,
        "free": found.free_share,
        "adversarial": found.adversarial.tolist(), "clipped": found.clipped.tolist(),
        "straight": found.straight.tolist(),
        "lossRatio": [None if np.isnan(r) else r for r in found.loss_ratio().tolist()],
        "figures": {name: json.loads(f.to_json()) for name, f in figures.items()},
    }  # fmt: skip


def heading(found: HiddenL1, what: str, kind: models.Kind) -> Heading:
    """The page in one sentence, in parts: (line that the part belongs to, or "", its words)."""
    loss = experiment.holds_until(found.epsilons, found.loss_ratio())
    margin = experiment.holds_until(found.epsilons, found.margin_ratio())
    last = float(found.epsilons[-1])
    return [
        (
            "",
            f"The loss of {what} under FGSM rises by ε times the L1 norm of its gradient, to "
            "within 10 %, ",
        ),
        ("loss", _until(loss, last, kind)),
        ("", "; the network’s margin is linear, to within 10 %, "),
        ("margin", _until(margin, last, kind)),
    ]


def _until(epsilon: float | None, last: float, kind: models.Kind) -> str:
    if epsilon is None:
        return "at no ε shown"
    written = fraction(epsilon) if kind == "digits" else f"{fraction(255 * epsilon)}/255"
    return f"at every ε to {written}" if epsilon == last else f"up to ε = {written}"


def fraction(epsilon: float) -> str:
    """Two digits: .0011, .25, .5."""
    rounded = float(f"{epsilon:.2g}")
    return f"{rounded:.7f}".rstrip("0").strip("0").removesuffix(".") or "0"


def _words() -> None:
    for name in ("derivation", "bends"):
        st.markdown(prose.section("hidden_l1", name))
    with st.expander("What the clip to the pixel range does"):
        st.markdown(prose.section("hidden_l1", "clip"))


def _thousand(choices: Choices, cards: Cards) -> None:
    """A thousand digits: the same curves, handed to the component; then the gradients' lengths."""
    ours = store.Digits(choices.network, cards[choices.network].sha256, True)
    pair = [
        store.Digits(n, cards[n].sha256, False)
        for n in gradient_lengths.family(choices.network, cards)
    ]
    margins, share = store.batch(ours)
    if margins is not None:
        name = f"{len(margins.clean):,} digits"
        shown = _sent(experiment.means(margins), name, choices)
        viewer.feed("hidden-l1", _identity(choices, cards) or "", {**shown, "share": share})
    known = {digits.network: store.batch(digits)[0] for digits in pair}
    done = (share + sum(store.batch(digits)[1] for digits in pair)) / (1 + len(pair))
    both = {name: found for name, found in known.items() if found is not None}
    st.header(gradient_lengths.heading(both), anchor=False)
    _progress(done)
    if len(both) == len(pair):
        gradient_lengths.histograms(both, cards)
    going = done < 1 and not st.session_state.get(STOPPED, False)
    st.session_state[OPEN] = going
    if going:
        store.compute([*pair, ours], SECONDS)


def _progress(done: float) -> None:
    if done >= 1:
        st.session_state.pop(STOPPED, None)
        return
    with st.container(horizontal=True, vertical_alignment="center"):
        st.progress(done, f"Held-out digits: {done:.0%} of the work")
        going_on.stop_button(STOPPED, "l1_button")
