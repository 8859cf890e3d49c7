"""Three against seven: formula and measurement agree where they must, and nowhere by accident."""

import copy
import math
from pathlib import Path

import numpy as np
import pytest
import torch
import torch.nn.functional as F
from hypothesis import given
from hypothesis import strategies as st
from streamlit.testing.v1 import AppTest
from torch import Tensor

from demo import fgsm, scores
from demo.data import digits, pictures
from demo.data.labelled import Labelled
from demo.experiments.adversarial_training import weights_as_pictures
from demo.experiments.three_against_seven import derivation, margins, weight_decay
from demo.models import trained
from demo.networks import architectures
from demo.web.figures import three_against_seven as figure
from demo.web.pages import ten_digits
from demo.web.pages import three_against_seven as page
from demo.web.store import three_against_seven as store
from tests import PATIENCE

NAMES = ("logistic", "logistic-l1", "logistic-adversarial")
EPSILONS = (0.0, 0.05078125, 0.125, 0.25, 0.5)

each_network = pytest.mark.parametrize("name", NAMES)


def network(weights: dict[int, float], bias: float) -> architectures.LogisticRegression:
    """w is 0 but for these pixels."""
    made = architectures.LogisticRegression()
    for pixel, weight in weights.items():
        made.weight.data[pixel] = weight
    made.bias.data.fill_(bias)
    return made.requires_grad_(False)


def grey(level: float, *labels: int) -> Labelled:
    """One even picture a label."""
    return Labelled(torch.full((len(labels), 1, 28, 28), level), torch.tensor(labels))


def drawn(seed: int) -> tuple[architectures.LogisticRegression, Labelled]:
    """Random weights, some exactly 0, and random digits of both labels."""
    generator = torch.Generator().manual_seed(seed)
    made = architectures.LogisticRegression()
    weights = torch.randn(784, generator=generator) * (torch.rand(784, generator=generator) > 0.2)
    made.weight.data.copy_(weights * 0.2)
    made.bias.data.copy_(torch.randn((), generator=generator))
    images = torch.rand(6, 1, 28, 28, generator=generator)
    return made.requires_grad_(False), Labelled(images, torch.tensor([0, 1, 0, 1, 1, 0]))


def shown(name: str) -> tuple[architectures.LogisticRegression, Labelled]:
    """A network that ships, and every tenth of the threes and sevens."""
    made = trained.load(name)
    assert isinstance(made, architectures.LogisticRegression)
    whole = margins.shipped()
    return made, Labelled(whole.images[::9], whole.labels[::9])


# --- pencil ---------------------------------------------------------------------------------


def test_a_model_of_two_weights_by_pencil() -> None:
    found = margins.run(network({100: 2.0, 200: -1.0}, 0.25), grey(0.5, 0, 1), (0.0, 0.25, 0.75))
    assert found.l1 == 3.0
    assert found.clean.tolist() == [-0.75, 0.75]  # y (2 * .5 - 1 * .5 + .25)
    assert found.formula.tolist() == [[-0.75, 0.75], [-1.5, 0.0], [-3.0, -1.5]]
    assert found.unclipped.tolist() == found.formula.tolist()
    assert found.clipped.tolist() == [[-0.75, 0.75], [-1.5, 0.0], [-2.25, -0.75]]  # .5 at most
    assert found.wrong_clipped.tolist() == [[True, False], [True, True], [True, True]]
    assert found.errors(found.wrong_clipped).tolist() == [[1, 0], [1, 1], [1, 1]]
    assert found.fall(found.clipped).tolist() == [0.0, 0.75, 1.5]
    assert found.fall(found.formula).tolist() == [0.0, 0.75, 2.25]
    assert found.all_wrong == 1


def test_the_signs_are_those_of_the_lectures_board_plus_for_a_three() -> None:
    model, labelled = shown("logistic")
    found = margins.run(model, labelled, (0.0,))
    three, seven = (labelled.images[labelled.labels == k].mean(dim=0).numpy() for k in (0, 1))
    assert (found.weights * (three - seven)).sum() > 0
    lines = derivation.run(model, labelled, (0.0,))
    np.testing.assert_allclose(lines.margins, found.clean, atol=1e-4)
    picture = weights_as_pictures.first_layer(model)[0]
    np.testing.assert_array_equal(picture, found.weights)


