"""Why only the sign: three steps of equal size, and what each does to the loss."""

import math
from collections.abc import Callable

import numpy as np
import pytest
import torch
from torch import Tensor, nn

from demo.experiments.attack import one_step, only_the_sign
from demo.experiments.attack.only_the_sign import Step, ThreeSteps
from demo.web.pages import only_the_sign as page
from tests.test_fgsm import GREY, logistic

pytestmark = pytest.mark.usefixtures("one_thread")


def test_on_a_linear_model_by_pencil() -> None:
    """Its margin's gradient has ||.||_1 = 3.5; GREY's logit of class 1 is 0.75."""
    found = only_the_sign.run(logistic, GREY, 1, 0.1)
    loss = math.log1p(math.exp(-0.75))
    assert found.sign.largest == pytest.approx(0.1)
    assert found.sign.real == pytest.approx(math.log1p(math.exp(0.35 - 0.75)) - loss, rel=1e-5)
    slope = 1 / (1 + math.exp(0.75))
    assert found.sign.promised == pytest.approx(0.1 * 3.5 * slope, rel=1e-5)


@pytest.mark.parametrize("toward", [False, True])
def test_each_of_the_two_is_the_best_to_first_order_under_its_own_norm(
    small: Callable[[int], nn.Module], drawn: Callable[..., tuple[Tensor, Tensor]], toward: bool
) -> None:
    image, labels = drawn(3, 1)
    found = only_the_sign.run(small(1), image, int(labels[0]), 0.05, toward)
    up = -1 if toward else 1
    assert up * found.sign.promised > up * found.same_largest.promised > 0
    assert up * found.same_length.promised > up * found.sign.promised
    assert found.same_largest.largest == pytest.approx(found.sign.largest, rel=1e-5)
    assert found.same_length.length == pytest.approx(found.sign.length, rel=1e-5)
    assert found.same_length.largest > found.sign.largest


def test_without_a_gradient_nothing_moves() -> None:
    def flat(images: Tensor) -> Tensor:
        return torch.zeros(len(images), 3) + 0 * images.sum()

    found = only_the_sign.run(flat, GREY, 0, 0.1)
    for step in (found.sign, found.same_largest, found.same_length):
        assert (step.largest, step.promised, step.real) == (0, 0, 0)
        assert np.isfinite(step.length)


def test_the_words_have_both_numbers_with_their_signs() -> None:
    answer = one_step.Answer(0, 0.5)
    steps = [Step(0.007, 2.7, 2.8, real, answer) for real in (9.8, -0.3, 12.0)]
    found = ThreeSteps(*steps)
    said = page.heading(found)
    assert "by +9.8 nats" in said and said.endswith("by −0.3")
    written = page.table(found, ("koala",), "photographs")
    assert "| the sign: FGSM | 1.8/255 | 2.7 | +2.8 | +9.8 | koala (50.0 %) |" in written
