"""`demo.training.adversaries`: within epsilon, in range, and each what its name says."""

import pytest
import torch
from torch import Tensor

from demo import fgsm
from demo.networks import architectures
from demo.training import adversaries

EPSILON = 0.25
EVERY = [
    adversaries.Unchanged(),
    adversaries.FastGradientSign(EPSILON),
    adversaries.ProjectedGradient(EPSILON, 3, 0.1),
    adversaries.RandomSigns(EPSILON),
    adversaries.UniformNoise(EPSILON),
]


def made(adversary: adversaries.Adversary, seed: int = 1) -> tuple[Tensor, Tensor]:
    torch.manual_seed(0)
    network = architectures.SoftmaxRegression()
    images = torch.rand(6, 1, 28, 28, generator=torch.Generator().manual_seed(2))
    labels = torch.arange(6)
    return images, adversary(network, images, labels, torch.Generator().manual_seed(seed))


@pytest.mark.parametrize("adversary", EVERY, ids=lambda a: type(a).__name__)
def test_no_pixel_moves_by_more_than_epsilon_or_leaves_the_range(
    adversary: adversaries.Adversary,
) -> None:
    images, examples = made(adversary)
    assert (examples - images).abs().max() <= EPSILON + 1e-6
    assert examples.min() >= 0 and examples.max() <= 1


def test_standard_training_changes_nothing() -> None:
    images, examples = made(adversaries.Unchanged())
    assert torch.equal(images, examples)


def test_the_fgsm_adversary_is_fgsm() -> None:
    torch.manual_seed(0)
    network = architectures.SoftmaxRegression()
    images, examples = made(adversaries.FastGradientSign(EPSILON))
    assert torch.equal(examples, fgsm.fgsm(network, images, torch.arange(6), EPSILON))


def test_random_signs_move_every_pixel_that_has_room_by_epsilon() -> None:
    images, examples = made(adversaries.RandomSigns(EPSILON))
    room = (images > EPSILON) & (images < 1 - EPSILON)
    torch.testing.assert_close((examples - images).abs()[room], torch.full_like(images[room], 0.25))


def test_uniform_noise_fills_the_range_evenly() -> None:
    images, examples = made(adversaries.UniformNoise(EPSILON))
    room = (images > EPSILON) & (images < 1 - EPSILON)
    moved = (examples - images)[room] / EPSILON
    assert moved.abs().mean().item() == pytest.approx(0.5, abs=0.03)
    assert moved.mean().item() == pytest.approx(0, abs=0.05)


@pytest.mark.parametrize("adversary", EVERY[2:], ids=lambda a: type(a).__name__)
def test_chance_comes_from_the_generator_alone(adversary: adversaries.Adversary) -> None:
    assert torch.equal(made(adversary, 5)[1], made(adversary, 5)[1])
    assert not torch.equal(made(adversary, 5)[1], made(adversary, 6)[1])
