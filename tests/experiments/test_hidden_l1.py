"""The hidden L1: laws of the experiment, its figures, the page's sentences, one small thread."""

import math
from pathlib import Path
from typing import Any

import numpy as np
import pytest
import torch
from hypothesis import given
from hypothesis import strategies as some
from streamlit.testing.v1 import AppTest
from torch import Tensor, nn

from demo import fgsm
from demo.data.labelled import Labelled
from demo.experiments import hidden_l1 as experiment
from demo.experiments.adversarial_training import accuracy_against_epsilon
from demo.experiments.hidden_l1 import HiddenL1, Margins
from demo.models import trained
from demo.networks import architectures
from demo.web.figures import hidden_l1 as figure
from demo.web.pages import gradient_lengths, prose
from demo.web.pages import hidden_l1 as page
from demo.web.store import worker
from tests import PATIENCE

pytestmark = pytest.mark.usefixtures("one_thread")

SMALL = (1e-7, 1e-6, 1e-5)
EPSILONS = (1e-4, 0.01, 0.1, 0.25)


class Smooth(nn.Module):
    """Images (N, 1, 4, 4) -> logits (N, 3), in float64, with a curvature of its own."""

    def __init__(self, seed: int) -> None:
        super().__init__()
        generator = torch.Generator().manual_seed(seed)
        self.first = torch.randn(16, 8, generator=generator, dtype=torch.float64)
        self.second = torch.randn(8, 3, generator=generator, dtype=torch.float64)

    def forward(self, images: Tensor) -> Tensor:
        return (images.flatten(1) @ self.first).tanh() @ self.second * 3


def drawn(seed: int, count: int = 4) -> tuple[Tensor, Tensor]:
    generator = torch.Generator().manual_seed(seed)
    images = torch.rand(count, 1, 4, 4, generator=generator, dtype=torch.float64) * 0.8 + 0.1
    return images, torch.randint(0, 3, (count,), generator=generator)


def logistic(seed: int, scale: float = 1.0) -> architectures.LogisticRegression:
    generator = torch.Generator().manual_seed(seed)
    network = architectures.LogisticRegression().double()
    network.weight.data = scale * torch.randn(784, generator=generator, dtype=torch.float64)
    network.bias.data += 0.3
    return network.requires_grad_(False)


def shipped(count: int) -> Labelled:
    few = accuracy_against_epsilon.chosen((3, 7))[:count]
    return Labelled(few.images.double(), few.labels)


@given(some.integers(0, 10_000))
def test_cross_entropy_is_the_softplus_of_minus_the_margin(seed: int) -> None:
    generator = torch.Generator().manual_seed(seed)
    logits = 10 * torch.randn(6, 5, generator=generator, dtype=torch.float64)
    labels = torch.randint(0, 5, (6,), generator=generator)
    margins = fgsm.margin(logits, labels)
    expected = nn.functional.cross_entropy(logits, labels, reduction="none")
    losses = experiment.softplus(-margins.numpy())
    np.testing.assert_allclose(losses, expected, rtol=1e-9, atol=1e-14)


def test_a_margin_by_hand() -> None:
    logits = torch.tensor([[2.0, 0.0, 0.0]], dtype=torch.float64)
    (margin,) = fgsm.margin(logits, torch.tensor([0])).tolist()
    assert margin == pytest.approx(2 - math.log(2))


@given(some.integers(0, 10_000))
def test_the_gradients_norm_is_that_of_the_loss_gradient(seed: int) -> None:
    network, (images, labels) = Smooth(seed), drawn(seed)
    found = experiment.run(network, images, labels, ())
    gradient = fgsm.loss_gradient(network, images, labels)
    norms = gradient.flatten(1).abs().sum(1).numpy()
    np.testing.assert_allclose(found.gradient_norms(), norms, rtol=1e-6)
    assert found.unclipped.shape == (0, 4)


@given(some.integers(0, 10_000))
def test_the_losses_are_those_at_the_fgsm_point(seed: int) -> None:
    network, (images, labels) = Smooth(seed), drawn(seed)
    found = experiment.run(network, images, labels, EPSILONS)
    for row, epsilon in enumerate(EPSILONS):
        attacked = fgsm.fgsm(network, images, labels, epsilon)
        loss = nn.functional.cross_entropy(network(attacked), labels, reduction="none")
        np.testing.assert_allclose(
            experiment.softplus(-found.clipped[row]), loss, rtol=1e-9, atol=1e-15
        )


