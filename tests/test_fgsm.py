"""`demo.fgsm`: by pencil, against oracles, its laws, and what must not pass for an attack."""

import copy
import math
from collections.abc import Callable

import pytest
import torch
import torch.nn.functional as F
from hypothesis import given
from hypothesis import strategies as st
from numpy.typing import NDArray
from torch import Tensor, nn

from demo import device, fgsm
from demo.attacks import sign_methods
from demo.data import pictures

pytestmark = pytest.mark.usefixtures("one_thread")

Attack = Callable[[fgsm.Model, Tensor, Tensor, float], Tensor]
Network = Callable[[int], nn.Module]
Drawn = Callable[..., tuple[Tensor, Tensor]]

WEIGHTS = torch.tensor([2.0, -1.0, 0.5])
GREY = torch.full((1, 3, 1, 1), 0.5)
SEEDS = st.integers(0, 2**31 - 1)
EPSILONS = st.floats(0, 1, width=32)


def logistic(images: Tensor) -> Tensor:
    """Logistic regression as two classes: logits (0, w.x), with ||w||_1 = 3.5."""
    margin = images.flatten(1) @ WEIGHTS.to(images.dtype)
    return torch.stack([torch.zeros_like(margin), margin], dim=1)


def losses(model: fgsm.Model, images: Tensor, labels: Tensor) -> Tensor:
    return F.cross_entropy(model(images), labels, reduction="none")


def softplus(z: float) -> float:
    return math.log1p(math.exp(z))


def other(labels: Tensor) -> Tensor:
    return 1 - labels


def check(attack: Attack) -> None:
    """What one step of .1 must do to `logistic`; an AssertionError where the attack does not."""
    images = torch.tensor([[0.5, 0.5, 0.5], [0.05, 0.5, 1.0]]).view(2, 3, 1, 1)
    labels = torch.tensor([1, 0])
    moved = attack(logistic, images, labels, 0.1)
    assert (moved - images).abs().max() <= 0.1 + 1e-7
    assert moved.min() >= 0 and moved.max() <= 1
    assert (losses(logistic, moved, labels) > losses(logistic, images, labels)).all()
    torch.testing.assert_close(logistic(moved)[:, 1], torch.tensor([0.75 - 0.35, 0.1 + 0.3]))


BROKEN: dict[str, Attack] = {
    "returns its input": lambda model, x, y, e: x,
    "goes down the loss": lambda model, x, y, e: fgsm.targeted_fgsm(model, x, y, e),
    "takes another label": lambda model, x, y, e: fgsm.fgsm(model, x, other(y), e),
    "takes epsilon in 8-bit levels": lambda model, x, y, e: fgsm.fgsm(model, x, y, 255 * e),
    "takes half of epsilon": lambda model, x, y, e: fgsm.fgsm(model, x, y, e / 2),
    "does not clip": lambda model, x, y, e: x + e * fgsm.loss_gradient(model, x, y).sign(),
    "forgets the sign": lambda model, x, y, e: (x + e * fgsm.loss_gradient(model, x, y)).clamp(
        0, 1
    ),
    "adds random signs": lambda model, x, y, e: (
        x + e * sign_methods.random_signs(x.shape, torch.Generator().manual_seed(0))
    ).clamp(0, 1),
}


def test_the_attack_passes_the_check() -> None:
    check(fgsm.fgsm)


def test_with_two_classes_toward_the_one_is_away_from_the_other() -> None:
    check(lambda model, x, y, e: fgsm.targeted_fgsm(model, x, other(y), e))


@pytest.mark.parametrize("fault", BROKEN)
def test_an_attack_with_a_fault_fails_the_check(fault: str) -> None:
    with pytest.raises(AssertionError):
        check(BROKEN[fault])


# Pencil


def test_the_gradient_of_logistic_regression_is_minus_what_is_missing_times_w() -> None:
    gradient = fgsm.loss_gradient(logistic, GREY, torch.tensor([1]))
    missing = 1 / (1 + math.exp(0.75))
    torch.testing.assert_close(gradient.flatten(), -missing * WEIGHTS)


def test_the_logit_moves_by_epsilon_times_the_l1_norm_of_w_and_the_loss_with_it() -> None:
    label = torch.tensor([1])
    adversarial = fgsm.fgsm(logistic, GREY, label, 0.1)
    assert logistic(GREY)[0, 1].item() == pytest.approx(0.75)
    assert logistic(adversarial)[0, 1].item() == pytest.approx(0.75 - 0.1 * 3.5)
    assert losses(logistic, GREY, label).item() == pytest.approx(softplus(-0.75))
    assert losses(logistic, adversarial, label).item() == pytest.approx(softplus(0.35 - 0.75))


def test_a_linear_score_rises_by_epsilon_times_the_l1_norm_of_its_weights() -> None:
    assert (WEIGHTS @ fgsm.perturbation(WEIGHTS, 0.1)).item() == pytest.approx(0.35)


