"""A file that anybody may have sent -> its picture, strip by strip; or one sentence why not.

    data --opened--> header read, pixels decoded --strips--> RGB, sRGB, on white, as it was stored

It imports neither PyTorch nor Streamlit: `demo.isolation` runs it in a small process of its own.
Importing this module teaches Pillow to open HEIF, and nothing else. Nothing is written to disk.
"""

import contextlib
import math
import re
import warnings
from collections.abc import Iterator
from dataclasses import dataclass
from io import BytesIO

import numpy as np
import pi_heif  # type: ignore[import-untyped]
from PIL import Image, ImageChops, ImageCms

MAX_BYTES = 10 * 2**20
MAX_PIXELS = 50_000_000
STRIP = 1 << 18
"""Pixels that are converted at a time: what a strip needs besides the decoded file is small."""
FORMATS = ("JPEG", "PNG", "WEBP", "GIF", "BMP", "TIFF", "AVIF", "HEIF")
KNOWN = "JPEG, PNG, WebP, GIF, BMP, TIFF, AVIF or HEIC"
BEGINNINGS = re.compile(
    rb"\xff\xd8\xff|\x89PNG|GIF8|BM|II[*+]\0|MM\0[*+]|RIFF....WEBP|....ftyp(av|he|mi|ms)", re.DOTALL
)
DAMAGED = (
    "This picture is damaged or incomplete, and a whole one was expected: "
    "save or download it again, or choose another."
)
DAMAGED_OR_TOO_LARGE = (
    "This picture is damaged, or it needs more memory to open than one picture gets: "
    "save it smaller and try again, or choose another."
)
LARGE = 20_000_000
"""Pixels from which on a decoder may fail for want of memory and call it damage."""

ORIENTATION = 0x0112
TURNS = {
    2: Image.Transpose.FLIP_LEFT_RIGHT,
    3: Image.Transpose.ROTATE_180,
    4: Image.Transpose.FLIP_TOP_BOTTOM,
    5: Image.Transpose.TRANSPOSE,
    6: Image.Transpose.ROTATE_270,
    7: Image.Transpose.TRANSVERSE,
    8: Image.Transpose.ROTATE_90,
}
ASIDE = (5, 6, 7, 8)
"""The orientations whose width is the file's height."""
FROM_THE_END = (3, 4, 6, 7)
"""The orientations in which the file's first row comes last."""
COLOUR_LATTICE = Image.fromarray(
    (np.indices((18, 18, 18), dtype=np.uint8) * 15).reshape(3, -1).T.reshape(18, 324, 3)
)

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
            f"This file has {math.ceil(len(data) / 2**20 * 10) / 10:.1f} MB and at most "
            f"{MAX_BYTES // 2**20} MB are read: save the picture smaller and try again."
        )


def opened(data: bytes) -> Opened:
    """The first frame of a file, decoded.

    Whatever is wrong with the file is a `ValueError` whose one sentence is for the person who
    sent it; where memory does not suffice, a `MemoryError`. The strips raise them too.
    """
    refuse_by_size(data)
    file = _opened(data)
    large = file.width * file.height > LARGE
    with _failing_with(DAMAGED_OR_TOO_LARGE if large else DAMAGED):
        file.load()
        orientation = _orientation(file)
        return Opened(file.size, orientation, _strips(file, _Conversion(file)))


def decoded(data: bytes) -> Image.Image:
    """The picture in a file, in this process: mode RGB, upright, on white, in sRGB, full size.

    Raises as `opened` does. For the bytes of strangers, `demo.isolation.decoded` is the door.
    Not for two threads at once: it silences Pillow's warnings for the whole process.
    """
    with warnings.catch_warnings():
        warnings.filterwarnings("ignore", module=r"PIL\.")
        found = opened(data)
        canvas = Canvas(found.size, found.orientation)
        for strip in found.strips:
            canvas.add(strip)
        return canvas.picture


class Canvas:
    """An upright picture that strips are put together on, from the top of the stored one."""

    def __init__(self, size: tuple[int, int], orientation: int) -> None:
        """size: (width, height) as stored.  orientation: EXIF's, 1 to 8."""
        self.aside, self.turn = orientation in ASIDE, TURNS.get(orientation)
        self.last_first = orientation in FROM_THE_END
        self.height, self.done = size[1], 0
        self.picture = Image.new("RGB", size[::-1] if self.aside else size)

    def add(self, strip: Image.Image) -> None:
        """Put the next strip, RGB and of the stored picture's full width, in its place."""
        at = self.height - self.done - strip.height if self.last_first else self.done
        self.done += strip.height
        turned = strip if self.turn is None else strip.transpose(self.turn)
        self.picture.paste(turned, (at, 0) if self.aside else (0, at))


