"""A PNG chunk by chunk: what its pixels need, and what it says of its colours.

Everything else is left out before Pillow reads the file: it would refuse a picture for a comment
that is long or whose checksum is wrong. Source: the PNG specification, third edition.
"""

import contextlib
import struct
import zlib
from collections.abc import Iterator

from demo.data.decoding import colour

SIGNATURE = b"\x89PNG\r\n\x1a\n"
FOR_THE_PIXELS = (b"tRNS", b"eXIf")
"""Of the chunks that a reader may leave out: transparency, and EXIF with the orientation."""
LARGEST_PROFILE = 16 * 2**20

Chunks = dict[bytes, bytes]


def is_one(data: bytes) -> bool:
    """Whether it begins as a PNG does."""
    return data.startswith(SIGNATURE)


def taken_apart(data: bytes) -> tuple[bytes, Chunks]:
    """The file without what its pixels do not need; and the optional chunks before the pixels.

    A chunk with a wrong checksum is left out where it is optional, and stays where it is not.
    """
    kept, found = [SIGNATURE], Chunks()
    for name, start, end in _chunks(data):
        if not name[0] & 0x20:  # a capital: no reader can do without it
            kept.append(data[start:end])
        elif zlib.crc32(data[start + 4 : end - 4]) == int.from_bytes(data[end - 4 : end]):
            if name in FOR_THE_PIXELS:
                kept.append(data[start:end])
            found.setdefault(name, data[start + 8 : end - 4])
    return b"".join(kept), found


def _chunks(data: bytes) -> Iterator[tuple[bytes, int, int]]:
    """Each chunk's name, and where it begins and ends; the last may be cut short."""
    start = len(SIGNATURE)
    while start + 8 <= len(data):
        length, name = struct.unpack_from(">I4s", data, start)
        end = start + 12 + length
        yield name, start, end
        start = end


def profile(chunks: Chunks) -> tuple[bytes | None, bool]:
    """The ICC profile of the colours, None for sRGB; and whether it is one made here, for RGB.

    The first of cICP, iCCP, sRGB and gAMA with cHRM that can be read counts.
    """
    code_points = chunks.get(b"cICP", b"")
    if len(code_points) == 4 and code_points[2:] == b"\0\1":  # RGB, full range
        return colour.of_code_points(code_points[0], code_points[1], still=False), True
    with contextlib.suppress(zlib.error, IndexError):
        if b"iCCP" in chunks:
            packed = chunks[b"iCCP"].split(b"\0", 1)[1][1:]
            return zlib.decompressobj().decompress(packed, LARGEST_PROFILE), False
    if b"sRGB" in chunks:
        return None, False
    with contextlib.suppress(struct.error, ValueError):
        (gamma,) = struct.unpack(">I", chunks.get(b"gAMA", b""))
        return colour.of_gamma(gamma / 1e5, _primaries(chunks)), True
    return None, False


def _primaries(chunks: Chunks) -> colour.Primaries | None:
    if b"cHRM" not in chunks:
        return None
    numbers = [number / 1e5 for number in struct.unpack(">8I", chunks[b"cHRM"])]
    white, red, green, blue = zip(numbers[::2], numbers[1::2], strict=True)
    return white, red, green, blue


def share(data: bytes) -> float | None:
    """The share of the pixels that is there, 0 to 1, where the file ends before its last one."""
    chunks = list(_chunks(data))
    if chunks and chunks[-1][0] == b"IEND":
        return None
    width, height, depth, kind = struct.unpack_from(">IIBB", data, 16)
    row = 1 + -(-width * depth * {0: 1, 2: 3, 3: 1, 4: 2, 6: 4}.get(kind, 1) // 8)
    unpacker, length = zlib.decompressobj(), 0
    with contextlib.suppress(zlib.error):
        for name, start, end in chunks:
            if name == b"IDAT":
                for piece in range(start + 8, min(end - 4, len(data)), 1 << 16):
                    length += len(
                        unpacker.decompress(data[piece : min(piece + (1 << 16), end - 4)])
                    )
    return min(length / (row * height), 1.0) if row * height else None
