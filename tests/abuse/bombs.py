"""Small files that ask for much: pixels, frames, profiles, EXIF, text, directories, boxes, scans.

Each is made when it is asked for, and is at most `demo.data.decoding.MAX_BYTES` long.
"""

import struct
import zlib
from collections.abc import Callable

import numpy as np
from PIL import Image, ImageCms

from demo.data.decoding import MAX_BYTES
from tests.abuse.seeds import drawn, saved

BYTES = MAX_BYTES - 4096
SIZE = (8660, 5770)
"""Just below 50 megapixels."""


def chunk(name: bytes, body: bytes) -> bytes:
    """A chunk of PNG with its length and its checksum."""
    return struct.pack(">I", len(body)) + name + body + struct.pack(">I", zlib.crc32(name + body))


def png(width: int, height: int, *chunks: bytes, depth: int = 8, colours: int = 0,
        interlaced: int = 0, pixels: bytes | None = None) -> bytes:  # fmt: skip
    """A PNG that says it has that size, with black rows unless `pixels` (deflated) are given."""
    header = struct.pack(">IIBBBBB", width, height, depth, colours, 0, 0, interlaced)
    body = zlib.compress(bytes(16)) if pixels is None else pixels
    rest = (chunk(b"IHDR", header), *chunks, chunk(b"IDAT", body), chunk(b"IEND", b""))
    return b"\x89PNG\r\n\x1a\n" + b"".join(rest)


def zeros(megabytes: int) -> bytes:
    """So many zeros, deflated to a thousandth: one flushed block again and again."""
    squeeze = zlib.compressobj(9, zlib.DEFLATED, -15)
    block = squeeze.compress(bytes(2**20)) + squeeze.flush(zlib.Z_FULL_FLUSH)
    checksum = (megabytes * 2**20 % 65521) << 16 | 1
    return b"\x78\xda" + block * megabytes + squeeze.flush() + struct.pack(">I", checksum)


def full_png(colours: int, depth: int, interlaced: int = 0) -> bytes:
    """Fifty megapixels that are all there, black."""
    values = {0: 1, 2: 3, 6: 4}[colours] * depth // 8
    megabytes = SIZE[0] * SIZE[1] * values // 2**20 + 2
    return png(*SIZE, depth=depth, colours=colours, interlaced=interlaced, pixels=zeros(megabytes))


