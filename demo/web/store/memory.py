"""A GPU whose memory does not suffice: the same computation on the CPU, and a sentence about it."""

import copy
import time
from collections.abc import Callable
from typing import Any, ParamSpec, TypeVar

import torch
from torch import Tensor, nn

_P = ParamSpec("_P")
_R = TypeVar("_R")

CPU = torch.device("cpu")
TOLD_FOR = 60.0
"""Seconds that the pages speak of it."""
SENTENCE = (
    "The GPU's memory did not suffice a moment ago, so the CPU computed it: the answers are the "
    "same but for rounding, and take longer."
)
_last = [-TOLD_FOR]


class Exhausted(ValueError):
    """The GPU's memory does not suffice, and what was to be computed cannot be moved."""


def spared(compute: Callable[_P, _R], *args: _P.args, **kwargs: _P.kwargs) -> _R:
    """compute(...); where the GPU has no memory left for it, once more with everything on the CPU.

    Tensors, networks and devices among the arguments are moved, in tuples, lists and dicts too;
    the originals stay where they are. Raises `Exhausted` where there is nothing to move.
    """
    try:
        return compute(*args, **kwargs)
    except RuntimeError as error:
        if not is_out_of_memory(error):
            raise
    torch.cuda.empty_cache()  # outside the handler: the failed computation's tensors are free now
    moved: list[object] = []
    moved_args, moved_kwargs = _on_cpu((args, kwargs), moved)
    if not moved:
        raise Exhausted(
            "The GPU's memory does not suffice for this just now: try again in a moment, or start "
            "the app with DEMO_DEVICE=cpu."
        )
    _last[0] = time.monotonic()
    return compute(*moved_args, **moved_kwargs)


def moved(network: nn.Module) -> nn.Module:
    """A copy of the network on the CPU, for what cannot be moved and must begin again there."""
    torch.cuda.empty_cache()
    _last[0] = time.monotonic()
    return _copied_to_cpu(network)


def notice() -> str | None:
    """What a page should say: a sentence for a minute after the CPU had to help."""
    return SENTENCE if time.monotonic() - _last[0] < TOLD_FOR else None


def is_out_of_memory(error: RuntimeError) -> bool:
    """Whether it is the GPU's memory that was too small: CUDA's has a class, Apple's a message."""
    return isinstance(error, torch.OutOfMemoryError) or "MPS backend out of memory" in str(error)


def _on_cpu(value: Any, moved: list[object]) -> Any:
    """The value with everything that computes on the CPU; `moved` gets what was moved."""
    if isinstance(value, Tensor | nn.Module | torch.device):
        moved.append(value)
    if isinstance(value, Tensor):
        return value.detach().to(CPU)
    if isinstance(value, nn.Module):
        return _copied_to_cpu(value)
    if isinstance(value, torch.device):
        return CPU
    if type(value) in (tuple, list):
        return type(value)(_on_cpu(each, moved) for each in value)
    if type(value) is dict:
        return {name: _on_cpu(each, moved) for name, each in value.items()}
    return value


def _copied_to_cpu(network: nn.Module) -> nn.Module:
    """A copy that takes nothing of the GPU's memory: its tensors are copied straight to the CPU."""
    there: dict[int, Any] = {}
    for parameter in network.parameters():
        here = parameter.detach().to(CPU, copy=True)
        there[id(parameter)] = nn.Parameter(here, requires_grad=parameter.requires_grad)
    for buffer in network.buffers():
        there[id(buffer)] = buffer.detach().to(CPU, copy=True)
    return copy.deepcopy(network, there)
