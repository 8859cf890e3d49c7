"""`photographs`: what is found, what is drawn, and that it does not depend on who decodes."""

import io
import tarfile
from pathlib import Path

import numpy as np
import pytest
import torch
from PIL import Image

from demo.data import photographs


def jpeg(seed: int, size: tuple[int, int] = (60, 40)) -> bytes:
    noise = np.random.default_rng(seed).integers(0, 256, (6, 9, 3), dtype=np.uint8)
    held = io.BytesIO()
    Image.fromarray(noise).resize(size).save(held, "JPEG")
    return held.getvalue()


def archive(path: Path, names: list[str]) -> Path:
    with tarfile.open(path, "w") as tar:
        for number, name in enumerate(names):
            data = jpeg(number)
            info = tarfile.TarInfo(name)
            info.size = len(data)
            tar.addfile(info, io.BytesIO(data))
    return path


def folder(root: Path, classes: int = 3, each: int = 4) -> Path:
    for k in range(classes):
        (root / f"n{k:03}").mkdir(parents=True)
        for i in range(each):
            (root / f"n{k:03}" / f"{i}.jpg").write_bytes(jpeg(10 * k + i))
    return root


@pytest.mark.parametrize(
    ("name", "label"),
    [("0001_281.jpg", 281), ("7_-1.jpg", -1), ("7.jpg", -1), ("a/b_3.JPEG", 3), ("x_y.png", -1)],
)
def test_the_label_is_the_number_after_the_last_underscore(name: str, label: int) -> None:
    assert photographs.label(name) == label


def test_archives_are_found_with_their_check_set(tmp_path: Path) -> None:
    archive(tmp_path / "train-0.tar", ["0_5.jpg", "1_-1.jpg", "notes.txt"])
    archive(tmp_path / "train-1.tar", ["2_7.jpg"])
    archive(tmp_path / "check.tar", ["0_1.jpg", "1_2.jpg", "2_-1.jpg"])
    whole, held_out = photographs.find(tmp_path)
    assert [whole[i][1] for i in range(len(whole))] == [5, -1, 7]
    assert held_out.images.shape == (2, 3, 224, 224) and held_out.labels.tolist() == [1, 2]
    assert held_out.images.min() >= 0 and held_out.images.max() <= 1


def test_imagenets_folders_are_found_with_val(tmp_path: Path) -> None:
    folder(tmp_path / "train")
    folder(tmp_path / "val", each=2)
    whole, held_out = photographs.find(tmp_path, checked=3)
    assert len(whole) == 12 and whole[11][1] == 2
    assert held_out.labels.tolist() == [0, 1, 2]


def test_without_a_check_set_some_pictures_are_kept_from_training(tmp_path: Path) -> None:
    whole, held_out = photographs.find(folder(tmp_path / "all"), checked=4)
    assert len(held_out) == 4 and len(whole) == 8
    assert isinstance(whole, photographs.Subset)
    assert not set(whole.indices) & {0, 3, 6, 9}


def test_a_missing_folder_or_check_set_is_one_sentence(tmp_path: Path) -> None:
    with pytest.raises(ValueError, match=r"holds neither train-\*\.tar nor one folder"):
        photographs.find(tmp_path / "nowhere")
    archive(tmp_path / "train-0.tar", ["0_5.jpg"])
    with pytest.raises(ValueError, match="--check names labelled photographs"):
        photographs.find(tmp_path)


def crops(tmp_path: Path, **changed: object) -> photographs.Crops:
    path = archive(tmp_path / "train-0.tar", [f"{i}_{i}.jpg" for i in range(7)])
    options: dict[str, object] = {
        "images": 12, "batch": 4, "size": lambda: 32, "workers": 0, "device": torch.device("cpu"),
    } | changed  # fmt: skip
    return photographs.Crops(photographs.at(path), **options)  # type: ignore[arg-type]


def epoch(source: photographs.Crops, seed: int = 3) -> tuple[torch.Tensor, torch.Tensor]:
    pairs = list(source.epoch(torch.Generator().manual_seed(seed)))
    assert len(pairs) == source.steps
    return torch.cat([images for images, _ in pairs]), torch.cat([which for _, which in pairs])


def test_an_epoch_is_drawn_by_its_generator_whoever_decodes(tmp_path: Path) -> None:
    images, which = epoch(crops(tmp_path))
    assert images.shape == (12, 3, 32, 32) and 0 <= images.min() < images.max() <= 1
    assert sorted(which[:7].tolist()) == list(range(7))  # each once before any comes again
    again, same = epoch(crops(tmp_path, workers=1))
    assert torch.equal(images, again) and torch.equal(which, same)
    other, _ = epoch(crops(tmp_path), seed=4)
    assert not torch.equal(images, other)


def test_a_picture_is_not_cropped_the_same_way_twice(tmp_path: Path) -> None:
    images, which = epoch(crops(tmp_path, images=56))
    same = images[which == which[0]]
    assert len(same) == 8
    assert len({image.sum().item() for image in same}) > 1


def test_ranks_share_each_batch_between_them(tmp_path: Path) -> None:
    whole, _ = epoch(crops(tmp_path))
    parts = [epoch(crops(tmp_path, rank=rank, ranks=2))[0] for rank in (0, 1)]
    for number, batch in enumerate(whole.split(4)):
        for rank in (0, 1):
            part = parts[rank][2 * number : 2 * number + 2]
            assert torch.equal(part, batch[rank::2])
