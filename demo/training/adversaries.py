"""Adversaries: what a network is trained against. Images -> images, for the network as it is.

Random signs and uniform noise are the paper's controls: as large as FGSM's step, and without aim.
"""

import dataclasses
from collections.abc import Callable
from dataclasses import dataclass
from typing import Protocol, Self

import torch
from torch import Tensor, nn

from demo import fgsm
from demo.attacks import sign_methods


class Adversary(Protocol):
    """adversary(network, images, labels, generator) -> images, for the network as it is."""

    def __call__(
        self, network: nn.Module, images: Tensor, labels: Tensor, generator: torch.Generator
    ) -> Tensor:
        """images: (N, C, H, W) in [0, 1] -> the same shape and range."""

    def at(self, over: float) -> "Adversary":
        """The adversary when that much of the training is over, 0 to 1."""


class Steady:
    """An adversary that is the same from the first step to the last."""

    def at(self, over: float) -> Self:
        """Itself."""
        return self


@dataclass(frozen=True)
class Unchanged(Steady):
    """Standard training: the images as they are."""

    def __call__(
        self, network: nn.Module, images: Tensor, labels: Tensor, generator: torch.Generator
    ) -> Tensor:
        """images."""
        return images


@dataclass(frozen=True)
class FastGradientSign(Steady):
    """x + epsilon sign(grad_x J): the paper's own adversary.

    eval_share: share of the batches, 0 to 1, for which a network with dropout is attacked without
    it. The rest of the time training takes the gradient that its clean pass left, dropout and
    all: better for clean images, weaker against the network as it answers in the end.
    """

    epsilon: float
    eval_share: float = 0.0

    def __call__(
        self, network: nn.Module, images: Tensor, labels: Tensor, generator: torch.Generator
    ) -> Tensor:
        """clip(x + epsilon sign(grad_x J)), the network in eval mode."""
        training = network.training
        network.eval()
        examples = fgsm.fgsm(network, images, labels, self.epsilon)
        network.train(training)
        return examples

    def takes_the_clean_pass(self, generator: torch.Generator) -> bool:
        """A draw: whether this batch's examples come from the gradient of the clean pass."""
        draw = torch.rand((), generator=generator, device=generator.device)
        return self.eval_share == 0 or bool(draw >= self.eval_share)


@dataclass(frozen=True)
class ProjectedGradient(Steady):
    """PGD from a random start: `steps` steps of `step`. Source: arXiv:1706.06083, section 2.1."""

    epsilon: float
    steps: int
    step: float

    def __call__(
        self, network: nn.Module, images: Tensor, labels: Tensor, generator: torch.Generator
    ) -> Tensor:
        """The last iterate."""
        return sign_methods.projected_gradient_descent(
            network, images, labels, self.epsilon, self.steps, self.step, generator
        )


@dataclass(frozen=True)
class RandomStart:
    """One step of FGSM from a random start in the ball, for training that must be cheap.

    clip_{x, epsilon}(x + u + step * epsilon * sign(grad J(x + u))),  u ~ U(-epsilon, epsilon).
    step: in epsilons.  warm_up: the share of the training in which epsilon rises to its full
    size from a tenth of it.  loss: of the network's outputs and the labels, or whatever
    stands for them, a mean; it rises.
    part: (rank, ranks); the images are each `ranks`-th of a batch whose noise is drawn whole.
    Source: Wong, Rice, Kolter, "Fast is better than free", arXiv:2001.03994, section 4.
    """

    epsilon: float
    loss: Callable[[Tensor, Tensor], Tensor]
    step: float = 1.25
    warm_up: float = 0.25
    part: tuple[int, int] = (0, 1)

    def at(self, over: float) -> "RandomStart":
        """With the epsilon of that moment."""
        risen = min(1.0, 0.1 + 0.9 * over / self.warm_up) if self.warm_up else 1.0
        return dataclasses.replace(self, epsilon=self.epsilon * risen, warm_up=0.0)

    def __call__(
        self, network: nn.Module, images: Tensor, labels: Tensor, generator: torch.Generator
    ) -> Tensor:
        """The end of the step."""
        lowest = (images - self.epsilon).clamp_min(fgsm.PIXEL_RANGE[0])
        highest = (images + self.epsilon).clamp_max(fgsm.PIXEL_RANGE[1])
        rank, ranks = self.part
        whole = (len(images) * ranks, *images.shape[1:])
        noise = torch.rand(whole, generator=generator, device=images.device)[rank::ranks] * 2 - 1
        with torch.enable_grad():
            start = (images + self.epsilon * noise).clamp(lowest, highest).requires_grad_()
            (gradient,) = torch.autograd.grad(self.loss(network(start), labels), start)
        eta = fgsm.perturbation(gradient, self.step * self.epsilon)
        return (start.detach() + eta).clamp(lowest, highest)


@dataclass(frozen=True)
class RandomSigns(Steady):
    """x +- epsilon, each pixel's sign a fair coin: the paper's first control, section 7."""

    epsilon: float

    def __call__(
        self, network: nn.Module, images: Tensor, labels: Tensor, generator: torch.Generator
    ) -> Tensor:
        """clip(x + epsilon * random signs)."""
        signs = sign_methods.random_signs(images.shape, generator)
        return fgsm.adversarial_example(images, self.epsilon * signs)


@dataclass(frozen=True)
class UniformNoise(Steady):
    """x + U(-epsilon, epsilon), each pixel on its own: the paper's second control, section 7."""

    epsilon: float

    def __call__(
        self, network: nn.Module, images: Tensor, labels: Tensor, generator: torch.Generator
    ) -> Tensor:
        """clip(x + noise)."""
        noise = torch.rand(images.shape, generator=generator, device=images.device) * 2 - 1
        return fgsm.adversarial_example(images, self.epsilon * noise)


def named(adversary: Adversary | None) -> str:
    """In a few words, with its epsilon; "nothing" for standard training."""
    words = {FastGradientSign: "FGSM", RandomSigns: "random signs", UniformNoise: "uniform noise"}
    if isinstance(adversary, ProjectedGradient):
        name = f"PGD ({adversary.steps} small steps of FGSM from a random start)"
    else:
        name = words.get(type(adversary), "nothing")
    epsilon = getattr(adversary, "epsilon", None)
    return name if epsilon is None else f"{name}, ε = {epsilon:g}".replace("0.", ".")