def test_a_margin_of_exactly_zero_is_a_three_for_formula_and_network_alike() -> None:
    found = margins.run(network({0: 1.0}, -0.5), grey(0.5, 0, 1), (0.0,))
    assert found.formula.tolist() == [[0.0, 0.0]]
    assert found.wrong_by_formula.tolist() == found.wrong_clipped.tolist() == [[False, True]]


def test_black_pixels_hold_the_clipped_step_back() -> None:
    found = margins.run(network({7: 4.0}, 0.0), grey(0.0, 1, 0), (0.25,))
    assert found.unclipped.tolist() == [[-1.0, -1.0]]
    assert found.clipped.tolist() == [[0.0, -1.0]]  # darker than black there is not


def test_the_derivation_by_pencil() -> None:
    lines = derivation.run(network({3: 2.0, 4: -2.0}, 1.0), grey(0.5, 1), (0.0, 0.125))
    sigma = 1 / (1 + math.e)
    assert lines.margins.tolist() == [1.0]
    assert lines.one_minus_sigma[0] == pytest.approx(sigma, rel=1e-12)
    assert lines.sigma_of_minus[0] == pytest.approx(sigma, rel=1e-12)
    assert lines.largest_gradient[0] == pytest.approx(2 * sigma, rel=1e-12)
    assert lines.norm[0] == pytest.approx(4 * sigma, rel=1e-12)
    assert lines.loss[0].tolist() == pytest.approx([math.log1p(math.exp(-1)),
                                                    math.log1p(math.exp(-0.5))])  # fmt: skip


# --- laws -----------------------------------------------------------------------------------


@given(st.integers(0, 10_000), st.sampled_from(EPSILONS))
def test_the_exact_loss_is_the_loss_at_the_fgsm_point(seed: int, epsilon: float) -> None:
    model, labelled = drawn(seed)
    gradient = fgsm.loss_gradient(model, labelled.images, labelled.labels)
    point = labelled.images + fgsm.perturbation(gradient, epsilon)
    measured = F.cross_entropy(model(point), labelled.labels, reduction="none")
    lines = derivation.run(model, labelled, (epsilon,))
    np.testing.assert_allclose(lines.loss[:, 0], measured.numpy(), atol=1e-5, rtol=1e-5)
    np.testing.assert_allclose(lines.loss_at_point, lines.loss, atol=1e-5)


@each_network
def test_on_the_shipped_networks_both_sides_of_every_line_agree(name: str) -> None:
    lines = derivation.run(*shown(name), margins.EPSILON_GRID)
    np.testing.assert_allclose(lines.one_minus_sigma, lines.sigma_of_minus, atol=1e-15)
    np.testing.assert_allclose(lines.quotient, lines.slope, atol=1e-8)
    np.testing.assert_allclose(lines.norm_by_autograd, lines.norm, rtol=1e-6, atol=1e-13)
    np.testing.assert_allclose(lines.loss_at_point, lines.loss, atol=1e-5)
    assert lines.gradient_difference.max() < 1e-12
    assert lines.largest_gradient.min() > 0


@given(st.integers(0, 10_000))
def test_the_gradient_is_autograds(seed: int) -> None:
    model, labelled = drawn(seed)
    exact = copy.deepcopy(model).double()
    images = labelled.images.double().requires_grad_(True)
    y = 2 * labelled.labels.double() - 1
    margin = y * exact.activation(images)
    (gradient,) = torch.autograd.grad(F.softplus(-margin).sum(), images)
    formula = (-y * torch.sigmoid(-margin))[:, None] * exact.weight
    torch.testing.assert_close(gradient.flatten(1), formula.detach(), rtol=1e-9, atol=1e-15)
    lines = derivation.run(model, labelled, (0.0,))
    norms = gradient.abs().sum(dim=(1, 2, 3)).numpy()
    np.testing.assert_allclose(lines.norm, norms, rtol=1e-9)
    assert lines.gradient_difference.max() < 1e-12


@given(st.integers(0, 10_000))
def test_without_the_clip_every_margin_falls_by_epsilon_times_the_norm(seed: int) -> None:
    found = margins.run(*drawn(seed), EPSILONS)
    assert found.largest_difference.max() < 1e-4
    assert (found.clipped >= found.unclipped - 1e-4).all()
    assert (np.diff(found.clipped, axis=0) <= 1e-4).all()


def fall_is_the_growth(found: margins.Margins) -> None:
    """What holds for FGSM and for nothing smaller of the same max-norm."""
    np.testing.assert_allclose(
        found.fall(found.unclipped), found.epsilons * found.l1, rtol=1e-4, atol=1e-6
    )


