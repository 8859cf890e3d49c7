"""The adversarial training page's experiments, figures and caches, and its live run."""

import json
from pathlib import Path
from typing import Any

import numpy as np
import pytest
import torch
from streamlit.testing.v1 import AppTest
from torch import nn

from demo import fgsm, models
from demo.data import digits
from demo.data.labelled import Labelled
from demo.experiments.adversarial_training import (
    accuracy_against_epsilon,
    live_training,
    weights_as_pictures,
)
from demo.experiments.adversarial_training.accuracy_against_epsilon import Curve
from demo.models import trained
from demo.networks import architectures
from demo.training import adversaries, loop, recipes
from demo.web.figures import accuracy_against_epsilon as curves_figure
from demo.web.figures import live_training as training_figure
from demo.web.figures.accuracy_against_epsilon import Line
from demo.web.pages import adversarial_opening, adversarial_training, attack_view, model_card
from demo.web.pages import live_training as live_page
from tests import PATIENCE

pytestmark = pytest.mark.usefixtures("one_thread")

CPU = torch.device("cpu")


def test_the_digits_attacked_live_are_the_ones_held_out_a_hundred_of_each() -> None:
    to_train, held_out = live_training.split(tuple(range(10)))
    assert (len(to_train), len(held_out)) == (4000, 1000)
    assert held_out.labels.bincount().tolist() == [100] * 10
    assert held_out.labels[:10].tolist() == list(range(10))
    seen = {image.numpy().tobytes() for image in to_train.images}
    assert not any(image.numpy().tobytes() in seen for image in held_out.images)
    assert held_out.images.equal(accuracy_against_epsilon.chosen().images)


@pytest.mark.parametrize("classes", [tuple(range(10)), (3, 7), (7, 3)])
def test_every_chosen_digit_has_its_own_label(classes: tuple[int, ...]) -> None:
    images, labels = digits.embedded()
    label_of = {image.tobytes(): label for image, label in zip(images, labels, strict=True)}
    for part in live_training.split(classes):
        for image, label in zip(part.images, part.labels.tolist(), strict=True):
            pixels = (255 * image[0]).round().to(torch.uint8).numpy()
            assert label_of[pixels.tobytes()] == classes[label]


class Brightness(nn.Module):
    """Says 1 where the mean pixel is above a half."""

    def forward(self, images: torch.Tensor) -> torch.Tensor:
        bright = 100 * (images.flatten(1).mean(1) - 0.5)
        return torch.stack([-bright, bright], dim=1)


def test_fgsm_takes_the_right_answers_and_random_signs_leave_them() -> None:
    images = torch.full((4, 1, 28, 28), 0.4)
    images[2:] = 0.6
    labelled = Labelled(images, torch.tensor([0, 0, 1, 1]))
    right = accuracy_against_epsilon.right
    assert right(Brightness(), labelled, "none", 0.0, 0) == 4
    assert right(Brightness(), labelled, "FGSM", 0.05, 0) == 4
    assert right(Brightness(), labelled, "FGSM", 0.2, 0) == 0
    assert right(Brightness(), labelled, "PGD", 0.2, 0) == 0
    assert right(Brightness(), labelled, "random signs", 0.2, 0) == 4


def row(network: str, sha256: str, epsilon: float, **more: Any) -> dict[str, Any]:
    return {
        "network": network, "sha256": sha256, "attack": "PGD", "epsilon": epsilon, "steps": 40,
        "restarts": 1, "images": 1000, "accuracy": 1 - epsilon, "confidence_on_wrong": None,
    } | more  # fmt: skip


def test_a_recorded_curve_is_of_these_weights_in_order_and_of_one_restart(tmp_path: Path) -> None:
    path = tmp_path / "found.json"
    rows = [
        row("conv", "new", 0.5), row("conv", "new", 0.0), row("conv", "old", 0.25),
        row("conv", "new", 0.25, restarts=10, images=10_000), row("other", "new", 0.0),
    ]  # fmt: skip
    path.write_text(json.dumps({"rows": rows}))
    (curve,) = accuracy_against_epsilon.recorded({"conv": "new", "maxout": "new"}, path)
    assert curve == Curve("conv", "PGD", (0.0, 0.5), (1.0, 0.5), 1000)
    assert curve.at(0.5) == 0.5 and curve.at(0.25) is None
    assert accuracy_against_epsilon.recorded({"conv": "new"}, tmp_path / "none.json") == []


def run_of(plan: live_training.Plan, epochs: int) -> live_training.Run:
    run = live_training.begun(plan, CPU)
    for _ in range(epochs):
        run.advance()
    return run


LOGISTIC = live_training.Plan("logistic", 0.5, 0.25)