def _opened(data: bytes) -> Image.Image:
    """The file with its header read and its pixels not yet decoded."""
    with _failing_with(_why_not_a_picture(data)):
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


@contextlib.contextmanager
def _failing_with(sentence: str) -> Iterator[None]:
    """Pillow's plugins fail with a dozen kinds of exception; a visitor gets this one sentence."""
    try:
        yield
    except MemoryError:
        raise
    except Exception as error:
        if "memory" in str(error).lower():  # how the codecs' own complaints name it
            raise MemoryError from None
        raise ValueError(sentence) from None


def _why_not_a_picture(data: bytes) -> str:
    if BEGINNINGS.match(data):
        return DAMAGED
    kind = "of another kind"
    if b"<svg" in data[:4096].lower():
        kind = "an SVG drawing"
    elif data.startswith(b"%PDF"):
        kind = "a PDF document"
    return f"This file is {kind}, and a {KNOWN} picture was expected: export it as one of these."


def _orientation(file: Image.Image) -> int:
    """EXIF's, 1 to 8; 1 where there is none or it is broken."""
    with contextlib.suppress(Exception):
        found = file.getexif()[ORIENTATION]
        return int(found) if found in TURNS else 1
    return 1


def _strips(file: Image.Image, conversion: "_Conversion") -> Iterator[Image.Image]:
    rows = max(1, STRIP // file.width)
    for top in range(0, file.height, rows):
        with _failing_with(DAMAGED):
            box = (0, top, file.width, min(top + rows, file.height))
            strip = conversion.rgb(file.crop(box))
        yield strip


class _Conversion:
    """How the pixels of one file become RGB in sRGB on white: decided once, done strip by strip."""

    def __init__(self, file: Image.Image) -> None:
        self.deep = file.mode[0] in "IF"
        self.clear = not self.deep and file.has_transparency_data
        self.scale = 255 / _white(file) if self.deep else 1.0
        mode = "L" if self.deep else file.mode
        self.mode = mode if mode in ("L", "CMYK") and not self.clear else "RGB"
        self.transform = _to_srgb(file.info.get("icc_profile"), self.mode)

    def rgb(self, strip: Image.Image) -> Image.Image:
        """The same strip in mode RGB."""
        if self.clear:
            colours = strip.convert("RGBA")
            picture = self._srgb(colours.convert("RGB"))
            picture.paste((255, 255, 255), mask=ImageChops.invert(colours.getchannel("A")))
            return picture
        if self.deep:
            levels = (_values(strip) * self.scale).round().astype(np.uint8)
            return self._srgb(Image.fromarray(levels))
        return self._srgb(strip if strip.mode == self.mode else strip.convert("RGB"))

    def _srgb(self, colours: Image.Image) -> Image.Image:
        if self.transform is not None:
            return self.transform.apply(colours)
        return colours if colours.mode == "RGB" else colours.convert("RGB")


def _white(file: Image.Image) -> float:
    """What becomes 255, so that nothing is clipped.

    65535; for fractions 1 or 255; and the brightest value where one lies above that.
    """
    rows = max(1, STRIP // file.width)
    brightest = max(
        float(_values(file.crop((0, top, file.width, min(top + rows, file.height)))).max())
        for top in range(0, file.height, rows)
    )
    whites = (1.0, 255.0, brightest) if file.mode == "F" else (65535.0, brightest)
    return next(white for white in whites if brightest <= white)


def _values(strip: Image.Image) -> np.ndarray[tuple[int, ...], np.dtype[np.float32]]:
    values = np.asarray(strip).astype(np.float32)
    return np.nan_to_num(values, copy=False, posinf=0).clip(min=0)


def _to_srgb(profile: bytes | None, mode: str) -> ImageCms.ImageCmsTransform | None:
    """None for a profile that is sRGB, broken, or made for other channels."""
    with contextlib.suppress(ImageCms.PyCMSError, OSError, TypeError, ValueError):
        if profile:
            theirs = ImageCms.ImageCmsProfile(BytesIO(profile))
            srgb = ImageCms.createProfile("sRGB")
            transform = ImageCms.buildTransform(theirs, srgb, mode, "RGB")
            return transform if _moves_colours(transform, mode) else None
    return None


def _moves_colours(transform: ImageCms.ImageCmsTransform, mode: str) -> bool:
    """Whether any colour of a lattice moves by more than rounding, 2 of 255."""
    before = COLOUR_LATTICE.convert(mode)
    change = np.asarray(transform.apply(before), int) - np.asarray(before.convert("RGB"), int)
    return bool(np.abs(change).max() > 2)
