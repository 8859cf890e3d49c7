"""Work in pieces that several people may ask for at once: each piece is computed once.

Whoever's turn it is does the next piece, for all of them; who leaves takes nothing away.
"""

from collections.abc import Callable, Generator, Hashable, Iterator
from typing import Generic, Protocol, TypeVar

_R = TypeVar("_R")
Pieces = Generator[float, None, _R]
"""Yields how far it is after each piece, and returns the result. It runs in the worker's thread."""


class Turn(Protocol):
    """`worker.in_turn` or `worker.small`."""

    def __call__(self, compute: Callable[[int], None], seen: int, /) -> None:
        """compute(seen), in turn."""


class Work(Generic[_R]):
    """One question's pieces. share: as the last piece told it.  result: None until all are done."""

    def __init__(self, pieces: Pieces[_R]) -> None:
        self.share, self.done = 0.0, 0
        self.result: _R | None = None
        self.error: BaseException | None = None
        self._pieces = pieces

    def advance(self, seen: int) -> None:
        """One piece more, unless there are more than `seen` by now. Only the worker may ask."""
        if self.error is not None:
            raise self.error
        if self.result is not None or self.done != seen:
            return
        try:
            self.share = next(self._pieces)
        except StopIteration as end:
            self.result = end.value
        except BaseException as error:
            self.error = error
            raise
        self.done += 1


class SharedWork(Generic[_R]):
    """The newest `most` questions' works, begun or finished. A failed one is forgotten."""

    def __init__(self, most: int) -> None:
        self._most = most
        self._works: dict[Hashable, Work[_R]] = {}

    def walk(
        self, key: Hashable, begin: Callable[[], Pieces[_R]], turn: Turn
    ) -> Iterator[tuple[float, _R | None]]:
        """The work of that key, piece by piece: (share, None), at last (1, the result)."""
        work = self._works.get(key)
        if work is None:
            self._make_room()
            work = self._works.setdefault(key, Work(begin()))
        while work.result is None:
            yield work.share, None
            try:
                turn(work.advance, work.done)
            except Exception:
                if work.error is not None:
                    self._works.pop(key, None)
                raise
        yield 1.0, work.result

    def finished(self, key: Hashable) -> _R | None:
        """The result, if it is there already."""
        work = self._works.get(key)
        return None if work is None else work.result

    def _make_room(self) -> None:
        while len(self._works) >= self._most:
            self._works.pop(next(iter(self._works)), None)
