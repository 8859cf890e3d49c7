"""Frozen batch norms, held in the kernels of a network that is trained on, and given back.

A frozen norm is a fixed scale and shift of each channel; a step costs about half without it.
"""

import copy
import math
from typing import Any

import torch
import torch.nn.functional as F
from torch import Tensor, nn

from demo.networks import folding


class ScaledConv2d(nn.Conv2d):
    """A convolution with a frozen batch norm held in its kernel, to be trained.

    The kernel is `scale` (K or 1, 1, 1, 1), the norm's, times `weight`, which so stays what it is
    beside an unfolded norm: optimizers whose steps do not follow the gradient's size, Adam above
    all, then go as far in each channel as they would there.
    evenly: pad to "same" with stride 2 for images of an even side: one row more after than before,
    as TensorFlow has it, by a leading row and column of zeros in the kernel.
    """

    scale: Tensor
    evenly = False

    def kernel(self) -> Tensor:
        """What the images are convolved with, but for the zeros of padding."""
        return self.weight * self.scale

    def forward(self, input: Tensor) -> Tensor:
        """input: (N, C, H, W) -> (N, K, H / stride, W / stride)."""
        kernel, padding = self.kernel(), self.padding
        if self.evenly:
            kernel = F.pad(kernel, (1, 0, 1, 0))
            padding = (math.ceil((self.kernel_size[0] - self.stride[0]) / 2),) * 2
        return F.conv2d(input, kernel, self.bias, self.stride, padding, groups=self.groups)


def trainable(network: nn.Module, size: int = 224, like: nn.Module | None = None) -> nn.Module:
    """A copy to go on training with: batch norms held in `ScaledConv2d`, padding fixed.

    Frozen norms are a part of the convolutions here, so a step costs about half. size: side of
    the square image of a trial run; any even size at every stride-2 layer will do afterwards.
    like: the network whose norms' scales are kept apart, if another: one whose own are spent.
    """
    folded, scales = folding.fold_batch_norm(network, size), _scales(like or network, size)
    for name, module in folding.modules_of(folded, nn.Conv2d):
        uneven = type(module).__name__ == "Conv2dSame"
        if name in scales or uneven:
            folded.set_submodule(name, _scaled(module, scales.get(name, torch.ones(1)), uneven))
    folding.refuse_another_answer(network, folded, folding.probe_of(size))
    return folded


SMALLEST_SCALE = 1e-3
"""Of the largest in the same norm; a channel nearer to nothing would need endless weights."""


def _scales(network: nn.Module, size: int) -> dict[str, Tensor]:
    """By convolution, gamma / sqrt(var + e) of the norm behind it: (K,)."""
    scales: dict[str, Tensor] = {}
    for convolution, norm in folding.norms_by_convolution(network, folding.probe_of(size)):
        batch_norm: Any = network.get_submodule(norm)
        scale = (batch_norm.running_var + batch_norm.eps).rsqrt()
        if batch_norm.weight is not None:
            scale = scale * batch_norm.weight.detach()
        small = scale.abs() < SMALLEST_SCALE * scale.abs().max()
        scales[convolution] = torch.where(small, SMALLEST_SCALE * scale.abs().max(), scale)
    return scales


def _scaled(conv: Any, scale: Tensor, uneven: bool) -> ScaledConv2d:
    made = ScaledConv2d(
        conv.in_channels, conv.out_channels, conv.kernel_size, conv.stride, conv.padding,
        groups=conv.groups, bias=conv.bias is not None,
    )  # fmt: skip
    made.evenly = uneven and conv.stride[0] == 2
    made.register_buffer("scale", scale.detach().reshape(-1, 1, 1, 1).to(conv.weight.dtype))
    made.weight, made.bias = nn.Parameter(conv.weight.detach() / made.scale), conv.bias
    return made


def unfolded(folded: nn.Module, network: nn.Module, size: int = 224) -> nn.Module:
    """A copy of `network`, norms and all, that computes what `folded` (`trainable`'s) computes.

    Each norm is left with the convolution's bias as its shift and nothing else to do.
    """
    copied = copy.deepcopy(network)
    for convolution, norm in folding.norms_by_convolution(copied, folding.probe_of(size)):
        trained: Any = folded.get_submodule(convolution)
        conv: Any = copied.get_submodule(convolution)
        batch_norm: Any = copied.get_submodule(norm)
        with torch.no_grad():
            conv.weight.copy_(trained.kernel())
            batch_norm.weight.fill_(1.0)
            batch_norm.bias.copy_(trained.bias)
            batch_norm.running_mean.fill_(0.0)
            batch_norm.running_var.fill_(1.0 - batch_norm.eps)
    folding.refuse_another_answer(folded, copied, folding.probe_of(size))
    return copied
