"""Where a training's images come from: one epoch after the other, in batches."""

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Protocol

import torch
from torch import Tensor


class Batches(Protocol):
    """`images` images in `steps` batches make an epoch; all tensors are on `device`."""

    @property
    def images(self) -> int:
        """Images in one epoch."""

    @property
    def steps(self) -> int:
        """Batches in one epoch."""

    @property
    def device(self) -> torch.device:
        """Where the tensors are."""

    def epoch(self, generator: torch.Generator) -> Iterator[tuple[Tensor, Tensor]]:
        """Batch by batch: images (n, C, H, W) in [0, 1], targets (n, ...)."""


@dataclass(frozen=True)
class InMemory:
    """Images that are all there, in a new order each epoch.

    all_images: (N, C, H, W) in [0, 1].  labels: (N,).
    """

    all_images: Tensor
    labels: Tensor
    batch: int

    @property
    def images(self) -> int:
        """N."""
        return len(self.labels)

    @property
    def steps(self) -> int:
        """The last batch may be smaller than the others."""
        return -(-len(self.labels) // self.batch)

    @property
    def device(self) -> torch.device:
        """That of the images."""
        return self.all_images.device

    def epoch(self, generator: torch.Generator) -> Iterator[tuple[Tensor, Tensor]]:
        """Each image once."""
        order = torch.randperm(self.images, generator=generator, device=self.device)
        for chosen in torch.split(order, self.batch):
            yield self.all_images[chosen], self.labels[chosen]