@given(some.integers(0, 10_000))
def test_taylors_ratio_goes_to_one_as_epsilon_goes_to_zero(seed: int) -> None:
    network, (images, labels) = Smooth(seed), drawn(seed)
    ratio = experiment.means(experiment.run(network, images, labels, SMALL)).loss_ratio()
    assert abs(ratio[0] - 1) < 1e-4
    assert abs(ratio[0] - 1) < abs(ratio[2] - 1) + 1e-6
    assert abs(ratio[2] - 1) < 0.02


def test_for_a_trained_network_too_in_float64() -> None:
    network = trained.load("conv").double()
    few = accuracy_against_epsilon.chosen()[:20]
    found = experiment.run(network, few.images.double(), few.labels, (1e-7, 1e-6))
    result = experiment.means(found)
    np.testing.assert_allclose(result.loss_ratio(), 1, atol=1e-3)
    np.testing.assert_allclose(result.margin_ratio(), 1, atol=1e-3)


@given(some.integers(0, 10_000), some.floats(0.01, 3))
def test_logistic_regression_has_the_exact_loss_and_it_is_never_below_the_first_order(
    seed: int, scale: float
) -> None:
    network, labelled = logistic(seed, scale), shipped(10)
    found = experiment.run(network, labelled.images, labelled.labels, EPSILONS)
    signs = 2 * labelled.labels.numpy() - 1
    margins = signs * network.activation(labelled.images).numpy()
    norm = network.weight.abs().sum().item()
    np.testing.assert_allclose(found.slopes, norm, rtol=1e-9)
    np.testing.assert_allclose(found.clean, margins, rtol=1e-8, atol=1e-9)
    exact = np.logaddexp(0, np.array(EPSILONS)[:, None] * norm - margins)
    np.testing.assert_allclose(experiment.softplus(-found.unclipped), exact, rtol=1e-7)
    result = experiment.means(found)
    np.testing.assert_allclose(result.straight, result.adversarial, rtol=1e-7)
    np.testing.assert_allclose(result.margin_ratio(), 1, rtol=1e-7)
    for clean_weight in (0.0, 0.5, 1.0):
        above = result.objective(clean_weight) - result.first_order(clean_weight)
        assert (above >= -1e-9 * result.objective(clean_weight)).all()


def test_adversarial_loss_of_a_network_that_does_not_move_is_not_the_first_order() -> None:
    """What an attack that gives back its input would draw: a ratio of 0."""
    images, labels = drawn(1)
    found = experiment.run(Smooth(1), images, labels, EPSILONS)
    still = Margins(found.epsilons, found.clean, found.slopes, found.free,
                    np.repeat(found.clean[None], 4, 0), found.clipped)  # fmt: skip
    np.testing.assert_allclose(experiment.means(still).loss_ratio(), 0)
    assert experiment.holds_until(still.epsilons, experiment.means(still).loss_ratio()) is None


def test_alpha_enters_linearly_and_one_takes_the_penalty_away() -> None:
    images, labels = drawn(2)
    result = experiment.means(experiment.run(Smooth(2), images, labels, EPSILONS))
    np.testing.assert_allclose(result.objective(1.0), result.loss)
    np.testing.assert_allclose(result.first_order(1.0), result.loss)
    np.testing.assert_allclose(result.objective(0.0), result.adversarial)
    halfway = (result.objective(0.0) + result.objective(1.0)) / 2
    np.testing.assert_allclose(result.objective(0.5), halfway)
    rise = result.objective(0.3) - result.loss
    promised = result.first_order(0.3) - result.loss
    np.testing.assert_allclose(rise / promised, result.loss_ratio())


def test_the_clip_leaves_the_part_of_the_first_order_that_it_lets_move() -> None:
    network = logistic(3)
    black = torch.zeros(1, 1, 28, 28, dtype=torch.float64)
    found = experiment.run(network, black, torch.tensor([0]), (1e-6,))
    upward = network.weight.clamp_min(0).sum() / network.weight.abs().sum()
    result = experiment.means(found)
    assert result.free_share == pytest.approx(upward.item())
    assert result.clipped_ratio()[0] == pytest.approx(upward.item(), rel=1e-3)
    assert result.loss_ratio()[0] == pytest.approx(1, rel=1e-3)


