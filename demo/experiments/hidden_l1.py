"""J~ = J + (1 - a) * epsilon * ||grad_x J||_1, to first order: how far does it hold?

Everything here is a function of the margin m = z_y - log(sum of exp(z_k), k != y), in the label's
own logits, for cross-entropy is J = softplus(-m) whatever the network. Hence
grad_x J = -sigma(-m) * grad_x m and ||grad_x J||_1 = sigma(-m) * ||grad_x m||_1, which for
logistic regression, where m = y (w.x + b), is the lecture's formula with ||w||_1. It tells two
bends apart. Were m linear in x, the loss after FGSM's step would be exactly
softplus(epsilon * ||grad_x m||_1 - m): the softplus bends it away from its own tangent, which is
the hidden L1. What the network does beyond that is the network's own curvature.
"""

from dataclasses import dataclass

import numpy as np
import torch
from numpy.typing import NDArray
from torch import Tensor

from demo import fgsm

Numbers = NDArray[np.float64]

TOLERANCE = 0.1
"""A ratio between 1 - this and 1 + this is said to hold."""


def halvings(largest: float, octaves: int, in_each: int) -> tuple[float, ...]:
    """epsilons up to `largest`, equal ratios, `in_each` of them from one to its double."""
    return tuple(largest * 2.0 ** (-i / in_each) for i in reversed(range(octaves * in_each + 1)))


DIGIT_GRID = halvings(0.5, 12, 8)
"""For one digit: 97 epsilons from .00012 to .5, the paper's .25 among them."""
BATCH_GRID = DIGIT_GRID[::2]
PHOTOGRAPH_GRID = halvings(16 / 255, 15, 3)
"""For a photograph: 46 from .000002 to 16/255, 1/255 and its doubles among them."""


@dataclass(frozen=True)
class Margins:
    """N images, each along the sign of its own gradient, E epsilons.

    epsilons: (E,).  clean: (N,) m(x).  slopes: (N,) ||grad_x m||_1.  free: (N,) the same sum over
    the values that the clip lets move at all.  unclipped: (E, N) m(x + eta).  clipped: (E, N)
    m(clip(x + eta)).
    """

    epsilons: Numbers
    clean: Numbers
    slopes: Numbers
    free: Numbers
    unclipped: Numbers
    clipped: Numbers

    def gradient_norms(self) -> Numbers:
        """||grad_x J||_1 of each image, (N,): nats for a change of the whole pixel range."""
        return sigmoid(-self.clean) * self.slopes


@dataclass(frozen=True)
class HiddenL1:
    """Means over `count` images; losses in nats, one for each epsilon where they are (E,).

    loss: J(x).  gradient_norm: ||grad_x J||_1.  margin: m(x).  slope: ||grad_x m||_1.
    free_share: of the first-order term that the clip leaves.  adversarial: (E,) J(x + eta).
    clipped: (E,) J(clip(x + eta)).  straight: (E,) softplus(epsilon * ||grad_x m||_1 - m), the
    loss there if the margin were linear in x.  fall: (E,) m(x) - m(x + eta).
    """

    count: int
    epsilons: Numbers
    loss: float
    gradient_norm: float
    margin: float
    slope: float
    free_share: float
    adversarial: Numbers
    clipped: Numbers
    straight: Numbers
    fall: Numbers

    def objective(self, clean_weight: float) -> Numbers:
        """J~ = a * J(x) + (1 - a) * J(x + eta): (E,). clean_weight: a, 0 to 1."""
        return clean_weight * self.loss + (1 - clean_weight) * self.adversarial

    def first_order(self, clean_weight: float) -> Numbers:
        """J + (1 - a) * epsilon * ||grad_x J||_1: (E,)."""
        return self.loss + (1 - clean_weight) * self.epsilons * self.gradient_norm

    def loss_ratio(self) -> Numbers:
        """(J~ - J) / ((1 - a) * epsilon * ||grad_x J||_1): (E,). The a cancels."""
        return _over(self.adversarial - self.loss, self.epsilons * self.gradient_norm)

    def clipped_ratio(self) -> Numbers:
        """The same with the clip to the pixel range, as FGSM has it: (E,)."""
        return _over(self.clipped - self.loss, self.epsilons * self.gradient_norm)

    def margin_ratio(self) -> Numbers:
        """(m(x) - m(x + eta)) / (epsilon * ||grad_x m||_1): (E,). 1 if the network is linear."""
        return _over(self.fall, self.epsilons * self.slope)


