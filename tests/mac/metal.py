"""A GPU of Apple's, imitated by the CPU: what Metal refuses is refused here, in PyTorch's words.

`Metal` tensors say that they lie on `mps`. They refuse float64, `.numpy()`, and to meet tensors or
generators of the CPU; the last is what CUDA refuses too. The numbers are the CPU's. What is
looked at are calls from Python: what PyTorch does within one of them is its own affair.
"""

import functools
from collections.abc import Callable
from typing import Any

import pytest
import torch
from torch import Tensor, nn
from torch.utils._pytree import tree_iter, tree_map_only

from demo import device

MPS = torch.device("mps", 0)
CPU = torch.device("cpu")
NO_FLOAT64 = (
    "Cannot convert a MPS Tensor to float64 dtype as the MPS framework doesn't support float64. "
    "Please use float32 instead."
)
NOT_NUMPY = (
    "can't convert mps:0 device type tensor to numpy. Use Tensor.cpu() to copy the tensor to host "
    "memory first."
)
TWO_DEVICES = (
    "Expected all tensors to be on the same device, but found at least two devices, mps:0 and cpu!"
)
OTHER_INDICES = "indices should be either on cpu or on the same device as the indexed tensor (cpu)"
OTHER_GENERATOR = "Expected a '{}' device type for generator but found '{}'"
FACTORIES = (
    "tensor", "as_tensor", "zeros", "ones", "full", "empty", "arange", "linspace", "eye", "rand",
    "randn", "randint", "randperm", "zeros_like", "ones_like", "full_like", "empty_like",
    "rand_like", "randn_like",
)  # fmt: skip


def imitate(patch: pytest.MonkeyPatch) -> None:
    """Until `patch` is undone this machine has Metal, in every thread, and nothing better."""
    patch.delenv(device.VARIABLE, raising=False)
    patch.setattr(device, "_usable", lambda: ["mps", "cpu"])
    for name in FACTORIES:
        patch.setattr(torch, name, _factory(getattr(torch, name)))
    patch.setattr(Tensor, "to", _to(Tensor.to))
    patch.setattr(torch, "Generator", Generator)
    patch.setattr(torch, "load", _loaded(torch.load))


class Metal(Tensor):
    """A tensor that says `mps`."""

    @classmethod
    def __torch_function__(cls, func: Any, types: Any, args: Any = (), kwargs: Any = None) -> Any:
        kwargs, name = kwargs or {}, getattr(func, "__name__", "")
        special = SPECIAL.get(name)
        if special is not None:
            return special(func, args, kwargs)
        _refuse_meetings(name, args, kwargs)
        if "device" in kwargs:  # zeros_like, new_zeros and their kin
            return _made(functools.partial(_asked, func), args, kwargs)
        return on_metal(_plainly(func, args, kwargs))


class Generator(torch.Generator):
    """A generator that says where it is."""

    def __new__(cls, device: Any = "cpu") -> "Generator":
        made = super().__new__(cls)
        made.where = MPS if torch.device(device).type == "mps" else CPU
        return made

    @property
    def device(self) -> torch.device:
        """`mps:0` or `cpu`."""
        return self.where


def on_metal(values: Any) -> Any:
    """The same values, every tensor among them on `mps`. Raises TypeError at float64."""
    return tree_map_only(Tensor, _wrapped, values)


def _wrapped(tensor: Tensor) -> Tensor:
    if tensor.dtype in (torch.float64, torch.complex128):
        raise TypeError(NO_FLOAT64)
    return tensor if isinstance(tensor, Metal) else tensor.as_subclass(Metal)


def _plainly(func: Any, args: Any, kwargs: Any) -> Any:
    with torch._C.DisableTorchFunctionSubclass():
        return func(*args, **kwargs)


def _asked(func: Any, *args: Any, **kwargs: Any) -> Any:
    return _plainly(func, args, kwargs)


def _property(func: Any, args: Any, kwargs: Any) -> Any:
    answers = {"device": MPS, "is_mps": True, "is_cpu": False}
    asked = getattr(func.__self__, "__name__", "")
    return answers[asked] if asked in answers else on_metal(_plainly(func, args, kwargs))


