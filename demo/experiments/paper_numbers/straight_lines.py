"""How straight the logits are along FGSM's direction, far outside the pixel range.

    z_k(x + epsilon sign(grad_x J)),   epsilon from -15 to +15, not clipped

Each logit is fitted by a continuous line of three pieces whose two knots lie where the squared
error is least. Source: arXiv:1412.6572, section 7 and figure 4.
"""

import functools
from dataclasses import dataclass
from itertools import combinations

import numpy as np
import torch
from numpy.typing import NDArray

from demo import fgsm
from demo.data.labelled import Labelled
from demo.experiments.paper_numbers import examples
from demo.experiments.paper_numbers.bench import Walk, pieces

FURTHEST = 15.0
EPSILON_GRID = np.linspace(-FURTHEST, FURTHEST, 121)
DIGITS = 200
_PIECE = 20
STRIP = (-15.0, -10.0, -5.0, -2.0, -1.0, -0.5, -0.25, 0.0, 0.25, 0.5, 1.0, 2.0, 5.0, 10.0, 15.0)
"""Where the strip below the lines has a picture."""


@dataclass(frozen=True)
class StraightLines:
    """epsilons: (E,).  logits: (N, E, K) float32.  labels: (N,).

    fit: (N, K, E), the three-piece lines.  r_squared: (N,), of a digit's K logits together:
    1 - sum of squared errors / sum of squares about each logit's mean.
    held: (N,), the widest range of epsilon over which one and the same wrong answer holds.
    """

    epsilons: NDArray[np.float64]
    logits: NDArray[np.float32]
    labels: NDArray[np.int64]
    fit: NDArray[np.float64]
    r_squared: NDArray[np.float64]
    held: NDArray[np.float64]


def run(network: fgsm.Model, labelled: Labelled) -> Walk[StraightLines]:
    """The logits of every digit along its own direction, their fit, and how good it is."""

    def fitted(piece: Labelled, start: int) -> tuple[NDArray[np.float32], NDArray[np.float64]]:
        along = _along(network, piece)
        curves = along.astype(np.float64).transpose(0, 2, 1)
        fit = three_pieces(EPSILON_GRID, curves.reshape(-1, len(EPSILON_GRID)))
        return along, fit.reshape(curves.shape)

    found = yield from pieces(labelled, _PIECE, fitted)
    labels = labelled.labels.cpu().numpy()
    whole, fit = (np.concatenate(each) for each in zip(*found, strict=True))
    good = r_squared(whole.astype(np.float64).transpose(0, 2, 1), fit)
    held = _held(whole.argmax(axis=2), labels)
    return StraightLines(EPSILON_GRID, whole, labels, fit, good, held)


def strip(
    network: fgsm.Model, one: Labelled, epsilons: tuple[float, ...] = STRIP
) -> examples.Examples:
    """The pictures themselves, as in the paper's figure 4. one: a single digit.

    Shown cut to 0 to 1; the answers are to the uncut pictures.
    """
    signs = fgsm.perturbation(fgsm.loss_gradient(network, one.images, one.labels), 1.0)
    steps = torch.tensor(epsilons, device=signs.device).view(-1, 1, 1, 1)
    labels = one.labels.repeat(len(epsilons))
    return examples.answered(network, one.images + steps * signs, labels, "along the direction")


def _along(network: fgsm.Model, piece: Labelled) -> NDArray[np.float32]:
    """(N, E, K) logits, no clip: the paper walks far out of the pixel range."""
    signs = fgsm.perturbation(fgsm.loss_gradient(network, piece.images, piece.labels), 1.0)
    with torch.inference_mode():
        columns = [network(piece.images + float(epsilon) * signs) for epsilon in EPSILON_GRID]
    stacked: NDArray[np.float32] = torch.stack(columns, dim=1).cpu().numpy()
    return stacked


def three_pieces(x: NDArray[np.float64], curves: NDArray[np.float64]) -> NDArray[np.float64]:
    """The best continuous line of three pieces through each curve, its knots among x.

    x: (E,), ascending.  curves: (C, E).  Gives (C, E).
    """
    bases = _bases(tuple(x))
    pairs, epsilons, columns = bases.shape
    flat = bases.transpose(1, 0, 2).reshape(epsilons, pairs * columns)
    inside = (curves @ flat).reshape(len(curves), pairs, columns)
    best = (inside**2).sum(axis=2).argmax(axis=1)
    chosen = inside[np.arange(len(curves)), best]
    fit: NDArray[np.float64] = np.einsum("ck,cek->ce", chosen, bases[best])
    return fit


@functools.cache
def _bases(x: tuple[float, ...]) -> NDArray[np.float64]:
    """(pairs of knots, E, 4): an orthonormal basis of the continuous lines with these knots."""
    at = np.array(x)
    columns = [
        np.stack([np.ones_like(at), at, np.maximum(at - a, 0), np.maximum(at - b, 0)], axis=1)
        for a, b in combinations(at[1:-1:2], 2)
    ]
    bases: NDArray[np.float64] = np.linalg.qr(np.stack(columns))[0]
    return bases


def r_squared(curves: NDArray[np.float64], fit: NDArray[np.float64]) -> NDArray[np.float64]:
    """(N, K, E) curves and their fit -> (N,); 1 where nothing is left unexplained."""
    errors = ((curves - fit) ** 2).sum(axis=(1, 2))
    about_the_mean = ((curves - curves.mean(axis=2, keepdims=True)) ** 2).sum(axis=(1, 2))
    shares: NDArray[np.float64] = 1 - errors / np.maximum(about_the_mean, 1e-300)
    return shares


def _held(answers: NDArray[np.int64], labels: NDArray[np.int64]) -> NDArray[np.float64]:
    """answers: (N, E) -> (N,) widths in epsilon."""
    step = EPSILON_GRID[1] - EPSILON_GRID[0]
    return np.array([step * _longest(row, k) for row, k in zip(answers, labels, strict=True)])


def _longest(answers: NDArray[np.int64], label: int) -> int:
    """Steps from first to last epsilon of the longest stretch of one wrong answer."""
    longest, length = 0, -1
    for before, now in zip([-1, *answers[:-1]], answers, strict=True):
        same = now == before and now != label
        length = length + 1 if same else (0 if now != label else -1)
        longest = max(longest, length)
    return longest
