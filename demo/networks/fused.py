"""A convolution and what follows it in one pass over the memory, where no gradient is asked for.

oneDNN can clamp what it has convolved, or add to it, before it writes it. The operator for that
is the one that PyTorch's own compiler calls; it is no public one, so it is tried once before it
is relied on, and where it is not, or with a gradient, plain operators do the same.
"""

import functools
from typing import Any

import torch
from torch import Tensor, nn

from demo.networks.folding import ClampInPlace

LOWEST, HIGHEST = 0.0, 6.0
"""Of ReLU6."""
TOLERANCE = 1e-4


class FusedConv2d(nn.Conv2d):
    """min(max(conv(input), 0), 6) where `clamped`, else conv(input) + added.

    The same up to float32 rounding, whichever way it goes.
    """

    clamped = False

    def forward(self, input: Tensor, added: Tensor | None = None) -> Tensor:
        """input: (N, C, H, W).  added: of the output's shape, (N, K, H', W'), which is returned."""
        return self.in_one_pass(input, added) if usable(input) else self.step_by_step(input, added)

    def in_one_pass(self, input: Tensor, added: Tensor | None = None) -> Tensor:
        """By oneDNN's operator, which knows no gradient."""
        operator: Any = torch.ops.mkldnn._convolution_pointwise
        shape = (self.padding, self.stride, self.dilation, self.groups)
        if self.clamped or added is None:
            after = ("hardtanh", [LOWEST, HIGHEST], "") if self.clamped else ("none", [], "")
            alone: Tensor = operator(input, self.weight, self.bias, *shape, *after)
            return alone
        both: Tensor = operator.binary(
            input, added, self.weight, self.bias, *shape, "add", 1.0, None, [], None
        )
        return both

    def step_by_step(self, input: Tensor, added: Tensor | None = None) -> Tensor:
        """By PyTorch's own, each after the other."""
        moved = super().forward(input)
        if self.clamped:
            clamped: Tensor = _CLAMP(moved)
            return clamped
        return moved if added is None else moved + added


_CLAMP = ClampInPlace()


def usable(images: Tensor) -> bool:
    """Whether the operator can take them."""
    return (
        not torch.is_grad_enabled()
        and images.device.type == "cpu"
        and images.dtype == torch.float32
        and _works()
    )


@functools.cache
def _works() -> bool:
    """Whether it is here, and computes what plain operators do."""
    backend: Any = torch.backends.mkldnn  # it has no types
    if not backend.is_available():
        return False
    with torch.random.fork_rng(devices=[]), torch.inference_mode():
        torch.manual_seed(0)
        images, added = torch.randn(2, 8, 6, 6), torch.randn(2, 8, 6, 6)
        for clamped, groups, more in ((True, 8, None), (False, 1, added), (False, 1, None)):
            layer = FusedConv2d(8, 8, 3, padding=1, groups=groups)
            layer.clamped = clamped
            try:
                found = layer.in_one_pass(images, more)
            except (AttributeError, RuntimeError, TypeError):  # another PyTorch, another build
                return False
            if not torch.allclose(found, layer.step_by_step(images, more), atol=TOLERANCE):
                return False
    return True