def _refuse_numpy(func: Any, args: Any, kwargs: Any) -> None:
    raise TypeError(NOT_NUMPY)


def _moved(func: Any, args: Any, kwargs: Any) -> Any:
    """`.cpu()`, `.to(...)` and `.type_as(other)`, from either device to either."""
    there = isinstance(args[0], Metal) and func.__name__ != "cpu"
    for wish in (*args[1:], *kwargs.values()):
        if isinstance(wish, Tensor):
            there = isinstance(wish, Metal)
        elif isinstance(wish, (str, torch.device)):
            there = torch.device(wish).type == "mps"
    args, kwargs = tree_map_only((str, torch.device), lambda _: CPU, (args, kwargs))
    found = _plainly(func, args, kwargs)
    return on_metal(found) if there else found.as_subclass(Tensor)


def _copied(func: Any, args: Any, kwargs: Any) -> Tensor:
    """copy.deepcopy of one tensor. args: it, and what is copied already."""
    tensor, memo = args
    if id(tensor) not in memo:
        made = tensor.detach().clone()
        is_parameter = isinstance(tensor, nn.Parameter)
        memo[id(tensor)] = nn.Parameter(made, tensor.requires_grad) if is_parameter else made
    copy: Tensor = memo[id(tensor)]
    return copy


def _pickled(func: Any, args: Any, kwargs: Any) -> Any:
    return args[0].detach().as_subclass(Tensor).__reduce_ex__(*args[1:])


SPECIAL: dict[str, Callable[[Any, Any, Any], Any]] = {
    "__get__": _property, "numpy": _refuse_numpy, "__array__": _refuse_numpy, "cpu": _moved,
    "to": _moved, "type_as": _moved, "copy_": _plainly, "__deepcopy__": _copied,
    "__reduce_ex__": _pickled,
    "_has_compatible_shallow_copy_type": lambda *_: False,  # a module that moves gets new ones
}  # fmt: skip


def _refuse_meetings(name: str, args: Any, kwargs: Any) -> None:
    generator = kwargs.get("generator")
    if generator is not None and generator.device != MPS:
        raise RuntimeError(OTHER_GENERATOR.format("mps", "cpu"))
    if name in ("__getitem__", "__setitem__") and isinstance(args[0], Metal):
        return  # by indices of the CPU too
    if name == "__getitem__":
        raise RuntimeError(OTHER_INDICES)
    tensors = [value for value in tree_iter((args, kwargs)) if isinstance(value, Tensor)]
    if any(not isinstance(tensor, Metal) and tensor.dim() for tensor in tensors):
        raise RuntimeError(TWO_DEVICES)


def _made(create: Callable[..., Tensor], args: Any, kwargs: Any) -> Tensor:
    """What a factory makes, on the device that it is asked for."""
    where = torch.device(kwargs.get("device") or CPU)
    generator = kwargs.get("generator")
    if generator is not None and generator.device.type != where.type:
        raise RuntimeError(OTHER_GENERATOR.format(where.type, generator.device.type))
    if where.type != "mps":
        return create(*args, **kwargs)
    made: Tensor = on_metal(create(*args, **(kwargs | {"device": CPU})))
    return made


def _factory(create: Callable[..., Tensor]) -> Callable[..., Tensor]:
    @functools.wraps(create)
    def made(*args: Any, **kwargs: Any) -> Tensor:
        return _made(create, args, kwargs)

    return made


def _to(move: Callable[..., Tensor]) -> Callable[..., Tensor]:
    @functools.wraps(move)
    def moved(*args: Any, **kwargs: Any) -> Any:
        return _moved(move, args, kwargs)

    return moved


def _loaded(load: Callable[..., Any]) -> Callable[..., Any]:
    @functools.wraps(load)
    def loaded(*args: Any, map_location: torch.device | None = None, **kwargs: Any) -> Any:
        found = load(*args, map_location=CPU, **kwargs)
        return on_metal(found) if map_location == MPS else found

    return loaded
