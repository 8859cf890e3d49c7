"""The queue: fair between owners in computing time, each ticket once, nobody left behind."""

import threading
from collections.abc import Callable

import hypothesis.strategies as some
import pytest
from hypothesis import given

from demo.web.store.fair_queue import REMEMBERED, Dropped, FairQueue, Ticket


class Clock:
    """Time that goes on only when a ticket says so."""

    def __init__(self) -> None:
        self.now = 0.0

    def __call__(self) -> float:
        return self.now


class Bench:
    """A queue whose tickets take a known time and note who was served."""

    def __init__(self) -> None:
        self.clock = Clock()
        self.queue = FairQueue(self.clock)
        self.served: list[str] = []

    def enter(
        self, owner: str, seconds: float = 1.0, wanted: Callable[[], bool] = lambda: True,
        urgency: int = 0,
    ) -> Ticket:  # fmt: skip
        def compute() -> str:
            self.clock.now += seconds
            self.served.append(owner)
            return owner

        return self.queue.enter(owner, compute, wanted, urgency)

    def serve_all(self) -> str:
        while len(self.queue):
            self.queue.serve()
        return "".join(self.served)


@pytest.fixture
def bench() -> Bench:
    return Bench()


def test_one_owner_is_served_in_order() -> None:
    queue, served = FairQueue(), []
    for number in range(5):
        queue.enter("a", lambda n=number: served.append(n), lambda: True)
    while len(queue):
        queue.serve()
    assert served == [0, 1, 2, 3, 4]


def test_what_was_computed_is_counted_and_what_was_dropped_is_not(bench: Bench) -> None:
    """a waits for nobody, b for a; c gives way to d and goes on; e has gone."""
    bench.enter("a", seconds=2.0)
    bench.enter("b", seconds=3.0)
    bench.serve_all()
    assert (bench.queue.pieces, bench.queue.waited, bench.queue.computing) == (2, 2.0, 5.0)

    def gives_way() -> None:
        bench.enter("d", seconds=1.0)
        bench.queue.give_way()
        bench.clock.now += 4.0

    bench.queue.enter("c", gives_way, lambda: True, urgency=1)
    bench.enter("e", wanted=lambda: False, urgency=2)
    bench.serve_all()
    assert (bench.queue.pieces, bench.queue.waited, bench.queue.computing) == (4, 2.0, 10.0)


def test_owners_take_turns_however_much_one_of_them_asks(bench: Bench) -> None:
    for _ in range(5):
        bench.enter("a")
    for _ in range(2):
        bench.enter("b")
    bench.enter("c")
    assert bench.serve_all() == "abcabaaa"


def test_turns_are_of_time_not_of_tickets(bench: Bench) -> None:
    """One asks for long pieces, one for short ones: both get half of the time."""
    for _ in range(4):
        bench.enter("l", seconds=4.0)
    for _ in range(16):
        bench.enter("s", seconds=1.0)
    order = bench.serve_all()
    assert [order[:k].count("s") for k in (5, 10, 15)] == [4, 8, 12]


@given(some.lists(some.sampled_from([0.05, 0.25, 1.0]), min_size=2, max_size=5))
def test_over_time_all_who_always_wait_get_alike(lengths: list[float]) -> None:
    bench, got = Bench(), {}
    owners = {f"{i}": seconds for i, seconds in enumerate(lengths)}
    for owner, seconds in owners.items():
        bench.enter(owner, seconds)
        got[owner] = 0.0
    for _ in range(400):
        bench.queue.serve()
        owner = bench.served[-1]
        got[owner] += owners[owner]
        bench.enter(owner, owners[owner])
    assert max(got.values()) - min(got.values()) <= 2 * max(lengths)


def test_a_flood_of_newcomers_starves_nobody(bench: Bench) -> None:
    bench.enter("heavy", seconds=10.0)
    bench.enter("other")
    bench.queue.serve()
    bench.enter("heavy", seconds=10.0)
    for number in range(200):
        bench.enter(f"new{number}")
        bench.queue.serve()
        if bench.served[-1] == "heavy":
            break
    assert bench.served.count("heavy") == 2


def test_who_was_away_has_saved_nothing(bench: Bench) -> None:
    bench.enter("b")
    bench.serve_all()
    for _ in range(50):
        bench.enter("a")
    for _ in range(40):
        bench.queue.serve()
    bench.served.clear()
    for _ in range(10):
        bench.enter("b")
    for _ in range(8):
        bench.queue.serve()
    assert abs(bench.served.count("a") - bench.served.count("b")) <= 2


def test_who_was_alone_has_no_debt(bench: Bench) -> None:
    for _ in range(50):
        bench.enter("a")
        bench.queue.serve()
    bench.enter("b")
    bench.enter("a")
    bench.served.clear()
    assert sorted(bench.serve_all()) == ["a", "b"]


def test_nothing_is_remembered_of_those_who_are_long_gone(bench: Bench) -> None:
    for number in range(1000):
        bench.enter(f"{number}", seconds=0.5)
        bench.queue.serve()
    assert len(bench.queue._served_until) <= 1 + REMEMBERED / 0.5
    assert not bench.queue._lines


