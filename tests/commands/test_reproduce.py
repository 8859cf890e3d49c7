"""`python -m demo reproduce`: rows from networks that are here, words for those that are not."""

import json
from collections.abc import Callable
from pathlib import Path

import pytest
import torch

from demo import __main__ as command_line
from demo.commands import train
from demo.data import digits
from demo.data.labelled import Labelled
from demo.experiments.adversarial_training import digit_accuracy
from demo.experiments.paper_numbers import at_hand, claims, rows
from demo.models import trained
from demo.training import recipes

pytestmark = pytest.mark.usefixtures("one_thread")

Run = Callable[..., tuple[int, str, str]]


def saved(name: str, seed: int, folder: Path) -> None:
    """An untrained network, saved as a trained one."""
    recipe = recipes.recipe(name)
    network = recipe.network(seed, recipe.data(few()))
    card = trained.Card(
        name=name, title=recipe.title, training=recipe.training, seed=seed, command="", recipe="",
        epochs=1, kept_epoch=1, parameters=1, seconds=120.0, device="an abacus", torch="",
        test={}, test_images=0, sha256="",
    )  # fmt: skip
    trained.save(network, card, folder)


def few() -> Labelled:
    images, labels = digits.embedded()
    return Labelled(digits.to_images(images), torch.from_numpy(labels))[::50]


@pytest.fixture
def ships(tmp_path: Path) -> Path:
    return tmp_path / "weights"


@pytest.fixture
def run(
    ships: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
) -> Run:  # fmt: skip
    """words -> (exit code, what was printed, what was complained); a hundred digits of MNIST."""
    monkeypatch.setenv("DEMO_DEVICE", "cpu")
    monkeypatch.setattr(digits, "mnist", lambda folder, train, download=False: few())
    monkeypatch.setattr(digits, "TRAINING", slice(0, 80))
    monkeypatch.setattr(digits, "VALIDATION", slice(80, 100))
    monkeypatch.setattr(at_hand, "FOLDERS", (ships, tmp_path / "trained"))
    monkeypatch.setattr(train, "ELSEWHERE", tmp_path / "trained")
    out = str(tmp_path / "paper.json")

    def words_to_result(*words: str) -> tuple[int, str, str]:
        code = command_line.main(["reproduce", "--out", out, *words])
        said = capsys.readouterr()
        return code, said.out, said.err

    return words_to_result


def written(tmp_path: Path) -> dict[str, rows.Row]:
    return {row.id: row for row in rows.read(tmp_path / "paper.json")}


def test_a_row_has_the_numbers_of_the_count_and_all_that_was_run(
    run: Run, ships: Path, tmp_path: Path
) -> None:
    saved("softmax", 1, ships)
    code, said, _ = run("--only", "p1")
    row = written(tmp_path)["P1"]
    network = trained.load("softmax", 1, ships)
    whole = digit_accuracy.run(network, few(), "FGSM", recipes.EPSILON)
    assert code == 0 and list(written(tmp_path)) == ["P1"]
    assert row.numbers[0].ours == whole.error and row.numbers[0].paper == 0.999
    assert row.numbers[1].ours == pytest.approx(whole.confidence)
    assert rows.judged(claims.claim("P1"), row) is not None
    assert (row.seeds, row.digits, row.not_run) == ((1,), 100, "")
    assert row.command == "python -m demo reproduce --only P1" and "CPU" in row.device
    assert row.weights == {"softmax": trained.card("softmax", 1, ships).sha256}
    for words in (
        "Softmax regression",
        f"{100 * whole.error:.1f} %",
        "paper 99.9 %",
        "DIFFERS.",
        "Differs: P1.",
    ):
        assert words in said


def test_a_row_replaces_its_own_and_leaves_the_others(
    run: Run, ships: Path, tmp_path: Path
) -> None:
    saved("softmax", 1, ships)
    saved("logistic", 1, ships)
    run("--only", "P3")
    run("--only", "P1")
    first = written(tmp_path)
    saved("softmax", 1, ships)
    run("--only", "P1")
    again = written(tmp_path)
    assert list(again) == ["P1", "P3"] and again["P3"] == first["P3"]


