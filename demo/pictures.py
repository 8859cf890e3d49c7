"""Bytes <-> pictures <-> 8-bit pixels <-> image tensors; the only place that opens a user's file.

    bytes --from_bytes--> picture --at_network_size--> pixels --to_tensor--> image

| word      | here                                                                        |
| --------- | --------------------------------------------------------------------------- |
| `data`    | bytes of a file that anybody may have sent                                  |
| `picture` | a PIL image in mode RGB, upright, in sRGB, of any size                      |
| `pixels`  | (S, S, C) uint8 array: what the network sees and the page shows             |
| `image`   | (1, C, S, S) float32 tensor in [0, 1] = pixels / 255                        |

C is 3 for photographs and 1 for digits.

Nothing is written to disk. Importing this module teaches Pillow to open HEIF, and nothing else.
"""

import contextlib
import math
import re
import threading
import warnings
from collections.abc import Iterator
from dataclasses import dataclass
from io import BytesIO

import numpy as np
import pi_heif  # type: ignore[import-untyped]
import torch
from numpy.typing import NDArray
from PIL import Image, ImageChops, ImageCms
from torch import Tensor

Pixels = NDArray[np.uint8]

MAX_BYTES = 10 * 2**20
MAX_PIXELS = 50_000_000
FORMATS = ("JPEG", "PNG", "WEBP", "GIF", "BMP", "TIFF", "AVIF", "HEIF")
KNOWN = "JPEG, PNG, WebP, GIF, BMP, TIFF, AVIF or HEIC"
BEGINNINGS = re.compile(
    rb"\xff\xd8\xff|\x89PNG|GIF8|BM|II[*+]\0|MM\0[*+]|RIFF....WEBP|....ftyp(av|he|mi|ms)", re.DOTALL
)
DAMAGED = (
    "This picture is damaged or incomplete, and a whole one was expected: "
    "save or download it again, or choose another."
)

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
COLOUR_LATTICE = Image.fromarray(
    (np.indices((18, 18, 18), dtype=np.uint8) * 15).reshape(3, -1).T.reshape(18, 324, 3)
)

CROP_SHARE = 0.875
MIN_ZOOM = CROP_SHARE
MAX_ZOOM = 8.0

pi_heif.register_heif_opener()
_one_at_a_time = threading.Lock()


@dataclass(frozen=True)
class Crop:
    """Which square of a picture the network sees; it is pushed back where it would stick out.

    x, y: the square's centre, as fractions of width and height.
    zoom: magnification over the usual square, whose side is .875 of the shorter side;
    `MIN_ZOOM` shows the whole shorter side.
    """

    x: float = 0.5
    y: float = 0.5
    zoom: float = 1.0

    def __post_init__(self) -> None:
        if not (0 <= self.x <= 1 and 0 <= self.y <= 1 and MIN_ZOOM <= self.zoom <= MAX_ZOOM):
            raise ValueError(
                f"A crop has x and y from 0 to 1 and a zoom from {MIN_ZOOM} to {MAX_ZOOM:g}, "
                f"not x = {self.x}, y = {self.y}, zoom = {self.zoom}."
            )


DEFAULT_CROP = Crop()


def from_bytes(data: bytes) -> Image.Image:
    """The picture in a file: its first frame, upright, on white, in sRGB, at full size.

    Whatever is wrong with the file is a `ValueError` whose one sentence is for the person who
    sent it. Files are decoded one at a time: 50 megapixels take 400 to 700 MB on the way.
    """
    if not data:
        raise ValueError(f"This file is empty, and a {KNOWN} picture was expected: choose another.")
    if len(data) > MAX_BYTES:
        raise ValueError(
            f"This file has {math.ceil(len(data) / 2**20 * 10) / 10:.1f} MB and at most "
            f"{MAX_BYTES // 2**20} MB are read: save the picture smaller and try again."
        )
    with _one_at_a_time, warnings.catch_warnings():
        warnings.filterwarnings("ignore", module=r"PIL\.")
        return _decoded(_opened(data))


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
    except Exception:
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


def _decoded(file: Image.Image) -> Image.Image:
    with _failing_with(DAMAGED):
        file.load()
        picture = _rgb(file)
    with contextlib.suppress(Exception):  # a broken EXIF turns nothing
        picture = picture.transpose(TURNS[file.getexif()[ORIENTATION]])
    picture.info = {}
    return picture


def _rgb(file: Image.Image) -> Image.Image:
    if file.mode[0] in "IF":
        return _srgb(_grey_of_8_bits(file))
    if not file.has_transparency_data:
        return _srgb(file.copy() if file.mode in ("L", "CMYK") else file.convert("RGB"))
    colours = file.convert("RGBA")
    clearness = ImageChops.invert(colours.getchannel("A"))
    picture = _srgb(colours.convert("RGB"))
    picture.paste((255, 255, 255), mask=clearness)
    return picture


