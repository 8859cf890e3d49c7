"""FGSM, BIM, PGD and L-BFGS on one picture, pass by pass, each with what it costs."""

from collections.abc import Iterator
from dataclasses import dataclass, field
from functools import partial

import numpy as np
import torch
from numpy.typing import NDArray
from torch import Tensor

from demo import fgsm, scores
from demo.attacks import sign_methods
from demo.data import pictures
from demo.experiments.attack import one_step
from demo.experiments.attack.one_step import Answer
from demo.experiments.attack_cost.counted import Counted, forward_seconds, timed
from demo.experiments.attack_cost.walks import ATTACKS, WALKS, Attack, Question, Step, labels

FORWARD_ROUNDS = 3
"""Forward passes that are timed before each attack: their median is the unit of its seconds."""


@dataclass(frozen=True)
class Point:
    """Where an attack stands after a pass. passes: forward and back, so far; seconds: so far.

    norm: ||r||_2.  label_confidence: the probability of the clean answer, 0 to 1.  reached: the
    answer is another one; for L-BFGS, it is the target.
    """

    passes: int
    seconds: float
    norm: float
    label_confidence: float
    reached: bool


@dataclass(frozen=True)
class Row:
    """What an attack found, and what it cost.

    passes: forward and back, counted.  forward_only: counted as well.  seconds: of the attack.
    forward_seconds: of one forward pass of the same network, measured just before.  norm: ||r||_2.
    largest: max|r|.  reached: what the attack wanted, verified by the network on these values.
    pixels, change: (H, W, C) uint8; r is shown magnified, 128 is 0.
    """

    attack: Attack
    passes: int
    forward_only: int
    seconds: float
    forward_seconds: float
    norm: float
    largest: float
    answer: Answer
    reached: bool
    pixels: NDArray[np.uint8]
    change: NDArray[np.uint8]

    @property
    def ratio(self) -> float:
        """Seconds, in forward passes."""
        return self.seconds / self.forward_seconds


@dataclass
class Race:
    """The four attacks on one image (1, C, H, W); `advance` changes it by one pass.

    clean: the network's answer.  points: by attack.  rows: those that have ended.
    """

    model: fgsm.Model
    image: Tensor
    question: Question
    points: dict[Attack, list[Point]] = field(default_factory=dict)
    rows: dict[Attack, Row] = field(default_factory=dict)
    clean: Answer = field(init=False)

    def __post_init__(self) -> None:
        self.clean = one_step.answer(sign_methods.logits_of(self.model, self.image))
        fgsm.loss_gradient(self.model, self.image, labels(self.image, self.question))  # warms it
        self._walk = self._run()

    @property
    def finished(self) -> bool:
        """All four have ended."""
        return len(self.rows) == len(ATTACKS)

    def advance(self) -> None:
        """One pass more, of the first attack that has not ended."""
        next(self._walk, None)

    def _run(self) -> Iterator[None]:
        for attack in ATTACKS:
            unit = forward_seconds(self.model, self.image, FORWARD_ROUNDS)
            counted, points = Counted(self.model), self.points.setdefault(attack, [])
            walk, seconds, found = WALKS[attack](counted, self.image, self.question), 0.0, None
            while True:
                step, spent = timed(partial(next, walk, None), self.image.device)
                seconds += spent if step is None or step.seconds is None else step.seconds
                if step is None:
                    break
                found = step.found
                passes = counted.backward if step.seconds is None else len(points) + 1
                points.append(self._point(attack, step, passes, seconds))
                yield
            self.rows[attack] = self._row(attack, found, counted, seconds, unit)
            yield

    def _point(self, attack: Attack, step: Step, passes: int, seconds: float) -> Point:
        logits = (
            sign_methods.logits_of(self.model, step.image) if step.logits is None else step.logits
        )
        label = torch.tensor([self.question.label], device=logits.device)
        return Point(
            passes, seconds, _norm(step.image, self.image),
            float(scores.label_confidence(logits, label)),
            self._reached(attack, one_step.answer(logits).label),
        )  # fmt: skip

    def _row(
        self, attack: Attack, found: Tensor | None, counted: Counted, seconds: float, unit: float
    ) -> Row:
        image = self.image if found is None else found
        answer = one_step.answer(sign_methods.logits_of(self.model, image))
        change = scores.exact(image - self.image)
        largest = float(change.abs().max())
        return Row(
            attack, counted.backward, counted.forward - counted.backward, seconds, unit,
            _norm(image, self.image), largest, answer, self._reached(attack, answer.label),
            pictures.to_pixels(image),
            pictures.to_pixels((128 + 127 * change / max(largest, 1e-12)) / 255),
        )  # fmt: skip

    def _reached(self, attack: Attack, answer: int) -> bool:
        if attack == "L-BFGS":
            return answer == self.question.target
        return answer != self.question.label


def _norm(image: Tensor, origin: Tensor) -> float:
    return float((scores.exact(image) - scores.exact(origin)).norm())
