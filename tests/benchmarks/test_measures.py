"""The measures that need no peer: turns, steps, growth, floors, a fresh process."""

import mmap
import time

import pytest
import torch

from demo import models
from tests.benchmarks import cost, cuda, fresh, steps, timing
from tests.benchmarks.subjects import Subject

pytestmark = [pytest.mark.slow, pytest.mark.usefixtures("one_thread")]


@pytest.fixture(scope="module")
def on() -> Subject:
    return Subject("conv", 16)


def test_pieces_are_taken_in_turns_and_each_round_begins_with_another() -> None:
    order: list[str] = []
    work = {name: lambda name=name: (order.append(name), time.sleep(0.011)) for name in "abc"}
    seconds = timing.in_turns(work, 3, warm_up=0)
    assert "".join(order) == "a" + "abc" + "bca" + "cab"
    assert all(len(s) == 3 and min(s) >= 0.01 for s in seconds.values())


def test_a_short_piece_is_called_often_enough_for_the_clock(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(timing, "LEAST_SECONDS", 0.5)
    calls: list[int] = []
    work = {"short": lambda: (calls.append(1), time.sleep(0.001))}
    seconds = timing.in_turns(work, 3, warm_up=0)["short"]
    assert (len(calls) - 1) % 3 == 0 and len(calls) > 4
    assert all(s >= 0.001 for s in seconds)
    monkeypatch.setattr(timing, "LEAST_SECONDS", 1e-9)
    calls.clear()
    timing.in_turns(work, 3, warm_up=0)
    assert len(calls) == 4


def test_a_spent_budget_leaves_the_least_rounds() -> None:
    seconds = timing.in_turns({"a": lambda: time.sleep(0.01)}, 50, 0, budget=0)
    assert len(seconds["a"]) == timing.LEAST_ROUNDS


def test_ratios_are_of_medians_with_the_quartiles_of_the_rounds() -> None:
    found = timing.ratio([1.0, 2.0, 9.0], [2.0, 4.0, 4.0])
    assert found == {"ratio": 0.5, "quartile_1": 0.5, "quartile_3": 1.375}


@pytest.mark.parametrize("name", ["conv", "efficientnet-lite0"])
def test_every_step_keeps_the_signs_of_the_plain_gradient(name: str) -> None:
    on = Subject(name, 2)
    every = steps.steps(on)
    assert every[0].name == "plain" and len(every) >= 3
    for step in every:
        shares = steps.agreement(step, every[0], on, 2)
        assert shares["signs_as_plain"] >= steps.LEAST_AGREEMENT - 0.002  # two pictures only


def test_what_a_gradient_needs_is_counted(on: Subject) -> None:
    one, four = (cuda.needs(on.model, *on.batch(n)) for n in (1, 4))
    # first, second, third, last: multiply-adds of a forward pass, twice, and once more back
    forward = 2 * (16 * 14 * 14 * 16 + 32 * 7 * 7 * 16 * 16 + 1568 * 128 + 128 * 10)
    assert one.flops == 2 * forward
    assert four.flops == 4 * one.flops
    weights = sum(p.numel() for p in on.model.parameters())
    assert one.least == 8 * (weights + 784)
    assert one.least < one.traffic < four.traffic < 4 * one.traffic


def test_the_shares_of_the_floors_are_those_of_the_time(on: Subject) -> None:
    ways = {cuda.EAGER: lambda: cuda.fgsm.loss_gradient(on.model, *on.batch(2))}
    (row,) = cuda.entries(on, 2, ways, 3, (1e9, 1e9))
    flops = row["share_of_the_arithmetic_floor"] * row["ours"]["median"] * 1e9
    assert flops == pytest.approx(cuda.needs(on.model, *on.batch(2)).flops)
    assert row["signs_as_eager"] == 1
    assert 0 < row["share_of_the_least_bandwidth_floor"] < row["share_of_the_bandwidth_floor"]


def test_floors_are_measured_on_the_device_at_hand() -> None:
    copied, multiplied = cuda.floors(torch.device("cpu"), 1 << 20)
    assert copied > 1e8 and multiplied > 1e8


@pytest.mark.skipif(torch.cuda.is_available(), reason="there is a GPU here")
def test_without_cuda_its_row_is_empty() -> None:
    assert cuda.measured(2) == []


def test_a_peak_is_seen_and_forgotten() -> None:
    fresh.forget_peak()
    before = fresh.peak_megabytes()
    with mmap.mmap(-1, 50 << 20) as held:  # a tensor may get memory that was freed before
        for _ in range(50):
            held.write(bytes(1 << 20))
        peak = fresh.peak_megabytes()
    assert 40 < peak - before < 70
    fresh.forget_peak()
    assert fresh.peak_megabytes() < peak - 30


def test_memory_and_time_grow_with_the_batch() -> None:
    rows = cost.measured(3, {"batch": (1, 8)})
    assert [(r["network"], r["at"]) for r in rows] == [
        (n, at) for n in ("efficientnet-lite0", "conv") for at in (1, 8)
    ]
    for small, large in (rows[:2], rows[2:]):
        assert 0 < small["milliseconds"] < large["milliseconds"]
        assert small["megabytes"] <= large["megabytes"]
    page = cost.figure(rows)
    assert "pictures in one FGSM" in page
    assert "[1,8]" in page


@pytest.mark.parametrize("side", [64, 224, 448])
def test_the_loaded_network_takes_every_side_that_is_measured(side: int) -> None:
    run = cost.piece("side", Subject("efficientnet-lite0", 1), side)
    assert run().shape == (1, 3, side, side)  # type: ignore[attr-defined]
    assert all(s % 32 == 0 for s in cost.AXES["side"])


def test_a_fresh_process_tells_its_moments_and_its_memory() -> None:
    told = fresh.process(fresh.OURS, "conv", 64)
    assert 0 < told["first result after the imports"] < told["first result"] < 120
    assert 50 < told["peak memory, batch 1"] <= told["peak memory, batch 64"] < 4096
    assert fresh._epsilon("conv") == 0.25 and models.card("conv").kind == "digits"
