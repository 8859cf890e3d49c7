"""One photograph at 32 to 448 pixels a side: how far FGSM and random signs move the network.

The logit gap is log(p / (1 - p)) for the label's probability p: the label's logit over all the
others together. J = softplus(-gap), as for logistic regression, so grad J = -(1 - p) * grad gap:
the two gradients have the same signs but for one minus, and FGSM is the same for both.
"""

from dataclasses import dataclass

import numpy as np
import torch
from numpy.typing import NDArray
from torch import Tensor

from demo import fgsm, scores
from demo.attacks import sign_methods

SIDES = (32, 64, 96, 128, 160, 192, 224, 256, 320, 384, 448)
"""Multiples of 32: there, and only there, the padding that was fixed for 224 is right too."""
SEEDS = tuple(range(16))
EPSILONS = (1 / 16 / 255, 1 / 4 / 255, 1 / 255, 0.007)


@dataclass(frozen=True)
class Row:
    """One size at one epsilon.

    gap, gap_under_fgsm, gaps_under_random_signs: the label's logit gap.  l1, l2: norms of its
    gradient, for a change of the whole pixel range: what FGSM and, in the root mean square, random
    signs would do for epsilon = 1 if the network were linear.
    """

    side: int
    epsilon: float
    gap: float
    l1: float
    l2: float
    gap_under_fgsm: float
    gaps_under_random_signs: tuple[float, ...]

    @property
    def n(self) -> int:
        """The dimension: pixels times channels."""
        return 3 * self.side**2

    @property
    def fall(self) -> float:
        """How far the gap falls under FGSM, for each unit of epsilon."""
        return (self.gap - self.gap_under_fgsm) / self.epsilon

    @property
    def falls_at_random(self) -> NDArray[np.float64]:
        """How far the gap moves under each of the random signs, for each unit of epsilon."""
        return np.abs(self.gap - np.array(self.gaps_under_random_signs)) / self.epsilon

    @property
    def rise(self) -> float:
        """How far J rises under FGSM, for each unit of epsilon."""
        return (loss(self.gap_under_fgsm) - loss(self.gap)) / self.epsilon

    @property
    def rises_at_random(self) -> NDArray[np.float64]:
        """How far J moves under each of the random signs, for each unit of epsilon."""
        moved = [loss(gap) for gap in self.gaps_under_random_signs]
        return np.abs(np.array(moved) - loss(self.gap)) / self.epsilon

    @property
    def loss_share(self) -> float:
        """1 - p: ||grad J|| over ||grad gap||."""
        return float(np.exp(-np.logaddexp(0, self.gap)))


def loss(gap: float) -> float:
    """J = softplus(-gap), nats."""
    return float(np.logaddexp(0, -gap))


def logit_gap(logits: Tensor, label: int) -> Tensor:
    """`fgsm.margin` of that label, (N, K) -> (N,) float64, on the CPU."""
    return fgsm.margin(scores.exact(logits), torch.full((len(logits),), label))


def gap_gradient(model: fgsm.Model, image: Tensor, label: int) -> tuple[float, Tensor]:
    """The logit gap of one image (1, C, H, W), and its gradient in the image.

    J's gradient is the same with the opposite signs, 1 - p times as large.
    """
    with torch.enable_grad():
        leaf = image.detach().clone().requires_grad_(True)
        gap = logit_gap(model(leaf), label)
        (gradient,) = torch.autograd.grad(gap.sum(), leaf)
    return float(gap.detach()), gradient


def gap_under(model: fgsm.Model, image: Tensor, eta: Tensor, label: int) -> float:
    """The logit gap of clip(x + eta)."""
    with torch.inference_mode():
        return float(logit_gap(model(fgsm.adversarial_example(image, eta)), label))


def gap_under_random_signs(
    model: fgsm.Model, image: Tensor, epsilon: float, label: int, seed: int
) -> float:
    """The logit gap of clip(x + epsilon * random signs), other signs for every size and seed."""
    generator = torch.Generator().manual_seed(1_000_003 * image.shape[-1] + seed)
    signs = sign_methods.random_signs(image.shape, generator)
    return gap_under(model, image, epsilon * signs.to(image.device), label)
