"""A photograph at many sizes: the logit gap, its gradient's norms, FGSM and random signs."""

from collections.abc import Callable

import numpy as np
import pytest
import timm
import torch
import torch.nn.functional as F
from hypothesis import given
from hypothesis import strategies as st
from streamlit.testing.v1 import AppTest
from torch import Tensor, nn

from demo import fgsm, models
from demo.data import gallery, pictures
from demo.experiments.activation_growth import growth_on_a_photograph as experiment
from demo.experiments.activation_growth.growth_on_a_photograph import Row
from demo.networks import architectures, weights
from demo.web.controls import link
from demo.web.figures import growth_on_a_photograph as figure
from demo.web.pages import colours
from demo.web.pages import growth_on_a_photograph as page
from demo.web.store import activation_growth as store
from tests import PATIENCE

OPENS = gallery.card(link.FIRST_PICTURE["photographs"])

pytestmark = pytest.mark.usefixtures("one_thread")


@pytest.fixture(scope="module")
def plain() -> nn.Module:
    """The embedded network as timm builds it, nothing folded, padding worked out at each call."""
    card = models.MODELS[0]
    tensors = weights.embedded(models.ASSETS / "weights" / str(card.file), str(card.sha256))
    network = weights.filled(timm.create_model(card.identifier), tensors)
    return architectures.Normalized(network, card.mean, card.std).eval().requires_grad_(False)


def at(side: int) -> Tensor:
    data = gallery.photograph("kangaroo")
    return pictures.to_tensor(pictures.at_network_size(pictures.from_bytes(data), side))


@pytest.mark.parametrize("side", [32, 96, 160, 320])
def test_the_padding_fixed_for_224_is_right_at_every_multiple_of_32(
    embedded: nn.Module, plain: nn.Module, side: int
) -> None:
    assert side in experiment.SIDES
    with torch.inference_mode():
        assert (embedded(at(side)) - plain(at(side))).abs().max() < 1e-3


def test_and_it_is_wrong_at_other_sizes(embedded: nn.Module, plain: nn.Module) -> None:
    assert all(side % 32 == 0 for side in experiment.SIDES)
    with torch.inference_mode():
        assert (embedded(at(112)) - plain(at(112))).abs().max() > 1


def test_the_logit_gap_is_the_logarithm_of_the_odds() -> None:
    logits = torch.log(torch.tensor([[0.8, 0.15, 0.05]]))
    assert float(experiment.logit_gap(logits, 0)) == pytest.approx(np.log(4), abs=1e-6)
    assert float(experiment.logit_gap(logits, 2)) == pytest.approx(np.log(0.05 / 0.95), abs=1e-6)


Small = Callable[[int], nn.Module]
Drawn = Callable[..., tuple[Tensor, Tensor]]


@pytest.mark.parametrize("seed", range(5))
def test_the_loss_is_softplus_of_minus_the_gap_and_so_is_its_gradient(
    small: Small, drawn: Drawn, seed: int
) -> None:
    network, (images, labels) = small(seed).double(), drawn(seed, 1)
    image, label = images.double(), int(labels[0])
    gap, gradient = experiment.gap_gradient(network, image, label)
    with torch.no_grad():
        expected = float(F.cross_entropy(network(image), labels))
    assert experiment.loss(gap) == pytest.approx(expected, rel=1e-9)
    row = Row(6, 1.0, gap, 0, 0, 0, ())
    of_the_loss = fgsm.loss_gradient(network, image, labels)
    assert (-row.loss_share * gradient).numpy() == pytest.approx(of_the_loss.numpy(), abs=1e-12)


@given(st.integers(0, 1000))
def test_for_a_linear_model_fgsm_goes_the_l1_norm_and_no_ratio_is_above_root_n(seed: int) -> None:
    generator = torch.Generator().manual_seed(seed)
    w = torch.randn(12, dtype=torch.float64, generator=generator)

    def linear(images: Tensor) -> Tensor:
        z = images.flatten(1) @ w
        return torch.stack([z, torch.zeros_like(z)], dim=1)

    image = torch.full((1, 3, 2, 2), 0.5, dtype=torch.float64)
    gap, gradient = experiment.gap_gradient(linear, image, 0)
    after = experiment.gap_under(linear, image, fgsm.perturbation(-gradient, 0.1), 0)
    assert (gap - after) / 0.1 == pytest.approx(float(w.abs().sum()), rel=1e-9)
    assert float(gradient.abs().sum() / gradient.norm()) <= np.sqrt(12) + 1e-9
    assert experiment.gap_under(linear, image, torch.zeros_like(image), 0) == gap
    blind = [experiment.gap_under_random_signs(linear, image, 0.1, 0, s) for s in range(8)]
    assert all(abs(gap - b) <= 0.1 * float(w.abs().sum()) + 1e-9 for b in blind)
    assert len(set(blind)) > 1


