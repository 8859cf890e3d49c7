"""Logistic regression from 16 to 12,544 values: its minimum, its growth, what FGSM does to it."""

import numpy as np
import pytest
import torch
import torch.nn.functional as F
from streamlit.testing.v1 import AppTest

from demo.data import digits
from demo.experiments.activation_growth import growth_of_a_trained_model as experiment
from demo.experiments.activation_growth.growth_of_a_trained_model import Errors, Trained
from demo.experiments.adversarial_training import live_training
from demo.web.figures import growth_of_a_trained_model as figure
from demo.web.pages import growth_of_a_trained_model as page
from tests import PATIENCE

pytestmark = pytest.mark.usefixtures("one_thread")


@pytest.fixture(scope="module")
def models() -> dict[int, Trained]:
    return {side: experiment.train(side) for side in (4, 14, 28, 56)}


def test_smaller_pictures_are_means_of_blocks_and_larger_ones_copies() -> None:
    image = torch.arange(784.0).reshape(1, 1, 28, 28)
    small = experiment.resized(image, 14)
    assert small[0, 0, 0, 0] == (0 + 1 + 28 + 29) / 4 and small.shape == (1, 1, 14, 14)
    large = experiment.resized(image, 56)
    assert (large[0, 0, :2, :2] == 0).all() and (large[0, 0, 2:4, 4:6] == 30).all()
    assert experiment.resized(image, 28).equal(image.double())


@pytest.mark.parametrize("side", [4, 14, 28])
def test_where_it_ends_the_objective_has_no_slope(models: dict[int, Trained], side: int) -> None:
    # the objective written once more, its gradient by autograd: it is convex, so 0 is the minimum
    to_train, _ = live_training.split(digits.THREE_AND_SEVEN)
    x = experiment.resized(to_train.images, side).flatten(1)
    found = models[side]
    w = torch.tensor(found.weights, requires_grad=True)
    b = torch.tensor(found.bias, dtype=torch.float64, requires_grad=True)
    y = torch.where(to_train.labels == 1, 1.0, -1.0).double()
    objective = F.softplus(-y * (x @ w + b)).mean() + 1e-5 / 2 * side**2 * (w**2).sum()
    slopes = torch.autograd.grad(objective, (w, b))
    assert max(float(slope.abs().max()) for slope in slopes) < 1e-7
    assert found.gradient < 1e-7
    elsewhere = torch.autograd.grad(F.softplus(-y * (x @ (w / 2))).mean(), w)
    assert float(elsewhere[0].abs().max()) > 1e-5


def test_copies_share_the_weight_and_leave_the_growth_as_it_was(models: dict[int, Trained]) -> None:
    one, copies = models[28], models[56]
    shared = one.weights.reshape(28, 28).repeat(2, axis=0).repeat(2, axis=1) / 4
    assert copies.weights.reshape(56, 56) == pytest.approx(shared, abs=1e-7)
    assert copies.l1 == pytest.approx(one.l1, rel=1e-6)
    assert copies.m == pytest.approx(one.m / 4, rel=1e-6)
    assert copies.l2 == pytest.approx(one.l2 / 2, rel=1e-6)
    assert copies.margins == pytest.approx(one.margins, abs=1e-6)


@pytest.mark.parametrize("epsilon", [0.02, 0.1, 0.25])
@pytest.mark.parametrize("side", [4, 28, 56])
def test_fgsm_turns_exactly_the_digits_whose_margin_is_below_the_growth(
    models: dict[int, Trained], side: int, epsilon: float
) -> None:
    trained = models[side]
    found = experiment.errors(trained, epsilon)
    assert found.fgsm == np.mean(trained.margins < epsilon * trained.l1)
    assert found.clean == np.mean(trained.margins < 0) < 0.06
    assert found.clipped <= found.fgsm
    assert found.random < found.fgsm


def test_fgsm_does_more_than_nothing_and_more_than_noise(models: dict[int, Trained]) -> None:
    found = experiment.errors(models[28], 0.25)
    assert found.fgsm > 0.9 and found.clipped > 0.6
    assert abs(found.random - found.clean) < 0.05
    nothing = experiment.errors(models[28], 0.0)
    assert nothing.fgsm == nothing.clipped == nothing.random == nothing.clean


def made(side: int, scale: float) -> Trained:
    return Trained(side, np.full(side**2, scale), 0.0, np.array([1.0, 3.0]), 0.0)


def test_the_figures_show_the_growth_the_margin_and_the_errors() -> None:
    trained = [made(4, 0.5), made(7, 0.1)]
    shown = figure.growth(trained, 0.25)
    assert [line.name for line in shown.data] == [
        "FGSM: ε‖w‖₁", "median margin", "random signs: ε‖w‖₂", "m, mean |w|",
    ]  # fmt: skip
    assert shown.data[0].x == (16, 49)
    assert shown.data[0].y == pytest.approx((2.0, 1.225))
    assert shown.data[1].y == (2.0, 2.0)
    assert shown.data[2].y == pytest.approx((0.5, 0.175))
    assert shown.layout.xaxis.type == shown.layout.yaxis.type == "log"
    assert shown.data[3].y == pytest.approx((0.5, 0.1))
    wrong = figure.errors(trained, [Errors(0.02, 0.9, 0.8, 0.1), Errors(0.01, 0.95, 0.7, 0.05)])
    assert wrong.data[0].y == (90.0, 95.0)
    assert wrong.layout.yaxis.title.text == "wrong answers, %"
    assert len({(line.line.dash, line.marker.symbol) for line in wrong.data}) == 4


def test_the_words_say_formula_prediction_result_and_difference() -> None:
    model, found = made(4, 0.5), Errors(0.0, 0.5, 0.5, 0.0)
    words = page.formula(model, found, 0.25)
    assert " = .25 × 0.5 × 16 = **2**" in words
    assert "**1** of 2" in words and words.endswith(
        "**1** are wrong (0 were wrong before): difference 0."
    )
    assert "ε‖w‖₁ = 2 against a margin of 2.00 (median): 50\u00a0% of the digits are wrong" in (
        page.heading([model], [found], 0.25)
    )
    assert "get smaller" in page.heading([], [], 0.25)
    assert page.advantage([model]) == ""
    # all weights alike: the ratio is sqrt(n) exactly
    assert page.advantage([made(side, 0.5) for side in experiment.SIDES]).endswith(".50 ± .00.")


def part() -> None:
    """The part by itself, as the page draws it."""
    from demo.web.pages import going_on
    from demo.web.pages import growth_of_a_trained_model as part

    part.section(going_on.Page())


@pytest.mark.parametrize(
    ("asked", "shown"), [("0.1", 0.1), ("9", 0.5), ("nan", 0.25), ("x", 0.25), (None, 0.25)]
)
def test_a_links_epsilon_is_the_sliders_default_so_that_no_drawing_overtakes_it(
    asked: str | None, shown: float
) -> None:
    test = AppTest.from_function(part, default_timeout=PATIENCE)
    if asked is not None:
        test.query_params["digit_epsilon"] = asked
    for _ in range(2):
        test.run()
        assert not test.exception
        assert test.slider[0].value == shown
        assert list(test.slider[0].proto.default) == [shown]
    test.slider[0].set_value(0.3).run()
    assert test.slider[0].value == 0.3
    assert test.query_params["digit_epsilon"] in ("0.3", ["0.3"])
