"""Streamlit's cache, with room for photographs and for digits apart.

A hall of people who turn to another digit every second would push the photographs out otherwise,
whose answers take far longer.
"""

import functools
from collections.abc import Callable
from typing import Any, Concatenate, Generic, ParamSpec, TypeVar

import streamlit as st

from demo import models

_P = ParamSpec("_P")
_R = TypeVar("_R")


class CachedByKind(Generic[_P, _R]):
    """What `cached_by_kind` makes of a function."""

    def __init__(
        self, compute: Callable[Concatenate[str, _P], _R], most: dict[models.Kind, int]
    ) -> None:
        self.__doc__ = compute.__doc__
        self._cached: dict[models.Kind, Any] = {
            kind: st.cache_data(max_entries=entries, show_spinner=False)(_named(compute, kind))
            for kind, entries in most.items()
        }

    def __call__(self, name: str, *args: _P.args, **kwargs: _P.kwargs) -> _R:
        """The function's result for the network of that name, kept."""
        found: _R = self._cached[models.card(name).kind](name, *args, **kwargs)
        return found

    def clear(self) -> None:
        """Forget all."""
        for cached in self._cached.values():
            cached.clear()


def cached_by_kind(
    *, photographs: int, digits: int
) -> Callable[[Callable[Concatenate[str, _P], _R]], CachedByKind[_P, _R]]:
    """Keep that many results of a function whose first argument is a network's name."""
    most: dict[models.Kind, int] = {"photographs": photographs, "digits": digits}
    return lambda compute: CachedByKind(compute, most)


def _named(compute: Callable[..., _R], kind: str) -> Callable[..., _R]:
    """The same function under a name of its own: Streamlit tells caches apart by it."""

    @functools.wraps(compute)
    def named(*args: Any, **kwargs: Any) -> _R:
        return compute(*args, **kwargs)

    named.__qualname__ = f"{compute.__qualname__} of {kind}"
    return named
