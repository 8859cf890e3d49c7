"""A few digits before and after an attack, and what the network says of them."""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
import torch
from numpy.typing import NDArray
from torch import Tensor

from demo import fgsm, scores
from demo.data.labelled import Labelled
from demo.data.pictures import Pixels
from demo.experiments.adversarial_training import digit_accuracy
from demo.experiments.paper_numbers import rotation
from demo.training import recipes


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
    found = []
    for attack in attacks:
        generator = torch.Generator(labelled.images.device).manual_seed(0)
        images = digit_accuracy.attacked(
            network, labelled, attack, recipes.EPSILON, generator, restarts=1
        )
        found.append(answered(network, images, labelled.labels, attack, classes))
    return tuple(found)


def turned(network: fgsm.Model, labelled: Labelled) -> tuple[Examples, ...]:
    """The same digits as they are, and after each of the rotations toward the gradient."""
    gradient = fgsm.loss_gradient(network, labelled.images, labelled.labels)
    found = [answered(network, labelled.images, labelled.labels, "none")]
    for degrees in rotation.DEGREES:
        images = rotation.rotated(labelled.images, gradient, degrees)
        found.append(answered(network, images, labelled.labels, f"{degrees:g} degrees"))
    return tuple(found)


def answered(
    network: fgsm.Model, images: Tensor, labels: Tensor, attack: str,
    classes: tuple[int, ...] = tuple(range(10)),
) -> Examples:  # fmt: skip
    """What the network says of these images. classes: the digit of each of its labels."""
    digit = np.array(classes)
    truth = digit[labels.cpu().numpy()]
    with torch.inference_mode():
        logits = network(images)
    best = logits[:, : len(classes)].argmax(dim=1)
    confidence = scores.label_confidence(logits, best).cpu().numpy()
    pixels = (255 * images[:, 0].clamp(*fgsm.PIXEL_RANGE)).round().byte().cpu().numpy()
    answers = digit[best.cpu().numpy()]
    return Examples(attack, truth, pixels, answers, confidence, answers == truth)
