"""Batch norms folded into convolutions, and a clamp that keeps no copy: the same function, cheaper.

`fold_batch_norm` looks at a trial run, and refuses a network whose answer it would change.
`frozen_norms` has the same for training.
"""

import copy
from collections.abc import Callable
from typing import Any

import torch
from torch import Tensor, nn
from torch.nn.utils.fusion import fuse_conv_bn_weights

TOLERANCE = 1e-3
"""Largest change of a logit, over the largest logit, that rounding in float32 can explain."""


def fold_batch_norm(network: nn.Module, size: int = 224) -> nn.Module:
    """W' = W * gamma / sqrt(var + e), b' = beta - mu * gamma / sqrt(var + e): a copy without norms.

    In eval mode a batch norm is a fixed scale and shift of each channel, so it merges into the
    convolution before it: the same function up to float32 rounding, in about half the time.
    size: side of the square image of one trial run, which shows what follows what. A norm that
    does not take exactly one convolution's output, or an answer that changes, is refused with a
    `ValueError`. The merge is computed in float64. The argument is left as it is.
    """
    if network.training:
        raise ValueError("Batch norms are folded in eval mode; call .eval() first.")
    folded = copy.deepcopy(network)
    probe = probe_of(size)
    for convolution, norm in norms_by_convolution(folded, probe):
        _merge(folded, convolution, norm)
    refuse_another_answer(network, folded, probe)
    return folded


class ClampInPlace(nn.Module):
    """min(max(x, 0), 6) written over x, of which nothing is kept for the gradient but the result.

    PyTorch's own `ReLU6(inplace=True)` copies x before it writes over it, because its gradient is
    told from x. It can be told from the result as well: 1 strictly between 0 and 6, else 0.
    """

    def forward(self, values: Tensor) -> Tensor:
        """values: any shape; overwritten, and returned."""
        clamped: Tensor = _Clamp.apply(values)
        return clamped


class _Clamp(torch.autograd.Function):
    @staticmethod
    def forward(ctx: Any, values: Tensor) -> Tensor:
        ctx.mark_dirty(values.clamp_(0, 6))
        ctx.save_for_backward(values)
        return values

    @staticmethod
    def backward(ctx: Any, gradient: Tensor) -> Tensor:
        passed: Tensor = torch.ops.aten.hardtanh_backward(gradient, ctx.saved_tensors[0], 0, 6)
        return passed


def probe_of(size: int) -> Tensor:
    """One image of noise for a trial run, always the same."""
    return torch.rand(1, 3, size, size, generator=torch.Generator().manual_seed(0))


def norms_by_convolution(network: nn.Module, probe: Tensor) -> list[tuple[str, str]]:
    """(convolution, batch norm) by name, each norm with the one whose output it takes."""
    outputs: dict[tuple[int, int], tuple[str, Tensor]] = {}  # they stay alive: an id is unique
    pairs: list[tuple[str, str]] = []

    def as_it_is(output: Tensor) -> tuple[int, int]:
        return id(output), output._version  # the second counts what was written over it

    def remember(name: str) -> Callable[..., None]:
        return lambda _module, _images, output: outputs.update({as_it_is(output): (name, output)})

    def pair(name: str) -> Callable[..., None]:
        def follow(_module: nn.Module, args: tuple[Tensor, ...]) -> None:
            pairs.append((outputs.get(as_it_is(args[0]), ("", None))[0], name))

        return follow

    hooks = [
        *(m.register_forward_hook(remember(n)) for n, m in modules_of(network, nn.Conv2d)),
        *(m.register_forward_pre_hook(pair(n)) for n, m in modules_of(network, nn.BatchNorm2d)),
    ]
    with torch.no_grad():
        network(probe)
    for hook in hooks:
        hook.remove()
    _refuse_unpaired(pairs, [name for name, _ in modules_of(network, nn.BatchNorm2d)])
    return pairs


def modules_of(network: nn.Module, kind: type[nn.Module]) -> list[tuple[str, nn.Module]]:
    """(name, module) of every module of that kind."""
    return [(name, module) for name, module in network.named_modules() if isinstance(module, kind)]


def _refuse_unpaired(pairs: list[tuple[str, str]], norms: list[str]) -> None:
    """Every norm ran once and took the output of a convolution that feeds no other norm."""
    convolutions = [convolution for convolution, _ in pairs]
    for norm in norms:
        partners = [convolution for convolution, other in pairs if other == norm]
        if len(partners) != 1 or not partners[0] or convolutions.count(partners[0]) != 1:
            raise ValueError(
                f"The batch norm {norm} cannot be folded: "
                "it must follow one convolution, once, and that convolution nothing else."
            )


def _merge(network: nn.Module, convolution: str, norm: str) -> None:
    """Write norm's scale and shift into the convolution; leave norm's activation in its place."""
    conv: Any = network.get_submodule(convolution)
    batch_norm: Any = network.get_submodule(norm)
    if batch_norm.running_mean is None:
        raise ValueError(f"The batch norm {norm} cannot be folded: it keeps no running mean.")
    weight, bias = fuse_conv_bn_weights(
        conv.weight.double(),
        None if conv.bias is None else conv.bias.double(),
        batch_norm.running_mean.double(),
        batch_norm.running_var.double(),
        batch_norm.eps,
        None if batch_norm.weight is None else batch_norm.weight.double(),
        None if batch_norm.bias is None else batch_norm.bias.double(),
    )
    conv.weight = nn.Parameter(weight.detach().to(conv.weight.dtype))
    conv.bias = nn.Parameter(bias.detach().to(conv.weight.dtype))
    network.set_submodule(norm, _after(batch_norm))


def _after(batch_norm: nn.Module) -> nn.Module:
    """What a timm batch norm does after normalising: drop, then activation; else nothing."""
    parts = [getattr(batch_norm, part, None) for part in ("drop", "act")]
    work = [part for part in parts if part is not None and not isinstance(part, nn.Identity)]
    return nn.Sequential(*work) if len(work) > 1 else (work or [nn.Identity()])[0]


def refuse_another_answer(network: nn.Module, folded: nn.Module, probe: Tensor) -> None:
    """Raise ValueError where the two answer `probe` differently, beyond `TOLERANCE`."""
    with torch.no_grad():
        before, after = network(probe), folded(probe)
    change = ((after - before).abs().max() / before.abs().max()).item()
    if not change <= TOLERANCE:
        raise ValueError(f"Rewriting the network changed a logit by {change:.1%} of the largest.")
