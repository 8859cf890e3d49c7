"""Work in pieces that several ask for: each piece once, whoever comes and goes."""

from collections.abc import Callable, Generator
from typing import Any

import pytest

from demo.web.store.shared_work import SharedWork


class Counted:
    """Begins works of three pieces, and counts what was computed."""

    def __init__(self, fails_at: int | None = None) -> None:
        self.begun, self.pieces, self.fails_at = 0, 0, fails_at

    def __call__(self) -> Generator[float, None, str]:
        self.begun += 1
        for piece in (1, 2, 3):
            self.pieces += 1
            if self.pieces == self.fails_at:
                raise MemoryError("too large")
            yield piece / 3
        return "found"


def at_once(compute: Callable[[int], None], seen: int, /) -> None:
    compute(seen)


def shares(walk: Any) -> list[float]:
    return [share for share, result in walk if result is None]


def test_one_person_gets_every_share_and_the_result() -> None:
    work, shared = Counted(), SharedWork[str](4)
    told = list(shared.walk("key", work, at_once))
    assert told == [(0.0, None), (1 / 3, None), (2 / 3, None), (1.0, None), (1.0, "found")]
    assert shared.finished("key") == "found"
    assert list(shared.walk("key", work, at_once)) == [(1.0, "found")]
    assert (work.begun, work.pieces) == (1, 3)


def test_two_who_ask_together_share_the_pieces() -> None:
    work, shared = Counted(), SharedWork[str](4)
    walks = [shared.walk("key", work, at_once) for _ in range(2)]
    told: list[list[str | None]] = [[], []]
    while any(None in (result or [None]) for result in told):
        for result, walk in zip(told, walks, strict=True):
            result[:] = [next(walk, (1.0, "found"))[1]]
    assert told == [["found"], ["found"]]
    assert work.pieces == 3


def test_a_turn_that_comes_after_another_brought_the_piece_computes_nothing() -> None:
    work, shared = Counted(), SharedWork[str](4)
    waiting: list[Callable[[], None]] = []

    def later(compute: Callable[[int], None], seen: int, /) -> None:
        waiting.append(lambda: compute(seen))

    first, second = (shared.walk("key", work, later) for _ in range(2))
    for walk in (first, second):
        next(walk)
        next(walk)  # in the queue now, both having seen nothing
    for turn in waiting:
        turn()
    assert work.pieces == 1


def test_who_leaves_takes_nothing_away() -> None:
    work, shared = Counted(), SharedWork[str](4)
    one = shared.walk("key", work, at_once)
    next(one), next(one)
    one.close()
    assert shares(shared.walk("key", work, at_once)) == [1 / 3, 2 / 3, 1.0]
    assert (work.begun, work.pieces) == (1, 3)


def test_a_failed_work_is_told_to_all_who_wait_and_then_begun_anew() -> None:
    work, shared = Counted(fails_at=2), SharedWork[str](4)
    one, other = (shared.walk("key", work, at_once) for _ in range(2))
    next(one), next(other), next(one)
    with pytest.raises(MemoryError, match="too large"):
        next(one)
    with pytest.raises(MemoryError, match="too large"):
        next(other)
    assert shared.finished("key") is None
    assert list(shared.walk("key", work, at_once))[-1] == (1.0, "found")
    assert work.begun == 2


def test_the_oldest_is_forgotten_where_there_are_too_many() -> None:
    work, shared = Counted(), SharedWork[str](2)
    for key in "abc":
        list(shared.walk(key, work, at_once))
    assert [shared.finished(key) for key in "abc"] == [None, "found", "found"]
