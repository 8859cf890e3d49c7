"""Each command runs on a Mac."""

from pathlib import Path

import numpy as np
import pytest

from demo import models
from demo.__main__ import main
from demo.data import digits, gallery, pictures
from demo.experiments.adversarial_training import (
    accuracy_against_epsilon,
    digit_accuracy,
    photograph_accuracy,
)
from demo.experiments.attack import confidence_sweep
from demo.training import photograph_recipes, recipes
from tests.commands.test_train_command import write_mnist
from tests.training.test_photograph_networks import write_archive

pytestmark = pytest.mark.usefixtures("one_thread")


@pytest.fixture
def data(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> list[str]:
    """The words that name a folder with MNIST, of fifty digits; work goes on beside it."""
    monkeypatch.chdir(tmp_path)
    monkeypatch.setattr(digits, "TRAINING", slice(0, 40))
    monkeypatch.setattr(digits, "VALIDATION", slice(40, 50))
    order = np.random.default_rng(0).permutation(5000)
    write_mnist(tmp_path, order[:50], order[50:80])
    return ["--data", str(tmp_path)]


DIFFERENT = {(r.build, type(r.adversary), r.penalty): r.name for r in recipes.RECIPES if r.ships}
"""One recipe of each make."""


@pytest.mark.parametrize("name", DIFFERENT.values())
def test_a_network_is_trained_goes_on_and_is_measured_again(name: str, data: list[str]) -> None:
    words = ["train", name, *data, "--epochs", "1", "--out", "out"]
    assert main(words) == 0
    assert main(words) == 0
    assert main([*words, "--measure"]) == 0


@pytest.mark.slow
def test_the_robust_network_is_trained_goes_on_and_is_measured_again(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)
    write_archive(tmp_path / "train-0.tar", gallery.GALLERY[:3])
    write_archive(tmp_path / "check.tar", gallery.GALLERY[:1])
    words = [
        "train",
        photograph_recipes.IMAGENET_ROBUST.name,
        "--data",
        ".",
        "--round",
        "2",
        "--images",
        "2",
    ]
    words += ["--batch", "2", "--size", "64", "--workers", "0", "--out", "out"]
    assert main(words) == 0
    assert main(words) == 0
    assert main([*words, "--measure"]) == 0


@pytest.mark.parametrize("words", [["--quick"], ["--no-training"]])
@pytest.mark.slow
def test_the_papers_numbers_are_reproduced(words: list[str], data: list[str]) -> None:
    assert main(["reproduce", *words, *data, "--out", "rows.json"]) == 0


def test_digit_networks_are_measured(data: list[str], monkeypatch: pytest.MonkeyPatch) -> None:
    chosen = tuple(recipe for recipe in recipes.RECIPES if recipe.name in ("conv", "logistic"))
    monkeypatch.setattr(recipes, "RECIPES", chosen)
    monkeypatch.setattr(accuracy_against_epsilon, "EPSILONS", (0.0, 0.25))
    monkeypatch.setattr(digit_accuracy, "STEPS", 2)
    words = ["accuracy", *data, "--at-most", "10", "--out", "rows.json"]
    assert main(words) == 0


@pytest.mark.usefixtures("small")
def test_photograph_networks_are_measured(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(gallery, "GALLERY", gallery.GALLERY[:2])
    monkeypatch.setattr(confidence_sweep, "EPSILON_GRID", (0.0, 1 / 255, 0.007))
    monkeypatch.setattr(photograph_accuracy, "CURVE", (0.0, 1.0))
    archive = write_archive(tmp_path / "check.tar", gallery.GALLERY)
    words = ["photographs", "--out", str(tmp_path)]
    assert main(words) == 0
    assert main([*words, "--check", str(archive)]) == 0


@pytest.mark.parametrize("steps", ["1", "10"])
@pytest.mark.parametrize("target", [[], ["--target", "runner-up"]])
@pytest.mark.parametrize(
    "model", [models.offered("digits")[0].name, "rbf",
              pytest.param(models.MODELS[0].name, marks=pytest.mark.slow)],
)  # fmt: skip
def test_a_picture_is_attacked(model: str, target: list[str], steps: str, tmp_path: Path) -> None:
    kind = models.card(model).kind
    file = gallery.photograph(gallery.GALLERY[0].name)
    if kind == "digits":
        file = pictures.to_png(digits.embedded()[0][1505])
    (tmp_path / "picture").write_bytes(file)
    words = ["attack", str(tmp_path / "picture"), "--model", model, "--steps", steps, *target]
    assert main([*words, "--out", str(tmp_path / "attacked.png")]) == 0
