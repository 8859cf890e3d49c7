"""FGSM iterated: ten steps of epsilon/4, clipped to the ball, at several epsilons at once."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

import numpy as np
import torch
from numpy.typing import NDArray
from torch import Tensor

from demo import fgsm
from demo.attacks import sign_methods

LEVELS = (0, 1 / 4, 1 / 2, 1, 2, 4, 8, 16)
"""255 * epsilon of the grid for photographs, eight values."""

DIGIT_LEVELS = tuple(255 * i / 64 for i in range(33))
"""255 * epsilon of the grid for digits, 33 values from 0 to .5: small networks afford more."""

FRACTION = 16
"""Changes are whole multiples of 1/16 of an 8-bit level: the smallest step is 1/4 of 1/4."""

DIGIT_FRACTION = 256
"""The same for digits, whose smallest step is 255/256 of a level; .5 still fits into 16 bits."""


@dataclass(frozen=True)
class TenSteps:
    """Adversarial examples of the basic iterative method at E levels, `levels_of` for the page.

    change: (E, H, W, C) int16, x~ - x in parts of an 8-bit level, see `fraction_of`.
    logits, saved_logits: (E, K), of the real-valued pictures and of their 8-bit rounding.
    """

    change: NDArray[np.int16]
    logits: NDArray[np.float32]
    saved_logits: NDArray[np.float32]


def levels_of(kind: str) -> tuple[float, ...]:
    """255 * epsilon of the grid of a kind of picture, "photographs" or "digits"."""
    return DIGIT_LEVELS if kind == "digits" else LEVELS


def fraction_of(kind: str) -> int:
    """Into how many parts `TenSteps.change` divides an 8-bit level."""
    return DIGIT_FRACTION if kind == "digits" else FRACTION


def steps(
    model: fgsm.Model,
    image: Tensor,
    label: int,
    target: int | None,
    levels: Sequence[float] = LEVELS,
) -> Iterator[Tensor]:
    """The pictures of all levels after each of the ten steps: (E, C, H, W), ten times.

    image: (1, C, H, W).  levels: (E,) 255 * epsilon.  Away from `label`, or toward `target` if
    there is one.
    """
    epsilon = torch.tensor(levels, device=image.device).view(-1, 1, 1, 1) / 255
    images = image.expand(len(levels), -1, -1, -1)
    labels = torch.full((len(levels),), label if target is None else target, device=image.device)
    if target is None:
        return sign_methods.basic_iterative_method(model, images, labels, epsilon)
    return sign_methods.targeted_basic_iterative_method(model, images, labels, epsilon)


def result(
    model: fgsm.Model, image: Tensor, adversarial: Tensor, fraction: int = FRACTION
) -> TenSteps:
    """Score the last pictures, real-valued and rounded. adversarial: (E, C, H, W)."""
    change = ((adversarial - image) * (255 * fraction)).round().to(torch.int16)
    return TenSteps(
        change=change.permute(0, 2, 3, 1).cpu().numpy(),
        logits=sign_methods.logits_of(model, adversarial).cpu().numpy(),
        saved_logits=sign_methods.logits_of(model, rounded(adversarial)).cpu().numpy(),
    )


def rounded(adversarial: Tensor) -> Tensor:
    """The nearest 8-bit pictures, halves up: (E, C, H, W) in [0, 1], whole multiples of 1/255.

    What float32 leaves just below a half, by less than 1/1000 of a level, counts as the half.
    """
    return (255 * adversarial + 0.501).floor().clamp(0, 255) / 255
