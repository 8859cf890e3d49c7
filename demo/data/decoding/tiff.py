"""The kinds of TIFF that Pillow reads wrongly, or not at all: put right, or named in a sentence."""

import contextlib
import struct
from io import BytesIO
from typing import Any

from PIL import TiffImagePlugin

BITS, COMPRESSION, PHOTOMETRIC, SAMPLES = 258, 259, 262, 277
STRIPS, LENGTHS, PLANAR, EXTRA, FORMAT = 273, 279, 284, 338, 339
COLOURS = {
    0: "grey (0 is white)", 1: "grey", 2: "RGB", 3: "palette", 4: "mask", 5: "CMYK", 6: "YCbCr",
    8: "Lab", 9: "ICC Lab", 10: "ITU Lab", 32803: "raw camera", 34892: "raw camera",
    32844: "LogL", 32845: "LogLuv",
}  # fmt: skip
CHANNELS = {2: 3, 5: 4, 6: 3, 8: 3, 9: 3, 10: 3, 32845: 3, 34892: 3}
NUMBERS = {2: " signed", 3: " floating-point", 5: " complex", 6: " complex"}
SIGNED, FLOATING = 2, 3

Tags = Any


class NotRead(ValueError):
    """A sound TIFF of a kind that is not read here; the sentence names it."""


def is_one(data: bytes) -> bool:
    """Whether it begins as a TIFF does."""
    return data[:4] in (b"II*\0", b"MM\0*", b"II+\0", b"MM\0+")


def is_unusual(tags: Tags) -> bool:
    """Whether it is of another kind than those that every program reads, and that has a name."""
    photometric, bits = tags.get(PHOTOMETRIC), max(tags.get(BITS, (1,)))
    usual = photometric in (0, 1, 2, 3, 5, 6) and bits <= 8 and _format(tags) == 1
    usual = usual and tags.get(SAMPLES, 1) == CHANNELS.get(photometric, 1)
    return photometric in COLOURS and bits <= 64 and not usual


def tags_of(data: bytes) -> Tags | None:
    """The first directory of the file; None where it has none, or a broken one."""
    with contextlib.suppress(Exception):
        file = BytesIO(data)
        head = file.read(16 if b"+" in data[2:4] else 8)
        tags = TiffImagePlugin.ImageFileDirectory_v2(head)
        file.seek(tags.next)
        tags.load(file)
        return tags
    return None


def kind(tags: Tags) -> str:
    """In words: "16-bit signed grey with alpha", "8-bit RGB, each channel apart"."""
    photometric = tags.get(PHOTOMETRIC, 1)
    colours = COLOURS.get(photometric, f"unknown (photometric {photometric})")
    beyond = tags.get(SAMPLES, 1) - CHANNELS.get(photometric, 1)
    words = f"{max(tags.get(BITS, (1,)))}-bit{NUMBERS.get(_format(tags), '')} {colours}"
    words += " with alpha" if beyond == 1 else " with more channels" if beyond > 1 else ""
    return words + (", each channel apart" if tags.get(PLANAR) == 2 else "")


def not_read(tags: Tags) -> str:
    """The sentence that names the kind."""
    return f"This TIFF holds {kind(tags)}, which is not read here: export it as 8-bit RGB."


def corrected(file: TiffImagePlugin.TiffImageFile) -> None:
    """Let an opened TIFF be read rightly. Raises `NotRead` where it cannot be.

    Pillow takes channels of 16 bits that lie apart for 8 bits, signed numbers for unsigned ones,
    and swaps the bytes of what libtiff has swapped already.
    """
    tags: Tags = file.tag_v2
    bits, by_libtiff = max(tags.get(BITS, (1,))), tags.get(COMPRESSION, 1) not in (1, 32773)
    apart = tags.get(PLANAR) == 2 and tags.get(SAMPLES, 1) > 1
    premultiplied = any(extra < 2 for extra in tags.get(EXTRA, ()))
    if (
        (_format(tags) == SIGNED and bits < 32)
        or (bits == 32 and by_libtiff and tags.prefix == b"MM")
        or (apart and not by_libtiff and premultiplied)
    ):
        raise NotRead(not_read(tags))
    if apart and bits == 16 and not by_libtiff:
        for i, tile in enumerate(file.tile):
            assert isinstance(tile.args, tuple)
            mode = f"{tile.args[0]};16{'B' if tags.prefix == b'MM' else 'L'}"
            file.tile[i] = tile._replace(args=(mode, *tile.args[1:]))


def _format(tags: Tags) -> int:
    return int(max(tags.get(FORMAT, (1,))))


def white(tags: Tags) -> float | None:
    """What a deep grey calls white: 65535, or 4095 for 12 bits; None where the numbers say it."""
    bits = max(tags.get(BITS, (1,)))
    return 2.0**bits - 1 if bits <= 16 else None


def unsigned(tags: Tags) -> bool:
    """Whether a deep grey has numbers of 32 bits without a sign."""
    return _format(tags) not in (SIGNED, FLOATING) and max(tags.get(BITS, (1,))) == 32


def share(data: bytes) -> float | None:
    """The share of the file that is there, 0 to 1; None where its directory and pixels all are."""
    order, big = ">" if data.startswith(b"MM") else "<", b"+" in data[2:4]
    (end,) = struct.unpack_from(order + ("Q" if big else "I"), data, 8 if big else 4)
    if end < len(data):
        (entries,) = struct.unpack_from(order + ("Q" if big else "H"), data, end)
        end += 16 + 20 * entries if big else 6 + 12 * entries
    tags = tags_of(data) or {}
    pieces = zip(tags.get(STRIPS, ()), tags.get(LENGTHS, ()), strict=False)
    end = max(end, *(start + length for start, length in pieces), 1)
    return len(data) / end if end > len(data) else None
