"""The worker: one thread, everybody's own answer, whoever asks; without Streamlit it just waits."""

import threading
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from typing import Any

import pytest
import streamlit as st
import torch
from streamlit.runtime.scriptrunner import StopException

from demo import fgsm
from demo.web.store import worker
from tests import PATIENCE


class Gate:
    """Work that has begun stands here until it is opened."""

    def __init__(self) -> None:
        self.begun, self.open = threading.Event(), threading.Event()

    def __call__(self) -> None:
        self.begun.set()
        assert self.open.wait(PATIENCE)


@pytest.fixture
def gate() -> Iterator[Gate]:
    """The worker stands at it."""
    gate = Gate()
    with ThreadPoolExecutor() as pool:
        standing = pool.submit(worker.in_turn, gate)
        assert gate.begun.wait(PATIENCE)
        yield gate
        gate.open.set()
        standing.result(PATIENCE)


class Session:
    """What Streamlit says of a session, by this test's will."""

    def __init__(self, monkeypatch: pytest.MonkeyPatch) -> None:
        self.here, self.stopped, self.looked = True, False, threading.Event()
        monkeypatch.setattr(worker, "_session", lambda: "session")
        monkeypatch.setattr(worker, "_is_there", lambda session: self.here)
        monkeypatch.setattr(worker, "_stop_if_asked", self.stop_if_asked)

    def stop_if_asked(self) -> None:
        self.looked.set()
        if self.stopped:
            raise StopException


class Place:
    """An `st.empty()` that remembers."""

    def __init__(self) -> None:
        self.shown: list[str] = []
        self.changed = threading.Condition()

    def caption(self, words: str) -> None:
        with self.changed:
            self.shown.append(words)
            self.changed.notify_all()

    def empty(self) -> None:
        self.caption("")

    def wait_for(self, words: str) -> None:
        with self.changed:
            assert self.changed.wait_for(lambda: words in self.shown, PATIENCE)


@pytest.fixture
def session(monkeypatch: pytest.MonkeyPatch) -> Session:
    return Session(monkeypatch)


def test_all_is_computed_in_one_thread_that_is_not_the_askers() -> None:
    with ThreadPoolExecutor(8) as pool:
        threads = {f.result() for f in [pool.submit(worker.in_turn, threading.get_ident)] * 8}
    assert len(threads) == 1 and threading.get_ident() not in threads


def test_everybody_gets_their_own_answer() -> None:
    with ThreadPoolExecutor(16) as pool:
        asked = [pool.submit(worker.in_turn, pow, number, 2) for number in range(200)]
        assert [future.result() for future in asked] == [number**2 for number in range(200)]