def test_a_zero_gradient_promises_nothing() -> None:
    network = logistic(1, 0.0)
    found = experiment.run(network, shipped(2).images, shipped(2).labels, EPSILONS)
    result = experiment.means(found)
    assert np.isnan(result.loss_ratio()).all() and result.free_share == 0
    assert experiment.holds_until(result.epsilons, result.loss_ratio()) is None


def test_images_in_pieces_and_epsilons_in_pieces_are_the_whole() -> None:
    network, (images, labels) = Smooth(4), drawn(4, 6)
    whole = experiment.means(experiment.run(network, images, labels, EPSILONS))
    halves = [experiment.run(network, images[p], labels[p], EPSILONS)
              for p in (slice(0, 2), slice(2, 6))]  # fmt: skip
    ends = [experiment.run(network, images, labels, EPSILONS[p])
            for p in (slice(0, 1), slice(1, 4))]  # fmt: skip
    for other in (experiment.joined(halves), experiment.along(ends)):
        again = experiment.means(other)
        np.testing.assert_allclose(again.epsilons, whole.epsilons)
        np.testing.assert_allclose(again.adversarial, whole.adversarial, rtol=1e-12)
        assert again.gradient_norm == pytest.approx(whole.gradient_norm) and again.count == 6


def test_it_holds_until_the_last_epsilon_before_the_first_that_does_not() -> None:
    epsilons = np.array([0.1, 0.2, 0.4, 0.8])
    until = experiment.holds_until
    assert until(epsilons, np.array([1.0, 1.09, 1.2, 1.0])) == 0.2
    assert until(epsilons, np.array([1.0, 0.91, 0.95, 1.05])) == 0.8
    assert until(epsilons, np.array([0.89, 1.0, 1.0, 1.0])) is None
    assert until(epsilons, np.array([1.0, np.nan, 1.0, 1.0])) == 0.1


def test_the_stops_hold_the_papers_epsilons_and_the_batchs_are_among_them() -> None:
    assert {0.25, 0.5} <= set(experiment.BATCH_GRID) <= set(experiment.DIGIT_GRID)
    assert len(experiment.DIGIT_GRID) == 97 and min(experiment.DIGIT_GRID) == 0.5 / 4096
    levels = [255 * epsilon for epsilon in experiment.PHOTOGRAPH_GRID]
    assert all(any(level == pytest.approx(n) for level in levels) for n in (1, 2, 4, 8, 16))
    assert list(experiment.PHOTOGRAPH_GRID) == sorted(experiment.PHOTOGRAPH_GRID)


def result(**more: Any) -> HiddenL1:
    fields: dict[str, Any] = {
        "count": 1, "epsilons": np.array([0.125, 0.25, 0.5]), "loss": 1.0, "gradient_norm": 8.0,
        "margin": -0.5, "slope": 16.0, "free_share": 0.5,
        "adversarial": np.array([2.0, 4.0, 9.0]), "clipped": np.array([1.5, 2.0, 3.0]),
        "straight": np.array([2.0, 3.5, 7.0]), "fall": np.array([2.0, 4.0, 7.9]),
    }  # fmt: skip
    return HiddenL1(**(fields | more))


def test_the_objectives_lines_are_true_first_order_straight_and_clipped() -> None:
    plot = figure.objective(result(), 0.5)
    assert [trace.name for trace in plot.data] == [
        "J̃", "J + (1−α)ε‖∇J‖₁", "J̃, linear margin", "J̃, clipped"
    ]  # fmt: skip
    np.testing.assert_allclose(plot.data[0].y, [1.5, 2.5, 5])
    np.testing.assert_allclose(plot.data[1].y, [1.5, 2, 3])
    np.testing.assert_allclose(plot.data[2].y, [1.5, 2.25, 4])
    np.testing.assert_allclose(plot.data[3].y, [1.25, 1.5, 2])
    assert plot.layout.xaxis.title.text == "epsilon" and plot.layout.xaxis.type == "log"
    assert plot.layout.yaxis.title.text == "loss, nats" and plot.layout.yaxis.type == "log"
    assert len({(t.line.color, t.line.dash) for t in plot.data}) == 4
    same = figure.objective(result(), 1.0).layout.yaxis.range
    assert plot.layout.yaxis.range == same and 10 ** same[0] < 1 and 10 ** same[1] > 9


