"""One step or ten on one picture, at several epsilons at once."""

from collections.abc import Callable
from dataclasses import dataclass

import numpy as np
import torch
from numpy.typing import NDArray

from demo import fgsm, scores
from demo.attacks import sign_methods
from demo.data import pictures
from demo.experiments.attack import confidence_sweep, one_step, ten_steps


@dataclass(frozen=True)
class Walk:
    """What the steps lead to at each epsilon, the first of which is 0.

    logits, saved_logits: (E, K), of the adversarial examples and of the same in 8 bit.
    saved_pixels: i -> the latter, (H, W, C).  perturbation: i -> the answer to the change alone.
    largest_change: (E,), in 8-bit levels.  clipped: (E,), share of the values, if one step.
    """

    epsilons: tuple[float, ...]
    logits: NDArray[np.float32]
    saved_logits: NDArray[np.float32]
    saved_pixels: Callable[[int], pictures.Pixels]
    perturbation: Callable[[int], one_step.Answer]
    largest_change: NDArray[np.float64]
    clipped: NDArray[np.float64] | None


def one(
    model: fgsm.Model, pixels: pictures.Pixels, image: torch.Tensor, step: one_step.OneStep,
    epsilons: tuple[float, ...],
) -> Walk:  # fmt: skip
    """FGSM along the step's direction. image: `pixels` as (1, C, H, W).  epsilons: 0 first."""
    sweep = confidence_sweep.run(model, pixels, step.direction, image.device, epsilons)
    levels = [confidence_sweep.round_half_up(255 * epsilon) for epsilon in epsilons]
    return Walk(
        epsilons, sweep.logits, sweep.saved_logits[sweep.saved],
        lambda i: confidence_sweep.rounded_picture(pixels, step.direction, levels[i]),
        lambda i: step.perturbation, sweep.largest_change, sweep.clipped,
    )  # fmt: skip


def ten(
    model: fgsm.Model, pixels: pictures.Pixels, image: torch.Tensor, step: one_step.OneStep,
    epsilons: tuple[float, ...],
) -> Walk:  # fmt: skip
    """Ten steps of the basic iterative method; as `one`."""
    levels = [255 * epsilon for epsilon in epsilons]
    *_, adversarial = ten_steps.steps(model, image, step.label, step.target, levels)
    result = ten_steps.result(model, image, adversarial)
    change = adversarial - image

    def perturbation(i: int) -> one_step.Answer:
        magnified = change[i : i + 1] / (epsilons[i] or 1)
        return one_step.answer(sign_methods.logits_of(model, (magnified + 1) / 2))

    return Walk(
        epsilons, result.logits, result.saved_logits,
        lambda i: pictures.to_pixels(ten_steps.rounded(adversarial[i : i + 1])), perturbation,
        255 * scores.exact(change.abs().amax(dim=(1, 2, 3))).numpy(), None,
    )  # fmt: skip
