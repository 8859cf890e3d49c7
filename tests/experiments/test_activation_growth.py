"""Growth against dimension: epsilon * m * n, with slope 1 for sign(w) and 1/2 for blind signs."""

import json
import math

import numpy as np
import pytest
import torch
from hypothesis import given
from hypothesis import strategies as st
from numpy.typing import NDArray
from streamlit.testing.v1 import AppTest

from demo import fgsm
from demo.experiments.activation_growth import activation_growth
from demo.web.pages import activation_growth as page
from tests import PATIENCE

pytestmark = pytest.mark.usefixtures("one_thread")

STOPS = np.array(activation_growth.stops())


@pytest.fixture(scope="module")
def draws() -> list[activation_growth.Draw]:
    return [activation_growth.draw(seed) for seed in activation_growth.SEEDS]


def weights(seed: int, n: int) -> NDArray[np.float64]:
    """The drawn weights all at once."""
    return np.random.default_rng(seed).uniform(-2, 2, n)


def test_the_stops_go_from_one_to_ten_million_through_a_digit_and_a_photograph() -> None:
    assert STOPS[0] == 1 and STOPS[-1] == 10_000_000
    assert {784, 150_528} <= set(STOPS.tolist())
    assert (np.diff(STOPS) > 0).all()
    assert (STOPS[1:] / STOPS[:-1])[STOPS[:-1] > 100].max() < 10 ** (1 / 16) * 1.01


@pytest.mark.parametrize("n", [1, 10, 784, 10_000])
@pytest.mark.parametrize("epsilon", [0.007, 0.25])
def test_the_growth_is_epsilon_times_the_l1_norm_and_the_change_is_epsilon(
    draws: list[activation_growth.Draw], n: int, epsilon: float
) -> None:
    w = torch.from_numpy(0.05 * weights(3, n))
    x = torch.rand(n, dtype=torch.float64, generator=torch.Generator().manual_seed(1))
    eta = fgsm.perturbation(w, epsilon)
    growth = float(w @ (x + eta) - w @ x)
    at = int(np.flatnonzero(n == STOPS)[0])
    assert growth == pytest.approx(epsilon * float(w.abs().sum()), rel=1e-9)
    assert epsilon * 0.05 * draws[3].worst[at] == pytest.approx(growth, rel=1e-9)
    assert epsilon * 0.05 * draws[3].blind[at] == pytest.approx(epsilon * float(w.sum()), rel=1e-9)
    assert eta.abs().max() == epsilon


def test_the_parts_that_are_shown_are_the_first_weights_that_are_summed(
    draws: list[activation_growth.Draw],
) -> None:
    first = draws[0].first
    assert first.shape == (activation_growth.FIRST,)
    assert np.array_equal(first, np.abs(weights(0, activation_growth.FIRST)))
    assert np.cumsum(first)[STOPS[:20] - 1] == pytest.approx(draws[0].worst[:20], rel=1e-12)


@given(
    st.lists(st.floats(-3, 3, width=32), min_size=1, max_size=40),
    st.floats(0.001, 0.5),
    st.integers(0, 2**16),
)
def test_no_other_change_of_that_size_goes_further(
    values: list[float], epsilon: float, seed: int
) -> None:
    w = torch.tensor(values, dtype=torch.float64)
    other = torch.rand(len(w), dtype=torch.float64, generator=torch.Generator().manual_seed(seed))
    best = w @ fgsm.perturbation(w, epsilon)
    assert float(best) == pytest.approx(epsilon * float(w.abs().sum()), rel=1e-12, abs=1e-15)
    assert w @ (epsilon * (2 * other - 1)) <= best + 1e-12


def test_the_slopes_are_one_and_one_half_within_three_standard_errors(
    draws: list[activation_growth.Draw],
) -> None:
    worst = activation_growth.slope(np.array([d.worst for d in draws]))
    blind = activation_growth.slope(np.array([d.blind for d in draws]))
    assert abs(worst.value - 1) < 3 * worst.error < 0.01
    assert abs(blind.value - 0.5) < 3 * blind.error < 0.1
    assert blind.value < worst.value - 10 * blind.error