def _grey_of_8_bits(file: Image.Image) -> Image.Image:
    """Deeper greys, scaled so that white becomes 255 and nothing is clipped.

    White is 65535; for fractions 1 or 255; and the brightest value where one lies above that.
    """
    values = np.nan_to_num(np.asarray(file).astype(np.float32), copy=False, posinf=0).clip(min=0)
    brightest = values.max()
    whites = (1, 255, brightest) if file.mode == "F" else (65535, brightest)
    values *= 255 / next(white for white in whites if brightest <= white)
    grey = Image.fromarray(values.round().astype(np.uint8))
    grey.info = file.info
    return grey


def _srgb(colours: Image.Image) -> Image.Image:
    """Mode RGB in sRGB. A profile that is sRGB, broken or made for other channels does nothing."""
    with contextlib.suppress(ImageCms.PyCMSError, KeyError, OSError, TypeError, ValueError):
        profile = ImageCms.ImageCmsProfile(BytesIO(colours.info["icc_profile"]))
        srgb = ImageCms.createProfile("sRGB")
        transform = ImageCms.buildTransform(profile, srgb, colours.mode, "RGB")
        if _moves_colours(transform, colours.mode):
            return transform.apply(colours)
    return colours if colours.mode == "RGB" else colours.convert("RGB")


def _moves_colours(transform: ImageCms.ImageCmsTransform, mode: str) -> bool:
    """Whether any colour of a lattice moves by more than rounding, 2 of 255."""
    before = COLOUR_LATTICE.convert(mode)
    change = np.asarray(transform.apply(before), int) - np.asarray(before.convert("RGB"), int)
    return bool(np.abs(change).max() > 2)


def at_network_size(picture: Image.Image, size: int, crop: Crop = DEFAULT_CROP) -> Pixels:
    """The square that the network sees: the shorter side to size / .875, then `size` pixels of it.

    size: the side of the square, 224 for most networks. By default equal, bit for bit, to
    torchvision's `Resize` (bicubic) and `CenterCrop`, which resize the whole picture and cut;
    another crop is one resize of a box. A picture that is the square already stays as it is.
    """
    if crop == DEFAULT_CROP and picture.size == (size, size):
        return np.array(picture)
    grid = _grid(picture.width, picture.height, size)
    left, top, right, bottom = _square(grid, size, crop)
    if crop == DEFAULT_CROP and grid[0] * grid[1] <= MAX_PIXELS:
        whole = picture.resize(grid, Image.Resampling.BICUBIC)
        return np.array(whole.crop((round(left), round(top), round(right), round(bottom))))
    across, down = picture.width / grid[0], picture.height / grid[1]
    box = (left * across, top * down, right * across, bottom * down)
    return np.array(picture.resize((size, size), Image.Resampling.BICUBIC, box))


def _grid(width: int, height: int, size: int) -> tuple[int, int]:
    """Width and height of the whole picture at the default magnification, as torchvision rounds."""
    shorter = round(size / CROP_SHARE)
    if width <= height:
        return shorter, int(shorter * height / width)
    return int(shorter * width / height), shorter


def _square(grid: tuple[int, int], size: int, crop: Crop) -> tuple[float, float, float, float]:
    """Left, top, right, bottom in pixels of the grid, on whole pixels of the result."""
    side = min(size / crop.zoom, *grid)
    left, top = (
        min(max(round((centre * length - side / 2) * crop.zoom) / crop.zoom, 0.0), length - side)
        for centre, length in zip((crop.x, crop.y), grid, strict=True)
    )
    return left, top, left + side, top + side


def to_tensor(pixels: Pixels) -> Tensor:
    """image = pixels / 255, (H, W, C) uint8 -> (1, C, H, W) float32."""
    return torch.tensor(pixels).permute(2, 0, 1)[None].contiguous().float() / 255


def to_pixels(image: Tensor) -> Pixels:
    """round(image * 255), (1, C, H, W) or (C, H, W) in [0, 1] -> (H, W, C) uint8."""
    levels = (image.detach() * 255).round().clamp(0, 255).to(torch.uint8)
    return levels.reshape(image.shape[-3:]).permute(1, 2, 0).cpu().contiguous().numpy()


def to_png(image: Image.Image | Pixels | Tensor) -> bytes:
    """A lossless file of a picture, of pixels or of an image tensor; `from_bytes` undoes it."""
    pixels = to_pixels(image) if isinstance(image, Tensor) else np.asarray(image)
    grey = pixels.ndim == 3 and pixels.shape[2] == 1
    return _saved(Image.fromarray(pixels[:, :, 0] if grey else pixels), "PNG")


def preview(picture: Image.Image, longest: int) -> bytes:
    """A small JPEG for thumbnails, its longer side at most `longest` pixels."""
    scale = min(1.0, longest / max(picture.size))
    size = (max(1, round(picture.width * scale)), max(1, round(picture.height * scale)))
    small = picture.resize(size, Image.Resampling.BICUBIC, reducing_gap=3.0)
    return _saved(small, "JPEG", quality=85)


def _saved(picture: Image.Image, format: str, **options: int) -> bytes:
    file = BytesIO()
    picture.save(file, format, **options)
    return file.getvalue()