def test_a_plan_is_repeatable_and_learns() -> None:
    first, second = run_of(LOGISTIC, 5), run_of(LOGISTIC, 5)
    for key, tensor in first.network.state_dict().items():
        assert tensor.equal(second.network.state_dict()[key])
    assert first.history[-1].clean_accuracy > 0.9
    assert first.history[-1].accuracy_under_fgsm > first.history[0].accuracy_under_fgsm


def test_adversarial_training_makes_logistic_regression_stand_where_standard_training_falls() -> (
    None
):
    ends = {}
    for clean_weight in (0.5, 1.0):
        run = run_of(live_training.Plan("logistic", clean_weight, 0.25), 20)
        ends[clean_weight] = run.history[-1].accuracy_under_fgsm
    assert ends[0.5] > ends[1.0] + 0.3


def test_the_accuracy_under_fgsm_is_at_the_plans_own_epsilon() -> None:
    run = run_of(live_training.Plan("logistic", 0.5, 0.1), 2)
    _, held_out = live_training.split((3, 7))
    attacked = fgsm.fgsm(run.network, held_out.images, held_out.labels, 0.1)
    right = (run.network(attacked).argmax(1) == held_out.labels).double().mean().item()
    assert run.history[-1].accuracy_under_fgsm == pytest.approx(right)
    assert run.plan.settings.evaluated_epsilon == 0.1


def test_a_finished_run_stays_as_it_is() -> None:
    run = run_of(LOGISTIC, LOGISTIC.settings.epochs)
    assert run.finished
    before = run.network.weight.detach().clone()
    run.advance()
    assert len(run.history) == LOGISTIC.settings.epochs
    assert run.network.weight.equal(before)


def test_an_own_network_is_frozen_named_by_its_weights_and_untouched_by_more_training() -> None:
    run = run_of(LOGISTIC, 1)
    own = live_training.own_network(run)
    images = torch.rand(2, 1, 28, 28)
    before = own.network(images)
    run.advance()
    later = live_training.own_network(run)
    assert own.network(images).equal(before) and own.name != later.name
    assert own.classes == ("3", "7") and not own.network.training
    assert not any(p.requires_grad for p in own.network.parameters())
    assert "1 epoch on 800 of the digits" in own.note and "under FGSM at ε = .25" in own.note


def test_the_settings_epsilon_does_not_change_how_a_recipe_is_written() -> None:
    plain = loop.Settings(1, 0.1)
    assert repr(plain) == repr(loop.Settings(1, 0.1, evaluated_epsilon=0.1))
    assert plain.evaluated_epsilon == loop.EVALUATED_EPSILON


def logistic(weight: float) -> architectures.LogisticRegression:
    """All weights are `weight`, but for three: -1/2, 1/100 and 0 of it."""
    network = architectures.LogisticRegression()
    network.weight.data[:] = weight
    network.weight.data[:3] = torch.tensor([-weight / 2, weight / 100, 0])
    return network


def test_two_networks_share_one_grey_scale_whose_middle_is_zero() -> None:
    first, second = weights_as_pictures.pair(logistic(1.0), logistic(0.5))
    assert first.white == second.white == 1.0
    sheet, side = first.sheet(1), 84 // 28
    assert sheet.shape == (84, 84, 4) and (sheet[..., 3] == 255).all()
    assert [sheet[0, i * side, 0] for i in range(4)] == [191, 126, 128, 0]
    assert second.sheet(1)[-1, -1, 0] == 64
    assert [first.signs()[0, i * side, 0] for i in range(3)] == [255, 0, 128]
    assert first.mean_magnitude == pytest.approx((781 + 0.51) / 784)
    assert first.small == pytest.approx(2 / 784)


@pytest.mark.parametrize(
    ("network", "shape", "units"),
    [
        (architectures.SoftmaxRegression(), (10, 28, 28), 10),
        (architectures.Maxout(), (40, 28, 28), 1200),
        (architectures.Convolutional(), (16, 4, 4), 16),
    ],
)
def test_every_kind_of_network_has_pictures(
    network: nn.Module, shape: tuple[int, ...], units: int
) -> None:
    one, _ = weights_as_pictures.pair(network, network)
    assert one.weights.shape == shape and one.units == units
    sheet = one.sheet(8)
    assert sheet.shape[1] == 8 * 84 + 7 * 6
    assert (sheet[:84, 84:90, 3] == 0).all() and (sheet[:84, :84, 3] == 255).all()


def test_a_network_without_such_a_layer_is_refused_in_words() -> None:
    with pytest.raises(ValueError, match="RadialBasis has no first layer"):
        weights_as_pictures.first_layer(architectures.RadialBasis())


