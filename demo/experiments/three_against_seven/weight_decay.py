"""What adversarial training and L1 weight decay add to the loss, epsilon after epsilon.

    adversarial, exactly:  softplus(epsilon ||w||_1 - m) - softplus(-m)
    L1, lambda = epsilon:  epsilon ||w||_1

The first is at most the second, for softplus' < 1; it goes to 0 as the margin m grows.
Source: arXiv:1412.6572, section 5.
"""

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from demo.experiments.hidden_l1 import softplus
from demo.experiments.three_against_seven.margins import Margins

FADED = 0.01
"""Share of epsilon ||w||_1 below which a digit's penalty is said to have faded."""


@dataclass(frozen=True)
class WeightDecay:
    """Means over the digits, nats, at each epsilon: (E,).

    adversarial: what FGSM adds to the loss, by the formula.  measured: the same from the network's
    answers at the FGSM points, not clipped.  l1: what the decay adds.  faded: digits whose own
    adversarial penalty is below `FADED` of the decay's.
    """

    adversarial: NDArray[np.float64]
    measured: NDArray[np.float64]
    l1: NDArray[np.float64]
    faded: NDArray[np.int64]


def run(margins: Margins) -> WeightDecay:
    """Both penalties on the digits of `margins`, without the clip."""
    growth = margins.epsilons * margins.l1
    each = penalty(margins.clean[None], growth[:, None])
    faded = (each < FADED * growth[:, None]).sum(axis=1)
    rise = softplus(-margins.unclipped) - softplus(-margins.clean)
    return WeightDecay(each.mean(axis=1), rise.mean(axis=1), growth, faded)


def penalty(margins: NDArray[np.float64], growth: NDArray[np.float64]) -> NDArray[np.float64]:
    """softplus(growth - m) - softplus(-m), nats; growth is epsilon ||w||_1."""
    result: NDArray[np.float64] = softplus(growth - margins) - softplus(-margins)
    return result
