"""A JPEG whose last bytes are missing: is every pixel there, and if not, where does it end?

The mark at the end says nothing about the pixels, and browsers do without it. Whether anything of
the picture hangs on what is missing is asked by putting different bits there.
Source: ITU-T T.81, annex B.
"""

import math
import re
import zlib
from io import BytesIO

from PIL import Image

END = b"\xff\xd9"
MARKER = re.compile(rb"\xff+[^\0\xd0-\xd7\xff]")
"""Anything but a stuffed byte and a restart: within a scan, its end."""
INSTEAD = (64 * b"\0", 64 * b"\xaa")
"""Bits that begin with 0, and with 1, and go on differently."""
SCAN, PROGRESSIVE = 0xDA, 0xC2
STRIP = 1 << 18


def ended(data: bytes) -> tuple[bytes, float | None]:
    """The file with its end; and the share of its rows that are there, None where all are.

    The share is nan where there is none, or none is final before the last pass of many.
    """
    if _has_an_end(data):
        return data, None
    bare = data.rstrip(b"\xff")
    try:
        one, other = (_rows(bare + bits + END) for bits in INSTEAD)
    except (OSError, SyntaxError, ValueError):  # it ends before the first pixel
        return data, math.nan
    same = next((i for i, (a, b) in enumerate(zip(one, other, strict=True)) if a != b), len(one))
    if same == len(one) and _finest(bare):
        return bare + END, None
    return data, same / len(one) if _sequential(bare) else math.nan


def _has_an_end(data: bytes) -> bool:
    if data.rstrip(b"\0\r\n").endswith(END):
        return True
    return any(kind == END[1] for kind, _ in _segments(data))


def _segments(data: bytes) -> list[tuple[int, bytes]]:
    """Each marker's kind and, where it has one, its segment."""
    found, place = [], 2
    while (marker := MARKER.search(data, place)) is not None:
        kind, place = marker[0][-1], marker.end()
        length = 0 if kind in (0x01, 0xD8, END[1]) else int.from_bytes(data[place : place + 2])
        found.append((kind, data[place + 2 : place + length]))
        if kind == END[1]:
            break
        place += length
    return found


def _sequential(data: bytes) -> bool:
    return PROGRESSIVE not in [kind for kind, _ in _segments(data)]


def _finest(data: bytes) -> bool:
    """Whether a progressive file has all its passes: each coefficient to its last bit."""
    if _sequential(data):
        return True
    segments = _segments(data)
    frame = next(body for kind, body in segments if kind == PROGRESSIVE)
    left = {(frame[6 + 3 * i], k) for i in range(frame[5]) for k in range(64)}
    for kind, body in segments:
        if kind == SCAN and len(body) > 3 and not body[-1] & 15:
            components = body[1 : 1 + 2 * body[0] : 2]
            left -= {(c, k) for c in components for k in range(body[-3], body[-2] + 1)}
    return not left


def _rows(data: bytes) -> list[int]:
    """A checksum of each row of the pixels."""
    with Image.open(BytesIO(data), formats=("JPEG",)) as file:
        rows, length = max(1, STRIP // file.width), file.width * len(file.getbands())
        sums = []
        for top in range(0, file.height, rows):
            strip = file.crop((0, top, file.width, min(top + rows, file.height))).tobytes()
            sums += [zlib.crc32(strip[i : i + length]) for i in range(0, len(strip), length)]
        return sums
