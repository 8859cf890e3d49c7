"""`demo.experiments.attack.logits_line`: both sides of the picture, joined without a seam."""

from collections.abc import Callable

import numpy as np
import pytest
import torch
from torch import Tensor, nn

from demo.attacks import sign_methods
from demo.experiments.attack import logits_line
from tests.test_fgsm import GREY, logistic

pytestmark = pytest.mark.usefixtures("one_thread")

NEGATIVE, POSITIVE = (-0.2, -0.1), (0.0, 0.1, 0.2)
Drawn = Callable[..., tuple[Tensor, Tensor]]


def joined(model: Callable[[Tensor], Tensor], image: Tensor, signs: Tensor) -> object:
    ahead = sign_methods.logits_along(model, image, signs, POSITIVE).numpy()
    return logits_line.run(model, image, signs, (np.array(POSITIVE), ahead), NEGATIVE)


def test_a_linear_model_s_logits_are_straight_lines() -> None:
    line = joined(logistic, GREY, torch.tensor([1.0, -1.0, 1.0]).view(1, 3, 1, 1))
    assert line.epsilons.tolist() == pytest.approx([-0.2, -0.1, 0, 0.1, 0.2])
    by_class = dict(zip(line.classes.tolist(), line.logits.T.tolist(), strict=True))
    assert by_class[1] == pytest.approx([0.75 + 3.5 * e for e in line.epsilons], abs=1e-6)
    assert by_class[0] == [0, 0, 0, 0, 0]


def test_each_point_is_an_evaluation_of_the_network(
    small: Callable[[int], nn.Module], drawn: Drawn
) -> None:
    model, (image, _) = small(2), drawn(2, 1)
    signs = sign_methods.random_signs(image.shape, torch.Generator().manual_seed(1))
    line = joined(model, image, signs)
    for epsilon, logits in zip(line.epsilons, line.logits, strict=True):
        expected = model((image + epsilon * signs).float().clamp(0, 1))[0, line.classes]
        np.testing.assert_allclose(logits, expected.detach().numpy(), rtol=1e-5, atol=1e-5)


def test_the_winners_come_first_then_the_highest_peaks() -> None:
    logits = np.zeros((3, 30), dtype=np.float32)
    logits[0, 7], logits[1, 9], logits[2, 7] = 5, 8, 6
    logits[:, 3] = 4
    classes = logits_line.strongest(logits)
    assert classes[:3].tolist() == [9, 7, 3]
    assert len(classes) == len(set(classes.tolist())) == logits_line.CLASSES_SHOWN


def test_without_the_clip_a_linear_model_s_line_is_straight_out_to_one() -> None:
    signs = torch.tensor([1.0, -1.0, 1.0]).view(1, 3, 1, 1)
    line = logits_line.unclipped(logistic, GREY, signs, logits_line.DIGIT_EPSILONS)
    assert (line.epsilons[0], line.epsilons[64], line.epsilons[-1]) == (-1, 0, 1)
    rising = line.logits[:, line.classes.tolist().index(1)]
    np.testing.assert_allclose(rising, 0.75 + 3.5 * line.epsilons, atol=1e-5)


def bent(*logits: float) -> logits_line.LogitsLine:
    """One class over a flat one, on both sides of zero."""
    epsilons = np.linspace(-1, 1, len(logits))
    both = np.stack([np.full(len(logits), -99.0), logits], axis=1).astype(np.float32)
    return logits_line.LogitsLine(epsilons, np.array([3, 7]), both)


def test_a_straight_line_explains_what_is_straight_and_three_pieces_what_has_two_knots() -> None:
    assert bent(0, 1, 2, 3, 4).explained(1) == pytest.approx(1)
    assert bent(4, 4, 4, 4, 4).explained(1) == 1
    wedge = bent(0, 0, 0, 0, 0, 1, 2, 3, 4, 4, 4, 4, 4)
    x = np.linspace(-1, 1, 13)
    by_hand = np.corrcoef(x, wedge.logits[:, 1])[0, 1] ** 2
    assert wedge.explained(1) == pytest.approx(by_hand, abs=1e-9) and by_hand < 0.95
    assert by_hand < wedge.explained(3) <= 1


def test_the_sentence_under_the_logits_says_what_was_measured_for_this_picture() -> None:
    def name(k: int) -> str:
        return f"class {k}"

    said = logits_line.told(bent(0, 1, 2, 3, 4), name)
    assert "“class 7”" in said and "one straight line explains 100.0 % of its variance" in said
    said = logits_line.told(bent(0, 1, 2, 1, 0), name)
    assert "one straight line explains 0.0 %" in said and "linear" not in said
