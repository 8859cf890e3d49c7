"""Logits from -epsilon to +epsilon along one direction: nearly straight lines, with few bends.

Source: arXiv:1412.6572, section 7 and figure 4, there for a digit.
"""

from dataclasses import dataclass

import numpy as np
import torch
from numpy.typing import NDArray
from torch import Tensor

from demo import attacks, fgsm

CLASSES_SHOWN = 8
DIGIT_EPSILONS = tuple(i / 64 for i in range(-64, 65))
"""For digits: from -1 to +1, drawn without the clip."""


@dataclass(frozen=True)
class LogitsLine:
    """epsilons: (E,), ascending through 0.  classes: (C,).  logits: (E, C) float32."""

    epsilons: NDArray[np.float64]
    classes: NDArray[np.int64]
    logits: NDArray[np.float32]


def run(
    model: fgsm.Model,
    image: Tensor,
    direction: Tensor,
    positive: tuple[NDArray[np.float64], NDArray[np.float32]],
    negative: tuple[float, ...],
) -> LogitsLine:
    """Join the logits at `negative` epsilons, evaluated here, to those already at hand.

    positive: (E,) ascending from 0 and (E, K) logits there.  negative: ascending, all below 0.
    """
    behind = attacks.logits_along(model, image, direction, negative).cpu().numpy()
    logits = np.concatenate([behind, positive[1]])
    classes = strongest(logits)
    return LogitsLine(np.concatenate([negative, positive[0]]), classes, logits[:, classes])


def unclipped(
    model: fgsm.Model, image: Tensor, direction: Tensor, epsilons: tuple[float, ...]
) -> LogitsLine:
    """Logits of x + epsilon * direction where the pixel range cuts nothing short, as the paper's.

    A digit's ground is black: with the clip half of the step would be lost, and the line bent.
    image, direction: (1, C, H, W).  epsilons: (E,) ascending.
    """
    steps = torch.tensor(epsilons, device=image.device).view(-1, 1, 1, 1)
    logits = attacks.logits_of(model, image + steps * direction).cpu().numpy()
    classes = strongest(logits)
    return LogitsLine(np.array(epsilons), classes, logits[:, classes])


def strongest(logits: NDArray[np.float32]) -> NDArray[np.int64]:
    """The classes that reach the highest logits anywhere on the line: winners first."""
    winners = np.unique(logits.argmax(axis=1))
    peak = logits.max(axis=0).copy()
    peak[winners] += 1e6
    return np.argsort(-peak)[:CLASSES_SHOWN]
