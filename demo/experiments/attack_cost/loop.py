"""What training on adversarial examples costs: by L-BFGS in a loop, by FGSM at every step.

Everything is measured here on a few of the digits that ship, and taken to MNIST's 50,000.
"""

import copy
import statistics
from collections.abc import Iterator
from dataclasses import dataclass, field, replace

import torch
from torch import nn

from demo import fgsm
from demo.attacks import lbfgs
from demo.data.labelled import Labelled
from demo.experiments.adversarial_training import accuracy_against_epsilon
from demo.experiments.attack_cost.counted import Counted, timed
from demo.training import loop, recipes
from demo.training.adversaries import FastGradientSign

IMAGES = 50_000
"""Digits in the whole training set; nobody attacks so many here."""
STEPS = 5
"""Training steps that are timed together."""
ROUNDS = 3
ATTACKED = 10
"""Digits that L-BFGS is run on, one of each class."""


@dataclass(frozen=True)
class LoopCost:
    """Seconds of each piece, and the sums for the whole training set.

    standard_step, fgsm_step: one training step on `batch` digits.  lbfgs_example: L-BFGS on one
    digit, mean; lbfgs_passes: through the network for it.  pass_in_batch: forward and back for
    one digit among `batch`.  reached: share of the attacked digits that got their target.
    """

    standard_step: float
    fgsm_step: float
    lbfgs_example: float
    lbfgs_passes: float
    pass_in_batch: float
    reached: float
    batch: int
    epochs: int

    @property
    def steps(self) -> int:
        """Training steps of the whole training: epochs * images / batch."""
        return self.epochs * IMAGES // self.batch

    @property
    def standard(self) -> float:
        """Seconds of standard training."""
        return self.steps * self.standard_step

    @property
    def adversarial(self) -> float:
        """Seconds of adversarial training with FGSM."""
        return self.steps * self.fgsm_step

    @property
    def attack_all(self) -> float:
        """Seconds of L-BFGS on the whole training set, one digit after the other."""
        return IMAGES * self.lbfgs_example

    @property
    def attack_all_in_batches(self) -> float:
        """The least it could be: the same passes with `batch` digits in each."""
        return IMAGES * self.lbfgs_passes * self.pass_in_batch

    @property
    def loop(self) -> float:
        """Seconds of: train, attack all, train again on the digits and their examples."""
        return self.standard + self.attack_all + 2 * self.standard


@dataclass
class Measurement:
    """Times a copy of the network; `advance` changes it by one piece, of a second at most."""

    network: nn.Module
    result: LoopCost | None = None
    share: float = 0.0
    _times: dict[str, list[float]] = field(default_factory=dict)

    def __post_init__(self) -> None:
        self._recipe = recipes.recipe("conv")
        self._settings = replace(self._recipe.settings, epochs=1, evaluated=1)
        self.begin(self.network)

    def begin(self, network: nn.Module) -> None:
        """Begin, or begin anew, with that network."""
        self.network, self.share = network, 0.0
        self._times.clear()
        self._walk = self._run()

    def advance(self) -> None:
        """One piece more."""
        next(self._walk, None)

    def _run(self) -> Iterator[None]:
        few = accuracy_against_epsilon.chosen().to(next(self.network.parameters()).device)
        batch, pieces = few[: self._settings.batch], 3 * ROUNDS + ATTACKED
        for done, _ in enumerate(self._pieces(few, batch), 1):
            self.share = done / pieces
            yield
        self.result = self._cost()

    def _pieces(self, few: Labelled, batch: Labelled) -> Iterator[None]:
        for _ in range(ROUNDS):
            self._keep("standard", self._training(few, 1.0))
            yield
            self._keep("fgsm", self._training(few, recipes.recipe("conv-fgsm").clean_weight))
            yield
            self._keep("pass", self._pass_in_batch(batch))
            yield
        for i in range(ATTACKED):
            self._attack(few[i : i + 1])
            yield

    def _keep(self, what: str, value: float) -> None:
        self._times.setdefault(what, []).append(value)

    def _training(self, few: Labelled, clean_weight: float) -> float:
        """Seconds of one step of the project's own training loop, on a copy of the network."""
        network = copy.deepcopy(self.network).requires_grad_(True)
        some = few[: STEPS * self._settings.batch]
        (epoch,) = loop.train(
            network, some.images, some.labels, held_out=few[:1], settings=self._settings,
            adversary=FastGradientSign(recipes.EPSILON), clean_weight=clean_weight,
        )  # fmt: skip
        return epoch.seconds / STEPS

    def _pass_in_batch(self, batch: Labelled) -> float:
        def once() -> object:
            return fgsm.loss_gradient(self.network, batch.images, batch.labels)

        return timed(once, batch.images.device)[1] / len(batch)

    def _attack(self, one: Labelled) -> None:
        counted = Counted(self.network)
        with torch.inference_mode():
            target = int(self.network(one.images)[0].topk(2).indices[1])
        found, seconds = timed(
            lambda: lbfgs.closest(counted, one.images, target), one.images.device
        )
        self._keep("example", seconds)
        self._keep("passes", counted.backward)
        self._keep("reached", float(found is not None))

    def _cost(self) -> LoopCost:
        middle, mean, times = statistics.median, statistics.fmean, self._times
        return LoopCost(
            middle(times["standard"]), middle(times["fgsm"]), mean(times["example"]),
            mean(times["passes"]), middle(times["pass"]), mean(times["reached"]),
            self._settings.batch, recipes.recipe("conv-fgsm").settings.epochs,
        )  # fmt: skip
