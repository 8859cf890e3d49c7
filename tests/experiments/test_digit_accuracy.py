"""`digit_accuracy`: counts by hand on a network whose answers are known."""

import math

import pytest
import torch
from torch import Tensor

from demo.data.labelled import Labelled
from demo.experiments.adversarial_training import digit_accuracy
from demo.networks import architectures
from tests.shipped import shuffled

pytestmark = pytest.mark.usefixtures("one_thread")


def two_pixels(images: Tensor) -> Tensor:
    """Class 1 where the first pixel is brighter than the second, logit 4 times the difference."""
    flat = images.flatten(1)
    difference = 4 * (flat[:, 0] - flat[:, 1])
    return torch.stack([torch.zeros_like(difference), difference], dim=1)


def labelled() -> Labelled:
    """Differences of -.3, -.1, .1 and .7; the third label is wrong."""
    first = torch.tensor([0.3, 0.4, 0.5, 0.8])
    second = torch.tensor([0.6, 0.5, 0.4, 0.1])
    images = torch.stack([first, second], dim=1).reshape(4, 1, 1, 2)
    return Labelled(images, torch.tensor([0, 0, 0, 1]))


def test_without_attack_the_wrong_answers_are_counted_with_their_confidence() -> None:
    found = digit_accuracy.run(two_pixels, labelled(), "none", 0.0)
    assert (found.errors, found.count, found.error, found.accuracy) == (1, 4, 0.25, 0.75)
    assert found.confidence == pytest.approx(1 / (1 + math.exp(-0.4)))


@pytest.mark.parametrize("attack", ["FGSM", "PGD"])
def test_an_attack_turns_those_whose_margin_is_below_two_epsilon(
    attack: digit_accuracy.Attack,
) -> None:
    """.1 moves a difference by .2: only the first and the last stand."""
    found = digit_accuracy.run(two_pixels, labelled(), attack, 0.1)
    assert found.errors == 2
    sure = [1 / (1 + math.exp(-4 * d)) for d in (0.1, 0.3)]
    assert found.confidence == pytest.approx(sum(sure) / 2, abs=1e-4)


def test_no_wrong_answer_has_no_confidence() -> None:
    found = digit_accuracy.run(two_pixels, labelled()[:1], "none", 0.0)
    assert found.errors == 0 and math.isnan(found.confidence)


def test_random_signs_are_the_seeds() -> None:
    network, some = architectures.SoftmaxRegression(), shuffled(60)
    one, same, other = (
        digit_accuracy.run(network, some, "random signs", 0.5, seed=seed) for seed in (1, 1, 2)
    )
    assert one == same
    assert one.confidence != other.confidence


def test_batches_make_no_difference() -> None:
    network, some = architectures.Convolutional(), shuffled(30)
    whole = digit_accuracy.run(network, some, "FGSM", 0.25)
    parts = digit_accuracy.run(network, some, "FGSM", 0.25, batch=7)
    assert parts.errors == whole.errors
    assert parts.confidence == pytest.approx(whole.confidence, abs=1e-6)


def test_only_the_first_classes_count_and_the_confidence_is_over_all() -> None:
    def with_none(images: Tensor) -> Tensor:
        return torch.tensor([[1.0, 2.0, 9.0]]).expand(len(images), 3)

    some = Labelled(torch.zeros(2, 1, 1, 1), torch.tensor([0, 1]))
    assert digit_accuracy.run(with_none, some, "none", 0.0).errors == 2
    found = digit_accuracy.run(with_none, some, "none", 0.0, classes=2)
    assert found.errors == 1
    expected = math.exp(2) / (math.exp(1) + math.exp(2) + math.exp(9))
    assert found.confidence == pytest.approx(expected, rel=1e-5)


def test_progress_rises_to_the_end() -> None:
    shares: list[float] = []
    network = architectures.SoftmaxRegression()
    digit_accuracy.run(network, shuffled(30), "none", 0.0, batch=10, progress=shares.append)
    assert shares == pytest.approx([1 / 3, 2 / 3, 1])
