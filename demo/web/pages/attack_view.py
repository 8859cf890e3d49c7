"""What the attack page looks at: the choices, the picture, its gradient, the first answers."""

import hashlib
import re
from dataclasses import dataclass

import numpy as np
import streamlit as st
from numpy.typing import NDArray

from demo import device, models
from demo.experiments.attack import confidence_sweep, one_step, survival, ten_steps
from demo.web import controls
from demo.web.components import viewer
from demo.web.components.viewer.sent import Opening
from demo.web.controls import Choices, link
from demo.web.store import attack as store
from demo.web.store import recorded


@dataclass(frozen=True)
class View:
    """What is looked at: one picture, one network, one gradient.

    label: the class that is held for true, by the visitor or the gallery; None if nobody says.
    recorded: the device on which all that is shown was computed in advance; None: it was not.
    """

    identity: str
    choices: Choices
    card: models.ModelCard
    names: tuple[str, ...]
    pixels: NDArray[np.uint8]
    step: one_step.OneStep
    label: int | None
    recorded: str | None

    @property
    def ten(self) -> bool:
        """Whether ten steps are asked for."""
        return self.choices.method == controls.TEN

    @property
    def levels(self) -> NDArray[np.float64]:
        """255 * epsilon of the grid."""
        if self.ten:
            return np.array(ten_steps.levels_of(self.card.kind))
        return 255 * np.array(confidence_sweep.epsilon_grid(self.card.kind))

    @property
    def truth(self) -> int:
        """The class that is drawn as the right one: the label in J; toward a target, the answer."""
        return self.step.label if self.step.target is None else self.step.clean.label


def is_recorded(choices: Choices) -> bool:
    """Whether all that is asked is known without the network."""
    return _recorded(choices, choices.network, *_question(choices, choices.network)) is not None


def view(choices: Choices, name: str) -> View:
    """The picture at that network's size, attacked at the nearest stop to the chosen epsilon."""
    pixels, epsilon, label, target = question = _question(choices, name)
    step = store.step(name, pixels, epsilon, label, target)
    return View(
        _identity(name, pixels, choices), choices, models.card(name), store.class_names(name),
        pixels, step, label, _recorded(choices, name, *question),
    )  # fmt: skip


def _question(
    choices: Choices, name: str
) -> tuple[NDArray[np.uint8], float, int | None, int | None]:
    """The picture, epsilon, the label and the target."""
    pixels = store.seen(name, choices.picture.data, choices.picture.crop)
    grid = confidence_sweep.epsilon_grid(models.card(name).kind)
    epsilon = min(grid, key=lambda epsilon: abs(epsilon - choices.epsilon))
    return pixels, epsilon, *_classes(choices, store.class_names(name))


def _recorded(
    choices: Choices, name: str, pixels: NDArray[np.uint8], epsilon: float, label: int | None,
    target: int | None,
) -> str | None:  # fmt: skip
    known = recorded.of(name, pixels)
    if known is None or choices.method == controls.TEN:
        return None
    return known.device if recorded.step(name, pixels, epsilon, label, target) else None


def _classes(choices: Choices, names: tuple[str, ...]) -> tuple[int | None, int | None]:
    index = {name: i for i, name in enumerate(names)}
    if choices.target is not None:
        return None, index.get(choices.target, one_step.RUNNER_UP)
    asked = choices.label if choices.label in index else choices.picture.true_label
    return (None if asked is None else index.get(asked)), None


def _identity(name: str, pixels: NDArray[np.uint8], choices: Choices) -> str:
    """The same for the same view, so that a late result never lands on another picture."""
    what = (name, choices.label, choices.target, choices.picture.true_label, choices.method)
    return hashlib.sha256(pixels.tobytes() + repr(what).encode()).hexdigest()[:16]


def opening(view: View, told: float | None) -> Opening:
    """What the viewer needs to draw it at any stop. told: of the page to print."""
    card, step, levels = view.card, view.step, view.levels.tolist()
    clean, signs = recorded.shown(f"packed {view.identity}", lambda: _packed(view))
    return {
        "id": view.identity, "kind": card.kind, "size": card.input_size,
        "channels": card.channels, "names": list(view.names), "method": view.choices.method,
        "network": card.title, "device": view.recorded or device.name(device.choose()),
        "recorded": view.recorded is not None,
        "milliseconds": step.milliseconds, "picture": _slug(view.choices),
        "own": view.choices.picture.name == link.OWN,
        "clean": clean, "signs": signs,
        "levels": levels, "saved": [confidence_sweep.round_half_up(x) for x in levels],
        "fraction": ten_steps.fraction_of(card.kind),
        "level": 255 * step.epsilon, "label": step.label, "target": step.target,
        "gradientNorm": step.gradient_norm, "cleanAnswer": _pair(step.clean),
        "perturbationAnswer": _pair(step.perturbation),
        "adversarial": {"level": 255 * step.epsilon, "answer": _pair(step.adversarial)},
        "truth": view.truth, "chosen": view.choices.picture.name,
        "followed": st.session_state.get(link.FOLLOWED, 0),
        "complaint": st.session_state.get("complaint") or "",
        "against": _against(card) if card.name == view.choices.network else None,
        "training": card.training,
        "wrong": view.label if view.label not in (None, step.clean.label) else None,
        "told": told,
    }  # fmt: skip


def _packed(view: View) -> tuple[str, str]:
    keep = view.recorded is not None
    return viewer.packed(view.pixels, keep), viewer.packed(view.step.direction, keep)


def after_ten(view: View, name: str) -> ten_steps.TenSteps:
    """Ten steps on that network, as the view asks for them, when they are over."""
    *_, (_, result) = store.ten(name, view.pixels, view.step.label, view.step.target)
    assert result is not None
    return result


def saved(view: View, at: list[int]) -> NDArray[np.uint8]:
    """The PNGs at those of the view's epsilons: (L, H, W, C)."""
    step = view.step
    if not view.ten:
        return survival.saved(view.pixels, step.direction, (view.levels[at] / 255).tolist())
    change = after_ten(view, view.card.name).change[at]
    fraction = ten_steps.fraction_of(view.card.kind)
    return survival.saved_after(view.pixels, change, fraction)


def _against(card: models.ModelCard) -> str | None:
    """What the robust network of its pair was trained against, in short; None without a pair."""
    other = models.counterpart(card.name)
    if other is None:
        return None
    robust = card if card.training == "adversarial" else models.card(other)
    return re.split(r"\. | \(α", robust.against)[0]


def _slug(choices: Choices) -> str:
    return re.sub(r"[\W_]", "-", choices.picture.name.lower()).strip("-") or "picture"


def _pair(answer: one_step.Answer) -> tuple[int, float]:
    return answer.label, answer.confidence
