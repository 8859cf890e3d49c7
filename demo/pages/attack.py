"""The attack page: a picture, a drag of epsilon, another answer."""

import contextlib
import hashlib
import inspect
import json
import re
from dataclasses import dataclass
from typing import Any

import numpy as np
import streamlit as st
import torch
from numpy.typing import NDArray

from demo import attacks, controls, device, fgsm, models, scores, viewer
from demo.controls import Choices, link
from demo.experiments import (
    confidence_sweep,
    failures,
    logits_line,
    one_step,
    random_signs,
    ten_steps,
)
from demo.figures import confidence_sweep as confidence_figure
from demo.figures import logits_line as logits_figure
from demo.pages import model_card, onward, two_networks
from demo.store import attack as store


@dataclass(frozen=True)
class View:
    """What is looked at: one picture, one network, one gradient.

    label: the class that is held for true, by the visitor or the gallery; None if nobody says.
    """

    identity: str
    choices: Choices
    card: models.ModelCard
    names: tuple[str, ...]
    pixels: NDArray[np.uint8]
    step: one_step.OneStep
    label: int | None

    @property
    def ten(self) -> bool:
        """Whether ten steps are asked for."""
        return self.choices.method == controls.TEN

    @property
    def levels(self) -> NDArray[np.float64]:
        """255 * epsilon of the stops."""
        if self.ten:
            return np.array(ten_steps.levels_of(self.card.kind))
        return 255 * np.array(confidence_sweep.stops_of(self.card.kind))


def page() -> None:
    """Draw the page: the three pictures first, the curve next, the control and the line last."""
    choices = controls.read()
    top, ground, twins = st.container(), st.container(), st.container()
    name = _network(choices, top)
    if name is None:
        return
    view = _view(choices, name)
    with top:
        viewer.show(_opening(view), controls.switch)
        _below(view)
    with ground:
        if view.ten:
            _ten(view)
        else:
            _one(view)
    with twins:
        two_networks.section(view.choices, view.card, view.pixels, view.step.label)


def _network(choices: Choices, top: Any) -> str | None:
    """The network asked for, or one of its kind that is here and a sentence where it is not."""
    with top:
        place = st.empty()
    title = models.card(choices.network).title

    def show(share: float) -> None:
        place.progress(min(max(share, 0.0), 1.0), f"Fetching the weights of {title}: once only")

    try:
        store.network(choices.network, show)
    except models.Unavailable as error:
        for fallback in models.offered(choices.kind):
            with contextlib.suppress(models.Unavailable):
                store.network(fallback.name, lambda share: None)
                place.warning(f"{error} Until then {fallback.title} answers below.")
                return fallback.name
        place.error(str(error))
        return None
    place.empty()
    return choices.network


def _view(choices: Choices, name: str) -> View:
    card, names = models.card(name), store.class_names(name)
    if card.kind == "digits":
        pixels = store.clean_digit(choices.data)
    else:
        pixels = store.clean_pixels(choices.data, card.input_size, choices.crop)
    label, target = _classes(choices, names)
    stops = confidence_sweep.stops_of(card.kind)
    epsilon = min(stops, key=lambda stop: abs(stop - choices.epsilon))
    step = store.step(name, pixels, epsilon, label, target)
    return View(_identity(name, pixels, choices), choices, card, names, pixels, step, label)


def _classes(choices: Choices, names: tuple[str, ...]) -> tuple[int | None, int | None]:
    index = {name: i for i, name in enumerate(names)}
    if choices.target is not None:
        return None, index.get(choices.target, one_step.RUNNER_UP)
    asked = choices.label if choices.label in index else choices.true_label
    return (None if asked is None else index.get(asked)), None


def _identity(name: str, pixels: NDArray[np.uint8], choices: Choices) -> str:
    """The same for the same view, so that a late result never lands on another picture."""
    what = (name, choices.label, choices.target, choices.true_label, choices.method)
    return hashlib.sha256(pixels.tobytes() + repr(what).encode()).hexdigest()[:16]


