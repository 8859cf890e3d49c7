"""The attack page: a picture, a drag of epsilon, another answer."""

import contextlib
import inspect
import threading
from collections.abc import Iterator, Mapping
from typing import Any

import numpy as np
import streamlit as st
from numpy.typing import NDArray

from demo import fgsm, models
from demo.attacks import sign_methods
from demo.experiments.attack import confidence_sweep, failures, random_signs, ten_steps
from demo.web import controls
from demo.web.components import viewer
from demo.web.components.viewer import sent
from demo.web.controls import Choices
from demo.web.figures.confidence_sweep import Counterpart
from demo.web.pages import (
    attack_curves,
    attack_view,
    fetching,
    guide,
    model_card,
    only_the_sign,
    onward,
    printing,
    survival,
    two_networks,
)
from demo.web.pages.attack_view import View
from demo.web.store import attack as store
from demo.web.store import recorded, worker

CONTROL, LINE = "control", "logits"
"""What costs most and is looked at least."""
LOOKED = "looked at"
SWIFT = threading.Semaphore(2)
"""What is recorded is drawn in milliseconds, by two scripts at once: two hundred threads that pass
Python's one lock around are slow for everybody."""


def page() -> None:
    """Draw the page: the three pictures first, the curve next, what is looked at last."""
    worker.turn_to(worker.PICTURES)
    choices = controls.read()
    fetched, top = st.container(), st.container()
    feeds = st.container(height=1, border=False, gap=None)  # what comes there shows nothing
    both, sign = st.container(), st.container()
    name: str | None = choices.network
    with feeds:
        viewer.feed("strip", choices.kind, {"items": controls.strip(choices)})
    known = attack_view.is_recorded(choices)
    if not known:
        name = fetching.network(choices.network, fetched)  # not in `top`: the viewer would move
    if name is None:
        return
    with SWIFT if known else contextlib.nullcontext():
        view = attack_view.view(choices, name)
        with top:
            viewer.show(attack_view.opening(view, printing.told(view)), EARS)
            survives, prints = _below(view)
        worker.turn_to(worker.CURVE)
        with feeds:
            if view.ten:
                _ten(view)
            else:
                _one(view)
    worker.turn_to(worker.REST)
    survival.fill(survives, view)
    printing.fill(prints, view)
    with both:
        two_networks.section(view.choices, view.card, view.pixels, view.step.label)
    with sign:
        only_the_sign.section(view)


def _one(view: View) -> None:
    """The curve, the counterpart, then what is looked at, each as soon as it is there."""
    known = view.recorded is not None
    told = recorded.shown(view.identity, lambda: [*_told(view)]) if known else _told(view)
    for kind, data in told:
        viewer.feed(kind, view.identity, data)


def _told(view: View) -> Iterator[tuple[str, Mapping[str, Any]]]:
    """What the viewer is fed with, kind by kind."""
    sweep = store.sweep(view.card.name, view.pixels, view.step.direction)
    yield (
        "answers",
        attack_curves.answers(
            view, sweep.logits, sweep.saved_logits, sweep.saved, sweep.clipped, sweep.largest_change
        ),
    )
    worker.turn_to(worker.REST)
    drawn, said = _counterpart(view, sweep.logits) or (None, None)
    if said is not None:
        yield "counterpart", said
    looked = _looked_at(view)
    extra: sent.Extra = {"what": looked}
    if CONTROL in looked:
        extra["confidence"] = attack_curves.confidence(view, sweep.logits, drawn, _control(view))
    if LINE in looked:
        extra["logits"], extra["line"] = attack_curves.logits(view)
    yield "extra", extra


def _looked_at(view: View) -> list[str]:
    """What is computed beyond the curve: all that is recorded, else what somebody looks at."""
    if view.recorded is not None:
        return [CONTROL, LINE]
    asked = st.session_state.get(LOOKED, {})
    return list(asked["what"]) if asked.get("id") == view.identity else []


def _look(asked: Any) -> None:
    """The viewer says what is looked at: {"id": the view's, "what": `CONTROL`, `LINE`}."""
    if isinstance(asked, dict) and isinstance(asked.get("what"), list):
        known = [what for what in (CONTROL, LINE) if what in asked["what"]]
        st.session_state[LOOKED] = {"id": asked.get("id"), "what": known}


