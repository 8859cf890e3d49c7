"""Adversaries: what a network is trained against. Images -> images, for the network as it is.

Random signs and uniform noise are the paper's controls: as large as FGSM's step, and without aim.
"""

from dataclasses import dataclass
from typing import Protocol

import torch
from torch import Tensor, nn

from demo import attacks, fgsm


class Adversary(Protocol):
    """adversary(network, images, labels, generator) -> images, for the network as it is."""

    def __call__(
        self, network: nn.Module, images: Tensor, labels: Tensor, generator: torch.Generator
    ) -> Tensor:
        """images: (N, 1, 28, 28) in [0, 1] -> the same shape and range."""


@dataclass(frozen=True)
class Unchanged:
    """Standard training: the images as they are."""

    def __call__(
        self, network: nn.Module, images: Tensor, labels: Tensor, generator: torch.Generator
    ) -> Tensor:
        """images."""
        return images


@dataclass(frozen=True)
class FastGradientSign:
    """x + epsilon sign(grad_x J): the paper's own adversary.

    at_rest: share of the batches, 0 to 1, for which a network with dropout is attacked without
    it. The rest of the time training takes the gradient that its clean pass left, dropout and
    all: better for clean images, weaker against the network as it answers in the end.
    """

    epsilon: float
    at_rest: float = 0.0

    def __call__(
        self, network: nn.Module, images: Tensor, labels: Tensor, generator: torch.Generator
    ) -> Tensor:
        """clip(x + epsilon sign(grad_x J)), the network at rest."""
        training = network.training
        network.eval()
        examples = fgsm.fgsm(network, images, labels, self.epsilon)
        network.train(training)
        return examples

    def takes_the_clean_pass(self, generator: torch.Generator) -> bool:
        """A draw: whether this batch's examples come from the gradient of the clean pass."""
        draw = torch.rand((), generator=generator, device=generator.device)
        return self.at_rest == 0 or bool(draw >= self.at_rest)


@dataclass(frozen=True)
class ProjectedGradient:
    """PGD from a random start: `steps` steps of `step`. Source: arXiv:1706.06083, section 2.1."""

    epsilon: float
    steps: int
    step: float

    def __call__(
        self, network: nn.Module, images: Tensor, labels: Tensor, generator: torch.Generator
    ) -> Tensor:
        """The last iterate."""
        return attacks.projected_gradient_descent(
            network, images, labels, self.epsilon, self.steps, self.step, generator
        )


@dataclass(frozen=True)
class RandomSigns:
    """x +- epsilon, each pixel's sign a fair coin: the paper's first control, section 7."""

    epsilon: float

    def __call__(
        self, network: nn.Module, images: Tensor, labels: Tensor, generator: torch.Generator
    ) -> Tensor:
        """clip(x + epsilon * random signs)."""
        signs = attacks.random_signs(images.shape, generator)
        return fgsm.adversarial_example(images, self.epsilon * signs)


@dataclass(frozen=True)
class UniformNoise:
    """x + U(-epsilon, epsilon), each pixel on its own: the paper's second control, section 7."""

    epsilon: float

    def __call__(
        self, network: nn.Module, images: Tensor, labels: Tensor, generator: torch.Generator
    ) -> Tensor:
        """clip(x + noise)."""
        noise = torch.rand(images.shape, generator=generator, device=images.device) * 2 - 1
        return fgsm.adversarial_example(images, self.epsilon * noise)
