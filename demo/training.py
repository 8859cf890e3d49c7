"""One training loop for every network, standard or adversarial.

    J~(theta, x, y) = a J(theta, x, y) + (1 - a) J(theta, x~, y),   x~ = adversary(theta, x, y)

The examples are made afresh at each step, for the weights as they then are; a is `clean_weight`.
For FGSM the backward pass that trains on the clean images also gives their gradient, so that the
attack costs no pass of its own; a network with dropout is attacked as dropout has left it then,
unless the adversary asks for the network at rest.
Source: arXiv:1412.6572, sections 5 and 6.
"""

import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field

import torch
from torch import Tensor, nn

from demo import attacks, fgsm, networks, scores
from demo.adversaries import Adversary, FastGradientSign, Unchanged
from demo.digits import Labelled

Loss = Callable[[Tensor, Tensor], Tensor]
EVALUATED_EPSILON = 0.25
PGD_STEPS = 10
"""Of the attack after each epoch; the final figures use 40 and ten restarts."""


@dataclass(frozen=True)
class Epoch:
    """What one pass over the training images did.

    training_loss: mean of J~ over the epoch, nats.  clean_loss, adversarial_loss: its two parts
    (the second is nan in standard training).  training_error: share of clean training images
    answered wrongly on the way, 0 to 1.  The accuracies, 0 to 1, are on the held-out images at
    the settings' `evaluated_epsilon`: clean, under FGSM, under `PGD_STEPS` steps of PGD.
    seconds: of training.
    """

    number: int
    training_loss: float
    clean_loss: float
    adversarial_loss: float
    training_error: float
    clean_accuracy: float
    accuracy_under_fgsm: float
    accuracy_under_pgd: float
    seconds: float


@dataclass(frozen=True)
class Settings:
    """How to train, all numbers.

    epochs: passes over the images.  learning_rate: the highest; it rises over the first tenth
    and falls in a straight line to zero.  momentum: Nesterov's, with SGD; None takes Adam.
    """

    epochs: int
    learning_rate: float
    batch: int = 100
    momentum: float | None = 0.9
    weight_decay: float = 0.0
    evaluated: int = 500
    """Held-out images that PGD is run on after each epoch; FGSM gets all of them."""
    ramp: float = 0.1
    fall: float = 0.9
    evaluated_epsilon: float = field(default=EVALUATED_EPSILON, repr=False)
    """Of FGSM and PGD after each epoch; not shown, for it changes nothing in the training."""


def train(
    network: nn.Module,
    images: Tensor,
    labels: Tensor,
    *,
    held_out: Labelled,
    settings: Settings,
    adversary: Adversary | None = None,
    clean_weight: float = 1.0,
    loss: Loss = networks.cross_entropy,
    penalty: Callable[[nn.Module], Tensor] | None = None,
    seed: int = 0,
    optimizer: torch.optim.Optimizer | None = None,
    done: int = 0,
    progress: Callable[[float], None] | None = None,
) -> Iterator[Epoch]:
    """Change `network` in place, one epoch for each `Epoch` yielded.

    images: (N, 1, 28, 28) in [0, 1].  labels: (N,).  held_out: what the accuracies are taken on.
    clean_weight: a in the equation above; 1 leaves the adversary unused, 0 trains on its examples
    alone.  penalty: added to the loss.  seed: with `done` it fixes order, noise and dropout, so a
    run that goes on after `done` epochs with its `optimizer` ends as if it had not stopped.
    progress: gets 0 to 1 within the epoch; what it raises ends the run.
    """
    adversary = adversary or Unchanged()
    network.to(memory_format=torch.channels_last)  # convolutions train a tenth faster so
    optimizer = optimizer or optimizer_for(network, settings)
    objective = _Objective(network, adversary, clean_weight, loss, penalty)
    for number in range(done + 1, settings.epochs + 1):
        started = time.perf_counter()
        with torch.random.fork_rng(devices=[]):
            torch.manual_seed(1_000_003 * seed + number)
            sums = _epoch(objective, optimizer, settings, number, images, labels, progress)
        means = (sums / len(labels)).tolist()
        seconds = time.perf_counter() - started
        yield _epoch_result(objective, held_out, settings, number, means, seconds)


def _epoch_result(
    objective: "_Objective", held_out: Labelled, settings: Settings, number: int,
    means: list[float], seconds: float,
) -> Epoch:  # fmt: skip
    clean, adversarial, wrong = means
    a = objective.clean_weight
    mixed = clean if a == 1 else a * clean + (1 - a) * adversarial
    part = adversarial if a < 1 else float("nan")
    found = accuracies(objective.network.eval(), held_out, settings, number)
    return Epoch(number, mixed, clean, part, wrong, *found, seconds)


