"""A small load on a real server: nothing crosses, a drag is silent, and SIGTERM ends it in time."""

import dataclasses
import signal
import threading
import time
from collections.abc import Iterator

import numpy as np
import pytest
import requests

from demo import models
from tests.client import LOCAL, Client
from tests.load import alone
from tests.load.__main__ import Seat, report, spread, stage, table
from tests.load.alone import Question
from tests.load.person import PHOTOGRAPHS, Person
from tests.server import Server, serving

pytestmark = pytest.mark.slow


@pytest.fixture(scope="module")
def server(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Server]:
    with serving(tmp_path_factory.mktemp("load")) as (server,):
        yield server
    assert server.tracebacks() == 0, server.written()[-4000:]


def test_people_together_see_what_each_would_see_alone(
    server: Server, monkeypatch: pytest.MonkeyPatch
) -> None:
    actions = {"digit": 4, "switch": 3, "drag": 4, "photograph": 1}
    monkeypatch.setattr("tests.load.person.ACTIONS", actions)
    played = stage(server, sessions=4, browsers=0, seconds=1, seed=7, idle=2, least=5)
    found = report(played)
    assert found["wrong_answers"] == [] and found["complaints"] == []
    assert found["answers_checked"] >= 8
    assert found["drags"] >= 2 and found["messages_in_drags"] == 0
    assert found["picks_per_second"] == pytest.approx(found["picks"] / found["seconds"])
    assert "| 4 + 0 browsers |" in table({"stages": [found]})


@pytest.mark.parametrize("action", ["photograph", "digit", "switch", "upload"])
def test_each_action_shows_its_own_answer(
    server: Server, action: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("tests.load.person.ACTIONS", {action: 1})
    with Client(server.address) as client:
        person = Person(client, 3)
        person.arrive()
        before = client.components["viewer"]["id"]
        person.act()
        assert client.components["viewer"]["id"] != before
    picked = person.diary.picks[-1]
    assert picked.action == action
    assert alone.mistake(picked.shown, picked.question) is None


def test_a_crossing_would_be_seen() -> None:
    question = Question("photographs", PHOTOGRAPHS, "koala")
    koala = alone.alone(question)
    assert alone.mistake(koala, question) is None
    panda = alone.alone(Question("photographs", PHOTOGRAPHS, "panda"))
    mixed = dataclasses.replace(koala, top=panda.top)
    label, p = koala.answers[0]
    other = dataclasses.replace(koala, answers=((label + 1, p), koala.answers[1]))
    off = dataclasses.replace(koala, answers=((label, p - 0.001), koala.answers[1]))
    apart = dataclasses.replace(koala, together=False)
    attacked = dataclasses.replace(koala, signs=panda.signs)
    for wrong in (panda, mixed, other, off, apart, attacked):
        assert alone.mistake(wrong, question) is not None


def test_a_sign_that_rounding_turned_is_allowed_for_and_its_answers_are_still_checked() -> None:
    question = Question("digits", "conv", "digit-3992")
    right = alone.alone(question)
    signs = np.frombuffer(right.signs, np.int8).copy()
    signs[np.flatnonzero(signs)[:3]] *= -1
    turned = alone.alone(question, signs.tobytes())
    assert turned.top != right.top
    assert alone.mistake(turned, question) is None
    assert alone.mistake(dataclasses.replace(turned, top=right.top), question) is not None
    signs[::50] = 1 - signs[::50]
    assert "signs" in str(
        alone.mistake(dataclasses.replace(turned, signs=signs.tobytes()), question)
    )


def test_the_spread_is_of_what_was_measured() -> None:
    assert spread([]) == {}
    assert spread([1.0, 2.0, 9.0]) == {"median": 2.0, "p95": pytest.approx(8.3), "longest": 9.0}


def test_it_says_that_it_is_well(server: Server) -> None:
    answer = LOCAL.get(f"{server.address}/_stcore/health", timeout=10)
    assert (answer.status_code, answer.text) == (200, "ok")


def test_sigterm_ends_a_computing_server_in_time(tmp_path_factory: pytest.TempPathFactory) -> None:
    """A container's stop: what runs is finished, the people are let go, the log is clean."""
    with serving(tmp_path_factory.mktemp("stop")) as (server,):
        clients = [Client(server.address) for _ in range(3)]
        for client in clients:
            client.open()
            client.run(wait=False)
            client.until(lambda m: m.WhichOneof("type") == "delta")
        start = time.monotonic()
        code = server.stop(10)
        took = time.monotonic() - start
        for client in clients:
            client.close()
        with pytest.raises(requests.ConnectionError):
            LOCAL.get(f"{server.address}/_stcore/health", timeout=2)
        assert server.tracebacks() == 0, server.written()[-4000:]
    assert code in (0, -signal.SIGTERM) and took < 10


def test_whoever_fails_is_named_and_nobody_waits_for_ever(server: Server) -> None:
    start, leave = threading.Barrier(2), threading.Event()
    seat = Seat("http://127.0.0.1:9", 1, 1.0, start, leave)
    seat.start()
    with pytest.raises(threading.BrokenBarrierError):
        start.wait(60)
    seat.join(60)
    assert isinstance(seat.error, ConnectionError) and seat.sat.is_set()


def test_the_networks_of_the_played_people_are_here() -> None:
    assert {"conv", "conv-adversarial"} <= {card.name for card in models.MODELS}