LINES = {"conv": Line("Plain", "standard", 0), "robust": Line("Robust", "adversarial", 1)}
EPSILONS = (0.0, 0.25, 0.5)


def curve(network: str, attack: str, *accuracies: float) -> Curve:
    return Curve(network, attack, EPSILONS, accuracies, 1000)


CURVES = [
    curve("conv", "FGSM", 1, 0.1, 0), curve("robust", "FGSM", 1, 0.9, 0.5),
    curve("conv", "PGD", 1, 0, 0), curve("robust", "PGD", 1, 0.2, 0),
    curve("conv", "random signs", 1, 0.99, 0.9),
]  # fmt: skip


def drawn() -> dict[str, Any]:
    figure = curves_figure.plot(CURVES, LINES, 0.25)
    return {trace.name: trace for trace in figure.data}


def test_curves_are_in_percent_over_epsilon_and_the_axes_say_so() -> None:
    layout = curves_figure.plot(CURVES, LINES).layout
    assert layout.xaxis.title.text.startswith("epsilon")
    assert layout.yaxis.title.text == "right answers, %"
    np.testing.assert_allclose(drawn()["Robust, FGSM"].y, [100, 90, 50])
    assert drawn()["Robust, FGSM"].x == EPSILONS


def test_training_is_the_dash_the_attack_the_filling_and_random_signs_are_grey() -> None:
    traces = drawn()
    assert traces["Plain, FGSM"].line.dash == "solid" and traces["Robust, PGD"].line.dash == "dash"
    assert traces["Plain, PGD"].marker.symbol == traces["Plain, FGSM"].marker.symbol + "-open"
    assert traces["Plain, FGSM"].line.color == traces["Plain, PGD"].line.color
    assert traces["Plain, FGSM"].marker.symbol != traces["Robust, FGSM"].marker.symbol
    assert traces["Plain, random signs"].line.color == "#8A8A8A"


def test_the_legend_names_each_network_and_each_attack_once() -> None:
    figure = curves_figure.plot(CURVES, LINES)
    named = [trace.name for trace in figure.data if trace.showlegend is not False]
    assert named == ["Plain", "Robust", "FGSM: filled", "PGD: hollow", "random signs: grey, thin"]


def test_a_training_is_drawn_epoch_by_epoch_standard_solid_adversarial_dashed() -> None:
    history = [loop.Epoch(n, 1, 1, 1, 0, 0.9, 0.1 * n, 0.05, 1.0) for n in (1, 2)]
    for clean_weight, dash in ((1.0, "solid"), (0.5, "dash")):
        figure = training_figure.plot(history, 30, clean_weight, 0.25)
        assert {trace.line.dash for trace in figure.data} == {dash}
    assert [t.name for t in figure.data] == ["without attack", "under FGSM, ε = .25",
                                             "under PGD, ε = .25"]  # fmt: skip
    np.testing.assert_allclose(figure.data[1].y, [10, 20])
    assert tuple(figure.layout.xaxis.range) == (0.5, 30.5)


TITLES = {"conv": "Plain", "robust": "Robust"}


def test_the_lesson_names_the_network_that_falls_with_both_numbers() -> None:
    said = adversarial_training.lesson(CURVES, TITLES)
    assert "Robust: right on 90.0 % under FGSM at ε = .25, on 20.0 % under PGD" in said
    assert "falls to PGD’s many small ones" in said
    assert "No network chosen" in adversarial_training.lesson([CURVES[0], CURVES[2]], TITLES)
    assert "usually the weakest" in adversarial_training.lesson(CURVES[:2], TITLES)


def card(name: str, under_fgsm: float, under_pgd: float = 0.0) -> trained.Card:
    return trained.Card(
        name, name, "standard", 1, "", "", 1, 1, 1, 1.0, "", "",
        {"under FGSM at 0.25": under_fgsm, "under PGD at 0.25": under_pgd}, 10_000, "",
    )  # fmt: skip


def test_the_heading_has_the_cards_numbers_or_none() -> None:
    both = [card("conv-fgsm", 0.9778, 0.0001), card("conv-adversarial", 0.9523, 0.9167)]
    said = adversarial_opening.heading(both)
    assert said.startswith("Trained against FGSM") and said.endswith(
        "97.8 % of digits attacked by FGSM at ε = .25, and on 0.01 % under PGD; "
        "trained against PGD, on 95.2 % and 91.7 %"
    )
    assert adversarial_opening.heading(both[:1]).endswith("on 0.01 % under PGD")
    assert not any(c.isdigit() for c in adversarial_opening.heading(both[1:]))


