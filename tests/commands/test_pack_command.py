"""`python -m demo pack`: small archives for training, without what is measured on."""

from pathlib import Path

import pytest
from PIL import Image

from demo.__main__ import main
from demo.commands import pack
from demo.data import photographs
from tests.data.test_photographs import archive, folder


def test_photographs_become_small_and_keep_their_labels(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    tar = archive(tmp_path / "a.tar", ["0_5.jpg", "1_-1.jpg", "2_7.jpg"])
    out = tmp_path / "train-0.tar"
    assert (
        main(["pack", str(out), str(tar), str(folder(tmp_path / "f", 2, 2)), "--side", "20"]) == 0
    )
    packed = photographs.at(out)
    assert [packed[i][1] for i in range(len(packed))] == [5, -1, 7, 0, 0, 1, 1]
    assert {picture.size for picture, _ in pack.opened([out])} == {(30, 20)}
    assert "7 photographs" in capsys.readouterr().out
    assert main(["pack", str(out), str(tar), "--unlabelled"]) == 0
    assert [label for _, label in pack.opened([out])] == [-1, -1, -1]
    assert {picture.size for picture, _ in pack.opened([out])} == {(60, 40)}  # never larger


def test_near_copies_of_what_is_measured_on_are_left_out(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    tar = archive(tmp_path / "a.tar", [f"{i}_{i}.jpg" for i in range(4)])
    check = tmp_path / "check.tar"
    assert main(["pack", str(check), str(tar), "--side", "30", "--quality", "40"]) == 0
    others = archive(tmp_path / "b.tar", [f"{i}_{i}.jpg" for i in range(6)])
    out = tmp_path / "out.tar"
    assert main(["pack", str(out), str(others), "--check", str(check)]) == 0
    assert [label for _, label in pack.opened([out])] == [4, 5]
    assert "2 photographs" in capsys.readouterr().out.splitlines()[-1]


def test_the_hash_is_of_the_picture_and_not_of_its_size() -> None:
    ramp = Image.linear_gradient("L").rotate(90)
    assert pack.difference_hash(ramp) == pack.difference_hash(ramp.resize((70, 50)))
    assert pack.difference_hash(ramp) != pack.difference_hash(ramp.rotate(180))


def test_what_is_not_there_is_one_sentence(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    assert main(["pack", str(tmp_path / "out.tar"), str(tmp_path / "none.tar")]) == 2
    assert "There is no" in capsys.readouterr().err
