"""A file that ends too early: at what share of itself?"""

import math
import re
import struct
from collections.abc import Callable

from demo.data.decoding import png, tiff


def share(data: bytes) -> float | None:
    """The share of the file that is there, 0 to 1; None where nothing is missing.

    Of the picture where the file does not tell its length (PNG), else of the length that it tells;
    nan where nobody can say.
    """
    for beginning, measure in _MEASURES.items():
        if re.match(beginning, data, re.DOTALL):
            try:
                return measure(data)
            except (struct.error, IndexError):  # it ends where it would tell
                return math.nan
    return None


def _of_riff(data: bytes) -> float | None:
    return _of(data, 8 + struct.unpack_from("<I", data, 4)[0])


def _of_boxes(data: bytes) -> float | None:
    """AVIF and HEIC: boxes one after the other, each with its length; 0 goes to the end."""
    start = 0
    while start < len(data):
        (length,) = struct.unpack_from(">I", data, start)
        if length == 1:
            (length,) = struct.unpack_from(">Q", data, start + 8)
        if length < 8:
            return None
        start += length
    return _of(data, start)


def _of_bmp(data: bytes) -> float | None:
    start, _, width, height, _, depth = struct.unpack_from("<IIiiHH", data, 10)
    (packed,) = struct.unpack_from("<I", data, 30)
    declared = struct.unpack_from("<I", data, 2)[0]
    return _of(data, declared if packed else start + (width * depth + 31) // 32 * 4 * abs(height))


def _of_gif(data: bytes) -> float | None:
    """A GIF tells no length at all: nan where it ends within a block."""
    try:
        place = 13 + _colours(data[10])
        while data[place] != 0x3B:
            if data[place] == 0x2C:
                place += 11 + _colours(data[place + 9])
            else:
                place += 2
            while data[place]:
                place += 1 + data[place]
            place += 1
    except IndexError:
        return math.nan
    return None


def _colours(flags: int) -> int:
    """Bytes of a table of colours."""
    return 3 << (flags & 7) + 1 if flags & 0x80 else 0


def _of(data: bytes, length: int) -> float | None:
    return len(data) / length if length > len(data) else None


_MEASURES: dict[bytes, Callable[[bytes], float | None]] = {
    rb"\x89PNG": png.share, rb"II|MM": tiff.share, rb"RIFF": _of_riff, rb"....ftyp": _of_boxes,
    rb"BM": _of_bmp, rb"GIF": _of_gif,
    rb"\xff\xd8": lambda data: None if b"\xff\xda" in data else math.nan,
}  # fmt: skip
"""How a file begins -> what measures it; a JPEG that has pixels is measured by `jpeg`."""
