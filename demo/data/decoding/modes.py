"""Pillow's modes -> RGB in sRGB on white, strip by strip, with nothing lost without a word."""

import contextlib
from collections.abc import Iterator
from io import BytesIO

import numpy as np
from PIL import Image, ImageChops, ImageCms

from demo.data.decoding import tiff

STRIP = 1 << 18
"""Pixels that are converted at a time: what a strip needs besides the decoded file is small."""
COLOUR_LATTICE = Image.fromarray(
    (np.indices((18, 18, 18), dtype=np.uint8) * 15).reshape(3, -1).T.reshape(18, 324, 3)
)
UNPREMULTIPLIED = {"La": "LA", "RGBa": "RGBA"}


def boxes(width: int, height: int) -> Iterator[tuple[int, int, int, int]]:
    """Strips of the full width, from the top."""
    rows = max(1, STRIP // width)
    for top in range(0, height, rows):
        yield 0, top, width, min(top + rows, height)


class Conversion:
    """How the pixels of one file become RGB in sRGB on white: decided once, done strip by strip.

    profile: an ICC profile of the colours, or None.  for_rgb: it is one for RGB, whatever the
    file's own mode.
    """

    def __init__(self, file: Image.Image, profile: bytes | None, for_rgb: bool) -> None:
        self.deep = file.mode[0] in "IF"
        self.clear = not self.deep and file.has_transparency_data
        self.tags = getattr(file, "tag_v2", None)
        self.scale = 255 / self._white(file) if self.deep else 1.0
        mode = "L" if self.deep else file.mode
        kept = ("L", "CMYK", "LAB") if profile is None or not for_rgb else ("CMYK", "LAB")
        self.mode = mode if mode in kept and not self.clear else "RGB"
        self.transform = _from_lab() if self.mode == "LAB" else _to_srgb(profile, self.mode)

    def rgb(self, strip: Image.Image) -> Image.Image:
        """The same strip in mode RGB."""
        if self.clear:
            straight = strip.convert(UNPREMULTIPLIED.get(strip.mode, strip.mode))
            colours = straight.convert("RGBA")
            picture = self._srgb(colours.convert("RGB"))
            picture.paste((255, 255, 255), mask=ImageChops.invert(colours.getchannel("A")))
            return picture
        if self.deep:
            return self._srgb(Image.fromarray(self._levels(strip)).convert(self.mode))
        return self._srgb(strip if strip.mode == self.mode else strip.convert("RGB"))

    def _srgb(self, colours: Image.Image) -> Image.Image:
        if self.transform is not None:
            return self.transform.apply(colours)
        return colours if colours.mode == "RGB" else colours.convert("RGB")

    def _white(self, file: Image.Image) -> float:
        """What becomes 255, so that nothing is clipped.

        What 16 bits or fewer hold at most; for fractions 1 or 255; and the brightest value where
        one lies above that.
        """
        brightest = max(
            float(self._values(file.crop(box)).max()) for box in boxes(file.width, file.height)
        )
        usual = 65535.0 if self.tags is None else tiff.white(self.tags) or 65535.0
        whites = (1.0, 255.0, brightest) if file.mode == "F" else (usual, brightest)
        return next(white for white in whites if brightest <= white)

    def _levels(self, strip: Image.Image) -> np.ndarray[tuple[int, ...], np.dtype[np.uint8]]:
        levels = (self._values(strip) * self.scale).round().astype(np.uint8)
        white_is_zero = self.tags is not None and self.tags.get(tiff.PHOTOMETRIC) == 0
        return 255 - levels if white_is_zero else levels

    def _values(self, strip: Image.Image) -> np.ndarray[tuple[int, ...], np.dtype[np.float32]]:
        values = np.asarray(strip)
        if self.tags is not None and strip.mode == "I" and tiff.unsigned(self.tags):
            values = values.view(np.uint32)  # Pillow has no mode for them
        return np.nan_to_num(values.astype(np.float32), copy=False, posinf=0).clip(min=0)


def _from_lab() -> ImageCms.ImageCmsTransform:
    lab, srgb = ImageCms.createProfile("LAB"), ImageCms.createProfile("sRGB")
    return ImageCms.buildTransform(lab, srgb, "LAB", "RGB")


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
