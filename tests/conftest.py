"""What the tests of several rooms share: small networks, the embedded one, real pixels."""

from collections.abc import Callable, Iterator

import hypothesis
import numpy as np
import pytest
import torch
from numpy.typing import NDArray
from playwright.sync_api import Browser, sync_playwright
from torch import Tensor, nn

from demo import models
from demo.data import gallery, pictures
from demo.web.store import worker
from tests.browser.chromium import FLAGS, chromium

hypothesis.settings.register_profile(
    "house", deadline=None, derandomize=True, database=None, max_examples=40
)
hypothesis.settings.load_profile("house")


@pytest.fixture(scope="session")
def browser() -> Iterator[Browser]:
    """Headless Chromium, one for all rooms: Playwright runs once in a process.

    A browser that is missing is a failure, never a skip.
    """
    with sync_playwright() as playwright:
        launched = playwright.chromium.launch(executable_path=chromium(), args=FLAGS)
        yield launched
        launched.close()


@pytest.fixture(scope="module")
def one_thread() -> Iterator[None]:
    """Many small computations: on a busy machine threads that wait for each other are slow."""
    before = torch.get_num_threads()
    torch.set_num_threads(1)
    yield
    torch.set_num_threads(before)


@pytest.fixture
def several_threads() -> Iterator[None]:
    """Two threads, here and in the worker: where there is one, none is missed."""
    before, before_there = torch.get_num_threads(), worker.in_turn(torch.get_num_threads)
    torch.set_num_threads(2)
    worker.in_turn(torch.set_num_threads, 2)
    yield
    worker.in_turn(torch.set_num_threads, before_there)
    torch.set_num_threads(before)


@pytest.fixture(scope="session")
def embedded() -> nn.Module:
    """The network that ships with the app, on the CPU."""
    return models.load(models.MODELS[0].name, torch.device("cpu"))


@pytest.fixture(scope="session")
def names() -> tuple[str, ...]:
    """The names of the embedded network's classes."""
    return models.class_names(models.MODELS[0])


@pytest.fixture(scope="session")
def panda() -> NDArray[np.uint8]:
    """The gallery's giant panda as the embedded network sees it: (224, 224, 3)."""
    return pictures.at_network_size(
        pictures.from_bytes(gallery.photograph("panda")), models.MODELS[0].input_size
    )


@pytest.fixture(scope="session")
def small() -> Callable[[int], nn.Module]:
    """seed -> a smooth network, images (N, 3, 6, 6) -> logits (N, 5); its parameters want grads."""

    def network(seed: int) -> nn.Module:
        with torch.random.fork_rng():
            torch.manual_seed(seed)
            return nn.Sequential(
                nn.Conv2d(3, 4, 3), nn.Tanh(), nn.Flatten(), nn.Linear(64, 5)
            ).eval()

    return network


@pytest.fixture(scope="session")
def drawn() -> Callable[..., tuple[Tensor, Tensor]]:
    """(seed, count) -> images (count, 3, 6, 6), a sixth of the values at an edge, and labels."""

    def images_and_labels(seed: int, count: int = 3) -> tuple[Tensor, Tensor]:
        generator = torch.Generator().manual_seed(seed)
        images = (torch.rand(count, 3, 6, 6, generator=generator) * 1.2 - 0.1).clamp(0, 1)
        return images, torch.randint(0, 5, (count,), generator=generator)

    return images_and_labels
