"""Results that several people may ask for at once: each is computed once, in the worker's turn."""

import functools
import time
from collections.abc import Callable, Iterable
from typing import Any, Concatenate, ParamSpec, TypeVar

import streamlit as st

from demo.experiments.paper_numbers import at_hand
from demo.models import trained

_K = TypeVar("_K")
_R = TypeVar("_R")
_P = ParamSpec("_P")
Turn = Callable[..., Any]
"""`worker.in_turn` or `worker.small`."""


class Kept(dict[_K, _R]):
    """The newest `most` results by their keys, none of them None.

    The worker adds and drops while others read: ask with `get`, not with `in` and then `[]`.
    """

    def __init__(self, most: int) -> None:
        super().__init__()
        self.most = most

    def keep(self, key: _K, found: _R) -> _R:
        """Add it; the oldest go."""
        while key not in self and len(self) >= self.most:
            self.pop(next(iter(self)), None)
        self[key] = found
        return found

    def one(self, key: _K, turn: Turn, compute: Callable[..., _R], *args: Any) -> _R:
        """compute(*args), unless it is there, or is by the time that the turn has come."""
        there = self.get(key)
        found: _R = turn(self._computed, key, compute, *args) if there is None else there
        return found

    def go_on(
        self, keys: Iterable[_K], turn: Turn, ask: Callable[[_K], tuple[Any, ...]], seconds: float
    ) -> None:
        """Compute those that are missing, for about so long; one at least.

        ask: a key -> what computes it, and its arguments.
        """
        end = time.monotonic() + seconds
        for key in keys:
            if key not in self:
                self.one(key, turn, *ask(key))
                if time.monotonic() >= end:
                    return

    def _computed(self, key: _K, compute: Callable[..., _R], *args: Any) -> _R:
        there = self.get(key)
        return self.keep(key, compute(*args)) if there is None else there


def by_weights(
    most: int,
) -> Callable[[Callable[Concatenate[str, _P], _R]], Callable[Concatenate[str, _P], _R]]:
    """Streamlit's cache for a function whose first argument is a digit network's name.

    New weights never meet an old result. Raises `trained.Absent` where there are none.
    """

    def decorated(compute: Callable[Concatenate[str, _P], _R]) -> Callable[..., _R]:
        @st.cache_data(max_entries=most, show_spinner=False)
        @functools.wraps(compute)
        def cached(sha256: str, name: str, *args: _P.args, **kwargs: _P.kwargs) -> _R:
            return compute(name, *args, **kwargs)

        @functools.wraps(compute)
        def answer(name: str, *args: _P.args, **kwargs: _P.kwargs) -> _R:
            card = at_hand.card(name, trained.SEED, at_hand.FOLDERS)
            found: _R = cached(card.sha256, name, *args, **kwargs)
            return found

        return answer

    return decorated
