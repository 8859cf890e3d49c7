"""Accuracy against epsilon: a digit network under FGSM, PGD and random signs, 0 to .5.

Live on 1,000 of the digits that ship, in pieces of which each is short; and, from a file, on
MNIST's test images, as `python -m demo accuracy` measured them.
"""

import json
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import torch

from demo import fgsm
from demo.data import digits
from demo.data.labelled import Labelled
from demo.experiments.adversarial_training import digit_accuracy
from demo.experiments.adversarial_training.digit_accuracy import Attack

EPSILONS = tuple(i / 20 for i in range(11))
ATTACKS: tuple[Attack, ...] = ("FGSM", "random signs", "PGD")
"""The quick ones first."""

PGD_STEPS = 10
"""Of PGD here; the recorded curves use `digit_accuracy.STEPS`."""

EACH = 100
PIECE = 250
RECORDED = Path(__file__).parents[3] / "assets" / "results" / "digit_accuracy.json"


@dataclass(frozen=True)
class Curve:
    """accuracies: share of right answers at each of `epsilons`, 0 to 1, among `images` digits."""

    network: str
    attack: str
    epsilons: tuple[float, ...]
    accuracies: tuple[float, ...]
    images: int

    def at(self, epsilon: float) -> float | None:
        """The accuracy at that epsilon, if it is one of them."""
        return dict(zip(self.epsilons, self.accuracies, strict=True)).get(epsilon)


def chosen(classes: Sequence[int] = range(10)) -> Labelled:
    """The last 100 of each shipped digit, a class after the other in turn: (N, 1, 28, 28).

    Labels counted from 0 in the order of `classes`. Any few in a row hold each class alike.
    """
    images, labels = digits.embedded()
    by_class = torch.arange(len(labels)).reshape(10, -1)[list(classes), -EACH:]
    kept = by_class.T.flatten()
    return Labelled(digits.to_images(images[kept.numpy()]), torch.arange(len(classes)).repeat(EACH))


def right(
    network: fgsm.Model, labelled: Labelled, attack: Attack, epsilon: float, seed: int
) -> int:
    """How many of these digits get the right answer under that attack; PGD takes `PGD_STEPS`."""
    result = digit_accuracy.run(
        network, labelled, attack, epsilon, steps=PGD_STEPS, restarts=1, seed=seed
    )
    return result.count - result.errors


def recorded(weights: dict[str, str], path: Path = RECORDED) -> list[Curve]:
    """The curves that were measured with exactly these weights, on MNIST's test images.

    weights: a network's name -> the SHA-256 of its weights. Empty where nothing was measured.
    """
    if not path.is_file():
        return []
    rows = json.loads(path.read_text(encoding="utf-8"))["rows"]
    same = [row for row in rows if weights.get(row["network"]) == row["sha256"]]
    return [
        _curve(name, attack, [r for r in same if (r["network"], r["attack"]) == (name, attack)])
        for name in weights
        for attack in ATTACKS
        if any((r["network"], r["attack"]) == (name, attack) for r in same)
    ]


def _curve(name: str, attack: str, rows: Iterable[dict[str, Any]]) -> Curve:
    """One restart at every epsilon: what was measured with more is another attack."""
    along = sorted((r for r in rows if r["restarts"] == 1), key=lambda row: float(row["epsilon"]))
    return Curve(
        name, attack, tuple(row["epsilon"] for row in along),
        tuple(row["accuracy"] for row in along), min((row["images"] for row in along), default=0),
    )  # fmt: skip
