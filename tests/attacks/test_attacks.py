"""`demo.attacks.sign_methods`: the control, the walk along a line, and FGSM iterated."""

from collections.abc import Callable, Iterable

import pytest
import torch
import torch.nn.functional as F
from hypothesis import given
from hypothesis import strategies as st
from torch import Tensor, nn

from demo import fgsm
from demo.attacks import sign_methods
from tests.test_fgsm import check, logistic, other

pytestmark = pytest.mark.usefixtures("one_thread")

Network = Callable[[int], nn.Module]
Drawn = Callable[..., tuple[Tensor, Tensor]]
SEEDS = st.integers(0, 2**31 - 1)
METHODS = (sign_methods.basic_iterative_method, sign_methods.targeted_basic_iterative_method)


def last(walk: Iterable[Tensor]) -> Tensor:
    *_, images = walk
    return images


def iterated(model: fgsm.Model, images: Tensor, labels: Tensor, epsilon: float) -> Tensor:
    return last(sign_methods.basic_iterative_method(model, images, labels, torch.tensor(epsilon)))


def spread(count: int, largest: float = 0.2) -> Tensor:
    return torch.linspace(0, largest, count).view(-1, 1, 1, 1)


# Ten steps


def test_on_a_linear_model_ten_steps_end_where_one_does() -> None:
    check(iterated)


def test_with_two_classes_toward_the_one_is_away_from_the_other() -> None:
    def toward(model: fgsm.Model, images: Tensor, labels: Tensor, epsilon: float) -> Tensor:
        target = other(labels)
        walk = sign_methods.targeted_basic_iterative_method
        return last(walk(model, images, target, torch.tensor(epsilon)))

    check(toward)


def test_on_a_linear_model_the_ball_is_full_after_four_steps() -> None:
    grey, epsilon = torch.full((1, 3, 1, 1), 0.5), torch.tensor(0.2)
    walk = sign_methods.basic_iterative_method(logistic, grey, torch.tensor([1]), epsilon)
    reach = [(images - grey).abs().max().item() for images in walk]
    assert reach == pytest.approx([0.05, 0.1, 0.15, 0.2, 0.2, 0.2, 0.2, 0.2, 0.2, 0.2])


def plainly(model: nn.Module, image: Tensor, label: Tensor, epsilon: float, sign: int) -> Tensor:
    """Kurakin's iteration on one image, written once more: step, then both clips."""
    low, high = (image - epsilon).clip(min=0), (image + epsilon).clip(max=1)
    moved = image.clone()
    for _ in range(10):
        moved = moved.detach().requires_grad_()
        F.cross_entropy(model(moved), label).backward()
        assert moved.grad is not None
        moved = (moved + sign * epsilon / 4 * moved.grad.sign()).max(low).min(high)
    return moved.detach()


@pytest.mark.parametrize(("method", "sign"), [(METHODS[0], 1), (METHODS[1], -1)])
def test_each_image_walks_within_its_own_epsilon_as_alone(
    small: Network, drawn: Drawn, method: Callable[..., Iterable[Tensor]], sign: int
) -> None:
    model, (images, labels) = small(5).double(), drawn(5, 4)
    images, epsilon = images.double(), spread(4).double()
    together = last(method(model, images, labels, epsilon))
    alone = [
        plainly(model, images[i : i + 1], labels[i : i + 1], epsilon[i].item(), sign)
        for i in range(4)
    ]
    torch.testing.assert_close(together, torch.cat(alone), rtol=0, atol=1e-9)


@given(seed=SEEDS, largest=st.floats(0, 1), toward=st.booleans())
def test_every_step_stays_in_the_ball_and_in_the_range(
    small: Network, drawn: Drawn, seed: int, largest: float, toward: bool
) -> None:
    images, labels = drawn(seed)
    epsilon = spread(3, largest)
    walk = list(METHODS[toward](small(seed), images, labels, epsilon))
    assert len(walk) == sign_methods.STEPS == 10
    for moved in walk:
        assert ((moved - images).abs() <= epsilon + 1e-7).all()
        assert moved.min() >= 0 and moved.max() <= 1


