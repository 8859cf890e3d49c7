"""A Mac with Apple silicon, as `tests.mac.metal` imitates it, and small networks."""

from collections.abc import Iterator
from typing import Any

import pytest
import streamlit as st
import torch
from torch import Tensor, nn

from demo import device, models
from tests.mac import metal


class Photographs(nn.Module):
    """images (N, 3, H, W) of any size -> logits (N, 1000)."""

    def __init__(self) -> None:
        super().__init__()
        self.features, self.last = nn.Conv2d(3, 8, 5, stride=4), nn.Linear(8, 1000)

    def forward(self, images: Tensor) -> Tensor:
        logits: Tensor = self.last(self.features(images).relu().mean(dim=(2, 3)))
        return logits


@pytest.fixture(autouse=True)
def mac(monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    """A Mac, with nothing kept from another machine, and nothing left for one."""
    metal.imitate(monkeypatch)
    for cache in (st.cache_data, st.cache_resource):
        cache.clear()
    yield
    for cache in (st.cache_data, st.cache_resource):
        cache.clear()


@pytest.fixture
def small(monkeypatch: pytest.MonkeyPatch) -> None:
    """Every network for photographs is a small one; those for digits are small already."""
    real = models.load

    def load(name: str, where: torch.device | None = None, *rest: Any, **more: Any) -> nn.Module:
        if models.card(name).kind == "digits":
            return real(name, where, *rest, **more)
        with torch.random.fork_rng():
            torch.manual_seed(0)
            return Photographs().eval().requires_grad_(False).to(where or device.choose())

    monkeypatch.setattr(models, "load", load)
