"""Why do they exist? A class's six hypotheses, each with numbers that test it.

All are of digits that ship, none of them trained on, under one step of FGSM at one epsilon.
Source: the lecture, which collects the hypotheses; arXiv:1412.6572, sections 3 and 8.
"""

from dataclasses import dataclass

import torch
from torch import Tensor

from demo import fgsm, scores
from demo.attacks import sign_methods
from demo.data.labelled import Labelled

SURE = 0.999
"""A confidence from which on the network is called sure."""
SEED = 1


@dataclass(frozen=True)
class Boundary:
    """Of `digits`: `sure` right with a confidence of at least `SURE`; FGSM changes `changed`."""

    digits: int
    sure: int
    changed: int


@dataclass(frozen=True)
class Aimed:
    """Shares of the answers, 0 to 1, that FGSM and random signs of that epsilon change.

    advantage: median of ||g||_1 / ||g||_2, at most sqrt(n), for g = grad_x J.  n: values.
    """

    by_fgsm: float
    by_chance: float
    advantage: float
    n: int


@dataclass(frozen=True)
class OffTheDigits:
    """Median 2-norm distances to the nearest other digit: clean, after random signs, after FGSM."""

    clean: float
    by_chance: float
    by_fgsm: float


@dataclass(frozen=True)
class Condition:
    """How far the logits move for a change of length 1 in x, medians over the digits.

    worst: the largest singular value of the Jacobian.  by_chance: root mean square for random
    signs, which is the Jacobian's Frobenius norm / sqrt(n).
    """

    worst: float
    by_chance: float


@dataclass(frozen=True)
class Exchanged:
    """Shares of right answers, 0 to 1, of a network: without attack, to examples made on another
    training, and to its own.
    """

    clean: float
    of_the_other: float
    of_its_own: float


def boundary(network: fgsm.Model, labelled: Labelled, epsilon: float) -> Boundary:
    """How many of the digits that the network is sure of FGSM changes."""
    clean, _, attacked = _answers(network, labelled, epsilon)
    labels = labelled.labels.cpu()
    sure = (clean.argmax(dim=1) == labels) & (scores.confidence(clean) >= SURE)
    changed = sure & (attacked.argmax(dim=1) != labels)
    return Boundary(len(labelled), int(sure.sum()), int(changed.sum()))


def aimed(network: fgsm.Model, labelled: Labelled, epsilon: float) -> Aimed:
    """FGSM against random signs of the same size, and how far the one is ahead to first order."""
    clean, chance, attacked = _answers(network, labelled, epsilon)
    gradient = fgsm.loss_gradient(network, labelled.images, labelled.labels).flatten(1)
    lengths = gradient.norm(dim=1)
    ahead = (gradient.abs().sum(dim=1) / lengths)[lengths > 0]
    return Aimed(
        _changed(clean, attacked), _changed(clean, chance), float(ahead.median()),
        gradient.shape[1],
    )  # fmt: skip


def off_the_digits(network: fgsm.Model, labelled: Labelled, epsilon: float) -> OffTheDigits:
    """How far from all other of these digits each one is taken."""
    attacked = fgsm.fgsm(network, labelled.images, labelled.labels, epsilon)
    chance = _random(labelled.images, epsilon)
    found = [_nearest(images, labelled.images) for images in (labelled.images, chance, attacked)]
    return OffTheDigits(*found)


def condition(network: fgsm.Model, labelled: Labelled) -> Condition:
    """Of the Jacobian of the logits at each digit."""
    images, rows = labelled.images.detach().clone().requires_grad_(True), []
    with torch.enable_grad():
        logits = network(images)
        for k in range(logits.shape[1]):
            (row,) = torch.autograd.grad(logits[:, k].sum(), images, retain_graph=True)
            rows.append(row.flatten(1))
    jacobian = torch.stack(rows, dim=1)
    values = torch.linalg.svdvals(jacobian.cpu())
    chance = values.square().sum(dim=1).sqrt() / jacobian.shape[2] ** 0.5
    return Condition(float(values[:, 0].median()), float(chance.median()))


def exchanged(
    first: fgsm.Model, second: fgsm.Model, labelled: Labelled, epsilon: float
) -> Exchanged:
    """What `second` says of the examples that were made on `first`."""
    clean, labels = labelled.images, labelled.labels
    made = [fgsm.fgsm(network, clean, labels, epsilon) for network in (first, second)]
    return Exchanged(*(_right(second, images, labelled) for images in (clean, *made)))


def right(network: fgsm.Model, labelled: Labelled, epsilon: float) -> tuple[float, float]:
    """Shares of right answers, 0 to 1: without attack and under FGSM."""
    attacked = fgsm.fgsm(network, labelled.images, labelled.labels, epsilon)
    return _right(network, labelled.images, labelled), _right(network, attacked, labelled)


def _answers(
    network: fgsm.Model, labelled: Labelled, epsilon: float
) -> tuple[Tensor, Tensor, Tensor]:
    """Logits of the digits, on the CPU: clean, with random signs, after FGSM."""
    attacked = fgsm.fgsm(network, labelled.images, labelled.labels, epsilon)
    chance = _random(labelled.images, epsilon)
    clean, blind, aimed_ = (
        sign_methods.logits_of(network, images).cpu()
        for images in (labelled.images, chance, attacked)
    )
    return clean, blind, aimed_


def _random(images: Tensor, epsilon: float) -> Tensor:
    signs = sign_methods.random_signs(images.shape, torch.Generator().manual_seed(SEED))
    return fgsm.adversarial_example(images, epsilon * signs.to(images.device))


def _changed(before: Tensor, after: Tensor) -> float:
    return float((before.argmax(dim=1) != after.argmax(dim=1)).double().mean())


def _right(network: fgsm.Model, images: Tensor, labelled: Labelled) -> float:
    return scores.accuracy(sign_methods.logits_of(network, images), labelled.labels)


def _nearest(images: Tensor, others: Tensor) -> float:
    """The median of the distances to the nearest of the others, each one's own left out."""
    distances = torch.cdist(images.flatten(1).cpu(), others.flatten(1).cpu())
    return float(distances.fill_diagonal_(torch.inf).amin(dim=1).median())