@pytest.mark.parametrize("seed", range(4))
def test_taylor_the_ratio_goes_to_one_as_epsilon_goes_to_zero(
    small: Small, drawn: Drawn, seed: int
) -> None:
    network, (images, labels) = small(seed).double(), drawn(seed, 1)
    image = images.double() * 0.8 + 0.1  # away from the edges, where the clip would shorten it
    gap, gradient = experiment.gap_gradient(network, image, int(labels[0]))
    away = []
    for epsilon in (1e-2, 1e-3, 1e-4, 1e-5):
        eta = fgsm.perturbation(-gradient, epsilon)
        after = experiment.gap_under(network, image, eta, int(labels[0]))
        away.append(abs((gap - after) / (epsilon * float(gradient.abs().sum())) - 1))
    assert away[0] > 5 * away[1] > 25 * away[2] and away[3] < 1e-4


def test_taylor_on_the_embedded_network_and_a_photograph(embedded: nn.Module) -> None:
    image = at(64) * 0.96 + 0.02  # away from the edges, where the clip would shorten it
    gap, gradient = experiment.gap_gradient(embedded, image, 104)
    ratios = [
        (gap - experiment.gap_under(embedded, image, fgsm.perturbation(-gradient, e), 104))
        / (e * float(gradient.double().abs().sum()))
        for e in (4 / 255, 1 / 255, 1 / 16 / 255, 1 / 256 / 255)
    ]
    assert ratios[0] < ratios[1] < ratios[2] < ratios[3] + 0.01
    assert ratios[3] == pytest.approx(1, abs=0.03)


def row(side: int, **changes: float) -> Row:
    """gap 0, so the loss is log 2 and p one half."""
    numbers = {"epsilon": 0.1, "gap": 0.0, "l1": 20.0, "l2": 2.0, "gap_under_fgsm": -1.5}
    return Row(side, **(numbers | changes), gaps_under_random_signs=(0.1, -0.3))


def test_the_change_for_each_epsilon_by_hand() -> None:
    one = row(32)
    assert one.n == 3072 and one.fall == pytest.approx(15) and one.loss_share == 0.5
    assert one.falls_at_random == pytest.approx([1, 3])
    assert one.rise == pytest.approx((np.log1p(np.exp(1.5)) - np.log(2)) / 0.1)
    assert figure.root_mean_square(np.array([[1.0, 3.0]])) == pytest.approx([np.sqrt(5)])
    assert figure.linear([one], "loss")[0] == pytest.approx([10])


def test_the_figures_show_what_was_measured_beside_the_linear_prediction() -> None:
    rows = [row(32), row(64, gap_under_fgsm=0.2)]
    shown = {line.name: line for line in figure.change(rows, "gap").data}
    assert shown["FGSM"].y[0] == pytest.approx(15) and np.isnan(shown["FGSM"].y[1])
    assert shown["‖∇‖₁, linear"].y == pytest.approx((20, 20))
    assert shown["random signs"].y == pytest.approx((np.sqrt(5), np.sqrt(5)))
    ratio = {line.name: line for line in figure.ratio(rows, "gap").data}
    assert ratio["FGSM / random signs"].y[0] == pytest.approx(15 / np.sqrt(5))
    assert ratio["‖∇‖₁ / ‖∇‖₂"].y == pytest.approx((10, 10))
    assert ratio["√n"].y[0] == pytest.approx(np.sqrt(3072))
    assert figure.change([], "loss").layout.yaxis.title.text == "rise of J in nats, for each ε"
    assert figure.change([], "loss").layout.xaxis.type == "log"


def test_the_words_give_prediction_result_and_share() -> None:
    rows = [row(side) for side in experiment.SIDES]
    words = page.formula(rows, "gap", "wallaby")
    assert "0.1 × 20 = **2**" in words and "**1.5**, 75.0 % of that" in words
    assert "‖∇‖₁ +.00 ± .00" in words and "m = ‖∇‖₁/n −1.00" in words
    assert "n = 602,112 FGSM moves a network 7 times" in page.heading(rows, "gap", "wallaby")
    assert "wallaby" in page.heading([], "gap", "wallaby")