def test_the_step_is_cut_short_at_the_edges_of_the_pixel_range() -> None:
    image = torch.tensor([0.05, 0.5, 1.0]).view(1, 3, 1, 1)
    away_from_one = fgsm.fgsm(logistic, image, torch.tensor([1]), 0.1).flatten()
    away_from_zero = fgsm.fgsm(logistic, image, torch.tensor([0]), 0.1).flatten()
    torch.testing.assert_close(away_from_one, torch.tensor([0.0, 0.6, 0.9]))
    torch.testing.assert_close(away_from_zero, torch.tensor([0.15, 0.4, 1.0]))


def test_the_sign_of_zero_is_zero_and_of_a_tiny_gradient_is_not() -> None:
    gradient = torch.tensor([0.0, -0.0, 1e-30, -1e-30, 5.0])
    assert fgsm.perturbation(gradient, 1.0).tolist() == [0, 0, 1, -1, 1]


def test_a_perturbation_takes_one_epsilon_an_image() -> None:
    gradient = torch.tensor([[3.0, -2.0], [3.0, -2.0]])
    eta = fgsm.perturbation(gradient, torch.tensor([[0.1], [0.2]]))
    torch.testing.assert_close(eta, torch.tensor([[0.1, -0.1], [0.2, -0.2]]))


@pytest.mark.parametrize("margin", [17.0, 40.0, 80.0])
def test_a_sure_answer_keeps_its_gradient_where_the_probabilities_round_it_away(
    margin: float,
) -> None:
    """p_y - 1 is 0 in float32 from a margin of 17 on; -sigmoid(-margin) w is not."""
    image, label = torch.full((1, 3, 1, 1), margin / 1.5), torch.tensor([1])
    missing = math.exp(-margin) / (1 + math.exp(-margin))
    gradient = fgsm.loss_gradient(logistic, image, label).flatten()
    torch.testing.assert_close(gradient / missing, -WEIGHTS, rtol=1e-4, atol=0)
    leaf = image.clone().requires_grad_()
    F.cross_entropy(logistic(leaf), label).backward()
    assert leaf.grad is not None and not torch.equal(
        leaf.grad.sign(), gradient.view(leaf.shape).sign()
    )


def test_the_losses_are_right_to_the_last_digits_for_sure_and_for_wrong_answers() -> None:
    logits = torch.tensor([[0.0, 30.0, -5.0], [-60.0, 40.0, 0.0], [1.0, 2.0, 3.0]])
    losses_ = fgsm.losses(logits, torch.tensor([1, 0, 2]))
    exactly = [
        math.log1p(math.exp(-30) + math.exp(-35)),
        100 + math.log1p(math.exp(-40)),
        math.log1p(math.exp(-2) + math.exp(-1)),
    ]
    assert losses_.tolist() == pytest.approx(exactly, rel=1e-6, abs=0)


@given(seed=SEEDS)
def test_the_gradient_by_the_logits_is_the_losses_own(seed: int) -> None:
    generator = torch.Generator().manual_seed(seed)
    logits = (20 * torch.randn(5, 7, generator=generator)).requires_grad_()
    labels = torch.randint(7, (5,), generator=generator)
    expected = torch.autograd.grad(fgsm.losses(logits, labels).sum(), logits)[0]
    torch.testing.assert_close(fgsm.logit_gradient(logits, labels), expected, rtol=1e-4, atol=0)


# Oracles


def test_the_gradient_equals_central_differences_in_float64(small: Network, drawn: Drawn) -> None:
    model, (image, label) = small(3).double(), drawn(4, 1)
    h, steps = 1e-5, torch.eye(108, dtype=torch.float64).view(108, 3, 6, 6)
    above, below = (
        losses(model, image.double() + sign * h * steps, label.expand(108)) for sign in (1, -1)
    )
    gradient = fgsm.loss_gradient(model, image.double(), label)
    differences = ((above - below) / (2 * h)).view_as(gradient)
    torch.testing.assert_close(gradient, differences, rtol=1e-6, atol=1e-9)


def plainly(model: nn.Module, image: Tensor, label: Tensor, epsilon: float) -> Tensor:
    """FGSM as most code has it: `.backward()` on a copy that nobody else uses."""
    own, leaf = copy.deepcopy(model), image.clone().requires_grad_()
    F.nll_loss(own(leaf).log_softmax(dim=1), label).backward()
    assert leaf.grad is not None
    return torch.clip(image + epsilon * torch.sign(leaf.grad), 0, 1)


@given(seed=SEEDS, epsilon=EPSILONS)
def test_it_equals_a_plain_backward(
    small: Network, drawn: Drawn, seed: int, epsilon: float
) -> None:
    model, (images, labels) = small(seed), drawn(seed)
    alone = [plainly(model, images[i : i + 1], labels[i : i + 1], epsilon) for i in range(3)]
    ours = fgsm.fgsm(model, images, labels, epsilon)
    torch.testing.assert_close(ours, torch.cat(alone), rtol=0, atol=1e-6)


