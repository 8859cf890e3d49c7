"""`architectures`: each network against a pencil, or against its formula written out."""

import math

import pytest
import torch
import torch.nn.functional as F
from torch import Tensor, nn

from demo import fgsm
from demo.networks import architectures


def noise(*shape: int) -> Tensor:
    return torch.rand(*shape, generator=torch.Generator().manual_seed(2))


def test_the_normalisation_is_inside_the_model() -> None:
    model = architectures.Normalized(nn.Identity(), (0.5, 0.25, 0.0), (0.5, 0.25, 2.0))
    channels = model(torch.ones(1, 3, 1, 1)).flatten().tolist()
    assert channels == [1.0, 3.0, 0.5]


def test_the_normalisation_adds_nothing_to_the_state_dict() -> None:
    model = architectures.Normalized(nn.Linear(2, 2), (0.5,) * 3, (0.5,) * 3)
    assert list(model.state_dict()) == ["network.weight", "network.bias"]


def logistic() -> architectures.LogisticRegression:
    network = architectures.LogisticRegression()
    network.weight.data = noise(784) - 0.5
    network.bias.data = torch.tensor(0.3)
    return network


def test_the_logistic_probability_is_the_sigmoid_of_the_activation() -> None:
    network, images = logistic(), noise(5, 1, 28, 28)
    z = network.activation(images)
    torch.testing.assert_close(z, (images.flatten(1) * network.weight).sum(1) + 0.3)
    torch.testing.assert_close(network(images).softmax(1)[:, 1], torch.sigmoid(z))


def test_the_softplus_loss_is_the_cross_entropy_of_the_logits() -> None:
    logits, labels = logistic()(noise(6, 1, 28, 28)), torch.tensor([0, 1, 1, 0, 0, 1])
    expected = F.cross_entropy(logits, labels)
    torch.testing.assert_close(architectures.softplus_loss(logits, labels), expected)


def test_the_softplus_loss_by_hand() -> None:
    logits = torch.tensor([[-1.0, 1.0], [-1.0, 1.0]])
    loss = architectures.softplus_loss(logits, torch.tensor([1, 0])).item()
    assert loss == pytest.approx((math.log1p(math.exp(-2)) + math.log1p(math.exp(2))) / 2)


@pytest.mark.parametrize("label", [0, 1])
def test_an_fgsm_step_lowers_the_margin_by_epsilon_times_the_l1_norm(label: int) -> None:
    network, images = logistic().double(), noise(1, 1, 28, 28).double() * 0.4 + 0.3
    labels = torch.tensor([label])
    attacked = fgsm.fgsm(network, images, labels, 0.25)
    margin = (2 * label - 1) * (network.activation(attacked) - network.activation(images))
    assert margin.item() == pytest.approx(-0.25 * network.weight.abs().sum().item())


def test_softmax_regression_is_one_linear_layer() -> None:
    network, images = architectures.SoftmaxRegression(), noise(3, 1, 28, 28)
    expected = images.flatten(1) @ network.linear.weight.T + network.linear.bias
    torch.testing.assert_close(network(images), expected)


def test_maxout_takes_the_largest_piece_of_each_unit() -> None:
    network, images = architectures.Maxout(units=6, pieces=3).eval(), noise(2, 1, 28, 28)
    for parameter in network.parameters():
        nn.init.normal_(parameter, generator=torch.Generator().manual_seed(1))
    hidden = images.flatten(1)
    for layer in (network.first, network.second):
        pieces = F.linear(hidden, layer.weight, layer.bias)
        hidden = torch.stack([torch.stack([row[u::6].max() for u in range(6)]) for row in pieces])
    torch.testing.assert_close(network(images), network.last(hidden))


def test_maxout_drops_units_in_training_only() -> None:
    network, images = architectures.Maxout(units=30), noise(2, 1, 28, 28)
    nn.init.normal_(network.first.weight)
    nn.init.normal_(network.second.weight)
    nn.init.normal_(network.last.weight)
    assert not torch.equal(network(images), network(images))
    network.eval()
    assert torch.equal(network(images), network(images))


def test_a_norm_above_the_largest_is_scaled_down_and_a_smaller_one_is_left() -> None:
    network = architectures.Maxout(units=2)
    network.first.weight.data[0] = 1.0
    network.first.weight.data[1] = 0.01
    network.limit_norms()
    assert network.first.weight[0].norm().item() == pytest.approx(architectures.Maxout.LARGEST_NORM)
    assert (network.first.weight[1] == 0.01).all()


def test_the_convolutional_network_halves_the_side_twice() -> None:
    network = architectures.Convolutional(channels=4, hidden=8)
    assert network.first(noise(1, 1, 28, 28)).shape == (1, 4, 14, 14)
    assert network(noise(3, 1, 28, 28)).shape == (3, 10)


def radial() -> architectures.RadialBasis:
    torch.manual_seed(0)
    network = architectures.RadialBasis(rank=3)
    network.centre_on(noise(10, 784))
    return network


def test_a_radial_answer_is_the_gaussian_around_its_centre() -> None:
    network, images, means = radial(), noise(3, 1, 28, 28).flip(3), noise(10, 784)
    p = torch.sigmoid(network(images)[:, :10])
    for i, image in enumerate(images.flatten(1)):
        for k in range(10):
            rows = network.weight[3 * k : 3 * k + 3]
            beta, away = (rows.T @ rows).detach(), image - means[k]
            assert p[i, k].item() == pytest.approx(math.exp(-(away @ beta @ away).item()), rel=1e-3)


def test_far_from_every_centre_the_radial_answer_is_none_of_them() -> None:
    network = radial()
    network.centre.data += 5
    probabilities = network(noise(1, 1, 28, 28)).softmax(1)
    assert probabilities.shape == (1, 11)
    assert probabilities[0, 10].item() > 0.999


def test_on_a_centre_the_radial_answer_is_its_digit_and_finite() -> None:
    network = radial()
    image = noise(10, 784)[4].reshape(1, 1, 28, 28)
    logits = network(image)
    assert torch.isfinite(logits).all()
    assert logits.argmax().item() == 4
    gradient = fgsm.loss_gradient(network, image, torch.tensor([4]))
    assert torch.isfinite(gradient).all()


def test_the_yes_or_no_loss_sums_ten_binary_losses() -> None:
    logits = torch.zeros(1, 11)
    loss = architectures.yes_or_no_loss(logits, torch.tensor([3])).item()
    assert loss == pytest.approx(10 * math.log(2))
    logits[0, 3], logits[0, 10] = 50.0, -7.0
    loss = architectures.yes_or_no_loss(logits, torch.tensor([3])).item()
    assert loss == pytest.approx(9 * math.log(2), rel=1e-6)