def test_sizes_come_one_after_the_other_and_belong_to_their_picture() -> None:
    first = store.Photograph(gallery.photograph("panda"), pictures.DEFAULT_CROP, 388)
    second = store.Photograph(gallery.photograph("koala"), pictures.DEFAULT_CROP, 388)
    assert store.rows(first, 0.003) == []
    store.compute(first, 0.003, 0.0)
    assert store.rows(first, 0.003) == [], "no size is shown before all its passes are done"
    for _ in experiment.SEEDS:
        store.compute(first, 0.003, 0.0)
    (only,) = store.rows(first, 0.003)
    assert only.side == experiment.SIDES[0] and only.epsilon == 0.003
    assert len(only.gaps_under_random_signs) == len(experiment.SEEDS)
    assert len(set(only.gaps_under_random_signs)) > 1
    assert store.rows(first, 0.004) == store.rows(second, 0.003) == []
    for _ in (0, *experiment.SEEDS):
        store.compute(first, 0.003, 0.0)
    assert [r.side for r in store.rows(first, 0.003)] == list(experiment.SIDES[:2])
    assert store.rows(first, 0.003)[0] == only


def test_the_colours_are_those_of_the_losss_gradient() -> None:
    data = gallery.photograph(link.FIRST_PICTURE["photographs"])
    found = store.colours(data, pictures.DEFAULT_CROP)
    network = models.load(models.MODELS[0].name)
    image = pictures.to_tensor(found.pixels).to(next(network.buffers()).device)
    expected = fgsm.loss_gradient(network, image, torch.tensor([found.label]).to(image.device))
    same = found.gradient == pytest.approx(expected[0].permute(1, 2, 0).cpu().numpy(), rel=0.01)
    scale = float(np.abs(found.gradient).max())
    difference = np.abs(found.gradient - expected[0].permute(1, 2, 0).cpu().numpy())
    assert same or difference.max() < 1e-3 * scale
    assert 0 < found.confidence < 1


def test_the_census_counts_each_of_the_eight_colours() -> None:
    gradient = np.array(
        [[[1, 1, 1], [-1, -1, -1], [2, -3, -1]], [[-1, 2, 0], [2, -3, -4], [-1, -1, 5]]], np.float32
    )
    counts, without = colours.census(gradient)
    assert dict(zip(colours.NAMES, counts.tolist(), strict=True)) == {
        "black": 1, "blue": 1, "green": 0, "cyan": 0, "red": 2, "magenta": 0, "yellow": 0,
        "white": 1,
    }  # fmt: skip
    assert without == 1
    assert "40.0\u00a0% of the pixels are red" in colours.heading(counts)


def own_picture() -> None:
    """The growth page's box, with a picture of one's own in the session."""
    import streamlit

    from demo.web.controls import growth_photograph

    chosen = growth_photograph.choose(lambda: None)
    same = growth_photograph.current()
    streamlit.text(f"{chosen.title} {len(chosen.data)} {same == chosen}")


def test_a_picture_of_ones_own_comes_along_and_no_link_names_it() -> None:
    test = AppTest.from_function(own_picture, default_timeout=PATIENCE)
    test.session_state["picture_photographs"] = link.OWN
    test.session_state["own_photographs"] = gallery.photograph("lemur")
    test.session_state["own_title_photographs"] = "mine.jpg"
    test.query_params["picture"] = "koala"
    test.run()
    assert not test.exception
    assert test.text[0].value == f"mine.jpg {len(gallery.photograph('lemur'))} True"
    assert test.selectbox[0].options[-1] == "mine.jpg"
    assert "picture" not in test.query_params
    test.selectbox[0].select("koala").run()
    assert test.session_state["picture_photographs"] == "koala"
    assert test.query_params["picture"] in ("koala", ["koala"])
    assert test.text[0].value.startswith("Koala")


@pytest.mark.parametrize(("asked", "shown"), [("panda", "Giant panda"), ("nobody", OPENS.title)])
def test_a_link_names_the_photograph(asked: str, shown: str) -> None:
    test = AppTest.from_function(own_picture, default_timeout=PATIENCE)
    test.query_params["picture"] = asked
    test.run()
    assert test.text[0].value.startswith(shown)
