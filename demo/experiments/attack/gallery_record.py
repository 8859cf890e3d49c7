"""What the first page shows of one photograph of the gallery: all that is recorded in advance."""

from dataclasses import dataclass, replace

import numpy as np
import torch
from numpy.typing import NDArray
from torch import nn

import demo.device
from demo import scores
from demo.attacks import sign_methods
from demo.data import pictures
from demo.experiments.attack import (
    confidence_sweep,
    failures,
    logits_line,
    one_step,
    only_the_sign,
    random_signs,
    two_gradients,
)

BEHIND = tuple(-e for e in reversed(confidence_sweep.EPSILON_GRID[2::2]))
"""The epsilons below 0 of the logits' line."""
CONTROL = confidence_sweep.EPSILON_GRID[::2]
"""The epsilons of the random signs."""
CHECKED = (0, 20, 40, 64)
"""Where in the grid a record is compared with a fresh evaluation."""
OFF = 0.01
"""Shares, and the share of the signs, may differ by so much: rounding turns the smallest values."""
PAPERS = confidence_sweep.THE_PAPERS_EPSILON
Pixels = NDArray[np.uint8]


@dataclass(frozen=True)
class Recorded:
    """One photograph on one network, one step away from the gallery's label.

    behind: (B, K) logits at `BEHIND`.  control: (seeds, F), the label's probability under random
    signs at `CONTROL`.  flip: index of the first epsilon at which a step away from the network's
    own answer changes it; None: none.  sign: the step beside the gradient itself, at the paper's
    epsilon.  device: on which all this was computed.
    """

    step: one_step.OneStep
    sweep: confidence_sweep.ConfidenceSweep
    behind: NDArray[np.float32]
    control: NDArray[np.float64]
    gradient: two_gradients.Gradient
    flip: int | None
    sign: only_the_sign.ThreeSteps
    device: str

    def step_at(self, epsilon: float) -> one_step.OneStep | None:
        """The step, its adversarial answer read at that epsilon; None if it is not in the grid."""
        at = np.flatnonzero(self.sweep.epsilons == epsilon)
        if not len(at):
            return None
        logits = torch.from_numpy(self.sweep.logits[at[:1]])
        return replace(self.step, epsilon=epsilon, adversarial=one_step.answer(logits))

    def line(self) -> logits_line.LogitsLine:
        """Logits on both sides of the picture."""
        return logits_line.joined(BEHIND, self.behind, self.sweep.epsilons, self.sweep.logits)


def measure(model: nn.Module, pixels: Pixels, label: int, device: torch.device) -> Recorded:
    """Compute it. pixels: (S, S, 3), a photograph at the network's size.  label: the class in J."""
    image = pictures.to_tensor(pixels).to(device)
    step = one_step.run(model, image, PAPERS, label)
    sweep = confidence_sweep.run(model, pixels, step.direction, device)
    direction = torch.from_numpy(step.direction).permute(2, 0, 1)[None].to(image)
    control = [random_signs.run(model, image, label, CONTROL, seed) for seed in random_signs.SEEDS]
    return Recorded(
        step, sweep, sign_methods.logits_along(model, image, direction, BEHIND).cpu().numpy(),
        np.array(control), two_gradients.run(model, image, label),
        _flip(model, pixels, step, sweep, device),
        only_the_sign.run(model, image, label, PAPERS), demo.device.name(device),
    )  # fmt: skip


def agrees(found: Recorded, model: nn.Module, pixels: Pixels, device: torch.device) -> bool:
    """Whether the network still says what was recorded: its signs, some epsilons, some control."""
    label, image = found.step.label, pictures.to_tensor(pixels).to(device)
    step = one_step.run(model, image, PAPERS, label)
    direction = torch.from_numpy(found.step.direction).permute(2, 0, 1)[None].to(image)
    epsilons = [confidence_sweep.EPSILON_GRID[i] for i in CHECKED]
    logits = sign_methods.logits_along(model, image, direction, epsilons).cpu()
    shares, recorded = (
        scores.probabilities(x).numpy()
        for x in (logits, torch.from_numpy(found.sweep.logits[[*CHECKED]]))
    )
    random = random_signs.run(model, image, label, CONTROL[-2:], random_signs.SEEDS[0])
    turned = float((step.direction != found.step.direction).mean())
    return (
        max(turned, np.abs(random - found.control[0, -2:]).max()) <= OFF
        and np.abs(shares.max(axis=1) - recorded.max(axis=1)).max() <= OFF
        and step.clean.label == found.step.clean.label
    )


def _flip(
    model: nn.Module, pixels: Pixels, step: one_step.OneStep,
    sweep: confidence_sweep.ConfidenceSweep, device: torch.device,
) -> int | None:  # fmt: skip
    if step.label != step.clean.label:
        own = one_step.run(model, pictures.to_tensor(pixels).to(device), 0.0)
        sweep = confidence_sweep.run(model, pixels, own.direction, device)
    answers = sweep.logits.argmax(axis=1)
    return failures.first(answers != answers[0])
