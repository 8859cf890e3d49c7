"""Work in pieces that several people may ask for at once: each piece is computed once.

Whoever's turn it is does the next piece, for all of them; who leaves takes nothing away.
"""

from collections.abc import Callable, Generator, Hashable, Iterator
from typing import Generic, TypeVar

from demo.web.store.kept import Kept, Turn

_R = TypeVar("_R")
Pieces = Generator[float, None, _R]
"""Yields how far it is after each piece, and returns the result. It runs in the worker's thread."""


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
        self._works: Kept[Hashable, Work[_R]] = Kept(most)

    def walk(
        self, key: Hashable, begin: Callable[[], Pieces[_R]], turn: Turn
    ) -> Iterator[tuple[float, _R | None]]:
        """The work of that key, piece by piece: (share, None), at last (1, the result)."""
        work = self._works.get(key)
        if work is None:
            work = self._works.keep(key, Work(begin()))
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
