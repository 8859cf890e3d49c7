"""Bytes <-> pictures <-> 8-bit pixels <-> image tensors.

    bytes --from_bytes--> picture --at_network_size--> pixels --to_tensor--> image

| word      | here                                                                        |
| --------- | --------------------------------------------------------------------------- |
| `data`    | bytes of a file that anybody may have sent                                  |
| `picture` | a PIL image in mode RGB, upright, in sRGB, of any size                      |
| `pixels`  | (S, S, C) uint8 array: what the network sees and the page shows             |
| `image`   | (1, C, S, S) float32 tensor in [0, 1] = pixels / 255                        |

C is 3 for photographs and 1 for digits.

A user's file is opened in `decoding`, which `isolation` runs in a process of its own. Nothing is
written to disk.
"""

import base64
from dataclasses import dataclass
from io import BytesIO

import numpy as np
import torch
from numpy.typing import NDArray
from PIL import Image, ImageDraw
from torch import Tensor

from demo.data import isolation
from demo.data.decoding import KNOWN as KNOWN
from demo.data.decoding import MAX_BYTES as MAX_BYTES
from demo.data.decoding import MAX_PIXELS as MAX_PIXELS
from demo.data.decoding import PROMISE as PROMISE

Pixels = NDArray[np.uint8]

CROP_SHARE = 0.875
MIN_ZOOM = CROP_SHARE
MAX_ZOOM = 8.0
PAD, PEN = 280, 20
"""Side of the pad that digits are drawn on, and the width of its pen, in pixels."""
MAX_POINTS = 20_000
"""Of one drawing; a slow one has some hundreds."""
_FINE = 4
"""Points a side into which a pixel of a drawing is divided, so that its edges are smooth."""


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
    sent it. It is opened in a process of its own, one file at a time: see `demo.data.isolation`.
    """
    return isolation.decoded(data)


def from_strokes(strokes: object) -> Image.Image:
    """White strokes of a round pen on black, as the pad shows them: (`PAD`, `PAD`), mode RGB.

    strokes: lists of [x, y], 0 to `PAD` on the pad, as a browser sends them; one point is a dot.
    Raises ValueError, TypeError or OverflowError for anything else or more than `MAX_POINTS`.
    """
    if not isinstance(strokes, list) or not strokes:
        raise ValueError(f"A drawing is a list of strokes, not {type(strokes).__name__}.")
    sheet = Image.new("L", (_FINE * PAD, _FINE * PAD))
    pen, room = ImageDraw.Draw(sheet), MAX_POINTS
    for stroke in strokes:
        points = np.asarray(stroke, dtype=float)
        room -= points.size // 2
        shaped = points.ndim == 2 and points.shape[1] == 2 and len(points)
        if not shaped or room < 0 or not np.isfinite(points).all():
            raise ValueError(f"A stroke is up to {MAX_POINTS:,} points [x, y], 0 to {PAD} each.")
        places = [(x, y) for x, y in _FINE * points.clip(-PAD, 2 * PAD)]
        pen.line(places, fill=255, width=_FINE * PEN)
        for place in places:
            pen.circle(place, _FINE * PEN / 2, fill=255)
    return sheet.resize((PAD, PAD), Image.Resampling.BOX).convert("RGB")


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
    """image = pixels / 255: (H, W, C) or (N, H, W, C) uint8 -> (1 or N, C, H, W) float32."""
    several = pixels if pixels.ndim == 4 else pixels[None]
    return torch.tensor(several).permute(0, 3, 1, 2).contiguous().float() / 255


def to_pixels(image: Tensor) -> Pixels:
    """round(image * 255), (1, C, H, W) or (C, H, W) in [0, 1] -> (H, W, C) uint8."""
    levels = (image.detach() * 255).round().clamp(0, 255).to(torch.uint8)
    return levels.reshape(image.shape[-3:]).permute(1, 2, 0).cpu().contiguous().numpy()


def from_pixels(pixels: Pixels) -> Image.Image:
    """(H, W, C) or (H, W) uint8 -> a picture in grey or in colours."""
    grey = pixels.ndim == 3 and pixels.shape[2] == 1
    return Image.fromarray(pixels[:, :, 0] if grey else pixels)


def to_png(image: Image.Image | Pixels | Tensor) -> bytes:
    """A lossless file of a picture, of pixels or of an image tensor; `from_bytes` undoes it."""
    pixels = to_pixels(image) if isinstance(image, Tensor) else np.asarray(image)
    return saved(from_pixels(pixels), "PNG")


def uri(file: bytes, kind: str) -> str:
    """A small picture's file as an address that holds it. kind: "png", "webp", "jpeg"."""
    return f"data:image/{kind};base64,{base64.b64encode(file).decode()}"


def preview(picture: Image.Image, longest: int) -> bytes:
    """A small WebP for thumbnails, its longer side at most `longest` pixels."""
    scale = min(1.0, longest / max(picture.size))
    size = (max(1, round(picture.width * scale)), max(1, round(picture.height * scale)))
    small = picture.resize(size, Image.Resampling.BICUBIC, reducing_gap=3.0)
    return saved(small, "WEBP", quality=80)


def saved(picture: Image.Image, format: str, **options: int) -> bytes:
    """Its file in one of Pillow's formats, with Pillow's options for it."""
    file = BytesIO()
    picture.save(file, format, **options)
    return file.getvalue()
