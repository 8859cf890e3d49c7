"""Margins y(w.x + b) of every shipped three and seven, and what FGSM leaves of them.

The formula margin - epsilon ||w||_1 is exact where nothing is clipped; what a picture really
loses is less, for a black pixel cannot get darker. Both are evaluated at each epsilon.
Source: arXiv:1412.6572, section 5 and figure 2.
"""

from dataclasses import dataclass

import numpy as np
import torch
from numpy.typing import NDArray
from torch import Tensor

from demo import fgsm, scores
from demo.data import digits
from demo.data.labelled import Labelled
from demo.networks import architectures

EPSILON_GRID = tuple(i / 256 for i in range(129))
"""0 to .5 in equal steps, each exact in float32; the paper's .25 is in the middle."""


@dataclass(frozen=True)
class Margins:
    """One network on N digits at E epsilons. Labels: 0 for a three (y = +1), 1 for a seven (-1).

    weights: (28, 28), w for these y, as on the lecture's board: minus those of the network, whose
    activation is the log-odds of a seven.  l1: ||w||_1.  signs: (28, 28), sign(w).
    clean: (N,), the margins without attack.
    formula, unclipped, clipped: (E, N), the margins left: clean - epsilon * l1; of
    x + epsilon * sign(gradient), evaluated; of the same in the pixel range, evaluated.
    wrong_unclipped, wrong_clipped: (E, N), whether the network's answer is not the label.
    """

    epsilons: NDArray[np.float64]
    labels: NDArray[np.int64]
    weights: NDArray[np.float32]
    signs: NDArray[np.int8]
    l1: float
    clean: NDArray[np.float64]
    formula: NDArray[np.float64]
    unclipped: NDArray[np.float64]
    clipped: NDArray[np.float64]
    wrong_unclipped: NDArray[np.bool_]
    wrong_clipped: NDArray[np.bool_]

    def errors(self, wrong: NDArray[np.bool_]) -> NDArray[np.int64]:
        """(E, N) -> (E, 2): wrong answers among the threes and among the sevens."""
        return np.stack([wrong[:, self.labels == k].sum(axis=1) for k in (0, 1)], axis=1)

    @property
    def wrong_by_formula(self) -> NDArray[np.bool_]:
        """(E, N): a margin of exactly 0 is answered with the three, as argmax has it."""
        lost: NDArray[np.bool_] = np.where(self.labels == 1, self.formula <= 0, self.formula < 0)
        return lost

    @property
    def largest_difference(self) -> NDArray[np.float64]:
        """(E,): max |formula - unclipped| over the digits: rounding in float32, no more."""
        result: NDArray[np.float64] = np.abs(self.formula - self.unclipped).max(axis=1)
        return result

    def fall(self, margins: NDArray[np.float64]) -> NDArray[np.float64]:
        """(E, N) -> (E,): by how much the margins have fallen, on average."""
        result: NDArray[np.float64] = (self.clean - margins).mean(axis=1)
        return result

    @property
    def all_wrong(self) -> int | None:
        """Index of the first epsilon at which no digit in the pixel range is answered rightly."""
        found = np.flatnonzero(self.wrong_clipped.all(axis=1))
        return int(found[0]) if found.size else None


def shipped() -> Labelled:
    """The 500 threes and 500 sevens that ship, in turn: (1000, 1, 28, 28), labels 0, 1, 0, ..."""
    images, labels = digits.embedded()
    pairs = np.stack([np.flatnonzero(labels == k) for k in digits.THREE_AND_SEVEN], axis=1)
    pixels = images[pairs.ravel()]
    return Labelled(digits.to_images(pixels), torch.arange(2).repeat(len(pairs)))


def run(
    network: architectures.LogisticRegression,
    labelled: Labelled,
    epsilons: tuple[float, ...] = EPSILON_GRID,
) -> Margins:
    """Attack every digit at every epsilon, without and with the clip, and ask the network.

    One gradient for all of them: the direction does not depend on epsilon.
    """
    images, labels = labelled.images, labelled.labels
    gradient = fgsm.loss_gradient(network, images, labels)
    clean = _margins(network(images), labels)
    free, kept = [], []
    for epsilon in epsilons:
        eta = fgsm.perturbation(gradient, epsilon)
        free.append(network(images + eta))
        kept.append(network(fgsm.adversarial_example(images, eta)))
    unclipped, clipped = torch.stack(free), torch.stack(kept)
    weights, exact = -network.weight.detach().cpu(), np.array(epsilons)
    l1 = float(scores.exact(weights).abs().sum())
    return Margins(
        exact, labels.cpu().numpy(), weights.reshape(digits.SIDE, digits.SIDE).numpy(),
        weights.sign().reshape(digits.SIDE, digits.SIDE).to(torch.int8).numpy(), l1, clean,
        clean - exact[:, None] * l1, _margins(unclipped, labels), _margins(clipped, labels),
        _wrong(unclipped, labels), _wrong(clipped, labels),
    )  # fmt: skip


def _margins(logits: Tensor, labels: Tensor) -> NDArray[np.float64]:
    """y z: (..., N, 2) logits -> (..., N)."""
    y = 1 - 2 * labels
    result: NDArray[np.float64] = scores.exact(y * (logits[..., 0] - logits[..., 1])).numpy()
    return result


def _wrong(logits: Tensor, labels: Tensor) -> NDArray[np.bool_]:
    """(E, N, 2) -> (E, N)."""
    answers = scores.predicted_label(logits.flatten(0, 1)).reshape(logits.shape[:2])
    result: NDArray[np.bool_] = (answers != labels).cpu().numpy()
    return result
