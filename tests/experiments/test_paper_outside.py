"""Rubbish, rotation and shared mistakes: by pencil, and by a second way."""

import math

import numpy as np
import pytest
import torch
from hypothesis import given, settings
from hypothesis import strategies as st
from torch import Tensor

from demo import fgsm
from demo.experiments.paper_numbers import bench, rotation, rubbish, shared_mistakes, straight_lines
from demo.training import recipes
from tests.experiments.test_paper_numbers import on, softmax
from tests.shipped import in_turn

pytestmark = pytest.mark.usefixtures("one_thread")


def always(*logits: float) -> fgsm.Model:
    return lambda images: images.flatten(1)[:, :1] * 0 + torch.tensor(logits)


def test_a_network_without_an_opinion_makes_no_mistake_on_rubbish() -> None:
    found = bench.finished(rubbish.mistakes(always(*[0.0] * 10), torch.zeros(7, 1, 28, 28)))
    assert (found.count, found.sure) == (7, 0) and math.isnan(found.confidence)


def test_a_mistake_is_a_digit_with_more_than_half_and_none_of_them_is_no_digit() -> None:
    half = always(*[0.0] * 9, math.log(8.99))
    none = always(*[0.0] * 9, math.log(9.0), math.log(18.0))
    found = bench.finished(rubbish.mistakes(half, torch.zeros(5, 1, 28, 28)))
    assert found.share == 0.0  # 8.99 of 17.99
    surer = always(*[0.0] * 9, math.log(27.0))
    found = bench.finished(rubbish.mistakes(surer, torch.zeros(5, 1, 28, 28)))
    assert found.share == 1.0 and found.confidence == pytest.approx(0.75)
    assert bench.finished(rubbish.mistakes(none, torch.zeros(5, 1, 28, 28))).share == 0.0


def test_rubbish_is_a_standard_normal_and_the_same_for_the_same_seed() -> None:
    images = rubbish.draws(200, 3, torch.device("cpu"))
    assert images.shape == (200, 1, 28, 28)
    assert abs(float(images.mean())) < 0.01 and abs(float(images.std()) - 1) < 0.01
    assert torch.equal(images, rubbish.draws(200, 3, torch.device("cpu")))
    assert not torch.equal(images, rubbish.draws(200, 4, torch.device("cpu")))


def test_a_step_from_rubbish_moves_every_value_by_epsilon_and_toward_the_target() -> None:
    network, images = softmax(1), rubbish.draws(20, 0, torch.device("cpu"))
    for target in (0, 8):
        moved = rubbish.toward(network, images, target)
        assert torch.allclose((moved - images).abs(), torch.tensor(recipes.EPSILON), atol=1e-6)
        before, after = (network(x).softmax(dim=1)[:, target] for x in (images, moved))
        assert (after > before).all()


def test_the_shares_aimed_at_are_those_of_the_draws() -> None:
    network, images = softmax(1), rubbish.draws(60, 0, torch.device("cpu"))
    before, after = bench.finished(rubbish.aimed(network, images))
    sure = network(images).softmax(dim=1) > 0.5
    assert before == pytest.approx(sure.double().mean(dim=0).tolist())
    moved = rubbish.toward(network, images, 3)
    assert after[3] == pytest.approx(
        float((network(moved).softmax(dim=1)[:, 3] > 0.5).float().mean())
    )


def test_the_draw_that_is_shown_is_the_first_on_which_the_step_succeeds() -> None:
    network, here = softmax(1), torch.device("cpu")
    found = rubbish.first_fooled(network, 8, 5, here, tries=64)
    images = rubbish.draws(64, 5, here)
    after = network(rubbish.toward(network, images, 8)).softmax(dim=1)
    first = int((after[:, 8] > 0.5).nonzero()[0])
    assert found.number == first + 1
    assert found.answers[1] == 8 and found.confidence[1] == pytest.approx(found.reached)
    assert found.reached == pytest.approx(float(after[first, 8]), abs=1e-5)
    assert found.before.dtype == np.uint8 and found.before.shape == (28, 28)


def test_where_no_step_succeeds_the_last_draw_is_shown_as_it_is() -> None:
    found = rubbish.first_fooled(always(*[0.0] * 10), 8, 0, torch.device("cpu"), tries=9)
    assert found.number == 9 and found.reached == pytest.approx(0.1)


