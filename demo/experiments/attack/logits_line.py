"""Logits from -epsilon to +epsilon along one direction: how straight are they?

Source: arXiv:1412.6572, section 7 and figure 4, there for a digit.
"""

from collections.abc import Callable
from dataclasses import dataclass

import numpy as np
import torch
from numpy.typing import NDArray
from torch import Tensor

from demo import fgsm
from demo.attacks import sign_methods
from demo.experiments.paper_numbers import straight_lines

CLASSES_SHOWN = 8
DIGIT_EPSILONS = tuple(i / 64 for i in range(-64, 65))
"""For digits: from -1 to +1, drawn without the clip."""


@dataclass(frozen=True)
class LogitsLine:
    """epsilons: (E,), ascending through 0.  classes: (C,).  logits: (E, C) float32."""

    epsilons: NDArray[np.float64]
    classes: NDArray[np.int64]
    logits: NDArray[np.float32]

    @property
    def answer(self) -> int:
        """The column of the class that has the highest logit at epsilon = 0."""
        return int(self.logits[np.abs(self.epsilons).argmin()].argmax())

    def explained(self, pieces: int) -> float:
        """Share of the variance of the answer's logit over the epsilons, 0 to 1.

        pieces: 1, of its least-squares line; 3, of the best continuous line of three pieces.
        1 where the logit never changes.
        """
        logit = self.logits[:, self.answer].astype(np.float64)
        if not np.ptp(logit):
            return 1.0
        if pieces == 1:
            fit = np.polynomial.Polynomial.fit(self.epsilons, logit, 1)(self.epsilons)
        else:
            fit = straight_lines.three_pieces(self.epsilons, logit[None])[0]
        return float(straight_lines.r_squared(logit[None, None], fit[None, None])[0])


def told(line: LogitsLine, name: Callable[[int], str]) -> str:
    """How straight the clean answer's logit is: one sentence. name: class index -> its name."""
    one, three = (f"{100 * line.explained(pieces):.1f} %" for pieces in (1, 3))
    return (
        f"The logit of “{name(int(line.classes[line.answer]))}” along this direction: one straight "
        f"line explains {one} of its variance over the epsilons drawn, three straight pieces "
        f"{three}."
    )


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
    behind = sign_methods.logits_along(model, image, direction, negative).cpu().numpy()
    return joined(negative, behind, *positive)


def joined(
    negative: tuple[float, ...],
    behind: NDArray[np.float32],
    epsilons: NDArray[np.float64],
    logits: NDArray[np.float32],
) -> LogitsLine:
    """The strongest classes of both sides.

    negative: (B,) ascending, all below 0.  behind: (B, K) logits there.  epsilons: (E,) ascending
    from 0.  logits: (E, K).
    """
    both = np.concatenate([behind, logits])
    classes = strongest(both)
    return LogitsLine(np.concatenate([negative, epsilons]), classes, both[:, classes])


def unclipped(
    model: fgsm.Model, image: Tensor, direction: Tensor, epsilons: tuple[float, ...]
) -> LogitsLine:
    """Logits of x + epsilon * direction where the pixel range cuts nothing short, as the paper's.

    A digit's ground is black: with the clip half of the step would be lost, and the line bent.
    image, direction: (1, C, H, W).  epsilons: (E,) ascending.
    """
    steps = torch.tensor(epsilons, dtype=image.dtype, device=image.device).view(-1, 1, 1, 1)
    logits = sign_methods.logits_of(model, image + steps * direction).cpu().numpy()
    classes = strongest(logits)
    return LogitsLine(np.array(epsilons), classes, logits[:, classes])


def strongest(logits: NDArray[np.float32]) -> NDArray[np.int64]:
    """The classes that reach the highest logits anywhere on the line: winners first."""
    winners = np.unique(logits.argmax(axis=1))
    peak = logits.max(axis=0).copy()
    peak[winners] += 1e6
    return np.argsort(-peak)[:CLASSES_SHOWN]
