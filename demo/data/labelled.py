"""Images with their labels: digits or photographs."""

from collections.abc import Iterator
from dataclasses import dataclass

import torch
from torch import Tensor


@dataclass(frozen=True)
class Labelled:
    """images: (N, C, H, W) float32 in [0, 1].  labels: (N,) int64."""

    images: Tensor
    labels: Tensor

    def __len__(self) -> int:
        return len(self.labels)

    def __getitem__(self, chosen: slice | Tensor) -> "Labelled":
        return Labelled(self.images[chosen], self.labels[chosen])

    def pieces(self, size: int) -> "Iterator[Labelled]":
        """So many at a time."""
        return (self[start : start + size] for start in range(0, len(self), size))

    def only(self, classes: tuple[int, ...]) -> "Labelled":
        """The images of these classes, their labels counted from 0 in that order."""
        index = torch.tensor(classes, device=self.labels.device)
        matches = self.labels[:, None] == index[None]
        kept = matches.any(dim=1)
        return Labelled(self.images[kept], matches[kept].int().argmax(dim=1))

    def to(self, device: torch.device) -> "Labelled":
        """The same on that device."""
        return Labelled(self.images.to(device), self.labels.to(device))