def jpeg_of_many_scans(size: tuple[int, int]) -> bytes:
    """A progressive JPEG whose last scan, a refinement of nothing, comes until the file is full."""
    data = saved(Image.new("RGB", size, "grey"), "JPEG", progressive=True, quality=10)
    last = data[data.rindex(b"\xff\xda") : -2]
    return data[:-2] + last * ((BYTES - len(data)) // len(last)) + b"\xff\xd9"


def gif_of_frames() -> bytes:
    """As many frames as fit."""
    start = b"GIF89a" + struct.pack("<HHBBB", 500, 500, 0x80, 0, 0) + bytes(6)
    frame = b"," + struct.pack("<HHHHB", 0, 0, 1, 1, 0) + b"\2\2\x4c\1\0"
    return start + frame * (BYTES // len(frame)) + b";"


def gif_of_comments() -> bytes:
    """A comment without end before the frame."""
    block = b"\xff" + b"x" * 255
    return b"GIF89a\1\0\1\0\0\0\0!\xfe" + block * (BYTES // len(block)) + b"\0;"


def tiff(*entries: tuple[int, int, int, int], following: int = 0, order: str = "<") -> bytes:
    """A little TIFF: entries are (tag, type, count, value); `following`: the next directory."""
    start = b"II*\0" if order == "<" else b"MM\0*"
    body = b"".join(struct.pack(order + "HHII", *entry) for entry in entries)
    count = struct.pack(order + "H", len(entries))
    return start + struct.pack(order + "I", 8) + count + body + struct.pack(order + "I", following)


def grey_tiff(size: tuple[int, int], *more: tuple[int, int, int, int], following: int = 0) -> bytes:
    """A TIFF that says it has that size, of one strip that lies over its own header."""
    common = ((256, 4, 1, size[0]), (257, 4, 1, size[1]), (258, 3, 1, 8), (259, 3, 1, 1),
              (262, 3, 1, 1), (273, 4, 1, 8), (277, 3, 1, 1), (278, 4, 1, size[1]),
              (279, 4, 1, size[0] * size[1]))  # fmt: skip
    return tiff(*sorted((*common, *more)), following=following)


def tiff_of_directories() -> bytes:
    """A chain of as many directories as fit, each of one entry."""
    first = grey_tiff((4, 4))
    parts, at = [first[:-4]], len(first)
    while at < BYTES:
        parts.append(struct.pack("<I", at) + struct.pack("<HHHII", 1, 254, 4, 1, 0))
        at += 18
    return b"".join([*parts, bytes(4)])


def tiff_of_tiles() -> bytes:
    """Fifty megapixels in tiles of 16 by 16, all of them the same sixteen bytes."""
    across, down = -(-SIZE[0] // 16), -(-SIZE[1] // 16)
    tiles = across * down
    entries = ((256, 4, 1, SIZE[0]), (257, 4, 1, SIZE[1]), (258, 3, 1, 8), (259, 3, 1, 1),
               (262, 3, 1, 1), (277, 3, 1, 1), (322, 3, 1, 16), (323, 3, 1, 16),
               (324, 4, tiles, 200), (325, 4, tiles, 200 + 4 * tiles))  # fmt: skip
    places, lengths = struct.pack("<I", 8) * tiles, struct.pack("<I", 256) * tiles
    return tiff(*entries).ljust(200, b"\0") + places + lengths


def exif(body: bytes) -> dict[str, object]:
    """What to save a picture with so that it has that EXIF."""
    return {"exif": b"Exif\0\0" + body}


def looping_exif() -> bytes:
    """Directories that point at each other, and one that is its own sub-directory."""
    entries = ((0x0112, 3, 1, 6), (0x8769, 4, 1, 8), (0x8825, 4, 1, 8))
    return saved(drawn(), "JPEG", **exif(tiff(*entries, following=8)))


def jpeg_of_segments(marker: int, body: bytes) -> bytes:
    """A JPEG with the same segment until the file is full."""
    data = saved(drawn(), "JPEG")
    segment = struct.pack(">BBH", 255, marker, len(body) + 2) + body
    return data[:2] + segment * ((BYTES - len(data)) // len(segment)) + data[2:]


def jpeg_with_profile_parts() -> bytes:
    """A profile in 255 parts, all of them the first."""
    return jpeg_of_segments(0xE2, b"ICC_PROFILE\0\1\xff" + bytes(30000))


def huge_profile(tags: int) -> bytes:
    """A profile of nine megabytes, or one that says it has so many tags."""
    profile = bytearray(ImageCms.ImageCmsProfile(ImageCms.createProfile("sRGB")).tobytes())
    if tags:
        profile[128:132] = struct.pack(">I", tags)
    else:
        profile += bytes(9 * 2**20 - len(profile))
        profile[0:4] = struct.pack(">I", len(profile))
    return saved(drawn(), "TIFF", icc_profile=bytes(profile))


def box(kind: bytes, body: bytes) -> bytes:
    """A box of the formats that HEIC and AVIF are."""
    return struct.pack(">I", len(body) + 8) + kind + body


def nested_boxes(brand: bytes, kind: bytes) -> bytes:
    """Boxes in boxes, as deep as fits in 100 kB."""
    body = b""
    for _ in range(12_000):
        body = box(kind, body)
    return box(b"ftyp", brand + bytes(4) + brand) + box(b"meta", bytes(4) + body)


def lying_extent(name: str, width: int, height: int) -> bytes:
    """A HEIC or AVIF whose `ispe` says another size than its picture has."""
    from tests.abuse.seeds import seeds

    data = bytearray(seeds()[name])
    at = data.index(b"ispe") + 8
    data[at : at + 8] = struct.pack(">II", width, height)
    return bytes(data)


def many_boxes(name: str, kind: bytes) -> bytes:
    """A HEIC or AVIF with small boxes until the file is full."""
    from tests.abuse.seeds import seeds

    data = seeds()[name]
    return data + box(kind, bytes(4)) * ((BYTES - len(data)) // 12)


def bmp(width: int, height: int, compression: int, body: bytes) -> bytes:
    """A BMP of eight bits."""
    size = struct.pack("<IiiHHIIiiII", 40, width, height, 1, 8, compression, 0, 0, 0, 256, 0)
    start = 14 + len(size) + 1024
    return struct.pack("<2sIII", b"BM", start + len(body), 0, start) + size + bytes(1024) + body


def webp_of_frames() -> bytes:
    """A frame again and again."""
    frames = saved(drawn(), "WEBP", save_all=True, append_images=[drawn().rotate(90)])
    at = frames.index(b"ANMF")
    (length,) = struct.unpack("<I", frames[at + 4 : at + 8])
    one = frames[at : at + 8 + length + length % 2]
    body = frames[8:at] + one * ((BYTES - at) // len(one))
    return b"RIFF" + struct.pack("<I", len(body)) + body


TEXT = b"Comment\0"
BOMBS: dict[str, Callable[[], bytes]] = {
    "pixels: PNG that says 100 megapixels": lambda: png(10_000, 10_000),
    "pixels: PNG that says 2 ** 62": lambda: png(2**31 - 1, 2**31 - 1),
    "pixels: GIF of 65,535 squared": lambda: gif_of_frames().replace(
        struct.pack("<HH", 500, 500), struct.pack("<HH", 65535, 65535), 1),
    "pixels: 50 megapixels of one bit": lambda: saved(Image.new("1", SIZE), "PNG"),
    "pixels: 50 megapixels of alpha": lambda: full_png(6, 8),
    "pixels: 50 megapixels of 16 bits and alpha": lambda: full_png(6, 16),
    "pixels: 50 megapixels, interlaced": lambda: full_png(2, 8, interlaced=1),
    "pixels: 50 megapixels of 16-bit grey": lambda: full_png(0, 16),
    "pixels: GIF of 49 megapixels": lambda: saved(Image.new("P", (7000, 7000)), "GIF"),
    "pixels: JPEG of 50 megapixels": lambda: saved(
        Image.new("RGB", SIZE), "JPEG", progressive=True, subsampling=0),
    "pixels: JPEG 65,500 wide": lambda: saved(Image.new("L", (65_500, 760)), "JPEG"),
    "pixels: WebP of 50 megapixels": lambda: saved(Image.new("RGB", SIZE), "WEBP", method=0),
    "pixels: AVIF of 50 megapixels": lambda: saved(Image.new("RGB", SIZE), "AVIF", speed=10),
    "pixels: TIFF of 50 megapixels of fractions": lambda: saved(
        Image.fromarray(np.zeros(SIZE, np.float32)), "TIFF", compression="tiff_adobe_deflate"),
    "pixels: BMP that says 2 ** 62": lambda: bmp(2**31 - 1, -(2**31) + 1, 0, b""),
    "pixels: BMP of runs": lambda: bmp(7000, 7000, 1, b"\xff\1" * 200_000 + b"\0\1"),
    "pixels: BMP of jumps": lambda: bmp(7000, 7000, 1, b"\0\2\xff\xff" * (BYTES // 4)),
    "pixels: TIFF of 65,535 squared": lambda: grey_tiff((65535, 65535)),
    "pixels: TIFF whose strip is its header": lambda: grey_tiff(SIZE),
    "pixels: TIFF of 200,000 tiles": tiff_of_tiles,
    "pixels: HEIC that says 65,535 squared": lambda: lying_extent("heic", 65535, 65535),
    "pixels: HEIC that says 7,000 squared": lambda: lying_extent("heic", 7000, 7000),
    "pixels: AVIF that says 65,535 squared": lambda: lying_extent("avif", 65535, 65535),
    "scans: JPEG of 1 megapixel": lambda: jpeg_of_many_scans((1000, 1000)),
    "scans: JPEG of 50 megapixels": lambda: jpeg_of_many_scans(SIZE),
    "frames: GIF of 700,000": gif_of_frames,
    "frames: WebP of thousands": webp_of_frames,
    "frames: PNG that says 2 ** 31": lambda: png(
        4, 1, chunk(b"acTL", struct.pack(">II", 2**31 - 1, 0))),
    "frames: TIFF of 500,000 directories": tiff_of_directories,
    "frames: TIFF whose next directory is itself": lambda: grey_tiff((4, 4), following=8),
    "profile: PNG with a gigabyte deflated": lambda: png(
        16, 1, chunk(b"iCCP", b"x\0\0" + zeros(1000))),
    "profile: 9 megabytes": lambda: huge_profile(0),
    "profile: of 2 ** 31 tags": lambda: huge_profile(2**31),
    "profile: JPEG with the first part 349 times": jpeg_with_profile_parts,
    "EXIF: directories in a ring": looping_exif,
    "EXIF: 5,000 entries": lambda: saved(
        drawn(), "JPEG", **exif(tiff(*((i, 4, 1, i) for i in range(5000))))),
    "EXIF: a count of 2 ** 31": lambda: saved(
        drawn(), "JPEG", **exif(tiff((0x0112, 3, 2**31, 8), (0x010E, 2, 2**31 - 1, 8)))),
    "EXIF: a JPEG full of it": lambda: jpeg_of_segments(0xE1, b"Exif\0\0" + bytes(60000)),
    "text: PNG with a gigabyte deflated": lambda: png(
        16, 1, chunk(b"zTXt", TEXT + b"\0" + zeros(1000))),
    "text: PNG with a hundred megabytes, often": lambda: png(
        16, 1, *[chunk(b"iTXt", TEXT + b"\1\0\0\0" + zeros(60))] * 100),
    "text: PNG with 700,000 empty ones": lambda: png(16, 1, *[chunk(b"tEXt", b"a\0")] * 700_000),
    "text: GIF with a comment of 10 megabytes": gif_of_comments,
    "text: JPEG with 2,600,000 empty ones": lambda: jpeg_of_segments(0xFE, b""),
    "text: JPEG with 150,000 tables": lambda: jpeg_of_segments(0xDB, bytes([0]) + b"\1" * 64),
    "data: PNG whose row has a gigabyte": lambda: png(16, 1, pixels=zeros(1000)),
    "data: PNG of 800,000 empty pieces": lambda: png(16, 1, *[chunk(b"IDAT", b"")] * 800_000),
    "boxes: HEIC, 12,000 deep": lambda: nested_boxes(b"heic", b"iprp"),
    "boxes: AVIF, 12,000 deep": lambda: nested_boxes(b"avif", b"ipco"),
    "boxes: HEIC with 870,000": lambda: many_boxes("heic", b"free"),
    "boxes: AVIF with 870,000": lambda: many_boxes("avif", b"free"),
    "tags: TIFF with a count of 2 ** 32": lambda: grey_tiff((4, 4), (700, 1, 2**32 - 1, 8)),
    "tags: TIFF of 2 ** 30 bits": lambda: grey_tiff((4, 4), (339, 3, 2**30, 8)),
    "tags: TIFF whose sub-directory is itself": lambda: grey_tiff((4, 4), (330, 4, 1, 8)),
}  # fmt: skip