def test_arguments_by_name_and_errors_come_through() -> None:
    assert worker.in_turn(int, "ff", base=16) == worker.small(int, "ff", base=16) == 255
    with pytest.raises(ZeroDivisionError):
        worker.in_turn(lambda: 1 // 0)
    assert worker.in_turn(lambda: "goes on") == "goes on"


def test_a_session_is_told_how_many_are_before_it(gate: Gate, session: Session) -> None:
    place = Place()

    def script() -> str:
        worker.say_in(place)
        return worker.in_turn(lambda: "answer")

    with ThreadPoolExecutor() as pool:
        answer = pool.submit(script)
        place.wait_for(worker.line(1))
        gate.open.set()
        assert answer.result(PATIENCE) == "answer"
    assert place.shown == ["1 before you", ""]


def test_who_does_not_wait_long_is_told_nothing(
    session: Session, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(worker, "SAID_AFTER", PATIENCE)
    place = Place()
    worker.say_in(place)
    assert worker.in_turn(lambda: "answer") == "answer"
    assert place.shown == []
    worker._PLACE.set(None)


def test_a_script_that_is_stopped_leaves_the_queue(gate: Gate, session: Session) -> None:
    done: list[str] = []
    with ThreadPoolExecutor() as pool:
        asked = pool.submit(worker.in_turn, done.append, "computed")
        assert session.looked.wait(PATIENCE)
        assert len(worker.QUEUE) == 1
        session.stopped = True
        with pytest.raises(StopException):
            asked.result(PATIENCE)
        assert len(worker.QUEUE) == 0
        gate.open.set()
    assert worker._WORKER.submit(lambda: done).result(PATIENCE) == []


def test_a_closed_session_is_passed_over_when_its_turn_comes(gate: Gate, session: Session) -> None:
    done: list[str] = []
    with ThreadPoolExecutor() as pool:
        asked = pool.submit(worker.in_turn, done.append, "computed")
        assert session.looked.wait(PATIENCE)
        session.here = False
        gate.open.set()
        with pytest.raises(StopException):
            asked.result(PATIENCE)
    assert done == []


def test_what_has_begun_is_finished_though_nobody_waits_any_more(session: Session) -> None:
    gate, done = Gate(), threading.Event()

    def work() -> str:
        gate()
        done.set()
        return "kept"

    with ThreadPoolExecutor() as pool:
        asked = pool.submit(worker.in_turn, work)
        assert gate.begun.wait(PATIENCE)
        session.stopped = True
        gate.open.set()
        assert asked.result(PATIENCE) == "kept" and done.is_set()


def test_the_same_question_is_computed_once_for_all() -> None:
    computed: list[int] = []
    barrier = threading.Barrier(8)

    @st.cache_data(show_spinner=False, max_entries=4)
    def kept(number: int) -> int:
        return worker.in_turn(lambda: computed.append(number) or number)

    def ask(number: int) -> int:
        barrier.wait(PATIENCE)
        return kept(number)

    for number in range(20):
        with ThreadPoolExecutor(8) as pool:
            assert list(pool.map(ask, [number] * 8)) == [number] * 8
    assert computed == list(range(20))


def test_the_line_of_one_script_is_not_the_line_of_another(session: Session) -> None:
    seen: list[Any] = []
    place = Place()
    with ThreadPoolExecutor(1) as one, ThreadPoolExecutor(1) as other:
        one.submit(worker.say_in, place).result(PATIENCE)
        seen += [pool.submit(worker._PLACE.get).result(PATIENCE) for pool in (one, other)]
    assert seen[0][1] is place and seen[1] is None


def test_a_page_begins_without_urgency_whatever_the_one_before_asked() -> None:
    def page(urgency: int) -> tuple[int, int]:
        worker.say_in(None)
        before = worker._URGENCY.get()
        worker.turn_to(urgency)
        return before, worker._URGENCY.get()

    assert [page(worker.PICTURES), page(worker.CURVE)] == [(worker.REST, 0), (worker.REST, 1)]
    worker.turn_to(worker.REST)


def test_pictures_are_computed_between_two_batches_of_a_curve_and_have_their_gradient() -> None:
    network, order = torch.nn.Linear(3, 2), []
    image = torch.zeros(1, 3)
    asking, asked = threading.Event(), threading.Event()

    def curve(polite: fgsm.Model, image: torch.Tensor) -> None:
        with torch.inference_mode():
            polite(image)
            asking.set()
            assert asked.wait(PATIENCE)
            order.append("one batch")
            assert polite(image).is_inference()
            order.append("another")

    def pictures() -> torch.Tensor:
        order.append("pictures")
        leaf = image.clone().requires_grad_()
        return torch.autograd.grad(network(leaf).sum(), leaf)[0]

    def person() -> torch.Tensor:
        worker.turn_to(worker.PICTURES)
        return worker.in_turn(pictures)

    def drawn() -> None:
        worker.turn_to(worker.CURVE)
        worker.in_turn(worker.politely(curve), network, image)

    with ThreadPoolExecutor() as pool:
        sweep = pool.submit(drawn)
        assert asking.wait(PATIENCE)
        step = pool.submit(person)
        while not len(worker.QUEUE):
            pass
        asked.set()
        torch.testing.assert_close(step.result(PATIENCE), network.weight.sum(dim=0)[None])
        sweep.result(PATIENCE)
    assert order == ["one batch", "pictures", "another"]
