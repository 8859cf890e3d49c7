"""Logistic regression, 3 against 7, at 4 x 4 to 112 x 112 pixels: epsilon * ||w||_1 against n.

    minimise  mean softplus(-y (w.x + b)) + lambda/2 * n * ||w||_2^2,   y = -1 for a 3, +1 for a 7

With the factor n the penalty does not ask how finely the picture is divided: split each pixel into
copies, and the same function, its weights divided among the copies, costs the same.
"""

from dataclasses import dataclass

import numpy as np
import torch
import torch.nn.functional as F
from numpy.typing import NDArray
from torch import Tensor

from demo import fgsm
from demo.attacks import sign_methods
from demo.data import digits
from demo.experiments.adversarial_training import live_training

SIDES = (4, 7, 14, 28, 56, 112)
PENALTY = 1e-5
"""lambda."""
STEPS = 40
SEED = 1


@dataclass(frozen=True)
class Trained:
    """The minimum at one size.

    weights: (side * side,).  margins: (200,) y (w.x + b) of the held-out digits.
    gradient: largest component of the objective's gradient where Newton's method ended.
    """

    side: int
    weights: NDArray[np.float64]
    bias: float
    margins: NDArray[np.float64]
    gradient: float

    @property
    def n(self) -> int:
        """The dimension."""
        return self.side**2

    @property
    def l1(self) -> float:
        """||w||_1: how far w.x moves for epsilon = 1 along sign(w)."""
        return float(np.abs(self.weights).sum())

    @property
    def l2(self) -> float:
        """||w||_2: the root mean square of what random signs do, for epsilon = 1."""
        return float(np.sqrt(np.square(self.weights).sum()))

    @property
    def m(self) -> float:
        """The mean magnitude of a weight."""
        return self.l1 / self.n

    @property
    def median_margin(self) -> float:
        """Half of the held-out digits have a smaller one."""
        return float(np.median(self.margins))


@dataclass(frozen=True)
class Errors:
    """Shares of the held-out digits that are answered wrongly, 0 to 1, at one epsilon.

    fgsm: without the clip to [0, 1], so exactly where the margin is below epsilon * ||w||_1.
    clipped: FGSM as everywhere else in this app.  random: random signs, without the clip.
    """

    clean: float
    fgsm: float
    clipped: float
    random: float


def resized(images: Tensor, side: int) -> Tensor:
    """Means of blocks of pixels, or copies of each: (N, 1, 28, 28) -> (N, 1, side, side) float64.

    side: a divisor or a multiple of 28.
    """
    images = images.double()
    if side <= digits.SIDE:
        return F.avg_pool2d(images, digits.SIDE // side)
    copies = side // digits.SIDE
    return images.repeat_interleave(copies, dim=2).repeat_interleave(copies, dim=3)


def train(side: int) -> Trained:
    """The minimum on 400 threes and 400 sevens of the shipped digits; margins on the other 200."""
    to_train, held_out = live_training.split(digits.THREE_AND_SEVEN)
    x, y = resized(to_train.images, side).flatten(1), signed(to_train.labels)
    weights, bias = _minimum(x, y)
    gradient = _gradient(x, y, weights, bias)
    margins = signed(held_out.labels) * (resized(held_out.images, side).flatten(1) @ weights + bias)
    return Trained(side, weights.numpy(), bias, margins.numpy(), gradient)


def errors(trained: Trained, epsilon: float) -> Errors:
    """What the held-out digits get at this epsilon."""
    _, held_out = live_training.split(digits.THREE_AND_SEVEN)
    images, labels = resized(held_out.images, trained.side), held_out.labels

    def model(pictures: Tensor) -> Tensor:
        z = pictures.flatten(1) @ torch.from_numpy(trained.weights) + trained.bias
        return torch.stack([-z / 2, z / 2], dim=1)

    def wrong(pictures: Tensor) -> float:
        return float((model(pictures).argmax(dim=1) != labels).double().mean())

    eta = fgsm.perturbation(fgsm.loss_gradient(model, images, labels), epsilon)
    signs = sign_methods.random_signs(images.shape, torch.Generator().manual_seed(SEED))
    return Errors(
        clean=wrong(images), fgsm=wrong(images + eta),
        clipped=wrong(fgsm.adversarial_example(images, eta)),
        random=wrong(images + epsilon * signs),
    )  # fmt: skip


def signed(labels: Tensor) -> Tensor:
    """0 -> -1 (a 3), 1 -> +1 (a 7), float64."""
    return 2 * labels.double() - 1


def _minimum(x: Tensor, y: Tensor) -> tuple[Tensor, float]:
    """Newton's method. w is a sum of the digits' own pictures, so 800 unknowns are enough."""
    n = x.shape[1]
    values, vectors = torch.linalg.eigh(x @ x.T / n)
    kept = values > 1e-12 * values[-1]
    scale, vectors = values[kept].sqrt(), vectors[:, kept]
    features = torch.cat([vectors * scale, torch.ones(len(x), 1, dtype=x.dtype)], dim=1)
    penalty = torch.full((features.shape[1],), PENALTY, dtype=x.dtype)
    penalty[-1] = 0
    found = torch.zeros_like(penalty)
    for _ in range(STEPS):
        wrongness = torch.sigmoid(-y * (features @ found))
        slope = penalty * found - features.T @ (y * wrongness) / len(x)
        curved = features.T * (wrongness * (1 - wrongness) / len(x))
        step = torch.linalg.solve(curved @ features + penalty.diag(), slope)
        found = found - step
        if step.abs().max() < 1e-9:
            break
    return x.T @ (vectors / scale @ found[:-1]) / n, float(found[-1])


def _gradient(x: Tensor, y: Tensor, weights: Tensor, bias: float) -> float:
    wrongness = torch.sigmoid(-y * (x @ weights + bias))
    slope = PENALTY * x.shape[1] * weights - x.T @ (y * wrongness) / len(x)
    return float(slope.abs().max())
