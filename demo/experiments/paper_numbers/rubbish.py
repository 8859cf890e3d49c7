"""Rubbish: images that are of no class, drawn from N(0, I), and what a network says of them.

A network that were sure of nothing there would give each class a tenth. Source: arXiv:1412.6572,
appendix A.
"""

from dataclasses import dataclass

import numpy as np
import torch
from numpy.typing import NDArray
from torch import Tensor

from demo import fgsm, scores
from demo.data.digits import SIDE
from demo.experiments.paper_numbers.bench import Walk, pieces
from demo.training import recipes

SURE = 0.5
"""A confidence above this is a mistake: no answer is right."""
AT_MOST = 1_000
"""Draws that are aimed at each class."""
TRIES = 512
"""Draws looked through for one on which the step succeeds."""
_PIECE = 500


@dataclass(frozen=True)
class Mistakes:
    """count: draws.  sure: how many got a digit with more than `SURE`.  confidence: mean on those,
    nan if none."""

    count: int
    sure: int
    confidence: float

    @property
    def share(self) -> float:
        """Of the draws, 0 to 1."""
        return self.sure / self.count


def draws(count: int, seed: int, device: torch.device) -> Tensor:
    """N(0, I): (count, 1, 28, 28), not clipped; drawn on the CPU, the same everywhere."""
    generator = torch.Generator().manual_seed(seed)
    return torch.randn(count, 1, SIDE, SIDE, generator=generator).to(device)


def mistakes(network: fgsm.Model, images: Tensor) -> Walk[Mistakes]:
    """How often the network gives one of the ten digits more than `SURE`."""
    surest = lambda piece, _: _digits(network, piece).amax(dim=1)  # noqa: E731
    every = torch.cat((yield from pieces(images, _PIECE, surest)))
    sure = every[every > SURE]
    return Mistakes(len(images), len(sure), float(sure.mean()))


def aimed(network: fgsm.Model, images: Tensor) -> Walk[tuple[tuple[float, ...], tuple[float, ...]]]:
    """For each digit, the share of draws with more than `SURE` for it, before and after one step.

    The step goes toward that digit: x - epsilon sign(grad_x J(theta, x, t)), not clipped.
    """
    before = (_digits(network, images) > SURE).double().mean(dim=0)
    after = []
    for target in range(10):
        yield target / 10
        moved = toward(network, images, target)
        after.append(float((_digits(network, moved)[:, target] > SURE).double().mean()))
    return tuple(before.tolist()), tuple(after)


def toward(network: fgsm.Model, images: Tensor, target: int) -> Tensor:
    """One step of FGSM at the recipes' epsilon toward the target, not clipped."""
    targets = torch.full((len(images),), target, device=images.device)
    gradient = fgsm.loss_gradient(network, images, targets)
    return images - fgsm.perturbation(gradient, recipes.EPSILON)


@dataclass(frozen=True)
class Fooled:
    """The first draw of a series that one step makes the network sure of `target`.

    number: of the draw, from 1; the last one where none of `TRIES` succeeds.  before, after:
    (28, 28) uint8, -3 black and +3 white.  answers, confidence: before and after, of the ten
    digits.  reached: the target's probability after the step.
    """

    target: int
    number: int
    before: NDArray[np.uint8]
    after: NDArray[np.uint8]
    answers: tuple[int, int]
    confidence: tuple[float, float]
    reached: float


def first_fooled(
    network: fgsm.Model, target: int, seed: int, device: torch.device, tries: int = TRIES
) -> Fooled:
    """Draw until one step toward the target succeeds. The series is `draws(tries, seed)`."""
    images = draws(tries, seed, device)
    moved = toward(network, images, target)
    succeeded = (_digits(network, moved)[:, target] > SURE).tolist()
    i = succeeded.index(True) if True in succeeded else tries - 1
    pair = torch.cat([images[i : i + 1], moved[i : i + 1]])
    sure, answers = _digits(network, pair).max(dim=1)
    reached = float(_digits(network, pair)[1, target])
    before, after = (_shown(image) for image in pair)
    first, second = answers.tolist()
    low, high = sure.tolist()
    return Fooled(target, i + 1, before, after, (first, second), (low, high), reached)


@dataclass(frozen=True)
class Answered:
    """A few draws. pixels: (N, 28, 28) uint8.  answers: (N,), a digit, or 10 for "none of them".

    confidence: (N,), 0 to 1.
    """

    pixels: NDArray[np.uint8]
    answers: NDArray[np.int64]
    confidence: NDArray[np.float64]


def answered(network: fgsm.Model, images: Tensor) -> Answered:
    """What the network says of these draws."""
    with torch.inference_mode():
        sure, answers = scores.probabilities(network(images)).max(dim=1)
    pixels = np.stack([_shown(image) for image in images])
    return Answered(pixels, answers.numpy(), sure.numpy())


def _digits(network: fgsm.Model, images: Tensor) -> Tensor:
    """The probabilities of the ten digits: (N, 10), on the CPU."""
    with torch.inference_mode():
        return scores.probabilities(network(images))[:, :10]


def _shown(image: Tensor) -> NDArray[np.uint8]:
    pixels: NDArray[np.uint8] = (
        ((image[0] / 6 + 0.5).clamp(0, 1) * 255).round().byte().cpu().numpy()
    )
    return pixels
