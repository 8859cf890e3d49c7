"""Our L-BFGS and PGD against peers': at least as often successful, at no larger a norm."""

import importlib
from types import ModuleType

import pytest
import torch
from torch import nn

from demo import models
from demo.data.labelled import Labelled

pytestmark = [
    pytest.mark.slow,
    pytest.mark.usefixtures("one_thread"),
    pytest.mark.filterwarnings("default"),  # the peers' own
]


@pytest.fixture(scope="module")
def attack_peers() -> ModuleType:
    """Imported here, so that a peer that is missing fails these tests alone."""
    return importlib.import_module("tests.benchmarks.attack_peers")


@pytest.mark.parametrize("name", ["conv", "maxout", "conv-fgsm", "conv-adversarial"])
def test_lbfgs_is_at_least_as_good_as_advertorch_s(attack_peers: ModuleType, name: str) -> None:
    images = attack_peers.some_digits(1).images
    row = attack_peers.lbfgs_row(name, models.load(name, torch.device("cpu")), images)
    mine, other = row["reached"]
    assert mine >= other > 0
    assert row["median_norm_ratio"] <= attack_peers.NORM_TARGET


@pytest.mark.parametrize("name", ["conv", "conv-adversarial"])
def test_pgd_is_as_good_as_foolbox_s(attack_peers: ModuleType, name: str) -> None:
    model = models.load(name, torch.device("cpu"))
    for row in attack_peers.pgd_row(name, model, attack_peers.some_digits(5)):
        mine, other = row["fooled"]
        assert mine >= other - 1  # another random start decides one digit in fifty
        assert row["median_norm_ratio"] <= attack_peers.NORM_TARGET
        assert row["largest_change"][0] <= row["epsilon"] + 1e-6


@pytest.mark.parametrize("epsilon", [0.03, 0.05, 0.07])
def test_autoattack_finds_all_that_a_linear_network_has(epsilon: float) -> None:
    """There epsilon times the L1 distance of two classes' weights decides, and nothing is clipped.

    Of its eleven wrong answers the nine that are aimed at are enough.
    """
    auto_attack = importlib.import_module("tests.benchmarks.auto_attack")
    torch.manual_seed(0)
    network = nn.Sequential(nn.Flatten(), nn.Linear(48, 12)).requires_grad_(False)
    images = 0.2 + 0.6 * torch.rand(40, 3, 4, 4)
    logits = network(images)
    labels = logits.argmax(1)
    labels[:3] = (labels[:3] + 1) % 12  # wrong before the attack
    weights = network[1].weight
    reach = epsilon * (weights[labels][:, None] - weights).abs().sum(2)
    safe = logits.gather(1, labels[:, None]) - logits > reach
    held = int((safe | nn.functional.one_hot(labels, 12).bool()).all(1).sum())
    counts = auto_attack.left(network, Labelled(images, labels), epsilon, steps=20, queries=50)
    assert counts["without attack"] == 37 > counts["APGD-CE"] > held > 0
    assert counts["APGD-T"] == counts["FAB-T"] == counts["Square"] == held


def test_auto_attack_goes_on_only_with_the_weights_it_began_with() -> None:
    auto_attack = importlib.import_module("tests.benchmarks.auto_attack")
    kept = {"a network": {"sha256": "its", "photographs": 5}}
    assert auto_attack.begun(kept, "a network", "its") == kept["a network"]
    assert not auto_attack.begun(kept, "a network", "another's")
    assert not auto_attack.begun(kept, "another network", "its")
