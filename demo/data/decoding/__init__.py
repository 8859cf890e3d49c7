"""A file that anybody may have sent -> its picture, strip by strip; or one sentence why not.

    data --opened--> header read, pixels decoded --strips--> RGB, sRGB, on white, as it was stored

`png` and `jpeg` take care of what Pillow would refuse and browsers show, `tiff` of what it reads
wrongly, `colour` and `modes` of the colours, `endings` says where a file that is cut off ends.
It imports neither PyTorch nor Streamlit: `demo.data.isolation` runs it in a process of its own.
Importing this module teaches Pillow to open HEIF, and nothing else. Nothing is written to disk.
"""

import contextlib
import math
import re
import warnings
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from io import BytesIO

import pi_heif  # type: ignore[import-untyped]
from PIL import Image, TiffImagePlugin

from demo.data.decoding import colour, endings, jpeg, modes, png, tiff
from demo.data.decoding.canvas import Canvas as Canvas
from demo.data.decoding.canvas import orientation_of

MAX_BYTES = 10 * 2**20
MAX_PIXELS = 50_000_000
SURE_PIXELS = 20_000_000
"""Of the formats that are slow to decode: HEIC, WebP, AVIF, progressive JPEG."""
PROMISE = (
    f"up to {MAX_BYTES // 2**20} MB and {MAX_PIXELS // 10**6} megapixels "
    f"(HEIC, WebP, AVIF and progressive JPEG: {SURE_PIXELS // 10**6})"
)
FORMATS = ("JPEG", "PNG", "WEBP", "GIF", "BMP", "TIFF", "AVIF", "HEIF")
KNOWN = "JPEG, PNG, WebP, GIF, BMP, TIFF, AVIF or HEIC"
BEGINNINGS = re.compile(
    rb"\xff\xd8\xff|\x89PNG|GIF8|BM|II[*+]\0|MM\0[*+]|RIFF....WEBP|....ftyp(av|he|mi|ms)", re.DOTALL
)
DAMAGED = (
    "This picture is damaged or incomplete, and a whole one was expected: "
    "save or download it again, or choose another."
)
CUT_OFF = (
    "This file is cut off{at}, and a whole one was expected: "
    "save or download it again, or choose another."
)
DAMAGED_OR_TOO_LARGE = (
    "This picture is damaged, or it needs more memory to open than one picture gets: "
    "save it smaller and try again, or choose another."
)
LARGE = 20_000_000
"""Pixels from which on a decoder may fail for want of memory and call it damage."""

pi_heif.register_heif_opener()


@dataclass(frozen=True)
class Opened:
    """A decoded file. size: (width, height) as stored.  orientation: EXIF's, 1 to 8.

    strips: RGB pictures of the full width, from the top; each is made when it is asked for.
    """

    size: tuple[int, int]
    orientation: int
    strips: Iterator[Image.Image]


def refuse_by_size(data: bytes) -> None:
    """Raise ValueError with one sentence where a file is empty or has too many bytes."""
    if not data:
        raise ValueError(f"This file is empty, and a {KNOWN} picture was expected: choose another.")
    if len(data) > MAX_BYTES:
        raise ValueError(
            f"This file has more than {MAX_BYTES // 2**20} MB, and no more are read: "
            "save the picture smaller and try again."
        )


def opened(data: bytes) -> Opened:
    """The first frame of a file, decoded.

    Whatever is wrong with the file is a `ValueError` whose one sentence is for the person who
    sent it; where memory does not suffice, a `MemoryError`. The strips raise them too.
    """
    refuse_by_size(data)
    readable, chunks = png.taken_apart(data) if png.is_one(data) else (data, {})
    file = _whole(_opened(readable), readable)
    with _failing_with(lambda: _why_not_decoded(data, file.width * file.height)):
        if isinstance(file, TiffImagePlugin.TiffImageFile):
            tiff.corrected(file)
        file.load()
        profile, made_here = _colours(file, data, chunks)
        return Opened(file.size, orientation_of(file),
                      _strips(file, modes.Conversion(file, profile, made_here)))  # fmt: skip


