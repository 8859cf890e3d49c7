"""`demo.experiments.attack.ten_steps`: what is sent to the browser is what was computed."""

from dataclasses import dataclass

import numpy as np
import pytest
import torch
from numpy.typing import NDArray
from torch import Tensor, nn

from demo.attacks import sign_methods
from demo.data import pictures
from demo.experiments.attack import confidence_sweep, one_step, ten_steps
from tests.test_fgsm import GREY, logistic

pytestmark = pytest.mark.usefixtures("one_thread")


@dataclass(frozen=True)
class Walk:
    """The paper's panda, toward "gibbon"."""

    image: Tensor
    target: int
    steps: int
    adversarial: Tensor
    result: ten_steps.TenSteps


@pytest.fixture(scope="module")
def walk(embedded: nn.Module, panda: NDArray[np.uint8], names: tuple[str, ...]) -> Walk:
    image, target = pictures.to_tensor(panda), names.index("gibbon")
    pictures_of_all_steps = list(ten_steps.steps(embedded, image, 388, target))
    adversarial = pictures_of_all_steps[-1]
    result = ten_steps.result(embedded, image, adversarial)
    return Walk(image, target, len(pictures_of_all_steps), adversarial, result)


def test_ten_steps_bring_the_panda_to_gibbon_and_one_step_does_not(
    embedded: nn.Module, panda: NDArray[np.uint8], walk: Walk
) -> None:
    answers = dict(zip(ten_steps.LEVELS, walk.result.logits.argmax(axis=1), strict=True))
    assert walk.steps == 10
    assert answers[0] == 388 and answers[1] == walk.target
    confidence = torch.from_numpy(walk.result.logits[3]).double().softmax(dim=0)[walk.target]
    assert confidence > 0.99
    step = one_step.run(embedded, walk.image, 0.007, target=walk.target)
    sweep = confidence_sweep.run(embedded, panda, step.direction, torch.device("cpu"))
    assert walk.target not in sweep.logits.argmax(axis=1)
    assert walk.target not in sweep.saved_logits.argmax(axis=1)


def test_the_change_gives_the_adversarial_example_back(walk: Walk) -> None:
    change = torch.from_numpy(walk.result.change).permute(0, 3, 1, 2)
    redrawn = walk.image + change / (255 * ten_steps.FRACTION)
    torch.testing.assert_close(redrawn, walk.adversarial, rtol=0, atol=1e-6)


def test_no_change_is_larger_than_its_level(walk: Walk) -> None:
    largest = np.abs(walk.result.change).max(axis=(1, 2, 3)) / ten_steps.FRACTION
    assert largest[0] == 0
    assert (largest <= np.array(ten_steps.LEVELS)).all()


def test_the_saved_picture_is_the_one_that_the_browser_rounds(walk: Walk) -> None:
    clean = (255 * walk.image).round().to(torch.int32)
    change = torch.from_numpy(walk.result.change).permute(0, 3, 1, 2).to(torch.int32)
    browser = (ten_steps.FRACTION * clean + change + ten_steps.FRACTION // 2) >> 4
    rounded = ten_steps.rounded(walk.adversarial)
    assert torch.equal((255 * rounded).round().to(torch.int32), browser)
    assert ((rounded - walk.adversarial).abs() <= 0.501 / 255).all()


def test_the_saved_answers_are_those_of_the_png_opened_again(
    embedded: nn.Module, walk: Walk
) -> None:
    for i in (0, 2, 3, 7):
        png = pictures.to_png(ten_steps.rounded(walk.adversarial[i : i + 1]))
        opened = pictures.at_network_size(pictures.from_bytes(png), 224)
        with torch.inference_mode():
            logits = embedded(pictures.to_tensor(opened))[0].numpy()
        np.testing.assert_allclose(walk.result.saved_logits[i], logits, rtol=1e-3, atol=1e-3)
        assert walk.result.saved_logits[i].argmax() == logits.argmax()


@pytest.mark.parametrize("target", [None, 0])
def test_every_level_is_the_iteration_at_that_epsilon(target: int | None) -> None:
    *_, adversarial = ten_steps.steps(logistic, GREY, 1, target)
    margins = logistic(adversarial)[:, 1].tolist()
    assert margins == pytest.approx([0.75 - 3.5 * n / 255 for n in ten_steps.LEVELS], abs=1e-5)


def test_other_levels_can_be_asked_for() -> None:
    walk = list(ten_steps.steps(logistic, GREY, 1, None, levels=(3.0,)))
    assert len(walk) == sign_methods.STEPS and walk[-1].shape == (1, 3, 1, 1)
    assert (walk[-1] - GREY).abs().max().item() == pytest.approx(3 / 255)


def test_a_digit_s_change_is_exact_in_its_own_parts_of_a_level() -> None:
    generator = torch.Generator().manual_seed(0)
    image = torch.randint(0, 256, (1, 1, 28, 28), generator=generator) / 255
    weights = torch.randn(784, 5, generator=generator)

    def bent(images: Tensor) -> Tensor:
        return torch.sin(images.flatten(1) @ weights)

    levels = ten_steps.levels_of("digits")
    assert levels[-1] == 127.5 and 63.75 in levels and len(levels) == 33
    *_, adversarial = ten_steps.steps(bent, image, 1, None, levels)
    fraction = ten_steps.fraction_of("digits")
    change = ten_steps.result(bent, image, adversarial, fraction).change.astype(np.int64)
    redrawn = image + torch.from_numpy(change).permute(0, 3, 1, 2) / (255 * fraction)
    torch.testing.assert_close(redrawn.float(), adversarial, rtol=0, atol=1e-6)
    assert (np.abs(change).max(axis=(1, 2, 3)) <= fraction * np.array(levels)).all()
