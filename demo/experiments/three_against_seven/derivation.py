"""The lecture's derivation for logistic regression, both sides of each line evaluated.

    y = +1 for a three, -1 for a seven
    P(y|x) = sigma(m), m = y(w.x + b)          1 - sigma(m) = sigma(-m)
    J = softplus(-m), softplus' = sigma        grad_x J = -y sigma(-m) w
    ||grad_x J||_1 = sigma(-m) ||w||_1
    J(x + epsilon sign(grad_x J)) = softplus(epsilon ||w||_1 - m)

In float64, so that a difference is a difference and not the rounding of a confident network.
Source: the lecture (its claim 9); arXiv:1412.6572, section 5.
"""

import copy
from dataclasses import dataclass

import numpy as np
import torch
import torch.nn.functional as F
from numpy.typing import NDArray
from torch import Tensor

from demo import fgsm, scores
from demo.data.labelled import Labelled
from demo.networks import architectures

STEP = 1e-4
"""Half the width of the difference quotient that stands for softplus'."""

Array = NDArray[np.float64]


@dataclass(frozen=True)
class Derivation:
    """N digits; of each line the formula's value and the one got without it, (N,) each.

    margins: y(w.x + b).  one_minus_sigma, sigma_of_minus: the first line.  quotient, slope: the
    difference quotient of softplus at -m, and sigma(-m).  gradient_difference: largest |autograd
    - formula| over the pixels; largest_gradient: the largest |formula| there.  norm_by_autograd,
    norm: of the gradient, L1.  loss_at_point, loss: (N, E), cross-entropy of the network at
    x + epsilon sign(autograd's gradient), not clipped, and softplus(epsilon ||w||_1 - m).
    """

    margins: Array
    one_minus_sigma: Array
    sigma_of_minus: Array
    quotient: Array
    slope: Array
    gradient_difference: Array
    largest_gradient: Array
    norm_by_autograd: Array
    norm: Array
    loss_at_point: Array
    loss: Array


def run(
    network: architectures.LogisticRegression,
    labelled: Labelled,
    epsilons: tuple[float, ...],
) -> Derivation:
    """Evaluate all five lines for these digits. The network itself is not changed."""
    exact = copy.deepcopy(network).cpu().double()
    images, labels = scores.exact(labelled.images), labelled.labels.cpu()
    y = (1 - 2 * labels).double()
    with torch.no_grad():
        m = -y * exact.activation(images)
    weight = -exact.weight.detach()
    formula = (-y * torch.sigmoid(-m))[:, None] * weight
    autograd = fgsm.loss_gradient(exact, images, labels)
    quotient = (softplus(-m + STEP) - softplus(-m - STEP)) / (2 * STEP)
    grid = torch.tensor(epsilons, dtype=torch.float64)
    sides = (
        m, 1 - torch.sigmoid(m), torch.sigmoid(-m), quotient, torch.sigmoid(-m),
        (autograd.flatten(1) - formula).abs().amax(dim=1), formula.abs().amax(dim=1),
        autograd.flatten(1).abs().sum(dim=1), torch.sigmoid(-m) * weight.abs().sum(),
        _losses_at_points(exact, images, labels, autograd, epsilons),
        softplus(grid * weight.abs().sum() - m[:, None]),
    )  # fmt: skip
    return Derivation(*(side.numpy() for side in sides))


def softplus(t: Tensor) -> Tensor:
    """log(1 + e^t). (PyTorch's own gives t from 20 on, which is 2e-9 less.)"""
    return torch.logaddexp(t, torch.zeros_like(t))


def _losses_at_points(
    network: architectures.LogisticRegression, images: Tensor, labels: Tensor, gradient: Tensor,
    epsilons: tuple[float, ...],
) -> Tensor:  # fmt: skip
    """J(x + epsilon sign(gradient)), not clipped, by the network and cross-entropy: (N, E)."""
    losses = [
        F.cross_entropy(
            network(images + fgsm.perturbation(gradient, epsilon)), labels, reduction="none"
        ).detach()
        for epsilon in epsilons
    ]
    return torch.stack(losses, dim=1)
