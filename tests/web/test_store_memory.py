"""A GPU without memory: the CPU computes the same, and the page says so."""

from collections.abc import Callable, Iterator
from typing import Any

import numpy as np
import pytest
import torch
from streamlit.testing.v1 import AppTest
from torch import Tensor, nn

from demo import models
from demo.experiments.attack import one_step
from demo.web.store import attack, memory, worker
from tests import PATIENCE

FULL = "CUDA out of memory. Tried to allocate 2.00 GiB."


@pytest.fixture(autouse=True)
def forgotten(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(memory, "_last", [-memory.TOLD_FOR])


def failing_once(compute: Callable[..., Any]) -> tuple[Callable[..., Any], list[tuple[Any, ...]]]:
    """The same function, whose first call finds no memory; and the arguments of all calls."""
    calls: list[tuple[Any, ...]] = []

    def full(*args: Any) -> Any:
        calls.append(args)
        if len(calls) == 1:
            raise torch.OutOfMemoryError(FULL)
        return compute(*args)

    return full, calls


def logits(network: nn.Module, image: Tensor, where: torch.device, more: list[Tensor]) -> Tensor:
    return network(image.to(where)) + more[0]


def test_it_is_computed_once_more_on_the_cpu_and_the_page_says_so(
    small: Callable[[int], nn.Module],
) -> None:
    network, image = small(0), torch.rand(1, 3, 6, 6)
    full, calls = failing_once(logits)
    more = [torch.ones(5)]
    assert memory.notice() is None
    found = worker.in_turn(full, network, image, torch.device("cuda:0"), more)
    assert torch.equal(found, network(image) + 1)
    assert memory.notice() == memory.SENTENCE
    other, _, where, _ = calls[1]
    assert where == torch.device("cpu")
    assert other is not network  # a copy, and nothing of it is shared
    assert not {p.data_ptr() for p in other.parameters()} & {
        p.data_ptr() for p in network.parameters()
    }


def test_what_is_small_is_spared_too_and_other_errors_pass() -> None:
    full, _ = failing_once(torch.neg)
    assert torch.equal(worker.small(full, torch.ones(2)), -torch.ones(2))

    def wrong(image: Tensor) -> None:
        raise RuntimeError("shapes cannot be multiplied")

    with pytest.raises(RuntimeError, match="shapes cannot"):
        worker.in_turn(wrong, torch.ones(1))


def test_what_cannot_be_moved_gets_a_sentence() -> None:
    full, calls = failing_once(lambda: 1)
    with pytest.raises(memory.Exhausted, match=r"try again .*DEMO_DEVICE=cpu\.$"):
        worker.in_turn(full)
    assert len(calls) == 1 and memory.notice() is None


def test_apples_message_counts_and_the_cpus_own_does_not() -> None:
    assert memory.is_out_of_memory(RuntimeError("MPS backend out of memory (MPS allocated: 1 GB)"))
    assert not memory.is_out_of_memory(RuntimeError("DefaultCPUAllocator: can't allocate memory"))


def test_a_notice_ends_after_a_minute(monkeypatch: pytest.MonkeyPatch) -> None:
    full, _ = failing_once(torch.neg)
    worker.in_turn(full, torch.ones(2))
    later = memory.time.monotonic() + memory.TOLD_FOR
    monkeypatch.setattr(memory.time, "monotonic", lambda: later + 1)
    assert memory.notice() is None


@pytest.fixture
def empty_caches() -> Iterator[None]:
    yield
    attack.step.__wrapped__.clear()


def test_a_step_of_the_attack_page_survives_it(
    monkeypatch: pytest.MonkeyPatch, embedded: nn.Module, empty_caches: None
) -> None:
    name = models.MODELS[0].name
    pixels = np.full((224, 224, 3), 90, np.uint8)
    expected = attack.step(name, pixels, 0.007, None, None)
    attack.step.__wrapped__.clear()
    full, _ = failing_once(one_step.run)
    monkeypatch.setattr(one_step, "run", full)
    again = attack.step(name, pixels, 0.007, None, None)
    assert np.array_equal(again.direction, expected.direction)
    assert memory.notice() is not None


def test_a_network_that_does_not_fit_is_named(monkeypatch: pytest.MonkeyPatch) -> None:
    def full(name: str, progress: object) -> nn.Module:
        raise torch.OutOfMemoryError(FULL)

    monkeypatch.setattr(models, "load", full)
    attack._network.clear()
    try:
        with pytest.raises(
            models.Unavailable, match=r"EfficientNet-Lite0 does not fit into the GPU"
        ):
            attack._network(models.MODELS[0].name, lambda share: None)
    finally:
        attack._network.clear()


def test_the_app_shows_the_notice_on_whatever_page(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(memory, "notice", lambda: memory.SENTENCE)
    app = AppTest.from_file("../../app.py", default_timeout=PATIENCE)
    app.query_params["kind"] = "digits"
    app.run()
    assert not app.exception
    assert [warning.value for warning in app.warning] == [memory.SENTENCE]


@pytest.mark.skipif(not torch.cuda.is_available(), reason="there is no GPU to fill")
def test_a_real_gpu_that_is_full_is_helped_by_the_cpu() -> None:
    free, _ = torch.cuda.mem_get_info()
    network = nn.Linear(1000, 10, device="cuda").requires_grad_(False)
    images = torch.ones(10, 1000, device="cuda")

    def greedy(network: nn.Module, images: Tensor) -> Tensor:
        if images.device.type == "cuda":
            torch.empty(2 * free, dtype=torch.uint8, device=images.device)
        return network(images)

    found = worker.in_turn(greedy, network, images)
    assert found.device.type == "cpu"
    torch.testing.assert_close(found, network(images).cpu(), rtol=1e-3, atol=1e-3)
    assert next(network.parameters()).device.type == "cuda"
