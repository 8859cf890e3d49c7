"""`demo.training.loop`: the objective by a pencil, the shared gradient, and what a seed fixes."""

import dataclasses
import math

import pytest
import torch
import torch.nn.functional as F
from torch import Tensor, nn

from demo import fgsm
from demo.networks import architectures
from demo.training import adversaries, loop
from demo.training.objective import Objective
from tests.shipped import shuffled

SETTINGS = loop.Settings(epochs=3, learning_rate=0.05, batch=50, evaluated=20)
FGSM = adversaries.FastGradientSign(0.25)


def trained(network: nn.Module, **options: object) -> list[loop.Epoch]:
    labelled = shuffled(200)
    options = {"settings": SETTINGS, "held_out": shuffled(40), "seed": 1} | options
    return list(loop.train(network, labelled.images, labelled.labels, **options))  # type: ignore[arg-type]


def new(kind: type[nn.Module] = architectures.SoftmaxRegression) -> nn.Module:
    torch.manual_seed(0)
    return kind()


def weights_of(network: nn.Module) -> Tensor:
    return torch.cat([p.detach().flatten() for p in network.parameters()])


def test_one_plain_step_is_gradient_descent_on_the_mean_loss() -> None:
    labelled, network = shuffled(50), new()
    assert isinstance(network, architectures.SoftmaxRegression)
    before = network.linear.weight.detach().clone()
    logits = network(labelled.images)
    wrong = (logits.softmax(1) - F.one_hot(labelled.labels, 10)) / 50
    gradient = (wrong.T @ labelled.images.flatten(1)).detach()
    settings = loop.Settings(1, 0.5, batch=50, momentum=0.0, ramp=0.0)
    walk = loop.train(
        network, labelled.images, labelled.labels, held_out=labelled, settings=settings
    )
    epoch = next(walk)
    torch.testing.assert_close(network.linear.weight, before - 0.5 * gradient)
    assert epoch.clean_loss == pytest.approx(F.cross_entropy(logits, labelled.labels).item())


@pytest.mark.parametrize("kind", [architectures.SoftmaxRegression, architectures.Convolutional])
def test_the_shared_backward_pass_gives_the_gradient_of_the_equation(
    kind: type[nn.Module],
) -> None:
    labelled, network, a = shuffled(30), new(kind), 0.3
    images, labels = labelled.images, labelled.labels
    attacked = fgsm.fgsm(network, images, labels, 0.25)
    expected_loss = a * F.cross_entropy(network(images), labels) + (1 - a) * F.cross_entropy(
        network(attacked), labels
    )
    expected = torch.autograd.grad(expected_loss, list(network.parameters()))
    objective = Objective(network, FGSM, a, F.cross_entropy, None)
    objective.backward(images, labels, torch.Generator())
    for parameter, gradient in zip(network.parameters(), expected, strict=True):
        torch.testing.assert_close(parameter.grad, gradient, rtol=1e-4, atol=1e-6)


def test_the_linear_adversarial_loss_is_the_lectures_closed_form() -> None:
    """softplus(epsilon ||w||_1 - y z) where no pixel is clipped."""
    network = new(architectures.LogisticRegression)
    assert isinstance(network, architectures.LogisticRegression)
    network.weight.data = torch.randn(784, generator=torch.Generator().manual_seed(3)) / 28
    images = torch.rand(20, 1, 28, 28, generator=torch.Generator().manual_seed(4)) * 0.4 + 0.3
    labels = torch.arange(20) % 2
    objective = Objective(network, FGSM, 0.5, architectures.softplus_loss, None)
    _, adversarial, _ = objective.backward(images, labels, torch.Generator()) / 20
    margin = (2 * labels - 1) * network.activation(images)
    expected = F.softplus(0.25 * network.weight.abs().sum() - margin).mean()
    torch.testing.assert_close(adversarial, expected)


