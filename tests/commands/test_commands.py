"""`python -m demo attack`: the core's numbers, a file that carries its answer, a short no."""

import argparse
import csv
import io
import json
import os
import shutil
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np
import pytest
import torch
from torch import nn

from demo import __main__ as command_line
from demo import fgsm, models, scores
from demo.commands import attack, attack_words, classes, words
from demo.data import digits, pictures
from demo.experiments.adversarial_training import accuracy_against_epsilon
from demo.experiments.attack import confidence_sweep, gallery_flips, record_files, ten_steps
from demo.experiments.paper_numbers import claims, rows
from demo.models import trained

Run = Callable[..., dict[str, Any]]
NAME = models.MODELS[0].name


def picture_of(name: str) -> Path:
    return models.ASSETS / "images" / f"{name}.webp"


PANDA = picture_of("panda")


@pytest.fixture(scope="module")
def network() -> nn.Module:
    return models.load(NAME, torch.device("cpu"))


@pytest.fixture
def run(
    network: nn.Module, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> Run:
    """The command with --json, its network loaded once, at few epsilons: words -> its output."""
    monkeypatch.setenv("DEMO_DEVICE", "cpu")
    monkeypatch.setattr(models, "load", lambda *_: network)
    monkeypatch.setattr(confidence_sweep, "EPSILON_GRID", (0.0, 1 / 255, 0.007, 4 / 255))
    monkeypatch.setattr(ten_steps, "LEVELS", (0, 1))

    def words_to_facts(*words: object) -> dict[str, Any]:
        assert command_line.main(["attack", *map(str, words), "--json"]) == 0
        facts: dict[str, Any] = json.loads(capsys.readouterr().out)
        return facts

    return words_to_facts


def test_the_answers_are_those_of_the_core(run: Run, network: nn.Module) -> None:
    facts = run(PANDA, "--epsilon", "2/255")
    pixels = pictures.at_network_size(pictures.from_bytes(PANDA.read_bytes()), 224)
    image = pictures.to_tensor(pixels)
    label = scores.predicted_label(network(image))
    attacked = fgsm.fgsm(network, image, label, 2 / 255)
    assert facts["clean"]["index"] == label.item()
    for what, seen in (("clean", image), ("adversarial", attacked)):
        logits = network(seen).detach()
        assert facts[what]["index"] == scores.predicted_label(logits).item()
        assert facts[what]["confidence"] == pytest.approx(
            scores.confidence(logits).item(), abs=1e-4
        )
    loss = -scores.label_confidence(network(attacked).detach(), label).log().item()
    assert facts["loss_after"] == pytest.approx(loss, rel=1e-3)
    assert facts["loss_after"] > facts["loss_before"]


@pytest.mark.parametrize("steps", [1, 10])
def test_the_saved_picture_opened_again_gets_the_stated_answer(
    steps: int, run: Run, tmp_path: Path
) -> None:
    out = tmp_path / "attacked.png"
    facts = run(PANDA, "--epsilon", ".007", "--steps", steps, "--out", out)
    again = run(out, "--epsilon", 0)
    for what in ("clean", "adversarial", "saved"):
        assert again[what]["index"] == facts["saved"]["index"]
        assert again[what]["confidence"] == pytest.approx(facts["saved"]["confidence"], abs=1e-4)
    clean = pictures.at_network_size(pictures.from_bytes(PANDA.read_bytes()), 224).astype(int)
    saved = np.array(pictures.from_bytes(out.read_bytes())).astype(int)
    assert np.abs(saved - clean).max() == 2


def test_epsilon_zero_changes_nothing(run: Run) -> None:
    facts = run(PANDA, "--epsilon", 0)
    assert facts["adversarial"]["index"] == facts["clean"]["index"] == facts["saved"]["index"]
    assert facts["loss_before"] == facts["loss_after"]
    assert facts["largest_change_of_255"] == facts["clipped_share"] == 0


@pytest.mark.parametrize("steps", [1, 10])
def test_the_whole_range_is_a_legal_epsilon(steps: int, run: Run, tmp_path: Path) -> None:
    out = tmp_path / "attacked.png"
    facts = run(PANDA, "--epsilon", 1, "--steps", steps, "--out", out)
    assert 128 < facts["largest_change_of_255"] <= 255.001
    assert facts["saved"]["index"] == facts["adversarial"]["index"]


def test_the_first_stop_that_flips_is_a_stop_whose_answer_differs(run: Run) -> None:
    photo = picture_of("neuschwanstein-castle")
    facts = run(photo, "--curve")
    at = facts["flips_at_epsilon"]
    assert run(photo, "--epsilon", repr(at))["adversarial"]["index"] != facts["clean"]["index"]


def test_ten_steps_reach_the_target_that_one_step_misses(run: Run) -> None:
    words = (PANDA, "--epsilon", "1/255", "--target", "GIBBON", "--curve")
    one, ten = run(*words), run(*words, "--steps", 10)
    assert one["target"] == ten["target"] == ten["adversarial"]["class"] == "gibbon"
    assert one["adversarial"]["class"] != "gibbon"
    assert any("One step is too weak" in note for note in one["notes"])
    assert ten["loss_after"] < ten["loss_before"]
    assert ten["largest_change_of_255"] == pytest.approx(1, abs=1e-3)


def test_the_label_in_the_loss_can_be_given_by_its_number(run: Run) -> None:
    facts = run(PANDA, "--label", 7)
    assert facts["label"] == models.class_names(models.MODELS[0])[7]
    assert any("wrong to begin with" in note for note in facts["notes"])


def test_the_runner_up_can_be_the_target(run: Run) -> None:
    facts = run(PANDA, "--target", "runner-up")
    assert facts["target"] not in (None, facts["clean"]["class"])


def test_the_report_says_what_json_says(
    run: Run, network: nn.Module, capsys: pytest.CaptureFixture[str]
) -> None:
    facts = run(PANDA, "--epsilon", "2/255")
    assert command_line.main(["attack", str(PANDA), "--epsilon", "2/255"]) == 0
    report = capsys.readouterr().out
    for what in ("clean", "perturbation", "adversarial", "saved"):
        assert f"{facts[what]['class']}, {100 * facts[what]['confidence']:.2f} %" in report
    assert "epsilon = 0.007843 (2/255)" in report
    assert f"{facts['loss_before']:.4g} -> {facts['loss_after']:.4g} nats" in report
    assert f"{100 * facts['clipped_share']:.2f} %" in report


@pytest.mark.parametrize(
    ("words", "epsilon"),
    [("0.007", 0.007), (".007", 0.007), ("2/255", 2 / 255), ("1.5 / 255", 1.5 / 255), ("1", 1.0)],
)
def test_epsilon_is_a_fraction_in_either_form(words: str, epsilon: float) -> None:
    assert attack_words.epsilon_of(words) == epsilon


@pytest.mark.parametrize(
    "words", ["", "x", "-0.1", "-1/255", "1.01", "2", "nan", "inf", "1/0", "1/2/3"]
)
def test_another_epsilon_is_refused(words: str) -> None:
    with pytest.raises(argparse.ArgumentTypeError, match="a number from 0 to 1"):
        attack_words.epsilon_of(words)


def test_a_name_that_two_classes_share_asks_for_the_number() -> None:
    with pytest.raises(ValueError, match="'crane', 0 and 2"):
        classes.find("crane", ("crane", "owl", "Crane"))


NONSENSE = {
    "no such file": (["{folder}/none.jpg"], "no file"),
    "an empty folder": (["{folder}/empty"], "no picture in the folder"),
    "not a picture": (["{folder}/text.png"], "was expected"),
    "no such model": (["{panda}", "--model", "alexnet"], "no model called 'alexnet'"),
    "no such class": (["{panda}", "--target", "gibon"], "did you mean gibbon"),
    "no such number": (["{panda}", "--label", "1000"], "no class called '1000'"),
    "epsilon of words": (["{panda}", "--epsilon", "big"], "not 'big'"),
    "epsilon below 0": (["{panda}", "--epsilon", "-0.1"], "not '-0.1'"),
    "epsilon above 1": (["{panda}", "--epsilon", "8"], "not '8'"),
    "no such folder": (["{panda}", "--out", "{folder}/no/a.png"], "no folder"),
    "not a PNG": (["{panda}", "--out", "{folder}/a.jpg"], "end in .png"),
    "three steps": (["{panda}", "--steps", "3"], "choose from 1, 10"),
    "two goals": (["{panda}", "--label", "1", "--target", "2"], "not allowed with"),
    "one epsilon of words": (["{panda}", "--epsilon", ".1,big"], "not 'big'"),
    "a picture to save of two": (["{panda}", "{panda}", "--out", "{folder}/a.png"], "here are 2"),
    "one report of two": (["{panda}", "--epsilon", ".1,.2", "--json"], "--format jsonl or csv"),
    "no such format": (["{panda}", "--format", "xml"], "choose from"),
    "no picture": ([], "required: PHOTO"),
}
"""What may be wrong -> the words, and a part of the sentence."""


@pytest.mark.parametrize("case", NONSENSE)
def test_what_is_wrong_is_said_in_one_line(
    case: str, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    (tmp_path / "text.png").write_text("not a picture")
    (tmp_path / "empty").mkdir()
    words, part = NONSENSE[case]
    assert exit_code(["attack", *(w.format(folder=tmp_path, panda=PANDA) for w in words)]) == 2
    printed = capsys.readouterr()
    assert printed.out == ""
    assert part in printed.err
    assert printed.err.count("\n") == 1


LIGHT = {
    "--help": 0, "attack --help": 0, "train --help": 0, "pack --help": 0, "reproduce --help": 0,
    "accuracy --help": 0, "photographs --help": 0, "atack": 2, "attack": 2,
    "attack nowhere.jpg": 2, "attack README.md --epsilno 1": 2, "attack README.md --epsilon 8": 2,
    "train softmax --epochs ten": 2,
}  # fmt: skip
"""What is asked -> the exit code; none of it needs a network."""


def test_help_and_a_typo_are_answered_without_importing_torch() -> None:
    script = (
        "import contextlib, sys\n"
        "from demo.__main__ import main\n"
        "for line in sys.stdin.read().splitlines():\n"
        "    try:\n"
        "        main(line.split())\n"
        "    except SystemExit as end:\n"
        "        heavy = {'torch', 'numpy', 'PIL', 'streamlit'} & set(sys.modules)\n"
        "        print(f'{line}: {end.code} {heavy or None}', file=sys.stderr)\n"
    )
    done = subprocess.run(
        [sys.executable, "-c", script], input="\n".join(LIGHT), check=True, capture_output=True,
        text=True, cwd=models.ASSETS.parent,
    )  # fmt: skip
    said = done.stderr.splitlines()
    assert [f"{line}: {code} None" for line, code in LIGHT.items() if
            f"{line}: {code} None" not in said] == []  # fmt: skip


def test_the_words_know_what_the_modules_know(capsys: pytest.CaptureFixture[str]) -> None:
    assert (words.SEED, attack_words.NETWORK) == (trained.SEED, NAME)
    parser = command_line._parser()
    assert parser.parse_args(["reproduce"]).out == rows.RESULTS
    assert parser.parse_args(["accuracy"]).out == accuracy_against_epsilon.RECORDED
    measured = parser.parse_args(["photographs"])
    assert (measured.out, measured.recorded) == (
        gallery_flips.RECORDED.parent, record_files.FOLDER,
    )  # fmt: skip
    numbers = [int(row[1:]) for row in claims.ORDER]
    assert (claims.ORDER[0], claims.ORDER[-1], max(numbers)) == ("P1", "B10", 22)


def lines_of(
    capsys: pytest.CaptureFixture[str], *words: object, code: int = 0
) -> tuple[list[dict[str, Any]], str]:
    """What the command with --format jsonl printed, and its standard error."""
    assert command_line.main(["attack", *map(str, words), "--format", "jsonl"]) == code
    printed = capsys.readouterr()
    return [json.loads(line) for line in printed.out.splitlines()], printed.err


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    """Two photographs and a text."""
    for name in ("lemur", "panda"):
        shutil.copy(picture_of(name), tmp_path)
    (tmp_path / "about.txt").write_text("Two photographs")
    return tmp_path


def test_a_folder_gives_a_line_for_each_picture_and_epsilon(
    run: Run, folder: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    found, _ = lines_of(capsys, folder, "--epsilon", "2/255,1/255")
    asked = [(Path(line["photo"]).stem, round(line["epsilon_x_255"])) for line in found]
    assert asked == [("lemur", 2), ("lemur", 1), ("panda", 2), ("panda", 1)]
    alone = run(folder / "panda.webp", "--epsilon", "1/255")
    assert found[-1]["adversarial"]["class"] == alone["adversarial"]["class"]
    assert found[-1]["loss_after"] == pytest.approx(alone["loss_after"], rel=1e-3)


def test_a_spreadsheet_gets_the_same_as_a_program(
    run: Run, capsys: pytest.CaptureFixture[str]
) -> None:
    words = (PANDA, "--epsilon", "1/255,2/255")
    lines, _ = lines_of(capsys, *words)
    assert command_line.main(["attack", *map(str, words), "--format", "csv"]) == 0
    table = list(csv.DictReader(io.StringIO(capsys.readouterr().out)))
    assert len(table) == len(lines) == 2
    for row, line in zip(table, lines, strict=True):
        assert float(row["epsilon"]) == line["epsilon"]
        assert row["adversarial_class"] == line["adversarial"]["class"]
        assert float(row["adversarial_confidence"]) == line["adversarial"]["confidence"]


def test_one_bad_picture_among_many_is_said_and_the_others_are_attacked(
    run: Run, folder: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    (folder / "broken.png").write_text("not a picture")
    found, said = lines_of(capsys, folder, "gone.jpg", code=2)
    assert [Path(line["photo"]).stem for line in found] == ["lemur", "panda"]
    assert [words in line for words, line in zip(
        ("broken.png", "There is no file gone.jpg", "2 of 4 pictures could not be opened"),
        said.splitlines(), strict=True,
    )] == [True] * 3  # fmt: skip


@pytest.mark.parametrize(("watched", "said"), [(True, "0 of 2 pictures"), (False, "")])
def test_progress_is_shown_to_who_watches(
    watched: bool, said: str, run: Run, folder: Path, capsys: pytest.CaptureFixture[str],
    monkeypatch: pytest.MonkeyPatch,
) -> None:  # fmt: skip
    monkeypatch.setattr(sys.stderr, "isatty", lambda: watched)
    _, told = lines_of(capsys, folder)
    assert told.split("\r")[1:2] == ([said] if watched else [])


@pytest.mark.parametrize("steps", [1, 10])
def test_the_curve_is_computed_only_when_it_is_asked_for(
    steps: int, run: Run, network: nn.Module
) -> None:
    seen = []
    with network.register_forward_pre_hook(lambda _, args: seen.append(len(args[0]))):
        plain = run(PANDA, "--steps", steps)
        without = sum(seen)
        curved = run(PANDA, "--steps", steps, "--curve")
    assert plain["curve"] is plain["flips_at_epsilon"] is None
    grid = confidence_sweep.EPSILON_GRID if steps == 1 else [n / 255 for n in ten_steps.LEVELS]
    assert [each["epsilon"] for each in curved["curve"]] == pytest.approx(list(grid))
    assert plain["adversarial"]["class"] == curved["adversarial"]["class"]
    assert without < sum(seen) - without
    assert steps == 10 or without <= 8


def exit_code(asked: list[str]) -> object:
    try:
        return command_line.main(asked)
    except SystemExit as end:
        return end.code


def test_a_network_that_cannot_be_fetched_is_said_in_one_line(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    def refuse(*_: object) -> nn.Module:
        raise models.Unavailable("GoogLeNet is not here yet.")

    monkeypatch.setattr(models, "load", refuse)
    assert command_line.main(["attack", str(PANDA), "--model", "googlenet"]) == 2
    assert capsys.readouterr().err == "python -m demo attack: GoogLeNet is not here yet.\n"


def test_a_shell_can_run_it() -> None:
    words = [sys.executable, "-m", "demo", "attack", str(PANDA), "--json"]
    done = subprocess.run(
        words, check=False, capture_output=True, text=True, cwd=models.ASSETS.parent
    )
    assert (done.returncode, done.stderr) == (0, "")
    assert json.loads(done.stdout)["clean"]["class"] == "giant panda"


def test_a_digit_is_cut_as_mnist_does_and_attacked_at_the_papers_quarter(
    tmp_path: Path, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("DEMO_DEVICE", "cpu")
    photo, out = tmp_path / "three.png", tmp_path / "attacked.png"
    digit = digits.embedded()[0][1505]
    photo.write_bytes(pictures.to_png(255 - np.kron(digit, np.ones((8, 8), np.uint8))))
    name = models.offered("digits")[0].name

    def facts_of(*words: str) -> dict[str, Any]:
        assert command_line.main(["attack", *words, "--model", name, "--json"]) == 0
        facts: dict[str, Any] = json.loads(capsys.readouterr().out)
        return facts

    facts = facts_of(str(photo), "--curve", "--out", str(out))
    assert (facts["epsilon"], facts["clean"]["class"]) == (0.25, "3")
    assert facts["largest_stop"] == 0.5 and facts["adversarial"]["class"] != "3"
    assert pictures.from_bytes(out.read_bytes()).size == (28, 28)
    again = facts_of(str(out), "--epsilon", "0")["clean"]
    assert again["class"] == facts["saved"]["class"]
    assert again["confidence"] == pytest.approx(facts["saved"]["confidence"], abs=1e-6)
    assert facts_of(str(photo), "--steps", "10")["adversarial"]["class"] != "3"


def shell(
    *words: str | bytes, stdin: bytes = b"", **variables: str
) -> subprocess.CompletedProcess[bytes]:
    """The attack command as a shell starts it, on a network for digits."""
    return subprocess.run(
        [sys.executable, "-m", "demo", "attack", *words, "--model", "softmax"],
        check=False, capture_output=True, input=stdin, cwd=models.ASSETS.parent,
        env=os.environ | variables,
    )  # fmt: skip


@pytest.fixture
def digit() -> bytes:
    """A three as a PNG."""
    return pictures.to_png(digits.embedded()[0][1505])


@pytest.mark.slow
@pytest.mark.skipif(sys.platform != "linux", reason="other file systems know no such names")
def test_a_file_name_that_is_not_utf_8_is_reported(tmp_path: Path, digit: bytes) -> None:
    photo = os.fsencode(tmp_path) + b"/caf\xe9.png"
    Path(os.fsdecode(photo)).write_bytes(digit)
    for more in ([], ["--json"]):
        done = shell(photo, *more, PYTHONIOENCODING="utf-8")
        assert (done.returncode, done.stderr) == (0, b"")
        assert b"caf\\udce9.png" in done.stdout
    assert json.loads(done.stdout)["photo"] == os.fsdecode(photo)


@pytest.mark.parametrize("console", ["cp437", "ascii", "latin-1"])
def test_a_narrow_console_gets_every_sentence_in_its_own_characters(
    console: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    def say(_: object) -> None:
        print("“Ten steps” aren’t one: ε → 0 − 1, caf\udce9")

    written = io.BytesIO()
    monkeypatch.setattr(sys, "stdout", io.TextIOWrapper(written, encoding=console))
    monkeypatch.setattr(attack, "run", say)
    assert command_line.main(["attack", str(PANDA)]) == 0
    said = written.getvalue().decode(console)
    assert said.replace("ε", "epsilon").replace("\r", "") == (
        '"Ten steps" aren\'t one: epsilon -> 0 - 1, caf\\udce9\n'
    )


@pytest.mark.slow
@pytest.mark.parametrize("name", ["-", "/dev/stdin"])
def test_a_picture_may_come_through_a_pipe(name: str, digit: bytes) -> None:
    done = shell(name, "--json", stdin=digit)
    assert done.returncode == 0 and json.loads(done.stdout)["clean"]["class"] == "3"
    assert b"is empty" in shell(name).stderr


@pytest.mark.slow
def test_what_does_not_end_is_not_read_to_its_end() -> None:
    done = shell("/dev/zero")
    assert done.returncode == 2 and b"more than 10 MB" in done.stderr


@pytest.mark.slow
def test_where_nobody_reads_it_ends_without_a_word(tmp_path: Path, digit: bytes) -> None:
    (tmp_path / "three.png").write_bytes(digit)
    reader, writer = os.pipe()
    os.close(reader)
    words = [sys.executable, "-m", "demo", "attack", str(tmp_path / "three.png")]
    done = subprocess.run(
        [*words, "--model", "softmax"], check=False, stdout=writer, stderr=subprocess.PIPE,
        cwd=models.ASSETS.parent,
    )  # fmt: skip
    os.close(writer)
    assert (done.returncode, done.stderr) == (141, b"")
