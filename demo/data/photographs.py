"""Photographs by the thousand, for training and measuring: tar archives or a folder of folders.

Archives hold pictures named `<number>_<ImageNet index>.<ending>`; a folder is laid out as
ImageNet is, one folder for each class, in the order of the classes (`ImageFolder`).
"""

import io
import tarfile
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Protocol

import torch
from PIL import Image
from torch import Tensor
from torch.utils.data import DataLoader, Dataset, Subset
from torchvision import datasets
from torchvision.transforms import RandomResizedCrop
from torchvision.transforms.functional import pil_to_tensor

from demo import device
from demo.data import pictures
from demo.data.labelled import Labelled

ENDINGS = (".jpg", ".jpeg", ".png", ".webp")
SIZE = 224
"""Side in pixels of the photographs that are measured on."""


class Photographs(Protocol):
    """Files of pictures, each with its class, -1 where it has none."""

    def __len__(self) -> int:
        """How many."""

    def __getitem__(self, index: int, /) -> tuple[bytes, int]:
        """The bytes of one, and its class."""


def at(path: Path) -> Photographs:
    """Those of an archive, held in memory as they are on the disk; or of a folder of folders."""
    if path.is_file():
        return list(in_archive(path))
    folder: Photographs = datasets.ImageFolder(str(path), loader=_read)
    return folder


def _read(path: str) -> bytes:
    return Path(path).read_bytes()


def some_of(whole: Photographs, numbers: Sequence[int]) -> Photographs:
    """Those of these numbers."""
    dataset: Any = whole
    return Subset(dataset, numbers)


def in_archive(archive: Path) -> Iterator[tuple[bytes, int]]:
    """The pictures of a tar archive in its order, with their class or -1."""
    with tarfile.open(archive) as tar:
        for member in tar:
            file = tar.extractfile(member)
            if file is not None and Path(member.name).suffix.lower() in ENDINGS:
                yield file.read(), label(member.name)


def label(name: str) -> int:
    """The number after the last underscore of `<number>_<ImageNet index>.<ending>`, else -1."""
    _, underscore, index = Path(name).stem.rpartition("_")
    return int(index) if underscore and index.isdecimal() else -1


