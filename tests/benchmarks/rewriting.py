"""Two rewritings that the embedded network has by its construction, for networks of other origin.

`fix_padding` refuses a network whose answer it would change; `clamp_in_place` changes no bit of it.
"""

import copy
import math
from collections.abc import Callable
from typing import Any

import torch
import torch.nn.functional as F
from torch import nn

from demo.networks.folding import ClampInPlace, modules_of, probe_of, refuse_another_answer


def fix_padding(network: nn.Module, size: int = 224) -> nn.Module:
    """conv(pad(images)) = conv'(images): a copy whose uneven padding is worked out beforehand.

    TensorFlow's "same" padding puts one row more after than before, which timm's `Conv2dSame`
    does by copying the images at each call. A kernel with one leading row and column of zeros
    and even padding gives the same sums without the copy.
    size: side of the square images, the only size for which the copy is promised to be right.
    The argument is left as it is.
    """
    fixed = copy.deepcopy(network)
    sides: dict[str, int] = {}

    def measure(name: str) -> Callable[..., None]:
        return lambda _module, args: sides.update({name: args[0].shape[-1]})

    same = [(n, m) for n, m in modules_of(fixed, nn.Conv2d) if type(m).__name__ == "Conv2dSame"]
    hooks = [module.register_forward_pre_hook(measure(name)) for name, module in same]
    with torch.no_grad():
        fixed(probe_of(size))
    for hook in hooks:
        hook.remove()
    for name, side in sides.items():
        fixed.set_submodule(name, _evenly_padded(fixed.get_submodule(name), side))
    refuse_another_answer(network, fixed, probe_of(size))
    return fixed


def clamp_in_place(network: nn.Module) -> nn.Module:
    """A copy in which every in-place ReLU6 is a `ClampInPlace`: same bits, less memory and time.

    Only those that PyTorch runs in place already: whoever built them saw to it that nobody else
    reads what they write over. The argument is left as it is.
    """
    lean = copy.deepcopy(network)
    for name, module in modules_of(lean, nn.ReLU6):
        if module.inplace:
            lean.set_submodule(name, ClampInPlace())
    return lean


def _evenly_padded(conv: Any, side: int) -> nn.Conv2d:
    """`conv`, which pads to "same", for images of one side: zeros lead its kernel if need be."""
    kernel, stride = conv.kernel_size[0], conv.stride[0]
    padding = max((math.ceil(side / stride) - 1) * stride + kernel - side, 0)
    after, uneven = math.ceil(padding / 2), padding % 2
    shape = conv.in_channels, conv.out_channels, kernel + uneven, stride, after
    even = nn.Conv2d(*shape, groups=conv.groups, bias=conv.bias is not None)
    even.weight = nn.Parameter(F.pad(conv.weight.detach(), (uneven, 0, uneven, 0)))
    even.bias = conv.bias
    return even
