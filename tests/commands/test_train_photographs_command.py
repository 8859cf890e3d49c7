"""`python -m demo train efficientnet-lite0-adversarial`: from archives to weights and card."""

import json
from pathlib import Path

import pytest
import torch

from demo import models
from demo.__main__ import main
from demo.data import gallery
from demo.models import trained
from demo.training import photograph_recipes
from tests.training.test_photograph_networks import write_archive

NAME = photograph_recipes.IMAGENET_ROBUST.name


@pytest.fixture
def words(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> list[str]:
    """One step of 48 crops a round, in a folder of its own."""
    monkeypatch.chdir(tmp_path)
    write_archive(tmp_path / "train-0.tar", gallery.of(1000))
    write_archive(tmp_path / "check.tar", gallery.of(1000)[:3])
    return [
        "train", NAME, "--data", str(tmp_path), "--round", "48", "--images", "96",
        "--workers", "0", "--device", "cpu", "--out", "out",
    ]  # fmt: skip


@pytest.mark.slow
def test_it_trains_writes_goes_on_and_measures_again(
    words: list[str], capsys: pytest.CaptureFixture[str]
) -> None:
    assert main(words) == 0
    said = capsys.readouterr().out
    assert "16 photographs, measured on 3" in said and "96 crops  loss" in said
    card = trained.card(NAME, folder=Path("out"))
    assert card.images_seen == 96 and card.epochs == 2 and card.test_images == 3
    assert card.command == f"python -m demo train {NAME} --data DIR --round 48 --images 96"
    assert list(card.test) == [
        "without attack", "under FGSM at 1/255", "under FGSM at 2/255",
        "under PGD at 1/255 (20 steps)", "under PGD at 2/255 (20 steps)",
    ]  # fmt: skip
    history = json.loads(Path("out", f"{NAME}.training.json").read_text(encoding="utf-8"))
    assert [row["crops"] for row in history] == [48, 96]
    outcomes = Path("out", f"{NAME}.outcomes.json")
    first = outcomes.read_text(encoding="utf-8")
    assert {k: v.count("1") / 3 for k, v in json.loads(first).items()} == pytest.approx(
        card.test, abs=1e-5
    )
    weights = Path("out", f"{NAME}.safetensors").read_bytes()
    assert len(weights) < 10_000_000

    assert main(words) == 0  # nothing is left to train
    assert "going on after 96 crops" in capsys.readouterr().out
    assert Path("out", f"{NAME}.safetensors").read_bytes() == weights

    outcomes.unlink()
    assert main([*words, "--measure"]) == 0
    assert outcomes.read_text(encoding="utf-8") == first
    assert Path("out", f"{NAME}.safetensors").read_bytes() == weights


@pytest.mark.slow
def test_a_training_that_starts_from_a_robust_network_counts_what_it_has_seen(
    words: list[str],
) -> None:
    shipped = trained.card(NAME)
    words[words.index("96")] = "48"
    crops = ["--size", "96", "--decay", "0.9", "--batch", "24", "--blend", "0.5"]
    assert main([*words, "--start", NAME, "--epsilon", "1", "--rate", "1e-4", *crops]) == 0
    card = trained.card(NAME, folder=Path("out"))
    assert card.images_seen == shipped.images_seen + 48
    assert card.command == (
        f"{shipped.command}; python -m demo train {NAME} --data DIR --round 48 --images 48 "
        f"--start {NAME} --batch 24 --epsilon 1 --rate 0.0001 --size 96 --decay 0.9 --blend 0.5"
    )
    assert card.recipe.startswith(shipped.recipe)
    for part in ("warm_up=0.0", "size=96", "decay=0.9", "batch=24", "blend=0.5"):
        assert part in card.recipe


def test_what_is_wrong_is_one_sentence(
    words: list[str], capsys: pytest.CaptureFixture[str]
) -> None:
    for option, value, sentence in (
        ("--minutes", "0", "--minutes is above 0, not 0."),
        ("--round", "7", "--round is at least one batch, 48."),
        ("--batch", "0", "--batch is 1 or more, not 0."),
        ("--batch", "64", "--round is at least one batch, 64."),
        ("--mix", "2", "--mix is from 0 to 1, not 2."),
        ("--size", "100", "--size is a multiple of 32, at least 64, not 100."),
        ("--late", "32", "--late is a multiple of 32, at least 64, not 32."),
        ("--known", "2", "--known is from 0 to 1, not 2."),
        ("--features", "-1", "--features is 0 or more, not -1."),
        ("--decay", "1", "--decay is at least 0 and below 1, not 1."),
        ("--blend", "1.5", "--blend is from 0 to 1, not 1.5."),
        ("--epsilon", "0", "--epsilon is above 0, not 0."),
        ("--rate", "-1", "--rate is above 0, not -1."),
        ("--check", "nowhere.tar", "There is no nowhere.tar: --check names"),
        ("--start", "nobody", "There is no model called 'nobody'"),
    ):
        assert main([*words, option, value]) == 2
        error = capsys.readouterr().err
        assert sentence in error and error.count("\n") == 1


@pytest.mark.slow
def test_half_precision_changes_no_answer_of_the_network_that_is_trained_from() -> None:
    """The standard network through the file format: the same answers on the gallery."""
    from demo.data import pictures

    standard = models.plain("efficientnet-lite0")
    images = torch.cat(
        [
            pictures.to_tensor(
                pictures.at_network_size(
                    pictures.from_bytes(gallery.photograph(p.name)), 224, pictures.Crop()
                )
            )
            for p in gallery.of(1000)
        ]
    )
    with torch.inference_mode():
        before = standard((images - 0.5) / 0.5).argmax(1)
        after = trained.rounded(standard)((images - 0.5) / 0.5).argmax(1)
    assert torch.equal(before, after)
