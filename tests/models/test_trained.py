"""`demo.models.trained`: weights go to a file and come back; a wrong or missing file is refused."""

import hashlib
import json
from pathlib import Path

import pytest
import torch
from torch import nn

from demo.models import trained
from demo.networks import architectures
from demo.training import recipes

SHIPPED = [r.name for r in recipes.RECIPES if (trained.FOLDER / f"{r.name}.json").is_file()]


def card(name: str = "softmax", seed: int = 1) -> trained.Card:
    return trained.Card(
        name=name, title="Softmax regression", training="standard", seed=seed,
        command="python -m demo train softmax", recipe="", epochs=1, kept_epoch=1, parameters=7850,
        seconds=1.0, device="CPU", torch="2", test={"without attack": 0.9}, test_images=10,
        sha256="",
    )  # fmt: skip


def network() -> nn.Module:
    torch.manual_seed(0)
    return architectures.SoftmaxRegression()


def test_a_network_comes_back_as_it_was_but_for_half_precision(tmp_path: Path) -> None:
    original = network()
    trained.save(original, card(), tmp_path)
    loaded = trained.load("softmax", folder=tmp_path)
    for name, tensor in original.state_dict().items():
        again = loaded.state_dict()[name]
        assert again.dtype == torch.float32
        assert torch.equal(again, tensor.half().float())
    assert not loaded.training
    assert not any(p.requires_grad for p in loaded.parameters())


def test_rounding_gives_the_very_network_that_is_loaded(tmp_path: Path) -> None:
    original = network()
    trained.save(original, card(), tmp_path)
    images = torch.rand(4, 1, 28, 28)
    rounded = trained.rounded(original)(images)
    assert torch.equal(rounded, trained.load("softmax", folder=tmp_path)(images))


def test_the_card_holds_the_hash_of_the_file(tmp_path: Path) -> None:
    path = trained.save(network(), card(), tmp_path)
    expected = hashlib.sha256(path.read_bytes()).hexdigest()
    assert trained.card("softmax", folder=tmp_path).sha256 == expected


def test_another_seed_has_files_of_its_own(tmp_path: Path) -> None:
    trained.save(network(), card(seed=3), tmp_path)
    assert trained.load("softmax", 3, tmp_path) is not None
    with pytest.raises(trained.Absent, match=r"softmax is not in .*python -m demo train softmax"):
        trained.load("softmax", folder=tmp_path)


def test_a_missing_network_says_the_command_that_makes_it(tmp_path: Path) -> None:
    with pytest.raises(trained.Absent, match="python -m demo train maxout --seed 4 makes it"):
        trained.load("maxout", 4, tmp_path)


def test_weights_with_a_wrong_hash_are_named_and_refused(tmp_path: Path) -> None:
    path = trained.save(network(), card(), tmp_path)
    path.write_bytes(path.read_bytes()[:-1] + b"\x7f")
    with pytest.raises(ValueError, match=r"softmax\.safetensors are not the expected file"):
        trained.load("softmax", folder=tmp_path)


def test_weights_of_another_network_are_refused(tmp_path: Path) -> None:
    trained.save(architectures.Convolutional(), card(), tmp_path)
    with pytest.raises(ValueError, match="do not fit the network SoftmaxRegression"):
        trained.load("softmax", folder=tmp_path)


@pytest.mark.parametrize("name", SHIPPED)
def test_every_shipped_network_loads_and_has_a_complete_card(name: str) -> None:
    facts = json.loads((trained.FOLDER / f"{name}.json").read_text(encoding="utf-8"))
    network = trained.load(name)
    recipe = recipes.recipe(name)
    assert facts["title"] == recipe.title
    assert facts["parameters"] == sum(p.numel() for p in network.parameters())
    assert set(facts["test"]) >= {"without attack", "under FGSM at 0.25"}
    assert network(torch.zeros(1, 1, 28, 28)).shape[1] in (2, 10, 11)


def test_the_digit_networks_together_stay_below_12_megabytes() -> None:
    total = sum((trained.FOLDER / f"{name}.safetensors").stat().st_size for name in SHIPPED)
    assert 0 < total <= 12e6
