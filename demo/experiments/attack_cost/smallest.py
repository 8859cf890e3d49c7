"""The smallest epsilon at which an attack still changes the answer, on a grid of epsilons."""

from collections.abc import Generator, Iterator, Sequence
from dataclasses import dataclass, field

import torch
from torch import Tensor

from demo import fgsm
from demo.attacks import sign_methods
from demo.experiments.attack import one_step
from demo.experiments.attack_cost.counted import Counted
from demo.experiments.attack_cost.walks import WALKS, Attack, Question

SEARCHED: tuple[Attack, ...] = ("FGSM", "BIM", "PGD")
GRIDS = {
    "photographs": tuple(2 ** (i / 2) / 16 / 255 for i in range(17)),
    "digits": tuple(i / 64 for i in range(1, 33)),
}
"""Epsilons that are tried: 1/16 to 16 levels, each the last times the root of 2; and 64ths."""


@dataclass(frozen=True)
class Smallest:
    """epsilon: the smallest that was seen to work, None if none of the grid did.

    passes: forward and back; forward_only: forward alone.
    """

    epsilon: float | None
    passes: int
    forward_only: int


@dataclass
class Search:
    """The three attacks in turn; `advance` changes it by one pass, or one batch forward.

    FGSM has one gradient, and tries every epsilon of the grid along it. BIM and PGD begin where the
    attack before them got, and one below it; then they halve the grid: they take for granted that
    what works at an epsilon works at a larger one.
    image: (1, C, H, W).  label: the answer that is to change.  restarts: of PGD.
    """

    model: fgsm.Model
    image: Tensor
    label: int
    grid: Sequence[float]
    restarts: int
    found: dict[Attack, Smallest] = field(default_factory=dict)

    def __post_init__(self) -> None:
        self._walk = self._run()

    @property
    def finished(self) -> bool:
        """All three have ended."""
        return len(self.found) == len(SEARCHED)

    def advance(self) -> None:
        """A little more."""
        next(self._walk, None)

    def _run(self) -> Iterator[None]:
        epsilon: float | None = None
        for attack in SEARCHED:
            counted = Counted(self.model)
            if attack == "FGSM":
                epsilon = self._along(counted)
            else:
                epsilon = yield from self._halved(attack, counted, epsilon)
            extra = counted.forward - counted.backward
            self.found[attack] = Smallest(epsilon, counted.backward, extra)
            yield

    def _along(self, counted: Counted) -> float | None:
        labels = torch.tensor([self.label], device=self.image.device)
        direction = fgsm.loss_gradient(counted, self.image, labels).sign()
        answers = sign_methods.logits_along(counted, self.image, direction, self.grid).argmax(dim=1)
        works = [e for e, k in zip(self.grid, answers.tolist(), strict=True) if k != self.label]
        return min(works, default=None)

    def _halved(
        self, attack: Attack, counted: Counted, begin: float | None
    ) -> Generator[None, None, float | None]:
        failed, works = -1, len(self.grid)
        guesses = [] if begin is None else [self.grid.index(begin), self.grid.index(begin) - 1]
        while works - failed > 1:
            guesses = [guess for guess in guesses if failed < guess < works]
            if guesses:
                middle = guesses.pop(0)
            elif works == len(self.grid):
                middle = works - 1  # the largest first: where it fails there is nothing to halve
            else:
                middle = (failed + works) // 2
            changed = yield from self._tried(attack, counted, self.grid[middle])
            failed, works = (failed, middle) if changed else (middle, works)
        return self.grid[works] if works < len(self.grid) else None

    def _tried(
        self, attack: Attack, counted: Counted, epsilon: float
    ) -> Generator[None, None, bool]:
        """Whether the attack changes the answer at that epsilon."""
        question = Question(self.label, self.label, epsilon, self.restarts)
        logits: Tensor | None = None
        image = self.image
        for step in WALKS[attack](counted, self.image, question):
            image, logits = step.image, step.logits
            yield
        if logits is None:
            logits = sign_methods.logits_of(counted, image)
        return one_step.answer(logits).label != self.label
