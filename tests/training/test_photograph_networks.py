"""`photograph_networks`: a short training of the real network, alone and in two processes."""

import dataclasses
import io
import itertools
import json
import os
import subprocess
import sys
import tarfile
from pathlib import Path

import pytest
import torch
from torch import nn

from demo import models
from demo.data import gallery, photographs
from demo.data.labelled import Labelled
from demo.models import trained
from demo.training import checkpoints, loop, photograph_networks, photograph_recipes, places
from tests import PATIENCE

PLACE = places.Place(torch.device("cpu"), workers=0)
SHORT = dataclasses.replace(
    photograph_recipes.IMAGENET_ROBUST, round=8, size=32,
    settings=dataclasses.replace(
        photograph_recipes.IMAGENET_ROBUST.settings, epochs=3, batch=4, evaluated=2
    ),
)  # fmt: skip


@pytest.fixture(scope="module")
def standard() -> nn.Module:
    return models.plain("efficientnet-lite0")


@pytest.fixture(scope="module")
def data(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The gallery as an archive to train on, and some of it to measure on."""
    root = tmp_path_factory.mktemp("pool")
    write_archive(root / "train-0.tar", gallery.of(1000))
    write_archive(root / "check.tar", gallery.of(1000)[:4])
    return root


def write_archive(path: Path, photos: tuple[gallery.Photograph, ...]) -> Path:
    """Photographs of the gallery, named as the archives name them."""
    with tarfile.open(path, "w") as tar:
        for number, photo in enumerate(photos):
            file = gallery.photograph(photo.name)
            info = tarfile.TarInfo(f"{number}_{photo.label}{Path(photo.file).suffix}")
            info.size = len(file)
            tar.addfile(info, io.BytesIO(file))
    return path


def held_out(dtype: torch.dtype = torch.float32) -> Labelled:
    return Labelled(torch.rand(3, 3, 32, 32, dtype=dtype), torch.tensor([1, 2, 3]))


def rounds(
    run: checkpoints.Run, standard: nn.Module, data: Path, path: Path | None = None,
    count: int = 99, **options: object,
) -> list[loop.Epoch]:  # fmt: skip
    some = photographs.at(data / "train-0.tar")
    walk = photograph_networks.rounds(run, standard, some, held_out(), PLACE, **options)  # type: ignore[arg-type]
    return list(itertools.islice(checkpoints.kept(run, walk, path), count))


def weights_of(module: nn.Module) -> torch.Tensor:
    return torch.cat([p.detach().flatten() for p in module.parameters()])


def test_a_robust_network_begins_as_its_counterpart(standard: nn.Module) -> None:
    run = photograph_networks.started(SHORT, standard, 1, PLACE)
    images = torch.rand(2, 3, 32, 32)
    torch.testing.assert_close(
        run.network.logits(images), standard((images - 0.5) / 0.5), atol=1e-3, rtol=1e-3
    )
    frozen = [n for n, p in run.network.named_parameters() if not p.requires_grad]
    assert frozen == ["network.classifier.weight", "network.classifier.bias"]


@pytest.mark.slow
def test_training_moves_the_student_and_lowers_its_loss(standard: nn.Module, data: Path) -> None:
    """Against a fixed small step, the same sixteen pictures are matched better and better."""
    few = dataclasses.replace(
        SHORT, warm_up=0.0, epsilon=0.5 / 255, size=64, round=16,
        settings=dataclasses.replace(SHORT.settings, epochs=16, learning_rate=1e-4),
    )  # fmt: skip
    run = photograph_networks.started(few, standard, 1, PLACE)
    before = weights_of(run.network)
    losses = [epoch.training_loss for epoch in rounds(run, standard, data)]
    assert len(losses) == 16
    assert sum(losses[-4:]) < 0.8 * sum(losses[:4])  # each epoch cuts its own crops
    assert not torch.equal(before, weights_of(run.network))
    classifier = standard.get_parameter("classifier.weight")
    assert torch.equal(run.network.network.classifier.weight, classifier)


@pytest.mark.slow
@pytest.mark.parametrize("blend", [0.0, 0.9])
def test_a_killed_training_ends_as_one_that_was_not(
    standard: nn.Module, data: Path, tmp_path: Path, blend: float
) -> None:
    recipe = dataclasses.replace(SHORT, blend=blend)
    whole = photograph_networks.started(recipe, standard, 1, PLACE)
    rounds(whole, standard, data)
    kept = tmp_path / "kept.pt"
    rounds(photograph_networks.started(recipe, standard, 1, PLACE), standard, data, kept, count=2)
    torch.rand(7)  # what was drawn elsewhere before it goes on does not matter
    second = checkpoints.restored(photograph_networks.started(recipe, standard, 1, PLACE), kept)
    assert len(second.history) == 2
    rounds(second, standard, data, kept)
    assert torch.equal(weights_of(whole.network), weights_of(second.network))
    assert torch.equal(weights_of(whole.average), weights_of(second.average))


@pytest.mark.slow
def test_a_checkpoint_of_another_recipe_is_refused(
    standard: nn.Module, data: Path, tmp_path: Path
) -> None:
    kept = tmp_path / "kept.pt"
    rounds(photograph_networks.started(SHORT, standard, 1, PLACE), standard, data, kept, count=1)
    other = dataclasses.replace(SHORT, epsilon=4 / 255)
    with pytest.raises(checkpoints.Refused, match="another recipe"):
        checkpoints.restored(photograph_networks.started(other, standard, 1, PLACE), kept)


@pytest.mark.slow
def test_a_time_budget_ends_the_training_and_brings_the_rate_down(
    standard: nn.Module, data: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A clock of ten seconds a look: five minutes are over long before the pictures."""
    clock = itertools.count(0, 10.0)
    monkeypatch.setattr(photograph_networks.time, "monotonic", lambda: next(clock))
    long = dataclasses.replace(SHORT, settings=dataclasses.replace(SHORT.settings, epochs=1000))
    run = photograph_networks.started(long, standard, 1, PLACE)
    epochs = rounds(run, standard, data, minutes=5)
    assert 5 <= len(epochs) <= 15
    assert run.optimizer.param_groups[0]["lr"] < 0.2 * SHORT.settings.learning_rate


@pytest.mark.slow
def test_the_finished_robust_network_is_the_average_in_the_standard_architecture(
    standard: nn.Module, data: Path
) -> None:
    run = photograph_networks.started(SHORT, standard, 1, PLACE)
    rounds(run, standard, data)
    finished = photograph_networks.finished(run, standard)
    assert finished.state_dict().keys() == standard.state_dict().keys()
    images = torch.rand(2, 3, 64, 64)
    expected = run.average.module.logits(images)
    torch.testing.assert_close(finished((images - 0.5) / 0.5), expected, atol=1e-3, rtol=1e-3)
    assert not torch.allclose(expected, standard((images - 0.5) / 0.5), atol=1e-3)


@pytest.mark.slow
def test_a_mixed_robust_network_lies_between_the_student_and_the_standard_network(
    standard: nn.Module, data: Path
) -> None:
    run = photograph_networks.started(SHORT, standard, 1, PLACE)
    rounds(run, standard, data)
    images = (torch.rand(2, 3, 64, 64) - 0.5) / 0.5
    back = photograph_networks.finished(run, standard, 0.0)
    torch.testing.assert_close(back(images), standard(images), atol=1e-3, rtol=1e-3)
    ends = [
        photograph_networks.finished(run, standard, mix).get_parameter("conv_head.weight")
        for mix in (0, 1)
    ]
    half = photograph_networks.finished(run, standard, 0.5).get_parameter("conv_head.weight")
    torch.testing.assert_close(half, (ends[0] + ends[1]) / 2)
    assert not torch.equal(ends[0], ends[1])


STEPS = """
import json, os, sys
import timm, torch
from pathlib import Path
sys.path.insert(0, sys.argv[3])
torch.set_num_threads(1)
from demo.data import photographs
from demo.training import photograph_networks, places
from tests.training import test_photograph_networks
rank, ranks = places.processes()
if ranks > 1:
    torch.distributed.init_process_group("gloo")
place = places.Place(torch.device("cpu"), rank, ranks, workers=0, dtype=torch.float64)
recipe = test_photograph_networks.HUNDRED
torch.manual_seed(0)
standard = timm.create_model("test_efficientnet").eval()
run = photograph_networks.started(recipe, standard, 1, place)
losses = []
some = photographs.at(Path(sys.argv[1]) / "train-0.tar")
few = test_photograph_networks.held_out(torch.float64)
next(photograph_networks.rounds(run, standard, some, few, place, losses=losses.append))
Path(sys.argv[2], f"losses-{ranks}-{rank}.json").write_text(json.dumps(losses))
if ranks > 1:
    torch.distributed.destroy_process_group()
"""
HUNDRED = dataclasses.replace(
    SHORT, round=400, settings=dataclasses.replace(SHORT.settings, epochs=120)
)
"""The first round is a hundred steps of four pictures, as gentle as the real recipe's."""


@pytest.mark.slow
def test_two_processes_train_as_one_does(data: Path, tmp_path: Path) -> None:
    """The first hundred losses of the same global batches, within 1e-3.

    In float64: signs, and Adam's first steps, make as much of a rounding error as of a gradient.
    The network is timm's smallest: a wide one convolves slowly in float64.
    """
    root = str(Path(__file__).parents[2])
    words = [STEPS, str(data), str(tmp_path), root]
    environment = {**os.environ, "OMP_NUM_THREADS": "1"}
    alone = [sys.executable, "-c", *words]
    subprocess.run(alone, check=True, env=environment, cwd=root, timeout=PATIENCE)
    script = tmp_path / "steps.py"
    script.write_text(STEPS, encoding="utf-8")
    together = [
        sys.executable, "-m", "torch.distributed.run", "--standalone", "--nproc-per-node", "2",
        str(script), *words[1:],
    ]  # fmt: skip
    subprocess.run(together, check=True, env=environment, cwd=root, timeout=PATIENCE)

    def losses(ranks: int, rank: int) -> torch.Tensor:
        text = (tmp_path / f"losses-{ranks}-{rank}.json").read_text(encoding="utf-8")
        return torch.tensor(json.loads(text))

    one = losses(1, 0)
    two = (losses(2, 0) + losses(2, 1)) / 2  # each rank's own, of its half
    assert len(one) == 100 and one[0] != one[-1]
    assert (one - two).abs().max() < 1e-3


def test_the_recipes_card_and_network_belong_together() -> None:
    shipped = [
        r for r in photograph_recipes.RECIPES if (trained.FOLDER / f"{r.name}.json").is_file()
    ]
    assert photograph_recipes.IMAGENET_ROBUST in shipped
    for recipe in shipped:
        card = trained.card(recipe.name)
        shown = models.card(recipe.name)
        adversarial = recipe.epsilon > 0
        assert not adversarial or models.card(recipe.standard).robust == recipe.name
        assert shown.sha256 == card.sha256 and shown.classes == (recipe.classes or 1000)
        assert shown.training == card.training == ("adversarial" if adversarial else "standard")
        assert shown.accuracy is not None and shown.accuracy.share == card.test["without attack"]
