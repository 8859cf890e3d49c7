"""Train it yourself: a small network on the digits that ship, an epoch at a time.

400 of each class to train on, the other 100 held out. A plan with its seed is repeatable.
"""

import copy
import hashlib
from collections.abc import Iterator
from dataclasses import dataclass, field, replace
from typing import Literal

import torch
from torch import nn

from demo.data import digits
from demo.data.labelled import Labelled
from demo.experiments.adversarial_training import accuracy_against_epsilon
from demo.experiments.attack import failures
from demo.models import trained
from demo.training import loop, recipes
from demo.training.adversaries import FastGradientSign

Kind = Literal["logistic", "conv"]
KINDS: tuple[Kind, ...] = ("logistic", "conv")
SEED = 1
UNDER_PGD = 200
"""Held-out digits that PGD is run on after each epoch."""

_SETTINGS = {
    "logistic": loop.Settings(epochs=40, learning_rate=0.1, evaluated=UNDER_PGD),
    "conv": loop.Settings(epochs=30, learning_rate=2e-3, momentum=None, evaluated=UNDER_PGD),
}


@dataclass(frozen=True)
class Plan:
    """What to train. clean_weight: alpha, 0 to 1.  epsilon: of FGSM, trained with and tested."""

    kind: Kind
    clean_weight: float
    epsilon: float

    @property
    def recipe(self) -> recipes.Recipe:
        """The catalogue's network of this kind, standard training."""
        return recipes.recipe(self.kind)

    @property
    def settings(self) -> loop.Settings:
        """How it is trained here, on few digits."""
        return replace(_SETTINGS[self.kind], evaluated_epsilon=self.epsilon)

    @property
    def title(self) -> str:
        """The network and its two numbers."""
        alpha, epsilon = (failures.amount(x, "digits") for x in (self.clean_weight, self.epsilon))
        return f"{self.recipe.title}, α = {alpha}, FGSM at ε = {epsilon}"


@dataclass
class Run:
    """A training as it stands; `advance` changes it by one epoch."""

    plan: Plan
    network: nn.Module
    walk: Iterator[loop.Epoch]
    history: list[loop.Epoch] = field(default_factory=list)

    @property
    def finished(self) -> bool:
        """All epochs of the plan are done."""
        return len(self.history) >= self.plan.settings.epochs

    @property
    def seconds(self) -> float:
        """Of training, all epochs together; the tests after each are not counted."""
        return sum(epoch.seconds for epoch in self.history)

    def advance(self) -> None:
        """Train one epoch more, unless finished."""
        epoch = next(self.walk, None)
        if epoch is not None:
            self.history.append(epoch)


def split(classes: tuple[int, ...]) -> tuple[Labelled, Labelled]:
    """(training, held out): 400 and 100 of each class, labels counted from 0 in that order."""
    images, labels = digits.embedded()
    by_class = torch.arange(len(labels)).reshape(10, -1)[list(classes)]
    first = by_class[:, : -accuracy_against_epsilon.EACH]
    to_train = Labelled(
        digits.to_images(images[first.flatten().numpy()]),
        torch.arange(len(classes)).repeat_interleave(first.shape[1]),
    )
    return to_train, accuracy_against_epsilon.chosen(classes)


def begun(plan: Plan, device: torch.device) -> Run:
    """An untrained network and the walk that trains it, on that device."""
    recipe = plan.recipe
    to_train, held_out = split(recipe.classes)
    network = recipe.network(SEED, to_train).to(device)
    walk = loop.train(
        network, to_train.images.to(device), to_train.labels.to(device),
        held_out=held_out.to(device), settings=plan.settings,
        adversary=FastGradientSign(plan.epsilon), clean_weight=plan.clean_weight,
        loss=recipe.loss, seed=SEED,
    )  # fmt: skip
    return Run(plan, network, walk)


def own_network(run: Run) -> trained.OwnNetwork:
    """The network as it stands, frozen; what is trained on afterwards does not touch it."""
    network = copy.deepcopy(run.network).eval().requires_grad_(False)
    network.zero_grad(set_to_none=True)
    digest = hashlib.sha256()
    for tensor in network.state_dict().values():
        digest.update(tensor.cpu().numpy().tobytes())
    epochs, last = len(run.history), run.history[-1]
    note = (
        f"Trained here for {epochs} epoch{'' if epochs == 1 else 's'} on "
        f"{len(run.plan.recipe.classes) * 400:,} of the digits that ship, so it has seen four out "
        f"of five of them. On the held-out digits right on {100 * last.clean_accuracy:.1f} % "
        f"without attack and on {100 * last.accuracy_under_fgsm:.1f} % under FGSM at "
        f"ε = {failures.amount(run.plan.epsilon, 'digits')}."
    )
    classes = tuple(str(digit) for digit in run.plan.recipe.classes)
    return trained.OwnNetwork(f"own-{digest.hexdigest()[:12]}", run.plan.title, classes, network,
                              note)  # fmt: skip