def test_an_attack_that_returns_its_input_is_found_out(monkeypatch: pytest.MonkeyPatch) -> None:
    model, labelled = shown("logistic")
    fall_is_the_growth(margins.run(model, labelled, EPSILONS))

    def idle(gradient: Tensor, epsilon: float) -> Tensor:
        return 0 * gradient

    monkeypatch.setattr(fgsm, "perturbation", idle)
    found = margins.run(model, labelled, EPSILONS)
    with pytest.raises(AssertionError):
        fall_is_the_growth(found)
    assert (found.wrong_by_formula != found.wrong_unclipped).any()
    lines = derivation.run(model, labelled, (0.25,))
    assert np.abs(lines.loss - lines.loss_at_point).min() > 1


def test_nothing_is_written_on_the_network() -> None:
    model, labelled = shown("logistic")
    before = model.weight.clone()
    margins.run(model, labelled, (0.25,))
    derivation.run(model, labelled, (0.25,))
    assert torch.equal(model.weight, before) and model.weight.dtype == torch.float32
    assert not model.weight.requires_grad and model.weight.grad is None


@given(st.floats(-20, 40), st.floats(0, 60))
def test_fgsms_penalty_lies_between_nothing_and_the_decays(margin: float, growth: float) -> None:
    added = float(weight_decay.penalty(np.array(margin), np.array(growth)))
    assert -1e-12 <= added <= growth + 1e-12


def test_fgsms_penalty_fades_with_the_margin_and_the_decays_does_not() -> None:
    along = weight_decay.penalty(np.array([-20.0, 0.0, 3.0, 6.0, 20.0]), np.array(3.0))
    assert along[0] == pytest.approx(3.0, abs=1e-6)
    assert (np.diff(along) < 0).all()
    assert along[-1] < 1e-6
    found = weight_decay.run(margins.run(*drawn(5), EPSILONS))
    assert found.l1.tolist() == sorted(found.l1.tolist()) and found.l1[0] == found.adversarial[0]
    np.testing.assert_allclose(found.adversarial, found.measured, atol=1e-4)


def test_a_digit_is_counted_as_faded_below_a_hundredth_of_the_decays_penalty() -> None:
    found = margins.run(network({0: 2.0, 1: -2.0}, 10.0), grey(0.5, 1, 0), (0.0, 0.25))
    assert weight_decay.run(found).faded.tolist() == [0, 1]


# --- what the browser gets --------------------------------------------------------------------


def test_the_threes_and_sevens_come_in_turn() -> None:
    whole = margins.shipped()
    images, labels = digits.embedded()
    assert whole.labels.tolist() == [0, 1] * 500
    assert torch.equal(whole.images[::2, 0], digits.to_images(images[labels == 3])[:, 0])
    assert torch.equal(whole.images[1::2, 0], digits.to_images(images[labels == 7])[:, 0])


def test_the_error_counts_that_are_sent_are_those_of_fgsm_and_argmax() -> None:
    data = page._data(store.cards(), 3)
    whole = margins.shipped()
    for sent in data["networks"]:
        model = trained.load(sent["name"])
        for epsilon in EPSILONS:
            stop = data["stops"].index(epsilon)
            attacked = fgsm.fgsm(model, whole.images, whole.labels, epsilon)
            wrong = scores.predicted_label(model(attacked)) != whole.labels
            counts = [int(wrong[whole.labels == label].sum()) for label in (0, 1)]
            assert sent["clipped"][stop] == counts
            assert sent["formula"][stop] == sent["unclipped"][stop]
        right = [sum(counts) < 1000 for counts in sent["clipped"]]
        assert sent["allWrong"] == (right.index(False) if False in right else None)
        assert not any(right[sent["allWrong"] or len(right) :])


@pytest.mark.parametrize("label", [0, 1])
def test_the_browsers_whole_levels_are_the_servers_rounding(label: int) -> None:
    """But for .5, where 127.5 levels lie between two: there the browser takes 128."""
    model, labelled = shown("logistic")
    one = Labelled(labelled.images[label : label + 1], labelled.labels[label : label + 1])
    levels = page._data(store.cards(), 0)["levels"]
    signs = margins.run(model, one, (0.0,)).signs.astype(np.int64)
    before = pictures.to_pixels(one.images)[..., 0].astype(np.int64)
    for epsilon, level in list(zip(margins.EPSILON_GRID, levels, strict=True))[:-1]:
        served = pictures.to_pixels(fgsm.fgsm(model, one.images, one.labels, epsilon))[..., 0]
        in_browser = np.clip(before - (1 - 2 * label) * level * signs, 0, 255)
        np.testing.assert_array_equal(in_browser, served)
    assert margins.EPSILON_GRID[-1] == 0.5 and levels[-1] == 128


