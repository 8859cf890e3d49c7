"""`confidence_sweep`: the epsilons, the clip, the rounding, and real answers."""

import itertools
from collections.abc import Callable

import numpy as np
import pytest
import torch
from numpy.typing import NDArray
from torch import Tensor, nn

from demo import fgsm
from demo.data import digits, pictures
from demo.experiments.attack import confidence_sweep, one_step
from demo.experiments.attack.confidence_sweep import (
    DIGIT_EPSILON_GRID,
    EPSILON_GRID,
    followed,
    round_half_up,
    rounded_picture,
)

pytestmark = pytest.mark.usefixtures("one_thread")

CPU = torch.device("cpu")
Sweep = confidence_sweep.ConfidenceSweep
Attack = tuple[one_step.OneStep, Sweep]


@pytest.fixture(scope="module")
def attack(embedded: nn.Module, panda: NDArray[np.uint8]) -> Attack:
    step = one_step.run(embedded, pictures.to_tensor(panda), 0.007)
    return step, confidence_sweep.run(embedded, panda, step.direction, CPU)


def test_sixty_five_stops_ascend_from_zero_to_sixteen_levels() -> None:
    assert len(EPSILON_GRID) == 65 and EPSILON_GRID[0] == 0
    assert pytest.approx(16 / 255) == EPSILON_GRID[-1]
    assert all(a < b for a, b in itertools.pairwise(EPSILON_GRID))


def test_every_whole_level_and_the_paper_s_epsilon_are_stops() -> None:
    assert 0.007 in EPSILON_GRID
    for level in range(17):
        assert min(abs(255 * epsilon - level) for epsilon in EPSILON_GRID) < 1e-9


def test_the_stops_are_denser_near_zero() -> None:
    levels = 255 * np.array(EPSILON_GRID)
    counts = [((levels >= a) & (levels < b)).sum() / (b - a) for a, b in
              [(0, 1), (1, 2), (2, 4), (4, 8), (8, 16)]]  # fmt: skip
    assert counts == sorted(counts, reverse=True)
    assert counts[0] >= 20


def test_digits_have_sixty_five_even_stops_up_to_a_half_with_the_papers_quarter() -> None:
    assert confidence_sweep.epsilon_grid("digits") == tuple(i / 128 for i in range(65))
    assert 0.25 in DIGIT_EPSILON_GRID and DIGIT_EPSILON_GRID[-1] == 0.5
    assert confidence_sweep.epsilon_grid("photographs") == EPSILON_GRID


def test_a_digit_of_one_channel_is_swept_as_it_is_saved() -> None:
    pixels = np.random.default_rng(0).integers(0, 256, (28, 28, 1), dtype=np.uint8)
    direction = np.sign(np.random.default_rng(1).normal(size=(28, 28, 1))).astype(np.int8)
    weights = torch.randn(784, 3, generator=torch.Generator().manual_seed(0))
    sweep = confidence_sweep.run(
        lambda x: x.flatten(1) @ weights, pixels, direction, CPU, DIGIT_EPSILON_GRID
    )
    assert sweep.logits.shape == (65, 3) and sweep.largest_change[-1] == 127.5
    png = pictures.to_png(rounded_picture(pixels, direction, 64))
    opened = torch.from_numpy(digits.as_mnist(pictures.from_bytes(png)).astype(np.float32))
    expected = opened.flatten() / 255 @ weights
    np.testing.assert_allclose(sweep.saved_logits[sweep.saved[32]], expected, rtol=1e-4, atol=1e-4)


def test_a_rival_that_never_matters_has_no_line() -> None:
    logits = np.array([[5.0, 0.0, -9.0], [0.0, 5.0, -9.0]], dtype=np.float32)
    assert followed(logits, 0, None) == [0, 1, 2]
    assert followed(logits, 0, None, least=0.01) == [0, 1]


def test_the_spreadsheet_has_a_line_a_stop_and_the_label_s_share() -> None:
    text = confidence_sweep.csv(
        np.array([0.0, 51.0]), np.array([[0.75, 0.25], [0.5, 0.5]]), ("a", "b"), 1, None
    )
    head, first, second = text.splitlines()
    assert head == "epsilon,epsilon_x_255,answer,confidence,label,label_confidence"
    assert (first, second) == ('0,0,"a",0.75,"b",0.25', '0.2,51,"a",0.5,"b",0.5')


@pytest.mark.parametrize(
    ("level", "whole"), [(0, 0), (0.49, 0), (0.5, 1), (1.5, 2), (1.785, 2), (2.5, 3), (16, 16)]
)
def test_a_half_rounds_up(level: float, whole: int) -> None:
    assert round_half_up(level) == whole
    assert round_half_up(255 * (level / 255)) == whole


def test_the_clip_is_counted_by_pencil() -> None:
    pixels = np.array([[[0, 3, 255]], [[255, 128, 252]]], dtype=np.uint8)
    direction = np.array([[[-1, -1, 1]], [[-1, 0, 1]]], dtype=np.int8)
    sweep = confidence_sweep.run(flat, pixels, direction, CPU, (0.0, 2 / 255, 3 / 255, 4 / 255))
    assert sweep.clipped.tolist() == pytest.approx([0, 2 / 6, 2 / 6, 4 / 6])
    assert sweep.largest_change.tolist() == pytest.approx([0, 2, 3, 4])


