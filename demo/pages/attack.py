"""The attack page: a photograph, a drag of epsilon, another answer."""

import hashlib
import inspect
import json
from typing import Any

import numpy as np
import streamlit as st
import torch
from numpy.typing import NDArray

from demo import attacks, controls, device, fgsm, models, scores, viewer
from demo.controls import Choices
from demo.experiments import confidence_sweep, failures, one_step, random_signs, ten_steps
from demo.figures import confidence_sweep as confidence_figure
from demo.figures import logits_line as logits_figure
from demo.store import attack as store

CONTROL_EPSILONS = confidence_sweep.STOPS[::2]
NEGATIVE = tuple(-e for e in reversed(confidence_sweep.STOPS[2::2]))


def page() -> None:
    """Draw the page: the three pictures first, the curve next, the control and the line last."""
    choices = controls.read(store.class_names(models.MODELS[0].name))
    top, ground = st.container(), st.container()
    name = _network(choices, top)
    card, names = models.card(name), store.class_names(name)
    pixels = store.clean_pixels(choices.data, card.input_size, choices.crop)
    label, target = _classes(choices, names)
    epsilon = _nearest_stop(choices.epsilon)
    step = store.step(name, pixels, epsilon, label, target)
    identity = _identity(name, pixels, choices)
    with top:
        viewer.show(_opening(identity, card, pixels, step, names, choices, label))
        _below(choices, card, step)
    with ground:
        if choices.method == controls.TEN:
            _ten(identity, name, pixels, step, names, label)
        else:
            _one(identity, name, pixels, step, names, label)


def _network(choices: Choices, top: Any) -> str:
    """The network asked for, or the embedded one and a sentence where it cannot be had."""
    with top:
        place = st.empty()
    title = models.card(choices.network).title

    def show(share: float) -> None:
        place.progress(min(max(share, 0.0), 1.0), f"Fetching the weights of {title}: once only")

    try:
        store.network(choices.network, show)
    except models.Unavailable as error:
        fallback = models.MODELS[0]
        place.warning(f"{error} Until then {fallback.title} answers below.")
        store.network(fallback.name, show)
        return fallback.name
    place.empty()
    return choices.network


def _classes(choices: Choices, names: tuple[str, ...]) -> tuple[int | None, int | None]:
    index = {name: i for i, name in enumerate(names)}
    if choices.target is not None:
        return None, index.get(choices.target, one_step.RUNNER_UP)
    return index.get(choices.label), None


def _nearest_stop(epsilon: float) -> float:
    return min(confidence_sweep.STOPS, key=lambda stop: abs(stop - epsilon))


def _identity(name: str, pixels: NDArray[np.uint8], choices: Choices) -> str:
    """The same for the same view, so that a late result never lands on another picture."""
    what = (name, choices.label, choices.target, choices.method)
    return hashlib.sha256(pixels.tobytes() + repr(what).encode()).hexdigest()[:16]


def _opening(
    identity: str, card: models.ModelCard, pixels: NDArray[np.uint8], step: one_step.OneStep,
    names: tuple[str, ...], choices: Choices, label: int | None,
) -> dict[str, Any]:  # fmt: skip
    """What the viewer needs to draw the three pictures at any stop, and the first three answers."""
    ten = choices.method == controls.TEN
    levels = ten_steps.LEVELS if ten else [255 * e for e in confidence_sweep.STOPS]
    return {
        "id": identity, "size": card.input_size, "names": list(names), "method": choices.method,
        "network": card.title, "device": device.name(device.choose()),
        "milliseconds": step.milliseconds, "picture": _slug(choices),
        "clean": viewer.packed(pixels), "signs": viewer.packed(step.direction),
        "levels": list(levels), "saved": [confidence_sweep.round_half_up(x) for x in levels],
        "level": 255 * step.epsilon, "label": step.label, "target": step.target,
        "gradientNorm": step.gradient_norm, "cleanAnswer": _pair(step.clean),
        "perturbationAnswer": _pair(step.perturbation),
        "adversarial": {"level": 255 * step.epsilon, "answer": _pair(step.adversarial)},
        "wrong": label if label not in (None, step.clean.label) else None,
    }  # fmt: skip


def _one(
    identity: str, name: str, pixels: NDArray[np.uint8], step: one_step.OneStep,
    names: tuple[str, ...], label: int | None,
) -> None:  # fmt: skip
    """The curve, then the control and the line through zero, each as soon as it is there."""
    sweep = store.sweep(name, pixels, step.direction)
    levels, saved = 255 * sweep.epsilons, sweep.saved_logits
    answers = _answers(levels, sweep.logits, saved, sweep.saved, step, names, label, 1)
    answers |= {"clipped": sweep.clipped.tolist(), "largest": sweep.largest_change.tolist()}
    viewer.feed("answers", identity, answers)
    viewer.load_plotly()
    seeds = [
        store.control(name, pixels, step.label, CONTROL_EPSILONS, s) for s in random_signs.SEEDS
    ]
    line = store.line(name, pixels, step.direction, NEGATIVE)
    control = (255 * np.array(CONTROL_EPSILONS), np.array(seeds))
    by_class = {int(k): line.logits[:, i] for i, k in enumerate(line.classes)}
    logits = logits_figure.plot(
        255 * line.epsilons, by_class, _some(names, by_class), step.label, step.target
    )
    confidence = _confidence(levels, sweep.logits, step, names, control)
    viewer.feed("extra", identity, {"confidence": confidence, "logits": _json(logits)})