def test_the_stops_hold_the_papers_epsilon_and_are_exact() -> None:
    assert [margins.EPSILON_GRID[i] for i in (0, 64, -1)] == [0, 0.25, 0.5]
    assert all(float(np.float32(epsilon)) == epsilon for epsilon in margins.EPSILON_GRID)


def test_every_sheet_has_twenty_five_digits_and_together_they_have_all() -> None:
    assert len(margins.shipped()) == page.EACH * page.SHEETS
    assert len(store.images(page.EACH * (page.SHEETS - 1), page.EACH)) == page.EACH


def test_the_words_that_the_component_asks_for_are_written() -> None:
    words = page._data(store.cards(), 0)["words"]
    html = Path(page.viewer.__file__).with_suffix(".html").read_text(encoding="utf-8")
    asked = {part.split('"')[0] for part in html.split('data-words="')[1:]}
    assert asked and asked | {f"line-{n}" for n in range(1, 6)} == set(words)


def test_a_network_that_is_missing_is_a_sentence_and_no_traceback(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    def absent() -> list[trained.Card]:
        raise trained.Absent("The digit network logistic is not in the folder.")

    monkeypatch.setattr(store, "cards", absent)
    shown_page = AppTest.from_function(open_page, default_timeout=PATIENCE).run()
    assert [error.value for error in shown_page.error] == [
        "The digit network logistic is not in the folder."
    ]
    assert not shown_page.exception


def open_page() -> None:
    """The page as a script of its own."""
    from demo.web.pages import three_against_seven

    three_against_seven.page()


# --- ten digits for the reader ------------------------------------------------------------------


def test_the_ten_digits_are_five_of_each_and_fgsms_own() -> None:
    shown_digits = store.attacked(store.cards()[0].name, ten_digits.PLACES, ten_digits.EPSILON)
    labels = [label for _, label, _ in shown_digits]
    assert sorted(labels) == [0] * 5 + [1] * 5
    model, whole = trained.load("logistic"), margins.shipped()
    for place, (png, label, answer) in zip(ten_digits.PLACES, shown_digits, strict=True):
        one = whole[place : place + 1]
        after = fgsm.fgsm(model, one.images, one.labels, 0.25)
        assert int(one.labels) == label and int(model(after).argmax()) == answer
        pixels = np.asarray(pictures.from_bytes(png).convert("L"))
        np.testing.assert_array_equal(pixels, pictures.to_pixels(after)[..., 0])


def test_the_readers_score_stands_beside_the_models() -> None:
    def ten() -> None:
        from demo.web.pages import ten_digits
        from demo.web.store import three_against_seven as store

        ten_digits.section(store.cards()[0])

    app = AppTest.from_function(ten, default_timeout=PATIENCE).run()
    assert app.header[0].value == "Can you still read them? 0 of 10 answered"
    for number, place in enumerate(ten_digits.PLACES, 1):
        app.segmented_control(key=f"ten_digits_{number}").set_value("37"[place % 2])
    app.run()
    assert not app.exception
    assert app.header[0].value == "You read 10 of 10 rightly, the model 0"


# --- the figure ---------------------------------------------------------------------------------


def test_the_histogram_holds_every_digit_once_and_the_loss_is_softplus() -> None:
    rng = np.random.default_rng(1)
    values, labels = rng.normal(4, 3, 200), np.arange(200) % 2
    drawn_figure = figure.plot(values, labels, 40.0)
    threes, sevens, loss, *moving = drawn_figure.data
    assert (sum(threes.y), sum(sevens.y)) == (100, 100)
    np.testing.assert_allclose(loss.y, np.log1p(np.exp(-np.asarray(loss.x))))
    assert [entry.name for entry in moving] == ["under FGSM", "with L1 decay, λ = ε"]
    layout = drawn_figure.layout
    assert layout.xaxis2.title.text == "margin M = y(w·x + b), without attack"
    assert (layout.yaxis.title.text, layout.yaxis2.title.text) == ("digits", "loss, nats")
    low, high = layout.xaxis.range
    assert low < values.min() and high > max(values.max(), 0.3 * 40)
    assert threes.marker.pattern.shape != sevens.marker.pattern.shape
