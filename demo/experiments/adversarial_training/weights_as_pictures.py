"""A first layer's weights as pictures, without and with adversarial training, on one scale.

Mid grey is 0, black and white the magnitude that 99.9 % of both networks' weights stay below: the
very largest alone would leave all others grey. Claim of the lecture:
without adversarial training they are strong and noisy, with it closer to grey, and in places.
"""

import math
from dataclasses import dataclass

import numpy as np
import torch
from numpy.typing import NDArray
from torch import nn

from demo.networks import architectures

SHOWN = 40
"""Pictures of one network at most: of many units, every so-manieth."""

_SIDE = 84
_GAP = 6
"""Pixels of the sheet: a side of a picture, and the gap between two."""


@dataclass(frozen=True)
class Pictures:
    """One network's first layer.

    weights: (N, h, w), N pictures of h x w weights.  units: how many there are to choose from.
    mean_magnitude: mean |w| of all of them.  small: share of them, 0 to 1, whose |w| is below a
    tenth of `white`.  white: the |w| that is drawn white or black, larger ones too.
    """

    weights: NDArray[np.float32]
    units: int
    mean_magnitude: float
    small: float
    white: float

    def sheet(self, columns: int) -> NDArray[np.uint8]:
        """All pictures side by side, enlarged: (H, W, 4) RGBA, the gaps clear."""
        return _sheet(self.weights / self.white, columns)

    def signs(self) -> NDArray[np.uint8]:
        """sign(w) of the first picture, black, grey for 0, white: (H, W, 4) RGBA."""
        return _sheet(np.sign(self.weights[:1]), 1)


def pair(standard: nn.Module, adversarial: nn.Module) -> tuple[Pictures, Pictures]:
    """The same layer of two networks that differ in their training only."""
    first, second = together(standard, adversarial)
    return first, second


def together(*trained: nn.Module) -> tuple[Pictures, ...]:
    """The same layer of several networks, on the scale of all of them."""
    layers = [first_layer(network) for network in trained]
    magnitudes = np.concatenate([np.abs(weights).ravel() for weights in layers])
    white = float(np.quantile(magnitudes, 0.999)) or 1.0
    return tuple(_pictures(weights, white) for weights in layers)


def first_layer(network: nn.Module) -> NDArray[np.float32]:
    """(N, h, w): what each unit, piece, class or channel multiplies the pixels with.

    Of logistic regression with the lecture's signs: 3 is +1, 7 is -1.
    """
    if isinstance(network, architectures.LogisticRegression):
        layer = -network.weight[None]
    elif isinstance(network, architectures.SoftmaxRegression):
        layer = network.linear.weight
    elif isinstance(network, architectures.Maxout | architectures.Convolutional):
        layer = network.first.weight
    else:
        raise ValueError(f"A {type(network).__name__} has no first layer of weights to show.")
    tensor = layer.detach().cpu().to(torch.float32)
    side = math.isqrt(tensor[0].numel())
    result: NDArray[np.float32] = tensor.reshape(-1, side, side).numpy()
    return result


def _pictures(weights: NDArray[np.float32], white: float) -> Pictures:
    magnitudes = np.abs(weights)
    every = max(1, len(weights) // SHOWN)
    return Pictures(
        weights[::every][:SHOWN], len(weights), float(magnitudes.mean()),
        float((magnitudes < white / 10).mean()), white,
    )  # fmt: skip


def _sheet(shares: NDArray[np.float32], columns: int) -> NDArray[np.uint8]:
    """(N, h, w) in [-1, 1] -> (H, W, 4): grey 0 to 255, clear where there is no picture."""
    count, height, width = shares.shape
    scale = max(1, _SIDE // height)
    grey = np.floor(127.5 + 127.5 * shares + 0.5).clip(0, 255).astype(np.uint8)
    large = grey.repeat(scale, axis=1).repeat(scale, axis=2)
    high, wide = scale * height + _GAP, scale * width + _GAP
    rows, columns = math.ceil(count / columns), min(columns, count)
    sheet = np.zeros((rows * high - _GAP, columns * wide - _GAP, 4), np.uint8)
    for i, picture in enumerate(large):
        top, left = i // columns * high, i % columns * wide
        here = sheet[top : top + high - _GAP, left : left + wide - _GAP]
        here[..., :3], here[..., 3] = picture[..., None], 255
    return sheet
