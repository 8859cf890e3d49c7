"""Photographs by the thousand, for training and measuring: tar archives or a folder of folders.

Archives hold pictures named `<number>_<ImageNet index>.<ending>`; a folder is laid out as
ImageNet is, one folder for each class, in the order of the classes (`ImageFolder`).
"""

import io
import itertools
import tarfile
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Protocol

import torch
from PIL import Image
from torch import Tensor
from torch.utils.data import DataLoader, Dataset
from torchvision import datasets
from torchvision.transforms import RandomResizedCrop
from torchvision.transforms.functional import pil_to_tensor

from demo import device
from demo.data import pictures
from demo.data.labelled import Labelled

ENDINGS = (".jpg", ".jpeg", ".png", ".webp")


class Photographs(Protocol):
    """Files of pictures, each with its class, -1 where it has none."""

    def __len__(self) -> int:
        """How many."""

    def file(self, index: int) -> tuple[bytes, int]:
        """The bytes of one, and its class."""


class Archives:
    """The pictures of some tar archives, held in memory as they are on the disk."""

    def __init__(self, archives: Sequence[Path]) -> None:
        self._files = [pair for archive in archives for pair in in_archive(archive)]

    def __len__(self) -> int:
        return len(self._files)

    def file(self, index: int) -> tuple[bytes, int]:
        """The bytes of one, and its class."""
        return self._files[index]


class Folder:
    """ImageNet as a folder of folders; only names are held in memory."""

    def __init__(self, root: Path) -> None:
        self._files: list[tuple[str, int]] = datasets.ImageFolder(str(root)).samples

    def __len__(self) -> int:
        return len(self._files)

    def file(self, index: int) -> tuple[bytes, int]:
        """The bytes of one, and its class."""
        path, label = self._files[index]
        return Path(path).read_bytes(), label


@dataclass(frozen=True)
class Subset:
    """Some of them. indices: their numbers among the whole."""

    whole: Photographs
    indices: Sequence[int]

    def __len__(self) -> int:
        return len(self.indices)

    def file(self, index: int) -> tuple[bytes, int]:
        """The bytes of one, and its class."""
        return self.whole.file(self.indices[index])


def in_archive(archive: Path, at_most: int | None = None) -> Iterator[tuple[bytes, int]]:
    """The pictures of a tar archive in its order, with their class or -1."""
    with tarfile.open(archive) as tar:
        members = (m for m in tar if m.isfile() and Path(m.name).suffix.lower() in ENDINGS)
        for member in itertools.islice(members, at_most):
            file = tar.extractfile(member)
            assert file is not None  # it is a file
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
        whole: Photographs = Archives(archives)
        check = check or data / "check.tar"
    else:
        whole = _folder(data / "train" if (data / "train").is_dir() else data)
        val = data / "val"
        check = check or (val if val.is_dir() else None)
    if check is None:
        kept = range(0, len(whole), max(len(whole) // checked, 2))
        rest = [i for i in range(len(whole)) if i not in kept]
        return Subset(whole, rest), measured_on(Subset(whole, kept))
    if not check.exists():
        raise ValueError(f"There is no {check}: --check names labelled photographs to measure on.")
    if check.is_file():
        return whole, measured_on(Archives([check]))
    folder = _folder(check)
    return whole, measured_on(Subset(folder, range(0, len(folder), -(-len(folder) // checked))))


def _folder(root: Path) -> Folder:
    try:
        return Folder(root)
    except (FileNotFoundError, NotADirectoryError) as error:
        raise ValueError(
            f"{root} holds neither train-*.tar nor one folder of pictures for each class."
        ) from error


def measured_on(some: Photographs, size: int = 224) -> Labelled:
    """The labelled ones in the app's geometry: shorter side resized, central crop, 8-bit pixels."""
    images, labels = [], []
    for index in range(len(some)):
        data, known = some.file(index)
        if known >= 0:
            pixels = pictures.at_network_size(pictures.from_bytes(data), size)
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
        with Image.open(io.BytesIO(self.some.file(index)[0])) as opened:
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


@dataclass(frozen=True)
class Crops:
    """`Batches` of random-resized, mirrored crops, decoded in other processes.

    size: gives the side in pixels, asked at each epoch.  images: in one epoch, drawn without
    repetition (as many times over as it takes).  batch: over all ranks together; this process
    gets the slice of its `rank`.  scale: share of the picture's area that a crop takes.
    """

    some: Photographs
    device: torch.device
    images: int
    batch: int = 48
    size: Callable[[], int] = lambda: 128
    scale: tuple[float, float] = (0.35, 1.0)
    workers: int = 1
    rank: int = 0
    ranks: int = 1
    dtype: torch.dtype = torch.float32

    @property
    def steps(self) -> int:
        """Batches in one epoch; what is left over is left out."""
        return self.images // self.batch

    def epoch(self, generator: torch.Generator) -> Iterator[tuple[Tensor, Tensor]]:
        """(images (n, 3, S, S), their labels or -1 (n,)), n this rank's part of the batch."""
        drawn = torch.Generator().manual_seed(generator.initial_seed())
        rounds = -(-self.images // len(self.some))
        order = torch.cat([torch.randperm(len(self.some), generator=drawn) for _ in range(rounds)])
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
            yield last, torch.tensor([self.some.file(index)[1] for index, _ in numbers])