def find(data: Path, check: Path | None = None, checked: int = 500) -> tuple[Photographs, Labelled]:
    """What to train on, and labelled photographs (M, 3, 224, 224) to measure on.

    data: a folder with `train-*.tar`, or ImageNet's own (with or without `train` and `val`).
    check: an archive or a folder; else `check.tar` or `val` in `data`, else every so many of the
    training pictures are kept for it. Of a folder `checked` are taken, evenly.
    Raises ValueError in one sentence where there is nothing.
    """
    archives = sorted(data.glob("train-*.tar"))
    if archives:
        whole: Photographs = [pair for archive in archives for pair in in_archive(archive)]
        check = check or data / "check.tar"
    else:
        whole = _folder(data / "train" if (data / "train").is_dir() else data)
        val = data / "val"
        check = check or (val if val.is_dir() else None)
    if check is None:
        kept = range(0, len(whole), max(len(whole) // checked, 2))
        rest = [i for i in range(len(whole)) if i not in kept]
        return some_of(whole, rest), measured_on(some_of(whole, kept))
    if not check.exists():
        raise ValueError(f"There is no {check}: --check names labelled photographs to measure on.")
    if check.is_file():
        return whole, measured_on(at(check))
    folder = _folder(check)
    return whole, measured_on(some_of(folder, range(0, len(folder), -(-len(folder) // checked))))


def _folder(root: Path) -> Photographs:
    try:
        return at(root)
    except (FileNotFoundError, NotADirectoryError) as error:
        raise ValueError(
            f"{root} holds neither train-*.tar nor one folder of pictures for each class."
        ) from error


def measured_on(some: Photographs) -> Labelled:
    """The labelled ones in the app's geometry: shorter side resized, central crop, 8-bit pixels."""
    images, labels = [], []
    for index in range(len(some)):
        data, known = some[index]
        if known >= 0:
            pixels = pictures.at_network_size(pictures.from_bytes(data), SIZE)
            images.append(pictures.to_tensor(pixels))
            labels.append(known)
    if not images:
        raise ValueError("There is no labelled photograph to measure on.")
    return Labelled(torch.cat(images), torch.tensor(labels))


@dataclass(frozen=True)
class _Crops(Dataset[Tensor]):
    """(index, seed) -> a random crop of that picture, mirrored or not: (3, S, S) uint8."""

    some: Photographs
    size: int
    scale: tuple[float, float]

    def __getitem__(self, which: tuple[int, int]) -> Tensor:
        index, seed = which
        with Image.open(io.BytesIO(self.some[index][0])) as opened:
            opened.draft("RGB", (2 * self.size, 2 * self.size))
            picture = opened.convert("RGB")
        with torch.random.fork_rng(devices=[]):
            torch.manual_seed(seed)
            top, left, high, wide = RandomResizedCrop.get_params(
                picture, list(self.scale), [3 / 4, 4 / 3]
            )
            mirrored = bool(torch.rand(()) < 0.5)
        box = (left, top, left + wide, top + high)
        square = picture.resize((self.size, self.size), Image.Resampling.BICUBIC, box=box)
        crop: Tensor = pil_to_tensor(square)
        return crop.flip(2) if mirrored else crop


@dataclass(frozen=True, kw_only=True)
class Drawn:
    """How crops are drawn in one epoch, wherever they are cut.

    images: drawn without repetition (as many times over as it takes).  batch: over all ranks
    together; this process gets the slice of its `rank`.  size: gives the side in pixels.
    scale: share of the picture's area that a crop takes.
    """

    images: int
    batch: int = 48
    size: Callable[[], int] = lambda: 128
    scale: tuple[float, float] = (0.35, 1.0)
    rank: int = 0
    ranks: int = 1

    @property
    def steps(self) -> int:
        """Batches in one epoch; what is left over is left out."""
        return self.images // self.batch

    def order(self, count: int, generator: torch.Generator) -> Tensor:
        """The numbers of an epoch's pictures, of so many: each once, then each again."""
        rounds, where = -(-self.images // count), generator.device
        drawn = [torch.randperm(count, generator=generator, device=where) for _ in range(rounds)]
        return torch.cat(drawn)


@dataclass(frozen=True)
class Crops(Drawn):
    """`Batches` of random-resized, mirrored crops, decoded in other processes.

    Their size is asked at each epoch.
    """

    some: Photographs
    device: torch.device
    workers: int = 1
    dtype: torch.dtype = torch.float32

    def epoch(self, generator: torch.Generator) -> Iterator[tuple[Tensor, Tensor]]:
        """(images (n, 3, S, S), their labels or -1 (n,)), n this rank's part of the batch."""
        drawn = torch.Generator().manual_seed(generator.initial_seed())
        order = self.order(len(self.some), drawn)
        seeds = torch.randint(2**62, (len(order),), generator=drawn)
        pairs = list(zip(order.tolist(), seeds.tolist(), strict=True))
        mine = [
            pairs[i * self.batch : (i + 1) * self.batch][self.rank :: self.ranks]
            for i in range(self.steps)
        ]
        loader: Any = DataLoader(
            _Crops(self.some, self.size(), self.scale), batch_sampler=mine,
            num_workers=self.workers, pin_memory=self.device.type == "cuda",
        )  # fmt: skip
        for crops, numbers in zip(loader, mine, strict=True):
            images = crops.to(self.device, non_blocking=True).to(self.dtype) / 255
            last = images.contiguous(memory_format=device.layout(self.device))
            yield last, torch.tensor([self.some[index][1] for index, _ in numbers])