def test_the_ratios_have_their_grey_band_around_one() -> None:
    plot = figure.ratios(result())
    np.testing.assert_allclose(plot.data[0].y, [1, 1.5, 2])
    np.testing.assert_allclose(plot.data[1].y, [1, 1, 0.9875])
    np.testing.assert_allclose(plot.data[2].y, [0.5, 0.5, 0.5])
    (band,) = plot.layout.shapes
    assert (band.y0, band.y1) == (0.9, 1.1)
    assert plot.layout.yaxis.title.text == "true / first order"


def test_histograms_count_every_digit_and_say_their_medians() -> None:
    lengths = [
        figure.Lengths("plain", np.array([1.0, 10, 100])),
        figure.Lengths("robust", np.array([2.0, 3, 4, 5, 6])),
    ]
    plot = figure.lengths(lengths, "length")
    assert [sum(trace.y) / 2 for trace in plot.data] == [3, 5]
    assert [trace.line.dash for trace in plot.data] == ["solid", "dash"]
    assert [a.text for a in plot.layout.annotations] == ["median 10", "median 4"]
    assert [shape.x0 for shape in plot.layout.shapes] == [10, 4]
    assert plot.layout.xaxis.title.text == "length" and plot.layout.yaxis.title.text == "digits"


@pytest.mark.parametrize(
    ("value", "text"), [(0.00024, "2.4 × 10⁻⁴"), (277.2, "277"), (0.0165, "0.0165"), (0, "0")]
)
def test_numbers_are_spoken_in_three_digits(value: float, text: str) -> None:
    assert figure.spoken(value) == text


def test_the_heading_says_how_far_each_line_holds() -> None:
    words = "".join(text for _, text in page.heading(result(), "this 3", "digits"))
    said = "The loss of this 3 under FGSM rises by ε times the L1 norm of its gradient, to within "
    assert f"{said}10 %, up to ε = .12" in words
    assert words.endswith("margin is linear, to within 10 %, at every ε to .5")
    off = result(adversarial=np.array([9.0, 9, 9]), epsilons=np.array([1, 2, 4]) / 255)
    words = "".join(text for _, text in page.heading(off, "this panda", "photographs"))
    assert "at no ε shown" in words


def test_a_photographs_epsilon_is_in_levels() -> None:
    small = result(epsilons=np.array([0.5, 1, 2]) / 255, adversarial=np.array([1.0157, 9, 9]))
    parts = dict(page.heading(small, "this panda", "photographs"))
    assert parts["loss"] == "up to ε = .5/255"


@pytest.mark.parametrize(
    ("epsilon", "text"), [(0.25, ".25"), (0.00075, ".00075"), (0.0000306, ".000031"), (40, "40")]
)
def test_an_epsilon_is_written_in_two_digits(epsilon: float, text: str) -> None:
    assert page.fraction(epsilon) == text


def measured(slopes: float, margin: float, count: int = 3) -> Margins:
    """Digits with margins -2, then `margin`."""
    clean = np.array([-2.0] + [margin] * (count - 1))
    none = np.empty((0, count))
    return Margins(np.empty(0), clean, np.full(count, slopes), np.full(count, slopes), none, none)


def test_the_lesson_says_when_mean_and_median_disagree_and_who_is_surer() -> None:
    both = {"conv": measured(100, 20), "conv-adversarial": measured(10, 2)}
    said = gradient_lengths.lesson(both)
    assert "in another order" in said
    factors = [figure.spoken(1 / (1 + math.exp(margin))) for margin in (20, 2)]
    assert f"without adversarial training {factors[0]}, against PGD {factors[1]}" in said
    assert gradient_lengths.heading(both).endswith("trained against PGD, 10.0 times shorter")
    alike = {"conv": measured(100, 1), "conv-adversarial": measured(10, 1)}
    assert "in another order" not in gradient_lengths.lesson(alike)
    longer = {"conv": measured(10, 1), "conv-adversarial": measured(100, 1)}
    assert gradient_lengths.heading(longer).endswith("against PGD, no shorter")


