"""`demo.experiments.attack.failures`: each sentence has a case, and a plain success has none."""

import dataclasses

import numpy as np
import pytest
import torch
from torch import Tensor

from demo.experiments.attack import failures, one_step
from tests.test_fgsm import GREY, logistic

FLIPS, STAYS = np.array([1, 1, 0]), np.array([1, 1, 1])


def name(label: int) -> str:
    return ("zero", "one")[label]


def explained(
    step: one_step.OneStep, answers: failures.Answers, steps: int = 1, asked_for: int | None = None
) -> list[str]:
    return failures.explain(step, answers, steps, name, asked_for)


def constant(images: Tensor) -> Tensor:
    """A network whose answer does not depend on the picture."""
    return 0 * logistic(images) + torch.tensor([0.0, 1.0])


def test_an_attack_that_works_needs_no_words() -> None:
    assert explained(one_step.run(logistic, GREY, 0.1), FLIPS) == []
    assert explained(one_step.run(logistic, GREY, 0.1, label=1), FLIPS, asked_for=1) == []
    assert explained(one_step.run(logistic, GREY, 0.1, target=0), FLIPS) == []
    assert explained(one_step.run(logistic, GREY, 0.1, target=0), FLIPS, steps=10) == []


def test_a_constant_network_has_no_gradient_and_that_is_the_whole_story() -> None:
    step = one_step.run(constant, GREY, 0.1)
    assert step.zero_share == 1 and not step.direction.any()
    (sentence,) = explained(step, STAYS)
    assert sentence.startswith("Every value of the gradient is zero")


@pytest.mark.parametrize(("share", "told"), [(0.05, True), (0.005, False)])
def test_a_share_of_zeros_is_told_when_it_is_not_tiny(share: float, told: bool) -> None:
    step = dataclasses.replace(one_step.run(logistic, GREY, 0.1), zero_share=share)
    sentences = explained(step, FLIPS)
    assert [s.startswith("5.0 % of the values have no gradient") for s in sentences] == [
        True
    ] * told


def test_a_network_that_was_wrong_before_is_said_so() -> None:
    step = one_step.run(logistic, GREY, 0.1, label=0)
    (sentence,) = explained(step, FLIPS, asked_for=0)
    assert sentence.startswith("The network was wrong to begin with: it says one, not zero.")


def test_a_target_out_of_one_step_s_reach_points_to_ten() -> None:
    (sentence,) = explained(one_step.run(logistic, GREY, 0.1, target=0), STAYS)
    assert "One step is too weak" in sentence and "16/255" in sentence and "zero" in sentence
    assert "“BIM, ten steps”" in sentence


def test_a_target_out_of_ten_steps_reach_is_said_so() -> None:
    (sentence,) = explained(one_step.run(logistic, GREY, 0.1, target=0), STAYS, steps=10)
    assert sentence == "Not even ten steps reach zero at any epsilon up to 16/255."


@pytest.mark.parametrize(("steps", "kind"), [(1, "One step of FGSM"), (10, "Ten steps")])
def test_an_answer_that_never_flips_is_said_so(steps: int, kind: str) -> None:
    (sentence,) = explained(one_step.run(logistic, GREY, 0.1), STAYS, steps)
    assert sentence.startswith(f"{kind} up to 16/255 never changes the answer one.")


def test_the_largest_epsilon_tried_is_the_one_that_is_named() -> None:
    step = one_step.run(logistic, GREY, 0.1)
    (sentence,) = failures.explain(step, STAYS, 1, name, None, failures.REACH["digits"])
    assert sentence.startswith("One step of FGSM up to .5 never changes the answer one.")


def test_two_reasons_are_two_sentences() -> None:
    step = one_step.run(logistic, GREY, 0.1, label=0)
    assert len(explained(step, STAYS, asked_for=0)) == 2


def test_the_first_true_is_found_or_there_is_none() -> None:
    assert failures.first(np.array([False, True, True])) == 1
    assert failures.first(np.array([True, False])) == 0
    assert failures.first(np.array([False, False])) is None
