"""Photographs decoded once and held on the device that trains, which cuts its crops itself.

A GPU takes thousands of crops a second, more than processors decode.
"""

import io
import math
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

import torch
import torch.nn.functional as F
from PIL import Image
from torch import Tensor
from torch.utils.data import DataLoader, Dataset
from torchvision.transforms.functional import pil_to_tensor

from demo import device
from demo.data.photographs import Drawn, Photographs

SIDE = 144
"""Of the square that each picture is held as; training sets hold little more."""

LARGEST_SHARE = 0.5
"""Of the device's memory that the pictures may take."""


@dataclass(frozen=True)
class Held:
    """pixels: (N, 3, SIDE, SIDE) uint8.  shapes: (N,) width over height.  labels: (N,), or -1."""

    pixels: Tensor
    shapes: Tensor
    labels: Tensor

    def __len__(self) -> int:
        return len(self.labels)


def fits(some: Photographs, where: torch.device) -> bool:
    """Whether the device is a GPU with room for all of them."""
    if where.type != "cuda":
        return False
    room = LARGEST_SHARE * torch.cuda.get_device_properties(where).total_memory
    return len(some) * 3 * SIDE**2 <= room


def decoded(some: Photographs, where: torch.device, workers: int = 1) -> Held:
    """All of them on the device `where`; `workers` processes decode."""
    pixels = torch.empty((len(some), 3, SIDE, SIDE), dtype=torch.uint8, device=where)
    shapes = torch.empty(len(some), device=where)
    loader: Any = DataLoader(_Squares(some), batch_size=256, num_workers=workers)
    start = 0
    for squares, wide in loader:
        pixels[start : start + len(wide)] = squares.to(where)
        shapes[start : start + len(wide)] = wide.to(where, torch.float32)
        start += len(wide)
    labels = torch.tensor([some[index][1] for index in range(len(some))], device=where)
    return Held(pixels, shapes, labels)


@dataclass(frozen=True)
class _Squares(Dataset[tuple[Tensor, float]]):
    some: Photographs

    def __len__(self) -> int:
        return len(self.some)

    def __getitem__(self, index: int) -> tuple[Tensor, float]:
        with Image.open(io.BytesIO(self.some[index][0])) as opened:
            opened.draft("RGB", (SIDE, SIDE))
            picture = opened.convert("RGB")
        square = picture.resize((SIDE, SIDE), Image.Resampling.BICUBIC)
        return pil_to_tensor(square), picture.width / picture.height


@dataclass(frozen=True)
class HeldCrops(Drawn):
    """`Batches` of random-resized, mirrored crops, cut where the pictures are held.

    Their size is asked before each batch.
    """

    held: Held

    @property
    def device(self) -> torch.device:
        """That of the pictures."""
        return self.held.pixels.device

    def epoch(self, generator: torch.Generator) -> Iterator[tuple[Tensor, Tensor]]:
        """(images (n, 3, S, S), their labels or -1 (n,)), n this rank's part of the batch."""
        order = self.order(len(self.held), generator)
        for start in range(0, self.steps * self.batch, self.batch):
            some = order[start : start + self.batch]
            boxes = random_boxes(self.held.shapes[some], self.scale, generator)
            mine = slice(self.rank, None, self.ranks)
            yield (
                cut(self.held.pixels[some[mine]], boxes[mine], self.size()),
                self.held.labels[some[mine]],
            )


def random_boxes(shapes: Tensor, scale: tuple[float, float], generator: torch.Generator) -> Tensor:
    """Of each picture a part: `scale` of its area, 3/4 to 4/3 as wide as high, mirrored or not.

    shapes: (N,) width over height -> affine maps (N, 2, 3) of the square [-1, 1]^2 into the
    picture's; a part that is wider or higher than the picture is cut to it.
    """
    draws = torch.rand(5, len(shapes), generator=generator, device=shapes.device)
    area = shapes * (scale[0] + (scale[1] - scale[0]) * draws[0])
    ratio = torch.exp(math.log(4 / 3) * (2 * draws[1] - 1))
    wide = ((area * ratio).sqrt() / shapes).clamp_max(1)
    high = (area / ratio).sqrt().clamp_max(1)
    mirrored = 1 - 2 * (draws[4] < 0.5).float()
    maps = torch.zeros(len(shapes), 2, 3, device=shapes.device)
    maps[:, 0, 0], maps[:, 1, 1] = wide * mirrored, high
    maps[:, 0, 2], maps[:, 1, 2] = (1 - wide) * (2 * draws[2] - 1), (1 - high) * (2 * draws[3] - 1)
    return maps


def cut(pixels: Tensor, maps: Tensor, size: int) -> Tensor:
    """pixels: (N, 3, SIDE, SIDE) uint8.  maps: (N, 2, 3) -> (N, 3, size, size) in [0, 1]."""
    grid = F.affine_grid(maps, [len(pixels), 3, size, size], align_corners=False)
    crops = F.grid_sample(pixels.float() / 255, grid, padding_mode="border", align_corners=False)
    return crops.clamp(0, 1).contiguous(memory_format=device.layout(pixels.device))
