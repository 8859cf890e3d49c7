"""The cost page's store: work goes on in short pieces, is kept, and never meets another's."""

from collections.abc import Iterator
from typing import ClassVar

import numpy as np
import pytest
import streamlit as st
import torch
from streamlit.testing.v1 import AppTest
from torch import Tensor, nn

from demo.data import digits
from demo.experiments.attack_cost.walks import Question
from demo.web.pages import attack_cost as page
from demo.web.store import attack, memory, worker
from demo.web.store import attack_cost as store

ASKED = Question(3, 7, 0.25, 2)


@pytest.fixture(autouse=True)
def empty(monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    """An empty store on the CPU, and no word left of a GPU's memory that was short."""
    monkeypatch.setenv("DEMO_DEVICE", "cpu")
    monkeypatch.setattr(memory, "_last", [-memory.TOLD_FOR])
    for clear in (st.cache_data.clear, st.cache_resource.clear):
        clear()
    yield
    for clear in (st.cache_data.clear, st.cache_resource.clear):
        clear()


def digit(number: int) -> store.Pixels:
    return digits.embedded()[0][number][:, :, None]


def test_fgsm_has_ended_at_once_and_the_rest_follows_in_pieces() -> None:
    work = store.work("conv", digit(1505), ASKED)
    assert list(work.race.rows) == ["FGSM"] and not work.finished
    shares = [work.share]
    while not work.finished:
        store.advance(work, 0.05)
        shares.append(work.share)
        assert len(shares) < 2_000
    assert shares == sorted(shares) and shares[0] == pytest.approx(1 / 7) and shares[-1] == 1.0
    assert len(shares) > 2


def test_work_is_kept_for_its_picture_network_and_numbers_and_for_no_other() -> None:
    first = store.work("conv", digit(1505), ASKED)
    assert store.work("conv", digit(1505).copy(), ASKED) is first
    others = [
        store.work("conv", digit(1506), ASKED),
        store.work("conv-fgsm", digit(1505), ASKED),
        store.work("conv", digit(1505), Question(3, 7, 0.1, 2)),
        store.work("conv", digit(1505), Question(3, 2, 0.25, 2)),
    ]
    assert len({id(work) for work in [first, *others]}) == 5


def test_what_begins_anew_is_another_work_for_all_who_ask() -> None:
    first = store.work("conv", digit(1505), ASKED)
    store.advance(first, 0.2)
    again = store.anew(first)
    assert again is not first and list(again.race.rows) == ["FGSM"]
    assert store.work("conv", digit(1505), ASKED) is again


class OnceWithoutMemory(nn.Module):
    """A network that finds no memory at its call of that number, once for all its copies."""

    left: ClassVar[list[int]] = []

    def __init__(self, inner: nn.Module, call: int) -> None:
        super().__init__()
        self.inner, OnceWithoutMemory.left[:] = inner, [call]

    def forward(self, images: Tensor) -> Tensor:
        self.left[0] -= 1
        if self.left[0] == 0:
            raise torch.OutOfMemoryError("CUDA out of memory. Tried to allocate 2.00 GiB.")
        found: Tensor = self.inner(images)
        return found


@pytest.mark.parametrize("call", [40, 450])
def test_a_walk_that_the_gpus_memory_has_ended_begins_again_on_the_cpu(call: int) -> None:
    work = store.work("conv", digit(1505), ASKED)
    network = OnceWithoutMemory(work.network, call)
    work.begin(network, memory.CPU)
    store.advance(work, 300.0)
    assert work.finished and network.left[0] < 0 and memory.notice() == memory.SENTENCE
    assert work.network is not network  # a copy, on the CPU


def test_where_the_memory_is_short_from_the_beginning_the_cpu_begins(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    network = OnceWithoutMemory(attack.network("conv", lambda share: None), 2)
    monkeypatch.setattr(attack, "network", lambda name: network)
    work = store.work("conv", digit(1505), ASKED)
    assert list(work.race.rows) == ["FGSM"] and work.where == memory.CPU
    assert memory.notice() == memory.SENTENCE


def test_a_measurement_without_memory_begins_again_on_the_cpu() -> None:
    run = store.begun_measurement()
    run.begin(OnceWithoutMemory(run.network, 30))
    store.advance_measurement(run, 300.0)
    assert run.result is not None and OnceWithoutMemory.left[0] < 0


def test_only_the_last_few_are_kept() -> None:
    works = [store.work("conv", digit(n), ASKED) for n in range(store.KEPT + 2)]
    assert store.work("conv", digit(store.KEPT + 1), ASKED) is works[-1]
    assert store.work("conv", digit(0), ASKED) is not works[0]


def test_the_answer_and_its_runner_up_are_the_network_s() -> None:
    assert store.answers("conv", digit(1505)) == (3, 7)
    assert store.answers("conv", np.zeros_like(digit(0))) != (3, 7)


def test_a_measurement_goes_on_in_pieces_and_is_then_there_for_everybody() -> None:
    assert store.measured() is None
    run = store.begun_measurement()
    store.advance_measurement(run, 0.0)
    assert run.result is None and store.measured() is None
    store.advance_measurement(run, 300.0)
    assert run.result is not None and store.measured() is run.result


@pytest.mark.usefixtures("several_threads")
def test_the_threads_are_as_before() -> None:
    before, before_there = torch.get_num_threads(), worker.in_turn(torch.get_num_threads)
    store.advance(store.work("conv", digit(1505), ASKED), 0.1)
    assert torch.get_num_threads() == before
    assert worker.in_turn(torch.get_num_threads) == before_there


def script() -> None:
    from demo.web.pages import attack_cost

    attack_cost.page()


def test_a_target_that_is_the_answer_already_gets_a_sentence() -> None:
    app = AppTest.from_function(script, default_timeout=600)
    app.query_params.update(kind="digits", target="3")
    app.run()
    assert not app.exception
    assert app.error[0].value.startswith("The network already says 3: choose another target")


def test_attacks_that_end_within_one_drawing_are_drawn_to_their_end(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(page, "SECONDS", 600)
    app = AppTest.from_function(script, default_timeout=600)
    app.query_params["kind"] = "digits"
    app.run()
    assert app.session_state["cost_work"].finished and not app.exception
    assert app.button("cost_button").label == "Start over"


@pytest.mark.slow
def test_run_again_on_the_page_begins_another_work() -> None:
    app = AppTest.from_function(script, default_timeout=600)
    app.query_params["kind"] = "digits"
    app.run()
    while not app.session_state["cost_work"].finished:
        app.run()
    first = app.session_state["cost_work"]
    app.run().button("cost_button").click().run()
    again = app.session_state["cost_work"]
    assert again is not first and not app.exception
    assert again.race.question == first.race.question
