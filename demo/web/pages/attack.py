"""The attack page: a picture, a drag of epsilon, another answer."""

import contextlib
import inspect
from typing import Any

import numpy as np
import streamlit as st
from numpy.typing import NDArray

from demo import fgsm, models
from demo.attacks import sign_methods
from demo.experiments.attack import confidence_sweep, failures, random_signs, ten_steps
from demo.web import controls
from demo.web.components import viewer
from demo.web.controls import Choices
from demo.web.figures.confidence_sweep import Twin
from demo.web.pages import (
    attack_curves,
    attack_view,
    fetching,
    model_card,
    only_the_sign,
    onward,
    two_networks,
)
from demo.web.pages.attack_view import View
from demo.web.store import attack as store

EARS = {"switched": controls.switch, "picked": controls.pick, "given": controls.give}


def page() -> None:
    """Draw the page: the three pictures first, the curve next, the control and the line last."""
    choices = controls.read()
    top, ground, twins, sign = (st.container() for _ in range(4))
    name = fetching.network(choices.network, top)
    if name is None:
        return
    view = attack_view.view(choices, name)
    with top:
        viewer.show(attack_view.opening(view), EARS)
        viewer.feed("strip", choices.kind, {"items": controls.strip(choices)})
        _below(view)
    with ground:
        if view.ten:
            _ten(view)
        else:
            _one(view)
    with twins:
        two_networks.section(view.choices, view.card, view.pixels, view.step.label)
    with sign:
        only_the_sign.section(view)


def _one(view: View) -> None:
    """The curve, then the control and the line through zero, each as soon as it is there."""
    name, pixels, step = view.card.name, view.pixels, view.step
    sweep = store.sweep(name, pixels, step.direction)
    answers = attack_curves.answers(view, sweep.logits, sweep.saved_logits, sweep.saved)
    answers |= {"clipped": sweep.clipped.tolist(), "largest": sweep.largest_change.tolist()}
    viewer.feed("answers", view.identity, answers)
    viewer.load_plotly()
    twin = _twin(view, sweep.logits)
    stops = confidence_sweep.stops_of(view.card.kind)
    seeds = [store.control(name, pixels, step.label, stops[::2], s) for s in random_signs.SEEDS]
    control = (255 * np.array(stops[::2]), np.array(seeds))
    confidence = attack_curves.confidence(view, sweep.logits, twin, control)
    viewer.feed("extra", view.identity, {"confidence": confidence} | attack_curves.logits(view))


def _ten(view: View) -> None:
    name, pixels, step = view.card.name, view.pixels, view.step
    place = st.empty()
    result = None
    for done, result in store.ten(name, pixels, step.label, step.target):
        if result is None:
            with place.container():
                viewer.feed("progress", view.identity, {"done": done})
    assert result is not None
    stops = np.arange(len(view.levels))
    answers = attack_curves.answers(view, result.logits, result.saved_logits, stops)
    change = result.change
    largest = np.abs(change.astype(np.int32)).max(axis=(1, 2, 3))
    answers |= {
        "change": viewer.packed(change),
        "clipped": [0.0] * len(view.levels),
        "largest": (largest / ten_steps.fraction_of(view.card.kind)).tolist(),
    }
    if step.target is not None:
        one = store.sweep(name, pixels, step.direction).logits.argmax(axis=1)
        both = failures.one_against_ten(
            step.target, one, result.logits.argmax(axis=1), tuple(view.levels),
            lambda k: view.names[k], view.card.kind,
        )  # fmt: skip
        answers["notes"] = [both]
    viewer.feed("answers", view.identity, answers)
    viewer.load_plotly()
    _twin(view, result.logits)


def _twin(view: View, mine: NDArray[np.float32]) -> Twin | None:
    """The same network trained the other way, attacked on its own gradient: headline and curve.

    mine: the logits of the view's own network at its stops, (E, K).
    """
    if (other := models.counterpart(view.card.name)) is None:
        return None
    with contextlib.suppress(models.Unavailable):
        store.network(other, lambda share: None)
        training = models.card(other).training
        logits = _attacked(view, other)
        shares, answers = attack_curves.probabilities(logits), logits.argmax(axis=1)
        twin = Twin(training, shares[:, view.step.label])
        said = {
            "training": training, "top": [best for (best,) in attack_curves.top(shares, 1)],
            "flip": failures.first(answers != answers[0]),
            "figure": attack_curves.confidence(view, mine, twin, None),
        }  # fmt: skip
        viewer.feed("counterpart", view.identity, said)
        return twin
    return None


def _attacked(view: View, name: str) -> NDArray[np.float32]:
    """The logits of another network at the view's stops, under the view's attack on it."""
    step, pixels = view.step, view.pixels
    if not view.ten:
        theirs = store.step(name, pixels, step.epsilon, step.label, step.target)
        return store.sweep(name, pixels, theirs.direction).logits
    *_, (_, result) = store.ten(name, pixels, step.label, step.target)
    assert result is not None
    return result.logits


def _below(view: View) -> None:
    choices = view.choices
    st.caption(f"Picture: {choices.title}. {choices.credit}")
    onward.to_growth(choices)
    with st.expander("Show the code that made these pictures"):
        st.code(_source(choices), language="python")
    with st.expander(f"About this network: {view.card.title}"):
        st.markdown(model_card.about(view.card))


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