def test_a_picture_all_at_the_edge_does_not_change() -> None:
    white, up = np.full((2, 2, 3), 255, np.uint8), np.ones((2, 2, 3), np.int8)
    sweep = confidence_sweep.run(flat, white, up, CPU, (0.0, 1 / 255))
    assert sweep.clipped.tolist() == [0, 1] and sweep.largest_change.tolist() == [0, 0]


def flat(images: Tensor) -> Tensor:
    return images.flatten(1)[:, :2]


def test_each_stop_holds_the_logits_of_the_attack_at_that_epsilon(
    small: Callable[[int], nn.Module],
) -> None:
    pixels = np.random.default_rng(1).integers(0, 256, (6, 6, 3), dtype=np.uint8)
    model, image, label = small(1), pictures.to_tensor(pixels), torch.tensor([2])
    direction = one_step.run(model, image, 0.1, label=2).direction
    sweep = confidence_sweep.run(model, pixels, direction, CPU)
    attacked = torch.cat([fgsm.fgsm(model, image, label, e) for e in EPSILON_GRID])
    expected = model(attacked).detach().numpy()
    np.testing.assert_allclose(sweep.logits, expected, rtol=1e-5, atol=1e-5)
    assert sweep.epsilons.tolist() == list(EPSILON_GRID)


def test_the_saved_picture_is_the_real_valued_one_rounded() -> None:
    """At the two epsilons between whole levels, .5 and 1.5, both neighbours are equally near."""
    generator = np.random.default_rng(2)
    pixels = generator.integers(0, 256, (9, 9, 3), dtype=np.uint8)
    direction = generator.integers(-1, 2, (9, 9, 3), dtype=np.int8)
    image = pictures.to_tensor(pixels)
    signs = torch.from_numpy(direction).permute(2, 0, 1)[None]
    for epsilon in EPSILON_GRID:
        saved = rounded_picture(pixels, direction, round_half_up(255 * epsilon)).astype(int)
        exact = fgsm.adversarial_example(image, epsilon * signs)
        if min(abs(255 * epsilon - half) for half in (0.5, 1.5)) > 1e-6:
            np.testing.assert_array_equal(saved, pictures.to_pixels(exact))
        real = 255 * exact[0].permute(1, 2, 0).numpy()
        assert np.abs(saved - real).max() <= 0.5 + 1e-4


def test_a_saved_picture_does_not_wrap_around() -> None:
    edges = np.array([[[0, 255, 250]]], dtype=np.uint8)
    signs = np.array([[[-1, 1, 1]]], dtype=np.int8)
    assert rounded_picture(edges, signs, 16).flatten().tolist() == [0, 255, 255]


def test_the_saved_answers_are_those_of_the_png_opened_again(
    embedded: nn.Module, panda: NDArray[np.uint8], attack: Attack
) -> None:
    step, sweep = attack
    for i in (0, 12, 40, 64):
        level = int(sweep.saved[i])
        png = pictures.to_png(rounded_picture(panda, step.direction, level))
        opened = pictures.at_network_size(pictures.from_bytes(png), 224)
        with torch.inference_mode():
            logits = embedded(pictures.to_tensor(opened))[0].numpy()
        np.testing.assert_allclose(sweep.saved_logits[level], logits, rtol=1e-3, atol=1e-3)
        assert sweep.saved_logits[level].argmax() == logits.argmax()


def test_a_photograph_s_curve_starts_at_the_clean_answer_and_falls(attack: Attack) -> None:
    step, sweep = attack
    assert sweep.logits.shape == (65, 1000) and sweep.saved_logits.shape == (17, 1000)
    every = torch.from_numpy(sweep.logits).double().softmax(dim=1)
    probabilities = every[:, step.label]
    assert probabilities[0].item() == pytest.approx(step.clean.confidence, abs=1e-4)
    assert probabilities.min() < probabilities[0] / 2
    fooled = every[EPSILON_GRID.index(0.007), step.adversarial.label].item()
    assert fooled == pytest.approx(step.adversarial.confidence, abs=1e-3)


def test_the_followed_classes_are_label_target_answers_and_rivals() -> None:
    logits = np.zeros((5, 20), dtype=np.float32)
    logits[0, 3] = logits[1, 4] = logits[2, 5] = logits[3, 5] = logits[4, 6] = 9
    logits[:, 11] = 5
    assert followed(logits, 3, None)[:2] == [3, 5]
    assert set(followed(logits, 3, None)[:5]) == {3, 4, 5, 6, 11}
    assert followed(logits, 3, 17)[:2] == [3, 17]
    assert len(followed(logits, 3, 17)) == len(set(followed(logits, 3, 17))) == 6


def test_the_loss_is_fgsms_own_and_a_sure_answers_is_not_rounded() -> None:
    logits = torch.randn(5, 4, generator=torch.Generator().manual_seed(1)).mul(20)
    logits[0] = torch.tensor([60.0, 0, 0, 0])
    found = confidence_sweep.losses(logits.numpy(), 0)
    wanted = fgsm.losses(logits.double(), torch.zeros(5, dtype=torch.long))
    np.testing.assert_allclose(found, wanted.numpy(), rtol=1e-12)
    assert found[0] == pytest.approx(3 * np.exp(-60.0), rel=1e-9)
