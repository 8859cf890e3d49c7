"""EfficientNet-Lite0 in eval mode: batch norms folded, padding fixed, nothing copied.

The same function as timm's `tf_efficientnet_lite0` rewritten by `folding`, built from the same
tensors without timm, whose import and trial runs take longer than everything else up to the
first answer. Images are squares whose side is a multiple of 32: there the padding is the same.
Source: https://github.com/tensorflow/tpu/tree/master/models/official/efficientnet/lite
"""

import torch
import torch.nn.functional as F
from torch import Tensor, nn
from torch.nn.utils.fusion import fuse_conv_bn_weights

from demo.networks.fused import FusedConv2d
from demo.networks.weights import Tensors

STAGES = (
    (1, 32, 16, 3, 1), (2, 16, 24, 3, 2), (2, 24, 40, 5, 2), (3, 40, 80, 3, 2),
    (3, 80, 112, 5, 1), (4, 112, 192, 5, 2), (1, 192, 320, 3, 1),
)  # fmt: skip
"""Blocks, channels in and out, kernel, stride of the first. Inside a block six times the channels
that come in; in the first stage once."""
HEAD = 1280
NORM_EPSILON = 1e-3


class EfficientNetLite0(nn.Module):
    """Normalised images (N, 3, S, S), S a multiple of 32 -> logits (N, `classes`).

    tensors: by timm's names; each is used, and none may be missing or of another shape.
    Raises ValueError where they do not fit.
    """

    def __init__(self, tensors: Tensors, classes: int = 1000) -> None:
        super().__init__()
        left = _Unused(tensors)
        body: list[nn.Module] = [_clamped(left.convolution("conv_stem", "bn1", 3, 32, 3, 2))]
        for i, (blocks, before, after, kernel, stride) in enumerate(STAGES):
            for j in range(blocks):
                shape = (before, after, kernel, stride) if j == 0 else (after, after, kernel, 1)
                body.append(_Block(left, f"blocks.{i}.{j}", *shape))
        body.append(_clamped(left.convolution("conv_head", "bn2", STAGES[-1][2], HEAD, 1, 1)))
        self.body = nn.Sequential(*body)
        self.classifier = left.linear("classifier", HEAD, classes)
        left.refuse_what_is_left()

    def forward(self, images: Tensor) -> Tensor:
        """images: (N, 3, S, S), normalised -> logits (N, classes)."""
        logits: Tensor = self.classifier(self.body(images).mean(dim=(2, 3)))
        return logits


class _Block(nn.Module):
    """Expand, convolve each channel alone, project; added to what came in where shapes allow."""

    def __init__(
        self, left: "_Unused", name: str, before: int, after: int, kernel: int, stride: int
    ) -> None:
        super().__init__()
        first = before == 32
        inside = before if first else 6 * before
        names = ["conv_dw", "conv_pw"] if first else ["conv_pw", "conv_dw", "conv_pwl"]
        numbered = [(f"{name}.{conv}", f"{name}.bn{k}") for k, conv in enumerate(names, start=1)]
        layers: list[nn.Module] = []
        if not first:
            layers.append(_clamped(left.convolution(*numbered[0], before, inside, 1, 1)))
        layers.append(
            _clamped(left.convolution(*numbered[-2], inside, inside, kernel, stride, groups=inside))
        )
        self.layers = nn.Sequential(*layers)
        self.projection = left.convolution(*numbered[-1], inside, after, 1, 1)
        self.residual = before == after

    def forward(self, values: Tensor) -> Tensor:
        """(N, C, H, W) -> (N, C', H', W')."""
        moved: Tensor = self.projection(self.layers(values), values if self.residual else None)
        return moved


def _clamped(convolution: FusedConv2d) -> FusedConv2d:
    convolution.clamped = True
    return convolution


class _Unused:
    """Tensors by timm's names, those taken out that a layer has got."""

    def __init__(self, tensors: Tensors) -> None:
        self.tensors = {n: t for n, t in tensors.items() if not n.endswith("num_batches_tracked")}

    def take(self, name: str, *shape: int) -> Tensor:
        if name not in self.tensors or self.tensors[name].shape != shape:
            raise ValueError(f"The weights do not fit the network EfficientNetLite0: {name}.")
        return self.tensors.pop(name)

    def convolution(
        self, name: str, norm: str, before: int, after: int, kernel: int, stride: int,
        groups: int = 1,
    ) -> FusedConv2d:  # fmt: skip
        """W * gamma / sqrt(var + e), beta - mu * gamma / sqrt(var + e), merged in float64.

        With a stride of 2 TensorFlow pads one row more after than before: a leading row and
        column of zeros in the kernel makes even padding of it.
        """
        weight = self.take(f"{name}.weight", after, before // groups, kernel, kernel)
        mean, var = (self.take(f"{norm}.running_{x}", after).double() for x in ("mean", "var"))
        gamma, beta = (self.take(f"{norm}.{x}", after).double() for x in ("weight", "bias"))
        folded, bias = fuse_conv_bn_weights(
            weight.double(), None, mean, var, NORM_EPSILON, gamma, beta
        )
        uneven = stride - 1
        merged = F.pad(folded, (uneven, 0, uneven, 0)) if uneven else folded
        size, padding = kernel + uneven, kernel // 2
        layer = FusedConv2d(before, after, size, stride=stride, padding=padding, groups=groups)
        layer.weight, layer.bias = _parameter(merged), _parameter(bias)
        return layer

    def linear(self, name: str, before: int, after: int) -> nn.Linear:
        layer = nn.Linear(before, after)
        layer.weight = _parameter(self.take(f"{name}.weight", after, before))
        layer.bias = _parameter(self.take(f"{name}.bias", after))
        return layer

    def refuse_what_is_left(self) -> None:
        if self.tensors:
            first = next(iter(self.tensors))
            raise ValueError(f"The weights do not fit the network EfficientNetLite0: {first}.")


def _parameter(values: Tensor) -> nn.Parameter:
    return nn.Parameter(values.detach().to(torch.float32), requires_grad=False)
