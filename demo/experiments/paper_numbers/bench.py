"""What a claim is measured on, and the one count that most of them are."""

import math
from collections.abc import Callable, Generator
from dataclasses import dataclass, field
from typing import Any, TypeVar

from torch import Tensor, nn

from demo import fgsm
from demo.data.labelled import Labelled
from demo.experiments.adversarial_training import digit_accuracy
from demo.experiments.adversarial_training.digit_accuracy import UnderAttack
from demo.models import trained
from demo.training import recipes

_R = TypeVar("_R")
_Some = TypeVar("_Some", Labelled, Tensor)
Walk = Generator[float, None, _R]
"""Yields the share that is done, 0 to 1; returns the result."""


@dataclass(frozen=True)
class Bench:
    """The digits that are attacked, and where a network comes from.

    test: digits of ten classes, on the networks' device.  network: (name, seed) -> the frozen
    network; raises `trained.Absent`.  training: the digits they were trained on, where needed.
    restarts: of PGD.  batch: digits in one piece of work.
    """

    test: Labelled
    network: Callable[[str, int], nn.Module]
    training: Labelled | None = None
    restarts: int = digit_accuracy.RESTARTS
    batch: int = 500

    def seeds_of(self, name: str, seeds: tuple[int, ...]) -> tuple[int, ...]:
        """Those of the seeds whose network is at hand."""
        return tuple(seed for seed in seeds if self._has(name, seed))

    def _has(self, name: str, seed: int) -> bool:
        try:
            self.network(name, seed)
        except trained.Absent:
            return False
        return True


@dataclass(frozen=True)
class Measured:
    """values: one for each of the claim's numbers, in their order.  parts: what they are made of.

    digits: how many were attacked.
    """

    values: tuple[float, ...]
    digits: int
    parts: dict[str, tuple[float, ...]] = field(default_factory=dict)


def under(
    bench: Bench,
    name: str,
    attack: digit_accuracy.Attack,
    *,
    seed: int = trained.SEED,
    classes: int | None = None,
) -> Walk[UnderAttack]:
    """One network of the catalogue under one attack at the recipes' epsilon, on its own digits."""
    labelled = recipes.recipe(name).data(bench.test)
    return (yield from count(bench.network(name, seed), labelled, attack, bench, classes))


def count(
    network: fgsm.Model,
    labelled: Labelled,
    attack: digit_accuracy.Attack,
    bench: Bench,
    classes: int | None = None,
) -> Walk[UnderAttack]:
    """`digit_accuracy.run` at the recipes' epsilon, piece by piece, and the sum of the pieces."""
    epsilon = recipes.EPSILON if attack != "none" else 0.0

    def counted(piece: Labelled, start: int) -> UnderAttack:
        return digit_accuracy.run(
            network, piece, attack, epsilon, seed=start, restarts=bench.restarts, classes=classes
        )

    return summed((yield from pieces(labelled, bench.batch, counted)))


def summed(pieces: list[UnderAttack]) -> UnderAttack:
    """The pieces as one: errors added, the confidence on them averaged over all errors."""
    errors = sum(piece.errors for piece in pieces)
    sure = sum(piece.errors * piece.confidence for piece in pieces if piece.errors)
    confidence = sure / errors if errors else math.nan
    first = pieces[0]
    total = sum(piece.count for piece in pieces)
    return UnderAttack(first.attack, first.epsilon, total, errors, confidence)


def pieces(whole: _Some, size: int, compute: Callable[[_Some, int], _R]) -> Walk[list[_R]]:
    """compute(piece, its first number) for each `size` of the images, one after the other."""
    found = []
    for start in range(0, len(whole), size):
        yield start / len(whole)
        found.append(compute(whole[start : start + size], start))
    return found


def together(*walks: Walk[Any]) -> Walk[list[Any]]:
    """One walk after the other, each an equal share of the work; what each has found."""
    found: list[Any] = []
    for walk in walks:
        while True:
            try:
                share = next(walk)
            except StopIteration as end:
                found.append(end.value)
                break
            yield (len(found) + share) / len(walks)
    return found


def finished(walk: Walk[_R], progress: Callable[[float], None] | None = None) -> _R:
    """Walk to the end and give the result."""
    while True:
        try:
            share = next(walk)
        except StopIteration as end:
            result: _R = end.value
            return result
        if progress is not None:
            progress(share)
