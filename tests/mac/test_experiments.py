"""Each experiment comes to its end on a Mac."""

from collections.abc import Callable
from functools import partial
from typing import Any

import numpy as np
import pytest
import torch
from torch import nn

from demo import models
from demo.data import digits, gallery, pictures
from demo.data.labelled import Labelled
from demo.experiments import hidden_l1, why
from demo.experiments.activation_growth import growth_on_a_photograph
from demo.experiments.adversarial_training import (
    accuracy_against_epsilon,
    digit_accuracy,
    live_training,
    photograph_accuracy,
    weights_as_pictures,
)
from demo.experiments.attack import (
    confidence_sweep,
    gallery_flips,
    logits_line,
    one_step,
    only_the_sign,
    random_signs,
    ten_steps,
    two_gradients,
)
from demo.experiments.attack_cost import loop, race, smallest, walks
from demo.experiments.paper_numbers import bench as benches
from demo.experiments.paper_numbers import claims, examples
from demo.experiments.three_against_seven import derivation, margins
from demo.models import trained
from tests.mac.conftest import Photographs

pytestmark = pytest.mark.usefixtures("one_thread")

MPS = torch.device("mps")
PHOTO = gallery.GALLERY[0]


class Bench:
    """What the experiments are run on, on Metal."""

    def __init__(self) -> None:
        self.network = trained.load("conv").to(MPS)
        self.pixels = digits.embedded()[0][1505][:, :, None]
        self.image = pictures.to_tensor(self.pixels).to(MPS)
        self.few = accuracy_against_epsilon.chosen()[:4].to(MPS)
        self.photographs = Photographs().eval().requires_grad_(False).to(MPS)
        self.photo = torch.rand(1, 3, 64, 64).to(MPS)
        self.question = walks.Question(3, 5, 0.25, 1)


DIFFERENT = {
    (claim.measure.func if isinstance(claim.measure, partial) else claim.measure): claim
    for claim in claims.CLAIMS
    if claim.measure is not None
}
"""One row for each way of measuring."""


def to_the_end(work: Any) -> Any:
    while not work.finished:
        work.advance()
    return work


def measured(claim: str) -> Callable[[Bench], object]:
    """A row of the paper's, on four digits; a network that does not ship is a shipped one."""
    here = [card.name for card in models.offered("digits")]

    def network(name: str, seed: int) -> nn.Module:
        return trained.load(name if name in here else "maxout").to(MPS)

    def run(b: Bench) -> object:
        measure = claims.claim(claim).measure
        assert measure is not None
        return benches.finished(measure(benches.Bench(b.few, network, b.few, restarts=1)))

    return run


def trained_live(kind: live_training.Kind) -> Callable[[Bench], object]:
    def run(b: Bench) -> object:
        run = live_training.begun(live_training.Plan(kind, 0.5, 0.25), MPS)
        run.advance()
        return live_training.own_network(run)

    return run


def loop_measured(b: Bench) -> object:
    measurement = loop.Measurement(b.network)
    for _ in range(4):
        measurement.advance()
    return measurement


EXPERIMENTS: dict[str, Callable[[Bench], object]] = {
    "one_step": lambda b: one_step.run(b.network, b.image, 0.25),
    "one_step, toward": lambda b: one_step.run(b.network, b.image, 0.25, None, one_step.RUNNER_UP),
    "ten_steps": lambda b: ten_steps.result(
        b.network, b.image, [*ten_steps.steps(b.network, b.image, 3, None)][-1]
    ),
    "random_signs": lambda b: random_signs.run(b.network, b.image, 3, (0.0, 0.25), 1),
    "confidence_sweep": lambda b: confidence_sweep.run(
        b.network, b.pixels, np.sign(b.pixels).astype(np.int8), MPS, (0.0, 1 / 255, 0.3)
    ),
    "logits_line": lambda b: logits_line.run(
        b.network, b.image, b.image.sign(), (np.zeros(1), np.zeros((1, 10), np.float32)), (-0.1,)
    ),
    "logits_line, not clipped": lambda b: logits_line.unclipped(
        b.network, b.image, b.image.sign(), logits_line.DIGIT_EPSILONS
    ),
    "two_gradients": lambda b: two_gradients.run(b.network, b.image, 3),
    "only_the_sign": lambda b: only_the_sign.run(b.network, b.image, 3, 0.25),
    "why": lambda b: [
        why.right(b.network, b.few, 0.25),
        why.boundary(b.network, b.few, 0.25),
        why.aimed(b.network, b.few, 0.25),
        why.off_the_digits(b.network, b.few, 0.25),
        why.condition(b.network, b.few),
        why.exchanged(b.network, b.network, b.few, 0.25),
    ],
    "hidden_l1": lambda b: hidden_l1.means(
        hidden_l1.run(b.network, b.few.images, b.few.labels, (0.1, 0.25))
    ),
    "growth_on_a_photograph": lambda b: [
        growth_on_a_photograph.gap_gradient(b.photographs, b.photo, 7),
        growth_on_a_photograph.gap_under_random_signs(b.photographs, b.photo, 0.01, 7, 1),
    ],
    "weights_as_pictures": lambda b: weights_as_pictures.pair(b.network, b.network),
    "gallery_flips": lambda b: next(gallery_flips.run(b.photographs, 64, MPS)),
    "photograph_accuracy": lambda b: [
        photograph_accuracy.outcomes(b.photographs, Labelled(b.photo, b.few.labels[:1])),
        *photograph_accuracy.curves(b.photographs, Labelled(b.photo, b.few.labels[:1])),
    ],
    "live_training, logistic": trained_live("logistic"),
    "attack_cost.race": lambda b: to_the_end(race.Race(b.network, b.image, b.question)),
    "attack_cost.smallest": lambda b: to_the_end(
        smallest.Search(b.network, b.image, 3, (0.1, 0.3), 1)
    ),
    "attack_cost.loop": loop_measured,
    "three_against_seven.margins": lambda b: margins.run(
        trained.load("logistic").to(MPS), margins.shipped()[:4].to(MPS)
    ),
    "three_against_seven.derivation": lambda b: derivation.run(
        trained.load("logistic").to(MPS), margins.shipped()[:4].to(MPS), (0.1, 0.25)
    ),
    "paper_numbers.examples": lambda b: examples.run(b.network, b.few, digit_accuracy.ATTACKS),
    **{
        f"digit_accuracy, {attack}": lambda b, attack=attack: digit_accuracy.run(
            b.network, b.few, attack, 0.25, steps=2, restarts=2
        )
        for attack in digit_accuracy.ATTACKS
    },
    **{f"paper_numbers, {claim.id}": measured(claim.id) for claim in DIFFERENT.values()},
}


@pytest.mark.parametrize("name", EXPERIMENTS)
def test_an_experiment_comes_to_its_end(name: str) -> None:
    assert EXPERIMENTS[name](Bench()) is not None
