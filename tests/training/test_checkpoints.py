"""`demo.training.checkpoints`: a training killed and resumed ends where it would have ended."""

import dataclasses
from pathlib import Path

import pytest
import torch

from demo.data import digits
from demo.data.labelled import Labelled
from demo.training import adversaries, checkpoints, loop, recipes

RECIPE = dataclasses.replace(
    recipes.recipe("maxout-random-signs"),
    settings=loop.Settings(4, 0.05, batch=50, evaluated=10),
    adversary=adversaries.RandomSigns(0.25),
)


def data() -> Labelled:
    pixels, labels = digits.embedded()
    some = torch.randperm(5000, generator=torch.Generator().manual_seed(0))[:200]
    return Labelled(digits.to_images(pixels)[some], torch.from_numpy(labels)[some])


def run(path: Path | None, stop_after: int = 4, seed: int = 1) -> checkpoints.Run:
    state = checkpoints.started(RECIPE, seed, data(), path)
    for epoch in checkpoints.epochs(state, data(), data(), path):
        if epoch.number == stop_after:
            break
    return state


def test_a_killed_training_goes_on_and_ends_with_the_same_weights(tmp_path: Path) -> None:
    path = tmp_path / "kept.pt"
    whole = run(None)
    run(path, stop_after=2)
    resumed = checkpoints.started(RECIPE, 1, data(), path)
    assert len(resumed.history) == 2
    list(checkpoints.epochs(resumed, data(), data(), path))
    for name, tensor in whole.network.state_dict().items():
        assert torch.equal(tensor, resumed.network.state_dict()[name]), name
    plain = [dataclasses.replace(e, seconds=0.0, adversarial_loss=0.0) for e in whole.history]
    again = [dataclasses.replace(e, seconds=0.0, adversarial_loss=0.0) for e in resumed.history]
    assert plain == again


def test_a_kill_in_the_middle_of_an_epoch_loses_that_epoch_only(tmp_path: Path) -> None:
    path = tmp_path / "kept.pt"
    state = checkpoints.started(RECIPE, 1, data(), path)

    def killed(share: float) -> None:
        if len(state.history) == 2 and share > 0.4:
            raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        list(checkpoints.epochs(state, data(), data(), path, killed))
    assert len(checkpoints.started(RECIPE, 1, data(), path).history) == 2


def test_the_best_epoch_is_kept_and_not_the_last(tmp_path: Path) -> None:
    state = run(tmp_path / "kept.pt")
    accuracies = [epoch.clean_accuracy for epoch in state.history]
    assert state.score == max(accuracies)
    assert accuracies[state.best_epoch - 1] == max(accuracies)


def test_a_recipe_may_keep_its_last_epoch() -> None:
    recipe = dataclasses.replace(RECIPE, kept="last")
    state = checkpoints.started(recipe, 1, data(), None)
    list(checkpoints.epochs(state, data(), data(), None))
    assert state.best_epoch == 4
    for name, tensor in state.network.state_dict().items():
        assert torch.equal(tensor, state.best[name])


@pytest.mark.parametrize("damage", ["cut", "other bytes", "empty"])
def test_a_damaged_checkpoint_is_named_refused_and_left_alone(tmp_path: Path, damage: str) -> None:
    path = tmp_path / "kept.pt"
    run(path, stop_after=1)
    data_before = path.read_bytes()
    broken = {"cut": data_before[:-2000], "other bytes": b"no checkpoint", "empty": b""}[damage]
    path.write_bytes(broken)
    with pytest.raises(checkpoints.Refused, match=r"kept\.pt is damaged.*--restart"):
        checkpoints.started(RECIPE, 1, data(), path)
    assert path.read_bytes() == broken


def test_the_checkpoint_of_another_seed_or_recipe_is_refused(tmp_path: Path) -> None:
    path = tmp_path / "kept.pt"
    run(path, stop_after=1)
    with pytest.raises(checkpoints.Refused, match="another recipe or seed"):
        checkpoints.started(RECIPE, 2, data(), path)
    other = dataclasses.replace(RECIPE, clean_weight=0.4)
    with pytest.raises(checkpoints.Refused, match="another recipe or seed"):
        checkpoints.started(other, 1, data(), path)


def test_nothing_is_left_beside_the_checkpoint(tmp_path: Path) -> None:
    run(tmp_path / "kept.pt", stop_after=2)
    assert [p.name for p in tmp_path.iterdir()] == ["kept.pt"]
