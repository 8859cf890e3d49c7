"""One training loop for every network, standard or adversarial.

    J~(theta, x, y) = a J(theta, x, y) + (1 - a) J(theta, x~, y),   x~ = adversary(theta, x, y)

The examples are made afresh at each step, for the weights as they then are; a is `clean_weight`.
`objective` computes it, `batches` says where the images come from.
Source: arXiv:1412.6572, sections 5 and 6.
"""

import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from typing import Protocol

import torch
from torch import Tensor, nn

from demo import device, fgsm, scores
from demo.attacks import sign_methods
from demo.data.labelled import Labelled
from demo.networks import architectures
from demo.training.adversaries import Adversary, Unchanged
from demo.training.batches import Batches, InMemory
from demo.training.objective import Loss, Objective

EVALUATED_EPSILON = 0.25
PGD_STEPS = 10
"""Of the attack after each epoch; the final figures use more steps and restarts."""


@dataclass(frozen=True)
class Epoch:
    """What one pass over the training images did.

    training_loss: mean of J~ over the epoch, nats.  clean_loss, adversarial_loss: its two parts
    (the second is nan in standard training).  training_error: share of clean training images
    answered wrongly on the way, 0 to 1; of the examples where there are no clean images.  The
    accuracies, 0 to 1, are on the held-out images at the settings' `evaluated_epsilon`: clean,
    under FGSM, under `PGD_STEPS` steps of PGD.  seconds: of training.
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
    together: int = field(default=10_000, repr=False)
    """Held-out images in one pass: gradients of many photographs would fill the memory."""


Accuracies = tuple[float, float, float]
"""Clean, under FGSM, under PGD, 0 to 1."""


class Average(Protocol):
    """An average of the weights over the steps, as `torch.optim.swa_utils.AveragedModel`."""

    def update_parameters(self, model: nn.Module) -> None:
        """Take the weights of one more step in."""


def train(
    network: nn.Module,
    images: Tensor,
    labels: Tensor,
    *,
    held_out: Labelled,
    settings: Settings,
    adversary: Adversary | None = None,
    clean_weight: float = 1.0,
    loss: Loss = architectures.cross_entropy,
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
    network.to(memory_format=device.layout(images.device))
    objective = Objective(network, adversary or Unchanged(), clean_weight, loss, penalty)
    yield from walk(
        objective, InMemory(images, labels, settings.batch),
        optimizer or optimizer_for(network, settings), settings,
        lambda number: accuracies(network.eval(), held_out, settings, number),
        seed=seed, done=done, progress=progress,
    )  # fmt: skip


def walk(
    objective: Objective,
    batches: Batches,
    optimizer: torch.optim.Optimizer,
    settings: Settings,
    evaluate: Callable[[int], Accuracies],
    *,
    seed: int,
    done: int = 0,
    progress: Callable[[float], None] | None = None,
    average: Average | None = None,
    share: Callable[[float], float] | None = None,
) -> Iterator[Epoch]:
    """The loop itself, for any objective and any source of batches.

    evaluate: an epoch's number -> its accuracies.  average: takes each step's weights in.
    share: epochs done, a fraction among them -> how much of the whole training is over, 0 to 1;
    the schedules follow it, and nothing is begun after 1. The rest as in `train`.
    """
    share = share or (lambda epochs_done: epochs_done / settings.epochs)
    for number in range(done + 1, settings.epochs + 1):
        if share(number - 1) >= 1:
            return
        started, seen = time.perf_counter(), 0
        with torch.random.fork_rng(devices=[]):
            torch.manual_seed(1_000_003 * seed + number)
            generator = torch.Generator(batches.device).manual_seed(int(torch.randint(2**62, ())))
            sums = torch.zeros(3, device=batches.device)
            objective.network.train()
            for i, batch in enumerate(batches.epoch(generator)):
                over = share(number - 1 + i / batches.steps)
                sums += _step(objective, optimizer, settings, *batch, generator, over)
                seen += len(batch[0])
                if average is not None:
                    average.update_parameters(objective.network)
                if progress is not None:
                    progress((i + 1) / batches.steps)
        means = (sums / seen).tolist()  # of this process's part, where several train together
        seconds = time.perf_counter() - started
        yield _epoch_result(objective.clean_weight, number, means, evaluate(number), seconds)


def _step(
    objective: Objective, optimizer: torch.optim.Optimizer, settings: Settings, images: Tensor,
    targets: Tensor, generator: torch.Generator, over: float,
) -> Tensor:  # fmt: skip
    """One step down; what `Objective.backward` returns."""
    for group in optimizer.param_groups:
        group["lr"] = learning_rate(settings, over)
    optimizer.zero_grad(set_to_none=True)
    sums = objective.backward(images, targets, generator, over)
    optimizer.step()
    if isinstance(objective.network, architectures.Maxout):
        objective.network.limit_norms()
    return sums


def _epoch_result(
    a: float, number: int, means: list[float], found: Accuracies, seconds: float
) -> Epoch:
    clean, adversarial, wrong = means
    mixed = clean if a == 1 else a * clean + (1 - a) * adversarial
    return Epoch(
        number, mixed, clean, adversarial if a < 1 else float("nan"), wrong, *found, seconds
    )


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


def learning_rate(settings: Settings, share: float) -> float:
    """Up in a straight line, perhaps level for a while, then down to zero at the end.

    share: how much of the training is over, 0 to 1.
    """
    rise = share / settings.ramp if settings.ramp else 1.0
    return settings.learning_rate * max(0.0, min(rise, 1.0, (1 - share) / settings.fall))


def accuracies(
    network: fgsm.Model, held_out: Labelled, settings: Settings, seed: int
) -> Accuracies:
    """Clean, under FGSM and under PGD, 0 to 1, at `evaluated_epsilon`; PGD on the first few."""
    epsilon = settings.evaluated_epsilon
    generator = torch.Generator(held_out.images.device).manual_seed(seed)
    right = torch.zeros(3, dtype=torch.float64)
    few = min(settings.evaluated, len(held_out))
    for some in held_out[:few].pieces(settings.together):
        strong = sign_methods.projected_gradient_descent(
            network, some.images, some.labels, epsilon, PGD_STEPS, epsilon / 4, generator
        )
        right[2] += _right(network, strong, some.labels)
    for some in held_out.pieces(settings.together):
        right[0] += _right(network, some.images, some.labels)
        weak = fgsm.fgsm(network, some.images, some.labels, epsilon)
        right[1] += _right(network, weak, some.labels)
    shares = right / torch.tensor([len(held_out), len(held_out), few])
    clean, under_fgsm, under_pgd = shares.tolist()
    return clean, under_fgsm, under_pgd


def _right(network: fgsm.Model, images: Tensor, labels: Tensor) -> float:
    """How many answers are right."""
    with torch.inference_mode():
        return scores.accuracy(network(images), labels) * len(labels)
