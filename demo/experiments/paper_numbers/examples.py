"""A few digits before and after an attack, and what the network says of them."""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
import torch
from numpy.typing import NDArray

from demo import fgsm, scores
from demo.data.digits import Labelled
from demo.experiments.adversarial_training import digit_accuracy
from demo.training import recipes

Pixels = NDArray[np.uint8]


@dataclass(frozen=True)
class Examples:
    """What the network says of N digits under one attack.

    labels: (N,), the digits that they are.  pixels: (N, 28, 28) uint8, rounded for showing.
    answers: (N,).  confidence: (N,), of the answer, 0 to 1.  right: (N,) bool.
    """

    attack: str
    labels: NDArray[np.int64]
    pixels: Pixels
    answers: NDArray[np.int64]
    confidence: NDArray[np.float64]
    right: NDArray[np.bool_]


def run(
    network: fgsm.Model,
    labelled: Labelled,
    attacks: Sequence[digit_accuracy.Attack],
    classes: tuple[int, ...] = tuple(range(10)),
) -> tuple[Examples, ...]:
    """The same digits under each attack at the recipes' epsilon; PGD from one start.

    classes: the digit of each of the network's labels; answers are digits.
    """
    digit = np.array(classes)
    labels = digit[labelled.labels.cpu().numpy()]
    found = []
    for attack in attacks:
        generator = torch.Generator(labelled.images.device).manual_seed(0)
        images = digit_accuracy.attacked(
            network, labelled, attack, recipes.EPSILON, generator, restarts=1
        )
        with torch.inference_mode():
            logits = network(images)
        best = logits[:, : len(classes)].argmax(dim=1)
        confidence = scores.label_confidence(logits, best).cpu().numpy()
        pixels = (255 * images[:, 0]).round().byte().cpu().numpy()
        answers = digit[best.cpu().numpy()]
        found.append(Examples(attack, labels, pixels, answers, confidence, answers == labels))
    return tuple(found)
