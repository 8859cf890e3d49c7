"""Networks: what stands between an image in [0, 1] and the logits.

`Normalized` puts a photograph network's normalisation inside the model, so that epsilon and the
clip range mean pixels everywhere else. The others are the paper's networks for digits; each
takes images (N, 1, 28, 28) in [0, 1] and gives logits (N, K).
"""

from collections.abc import Sequence

import torch
import torch.nn.functional as F
from torch import Tensor, nn

from demo import fgsm

PIXELS = 28 * 28
DIGITS = 10


class Normalized(nn.Module):
    """logits = network((images - mean) / std), images (N, 3, H, W) in [0, 1]."""

    mean: Tensor
    std: Tensor

    def __init__(self, network: nn.Module, mean: Sequence[float], std: Sequence[float]) -> None:
        super().__init__()
        self.network = network
        self.register_buffer("mean", _per_channel(mean), persistent=False)
        self.register_buffer("std", _per_channel(std), persistent=False)

    def forward(self, images: Tensor) -> Tensor:
        """images: (N, 3, H, W) in [0, 1] -> logits (N, K)."""
        logits: Tensor = self.network((images - self.mean) / self.std)
        return logits


def _per_channel(values: Sequence[float]) -> Tensor:
    return torch.tensor(values, dtype=torch.float32).reshape(1, -1, 1, 1)


class LogisticRegression(nn.Module):
    """z = w.x + b; P(y|x) = sigmoid(y z), y = -1 or +1: two classes, the second is y = +1.

    As logits (-z/2, z/2), whose softmax is that probability and whose cross-entropy is
    softplus(-y z). Source: arXiv:1412.6572, section 5.
    """

    def __init__(self) -> None:
        super().__init__()
        self.weight = nn.Parameter(torch.zeros(PIXELS))
        self.bias = nn.Parameter(torch.zeros(()))

    def activation(self, images: Tensor) -> Tensor:
        """images: (N, 1, 28, 28) -> z (N,)."""
        return images.flatten(1) @ self.weight + self.bias

    def forward(self, images: Tensor) -> Tensor:
        """images: (N, 1, 28, 28) -> logits (N, 2)."""
        z = self.activation(images)
        return torch.stack([-z / 2, z / 2], dim=1)


def cross_entropy(logits: Tensor, labels: Tensor) -> Tensor:
    """mean J, in nats, exact for sure answers too. logits: (N, K).  labels: (N,) int64."""
    return fgsm.losses(logits, labels).mean()


def softplus_loss(logits: Tensor, labels: Tensor) -> Tensor:
    """mean softplus(-y z), y = -1 for label 0 and +1 for label 1, as the lecture writes it.

    logits: (N, 2) of a `LogisticRegression`.  labels: (N,) int64. Nats.
    """
    z = logits[:, 1] - logits[:, 0]
    return F.softplus(-(2 * labels - 1) * z).mean()


class SoftmaxRegression(nn.Module):
    """W x + b: the paper's "shallow softmax classifier"; images -> logits (N, 10)."""

    def __init__(self) -> None:
        super().__init__()
        self.linear = nn.Linear(PIXELS, DIGITS)

    def forward(self, images: Tensor) -> Tensor:
        """images: (N, 1, 28, 28) -> logits (N, 10)."""
        logits: Tensor = self.linear(images.flatten(1))
        return logits


