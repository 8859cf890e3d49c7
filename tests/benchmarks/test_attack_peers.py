"""Our L-BFGS and PGD against peers': at least as often successful, at no larger a norm."""

import importlib
from types import ModuleType

import pytest
import torch

from demo import models

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
