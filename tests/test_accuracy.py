"""`accuracy`: the count, and the figure that the embedded model's card states."""

import io
import os
import tarfile
from pathlib import Path

import pytest
import torch
from PIL import Image
from torch import Tensor

from demo import models
from demo.experiments.adversarial_training import accuracy

ROOT = Path(__file__).parent.parent
DATA = Path(os.environ.get("DEMO_DATA", ROOT.parent / "shared" / "data"))


def archive(folder: Path, *names: str) -> Path:
    """A tar of white PNGs under the names given."""
    buffer = io.BytesIO()
    Image.new("RGB", (8, 8), "white").save(buffer, "PNG")
    path = folder / "photographs.tar"
    with tarfile.open(path, "w") as tar:
        for name in names:
            entry = tarfile.TarInfo(name)
            entry.size = len(buffer.getvalue())
            tar.addfile(entry, io.BytesIO(buffer.getvalue()))
    return path


def always_two(images: Tensor) -> Tensor:
    return torch.tensor([[0.0, 0.0, 1.0]])


def test_right_answers_are_counted_on_labelled_photographs_only(tmp_path: Path) -> None:
    path = archive(tmp_path, "a/0_2.png", "a/1_1.png", "a/2_-1.png", "a/3_2.png", "a/readme.png")
    result = accuracy.run(always_two, accuracy.photographs(path), 8)
    assert result == accuracy.Result(right=2, photographs=3)
    assert result.share == 2 / 3


def test_as_many_are_read_as_were_asked_for(tmp_path: Path) -> None:
    path = archive(tmp_path, "0_2.png", "1_1.png", "2_2.png")
    assert [label for _, label in accuracy.photographs(path, at_most=2)] == [2, 1]


def test_no_photograph_is_no_accuracy(tmp_path: Path) -> None:
    with pytest.raises(ValueError, match="no labelled photograph"):
        accuracy.run(always_two, accuracy.photographs(archive(tmp_path, "0_-1.png")), 8)


@pytest.mark.slow
def test_the_stated_accuracy_is_borne_out_by_the_first_hundred_photographs() -> None:
    """95 of the first 100 are right, 449 of all 500; the card states the latter."""
    photographs = DATA / "imagenet-pool" / "check.tar"
    if not photographs.is_file():
        pytest.skip(f"the check photographs are not here: no {photographs.name}; set DEMO_DATA")
    network = models.load("efficientnet-lite0", torch.device("cpu"))
    result = accuracy.run(network, accuracy.photographs(photographs, 100), 224)
    assert result.photographs == 100
    assert abs(result.right - 95) <= 1
    stated = models.card("efficientnet-lite0").accuracy
    assert stated is not None
    assert stated.share == 449 / 500