def test_a_network_is_compared_with_its_whole_family_each_by_its_own_adversary() -> None:
    here = ("conv-adversarial", "conv", "conv-fgsm", "maxout", "maxout-adversarial", "rbf")
    for name in ("conv", "conv-fgsm", "conv-adversarial"):
        assert gradient_lengths.family(name, here) == ["conv", "conv-fgsm", "conv-adversarial"]
    assert gradient_lengths.family("maxout", here) == ["maxout", "maxout-adversarial"]
    slopes = {"conv": 30, "conv-fgsm": 15, "conv-adversarial": 3}
    said = gradient_lengths.heading({name: measured(s, 1) for name, s in slopes.items()})
    assert said.endswith(
        "trained against FGSM, 2.0 times shorter; trained against PGD, 10.0 times shorter"
    )


def test_the_pages_prose_is_there() -> None:
    assert {"derivation", "bends", "clip"} == set(prose.sections("hidden_l1"))


@pytest.mark.usefixtures("several_threads")
def test_small_work_has_one_thread_and_gives_the_others_back() -> None:
    def threads() -> int:
        return torch.get_num_threads()

    before = worker.in_turn(threads)
    assert worker.small(threads) == 1
    assert worker.in_turn(threads) == before
    with pytest.raises(ZeroDivisionError):
        worker.small(lambda: 1 // 0)
    assert worker.in_turn(threads) == before


def script() -> None:
    from demo.web.pages import hidden_l1

    hidden_l1.page()


def opened(**asked: str) -> AppTest:
    app = AppTest.from_function(script, default_timeout=PATIENCE)
    for key, value in asked.items():
        app.query_params[key] = value
    return app.run()


def test_the_page_opens_on_a_digit_and_measures_a_thousand() -> None:
    app = opened(network="softmax")
    assert not app.exception and not app.error
    for _ in range(20):
        if not app.session_state[page.OPEN]:
            break
        app.run()
    assert app.header[0].value.startswith("The gradient of the margin: trained against FGSM, ")
    assert "penalises the mean of" in "".join(m.value for m in app.markdown)


def share(app: AppTest) -> str:
    """What the page says of the thousand digits' progress."""
    (progress,) = app.get("progress")
    return str(progress.proto.text)


def test_the_thousand_digits_stop_at_once_and_go_on(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(page, "SECONDS", 0.0001)  # one piece each time
    app = opened(network="softmax-adversarial", picture="digit-10")
    app.run()
    app.button(key="l1_button").click().run()
    stopped = share(app)
    assert app.session_state[page.OPEN] is False and app.button(key="l1_button").label == "Resume"
    app.run()
    app.run()
    assert share(app) == stopped
    app.button(key="l1_button").click().run()
    assert app.session_state[page.OPEN] is True
    for _ in range(4):
        app.run()
    assert share(app) != stopped


@pytest.mark.parametrize(
    "asked",
    [{"network": "nobody"}, {"alpha": "nan"}, {"epsilon": "1e999", "of": "x"}, {"picture": "%"}],
)
def test_nonsense_in_the_link_gets_the_defaults(asked: dict[str, str]) -> None:
    app = opened(**asked)
    assert not app.exception and not app.error
    assert app.session_state["l1_network"] == "conv"
    assert app.session_state["picture_digits"] == "digit-1505"


def test_a_link_names_the_digit_and_the_network() -> None:
    app = opened(network="softmax-adversarial", picture="digit-2345")
    assert app.session_state["l1_network"] == "softmax-adversarial"
    assert "Picture: digit 2,345" in app.caption[-1].value and not app.error


def test_a_digit_that_the_network_does_not_know_gets_a_sentence() -> None:
    app = opened(network="logistic", picture="digit-2600")
    assert not app.exception
    assert "knows only 3 and 7, and this digit is labelled 5" in app.error[0].value


def test_the_legend_beside_the_lines_has_their_colours() -> None:
    css = Path("demo/web/components/viewer/hidden_l1.css").read_text(encoding="utf-8")
    lines = {"true": figure.TRUE, "first": figure.FIRST_ORDER, "straight": figure.STRAIGHT,
             "clip": figure.CLIPPED}  # fmt: skip
    for kind, line in lines.items():
        assert f".hl1-{kind} {{ stroke: {line['color']};" in css
