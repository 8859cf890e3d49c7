"""Why only the sign: FGSM beside the gradient itself, as large in the max-norm and as long.

To first order a step eta changes J by eta . g. Under max|eta| <= epsilon the largest is
epsilon * sign(g), which gives epsilon ||g||_1; under ||eta||_2 <= r it is r g / ||g||_2.
Source: arXiv:1412.6572, section 4; Hoelder's inequality.
"""

from dataclasses import dataclass

import torch
from torch import Tensor

from demo import fgsm, scores
from demo.attacks import sign_methods
from demo.experiments.attack import one_step

TINY = 1e-30
"""Below it a norm is taken for 0: a gradient of zero makes steps of zero."""


@dataclass(frozen=True)
class Step:
    """One way to step. largest, length: max|eta| and ||eta||_2, before the clip.

    promised, real: the change of J, nats: eta . g, and of the network after the clip.
    """

    largest: float
    length: float
    promised: float
    real: float
    answer: one_step.Answer


@dataclass(frozen=True)
class ThreeSteps:
    """sign: FGSM.  same_largest, same_length: along the gradient, with FGSM's max|eta|, ||eta||_2.

    Up the loss of the label, or down that of a target.
    """

    sign: Step
    same_largest: Step
    same_length: Step


def run(
    model: fgsm.Model, image: Tensor, label: int, epsilon: float, toward: bool = False
) -> ThreeSteps:
    """The three steps at one image (1, C, H, W). label: the class in J.  toward: it is a target."""
    labels = torch.tensor([label], device=image.device)
    gradient = fgsm.loss_gradient(model, image, labels)
    uphill = -gradient if toward else gradient
    sign = fgsm.perturbation(uphill, epsilon)
    largest, length = uphill.abs().max().clamp_min(TINY), uphill.norm().clamp_min(TINY)
    etas = torch.cat([sign, uphill * (epsilon / largest), uphill * (sign.norm() / length)])
    logits = sign_methods.logits_of(
        model, torch.cat([image, fgsm.adversarial_example(image, etas)])
    )
    losses = fgsm.losses(scores.exact(logits), labels.cpu().repeat(4))
    slope = scores.exact(gradient[0])
    steps = [
        Step(
            float(eta.abs().max()), float(eta.norm()), float((eta * slope).sum()),
            float(loss - losses[0]), one_step.answer(row[None]),
        )
        for eta, loss, row in zip(scores.exact(etas), losses[1:], logits[1:], strict=True)
    ]  # fmt: skip
    return ThreeSteps(*steps)
