"""The four attacks, each as a walk: one step for each pass through the network."""

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from typing import Literal

import torch
from torch import Tensor

from demo import fgsm
from demo.attacks import lbfgs, sign_methods
from demo.experiments.attack import one_step

Attack = Literal["FGSM", "BIM", "PGD", "L-BFGS"]
ATTACKS: tuple[Attack, ...] = ("FGSM", "BIM", "PGD", "L-BFGS")
PGD_STEPS = 40
SEED = 1
SMALL = 1_000
"""Values in a picture, at most, whose network is so quick that no pass need wait to be shown."""


@dataclass(frozen=True)
class Question:
    """What is attacked. label: the network's own answer, which FGSM, BIM and PGD move away from.

    target: the class that L-BFGS shall reach.  epsilon: max-norm budget of the first three.
    restarts: random starts of PGD, at most.
    """

    label: int
    target: int
    epsilon: float
    restarts: int


@dataclass(frozen=True)
class Step:
    """What an attack did in one pass. image: tried in this pass.  found: the attack's best so far.

    logits: of image; seconds: of this one pass, where the attack itself knows them, for several
    may have been made before the first of them is shown.
    """

    image: Tensor
    found: Tensor | None
    logits: Tensor | None = None
    seconds: float | None = None


def _plain(images: Iterator[Tensor]) -> Iterator[Step]:
    return (Step(image, image) for image in images)


def _one(model: fgsm.Model, image: Tensor, question: Question) -> Iterator[Step]:
    yield from _plain(
        fgsm.fgsm(model, image, labels(image, question), question.epsilon) for _ in range(1)
    )


def _ten(model: fgsm.Model, image: Tensor, question: Question) -> Iterator[Step]:
    epsilon = torch.full((1, 1, 1, 1), question.epsilon, dtype=image.dtype, device=image.device)
    answer = labels(image, question)
    return _plain(sign_methods.basic_iterative_method(model, image, answer, epsilon))


def _projected(model: fgsm.Model, image: Tensor, question: Question) -> Iterator[Step]:
    """PGD to the end of each run, from another random start as long as the answer is the label."""
    generator = torch.Generator(image.device).manual_seed(SEED)
    answer, epsilon = labels(image, question), question.epsilon
    for _ in range(question.restarts):
        logits = None
        walk = sign_methods.projected_gradient_steps(
            model, image, answer, epsilon, PGD_STEPS, 2.5 * epsilon / PGD_STEPS, generator
        )
        for done, found in enumerate(walk, 1):
            logits = sign_methods.logits_of(model, found) if done == PGD_STEPS else None
            yield Step(found, found, logits)
        if logits is not None and one_step.answer(logits).label != question.label:
            return


def _toward(model: fgsm.Model, image: Tensor, question: Question) -> Iterator[Step]:
    small = image.numel() <= SMALL
    for done in lbfgs.steps(model, image, question.target, at_once=small):
        yield Step(done.image, done.closest, done.logits, done.seconds)


WALKS: dict[Attack, Callable[[fgsm.Model, Tensor, Question], Iterator[Step]]] = {
    "FGSM": _one, "BIM": _ten, "PGD": _projected, "L-BFGS": _toward,
}  # fmt: skip


def labels(image: Tensor, question: Question) -> Tensor:
    """The label in J, as the attacks want it: (1,), beside the image."""
    return torch.tensor([question.label], device=image.device)
