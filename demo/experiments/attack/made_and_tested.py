"""Made on one network, tested on another: how often FGSM's pictures change other answers.

Every network is compared with its own answer to the clean picture, so networks that know other
classes can be compared. Source: arXiv:1412.6572, section 8.
"""

import json
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

import numpy as np
from numpy.typing import NDArray
from torch import Tensor

from demo import fgsm, models, scores
from demo.attacks import sign_methods
from demo.experiments.attack import survival
from demo.experiments.attack.confidence_sweep import round_half_up

RECORDED = models.ASSETS / "results" / "transfer.json"
"""Of the gallery: `python -m demo photographs --transfer` writes it."""


@dataclass(frozen=True)
class Table:
    """networks: names, in the order of both axes.  pictures: how many.

    changed: (made on, tested on, L), the number of changed answers at the epsilons of `survival`.
    """

    networks: tuple[str, ...]
    pictures: int
    changed: NDArray[np.int64]


def run(
    source: fgsm.Model, tested: Sequence[fgsm.Model], images: Tensor, epsilons: Sequence[float]
) -> NDArray[np.int64]:
    """How many of N images (N, C, H, W), attacked on `source`, change the answer: (tested, L).

    One step away from `source`'s own answer, saved as 8 bit.
    """
    direction = fgsm.loss_gradient(source, images, _answers(source, images)).sign()
    clean = [_answers(network, images) for network in tested]
    changed = np.zeros((len(tested), len(epsilons)), np.int64)
    for place, epsilon in enumerate(epsilons):
        step = round_half_up(255 * epsilon) / 255 * direction
        saved = (255 * fgsm.adversarial_example(images, step)).round() / 255
        for row, (network, before) in enumerate(zip(tested, clean, strict=True)):
            changed[row, place] = int((_answers(network, saved) != before).sum())
    return changed


def _answers(network: fgsm.Model, images: Tensor) -> Tensor:
    return scores.predicted_label(sign_methods.logits_of(network, images))


def recorded(path: Path = RECORDED) -> Table | None:
    """The gallery's table for the networks that ship; None if it was made with other weights."""
    if not path.is_file():
        return None
    found = json.loads(path.read_text(encoding="utf-8"))
    if found["networks"] != shipped() or found["levels"] != levels("photographs"):
        return None
    return Table(tuple(found["networks"]), found["pictures"], np.array(found["changed"]))


def shipped() -> dict[str, str]:
    """The photograph networks that ship: name -> SHA-256 of the weights."""
    return {c.name: str(c.sha256) for c in models.MODELS if c.source == "embedded"}


def levels(kind: str) -> list[int]:
    """The epsilon grid as 8-bit levels."""
    return [round_half_up(255 * epsilon) for epsilon in survival.epsilon_grid(kind)]