class Maxout(nn.Module):
    """Two hidden layers, h_i = max_j (W_ij x + b_ij), with dropout: images -> logits (N, 10).

    units: in each hidden layer.  pieces: linear functions a unit is the largest of; row j of the
    first `units` rows of a weight, of the next, ... are the pieces of unit j.
    Dropout takes a fifth of the pixels and half of the units, in training only. The units that stay
    count double then, the pixels that stay keep their values: an image in eval mode is a quarter
    brighter than what training shows, and the answers are surer. The incoming weights of a piece
    are kept within a norm of `LARGEST_NORM`.
    Source: Goodfellow et al., arXiv:1302.4389, section 5.1 (MNIST, permutation invariant).
    """

    LARGEST_NORM = 1.9365

    def __init__(self, units: int = 240, pieces: int = 5) -> None:
        super().__init__()
        self.pieces = pieces
        self.first = nn.Linear(PIXELS, units * pieces)
        self.second = nn.Linear(units, units * pieces)
        self.last = nn.Linear(units, DIGITS)
        for layer in (self.first, self.second, self.last):
            nn.init.uniform_(layer.weight, -0.005, 0.005)
            nn.init.zeros_(layer.bias)
        if units > 1000:  # wide layers start as PyTorch starts them: at .005 they hardly move
            self.first.reset_parameters()

    def forward(self, images: Tensor) -> Tensor:
        """images: (N, 1, 28, 28) -> logits (N, 10)."""
        hidden = images.flatten(1)
        if self.training:
            hidden = 0.8 * F.dropout(hidden, 0.2)
        for layer in (self.first, self.second):
            largest = layer(hidden).reshape(len(images), self.pieces, -1).amax(dim=1)
            hidden = F.dropout(largest, 0.5, self.training)
        logits: Tensor = self.last(hidden)
        return logits

    def limit_norms(self) -> None:
        """Scale down, in place, the incoming weights whose norm is above `LARGEST_NORM`."""
        with torch.no_grad():
            for layer in (self.first, self.second, self.last):
                norms = layer.weight.norm(dim=1, keepdim=True).clamp_min(1e-12)
                layer.weight.mul_((self.LARGEST_NORM / norms).clamp_max(1))


class Convolutional(nn.Module):
    """Two strided convolutions and a hidden layer, ReLU: images -> logits (N, 10).

    channels: of the first convolution, the second has twice as many.  hidden: units after them.
    """

    def __init__(self, channels: int = 16, hidden: int = 128) -> None:
        super().__init__()
        self.first = nn.Conv2d(1, channels, 4, stride=2, padding=1)
        self.second = nn.Conv2d(channels, 2 * channels, 4, stride=2, padding=1)
        self.third = nn.Linear(2 * channels * 7 * 7, hidden)
        self.last = nn.Linear(hidden, DIGITS)

    def forward(self, images: Tensor) -> Tensor:
        """images: (N, 1, 28, 28) -> logits (N, 10)."""
        hidden = F.relu(self.second(F.relu(self.first(images))))
        logits: Tensor = self.last(F.relu(self.third(hidden.flatten(1))))
        return logits


class RadialBasis(nn.Module):
    """p_k = exp(-(x - mu_k)^T beta_k (x - mu_k)): ten answers of yes or no, near mu_k only.

    images -> logits (N, 11): log(p_k / (1 - p_k)), and 0 for an eleventh class, "none of them".
    Their softmax is the probability of exactly that yes, given at most one. Far from every mu_k
    each p is 0 and the answer is "none": the network is not sure of what it does not know.
    beta_k = W_k^T W_k, W_k of `rank` rows: (x - mu)^T beta (x - mu) = ||W_k x - c_k||^2.
    Source: arXiv:1412.6572, section 7 (its shallow RBF network).
    """

    def __init__(self, rank: int = 20) -> None:
        super().__init__()
        self.rank = rank
        self.weight = nn.Parameter(torch.randn(DIGITS * rank, PIXELS) * 0.03)
        self.centre = nn.Parameter(torch.zeros(DIGITS * rank))

    def centre_on(self, means: Tensor) -> None:
        """c_k = W_k mu_k, in place. means: (10, 784), mu_k."""
        rows = self.weight.detach().reshape(DIGITS, self.rank, PIXELS)
        self.centre.data.copy_(torch.einsum("krp,kp->kr", rows, means).flatten())

    def distances(self, images: Tensor) -> Tensor:
        """||W_k x - c_k||^2: (N, 1, 28, 28) -> (N, 10), -log p_k."""
        from_centre = F.linear(images.flatten(1), self.weight, -self.centre)
        return from_centre.square().reshape(len(images), DIGITS, self.rank).sum(dim=2)

    def forward(self, images: Tensor) -> Tensor:
        """images: (N, 1, 28, 28) -> logits (N, 11), the last 0."""
        d = self.distances(images).clamp_min(1e-6)
        yes = -d - torch.log(-torch.expm1(-d))
        return F.pad(yes, (0, 1))


def yes_or_no_loss(logits: Tensor, labels: Tensor) -> Tensor:
    """mean of -log p_y - sum_{k != y} log(1 - p_k): each digit's answer on its own, in nats.

    logits: (N, 11) of a `RadialBasis`.  labels: (N,) int64, 0 to 9.
    """
    yes = F.one_hot(labels, DIGITS).to(logits.dtype)
    losses = F.binary_cross_entropy_with_logits(logits[:, :DIGITS], yes, reduction="none")
    return losses.sum(dim=1).mean()
