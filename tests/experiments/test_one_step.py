"""`one_step`: the three pictures' numbers, by pencil and on a photograph."""

import math

import numpy as np
import pytest
import torch
from numpy.typing import NDArray
from torch import Tensor, nn

from demo import fgsm
from demo.data import pictures
from demo.experiments.attack import one_step
from tests.test_fgsm import GREY, logistic, softplus

pytestmark = pytest.mark.usefixtures("one_thread")


def sigmoid(z: float) -> float:
    return 1 / (1 + math.exp(-z))


def signs(step: one_step.OneStep) -> list[int]:
    return step.direction.flatten().tolist()


def test_logistic_regression_on_grey_by_pencil() -> None:
    step = one_step.run(logistic, GREY, 0.1)
    assert (step.label, step.target, step.epsilon) == (1, None, 0.1)
    assert step.clean == one_step.Answer(1, pytest.approx(sigmoid(0.75)))
    assert step.adversarial == one_step.Answer(1, pytest.approx(sigmoid(0.4)))
    assert step.perturbation == one_step.Answer(0, pytest.approx(sigmoid(1.0)))
    assert step.loss == pytest.approx(softplus(-0.75))
    assert step.gradient_norm == pytest.approx(3.5 * sigmoid(-0.75))
    assert step.zero_share == 0 and step.milliseconds > 0
    assert step.direction.shape == (1, 1, 3) and step.direction.dtype == np.int8
    assert signs(step) == [-1, 1, -1]


def test_away_from_a_label_that_the_network_does_not_give() -> None:
    step = one_step.run(logistic, GREY, 0.1, label=0)
    assert step.label == 0 and step.clean.label == 1
    assert signs(step) == [1, -1, 1]
    assert step.adversarial.confidence == pytest.approx(sigmoid(1.1))


@pytest.mark.parametrize("target", [0, one_step.RUNNER_UP])
def test_toward_a_target_the_loss_is_the_target_s_and_the_step_goes_down(target: int) -> None:
    step = one_step.run(logistic, GREY, 0.3, target=target)
    assert (step.label, step.target) == (0, 0)
    assert signs(step) == [-1, 1, -1]
    assert step.loss == pytest.approx(softplus(0.75))
    assert step.adversarial == one_step.Answer(0, pytest.approx(sigmoid(0.3)))


def test_a_target_comes_before_a_label() -> None:
    step = one_step.run(logistic, GREY, 0.1, label=1, target=1)
    assert step.target == 1 and signs(step) == [1, -1, 1]


def test_at_an_epsilon_of_zero_the_answer_is_the_clean_one() -> None:
    step = one_step.run(logistic, GREY, 0.0)
    assert step.adversarial == step.clean


def test_values_without_a_gradient_are_counted_and_not_moved() -> None:
    def blind_to_green(images: Tensor) -> Tensor:
        return logistic(images * torch.tensor([1.0, 0.0, 1.0]).view(1, 3, 1, 1))

    step = one_step.run(blind_to_green, GREY, 0.1)
    assert step.zero_share == pytest.approx(1 / 3)
    assert signs(step) == [-1, 0, -1]


def test_a_loss_too_large_for_a_logarithm_stays_a_number() -> None:
    step = one_step.run(lambda x: 1e4 * logistic(x), GREY, 0.1, label=0)
    assert math.isfinite(step.loss)


def test_the_runner_up_is_the_second_most_likely_class() -> None:
    assert one_step.runner_up(torch.tensor([[3.0, 9.0, 5.0, -1.0]])) == 2


def test_on_a_photograph_it_is_the_method_itself(
    embedded: nn.Module, panda: NDArray[np.uint8]
) -> None:
    image = pictures.to_tensor(panda)
    step = one_step.run(embedded, image, 0.007)
    adversarial = fgsm.fgsm(embedded, image, torch.tensor([388]), 0.007)
    assert step.clean.label == step.label == 388
    assert step.adversarial.confidence < step.clean.confidence
    with torch.inference_mode():
        answer = one_step.answer(embedded(adversarial))
    assert answer.label == step.adversarial.label
    assert answer.confidence == pytest.approx(step.adversarial.confidence, abs=1e-3)
    redrawn = image + 0.007 * torch.from_numpy(step.direction).permute(2, 0, 1)[None]
    differ = (redrawn.clamp(0, 1) - adversarial).abs() > 1e-6
    assert differ.double().mean() <= 0.001
