"""`held_photographs`: squares that are decoded once, and crops that are cut out of them."""

from pathlib import Path

import pytest
import torch

from demo.data import held_photographs as held
from demo.data import photographs
from tests.data.test_photographs import archive


@pytest.fixture
def kept(tmp_path: Path) -> held.Held:
    path = archive(tmp_path / "train-0.tar", [f"{i}_{i - 1}.jpg" for i in range(7)])
    return held.decoded(photographs.at(path), torch.device("cpu"), workers=0)


def crops(kept: held.Held, **changed: object) -> held.HeldCrops:
    options: dict[str, object] = {"images": 12, "batch": 4, "size": lambda: 32} | changed
    return held.HeldCrops(kept, **options)  # type: ignore[arg-type]


def epoch(source: held.HeldCrops, seed: int = 3) -> tuple[torch.Tensor, torch.Tensor]:
    pairs = list(source.epoch(torch.Generator().manual_seed(seed)))
    assert len(pairs) == source.steps
    return torch.cat([images for images, _ in pairs]), torch.cat([labels for _, labels in pairs])


def test_pictures_are_squares_with_their_shape_and_label(kept: held.Held) -> None:
    assert kept.pixels.shape == (7, 3, held.SIDE, held.SIDE) and kept.pixels.dtype == torch.uint8
    torch.testing.assert_close(kept.shapes, torch.full((7,), 60 / 40))
    assert kept.labels.tolist() == [-1, 0, 1, 2, 3, 4, 5]


def test_an_epoch_is_drawn_by_its_generator(kept: held.Held) -> None:
    images, labels = epoch(crops(kept))
    assert images.shape == (12, 3, 32, 32) and 0 <= images.min() < images.max() <= 1
    assert sorted(labels[:7].tolist()) == list(range(-1, 6))  # each once before any comes again
    again, same = epoch(crops(kept))
    assert torch.equal(images, again) and torch.equal(labels, same)
    other, _ = epoch(crops(kept), seed=4)
    assert not torch.equal(images, other)


def test_ranks_share_each_batch_between_them(kept: held.Held) -> None:
    whole, _ = epoch(crops(kept))
    parts = [epoch(crops(kept, rank=rank, ranks=2))[0] for rank in (0, 1)]
    for number, batch in enumerate(whole.split(4)):
        for rank in (0, 1):
            part = parts[rank][2 * number : 2 * number + 2]
            torch.testing.assert_close(part, batch[rank::2])


def test_the_whole_picture_is_the_picture() -> None:
    pixels = torch.randint(0, 256, (2, 3, 16, 16), dtype=torch.uint8)
    whole = torch.eye(2, 3).expand(2, -1, -1)
    torch.testing.assert_close(held.cut(pixels, whole, 16), pixels / 255)
    mirrored = whole.clone()
    mirrored[:, 0, 0] = -1
    torch.testing.assert_close(held.cut(pixels, mirrored, 16), pixels.flip(3) / 255)


def test_crops_have_the_area_and_shape_that_were_asked_for_and_lie_inside() -> None:
    shapes = torch.tensor([0.6, 1.0, 1.7]).repeat(2000)
    maps = held.random_boxes(shapes, (0.35, 1.0), torch.Generator().manual_seed(0))
    wide, high = maps[:, 0, 0].abs(), maps[:, 1, 1]
    assert (wide + maps[:, 0, 2].abs() <= 1 + 1e-6).all()
    assert (high + maps[:, 1, 2].abs() <= 1 + 1e-6).all()
    inside = (wide < 1) & (high < 1)
    ratio = (wide * shapes / high)[inside]
    assert 0.75 - 1e-5 <= ratio.min() < 0.8 and 1.25 < ratio.max() <= 4 / 3 + 1e-5
    area = (wide * high)[inside]
    assert 0.35 - 1e-5 <= area.min() < 0.37 and area.max() <= 1
    mirrored = (maps[:, 0, 0] < 0).double().mean().item()
    assert 0.45 < mirrored < 0.55


def test_a_processor_holds_no_photographs_and_a_gpu_those_that_fit(
    kept: held.Held, monkeypatch: pytest.MonkeyPatch
) -> None:
    class Memory:
        total_memory = 2 * 10 * 3 * held.SIDE**2

    monkeypatch.setattr(torch.cuda, "get_device_properties", lambda device: Memory())
    some, gpu = photographs.some_of([], range(10)), torch.device("cuda")
    assert held.fits(some, gpu) and not held.fits(some, torch.device("cpu"))
    assert not held.fits(photographs.some_of([], range(11)), gpu)
