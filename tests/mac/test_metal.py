"""The imitated GPU refuses what Metal refuses, and leaves the rest as it is."""

import copy
from collections.abc import Callable

import numpy as np
import pytest
import torch
from torch import Tensor, nn

from demo import device
from tests.mac import metal

MPS = torch.device("mps")


@pytest.fixture(autouse=True)
def mac(monkeypatch: pytest.MonkeyPatch) -> None:
    metal.imitate(monkeypatch)


@pytest.fixture
def there() -> Tensor:
    return torch.tensor([-1.0, 2.0, 3.0], device=MPS)


HERE = torch.ones(3)
REFUSED: dict[str, tuple[str, Callable[[Tensor], object]]] = {
    "double": (metal.NO_FLOAT64, lambda x: x.double()),
    "to float64": (metal.NO_FLOAT64, lambda x: x.to(torch.float64)),
    "a sum in float64": (metal.NO_FLOAT64, lambda x: x.sum(dtype=torch.float64)),
    "a bool in float64": (metal.NO_FLOAT64, lambda x: (x > 0).double()),
    "made in float64": (
        metal.NO_FLOAT64, lambda x: torch.zeros(3, dtype=torch.float64, device=MPS)
    ),
    "NumPy's floats": (metal.NO_FLOAT64, lambda x: torch.tensor(np.ones(3), device=MPS)),
    "moved in float64": (metal.NO_FLOAT64, lambda x: torch.from_numpy(np.ones(3)).to(MPS)),
    "a network in float64": (metal.NO_FLOAT64, lambda x: nn.Linear(3, 2).to(MPS).double()),
    "numpy": (metal.NOT_NUMPY, lambda x: x.numpy()),
    "asarray": (metal.NOT_NUMPY, lambda x: np.asarray(x)),
    "a sum with the CPU's": (metal.TWO_DEVICES, lambda x: x + HERE),
    "the CPU's sum": (metal.TWO_DEVICES, lambda x: HERE + x),
    "into the CPU's": (metal.TWO_DEVICES, lambda x: HERE.clone().add_(x)),
    "joined": (metal.TWO_DEVICES, lambda x: torch.cat([x, HERE])),
    "chosen from both": (metal.TWO_DEVICES, lambda x: torch.where(x > 0, x, HERE)),
    "a network of the CPU": (metal.TWO_DEVICES, lambda x: nn.Linear(3, 2)(x)),
    "an image of the CPU": (metal.TWO_DEVICES, lambda x: nn.Linear(3, 2).to(MPS)(HERE)),
    "its mask on the CPU's": (metal.OTHER_INDICES, lambda x: HERE[x > 0]),
    "the CPU's generator": (
        metal.OTHER_GENERATOR.format("mps", "cpu"),
        lambda x: torch.rand(3, generator=torch.Generator(), device=MPS),
    ),
    "its generator for the CPU": (
        metal.OTHER_GENERATOR.format("cpu", "mps"),
        lambda x: torch.randperm(3, generator=torch.Generator(MPS)),
    ),
}  # fmt: skip


@pytest.mark.parametrize("what", REFUSED)
def test_what_metal_refuses_is_refused_in_pytorchs_words(what: str, there: Tensor) -> None:
    words, attempt = REFUSED[what]
    with pytest.raises((TypeError, RuntimeError)) as refusal:
        attempt(there)
    assert str(refusal.value) == words


ALLOWED: dict[str, Callable[[Tensor], Tensor]] = {
    "to NumPy by way of the CPU": lambda x: torch.from_numpy(x.cpu().numpy()),
    "float64 on the CPU": lambda x: x.cpu().double(),
    "float64 made float32 on the way": lambda x: torch.from_numpy(np.ones(3)).to(MPS, torch.float),
    "a number of the CPU": lambda x: x * torch.tensor(2.0),
    "its own mask": lambda x: x[x > 0],
    "the CPU's mask": lambda x: x[torch.tensor([True, False, True])],
    "its own generator": lambda x: torch.rand(
        3, generator=torch.Generator(MPS).manual_seed(0), device=MPS
    ),
    "a gradient": lambda x: torch.autograd.grad(
        nn.Linear(3, 2).to(MPS)(y := x.clone().requires_grad_()).sum(), y
    )[0],
    "a copied network": lambda x: copy.deepcopy(nn.Linear(3, 2).to(MPS))(x),
    "a copy into the CPU's": lambda x: torch.empty(3).copy_(x),
}
ON_THE_CPU = (
    "to NumPy by way of the CPU", "float64 on the CPU", "a copy into the CPU's",
)  # fmt: skip


@pytest.mark.parametrize("what", ALLOWED)
def test_what_metal_does_is_done_where_it_would_be(what: str, there: Tensor) -> None:
    where = "cpu" if what in ON_THE_CPU else "mps"
    assert ALLOWED[what](there).device.type == where


def test_a_mac_computes_on_metal_unless_it_is_told_otherwise(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    assert device.choose() == MPS
    monkeypatch.setenv(device.VARIABLE, "cpu")
    assert device.choose() == torch.device("cpu")
