"""What a network's gradient looks like: whether it follows the picture or is noise.

A network that withstands small changes can only use what is large in a picture, so its gradient
lies on edges and shapes; see Tsipras et al., arXiv:1805.12152, section 3.1.
"""

from dataclasses import dataclass

import numpy as np
import torch
from numpy.typing import NDArray
from torch import Tensor

from demo import fgsm

STEEP = 0.1
"""Share of the pixels that count as the picture's edges: those where it changes most."""


@dataclass(frozen=True)
class Gradient:
    """values: (H, W, C) float32, grad_x J, nats for a change of the whole pixel range.

    norm: ||grad J||_1.  same_sign: share of neighbouring values (beside and below, same channel)
    whose signs agree, .5 for noise.  on_edges: share of the norm on the steepest tenth of the
    picture's pixels, .1 for noise.
    """

    values: NDArray[np.float32]
    norm: float
    same_sign: float
    on_edges: float


def run(model: fgsm.Model, image: Tensor, label: int) -> Gradient:
    """The gradient of that label's loss at one image (1, C, H, W), and its three numbers."""
    labels = torch.tensor([label], device=image.device)
    found = fgsm.loss_gradient(model, image, labels)[0].permute(1, 2, 0).cpu().numpy()
    picture = image[0].permute(1, 2, 0).cpu().numpy()
    return Gradient(
        found, float(np.abs(found).sum(dtype=np.float64)), same_sign(found),
        on_edges(found, picture),
    )  # fmt: skip


def same_sign(gradient: NDArray[np.float32]) -> float:
    """Share of the neighbouring values whose signs agree; zeros agree with nothing. (H, W, C)."""
    beside = gradient[:, 1:] * gradient[:, :-1] > 0
    below = gradient[1:] * gradient[:-1] > 0
    return float((beside.sum() + below.sum()) / (beside.size + below.size))


def on_edges(gradient: NDArray[np.float32], picture: NDArray[np.float32]) -> float:
    """Share of sum |gradient| on the steepest tenth of the pixels. Both (H, W, C).

    A pixel's steepness: the largest difference to its four neighbours, summed over the channels.
    """
    steepness = np.zeros(picture.shape[:2])
    for axis in (0, 1):
        change = np.abs(np.diff(picture, axis=axis)).sum(axis=2)
        before, after = [(0, 0), (0, 0)], [(0, 0), (0, 0)]
        before[axis], after[axis] = (1, 0), (0, 1)
        for padding in (before, after):
            steepness = np.maximum(steepness, np.pad(change, padding))
    size = np.abs(gradient).sum(axis=2, dtype=np.float64).ravel()
    steepest = np.argsort(-steepness.ravel(), kind="stable")[: round(STEEP * size.size)]
    whole = float(size.sum())
    return float(size[steepest].sum()) / whole if whole else 0.0