def test_without_training_a_row_says_what_it_needs_and_is_not_blank(
    run: Run, ships: Path, tmp_path: Path
) -> None:
    saved("maxout", 1, ships)
    code, said, _ = run("--no-training", "--only", "P4", "P12", "P14", "P15")
    found = written(tmp_path)
    assert code == 0 and list(found) == ["P4", "P12", "P14", "P15"]
    assert all(row.not_run.startswith("not run: needs") for row in
               found.values())  # fmt: skip
    assert "maxout (seeds 2, 3) and maxout-adversarial (seeds 1, 2, 3)" in said
    assert "CIFAR-10" in said and "--model googlenet" in said
    assert "Not run: P4, P12, P14, P15." in said


def test_what_is_missing_is_trained_on_demand_and_how_long_is_said(
    run: Run, ships: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    saved("maxout", 1, ships)
    asked = []

    def one(recipe: recipes.Recipe, seed: int, *rest: object) -> None:
        folder = rest[-1]
        assert isinstance(folder, Path)
        asked.append((recipe.name, seed, folder))
        saved(recipe.name, seed, folder)

    monkeypatch.setattr(train, "one", one)
    code, said, _ = run("--only", "P4")
    elsewhere = tmp_path / "trained"
    assert code == 0 and written(tmp_path)["P4"].seeds == (1, 2, 3)
    assert asked == [("maxout", 2, elsewhere), ("maxout", 3, elsewhere),
                     *(("maxout-adversarial", seed, elsewhere) for seed in (1, 2, 3))]  # fmt: skip
    assert "P4 needs maxout, seed 2" in said and "about 2 min (seed 1 took that" in said
    assert "some minutes to an hour" in said and "--no-training" in said


def test_the_training_on_demand_is_that_of_the_train_command(run: Run, tmp_path: Path) -> None:
    code, said, _ = run("--only", "P1")
    assert code == 0 and (tmp_path / "trained" / "softmax.safetensors").is_file()
    epochs = recipes.recipe("softmax").settings.epochs
    assert f"epoch {epochs:>3}/{epochs}" in said
    assert written(tmp_path)["P1"].numbers[0].ours is not None


def test_a_look_is_quick_and_writes_and_trains_nothing(
    run: Run, ships: Path, tmp_path: Path
) -> None:
    saved("softmax", 1, ships)
    code, said, _ = run("--quick", "--only", "P1", "P2", "B6")
    assert code == 0 and not (tmp_path / "paper.json").exists()
    assert "right under PGD" in said and "not run: needs maxout" in said
    assert not (tmp_path / "trained").exists()


def test_what_a_person_got_wrong_is_one_sentence(run: Run, ships: Path) -> None:
    code, _, complaint = run("--only", "P99")
    assert code == 2 and "no row 'P99'" in complaint and complaint.count("\n") == 1
    saved("softmax", 1, ships)
    path = ships / "softmax.safetensors"
    path.write_bytes(path.read_bytes()[:-1] + b"\x00\x01")
    code, _, complaint = run("--only", "P1")
    assert code == 2 and "softmax.safetensors" in complaint and "SHA-256" in complaint


def test_without_mnist_the_sentence_names_the_folder_and_the_option(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    assert command_line.main(["reproduce", "--data", str(tmp_path), "--only", "P1"]) == 2
    complaint = capsys.readouterr().err
    assert str(tmp_path) in complaint and "--data" in complaint and "--download" in complaint


def test_a_broken_file_of_results_is_refused_before_any_work(
    run: Run, ships: Path, tmp_path: Path
) -> None:
    saved("softmax", 1, ships)
    (tmp_path / "paper.json").write_text("{")
    code, said, complaint = run("--only", "P1")
    assert code == 2 and not said and "paper.json" in complaint
    assert (tmp_path / "paper.json").read_text() == "{"


def test_the_file_names_no_date_and_no_folder(run: Run, ships: Path, tmp_path: Path) -> None:
    saved("softmax", 1, ships)
    run("--only", "P1", "P14")
    text = (tmp_path / "paper.json").read_text()
    assert str(tmp_path) not in text and "202" not in json.dumps(json.loads(text)["rows"][1])
    assert [row["id"] for row in json.loads(text)["rows"]] == ["P1", "P14"]
    assert set(claims.ORDER) >= set(written(tmp_path))