def _opening(view: View) -> dict[str, Any]:
    """What the viewer needs to draw the three pictures at any stop, and the first three answers."""
    card, step, levels = view.card, view.step, view.levels.tolist()
    return {
        "id": view.identity, "kind": card.kind, "size": card.input_size,
        "channels": card.channels, "names": list(view.names), "method": view.choices.method,
        "network": card.title, "device": device.name(device.choose()),
        "milliseconds": step.milliseconds, "picture": _slug(view.choices),
        "own": view.choices.picture == link.OWN,
        "clean": viewer.packed(view.pixels), "signs": viewer.packed(step.direction),
        "levels": levels, "saved": [confidence_sweep.round_half_up(x) for x in levels],
        "fraction": ten_steps.fraction_of(card.kind),
        "level": 255 * step.epsilon, "label": step.label, "target": step.target,
        "gradientNorm": step.gradient_norm, "cleanAnswer": _pair(step.clean),
        "perturbationAnswer": _pair(step.perturbation),
        "adversarial": {"level": 255 * step.epsilon, "answer": _pair(step.adversarial)},
        "pair": card.name == view.choices.network and models.counterpart(card.name) is not None,
        "training": card.training,
        "wrong": view.label if view.label not in (None, step.clean.label) else None,
    }  # fmt: skip


def _one(view: View) -> None:
    """The curve, then the control and the line through zero, each as soon as it is there."""
    name, pixels, step, kind = view.card.name, view.pixels, view.step, view.card.kind
    sweep = store.sweep(name, pixels, step.direction)
    twin = _twin(view) if kind == "digits" else None  # of milliseconds; a photograph's comes later
    answers = _answers(view, sweep.logits, sweep.saved_logits, sweep.saved, twin)
    answers |= {"clipped": sweep.clipped.tolist(), "largest": sweep.largest_change.tolist()}
    viewer.feed("answers", view.identity, answers)
    viewer.load_plotly()
    twin = twin or _twin(view)
    stops = confidence_sweep.stops_of(kind)
    seeds = [store.control(name, pixels, step.label, stops[::2], s) for s in random_signs.SEEDS]
    control = (255 * np.array(stops[::2]), np.array(seeds))
    confidence = _confidence(view, sweep.logits, twin, control)
    viewer.feed("extra", view.identity, {"confidence": confidence} | _logits(view))


def _logits(view: View) -> dict[str, Any]:
    """The line through zero and beyond, drawn and told."""
    name, pixels, step, kind = view.card.name, view.pixels, view.step, view.card.kind
    if kind == "digits":
        line = store.unclipped_line(name, pixels, step.direction)
    else:
        behind = tuple(-e for e in reversed(confidence_sweep.stops_of(kind)[2::2]))
        line = store.line(name, pixels, step.direction, behind)
    by_class = {int(k): line.logits[:, i] for i, k in enumerate(line.classes)}
    figure = logits_figure.plot(
        255 * line.epsilons, by_class, _some(view.names, by_class), step.label, step.target, kind
    )
    told = logits_line.told(line, lambda k: view.names[k])
    if kind == "digits":
        told += " Drawn without the clip, on both sides far beyond the slider's .5."
    return {"logits": _json(figure), "line": told}


def _ten(view: View) -> None:
    name, pixels, step = view.card.name, view.pixels, view.step
    place = st.empty()
    result = None
    for done, result in store.ten(name, pixels, step.label, step.target):
        if result is None:
            with place.container():
                viewer.feed("progress", view.identity, {"done": done})
    assert result is not None
    twin = _twin(view) if view.card.kind == "digits" else None
    answers = _answers(view, result.logits, result.saved_logits, np.arange(len(view.levels)), twin)
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
            lambda k: view.names[k], failures.REACH[view.card.kind],
        )  # fmt: skip
        answers["notes"] = [both]
    viewer.feed("answers", view.identity, answers)
    viewer.load_plotly()
    if twin is None and (twin := _twin(view)) is not None:
        confidence = _confidence(view, result.logits, twin, None)
        viewer.feed("extra", view.identity, {"confidence": confidence})


