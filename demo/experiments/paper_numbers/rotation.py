"""Rotating x toward the gradient, its length kept. Source: arXiv:1412.6572, section 4.

x(phi) = |x| (cos(phi) u + sin(phi) v),   u = x / |x|,   v = the gradient's part across x
"""

import math

import torch
from torch import Tensor

from demo import fgsm
from demo.data.labelled import Labelled
from demo.experiments.paper_numbers.bench import Bench, Walk, pieces

DEGREES = (10.0, 20.0)


def rotated(images: Tensor, directions: Tensor, degrees: float) -> Tensor:
    """Each image turned by that angle toward its direction: (N, C, H, W), not clipped.

    Where a direction has no part across the image, or an image is zero, it stays as it is.
    """
    flat, across = images.flatten(1), directions.flatten(1)
    length = flat.norm(dim=1, keepdim=True)
    unit = flat / length.clamp_min(1e-12)
    across = across / across.norm(dim=1, keepdim=True).clamp_min(1e-30)
    across = across - (across * unit).sum(dim=1, keepdim=True) * unit
    size = across.norm(dim=1, keepdim=True)
    across = across / size.clamp_min(1e-12)
    angle = math.radians(degrees)
    turned = length * (math.cos(angle) * unit + math.sin(angle) * across)
    return torch.where(size > 1e-6, turned, flat).reshape(images.shape)


def run(
    network: fgsm.Model, labelled: Labelled, degrees: float, bench: Bench, *, aimed: bool
) -> Walk[float]:
    """Share of wrong answers after the rotation, 0 to 1.

    aimed: toward the loss's gradient; otherwise toward a random direction, the control.
    """

    def wrong(piece: Labelled, start: int) -> int:
        directions = (
            fgsm.loss_gradient(network, piece.images, piece.labels)
            if aimed
            else _random(piece.images, start)
        )
        with torch.inference_mode():
            logits = network(rotated(piece.images, directions, degrees))
        return int((logits.argmax(dim=1) != piece.labels).sum())

    return sum((yield from pieces(labelled, bench.batch, wrong))) / len(labelled)


def _random(images: Tensor, seed: int) -> Tensor:
    generator = torch.Generator().manual_seed(seed)
    return torch.randn(images.shape, generator=generator).to(images.device)
