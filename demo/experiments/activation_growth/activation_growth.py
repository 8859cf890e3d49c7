"""w.(x + eta) - w.x against the dimension n: eta = epsilon * sign(w), and signs that know nothing.

For J = w.x the gradient in x is w, so the attack is `fgsm.perturbation` of w. Everything here is
for epsilon = 1 and weights of mean magnitude 1; both growths are linear in epsilon and in m.
"""

import re
from dataclasses import dataclass
from functools import cache

import numpy as np
import torch
from numpy.typing import NDArray

from demo import fgsm

Floats = NDArray[np.float64]

LARGEST = 10_000_000
LANDMARKS = (784, 150_528)
"""Values of a digit (28 x 28) and of a photograph (224 x 224 x 3)."""
PER_DECADE = 16
SEEDS = tuple(range(16))
FIRST = 256
"""Weights whose single parts are kept."""
FITTED_FROM = 10
"""The n from which on a slope is fitted: before it, one weight more or less decides."""

_CHUNK = 2**13
"""Weights at a time: few enough for the processor's cache, and for one thread."""


@dataclass(frozen=True)
class Draw:
    """One weight vector of `LARGEST` values, drawn evenly from -2 to 2: mean magnitude 1.

    worst: (K,) sum of |w_i| up to each stop, from eta = sign(w).
    blind: (K,) sum of w_i, from eta = 1 everywhere. The weights' own signs are fair and
    independent, so any signs that do not look at w, random ones too, give a sum of the same law.
    first: (256,) |w_i| of the first ones.
    """

    worst: Floats
    blind: Floats
    first: Floats


@dataclass(frozen=True)
class Slope:
    """d log(growth) / d log(n): the mean over the draws, and the standard error of that mean."""

    value: float
    error: float

    def __format__(self, form: str) -> str:
        """Both as numbers are written on the pages: `.48 ± .02`. form: as for a float."""
        both = f"{self.value:{form}} ± {self.error:{form.removeprefix('+')}}"
        return re.sub(r"\b0\.", ".", both).replace("-", "−")


@cache
def stops() -> tuple[int, ...]:
    """Dimensions from 1 to `LARGEST`, evenly spaced in log(n), the landmarks among them."""
    decades = round(np.log10(LARGEST))
    even = np.round(10 ** (np.arange(PER_DECADE * decades + 1) / PER_DECADE)).astype(int)
    return tuple(sorted({*even.tolist(), *LANDMARKS}))


def draw(seed: int) -> Draw:
    """Draw a weight vector from stop to stop, and add up its two growths."""
    generator = np.random.default_rng(seed)
    first = np.abs(np.random.default_rng(seed).uniform(-2, 2, FIRST))
    counts = np.diff(stops(), prepend=0).tolist()
    sums = np.array([_sums(generator, count) for count in counts])
    worst, blind = np.cumsum(sums, axis=0).T
    return Draw(worst, blind, first)


def _sums(generator: np.random.Generator, count: int) -> tuple[float, float]:
    """w.sign(w) and w.1 of the next `count` weights, drawn a chunk at a time."""
    worst = blind = 0.0
    for start in range(0, count, _CHUNK):
        weights = generator.uniform(-2, 2, min(_CHUNK, count - start))
        worst += float(weights @ fgsm.perturbation(torch.from_numpy(weights), 1.0).numpy())
        blind += float(weights.sum())
    return worst, blind


def slope(growths: Floats) -> Slope:
    """The straight line through log(growth) over log(n), for each draw: its mean slope.

    growths: (draws, K) at the stops, any sign.
    """
    n = np.array(stops())
    fitted = n >= FITTED_FROM
    lines = np.log(np.abs(growths[:, fitted])).T
    slopes = np.polyfit(np.log(n[fitted]), lines, 1)[0]
    return Slope(float(slopes.mean()), float(slopes.std(ddof=1) / np.sqrt(len(slopes))))


def straight(n: Floats, growth: Floats) -> Slope:
    """One line through log(growth) over log(n) by least squares, and its slope's standard error.

    n, growth: (K,), positive, K at least 3.
    """
    x, y = np.log(n), np.log(growth)
    line = np.polyfit(x, y, 1)
    rest = np.square(y - np.polyval(line, x)).sum() / (len(x) - 2)
    return Slope(float(line[0]), float(np.sqrt(rest / np.square(x - x.mean()).sum())))
