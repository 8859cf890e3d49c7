"""What happens to pictures on their way: JPEG, a blur, half the size, fewer bits, a crop, noise.

A change takes 8-bit pictures (L, C, H, W), multiples of 1/255 on the CPU, and their epsilons (L,).
What is drawn at random is drawn once, so that all pictures get the same.
"""

from collections.abc import Callable
from dataclasses import dataclass
from io import BytesIO
from typing import Any

import numpy as np
import torch
from PIL import Image
from torch import Tensor

from demo import fgsm
from demo.attacks import sign_methods
from demo.data import pictures

SEED = 1
SIDE = 96
"""Of a thumbnail in pixels; a digit keeps its 28."""
Apply = Callable[[Tensor, Tensor], Tensor]


@dataclass(frozen=True)
class Change:
    """title: for a reader, inside a sentence.  apply: (L, C, H, W), (L,) -> (L, C, H, W)."""

    name: str
    title: str
    apply: Apply


def jpeg(quality: int) -> Apply:
    """Saved as a JPEG of that quality by Pillow, and read again."""

    def coded(picture: Image.Image) -> Image.Image:
        return Image.open(BytesIO(pictures.saved(picture, "JPEG", quality=quality)))

    return lambda images, epsilons: _each(images, coded)


def blurred(images: Tensor, epsilons: Tensor | None = None) -> Tensor:
    """Convolved with a Gaussian of sigma 1 pixel, 5 x 5, not rounded; a gradient goes through."""
    from torchvision.transforms.v2 import functional  # takes a second, and few need it

    result: Tensor = functional.gaussian_blur(images, [5, 5], [1.0, 1.0])
    return result


def halved(images: Tensor, epsilons: Tensor) -> Tensor:
    """Half the size and back, bicubic, by Pillow."""
    return _each(images, lambda p: _square(_square(p, p.width // 2), p.width))


def bits(depth: int) -> Apply:
    """Rounded to 2^depth values at equal distances. Source: arXiv:1704.01155, section III.A."""
    most = 2**depth - 1
    return lambda images, epsilons: (images * most).round() / most


def cropped(images: Tensor, epsilons: Tensor) -> Tensor:
    """A random square of 7/8 of the side, enlarged to the whole size, bicubic, by Pillow."""
    size = images.shape[-1]
    side = size * 7 // 8
    x, y = np.random.default_rng(SEED).integers(0, size - side + 1, 2).tolist()
    return _each(images, lambda p: _square(p, size, (x, y, x + side, y + side)))


def shifted(images: Tensor, epsilons: Tensor) -> Tensor:
    """Moved by 2 pixels both ways, in a random direction; black where nothing was."""
    x, y = np.random.default_rng(SEED).choice([-2, 2], 2).tolist()
    matrix = (1, 0, -x, 0, 1, -y)
    return _each(images, lambda p: p.transform(p.size, Image.Transform.AFFINE, matrix))


def noisy(images: Tensor, epsilons: Tensor) -> Tensor:
    """Plus epsilon times random signs, in whole 8-bit levels, clipped."""
    signs = sign_methods.random_signs(images.shape[1:], torch.Generator().manual_seed(SEED))
    levels = (255 * epsilons + 0.5).floor().view(-1, 1, 1, 1) / 255
    return fgsm.adversarial_example(images, levels * signs)


def resized(images: Tensor, size: int) -> Tensor:
    """To another network's input size, bicubic, by Pillow."""
    return _each(images, lambda p: _square(p, size))


BLUR = Change("blur", "a Gaussian blur (σ 1 pixel)", blurred)
JPEG = Change("jpeg-75", "JPEG at quality 75", jpeg(75))
_NOISE = Change("noise", "noise of the same size", noisy)
_CHANGES = {
    "photographs": (
        Change("jpeg-95", "JPEG at quality 95", jpeg(95)), JPEG,
        Change("jpeg-50", "JPEG at quality 50", jpeg(50)), BLUR,
        Change("half", "half the size and back", halved),
        Change("bits", "5 bits instead of 8", bits(5)),
        Change("crop", "a random crop", cropped), _NOISE,
    ),
    "digits": (
        JPEG, BLUR, Change("bits", "1 bit instead of 8", bits(1)),
        Change("shift", "a shift by 2 pixels", shifted), _NOISE,
    ),
}  # fmt: skip
"""The bits are those that arXiv:1704.01155 chose for ImageNet and for MNIST."""


def of(kind: str) -> tuple[Change, ...]:
    """What happens to a kind of picture. A digit of half the size has no strokes left."""
    return _CHANGES[kind]


def called(kind: str, name: str) -> Change:
    """The change of that name."""
    return next(each for each in _CHANGES[kind] if each.name == name)


def sheet(images: Tensor) -> bytes:
    """Thumbnails side by side, at most `SIDE` wide each, as WebP; a digit's without loss."""
    small = [p if p.width < SIDE else _square(p, SIDE) for p in _pictures(images)]
    whole = Image.fromarray(np.concatenate([np.asarray(p) for p in small], axis=1))
    return pictures.saved(whole, "WEBP", quality=70, lossless=small[0].width < SIDE)


def _square(picture: Image.Image, size: int, box: Any = None) -> Image.Image:
    return picture.resize((size, size), Image.Resampling.BICUBIC, box)


def _each(images: Tensor, change: Callable[[Image.Image], Image.Image]) -> Tensor:
    """Each picture changed by Pillow: (L, C, H, W) -> (L, C, H', W')."""
    changed = np.stack([np.asarray(change(picture)) for picture in _pictures(images)])
    return pictures.to_tensor(changed if changed.ndim == 4 else changed[..., None])


def _pictures(images: Tensor) -> list[Image.Image]:
    return [pictures.from_pixels(pictures.to_pixels(image)) for image in images]