def run(model: fgsm.Model, images: Tensor, labels: Tensor, epsilons: tuple[float, ...]) -> Margins:
    """Margins of each image at x + epsilon * sign(grad_x J), with and without the clip.

    images: (N, C, H, W) in [0, 1], of the type that the model computes in.  labels: (N,).
    sign(grad_x J) = -sign(grad_x m): the same step as FGSM's, but it does not underflow to zero
    where the network is sure. One gradient, then two forward passes for each epsilon.
    """
    clean, gradient = _margin_gradient(model, images, labels)
    direction = fgsm.perturbation(-gradient, 1.0)
    unclipped, clipped = [], []
    with torch.inference_mode():
        for epsilon in epsilons:
            moved = images + epsilon * direction
            unclipped.append(fgsm.margin(model(moved), labels))
            clipped.append(fgsm.margin(model(moved.clamp(*fgsm.PIXEL_RANGE)), labels))
    lowest, highest = fgsm.PIXEL_RANGE
    inside = ((direction < 0) & (images > lowest)) | ((direction > 0) & (images < highest))
    return Margins(
        np.array(epsilons), _numbers(clean), _norms(gradient), _norms(gradient * inside),
        _stacked(unclipped, len(labels)), _stacked(clipped, len(labels)),
    )  # fmt: skip


def joined(pieces: list[Margins]) -> Margins:
    """The images of all pieces together; the epsilons of the first."""
    first = pieces[0]
    return Margins(
        first.epsilons, *(np.concatenate([getattr(p, k) for p in pieces])
                          for k in ("clean", "slopes", "free")),
        *(np.concatenate([getattr(p, k) for p in pieces], axis=1)
          for k in ("unclipped", "clipped")),
    )  # fmt: skip


def along(pieces: list[Margins]) -> Margins:
    """The same images at the epsilons of all pieces, one after the other."""
    first = pieces[0]
    return Margins(
        np.concatenate([p.epsilons for p in pieces]), first.clean, first.slopes, first.free,
        np.concatenate([p.unclipped for p in pieces]), np.concatenate([p.clipped for p in pieces]),
    )  # fmt: skip


def means(margins: Margins) -> HiddenL1:
    """What adversarial training would add up over these images, divided by their number."""
    norms, slopes = margins.gradient_norms(), margins.slopes
    reach = margins.epsilons[:, None] * slopes
    free = float((sigmoid(-margins.clean) * margins.free).sum())
    return HiddenL1(
        count=len(slopes), epsilons=margins.epsilons, loss=float(softplus(-margins.clean).mean()),
        gradient_norm=float(norms.mean()), margin=float(margins.clean.mean()),
        slope=float(slopes.mean()), free_share=free / norms.sum() if norms.any() else 0.0,
        adversarial=softplus(-margins.unclipped).mean(axis=1),
        clipped=softplus(-margins.clipped).mean(axis=1),
        straight=softplus(reach - margins.clean).mean(axis=1),
        fall=(margins.clean - margins.unclipped).mean(axis=1),
    )  # fmt: skip


def holds_until(epsilons: Numbers, ratio: Numbers) -> float | None:
    """The largest epsilon up to which every ratio is within `TOLERANCE` of 1; None if none is."""
    off = ~(np.abs(ratio - 1) <= TOLERANCE)
    first = int(off.argmax()) if off.any() else len(off)
    return float(epsilons[first - 1]) if first else None


def softplus(z: Numbers) -> Numbers:
    """log(1 + exp(z)), to the last digit on both sides."""
    result: Numbers = np.logaddexp(0.0, z)
    return result


def sigmoid(z: Numbers) -> Numbers:
    """1 / (1 + exp(-z)), to the last digit on both sides."""
    result: Numbers = np.exp(-np.logaddexp(0.0, -z))
    return result


def _margin_gradient(model: fgsm.Model, images: Tensor, labels: Tensor) -> tuple[Tensor, Tensor]:
    """m (N,) and grad_x m (N, C, H, W), each image's own."""
    with torch.enable_grad():
        leaves = images.detach().clone().requires_grad_(True)
        clean = fgsm.margin(model(leaves), labels)
        (gradient,) = torch.autograd.grad(clean.sum(), leaves)
    return clean.detach(), gradient


def _over(rise: Numbers, promised: Numbers) -> Numbers:
    """rise / promised; nan where nothing was promised: a gradient of zero promises nothing."""
    result: Numbers = np.divide(rise, promised, out=np.full_like(rise, np.nan), where=promised > 0)
    return result


def _norms(gradients: Tensor) -> Numbers:
    return _numbers(gradients.flatten(1).abs().sum(dim=1))


def _numbers(values: Tensor) -> Numbers:
    return values.detach().cpu().numpy().astype(np.float64)


def _stacked(rows: list[Tensor], count: int) -> Numbers:
    return np.stack([_numbers(row) for row in rows]) if rows else np.empty((0, count))
