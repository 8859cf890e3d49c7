"""One gradient, one sign: all that is needed to redraw the attack at any epsilon."""

import time
from dataclasses import dataclass

import numpy as np
import torch
from numpy.typing import NDArray
from torch import Tensor

from demo import fgsm, scores
from demo.attacks import sign_methods

RUNNER_UP = -1
"""As a target: whatever class the network holds for second most likely."""


@dataclass(frozen=True)
class Answer:
    """What a network says: a class index and its confidence, 0 to 1."""

    label: int
    confidence: float


@dataclass(frozen=True)
class OneStep:
    """The three pictures of the paper's figure 1, and what the network says to each.

    direction: (H, W, C) int8, eta / epsilon: the sign of the gradient, or minus it toward a
    target.  label: the class in J, the target if there is one.  zero_share: share of the values
    without a gradient, 0 to 1.  gradient_norm: ||grad J||_1, nats for the whole pixel range.
    milliseconds: of the gradient alone.
    """

    direction: NDArray[np.int8]
    label: int
    target: int | None
    clean: Answer
    perturbation: Answer
    adversarial: Answer
    epsilon: float
    zero_share: float
    gradient_norm: float
    loss: float
    milliseconds: float


def run(
    model: fgsm.Model,
    image: Tensor,
    epsilon: float,
    label: int | None = None,
    target: int | None = None,
) -> OneStep:
    """The attack on one image (1, C, H, W): away from `label`, or toward `target`.

    label: None takes the network's own answer.  target: None is untargeted, `RUNNER_UP` takes
    the second most likely class.  epsilon: where the adversarial answer is read.
    """
    clean_logits = sign_methods.logits_of(model, image)
    wanted = runner_up(clean_logits) if target == RUNNER_UP else target
    in_loss = wanted if wanted is not None else label
    if in_loss is None:
        in_loss = int(scores.predicted_label(clean_logits))
    gradient, milliseconds = _timed_gradient(model, image, in_loss)
    direction = gradient.sign() if wanted is None else -gradient.sign()
    logits = sign_methods.logits_of(model, _pictures(image, direction, epsilon))
    return OneStep(
        direction=direction[0].permute(1, 2, 0).to(torch.int8).cpu().numpy(),
        label=in_loss,
        target=wanted,
        clean=answer(clean_logits),
        perturbation=answer(logits[0:1]),
        adversarial=answer(logits[1:2]),
        epsilon=epsilon,
        zero_share=scores.exact(gradient == 0).mean().item(),
        gradient_norm=scores.exact(gradient).abs().sum().item(),
        loss=-scores.probabilities(clean_logits)[0, in_loss].clamp_min(1e-300).log().item(),
        milliseconds=milliseconds,
    )


def answer(logits: Tensor) -> Answer:
    """(1, K) logits -> the predicted class and its confidence."""
    return Answer(int(scores.predicted_label(logits)), float(scores.confidence(logits)))


def runner_up(logits: Tensor) -> int:
    """(1, K) logits -> the second most likely class."""
    return int(logits[0].topk(2).indices[1])


def _pictures(image: Tensor, direction: Tensor, epsilon: float) -> Tensor:
    """The perturbation as a picture, -1 black to +1 white, and the adversarial example."""
    adversarial = fgsm.adversarial_example(image, epsilon * direction)
    return torch.cat([(direction + 1) / 2, adversarial])


def _timed_gradient(model: fgsm.Model, image: Tensor, label: int) -> tuple[Tensor, float]:
    labels = torch.tensor([label], device=image.device)
    start = time.perf_counter()
    gradient = fgsm.loss_gradient(model, image, labels)
    if image.device.type == "cuda":
        torch.cuda.synchronize(image.device)
    return gradient, (time.perf_counter() - start) * 1e3