def test_the_network_of_the_heading_has_the_objective_that_the_page_prints() -> None:
    for name in adversarial_opening.TRAINED_SO:
        recipe = recipes.recipe(name)
        assert isinstance(recipe.adversary, adversaries.FastGradientSign)
        assert recipe.clean_weight == 0.5 and "against FGSM" in recipe.title
    pgd = recipes.recipe(adversarial_opening.AGAINST_PGD)
    assert isinstance(pgd.adversary, adversaries.ProjectedGradient)
    assert (pgd.adversary.steps, pgd.clean_weight) == (5, 0.3) and "against PGD" in pgd.title


@pytest.mark.parametrize("card", models.MODELS, ids=lambda card: card.name)
def test_every_network_says_what_it_was_trained_against(card: models.ModelCard) -> None:
    against = card.training != "standard"
    assert against == (not card.against.startswith("nothing")) == ("trained" in card.title)
    assert "adversarially trained" not in card.title
    assert f"| trained against | {card.against} |" in model_card.about(card)


def test_an_accuracy_that_only_its_source_states_is_said_to_be_the_sources() -> None:
    about = model_card.about(models.card("resnet50"))
    assert "not measured here; its source states 76.1 % of ImageNet’s validation images |" in about
    assert "its source states" not in model_card.about(models.card("everyday"))


def test_the_page_opens_with_generate_add_train_again_and_where_that_cost_is_measured() -> None:
    def opening() -> None:
        from demo.models import trained
        from demo.web.pages import adversarial_opening

        adversarial_opening.draw(trained.here())

    app = AppTest.from_function(opening, default_timeout=PATIENCE).run()
    assert not app.exception
    assert app.title[0].value.startswith("Trained against FGSM")
    assert app.markdown[0].value.startswith("**The old way: generate, add, train again.**")
    assert "What the loop costs" in str(app.get("page_link")[0].proto)


def test_beside_the_switch_stands_what_the_robust_network_was_trained_against() -> None:
    for card in models.MODELS:
        said = attack_view._against(card)
        assert (said is None) == (models.counterpart(card.name) is None)
        assert said is None or (said and "α" not in said and len(said) < 100)
    said = attack_view._against(models.card("efficientnet-lite0"))
    assert said is not None and said.endswith("by matching features, without J")


def test_recorded_curves_say_how_many_digits_each_attack_had() -> None:
    few = Curve("conv", "PGD", EPSILONS, (1, 0, 0), 500)
    said = adversarial_training.recorded_words([CURVES[0], few])
    assert "(FGSM: 1,000; PGD: 500)" in said and "40 steps" in said


def script() -> None:
    from demo.web.pages import going_on, live_training

    whole = going_on.Page()
    live_training.section(whole)
    whole.end()


def asked_attacks() -> None:
    import streamlit as st

    from demo.experiments.adversarial_training.accuracy_against_epsilon import ATTACKS
    from demo.web.controls import remembered

    st.text(remembered.first_several("under", ATTACKS, ("PGD",)))


@pytest.mark.parametrize(
    ("link", "chosen"),
    [(["FGSM", "random signs"], "['FGSM', 'random signs']"), (["%00", "x"], "['PGD']")],
)
def test_a_link_restores_several_choices_and_nonsense_the_usual_ones(
    link: list[str], chosen: str
) -> None:
    app = AppTest.from_function(asked_attacks)
    app.query_params["under"] = link
    assert app.run().text[0].value == chosen


def button(app: AppTest, label: str) -> Any:
    (found,) = [b for b in app.button if b.label == label]
    return found


def test_a_run_starts_stops_at_once_goes_on_and_ends_in_the_sessions_own_networks() -> None:
    app = AppTest.from_function(script, default_timeout=PATIENCE).run()
    button(app, "Start").click()
    app.run()
    assert not app.exception
    run = app.session_state[live_page.RUN]
    done = len(run.history)
    button(app, "Stop").click()
    app.run()
    assert len(run.history) <= done + 1
    stopped = len(run.history)
    app.run()
    assert len(run.history) == stopped
    button(app, "Resume").click()
    for _ in range(run.plan.settings.epochs + 2):
        app.run()
    assert run.finished and not app.exception
    assert app.session_state[live_page.GOING] is False
    (own,) = app.session_state[live_page.OWN].values()
    assert own.classes == ("3", "7") and "40 epochs" in own.note


def test_three_own_networks_are_kept_and_the_oldest_goes_first() -> None:
    app = AppTest.from_function(script, default_timeout=PATIENCE).run()
    names = []
    for value in (0.1, 0.2, 0.3, 0.4):
        app.slider(key="against").set_value(value).run()
        label = "Start" if not names else "Start over"
        button(app, label).click()
        app.run()
        app.run()
        button(app, "Stop").click()
        app.run()
        names.append(list(app.session_state[live_page.OWN])[-1])
    assert list(app.session_state[live_page.OWN]) == names[1:]
