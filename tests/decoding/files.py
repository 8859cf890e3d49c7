"""Small files made by code, as other programs write them."""

import struct
import zlib
from io import BytesIO

import numpy as np
from PIL import Image

from demo.data.decoding import png

PATCHES = [(200, 60, 40), (40, 160, 70), (128, 128, 128), (230, 200, 60), (20, 20, 20)]
WIDE = 16


def patches() -> Image.Image:
    """Squares of five colours, side by side."""
    picture = Image.new("RGB", (WIDE * len(PATCHES), WIDE))
    for i, colour in enumerate(PATCHES):
        picture.paste(colour, (WIDE * i, 0, WIDE * (i + 1), WIDE))
    return picture


def noise(width: int, height: int) -> Image.Image:
    """Pixels of no order, always the same at that width."""
    levels = np.random.default_rng(width).integers(0, 256, (height, width, 3), dtype=np.uint8)
    return Image.fromarray(levels)


def saved(picture: Image.Image, format: str = "PNG", **options: object) -> bytes:
    """The picture's file."""
    file = BytesIO()
    picture.save(file, format, **options)
    return file.getvalue()


def chunk(name: bytes, body: bytes) -> bytes:
    """One chunk of a PNG, its checksum right."""
    crc = struct.pack(">I", zlib.crc32(name + body))
    return struct.pack(">I", len(body)) + name + body + crc


def with_chunks(*chunks: bytes, picture: Image.Image | None = None, **options: object) -> bytes:
    """A PNG with these right after its header."""
    data = saved(picture or patches(), "PNG", **options)
    after = len(png.SIGNATURE) + 25
    return data[:after] + b"".join(chunks) + data[after:]


def gamma(value: float) -> bytes:
    """A gAMA chunk."""
    return chunk(b"gAMA", struct.pack(">I", round(1e5 * value)))


def primaries(*points: tuple[float, float]) -> bytes:
    """A cHRM chunk of white, red, green, blue."""
    return chunk(b"cHRM", struct.pack(">8I", *(round(1e5 * v) for point in points for v in point)))


def code_points(colours: int, transfer: int, matrix: int = 0, full: int = 1) -> bytes:
    """A cICP chunk."""
    return chunk(b"cICP", bytes([colours, transfer, matrix, full]))


def avif(colours: int, transfer: int) -> bytes:
    """The patches as an AVIF with these code points."""
    data = bytearray(saved(patches(), "AVIF", quality=100, subsampling="4:4:4"))
    place = data.index(b"colrnclx") + 8
    data[place : place + 4] = struct.pack(">HH", colours, transfer)
    return bytes(data)


def heic(data: bytes, colours: int, transfer: int) -> bytes:
    """`tests/data/quarters.heic` with these code points: a box more, for both of its items."""
    box = struct.pack(">I4s4sHHHB", 19, b"colr", b"nclx", colours, transfer, 6, 0x80)
    boxes = data[223:406] + box
    uses = data[406:432].replace(b"\2\x81\2", b"\3\x81\2\5").replace(b"\2\2\3\x84", b"\2\3\3\x84\5")
    more = len(box) + 2
    meta = bytearray(data[28:223]) + boxes + uses + data[432:458]
    for place, kind, longer in ((0, b"meta", more), (187, b"iprp", more), (195, b"ipco", len(box)),
                                (378 + len(box), b"ipma", 2)):  # fmt: skip
        (length,) = struct.unpack_from(">I", meta, place)
        assert meta[place + 4 : place + 8] == kind
        struct.pack_into(">I", meta, place, length + longer)
    start = meta.index(struct.pack(">I", 466))
    struct.pack_into(">I", meta, start, 466 + more)
    return data[:28] + bytes(meta) + data[458:]


def tiff(
    values: np.ndarray, photometric: int, planar: int = 1, format: int | None = None,
    extra: int | None = None, deflated: bool = False, big: bool = False,
) -> bytes:  # fmt: skip
    """(H, W) or (H, W, C) in their own type: one strip, or one for each channel (planar 2).

    big: the most significant byte first.  format: 1 unsigned, 2 signed, 3 floating-point.
    """
    values = values if values.ndim == 3 else values[:, :, None]
    height, width, channels = values.shape
    order = ">" if big else "<"
    ordered = values.astype(values.dtype.newbyteorder(order))
    planes = [ordered] if planar == 1 else np.split(ordered, channels, axis=2)
    strips = [np.ascontiguousarray(plane).tobytes() for plane in planes]
    strips = [zlib.compress(strip) for strip in strips] if deflated else strips
    kind = format or {"u": 1, "i": 2, "f": 3}[values.dtype.kind]
    starts = [8 + sum(map(len, strips[:i])) for i in range(len(strips))]
    tags = {
        256: ("H", [width]), 257: ("H", [height]),
        258: ("H", [8 * values.dtype.itemsize] * channels), 259: ("H", [8 if deflated else 1]),
        262: ("H", [photometric]), 273: ("I", starts), 277: ("H", [channels]),
        278: ("H", [height]), 279: ("I", [len(strip) for strip in strips]), 284: ("H", [planar]),
        **({} if extra is None else {338: ("H", [extra])}), 339: ("H", [kind] * channels),
    }  # fmt: skip
    pixels = b"".join(strips)
    pixels += bytes(len(pixels) % 2)
    head = (b"MM\0*" if big else b"II*\0") + struct.pack(order + "I", 8 + len(pixels))
    return head + pixels + _directory(tags, order, 8 + len(pixels))


def _directory(tags: dict[int, tuple[str, list[int]]], order: str, start: int) -> bytes:
    after = start + 2 + 12 * len(tags) + 4
    table, beyond = struct.pack(order + "H", len(tags)), b""
    for tag, (code, numbers) in tags.items():
        body = struct.pack(order + code * len(numbers), *numbers)
        table += struct.pack(order + "HHI", tag, 3 if code == "H" else 4, len(numbers))
        if len(body) > 4:
            body, beyond = struct.pack(order + "I", after + len(beyond)), beyond + body
        table += body.ljust(4, b"\0")
    return table + bytes(4) + beyond
