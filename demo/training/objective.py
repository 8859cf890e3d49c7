"""J~ and its gradient for one batch: what one step of training goes down.

For FGSM the backward pass that trains on the clean images also gives their gradient, so that the
attack costs no pass of its own; a network with dropout is attacked as dropout has left it then,
unless the adversary asks for eval mode.
Source: arXiv:1412.6572, section 6.
"""

import contextlib
from collections.abc import Callable
from dataclasses import dataclass

import torch
from torch import Tensor, nn

from demo import fgsm
from demo.training.adversaries import Adversary, FastGradientSign

Loss = Callable[[Tensor, Tensor], Tensor]


def wrong_answers(logits: Tensor, labels: Tensor) -> Tensor:
    """How many. logits: (N, K).  labels: (N,) -> ()."""
    return (logits.argmax(1) != labels).sum()


@dataclass(frozen=True)
class Objective:
    """J~ = a J(x) + (1 - a) J(x~), a = `clean_weight`, and its parameters' gradients.

    network: what is attacked and trained.  loss: of outputs and targets, their mean.  penalty:
    added.  wrong: counts the wrong among outputs.  passes: the same network as training calls it,
    where that is another object (distributed, compiled).  half: mixed precision (bfloat16).
    """

    network: nn.Module
    adversary: Adversary
    clean_weight: float
    loss: Loss
    penalty: Callable[[nn.Module], Tensor] | None = None
    wrong: Callable[[Tensor, Tensor], Tensor] = wrong_answers
    passes: nn.Module | None = None
    half: bool = False

    def backward(
        self, images: Tensor, targets: Tensor, generator: torch.Generator, over: float = 1.0
    ) -> Tensor:
        """Fill the parameters' `.grad`; (clean loss, adversarial loss, wrong answers) summed.

        over: how much of the training is over, 0 to 1, for an adversary that warms up. Wrong
        answers are counted on the clean images, or on the examples where a = 0.
        """
        a, adversary = self.clean_weight, self.adversary.at(over)
        shared = isinstance(adversary, FastGradientSign) and 0 < a < 1
        zero = torch.zeros((), device=images.device)
        clean, adversarial, wrong = zero, zero, zero
        leaves = images.detach().requires_grad_(shared)
        if a > 0:
            outputs, clean = self._pass(leaves, targets)
            wrong = self.wrong(outputs.detach(), targets)
            torch.autograd.backward(a * clean)
        if a < 1:
            with self._precision(images.device):
                examples = self._examples(adversary, leaves, targets, generator)
            outputs, adversarial = self._pass(examples, targets)
            wrong = self.wrong(outputs.detach(), targets) if a == 0 else wrong
            torch.autograd.backward((1 - a) * adversarial)
        if self.penalty is not None:
            torch.autograd.backward(self.penalty(self.network))
        size = len(targets)
        return torch.stack([clean.detach() * size, adversarial.detach() * size, wrong.float()])

    def _pass(self, images: Tensor, targets: Tensor) -> tuple[Tensor, Tensor]:
        """Outputs and their loss."""
        with self._precision(images.device):
            outputs = (self.passes or self.network)(images)
        return outputs, self.loss(outputs, targets)

    def _precision(self, device: torch.device) -> contextlib.AbstractContextManager[object]:
        return torch.autocast(device.type, torch.bfloat16, enabled=self.half)

    def _examples(
        self, adversary: Adversary, leaves: Tensor, targets: Tensor, generator: torch.Generator
    ) -> Tensor:
        """The adversary's images; FGSM's from the gradient that the clean loss just left."""
        images = leaves.detach()
        if (
            leaves.grad is not None
            and isinstance(adversary, FastGradientSign)
            and adversary.takes_the_clean_pass(generator)
        ):
            eta = fgsm.perturbation(leaves.grad, adversary.epsilon)
            return fgsm.adversarial_example(images, eta)
        return adversary(self.network, images, targets, generator)