def _ten(
    identity: str, name: str, pixels: NDArray[np.uint8], step: one_step.OneStep,
    names: tuple[str, ...], label: int | None,
) -> None:  # fmt: skip
    place = st.empty()
    result = None
    for done, result in store.ten(name, pixels, step.label, step.target):
        if result is None:
            with place.container():
                viewer.feed("progress", identity, {"done": done})
    assert result is not None
    levels = np.array(ten_steps.LEVELS)
    rows = np.arange(len(levels))
    answers = _answers(levels, result.logits, result.saved_logits, rows, step, names, label, 10)
    change = result.change
    answers |= {
        "change": viewer.packed(change),
        "clipped": [0.0] * len(levels),
        "largest": (np.abs(change).max(axis=(1, 2, 3)) / ten_steps.FRACTION).tolist(),
    }
    if step.target is not None:
        one = store.sweep(name, pixels, step.direction).logits.argmax(axis=1)
        both = failures.one_against_ten(
            step.target, one, result.logits.argmax(axis=1), ten_steps.LEVELS, lambda k: names[k]
        )
        answers["notes"] = [both]
    viewer.feed("answers", identity, answers)
    viewer.load_plotly()


def _answers(
    levels: NDArray[np.float64], logits: NDArray[np.float32], saved: NDArray[np.float32],
    saved_row: NDArray[np.int64], step: one_step.OneStep, names: tuple[str, ...],
    label: int | None, steps: int,
) -> dict[str, Any]:  # fmt: skip
    """Every number that a drag can show, stop by stop."""
    probabilities = _probabilities(logits)
    answers = logits.argmax(axis=1)
    wanted = step.target
    return {
        "top": _top(probabilities, 5), "saved": [t[0] for t in _top(_probabilities(saved), 1)],
        "savedRow": saved_row.tolist(), "runs": confidence_figure.runs(answers),
        "loss": (-np.log(np.maximum(probabilities[:, step.label], 1e-300))).tolist(),
        "target": None if wanted is None else probabilities[:, wanted].tolist(),
        "flip": failures.first(answers != answers[0]),
        "notes": failures.explain(step, answers, steps, lambda k: names[k], label),
        "figure": _confidence(levels, logits, step, names, None),
        "csv": _csv(levels, probabilities, names, step),
    }  # fmt: skip


def _confidence(
    levels: NDArray[np.float64], logits: NDArray[np.float32], step: one_step.OneStep,
    names: tuple[str, ...], control: tuple[NDArray[np.float64], NDArray[np.float64]] | None,
) -> dict[str, Any]:  # fmt: skip
    probabilities = _probabilities(logits)
    followed = confidence_sweep.followed(logits, step.label, step.target)
    answers = logits.argmax(axis=1)
    figure = confidence_figure.plot(
        levels, {k: probabilities[:, k] for k in followed}, answers,
        _some(names, {*followed, *answers.tolist()}), step.label, step.target, control,
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


def _csv(
    levels: NDArray[np.float64], probabilities: NDArray[np.float64], names: tuple[str, ...],
    step: one_step.OneStep,
) -> str:  # fmt: skip
    head = ["epsilon", "epsilon_x_255", "answer", "confidence", "label", "label_confidence"]
    target = [] if step.target is None else [step.target]
    lines = [",".join(head + ["target", "target_confidence"] * len(target))]
    for level, row in zip(levels, probabilities, strict=True):
        k = int(row.argmax())
        cells = [f"{level / 255:.8g}", f"{level:.8g}", f'"{names[k]}"', f"{row[k]:.8g}"]
        for c in (step.label, *target):
            cells += [f'"{names[c]}"', f"{row[c]:.8g}"]
        lines.append(",".join(cells))
    return "\n".join(lines) + "\n"


def _below(choices: Choices, card: models.ModelCard, step: one_step.OneStep) -> None:
    st.caption(f"Picture: {choices.title}. {choices.credit}")
    with st.expander("Show the code that made these pictures"):
        st.code(_source(choices), language="python")
    with st.expander(f"About this network: {card.title}"):
        st.markdown(about(card))


def _source(choices: Choices) -> str:
    """The very functions in use, read from the running program."""
    ten = {
        False: attacks.basic_iterative_method,
        True: attacks.targeted_basic_iterative_method,
    }[choices.target is not None]
    one = fgsm.fgsm if choices.target is None else fgsm.targeted_fgsm
    used: list[Any] = [fgsm.loss_gradient, fgsm.perturbation, fgsm.adversarial_example]
    used += [ten, attacks._iterate] if choices.method == controls.TEN else [one]
    return "\n\n".join(inspect.getsource(function) for function in used)


def about(card: models.ModelCard) -> str:
    """The model card in Markdown."""
    rows = [
        ("parameters", f"{card.parameters:,}"),
        ("input", f"{card.input_size} × {card.input_size} pixels; the shorter side is resized to "
                  f"{card.short_side}, then cut"),
        ("preprocessing", f"inside the network: (x − {card.mean}) / {card.std}"),
        ("training", card.training),
        ("accuracy without attack", "not measured here" if card.accuracy is None
         else f"{100 * card.accuracy.share:.1f} % of {card.accuracy.on}"),
        ("licence", card.licence),
        ("source", card.credit),
        ("SHA-256 of the weights", card.sha256 or "not published"),
    ]  # fmt: skip
    return "\n".join(["| | |", "|---|---|", *(f"| {k} | {v} |" for k, v in rows)])


def _slug(choices: Choices) -> str:
    kept = (c if c.isalnum() else "-" for c in choices.picture.lower())
    return "".join(kept).strip("-") or "picture"


def _pair(answer: one_step.Answer) -> tuple[int, float]:
    return answer.label, answer.confidence


def _some(names: tuple[str, ...], classes: Any) -> dict[int, str]:
    return {int(k): names[k] for k in classes}


def _json(figure: Any) -> dict[str, Any]:
    result: dict[str, Any] = json.loads(figure.to_json())
    return result