@given(seed=SEEDS, epsilon=st.floats(0, 1, width=32), toward=st.booleans())
def test_its_first_step_is_fgsm_at_a_quarter_of_epsilon(
    small: Network, drawn: Drawn, seed: int, epsilon: float, toward: bool
) -> None:
    model, (images, labels) = small(seed), drawn(seed)
    (first,) = METHODS[toward](model, images, labels, torch.tensor(epsilon), steps=1)
    one = (fgsm.targeted_fgsm if toward else fgsm.fgsm)(model, images, labels, epsilon / 4)
    torch.testing.assert_close(first, one, rtol=0, atol=1e-6)


@pytest.mark.parametrize("method", METHODS)
def test_an_epsilon_of_zero_changes_nothing_in_ten_steps(
    small: Network, drawn: Drawn, method: Callable[..., Iterable[Tensor]]
) -> None:
    images, labels = drawn(6)
    assert torch.equal(last(method(small(6), images, labels, spread(3, 0.0))), images)


# Random signs


def test_random_signs_are_plus_or_minus_one_about_equally_often() -> None:
    signs = sign_methods.random_signs((1, 3, 64, 64), torch.Generator().manual_seed(1))
    assert signs.shape == (1, 3, 64, 64) and signs.dtype == torch.float32
    assert set(signs.unique().tolist()) == {-1.0, 1.0}
    assert abs(signs.mean().item()) < 0.05


def test_random_signs_come_from_the_generator_that_is_passed() -> None:
    state = torch.get_rng_state()
    first, again = (
        sign_methods.random_signs((99,), torch.Generator().manual_seed(7)) for _ in "ab"
    )
    assert torch.equal(first, again)
    assert not torch.equal(
        first, sign_methods.random_signs((99,), torch.Generator().manual_seed(8))
    )
    assert torch.equal(state, torch.get_rng_state())


# The walk along a line


@given(seed=SEEDS, count=st.sampled_from([1, 7, 8, 9, 17]))
def test_each_stop_of_a_sweep_is_the_attack_at_that_epsilon(
    small: Network, drawn: Drawn, seed: int, count: int
) -> None:
    model, (image, label) = small(seed), drawn(seed, 1)
    epsilons = torch.linspace(0, 0.5, count).tolist()
    direction = fgsm.loss_gradient(model, image, label).sign()
    logits = sign_methods.logits_along(model, image, direction, epsilons)
    attacked = torch.cat([model(fgsm.fgsm(model, image, label, e)) for e in epsilons])
    torch.testing.assert_close(logits, attacked, rtol=1e-5, atol=1e-5)


@pytest.mark.parametrize("count", [1, 8, 9, 20])
def test_logits_in_chunks_are_the_logits_and_keep_no_gradient(
    small: Network, drawn: Drawn, count: int
) -> None:
    model, (images, _) = small(1), drawn(1, count)
    logits = sign_methods.logits_of(model, images)
    torch.testing.assert_close(logits, model(images).detach(), rtol=1e-5, atol=1e-6)
    assert not logits.requires_grad


def test_pgd_stays_in_the_ball_and_in_the_range() -> None:
    network, images, labels = linear_classifier()
    found = pgd(network, images, labels, restarts=2)
    assert (found - images).abs().max() <= 0.1 + 1e-6
    assert found.min() >= 0 and found.max() <= 1


def test_pgd_on_a_linear_classifier_ends_where_one_step_of_fgsm_ends() -> None:
    """Two classes and no clipping: the gradient's sign is the same everywhere."""
    network, images, labels = linear_classifier()
    images = images * 0.4 + 0.3
    expected = fgsm.fgsm(network, images, labels, 0.1)
    torch.testing.assert_close(pgd(network, images, labels), expected)


