"""`python -m demo train`: from MNIST's own files to weights and a card, resumable."""

import json
import struct
from pathlib import Path

import numpy as np
import pytest
from numpy.typing import NDArray

from demo.__main__ import main
from demo.data import digits
from demo.models import trained

pytestmark = pytest.mark.usefixtures("one_thread")


def write_mnist(folder: Path, train: NDArray[np.int64], test: NDArray[np.int64]) -> None:
    """These of the shipped digits, by number, as torchvision keeps MNIST in a folder."""
    raw = folder / "MNIST" / "raw"
    raw.mkdir(parents=True)
    pixels, labels = digits.embedded()
    for part, some in (("train", train), ("t10k", test)):
        head = struct.pack(">IIII", 0x803, len(some), 28, 28)
        (raw / f"{part}-images-idx3-ubyte").write_bytes(head + pixels[some].tobytes())
        head = struct.pack(">II", 0x801, len(some))
        (raw / f"{part}-labels-idx1-ubyte").write_bytes(
            head + labels[some].astype(np.uint8).tobytes()
        )


@pytest.fixture
def data(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A folder as torchvision keeps MNIST, of a few shipped digits; work goes on in `tmp_path`."""
    monkeypatch.chdir(tmp_path)
    monkeypatch.setattr(digits, "TRAINING", slice(0, 300))
    monkeypatch.setattr(digits, "VALIDATION", slice(300, 400))
    order = np.random.default_rng(0).permutation(5000)
    write_mnist(tmp_path, order[:400], order[400:500])
    return tmp_path


def train(data: Path, *words: str) -> int:
    return main(["train", *words, "--data", str(data), "--out", str(data / "out")])


def test_training_writes_weights_and_a_card_that_load(
    data: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    assert train(data, "softmax", "--epochs", "3") == 0
    card = trained.card("softmax", folder=data / "out")
    assert (card.epochs, card.test_images, card.parameters) == (3, 100, 7850)
    assert card.command == "python -m demo train softmax --epochs 3"
    assert 0.3 < card.test["without attack"] <= 1
    assert card.test["under FGSM at 0.25"] < 0.2
    assert card.test["under PGD at 0.25 (40 steps, 10 restarts)"] <= card.test["under FGSM at 0.25"]
    assert trained.load("softmax", folder=data / "out") is not None
    printed = capsys.readouterr().out
    assert "epoch   3/3" in printed and "test: without attack" in printed


def test_a_finished_training_is_not_repeated_and_a_killed_one_goes_on(
    data: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    train(data, "softmax", "--epochs", "2")
    first = trained.card("softmax", folder=data / "out").sha256
    capsys.readouterr()
    train(data, "softmax", "--epochs", "2")
    assert "going on after epoch 2 of 2" in capsys.readouterr().out
    assert trained.card("softmax", folder=data / "out").sha256 == first


def test_a_logistic_network_is_tested_on_threes_and_sevens(data: Path) -> None:
    assert train(data, "logistic", "--epochs", "2", "--seed", "4") == 0
    card = trained.card("logistic", 4, data / "out")
    assert 0 < card.test_images < 40
    assert card.command.endswith("--seed 4 --epochs 2")


@pytest.mark.parametrize(
    ("words", "sentence"),
    [
        (["mlp"], "no digit network called 'mlp'; there are conv"),
        (["softmax", "--epochs", "0"], "--epochs is 1 or more, not 0"),
        (["softmax", "--device", "abacus"], "--device must be cpu on this machine, not 'abacus'"),
    ],
)
def test_what_cannot_be_is_one_sentence_and_exit_code_2(
    data: Path, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch,
    words: list[str], sentence: str,
) -> None:  # fmt: skip
    monkeypatch.setenv("DEMO_DEVICE", "cpu")
    assert train(data, *words) == 2
    assert sentence in capsys.readouterr().err


def test_without_mnist_the_folder_and_the_option_are_named(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    assert main(["train", "softmax", "--data", str(tmp_path / "nowhere")]) == 2
    error = capsys.readouterr().err
    assert str(tmp_path / "nowhere") in error and "--data DIR" in error and "--download" in error


def test_a_damaged_checkpoint_is_refused_until_restart(
    data: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    train(data, "softmax", "--epochs", "2")
    kept = data / "trained" / "checkpoints" / "softmax.pt"
    kept.write_bytes(kept.read_bytes()[:100])
    assert train(data, "softmax", "--epochs", "2") == 2
    assert "is damaged and is left as it is: --restart" in capsys.readouterr().err
    assert train(data, "softmax", "--epochs", "2", "--restart") == 0


def test_the_same_seed_writes_the_same_file(data: Path) -> None:
    hashes = []
    for _ in range(2):
        train(data, "softmax-adversarial", "--epochs", "2", "--restart")
        path = data / "out" / "softmax-adversarial.json"
        hashes.append(json.loads(path.read_text(encoding="utf-8"))["sha256"])
    assert hashes[0] == hashes[1]


def test_measuring_again_renews_the_card_and_leaves_the_weights(
    data: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    train(data, "softmax", "--epochs", "2")
    path = data / "out" / "softmax.json"
    whole = json.loads(path.read_text())
    weights = (data / "out" / "softmax.safetensors").read_bytes()
    path.write_text(json.dumps(whole | {"test": {"without attack": 0.0}}))
    capsys.readouterr()
    assert train(data, "softmax", "--measure") == 0
    assert json.loads(path.read_text()) == whole
    assert (data / "out" / "softmax.safetensors").read_bytes() == weights
    assert "epoch" not in capsys.readouterr().out
    assert train(data, "conv", "--measure") != 0
    assert "conv is not in the folder" in capsys.readouterr().err