def test_blind_signs_grow_as_a_random_walk_does(draws: list[activation_growth.Draw]) -> None:
    # the variance of a weight drawn evenly from -2 to 2 is 4/3
    walks = np.array([d.blind for d in draws]) / np.sqrt(STOPS * 4 / 3)
    assert np.square(walks).mean() == pytest.approx(1, abs=0.25)
    assert draws[0].worst[-1] == pytest.approx(10_000_000, rel=0.001)


def test_a_slope_is_that_of_the_straight_line() -> None:
    n = np.array([10.0, 100.0, 1000.0, 10_000.0])
    exact = activation_growth.straight(n, 3 * n**0.5)
    assert exact.value == pytest.approx(0.5) and exact.error < 1e-9
    # by hand: x = 0, 1, 2 and y = 0, 1, 0 (in natural logarithms): slope 0, residuals
    # -1/3, 2/3, -1/3, so the error is sqrt((6/9) / 1 / 2) = sqrt(1/3)
    bent = activation_growth.straight(np.exp([0.0, 1.0, 2.0]), np.exp([0.0, 1.0, 0.0]))
    assert bent.value == pytest.approx(0) and bent.error == pytest.approx(math.sqrt(1 / 3))


@pytest.mark.parametrize(("value", "form", "written"), [
    (0.477, ".2f", ".48 ± .02"), (10.5, ".2f", "10.50 ± .02"), (0.5, "+.2f", "+.50 ± .02"),
    (-0.5, "+.2f", "−.50 ± .02"), (-10.5, "+.2f", "−10.50 ± .02"),
])  # fmt: skip
def test_a_slope_is_written_without_the_zero_before_its_point(
    value: float, form: str, written: str
) -> None:
    assert f"{activation_growth.Slope(value, 0.02):{form}}" == written


def test_the_stops_of_the_sliders_hold_the_papers_values() -> None:
    assert page.EPSILONS[page.nearest(page.EPSILONS, 0.007)] == 0.007
    assert page.EPSILONS[page.nearest(page.EPSILONS, 0.25)] == 0.25
    assert page.MS[page.nearest(page.MS, 0.05)] == 0.05
    assert page.nearest((1, 10, 100), 30) == 1 and page.nearest((1, 10, 100), 32) == 2
    assert pytest.approx(4.595, abs=1e-3) == page.DECISIVE


def asked(query: dict[str, str]) -> dict[str, float]:
    """What the page makes of a link: the values at which its sliders start."""

    def script() -> None:
        import streamlit

        from demo.web.pages import activation_growth

        given = activation_growth.data()
        stops = {"n": given["ns"], "m": given["ms"], "epsilon": given["epsilons"]}
        streamlit.json({key: stops[key][at] for key, at in given["start"].items()})  # type: ignore[attr-defined,index]

    test = AppTest.from_function(script, default_timeout=PATIENCE)
    for key, value in query.items():
        test.query_params[key] = value
    test.run()
    assert not test.exception
    return dict(json.loads(test.json[0].value))


@pytest.mark.parametrize(
    ("query", "expected"),
    [
        ({}, {"n": 150_528, "m": 0.05, "epsilon": 0.007}),
        ({"n": "784", "epsilon": "0.25"}, {"n": 784, "m": 0.05, "epsilon": 0.25}),
        ({"n": "-3", "m": "nan", "epsilon": "x"}, {"n": 150_528, "m": 0.05, "epsilon": 0.007}),
        ({"n": "1e99", "m": "1e-99"}, {"n": 10_000_000, "m": 0.005, "epsilon": 0.007}),
    ],
)
def test_a_link_restores_the_sliders_and_nonsense_the_usual_values(
    query: dict[str, str], expected: dict[str, float]
) -> None:
    assert asked(query) == expected
