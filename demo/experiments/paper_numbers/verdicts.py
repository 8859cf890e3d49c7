"""What a row may claim: the paper's number, its direction, neither, or nothing yet.

A judge takes what was measured and gives the verdict with its reason. Each asks for the error
without attack too, because an untrained network is fooled by everything and proves nothing.
"""

from collections.abc import Callable, Sequence
from typing import Literal

import numpy as np
from scipy import stats

from demo.experiments.paper_numbers.bench import Measured

Verdict = Literal["same number", "same direction", "differs", "undecided"]
Judged = tuple[Verdict, str]
"""(verdict, its reason in one sentence)."""
Judge = Callable[[Measured], Judged]
VERDICTS: tuple[Verdict, ...] = ("same number", "same direction", "differs", "undecided")
CLEAN = "error without attack"
"""The part that says whether the networks have learned anything."""
POINTS = 0.02
"""How near a number is "the same"; shares are 0 to 1."""


def furthest(found: Sequence[float], papers: Sequence[float]) -> float:
    """The largest distance of a number from the paper's; nan where one is not a number."""
    return float(np.max(np.abs(np.subtract(found, papers))))


def learned(found: Measured, most: float) -> bool:
    """Whether every network of the row is wrong on at most that share without attack."""
    return CLEAN in found.parts and max(found.parts[CLEAN]) <= most


def of(same: bool, direction: bool, reason: str) -> Judged:
    """The first that holds; "differs" where neither does."""
    return ("same number" if same else "same direction" if direction else "differs"), reason


def compared(papers: Sequence[float], direction: Callable[[Measured], bool], most: float) -> Judge:
    """A judge for numbers that the paper has. most: see `learned`.

    The row's first numbers are compared with `papers`; further ones have no counterpart.
    """

    def judge(found: Measured) -> Judged:
        if CLEAN not in found.parts:
            return "undecided", "The error without attack was not measured in this run."
        if not learned(found, most):
            return "differs", "The networks are wrong too often without attack to say anything."
        away = furthest(found.values[: len(papers)], papers)
        reason = f"Furthest from the paper's: {100 * away:.1f} points."
        return of(away <= POINTS, direction(found), reason)

    return judge


def welch(first: Sequence[float], second: Sequence[float]) -> float:
    """Two-sided p of Welch's t-test; nan where a sample has fewer than two values."""
    if min(len(first), len(second)) < 2:
        return float("nan")
    return float(stats.ttest_ind(first, second, equal_var=False).pvalue)
