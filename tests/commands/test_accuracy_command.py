"""`python -m demo accuracy`: every row once, kept for the same weights, refused in words."""

import json
from pathlib import Path
from typing import Any

import pytest

from demo import __main__ as command_line
from demo.data import digits
from demo.experiments.adversarial_training import accuracy_against_epsilon, digit_accuracy
from demo.models import trained
from demo.training import recipes

pytestmark = pytest.mark.usefixtures("one_thread")


@pytest.fixture(autouse=True)
def small(monkeypatch: pytest.MonkeyPatch) -> None:
    """A hundred shipped digits as the test set, two epsilons, one network."""
    monkeypatch.setenv("DEMO_DEVICE", "cpu")
    few = accuracy_against_epsilon.chosen()[:100]
    monkeypatch.setattr(digits, "mnist", lambda *_, **__: few)
    monkeypatch.setattr(accuracy_against_epsilon, "EPSILONS", (0.0, 0.25))
    monkeypatch.setattr(recipes, "RECIPES", (recipes.recipe("logistic"),))
    monkeypatch.setattr(digit_accuracy, "STEPS", 2)


def rows(path: Path) -> list[dict[str, Any]]:
    found: list[dict[str, Any]] = json.loads(path.read_text(encoding="utf-8"))["rows"]
    return found


def test_it_measures_every_row_and_the_page_reads_them(tmp_path: Path) -> None:
    out = tmp_path / "found.json"
    assert command_line.main(["accuracy", "--out", str(out)]) == 0
    found = rows(out)
    assert len(found) == 7
    assert {row["images"] for row in found} == {20}
    assert [row["restarts"] for row in found if row["attack"] == "PGD"] == [1, 1, 10]
    sha256 = trained.card("logistic").sha256
    curves = accuracy_against_epsilon.recorded({"logistic": sha256}, out)
    assert [curve.attack for curve in curves] == ["FGSM", "random signs", "PGD"]
    for curve in curves:
        assert curve.epsilons == (0.0, 0.25) and curve.accuracies[0] > 0.9
    assert curves[0].accuracies[1] < curves[1].accuracies[1]


def test_a_row_that_is_there_for_these_weights_is_not_measured_again(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    out = tmp_path / "found.json"
    command_line.main(["accuracy", "--out", str(out)])
    kept = json.loads(out.read_text(encoding="utf-8"))
    kept["rows"] = [*kept["rows"][1:], kept["rows"][0] | {"sha256": "of older weights"}]
    out.write_text(json.dumps(kept))
    capsys.readouterr()
    command_line.main(["accuracy", "--out", str(out)])
    said = capsys.readouterr().out.splitlines()
    assert len(said) == 2 and "FGSM at 0 " in said[0]
    assert {row["sha256"] for row in rows(out)} == {trained.card("logistic").sha256}


def test_what_is_wrong_is_said_in_one_line(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str], tmp_path: Path
) -> None:
    assert command_line.main(["accuracy", "--at-most", "0"]) == 2
    assert "1 or more, not 0" in capsys.readouterr().err
    monkeypatch.setattr(trained, "here", list)
    assert command_line.main(["accuracy", "--out", str(tmp_path / "x.json")]) == 2
    said = capsys.readouterr().err
    assert "no digit networks" in said and said.count("\n") == 1
