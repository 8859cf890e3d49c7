"""One gradient on CUDA, four ways, and its share of two floors: memory traffic and arithmetic.

Eager, as the app runs it; captured as a CUDA graph; compiled by `torch.compile`; and in
PyTorch's own layout instead of channels last. The floors are those of this device, measured: a
large copy for its bandwidth, a large float32 product for its arithmetic. Without CUDA
`measured` gives nothing, but `floors` and `needs` work on every device.
"""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

import torch
from torch import Tensor, nn
from torch.utils._python_dispatch import TorchDispatchMode
from torch.utils.flop_counter import flop_registry

from demo import fgsm, models
from tests.benchmarks import subjects, timing
from tests.benchmarks.subjects import Subject

BATCHES = (1, 8, 64)
EAGER = "eager, as the app runs it"
VIEWS = ("view", "as_strided", "expand", "permute", "transpose", "detach", "alias", "t.default")


@dataclass(frozen=True)
class Needs:
    """flops: of convolutions and products.  traffic: bytes that the operations read and write, each
    on its own.  least: bytes if everything but images, weights and gradient stayed in the cache,
    the weights read for both passes."""

    flops: int
    traffic: int
    least: int


class _Count(TorchDispatchMode):
    """Counts the bytes of what every operation takes and gives, views left out, and the flops."""

    def __init__(self) -> None:
        super().__init__()
        self.bytes = self.flops = 0

    def __torch_dispatch__(
        self, func: Any, types: Any, args: Any = (), kwargs: Any = None
    ) -> object:
        given = func(*args, **(kwargs or {}))
        if not any(name in str(func) for name in VIEWS):
            flat = torch.utils._pytree.tree_leaves((args, kwargs, given))
            self.bytes += sum(t.nbytes for t in flat if isinstance(t, Tensor))
        if func._overloadpacket in flop_registry:
            flops = flop_registry[func._overloadpacket]
            self.flops += flops(*args, **(kwargs or {}), out_val=given)
        return given


def needs(model: nn.Module, images: Tensor, labels: Tensor) -> Needs:
    """What one gradient takes, counted over one run of it."""
    with _Count() as counted:
        fgsm.loss_gradient(model, images, labels)
    weights = sum(p.nbytes for p in model.parameters())
    return Needs(counted.flops, counted.bytes, 2 * (weights + images.nbytes))


def floors(device: torch.device, values: int = 1 << 26) -> tuple[float, float]:
    """(bytes a second of a copy, float32 operations a second of a product), the best of five."""
    side = int((values / 4) ** 0.5)
    source, matrix = torch.rand(values, device=device), torch.rand(side, side, device=device)
    kept = torch.empty_like(source)
    work: dict[str, Callable[[], object]] = {
        "copy": lambda: kept.copy_(source),
        "product": lambda: matrix @ matrix,
    }
    seconds = timing.in_turns(work, 5, 1)
    return 2 * source.nbytes / min(seconds["copy"]), 2 * side**3 / min(seconds["product"])


def captured(model: nn.Module, images: Tensor, labels: Tensor) -> Callable[[], Tensor]:
    """The gradient as a CUDA graph: one launch for all kernels, the same memory at each run."""
    side = torch.cuda.Stream()
    side.wait_stream(torch.cuda.current_stream())
    with torch.cuda.stream(side):
        for _ in range(3):
            fgsm.loss_gradient(model, images, labels)
    torch.cuda.current_stream().wait_stream(side)
    graph = torch.cuda.CUDAGraph()
    with torch.cuda.graph(graph):
        gradient = fgsm.loss_gradient(model, images, labels)

    def replay() -> Tensor:
        graph.replay()
        return gradient

    return replay


def ways(on: Subject, batch: int) -> dict[str, Callable[[], Tensor]]:
    """Name -> a call that gives the gradient; all with the app's precision."""
    images, labels = on.batch(batch)
    compiled = torch.compile(on.model)
    plain = models.load(on.name, on.device).to(memory_format=torch.contiguous_format)
    return {
        EAGER: lambda: fgsm.loss_gradient(on.model, images, labels),
        "CUDA graph": captured(on.model, images, labels),
        "torch.compile": lambda: fgsm.loss_gradient(compiled, images, labels),
        "not channels last": lambda: fgsm.loss_gradient(plain, images, labels),
    }


def entries(
    on: Subject, batch: int, found: dict[str, Callable[[], Tensor]], rounds: int,
    speed: tuple[float, float],
) -> list[dict[str, Any]]:  # fmt: skip
    """A row a way: its time over the eager one's, its signs against it, its shares of the floors.

    A share of 1 is the floor itself: the least time, over the time that it took.
    """
    eager = found[EAGER]().sign()
    agreed = {name: float((way().sign() == eager).double().mean()) for name, way in found.items()}
    seconds = timing.in_turns(found, rounds, 2)
    wanted = needs(on.model, *on.batch(batch))
    rows = []
    for name, spent in seconds.items():
        took = timing.summary(spent)
        rows.append(
            {"network": on.name, "batch": batch, "step": name, "ours": took}
            | timing.ratio(spent, seconds[EAGER])
            | {
                "signs_as_eager": agreed[name],
                "share_of_the_arithmetic_floor": wanted.flops / speed[1] / took["median"],
                "share_of_the_bandwidth_floor": wanted.traffic / speed[0] / took["median"],
                "share_of_the_least_bandwidth_floor": wanted.least / speed[0] / took["median"],
            }
        )
    return rows


def measured(rounds: int) -> list[dict[str, Any]]:
    """All ways, batches and networks; nothing where there is no CUDA."""
    if not torch.cuda.is_available():
        return []
    speed = floors(torch.device("cuda"))
    subjects_ = [Subject(name) for name in subjects.NETWORKS]
    return [
        row
        for on in subjects_
        for batch in BATCHES
        for row in entries(on, batch, ways(on, batch), 2 * rounds, speed)
    ]