def test_a_network_with_dropout_is_attacked_as_its_clean_pass_left_it() -> None:
    """The examples come from the gradient of the very loss that trains on the clean images."""
    labelled, network, seen = shuffled(20), new(architectures.Maxout), []
    for layer in (network.first, network.second, network.last):
        nn.init.normal_(layer.weight, std=0.05, generator=torch.Generator().manual_seed(1))

    network.train().register_forward_pre_hook(lambda _, given: seen.append(given[0].detach()))
    objective = Objective(network, FGSM, 0.5, architectures.cross_entropy, None)
    torch.manual_seed(7)
    objective.backward(labelled.images, labelled.labels, torch.Generator())
    torch.manual_seed(7)
    gradient = fgsm.loss_gradient(network, labelled.images, labelled.labels)
    expected = fgsm.adversarial_example(labelled.images, fgsm.perturbation(gradient, 0.25))
    clean, attacked, _ = seen
    assert torch.equal(clean, labelled.images)
    torch.testing.assert_close(attacked, expected)
    assert not torch.equal(attacked, fgsm.fgsm(network, labelled.images, labelled.labels, 0.25))


@pytest.mark.parametrize("a", [0.0, 0.5, 1.0])
def test_the_training_loss_is_the_weighted_sum_of_its_parts(a: float) -> None:
    for epoch in trained(new(), adversary=FGSM, clean_weight=a):
        if a == 1:
            assert math.isnan(epoch.adversarial_loss)
            assert epoch.training_loss == epoch.clean_loss
        else:
            mixed = a * epoch.clean_loss + (1 - a) * epoch.adversarial_loss
            assert epoch.training_loss == pytest.approx(mixed)


def test_adversarial_training_withstands_the_attack_better_than_standard_training() -> None:
    settings = dataclasses.replace(SETTINGS, epochs=30)
    standard = trained(new(), settings=settings)[-1]
    adversarial = trained(new(), settings=settings, adversary=FGSM, clean_weight=0.5)[-1]
    assert standard.clean_accuracy > 0.8
    assert standard.accuracy_under_fgsm < 0.2
    assert adversarial.accuracy_under_fgsm > standard.accuracy_under_fgsm + 0.2


def test_the_same_seed_gives_the_same_network_and_another_seed_another() -> None:
    ends = []
    for seed in (1, 1, 2):
        network = new(architectures.Maxout)
        trained(network, seed=seed, adversary=adversaries.RandomSigns(0.25), clean_weight=0.5)
        ends.append(weights_of(network))
    assert torch.equal(ends[0], ends[1])
    assert not torch.equal(ends[0], ends[2])


def test_training_leaves_the_callers_random_numbers_alone() -> None:
    torch.manual_seed(5)
    expected = torch.rand(1)
    torch.manual_seed(5)
    network = architectures.SoftmaxRegression()
    torch.manual_seed(5)
    trained(network)
    assert torch.equal(torch.rand(1), expected)


def test_the_learning_rate_may_stay_level_before_it_falls() -> None:
    settings = loop.Settings(20, 0.2, ramp=0.1, fall=0.25)
    rates = [loop.learning_rate(settings, e / 20) for e in (0, 1, 2, 10, 15, 17.5, 20)]
    assert rates == pytest.approx([0, 0.1, 0.2, 0.2, 0.2, 0.1, 0])


def test_the_learning_rate_rises_then_falls_to_nothing() -> None:
    settings = loop.Settings(10, 0.4, ramp=0.1)
    rates = [loop.learning_rate(settings, e / 10) for e in (0, 0.5, 1, 5.5, 10)]
    assert rates == pytest.approx([0, 0.2, 0.4, 0.2, 0])


def test_a_penalty_is_part_of_the_gradient() -> None:
    def l2(network: nn.Module) -> Tensor:
        return 5 * weights(network).square().sum()

    def weights(network: nn.Module) -> Tensor:
        assert isinstance(network, architectures.SoftmaxRegression)
        return network.linear.weight

    plain, held = new(), new()
    trained(plain)
    trained(held, penalty=l2)
    assert weights(held).norm() < 0.2 * weights(plain).norm()


def test_what_progress_raises_ends_the_run() -> None:
    shares: list[float] = []

    def stop(share: float) -> None:
        shares.append(share)
        if len(shares) == 3:
            raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        trained(new(), progress=stop)
    assert shares == [0.25, 0.5, 0.75]


def test_the_accuracies_are_those_of_the_attacks_by_name() -> None:
    network, held_out = new(), shuffled(60)
    trained(network)
    clean, under_fgsm, under_pgd = loop.accuracies(network, held_out, SETTINGS, 1)
    attacked = fgsm.fgsm(network, held_out.images, held_out.labels, 0.25)
    answers = network(attacked).argmax(1)
    assert under_fgsm == pytest.approx((answers == held_out.labels).double().mean().item())
    assert under_pgd <= under_fgsm + 0.05 <= clean
