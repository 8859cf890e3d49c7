"""Seconds of several pieces of work, taken in turns so that all meet the same machine."""

import statistics
import time
from collections.abc import Callable, Sequence

import torch

Seconds = dict[str, list[float]]
"""Name of the work -> its seconds, one a round."""


def in_turns(work: dict[str, Callable[[], object]], rounds: int, warm_up: int = 2) -> Seconds:
    """Every piece once a round, each round beginning with another piece."""
    names = list(work)
    for name in names * warm_up:
        work[name]()
    seconds: Seconds = {name: [] for name in names}
    for i in range(rounds):
        first = i % len(names)
        for name in names[first:] + names[:first]:
            seconds[name].append(_seconds(work[name]))
    return seconds


def _seconds(piece: Callable[[], object]) -> float:
    _wait()
    start = time.perf_counter()
    piece()
    _wait()
    return time.perf_counter() - start


def _wait() -> None:
    if torch.cuda.is_available():
        torch.cuda.synchronize()


def summary(seconds: Sequence[float]) -> dict[str, float | int]:
    """Median and quartiles, in seconds."""
    low, middle, high = statistics.quantiles(seconds, n=4, method="inclusive")
    return {"median": middle, "quartile_1": low, "quartile_3": high, "rounds": len(seconds)}


def ratio(ours: Sequence[float], theirs: Sequence[float]) -> dict[str, float]:
    """Of the medians; the quartiles are those of the single rounds' ratios."""
    low, _, high = statistics.quantiles(
        [a / b for a, b in zip(ours, theirs, strict=True)], n=4, method="inclusive"
    )
    middle = statistics.median(ours) / statistics.median(theirs)
    return {"ratio": middle, "quartile_1": low, "quartile_3": high}