def decoded(data: bytes) -> Image.Image:
    """The picture in a file, in this process: mode RGB, upright, on white, in sRGB, full size.

    Raises as `opened` does. For the bytes of strangers, `demo.data.isolation.decoded` is the door.
    Not for two threads at once: it silences Pillow's warnings for the whole process.
    """
    with warnings.catch_warnings():
        warnings.filterwarnings("ignore", module=r"PIL\.")
        found = opened(data)
        canvas = Canvas(found.size, found.orientation)
        for strip in found.strips:
            canvas.add(strip)
        return canvas.picture


def _opened(data: bytes) -> Image.Image:
    """The file with its header read and its pixels not yet decoded."""
    with _failing_with(lambda: _why_not_a_picture(data)):
        try:
            file = Image.open(BytesIO(data), formats=FORMATS)
            width, height = file.size
            found = f"{width * height / 1e6:.1f} ({width} x {height})"
        except Image.DecompressionBombError:
            width, height, found = MAX_PIXELS, 2, "far more"
    if width * height > MAX_PIXELS:
        raise ValueError(
            f"This picture has too many pixels: at most {MAX_PIXELS // 10**6} megapixels are "
            f"read and it has {found}, so save it smaller and try again."
        )
    return file


def _whole(file: Image.Image, data: bytes) -> Image.Image:
    """The file; a JPEG with its end, where nothing but that is missing."""
    if file.format not in ("JPEG", "MPO"):
        return file
    with _failing_with(lambda: DAMAGED):
        mended, share = jpeg.ended(data)
    if share is not None:
        raise ValueError(_cut_off(share))
    return file if mended is data else _opened(mended)


def _colours(file: Image.Image, data: bytes, chunks: png.Chunks) -> tuple[bytes | None, bool]:
    """The ICC profile of the colours, None for sRGB; and whether it is one made here, for RGB."""
    if file.format == "PNG":
        return png.profile(chunks)
    embedded = file.info.get("icc_profile")
    if embedded is None and file.format in ("AVIF", "HEIF"):
        with contextlib.suppress(Exception):  # Pillow does not tell an AVIF's code points
            found = pi_heif.open_heif(BytesIO(data)).info["nclx_profile"]
            points = found["color_primaries"], found["transfer_characteristics"]
            return colour.of_code_points(*points, still=True), True
    return embedded, False


@contextlib.contextmanager
def _failing_with(sentence: Callable[[], str]) -> Iterator[None]:
    """Pillow's plugins fail with a dozen kinds of exception; a visitor gets this one sentence."""
    try:
        yield
    except (MemoryError, tiff.NotRead):
        raise
    except Exception as error:
        if "memory" in str(error).lower():  # how the codecs' own complaints name it
            raise MemoryError from None
        raise ValueError(sentence()) from None


def _why_not_a_picture(data: bytes) -> str:
    if BEGINNINGS.match(data):
        tags = tiff.tags_of(data) if tiff.is_one(data) else None
        if tags is not None and tiff.is_unusual(tags) and endings.share(data) is None:
            return tiff.not_read(tags)
        return _why_not_decoded(data, 0)
    kind = "of another kind"
    if b"<svg" in data[:4096].lower():
        kind = "an SVG drawing"
    elif data.startswith(b"%PDF"):
        kind = "a PDF document"
    return f"This file is {kind}, and a {KNOWN} picture was expected: export it as one of these."


def _why_not_decoded(data: bytes, pixels: int) -> str:
    share = endings.share(data)
    if share is not None:
        return _cut_off(share)
    return DAMAGED_OR_TOO_LARGE if pixels > LARGE else DAMAGED


def _cut_off(share: float) -> str:
    return CUT_OFF.format(at="" if math.isnan(share) else f" at {min(int(100 * share), 99)} %")


def _strips(file: Image.Image, conversion: modes.Conversion) -> Iterator[Image.Image]:
    for box in modes.boxes(file.width, file.height):
        with _failing_with(lambda: DAMAGED):
            strip = conversion.rgb(file.crop(box))
        yield strip