def test_a_rotation_is_by_pencil_what_it_says() -> None:
    image, direction = torch.zeros(1, 1, 2, 2), torch.zeros(1, 1, 2, 2)
    image[0, 0, 0, 0], direction[0, 0, 0, 1] = 2.0, 7.0
    turned = rotation.rotated(image, direction, 30)
    assert turned.flatten().tolist() == pytest.approx([2 * math.cos(math.pi / 6), 1.0, 0, 0])


@settings(max_examples=25, deadline=None)
@given(st.floats(0.5, 89), st.integers(0, 1000))
def test_a_rotation_keeps_the_length_and_turns_by_the_angle(degrees: float, seed: int) -> None:
    generator = torch.Generator().manual_seed(seed)
    images, directions = torch.rand(2, 3, 1, 8, 8, generator=generator).double()
    directions -= 0.5
    turned = rotation.rotated(images, directions, degrees)
    a, b = images.flatten(1), turned.flatten(1)
    assert torch.allclose(a.norm(dim=1), b.norm(dim=1))
    cosine = (a * b).sum(dim=1) / a.norm(dim=1) ** 2
    assert torch.allclose(cosine, torch.tensor(math.cos(math.radians(degrees))).double())
    assert ((b - a) * directions.flatten(1)).sum(dim=1).min() > -1e-9 or degrees > 45


def test_a_direction_along_the_image_or_none_turns_nothing() -> None:
    images = torch.rand(2, 1, 4, 4)
    assert torch.allclose(rotation.rotated(images, 3 * images, 20), images, atol=1e-6)
    assert torch.equal(rotation.rotated(images, torch.zeros_like(images), 20), images)
    blank = torch.zeros(1, 1, 4, 4)
    assert torch.equal(rotation.rotated(blank, torch.ones_like(blank), 20), blank)


def test_the_rotations_error_is_that_of_the_rotated_digits() -> None:
    network, labelled = softmax(1), in_turn()
    found = bench.finished(
        rotation.run(network, labelled, 20, on(network, labelled, batch=7), aimed=True)
    )
    gradient = fgsm.loss_gradient(network, labelled.images, labelled.labels)
    answers = network(rotation.rotated(labelled.images, gradient, 20)).argmax(dim=1)
    assert found == pytest.approx(float((answers != labelled.labels).float().mean()))
    still = bench.finished(rotation.run(network, labelled, 0, on(network, labelled), aimed=False))
    assert still == pytest.approx(
        float((network(labelled.images).argmax(1) != labelled.labels).float().mean())
    )


def test_agreement_is_counted_as_the_paper_counts() -> None:
    """Labels 0. The first is wrong on four of five; the second on three of those, twice alike."""
    answers = shared_mistakes.Answers(
        torch.zeros(5, dtype=torch.int64),
        (torch.tensor([1, 2, 3, 4, 0]), torch.tensor([1, 2, 7, 0, 5])),
    )
    assert answers.agreement(0, 1, both_wrong=False) == 0.5
    assert answers.agreement(0, 1, both_wrong=True) == pytest.approx(2 / 3)
    right = shared_mistakes.Answers(answers.labels, (answers.labels, answers.labels))
    assert math.isnan(right.agreement(0, 1, both_wrong=True))


def test_all_networks_are_shown_the_same_examples() -> None:
    """Two that are one agree always; the eleventh answer is set aside."""
    network, labelled = softmax(1), in_turn()

    def with_none(images: Tensor) -> Tensor:
        return torch.cat([network(images), torch.full((len(images), 1), 99.0)], dim=1)

    walk = shared_mistakes.run(
        network, (network, with_none), labelled, on(network, labelled, batch=9)
    )
    found = bench.finished(walk)
    assert found.agreement(0, 1, both_wrong=True) == 1.0
    attacked = fgsm.fgsm(network, labelled.images, labelled.labels, recipes.EPSILON)
    assert torch.equal(found.answers[1], network(attacked).argmax(dim=1))


def test_the_strip_shows_the_digit_itself_at_zero_and_the_answer_at_every_stop() -> None:
    network, one = softmax(1), in_turn()[3:4]
    strip = straight_lines.strip(network, one, (-1.0, 0.0, 0.25))
    assert strip.pixels.shape == (3, 28, 28)
    assert (strip.pixels[1] == (255 * one.images[0, 0]).round().byte().numpy()).all()
    signs = fgsm.loss_gradient(network, one.images, one.labels).sign()
    expected = [int(network(one.images + e * signs).argmax()) for e in (-1.0, 0.0, 0.25)]
    assert strip.answers.tolist() == expected
    assert strip.right.tolist() == [a == int(one.labels[0]) for a in expected]
