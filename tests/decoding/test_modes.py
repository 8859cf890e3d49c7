"""Whatever the file's kind: the right pixels, or a sentence that names the kind."""

import numpy as np
import pytest
from PIL import Image, ImageCms

from demo.data import decoding
from demo.data.decoding import modes
from tests.data.test_pictures import complaint
from tests.decoding.files import tiff

DOWN, ACROSS = np.mgrid[:16, :16]
GREY = DOWN * 16 + ACROSS
RGB = np.stack([ACROSS * 17, DOWN * 17, np.full_like(DOWN, 128)], axis=2)
OPAQUE = np.full_like(GREY, 255)
LAB = ImageCms.buildTransform(
    ImageCms.createProfile("sRGB"), ImageCms.createProfile("LAB"), "RGB", "LAB"
)
IN_LAB = LAB.apply(Image.fromarray((64 + RGB // 2).astype(np.uint8)))


def apart(values: np.ndarray, picture: np.ndarray) -> int:
    expected = picture if picture.ndim == 3 else picture[:, :, None]
    return int(np.abs(values.astype(int) - expected).max())


def with_alpha(picture: np.ndarray) -> np.ndarray:
    return np.dstack([picture, OPAQUE])


def whole_numbers(picture: np.ndarray, bits: int) -> np.ndarray:
    return (picture.astype(np.uint64) * ((1 << bits) - 1) // 255).astype(f"u{bits // 8}")


READ: dict[str, tuple[np.ndarray, int, dict[str, object], np.ndarray]] = {
    "grey, 8": (whole_numbers(GREY, 8), 1, {}, GREY),
    "grey, 16": (whole_numbers(GREY, 16), 1, {}, GREY),
    "grey, 32": (whole_numbers(GREY, 32), 1, {}, GREY),
    "grey, 0 is white, 8": (whole_numbers(255 - GREY, 8), 0, {}, GREY),
    "grey, 0 is white, 16": (whole_numbers(255 - GREY, 16), 0, {}, GREY),
    "grey, fractions": ((GREY / 255).astype(np.float32), 1, {}, GREY),
    "grey, signed 32": ((GREY * 2**23).astype(np.int32), 1, {}, GREY),
    "grey, alpha": (whole_numbers(with_alpha(GREY), 8), 1, {"extra": 2}, GREY),
    "grey, multiplied with alpha": (whole_numbers(with_alpha(GREY), 8), 1, {"extra": 1}, GREY),
    "RGB, 8": (whole_numbers(RGB, 8), 2, {}, RGB),
    "RGB, 16": (whole_numbers(RGB, 16), 2, {}, RGB),
    "RGB, apart, 8": (whole_numbers(RGB, 8), 2, {"planar": 2}, RGB),
    "RGB, apart, 16": (whole_numbers(RGB, 16), 2, {"planar": 2}, RGB),
    "RGB, alpha": (whole_numbers(with_alpha(RGB), 8), 2, {"extra": 2}, RGB),
    "RGB, alpha, 16": (whole_numbers(with_alpha(RGB), 16), 2, {"extra": 2}, RGB),
    "RGB, alpha, apart": (
        whole_numbers(with_alpha(RGB), 8),
        2,
        {"planar": 2, "extra": 1},
        RGB,
    ),
    "CMYK": (whole_numbers(np.dstack([255 - RGB, 0 * GREY]), 8), 5, {}, RGB),
    "CMYK, 16": (whole_numbers(np.dstack([255 - RGB, 0 * GREY]), 16), 5, {}, RGB),
    "Lab": (np.array(IN_LAB), 8, {}, 64 + RGB // 2),
}
NAMED: dict[str, tuple[np.ndarray, int, dict[str, object]]] = {
    "8-bit signed grey": (GREY.astype(np.int8), 1, {}),
    "16-bit signed grey": (GREY.astype(np.int16), 1, {}),
    "64-bit floating-point grey": (GREY / 255, 1, {}),
    "16-bit grey with alpha": (whole_numbers(with_alpha(GREY), 16), 1, {"extra": 2}),
    "8-bit grey with alpha": (whole_numbers(with_alpha(GREY), 8), 1, {}),
    "32-bit RGB": (whole_numbers(RGB, 32), 2, {}),
    "16-bit signed RGB": (RGB.astype(np.int16), 2, {}),
    "16-bit floating-point RGB": ((RGB / 255).astype(np.float16), 2, {}),
    "32-bit floating-point RGB": ((RGB / 255).astype(np.float32), 2, {}),
    "32-bit floating-point RGB, each channel apart": (
        (RGB / 255).astype(np.float32), 2, {"planar": 2},
    ),
    "8-bit ICC Lab": (np.array(IN_LAB), 9, {}),
}  # fmt: skip
SWAPPED = [{}, {"big": True}, {"deflated": True}, {"deflated": True, "big": True}]
NOT_EVERYWHERE = (
    "grey, 32", "grey, signed 32", "grey, fractions", "grey, 0 is white, 16", "RGB, alpha, apart",
)  # fmt: skip
"""Kinds that Pillow reads in some layouts only."""


@pytest.mark.parametrize("layout", SWAPPED, ids=str)
@pytest.mark.parametrize("kind", READ)
def test_a_tiff_has_its_own_pixels(kind: str, layout: dict[str, bool]) -> None:
    values, photometric, options, picture = READ[kind]
    data = tiff(values, photometric, **options, **layout)
    try:
        found = np.array(decoding.decoded(data))
    except ValueError as error:
        assert kind in NOT_EVERYWHERE and "which is not read here" in str(error)
    else:
        assert apart(found, picture) <= (7 if kind == "Lab" else 2)  # 8 bits of Lab are coarse


@pytest.mark.parametrize("layout", SWAPPED, ids=str)
@pytest.mark.parametrize("kind", NAMED)
def test_a_tiff_that_is_not_read_is_called_by_its_kind(kind: str, layout: dict[str, bool]) -> None:
    values, photometric, options = NAMED[kind]
    words = complaint(tiff(values, photometric, **options, **layout))
    assert words == f"This TIFF holds {kind}, which is not read here: export it as 8-bit RGB."


def test_twelve_bits_reach_white() -> None:
    data = tiff((np.array([[0, 4095, 2048, 1024]]) << 4).astype(np.uint16), 1)
    packed = b"\x00\x0f\xff\x80\x04\x00"  # 0, 4095, 2048, 1024 in twelve bits each
    data = data.replace(b"\0\0\xf0\xff\0\x80\0\x40", packed + b"\0\0")
    data = data.replace(b"\2\1\3\0\1\0\0\0\x10\0", b"\2\1\3\0\1\0\0\0\x0c\0")
    data = data.replace(b"\x17\1\4\0\1\0\0\0\x08\0", b"\x17\1\4\0\1\0\0\0\x06\0")
    found = np.array(decoding.decoded(data))[0, :, 0]
    assert np.abs(found.astype(int) - [0, 255, 128, 64]).max() <= 1


REDDISH, GREYISH = (200, 60, 40), (99, 99, 99)
MODES = {
    "1": lambda: Image.new("1", (4, 4), 1),
    "P": lambda: Image.new("RGB", (4, 4), REDDISH).quantize(2),
    "PA": lambda: Image.new("RGB", (4, 4), REDDISH).quantize(2).convert("PA"),
    "LAB": lambda: LAB.apply(Image.new("RGB", (4, 4), REDDISH)),
    "La": lambda: Image.new("LA", (4, 4), (99, 255)).convert("La"),
    "RGBa": lambda: Image.new("RGBA", (4, 4), (*REDDISH, 255)).convert("RGBa"),
    "F": lambda: Image.new("F", (4, 4), 99.0),
    **{mode: lambda mode=mode: Image.new(mode, (4, 4), 99 * 257)
       for mode in ("I", "I;16", "I;16B", "I;16L", "I;16N")},
    **{mode: lambda mode=mode: Image.new("RGB", (4, 4), GREYISH).convert(mode)
       for mode in ("L", "LA")},
    **{mode: lambda mode=mode: Image.new("RGB", (4, 4), REDDISH).convert(mode)
       for mode in ("RGB", "RGBX", "RGBA", "CMYK", "YCbCr", "HSV")},
}  # fmt: skip
"""Every mode of Pillow's -> a white, a reddish or a grey picture in it."""
GREY_ONLY = ("L", "LA", "La", "I", "F", "I;16", "I;16B", "I;16L", "I;16N")


@pytest.mark.parametrize("mode", MODES)
def test_every_mode_becomes_rgb_of_the_same_colour(mode: str) -> None:
    picture = MODES[mode]()
    found = modes.Conversion(picture, None, False).rgb(picture)
    expected = (255, 255, 255) if mode == "1" else GREYISH if mode in GREY_ONLY else REDDISH
    assert (picture.mode, found.mode) == (mode, "RGB")
    assert np.abs(np.array(found)[0, 0].astype(int) - expected).max() <= 3


def test_no_mode_of_pillows_is_forgotten() -> None:
    assert {*Image.MODES, "La", "RGBa", "PA"} <= MODES.keys()
