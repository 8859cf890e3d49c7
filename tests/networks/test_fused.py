"""Convolutions in one pass over the memory: the same numbers, and only where nobody asks more."""

from collections.abc import Iterator

import pytest
import torch
from torch import Tensor, nn

from demo import models
from demo.networks import fused
from demo.networks.fused import FusedConv2d


@pytest.fixture
def anew() -> Iterator[None]:
    """Whether the operator works is found out again, before and after."""
    fused._works.cache_clear()
    yield
    fused._works.cache_clear()


def noise(*shape: int, seed: int = 1) -> Tensor:
    return torch.randn(*shape, generator=torch.Generator().manual_seed(seed))


def layer(clamped: bool, groups: int = 1) -> FusedConv2d:
    torch.manual_seed(3)
    made = FusedConv2d(16, 16, 3, padding=1, groups=groups).requires_grad_(False)
    made.weight.mul_(8)  # both ends of the clamp are met
    made.clamped = clamped
    return made.to(memory_format=torch.channels_last)


def passes(monkeypatch: pytest.MonkeyPatch) -> list[str]:
    """Which way each convolution goes from now on."""
    taken: list[str] = []
    for name in ("in_one_pass", "step_by_step"):
        way = getattr(FusedConv2d, name)

        def told(*args: object, way: object = way, name: str = name) -> Tensor:
            taken.append(name)
            moved: Tensor = way(*args)  # type: ignore[operator]
            return moved

        monkeypatch.setattr(FusedConv2d, name, told)
    return taken


@pytest.mark.parametrize(
    ("clamped", "groups", "adds"),
    [(True, 1, False), (True, 16, False), (False, 1, True), (False, 16, True), (False, 1, False)],
)
def test_one_pass_gives_what_the_steps_give(clamped: bool, groups: int, adds: bool) -> None:
    convolution, images = layer(clamped, groups), noise(3, 16, 11, 11)
    added = noise(3, 16, 11, 11, seed=2) if adds else None
    with torch.inference_mode():
        theirs = nn.functional.conv2d(
            images, convolution.weight, convolution.bias, padding=1, groups=groups
        )
        wanted = theirs.clamp(0, 6) if clamped else theirs + added if adds else theirs
        for found in (
            convolution.in_one_pass(images, added), convolution.step_by_step(images, added)
        ):  # fmt: skip
            torch.testing.assert_close(found, wanted, rtol=1e-5, atol=1e-4)
    if clamped:
        assert (wanted == 0).any() and (wanted == 6).any()


def test_the_embedded_network_takes_one_pass_without_a_gradient_and_steps_with_one(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    network = models.load("efficientnet-lite0", torch.device("cpu"))
    images = noise(2, 3, 64, 64).abs().clamp(0, 1)
    assert not fused.usable(images)  # a gradient may be asked for
    with torch.inference_mode():
        assert fused.usable(images)  # the operator is tried here, before it is counted
    taken = passes(monkeypatch)
    with torch.inference_mode():
        found = network(images)
    convolutions = sum(isinstance(m, FusedConv2d) for m in network.modules())
    assert taken == ["in_one_pass"] * convolutions and convolutions == 49
    taken.clear()
    leaves = images.clone().requires_grad_()
    wanted = network(leaves)
    assert taken == ["step_by_step"] * convolutions
    assert torch.autograd.grad(wanted.sum(), leaves)[0].abs().sum() > 0
    torch.testing.assert_close(found, wanted.detach(), rtol=1e-5, atol=1e-4)
    assert (found.argmax(1) == wanted.argmax(1)).all()


@pytest.mark.usefixtures("anew")
@pytest.mark.parametrize("fault", ["missing", "another signature", "other numbers", "no library"])
def test_an_operator_that_cannot_be_relied_on_is_not_used(
    fault: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    def faulty(self: FusedConv2d, input: Tensor, added: Tensor | None = None) -> Tensor:
        if fault == "missing":
            raise AttributeError("'_OpNamespace' 'mkldnn' object has no attribute")
        if fault == "another signature":
            raise RuntimeError("mkldnn::_convolution_pointwise() expected at most")
        return self.step_by_step(input, added) + 0.01

    if fault == "no library":
        monkeypatch.setattr(torch.backends.mkldnn, "is_available", lambda: False)
    else:
        monkeypatch.setattr(FusedConv2d, "in_one_pass", faulty)
    convolution, images = layer(True), noise(1, 16, 8, 8)
    with torch.inference_mode():
        assert not fused.usable(images)
        found = convolution(images)
    assert torch.equal(found, convolution.step_by_step(images))


def test_what_it_is_not_made_for_goes_step_by_step() -> None:
    with torch.inference_mode():
        assert fused.usable(noise(1, 3, 8, 8)) == torch.backends.mkldnn.is_available()
        assert not fused.usable(noise(1, 3, 8, 8).double())
        assert not fused.usable(noise(1, 3, 8, 8).to("meta"))
