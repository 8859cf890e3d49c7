"""Digits and photographs have room of their own in a cache."""

from types import SimpleNamespace

import pytest

from demo import models
from demo.web.store.by_kind import cached_by_kind

CALLS: list[tuple[str, int]] = []


@cached_by_kind(photographs=3, digits=2)
def square(name: str, number: int) -> int:
    """The square."""
    CALLS.append((name, number))
    return number * number


@cached_by_kind(photographs=3, digits=2)
def cube(name: str, number: int) -> int:
    """The cube."""
    return number**3


@pytest.fixture(autouse=True)
def two_networks(monkeypatch: pytest.MonkeyPatch) -> None:
    kinds = {"photo": "photographs", "digit": "digits"}
    monkeypatch.setattr(models, "card", lambda name: SimpleNamespace(kind=kinds[name]))
    square.clear()
    cube.clear()
    CALLS.clear()


def test_many_digits_push_no_photograph_out() -> None:
    for number in (1, 2, 3):
        square("photo", number)
    for number in range(20):
        square("digit", number)
    CALLS.clear()
    assert [square("photo", number) for number in (1, 2, 3)] == [1, 4, 9]
    assert square("digit", 19) == 361
    assert not CALLS


def test_each_kind_has_its_bound_and_the_oldest_goes() -> None:
    for number in (1, 2, 3, 4):
        square("photo", number)
    CALLS.clear()
    assert square("photo", 4) == 16 and square("photo", 1) == 1
    assert CALLS == [("photo", 1)]


def test_networks_kinds_and_functions_are_not_mixed_up() -> None:
    assert [square("photo", 3), square("digit", 3), cube("photo", 3), cube("digit", 3)] == [
        9, 9, 27, 27,
    ]  # fmt: skip
    assert CALLS == [("photo", 3), ("digit", 3)]


def test_all_is_forgotten_on_demand() -> None:
    square("photo", 2)
    square("digit", 2)
    square.clear()
    assert square("photo", 2) == square("digit", 2) == 4
    assert len(CALLS) == 4
    assert square.__doc__ == "The square."
