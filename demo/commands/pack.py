"""`python -m demo pack OUT.tar SOURCE...`: photographs made small, to be carried to a training.

Near copies of the photographs that accuracies are measured on are left out: training on one of
them would make the measured accuracy worth less.
"""

import argparse
import io
import tarfile
from collections.abc import Iterator
from pathlib import Path

import numpy as np
from numpy.typing import NDArray
from PIL import Image

from demo.data import photographs

NEAR = 5
"""Bits of 64 in which the difference hashes of near copies may differ."""


def run(options: argparse.Namespace) -> None:
    """Write the archive; print how many photographs are in it and how many were left out."""
    for path in [*options.sources, *options.check]:
        if not path.exists():
            raise ValueError(f"There is no {path}.")
    checks = np.array([difference_hash(p) for p, _ in opened(options.check)], dtype=np.uint64)
    kept = left_out = 0
    with tarfile.open(options.out, "w") as archive:
        for picture, label in opened(options.sources):
            if near(difference_hash(picture), checks):
                left_out += 1
                continue
            data = small(picture, options.side, options.quality)
            entry = tarfile.TarInfo(f"{kept:06d}_{-1 if options.unlabelled else label}.webp")
            entry.size = len(data)
            archive.addfile(entry, io.BytesIO(data))
            kept += 1
    print(f"{kept} photographs in {options.out}, {left_out} near copies left out")


def opened(sources: list[Path]) -> Iterator[tuple[Image.Image, int]]:
    """The photographs of all sources with their labels; what does not open is passed over."""
    for path in sources:
        some = photographs.at(path)
        for index in range(len(some)):
            data, label = some[index]
            try:
                picture = Image.open(io.BytesIO(data)).convert("RGB")
            except (OSError, ValueError):
                continue
            yield picture, label


def difference_hash(picture: Image.Image) -> np.uint64:
    """64 bits: on a grid of 8 x 8, whether it gets lighter to the right."""
    grid = np.asarray(picture.convert("L").resize((9, 8), Image.Resampling.BILINEAR))
    bits: NDArray[np.uint64] = np.packbits(grid[:, 1:] > grid[:, :-1]).view(np.uint64)
    return np.uint64(bits[0])


def near(found: np.uint64, others: NDArray[np.uint64]) -> bool:
    """Whether one of the others differs in at most `NEAR` bits."""
    return bool((np.bitwise_count(others ^ found) <= NEAR).any())


def small(picture: Image.Image, side: int, quality: int) -> bytes:
    """WebP, its shorter side at most `side` pixels."""
    share = side / min(picture.size)
    if share < 1:
        wide, high = (max(1, round(n * share)) for n in picture.size)
        picture = picture.resize((wide, high), Image.Resampling.LANCZOS)
    written = io.BytesIO()
    picture.save(written, "WEBP", quality=quality)
    return written.getvalue()