def optimizer_for(network: nn.Module, settings: Settings) -> torch.optim.Optimizer:
    """SGD with Nesterov's momentum, or Adam where there is none."""
    parameters = [p for p in network.parameters() if p.requires_grad]
    if settings.momentum is None:
        return torch.optim.Adam(
            parameters, settings.learning_rate, weight_decay=settings.weight_decay, fused=True
        )
    return torch.optim.SGD(
        parameters, settings.learning_rate, settings.momentum, nesterov=settings.momentum > 0,
        weight_decay=settings.weight_decay, fused=True,
    )  # fmt: skip


def learning_rate(settings: Settings, epochs_done: float) -> float:
    """Up in a straight line, perhaps level for a while, then down to zero at the end."""
    share = epochs_done / settings.epochs
    rise = share / settings.ramp if settings.ramp else 1.0
    return settings.learning_rate * min(rise, 1.0, (1 - share) / settings.fall)


def accuracies(
    network: nn.Module, held_out: Labelled, settings: Settings, seed: int
) -> tuple[float, float, float]:
    """Clean, under FGSM and under PGD, 0 to 1, at `evaluated_epsilon`; PGD on the first few."""
    epsilon = settings.evaluated_epsilon
    few = held_out[: settings.evaluated]
    generator = torch.Generator(few.images.device).manual_seed(seed)
    strong = attacks.projected_gradient_descent(
        network, few.images, few.labels, epsilon, PGD_STEPS, epsilon / 4, generator
    )
    with torch.inference_mode():
        clean = scores.accuracy(network(held_out.images), held_out.labels)
    weak = fgsm.fgsm(network, held_out.images, held_out.labels, epsilon)
    with torch.inference_mode():
        under_fgsm = scores.accuracy(network(weak), held_out.labels)
        return clean, under_fgsm, scores.accuracy(network(strong), few.labels)


@dataclass(frozen=True)
class _Objective:
    """J~ and its parameters' gradients for one batch."""

    network: nn.Module
    adversary: Adversary
    clean_weight: float
    loss: Loss
    penalty: Callable[[nn.Module], Tensor] | None

    def backward(self, images: Tensor, labels: Tensor, generator: torch.Generator) -> Tensor:
        """Fill the parameters' `.grad`; (clean loss, adversarial loss, wrong answers) summed."""
        a = self.clean_weight
        shared = isinstance(self.adversary, FastGradientSign) and 0 < a < 1
        zero = torch.zeros((), device=images.device)
        clean, adversarial, wrong = zero, zero, zero
        leaves = images.detach().requires_grad_(shared)
        if a > 0:
            logits = self.network(leaves)
            clean = self.loss(logits, labels)
            wrong = (logits.detach().argmax(1) != labels).sum()
            torch.autograd.backward(a * clean)
        if a < 1:
            examples = self._examples(leaves, labels, generator)
            logits = self.network(examples)
            adversarial = self.loss(logits, labels)
            torch.autograd.backward((1 - a) * adversarial)
        if self.penalty is not None:
            torch.autograd.backward(self.penalty(self.network))
        size = len(labels)
        return torch.stack([clean.detach() * size, adversarial.detach() * size, wrong.float()])

    def _examples(self, leaves: Tensor, labels: Tensor, generator: torch.Generator) -> Tensor:
        """The adversary's images; FGSM's from the gradient that the clean loss just left."""
        adversary, images = self.adversary, leaves.detach()
        if (
            leaves.grad is not None
            and isinstance(adversary, FastGradientSign)
            and adversary.takes_the_clean_pass(generator)
        ):
            eta = fgsm.perturbation(leaves.grad, adversary.epsilon)
            return fgsm.adversarial_example(images, eta)
        return adversary(self.network, images, labels, generator)


def _epoch(
    objective: _Objective,
    optimizer: torch.optim.Optimizer,
    settings: Settings,
    number: int,
    images: Tensor,
    labels: Tensor,
    progress: Callable[[float], None] | None,
) -> Tensor:
    """One pass in a new order; what `_Objective.backward` returns, summed over the batches."""
    network = objective.network.train()
    generator = torch.Generator(images.device).manual_seed(int(torch.randint(2**62, ())))
    order = torch.randperm(len(labels), generator=generator, device=images.device)
    batches = torch.split(order, settings.batch)
    sums = torch.zeros(3, device=images.device)
    for i, batch in enumerate(batches):
        for group in optimizer.param_groups:
            group["lr"] = learning_rate(settings, number - 1 + i / len(batches))
        optimizer.zero_grad(set_to_none=True)
        sums += objective.backward(images[batch], labels[batch], generator)
        optimizer.step()
        if isinstance(network, networks.Maxout):
            network.limit_norms()
        if progress is not None:
            progress((i + 1) / len(batches))
    return sums
