"""Seconds of several pieces of work, taken in turns so that all meet the same machine."""

import math
import statistics
import time
from collections.abc import Callable, Sequence

import torch

Seconds = dict[str, list[float]]
"""Name of the work -> its seconds, one a round."""

LEAST_ROUNDS = 3
LEAST_SECONDS = 0.01
"""A sample is as many calls of each piece as the first needs to last so long: otherwise a clock's
tick and a thread's waking would be read as the work."""


def in_turns(
    work: dict[str, Callable[[], object]],
    rounds: int,
    warm_up: int = 2,
    budget: float = math.inf,
) -> Seconds:
    """Every piece once a round, each round beginning with another piece: seconds of one call.

    budget: seconds after which no further round begins; `LEAST_ROUNDS` are always run.
    """
    start, names = time.perf_counter(), list(work)
    for name in names * warm_up:
        work[name]()
    calls = max(1, math.ceil(LEAST_SECONDS / _seconds(work[names[0]], 1)))
    seconds: Seconds = {name: [] for name in names}
    for i in range(rounds):
        if i >= LEAST_ROUNDS and time.perf_counter() - start > budget:
            break
        first = i % len(names)
        for name in names[first:] + names[:first]:
            seconds[name].append(_seconds(work[name], calls))
    return seconds


def _seconds(piece: Callable[[], object], calls: int) -> float:
    _wait()
    start = time.perf_counter()
    for _ in range(calls):
        piece()
    _wait()
    return (time.perf_counter() - start) / calls


def _wait() -> None:
    if torch.cuda.is_available():
        torch.cuda.synchronize()


def summary(values: Sequence[float]) -> dict[str, float | int]:
    """Median and quartiles, in the values' own unit."""
    low, middle, high = statistics.quantiles(values, n=4, method="inclusive")
    return {"median": middle, "quartile_1": low, "quartile_3": high, "rounds": len(values)}


def ratio(ours: Sequence[float], theirs: Sequence[float]) -> dict[str, float]:
    """Of the medians; the quartiles are those of the single rounds' ratios."""
    low, _, high = statistics.quantiles(
        [a / b for a, b in zip(ours, theirs, strict=True)], n=4, method="inclusive"
    )
    middle = statistics.median(ours) / statistics.median(theirs)
    return {"ratio": middle, "quartile_1": low, "quartile_3": high}