def test_how_many_are_before(bench: Bench) -> None:
    first = [bench.enter(owner) for owner in "abc"]
    again = bench.enter("a")
    assert [bench.queue.before(ticket) for ticket in first] == [0, 1, 2]
    seen: list[int] = []
    running = bench.queue.enter(
        "d", lambda: seen.extend(bench.queue.before(t) for t in (*later, running)), lambda: True
    )
    for _ in range(3):
        bench.queue.serve()
    later = [bench.enter("e"), again]
    while not seen:
        bench.queue.serve()
    assert seen[-1] == 0  # who is being served waits for nobody
    assert max(seen) >= 1  # and stands before those who wait
    assert bench.queue.before(first[0]) == 0


def test_the_count_is_of_people_not_of_tickets(bench: Bench) -> None:
    for _ in range(7):
        bench.enter("a")
    assert bench.queue.before(bench.enter("b")) == 1


def test_who_leaves_is_not_served(bench: Bench) -> None:
    bench.enter("a")
    gone = bench.enter("b")
    bench.enter("c")
    assert bench.queue.leave(gone)
    assert not bench.queue.leave(gone)
    assert bench.serve_all() == "ac"
    assert gone.wait(0)
    with pytest.raises(Dropped):
        gone.result()


def test_what_has_begun_cannot_be_left(bench: Bench) -> None:
    left: list[bool] = []
    ticket = bench.queue.enter("a", lambda: left.append(bench.queue.leave(ticket)), lambda: True)
    bench.queue.serve()
    assert left == [False]
    assert ticket.begun and ticket.wait(0)


def test_what_nobody_wants_any_more_is_dropped_before_it_begins(bench: Bench) -> None:
    there = {"a": True, "b": True}
    bench.enter("a", wanted=lambda: there["a"])
    b = bench.enter("b", wanted=lambda: there["b"])
    c = bench.enter("c")
    there["b"] = False
    bench.queue.serve()
    bench.queue.serve()  # passes over b, and serves c in the same turn
    assert bench.served == ["a", "c"]
    assert c.result() == "c"
    with pytest.raises(Dropped):
        b.result()


def test_who_cannot_say_whether_it_is_wanted_is_served(bench: Bench) -> None:
    assert bench.enter("a", wanted=lambda: bool(1 // 0)).wait(0) is False
    assert bench.serve_all() == "a"


def test_an_error_reaches_the_one_who_asked(bench: Bench) -> None:
    broken = bench.queue.enter("a", lambda: 1 // 0, lambda: True)
    after = bench.enter("b")
    assert bench.serve_all() == "b"
    with pytest.raises(ZeroDivisionError):
        broken.result()
    assert after.result() == "b"


def test_an_empty_queue_serves_nobody(bench: Bench) -> None:
    bench.queue.serve()
    assert bench.served == []


def test_many_threads_each_get_their_own_answer() -> None:
    """Owners enter and leave from their threads while another serves: all tickets end, once."""
    queue, begun = FairQueue(), [0] * 800
    finished, barrier = threading.Event(), threading.Barrier(9)
    answers: dict[int, int | None] = {}

    def compute(number: int) -> int:
        begun[number] += 1
        return number

    def ask(owner: int) -> None:
        barrier.wait()
        for number in range(100 * owner, 100 * owner + 100):
            ticket = queue.enter(owner, lambda n=number: compute(n), lambda: True)
            left = number % 7 == 0 and queue.leave(ticket)
            answers[number] = None if left else ticket.result()

    def serve() -> None:
        barrier.wait()
        while not finished.is_set() or len(queue):
            queue.serve()

    server = threading.Thread(target=serve)
    askers = [threading.Thread(target=ask, args=(owner,)) for owner in range(8)]
    for thread in (server, *askers):
        thread.start()
    for thread in askers:
        thread.join()
    finished.set()
    server.join()
    assert len(answers) == 800
    assert all(answer in (number, None) for number, answer in answers.items())
    assert all(begun[n] == (answer is not None) for n, answer in answers.items())


def test_what_is_urgent_comes_before_what_somebody_has_waited_longer_for(bench: Bench) -> None:
    for owner, urgency in (("c", 1), ("r", 2), ("p", 0), ("c", 1)):
        bench.enter(owner, urgency=urgency)
    assert bench.queue.before(bench.enter("d", urgency=1)) == 2
    bench.queue.serve()
    bench.enter("l", urgency=0)
    assert bench.serve_all() == "plcdcr"


def test_work_that_gives_way_goes_on_after_what_is_more_urgent_and_pays_for_itself_alone(
    bench: Bench,
) -> None:
    def long() -> None:
        bench.clock.now += 1.0
        bench.enter("p", seconds=5.0)
        bench.enter("q", seconds=5.0)
        bench.enter("c", urgency=1)
        bench.queue.give_way()
        assert bench.queue.before(bench.enter("d", urgency=1)) == 2
        bench.clock.now += 1.0
        bench.served.append("L")

    bench.queue.enter("l", long, lambda: True, 1)
    bench.queue.serve()
    assert bench.served == ["p", "q", "L"]
    bench.enter("l", seconds=0.5, urgency=1)
    bench.enter("p", urgency=1)
    assert bench.serve_all() == "pqLcdlp"


def test_an_error_of_what_is_more_urgent_is_not_the_longer_works(bench: Bench) -> None:
    urgent: list[Ticket] = []

    def long() -> str:
        urgent.append(bench.queue.enter("p", lambda: 1 // 0, lambda: True, 0))
        bench.queue.give_way()
        return "done"

    ticket = bench.queue.enter("l", long, lambda: True, 1)
    bench.queue.serve()
    assert ticket.result() == "done"
    with pytest.raises(ZeroDivisionError):
        urgent[0].result()