def test_a_restart_is_for_those_that_still_stand() -> None:
    calls: list[int] = []

    def network(images: torch.Tensor) -> torch.Tensor:
        calls.append(len(images))
        first = images.flatten(1)[:, :1]
        return torch.cat([first * 0 + 1, first], dim=1)

    images = torch.stack([torch.zeros(1, 2, 2), torch.ones(1, 2, 2)])
    labels = torch.tensor([0, 1])
    pgd(network, images, labels, restarts=3, steps=2)
    # The second image's answer is wrong after one run; the first withstands all three.
    assert calls == [2, 2, 2, 1, 1, 1, 1, 1, 1]


def test_pgd_starts_elsewhere_with_another_generator() -> None:
    network, images, labels = linear_classifier()
    runs = [
        sign_methods.projected_gradient_descent(
            network, images, labels, 0.1, 1, 0.01, torch.Generator().manual_seed(seed)
        )
        for seed in (1, 1, 2)
    ]
    assert torch.equal(runs[0], runs[1])
    assert not torch.equal(runs[0], runs[2])


def linear_classifier() -> tuple[torch.nn.Module, torch.Tensor, torch.Tensor]:
    torch.manual_seed(0)
    network = torch.nn.Sequential(torch.nn.Flatten(), torch.nn.Linear(16, 2))
    return network.requires_grad_(False), torch.rand(5, 1, 4, 4), torch.tensor([0, 1, 0, 1, 1])


def pgd(
    network: object, images: torch.Tensor, labels: torch.Tensor, restarts: int = 1, steps: int = 40
) -> torch.Tensor:
    return sign_methods.projected_gradient_descent(
        network,
        images,
        labels,
        0.1,
        steps,
        0.01,
        torch.Generator().manual_seed(0),
        restarts,  # type: ignore[arg-type]
    )


@given(seed=SEEDS, epsilon=st.floats(0.01, 0.2))
def test_more_restarts_of_pgd_are_never_less_successful(
    small: Network, drawn: Drawn, seed: int, epsilon: float
) -> None:
    model, (images, labels) = small(seed), drawn(seed, 4)
    labels = model(images).argmax(dim=1)

    def fooled(restarts: int) -> Tensor:
        found = sign_methods.projected_gradient_descent(
            model, images, labels, epsilon, 5, epsilon / 2, torch.Generator().manual_seed(seed),
            restarts,
        )  # fmt: skip
        assert ((found - images).abs() <= epsilon + 1e-6).all()
        assert found.min() >= 0 and found.max() <= 1
        return model(found).argmax(dim=1) != labels

    once, often = fooled(1), fooled(4)
    assert (often | ~once).all()


def test_the_steps_of_pgd_end_where_pgd_does(small: Network, drawn: Drawn) -> None:
    model, (images, labels) = small(3), drawn(3, 2)
    walk = list(
        sign_methods.projected_gradient_steps(
            model, images, labels, 0.1, 7, 0.02, torch.Generator().manual_seed(1)
        )
    )
    whole = sign_methods.projected_gradient_descent(
        model, images, labels, 0.1, 7, 0.02, torch.Generator().manual_seed(1)
    )
    assert len(walk) == 7 and torch.equal(walk[-1], whole)
    assert not torch.equal(walk[-1], images)


def test_without_a_generator_pgd_starts_from_the_images_and_is_the_iterated_sign(
    small: Network, drawn: Drawn
) -> None:
    model, (images, labels) = small(2), drawn(2)
    found = sign_methods.projected_gradient_descent(model, images, labels, 0.1, 6, 0.025, None)
    epsilon = torch.full((len(images), 1, 1, 1), 0.1)
    *_, iterated = sign_methods.basic_iterative_method(model, images, labels, epsilon, 6)
    torch.testing.assert_close(found, iterated, rtol=0, atol=1e-6)
    assert not torch.equal(found, images)