def _twin(view: View) -> confidence_figure.Twin | None:
    """The same network trained the other way, attacked on its own gradient; the headline's too."""
    if (other := models.counterpart(view.card.name)) is None:
        return None
    with contextlib.suppress(models.Unavailable):
        store.network(other, lambda share: None)
        training = models.card(other).training
        logits = _attacked(view, other)
        probabilities, answers = _probabilities(logits), logits.argmax(axis=1)
        said = {
            "training": training, "top": [top[0] for top in _top(probabilities, 1)],
            "flip": failures.first(answers != answers[0]),
        }  # fmt: skip
        viewer.feed("counterpart", view.identity, said)
        return confidence_figure.Twin(training, probabilities[:, view.step.label])
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


def _answers(
    view: View, logits: NDArray[np.float32], saved: NDArray[np.float32],
    saved_row: NDArray[np.int64], twin: confidence_figure.Twin | None,
) -> dict[str, Any]:  # fmt: skip
    """Every number that a drag can show, stop by stop."""
    step, names, levels = view.step, view.names, view.levels
    probabilities = _probabilities(logits)
    answers = logits.argmax(axis=1)
    wanted = step.target
    reach = failures.REACH[view.card.kind]
    steps = attacks.STEPS if view.ten else 1
    notes = failures.explain(step, answers, steps, lambda k: names[k], view.label, reach)
    return {
        "top": _top(probabilities, 5), "saved": [t[0] for t in _top(_probabilities(saved), 1)],
        "savedRow": saved_row.tolist(), "runs": confidence_figure.runs(answers),
        "loss": (-np.log(np.maximum(probabilities[:, step.label], 1e-300))).tolist(),
        "target": None if wanted is None else probabilities[:, wanted].tolist(),
        "flip": failures.first(answers != answers[0]),
        "notes": [*_unknown(view), *notes],
        "figure": _confidence(view, logits, twin, None),
        "csv": confidence_sweep.csv(levels, probabilities, names, step.label, wanted),
    }  # fmt: skip


def _unknown(view: View) -> list[str]:
    """A digit that the network has no class for."""
    true = view.choices.true_label
    if true is None or true in view.names:
        return []
    known = " and ".join(view.names)
    return [f"This digit is labelled {true}, and the network knows only {known}: it must be wrong."]


def _confidence(
    view: View, logits: NDArray[np.float32], twin: confidence_figure.Twin | None,
    control: tuple[NDArray[np.float64], NDArray[np.float64]] | None,
) -> dict[str, Any]:  # fmt: skip
    step = view.step
    probabilities = _probabilities(logits)
    least = 0.01 if view.card.kind == "digits" else 0.0
    followed = confidence_sweep.followed(logits, step.label, step.target, least)
    answers = logits.argmax(axis=1)
    figure = confidence_figure.plot(
        view.levels, {k: probabilities[:, k] for k in followed}, answers,
        _some(view.names, {*followed, *answers.tolist()}), step.label, step.target, control,
        twin, view.card.kind,
    )  # fmt: skip
    return _json(figure)


def _probabilities(logits: NDArray[np.float32]) -> NDArray[np.float64]:
    result: NDArray[np.float64] = scores.probabilities(torch.from_numpy(logits)).numpy()
    return result


def _top(probabilities: NDArray[np.float64], count: int) -> list[list[tuple[int, float]]]:
    order = np.argsort(-probabilities, axis=1)[:, :count]
    return [
        [(int(k), float(row[k])) for k in ks] for row, ks in zip(probabilities, order, strict=True)
    ]


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
    ten: Any = attacks.basic_iterative_method
    if choices.target is not None:
        ten = attacks.targeted_basic_iterative_method
    one = fgsm.fgsm if choices.target is None else fgsm.targeted_fgsm
    used: list[Any] = [fgsm.loss_gradient, fgsm.logit_gradient, fgsm.perturbation]
    used.append(fgsm.adversarial_example)
    used += [ten, attacks._iterate] if choices.method == controls.TEN else [one]
    return "\n\n".join(inspect.getsource(function) for function in used)


def _slug(choices: Choices) -> str:
    return re.sub(r"[\W_]", "-", choices.picture.lower()).strip("-") or "picture"


def _pair(answer: one_step.Answer) -> tuple[int, float]:
    return answer.label, answer.confidence


def _some(names: tuple[str, ...], classes: Any) -> dict[int, str]:
    return {int(k): names[k] for k in classes}


def _json(figure: Any) -> dict[str, Any]:
    return dict(json.loads(figure.to_json()))