def test_it_equals_a_plain_backward_on_a_photograph(
    embedded: nn.Module, panda: NDArray[None]
) -> None:
    image, label = pictures.to_tensor(panda), torch.tensor([388])
    ours = fgsm.fgsm(embedded, image, label, 0.007)
    differ = (ours - plainly(embedded, image, label, 0.007)).abs() > 1e-6
    assert differ.double().mean() <= 0.001


# Laws


@given(seed=SEEDS, epsilon=EPSILONS, toward=st.booleans())
def test_no_value_moves_by_more_than_epsilon_or_leaves_the_range(
    small: Network, drawn: Drawn, seed: int, epsilon: float, toward: bool
) -> None:
    attack = fgsm.targeted_fgsm if toward else fgsm.fgsm
    images, labels = drawn(seed)
    moved = attack(small(seed), images, labels, epsilon)
    assert (moved - images).abs().max() <= epsilon + 1e-7
    assert moved.min() >= 0 and moved.max() <= 1
    assert moved.shape == images.shape and moved.dtype == images.dtype


@given(seed=SEEDS, toward=st.booleans())
def test_an_epsilon_of_zero_gives_the_same_values_bit_for_bit(
    small: Network, drawn: Drawn, seed: int, toward: bool
) -> None:
    attack = fgsm.targeted_fgsm if toward else fgsm.fgsm
    images, labels = drawn(seed)
    moved = attack(small(seed), images, labels, 0.0)
    assert torch.equal(moved.view(torch.int32), images.view(torch.int32))


@given(seed=SEEDS, epsilon=st.floats(1e-4, 1e-3))
def test_a_small_step_raises_the_label_s_loss_and_lowers_the_target_s(
    small: Network, drawn: Drawn, seed: int, epsilon: float
) -> None:
    model, (images, labels) = small(seed).double(), drawn(seed)
    images = images.double()
    before = losses(model, images, labels)
    assert (losses(model, fgsm.fgsm(model, images, labels, epsilon), labels) > before).all()
    toward = fgsm.targeted_fgsm(model, images, labels, epsilon)
    assert (losses(model, toward, labels) < before).all()


@pytest.mark.parametrize("training", [True, False])
@pytest.mark.parametrize("wants_gradients", [True, False])
def test_neither_model_nor_images_are_written_on(
    small: Network, drawn: Drawn, training: bool, wants_gradients: bool
) -> None:
    model, (images, labels) = small(1).train(training).requires_grad_(wants_gradients), drawn(1)
    parameters, clean = copy.deepcopy(model.state_dict()), images.clone()
    images.requires_grad_()
    for attack in (fgsm.fgsm, fgsm.targeted_fgsm):
        assert not attack(model, images.detach(), labels, 0.1).requires_grad
    fgsm.loss_gradient(model, images, labels)
    assert all(torch.equal(model.state_dict()[name], old) for name, old in parameters.items())
    assert all(p.grad is None and p.requires_grad is wants_gradients for p in model.parameters())
    assert all(module.training is training for module in model.modules())
    assert torch.equal(images, clean) and images.grad is None


@given(seed=SEEDS)
def test_an_image_s_gradient_does_not_depend_on_its_batch(
    small: Network, drawn: Drawn, seed: int
) -> None:
    model, (images, labels) = small(seed).double(), drawn(seed, 4)
    images = images.double()
    together = fgsm.loss_gradient(model, images, labels)
    alone = [fgsm.loss_gradient(model, images[i : i + 1], labels[i : i + 1]) for i in range(4)]
    torch.testing.assert_close(together, torch.cat(alone), rtol=1e-10, atol=1e-14)


def test_a_large_batch_is_taken_in_pieces_and_put_together_in_order(
    small: Network, drawn: Drawn, monkeypatch: pytest.MonkeyPatch
) -> None:
    model, (images, labels) = small(7).double(), drawn(7, 5)
    together = fgsm.loss_gradient(model, images.double(), labels)
    asked: list[int] = []

    def counted(batch: Tensor) -> Tensor:
        asked.append(len(batch))
        logits: Tensor = model(batch)
        return logits

    monkeypatch.setattr(device, "at_once", lambda images: 2)
    pieces = fgsm.loss_gradient(counted, images.double(), labels)
    assert asked == [2, 2, 1]
    torch.testing.assert_close(pieces, together, rtol=1e-10, atol=1e-14)


def test_a_gradient_is_found_where_gradients_are_switched_off(small: Network, drawn: Drawn) -> None:
    with torch.no_grad():
        assert fgsm.loss_gradient(small(1), *drawn(1)).abs().min() > 0