def _control(view: View) -> tuple[NDArray[np.float64], NDArray[np.float64]]:
    """Random signs: levels (F,), and the label's probability there, (seeds, F)."""
    epsilons = confidence_sweep.epsilon_grid(view.card.kind)[::2]
    seeds = [
        store.control(view.card.name, view.pixels, view.step.label, epsilons, seed)
        for seed in random_signs.SEEDS
    ]
    return 255 * np.array(epsilons), np.array(seeds)


def _ten(view: View) -> None:
    name, pixels, step = view.card.name, view.pixels, view.step
    place = st.empty()
    result = None
    for done, result in store.ten(name, pixels, step.label, step.target):
        if result is None:
            with place.container():
                viewer.feed("progress", view.identity, {"done": done})
    assert result is not None
    stops, change = np.arange(len(view.levels)), result.change
    largest = np.abs(change.astype(np.int32)).max(axis=(1, 2, 3))
    answers = attack_curves.answers(
        view, result.logits, result.saved_logits, stops, np.zeros(len(stops)),
        largest / ten_steps.fraction_of(view.card.kind),
    )  # fmt: skip
    answers["change"] = viewer.packed(change)
    if step.target is not None:
        one = store.sweep(name, pixels, step.direction).logits.argmax(axis=1)
        both = failures.one_against_ten(
            step.target, one, result.logits.argmax(axis=1), tuple(view.levels),
            lambda k: view.names[k], view.card.kind,
        )  # fmt: skip
        answers["notes"] = [both]
    viewer.feed("answers", view.identity, answers)
    if (other := _counterpart(view, result.logits)) is not None:
        viewer.feed("counterpart", view.identity, other[1])


EARS = {
    "switched": controls.switch, "picked": controls.pick, "given": controls.give, "looked": _look,
    "guided": guide.begin, "stayed": printing.stayed,
}  # fmt: skip


def _counterpart(
    view: View, mine: NDArray[np.float32]
) -> tuple[Counterpart, sent.Counterpart] | None:
    """The same network trained the other way, attacked on its own gradient: curve and headline.

    mine: the logits of the view's own network at its epsilons, (E, K).  None where it is not here.
    """
    if (other := models.counterpart(view.card.name)) is None:
        return None
    with contextlib.suppress(models.Unavailable):
        if recorded.of(other, view.pixels) is None:
            store.network(other)
        training = models.card(other).training
        logits = _attacked(view, other)
        shares, answers = attack_curves.probabilities(logits), logits.argmax(axis=1)
        drawn = Counterpart(training, shares[:, view.step.label])
        return drawn, {
            "training": training, "top": [best for (best,) in attack_curves.top(shares, 1)],
            "flip": failures.first(answers != answers[0]),
            "figure": attack_curves.early(view, mine, drawn),
        }  # fmt: skip
    return None


def _attacked(view: View, name: str) -> NDArray[np.float32]:
    """The logits of another network at the view's epsilons, under the view's attack on it."""
    step, pixels = view.step, view.pixels
    if not view.ten:
        theirs = store.step(name, pixels, step.epsilon, step.label, step.target)
        return store.sweep(name, pixels, theirs.direction).logits
    return attack_view.after_ten(view, name).logits


def _below(view: View) -> tuple[Any, Any]:
    """What stands under the viewer, and the two folds that are filled later."""
    choices = view.choices
    st.caption(f"Picture: {choices.picture.title}. {choices.picture.credit}")
    folds = survival.fold(), printing.fold()
    onward.to_growth(choices)
    fold = st.expander("Show the code that made these pictures", key="code", on_change="rerun")
    if fold.open:  # its colours take a script of 1.6 MB
        fold.code(_source(choices), language="python")
    with st.expander(f"About this network: {view.card.title}"):
        st.markdown(model_card.about(view.card))
    return folds


def _source(choices: Choices) -> str:
    """The very functions in use, read from the running program."""
    ten: Any = sign_methods.basic_iterative_method
    if choices.target is not None:
        ten = sign_methods.targeted_basic_iterative_method
    one = fgsm.fgsm if choices.target is None else fgsm.targeted_fgsm
    used: list[Any] = [fgsm.loss_gradient, fgsm.logit_gradient, fgsm.perturbation]
    used.append(fgsm.adversarial_example)
    used += [ten, sign_methods._iterate] if choices.method == controls.TEN else [one]
    return "\n\n".join(inspect.getsource(function) for function in used)
