"""Every file that a visitor may send becomes a picture or one clear sentence."""

import builtins
import os
import struct
import warnings
import zlib
from concurrent.futures import ThreadPoolExecutor
from io import BytesIO
from pathlib import Path

import numpy as np
import pytest
import torch
from hypothesis import given, settings
from hypothesis import strategies as st
from PIL import Image, ImageCms
from torchvision import transforms

from demo.data import decoding, pictures
from tests.decoding.files import chunk, noise, saved

pytestmark = pytest.mark.filterwarnings("error")

HEIC = Path(__file__).parent
COLOURS = [(220, 40, 40), (40, 180, 60), (40, 70, 210), (240, 210, 60)]
SRGB = ImageCms.ImageCmsProfile(ImageCms.createProfile("sRGB")).tobytes()
BLUE_FOR_RED = SRGB.replace(b"rXYZ", b"----").replace(b"bXYZ", b"rXYZ").replace(b"----", b"bXYZ")


def quarters() -> Image.Image:
    """Red, green, blue and yellow quarters, 48 x 32: every turn and flip shows."""
    picture = Image.new("RGB", (48, 32))
    for colour, corner in zip(COLOURS, [(0, 0), (24, 0), (0, 16), (24, 16)], strict=True):
        picture.paste(colour, (*corner, corner[0] + 24, corner[1] + 16))
    return picture


def opened(data: bytes) -> np.ndarray:
    picture = pictures.from_bytes(data)
    assert picture.mode == "RGB"
    return np.array(picture)


def complaint(data: bytes) -> str:
    with pytest.raises(ValueError) as caught:
        pictures.from_bytes(data)
    sentence = str(caught.value)
    assert type(caught.value) is ValueError
    assert sentence.endswith(".")
    assert ". " not in sentence
    assert "\n" not in sentence
    return sentence


def png(width: int, height: int, *chunks: bytes) -> bytes:
    """A grey PNG that says it has that size, and has one row's worth of black at most."""
    header = chunk(b"IHDR", struct.pack(">IIBBBBB", width, height, 8, 0, 0, 0, 0))
    black = chunk(b"IDAT", zlib.compress(bytes(16)))
    return b"".join([b"\x89PNG\r\n\x1a\n", header, *chunks, black, chunk(b"IEND", b"")])


def gif(width: int, height: int) -> bytes:
    size = struct.pack("<HH", width, height)
    return b"GIF89a" + size + b"\0\0\0,\0\0\0\0" + size + b"\0\2\1\0\0;"


LOSSLESS = {
    "PNG": saved(quarters(), "PNG"),
    "BMP": saved(quarters(), "BMP"),
    "TIFF": saved(quarters(), "TIFF"),
    "TIFF, LZW": saved(quarters(), "TIFF", compression="tiff_lzw"),
    "WebP": saved(quarters(), "WEBP", lossless=True),
    "GIF": saved(quarters(), "GIF"),
}
LOSSY = {
    "JPEG": saved(quarters(), "JPEG", quality=95),
    "MPO": saved(quarters(), "MPO", quality=95, save_all=True, append_images=[noise(48, 32)]),
    "WebP": saved(quarters(), "WEBP", quality=95),
    "AVIF": saved(quarters(), "AVIF", quality=95),
    "HEIC": (HEIC / "quarters.heic").read_bytes(),
    "HEIC, turned": (HEIC / "quarters-rotated.heic").read_bytes(),
}


@pytest.mark.parametrize("kind", LOSSLESS)
def test_a_lossless_file_comes_back_bit_for_bit(kind):
    assert (opened(LOSSLESS[kind]) == np.array(quarters())).all()


@pytest.mark.parametrize("kind", LOSSY)
def test_a_lossy_file_has_the_right_colour_in_every_corner(kind):
    pixels = opened(LOSSY[kind]).astype(int)
    corners = pixels[[4, 4, -4, -4], [4, -4, 4, -4]]
    assert pixels.shape == (32, 48, 3)
    assert np.abs(corners - COLOURS).max() <= 6


@pytest.mark.parametrize("format", ["JPEG", "PNG", "TIFF", "WEBP", "AVIF"])
@pytest.mark.parametrize("orientation", range(1, 9))
def test_a_rotated_photo_stands_upright(format, orientation):
    exif = Image.Exif()
    exif[0x0112] = orientation
    stored = np.array(quarters())
    upright = {
        1: stored,
        2: stored[:, ::-1],
        3: stored[::-1, ::-1],
        4: stored[::-1],
        5: stored.swapaxes(0, 1),
        6: np.rot90(stored, -1),
        7: stored[::-1, ::-1].swapaxes(0, 1),
        8: np.rot90(stored),
    }[orientation].astype(int)
    pixels = opened(saved(quarters(), format, exif=exif.tobytes()))
    assert pixels.shape == upright.shape
    assert np.abs(pixels - upright)[4:-4, 4:-4].mean() < 8


def test_a_broken_exif_does_not_stop_a_good_picture():
    for exif in (
        b"Exif\0\0garbage",
        b"Exif\0\0II*\0\xff\xff\xff\xff",
        b"Exif\0\0MM\0*\0\0\0\x08\xff",
    ):
        assert opened(saved(quarters(), "JPEG", exif=exif)).shape == (32, 48, 3)


def clear_left_half(mode: str) -> Image.Image:
    picture = Image.new("RGBA", (4, 2), (0, 0, 0, 0))
    picture.paste((100, 100, 100, 255), (2, 0, 4, 2))
    return picture.convert(mode)


def transparent_files() -> dict[str, bytes]:
    palette = Image.new("P", (4, 2), 0)
    palette.putpalette([0, 0, 0, 100, 100, 100])
    palette.paste(1, (2, 0, 4, 2))
    opaque = palette.convert("RGB")
    return {
        "RGBA PNG": saved(clear_left_half("RGBA"), "PNG"),
        "LA PNG": saved(clear_left_half("LA"), "PNG"),
        "palette PNG, one colour clear": saved(palette, "PNG", transparency=0),
        "palette PNG, alpha per colour": saved(palette, "PNG", transparency=b"\0\xff"),
        "RGB PNG, one colour clear": saved(opaque, "PNG", transparency=(0, 0, 0)),
        "grey PNG, one level clear": saved(opaque.convert("L"), "PNG", transparency=0),
        "GIF": saved(palette, "GIF", transparency=0),
        "WebP": saved(clear_left_half("RGBA"), "WEBP", lossless=True),
        "TIFF": saved(clear_left_half("RGBA"), "TIFF"),
    }


@pytest.mark.parametrize("kind", transparent_files())
def test_transparency_becomes_white(kind):
    row = opened(transparent_files()[kind])[0]
    assert row.tolist() == [[255] * 3] * 2 + [[100] * 3] * 2


def test_half_transparency_is_mixed_with_white():
    assert opened(saved(Image.new("RGBA", (1, 1), (0, 100, 200, 51)), "PNG")).tolist() == [
        [[204, 224, 244]]
    ]


def test_an_alpha_channel_that_hides_nothing_changes_nothing():
    assert (opened(saved(noise(60, 40).convert("RGBA"), "PNG")) == noise(60, 40)).all()


@pytest.mark.parametrize("format", ["JPEG", "TIFF"])
def test_cmyk_becomes_rgb(format):
    red = Image.new("CMYK", (16, 16), (0, 255, 255, 0))
    assert np.abs(opened(saved(red, format)).astype(int) - (255, 0, 0)).max() <= 3


@pytest.mark.parametrize(
    "format, dtype, white",
    [
        ("PNG", np.uint16, 65535),
        ("TIFF", np.uint16, 65535),
        ("TIFF", ">u2", 65535),
        ("TIFF", np.int32, 65535),
        ("TIFF", np.int32, 255 * 2**20),
        ("TIFF", np.float32, 1),
        ("TIFF", np.float32, 255),
    ],
)
def test_a_deep_grey_is_scaled_not_clipped(format, dtype, white):
    levels = np.arange(256).reshape(16, 16)
    deep = Image.fromarray((levels * (white / 255)).astype(dtype))
    assert (opened(saved(deep, format)) == levels[..., None]).all()


def test_one_bit_is_black_and_white_and_grey_is_grey():
    bits = Image.fromarray(np.eye(8, dtype=np.uint8) * 255)
    for mode in ("1", "L"):
        assert (opened(saved(bits.convert(mode), "PNG")) == np.eye(8)[..., None] * 255).all()


def test_an_srgb_profile_changes_nothing():
    assert (opened(saved(noise(60, 40), "PNG", icc_profile=SRGB)) == noise(60, 40)).all()


def test_another_profile_is_converted_to_srgb():
    pixels = opened(saved(noise(60, 40), "PNG", icc_profile=BLUE_FOR_RED)).astype(int)
    assert np.abs(pixels[..., ::-1] - np.array(noise(60, 40), int)).max() <= 3


def test_a_profile_is_not_applied_twice():
    once = pictures.from_bytes(saved(noise(60, 40), "PNG", icc_profile=BLUE_FOR_RED))
    assert (opened(saved(once, "PNG")) == once).all()


@pytest.mark.parametrize("profile", [b"nonsense", SRGB[:200], SRGB.replace(b"RGB ", b"CMYK", 1)])
def test_a_profile_that_does_not_fit_is_ignored(profile):
    assert (opened(saved(noise(60, 40), "PNG", icc_profile=profile)) == noise(60, 40)).all()


@pytest.mark.parametrize("format", ["GIF", "WEBP", "AVIF", "TIFF", "PNG"])
def test_of_an_animation_the_first_frame_is_taken(format):
    frames = [Image.new("RGB", (32, 32), colour) for colour in COLOURS]
    data = saved(frames[0], format, save_all=True, append_images=frames[1:])
    assert np.abs(opened(data).astype(int) - COLOURS[0]).max() <= 6


@pytest.mark.parametrize("size", [(1, 1), (1, 10000), (10000, 1)])
def test_the_thinnest_picture_still_fills_the_square(size):
    picture = pictures.from_bytes(saved(Image.new("RGB", size, "red"), "PNG"))
    for crop in (pictures.DEFAULT_CROP, pictures.Crop(1, 0, pictures.MAX_ZOOM)):
        pixels = pictures.at_network_size(picture, 224, crop)
        assert (pixels == (255, 0, 0)).all()
        assert pixels.shape == (224, 224, 3)


TOO_BIG = saved(Image.new("1", (8000, 8000)), "PNG")
REFUSED = {
    "nothing": (b"", "empty"),
    "too many bytes": (bytes(pictures.MAX_BYTES + 1), "more than 10 MB"),
    "64 megapixels": (TOO_BIG, "64.0 (8000 x 8000)"),
    "a bomb that Pillow warns of": (png(10000, 10000), "at most 50 megapixels"),
    "a bomb that Pillow refuses": (png(60000, 60000), "at most 50 megapixels"),
    "a GIF bomb": (gif(65535, 65535), "at most 50 megapixels"),
    "no width": (png(0, 5), "damaged"),
    "SVG": (b'<?xml version="1.0"?><svg xmlns="x"/>', "an SVG drawing"),
    "PDF": (b"%PDF-1.7 ...", "a PDF document"),
    "text": (b"Dear network, what am I?", "of another kind"),
    "random bytes": (np.random.default_rng(0).bytes(5000), "of another kind"),
    "a format that is not on the list": (saved(quarters(), "PPM"), "of another kind"),
    "PostScript, which would start another program": (saved(quarters(), "EPS"), "another kind"),
}


@pytest.mark.parametrize("kind", REFUSED)
def test_what_is_no_picture_gets_one_clear_sentence(kind):
    data, words = REFUSED[kind]
    assert words in complaint(data)


SEEDS = [*LOSSLESS.values(), *LOSSY.values(), *transparent_files().values()]
CHANGES = st.lists(st.tuples(st.integers(0, 1500), st.binary(max_size=4)), min_size=1, max_size=6)


@settings(max_examples=400, deadline=None, derandomize=True)
@given(seed=st.sampled_from(SEEDS), changes=CHANGES, cut=st.integers(0, 60))
def test_whatever_the_bytes_are_a_picture_or_a_sentence_comes_out(seed, changes, cut):
    data = bytearray(seed)
    for place, piece in changes:
        place %= len(data)
        data[place : place + len(piece)] = piece
    try:
        assert pictures.from_bytes(bytes(data[: len(data) - cut])).mode == "RGB"
    except ValueError as error:
        assert type(error) is ValueError
        assert str(error).endswith(".")


def test_pillow_warns_nobody_and_the_warning_filters_stay():
    animation_of_no_frames = png(4, 3, chunk(b"acTL", bytes(8)))
    with pytest.warns(UserWarning, match="Invalid APNG"):
        Image.open(BytesIO(animation_of_no_frames))
    before = list(warnings.filters)
    assert opened(animation_of_no_frames).shape == (3, 4, 3)
    assert decoding.decoded(animation_of_no_frames).size == (4, 3)
    assert warnings.filters == before


def test_nothing_is_written_to_disk(monkeypatch, tmp_path):
    for seed in SEEDS:  # loads what Pillow imports late
        decoding.decoded(seed)
    monkeypatch.chdir(tmp_path)
    monkeypatch.setattr(builtins, "open", None)
    monkeypatch.setattr(os, "open", None)
    for seed in SEEDS:
        pictures.to_png(decoding.decoded(seed))
    assert not list(tmp_path.iterdir())


def test_many_people_at_once_get_their_own_pictures():
    sent = [noise(width, 50) for width in range(40, 72)]
    with ThreadPoolExecutor(8) as people:
        got = list(people.map(pictures.from_bytes, [saved(p, "PNG") for p in sent]))
    assert all((np.array(a) == np.array(b)).all() for a, b in zip(sent, got, strict=True))


SIZES = [(640, 480), (480, 640), (641, 359), (333, 1021), (91, 77), (256, 256), (225, 224)]


@pytest.mark.parametrize("size", [224, 240, 299])
@pytest.mark.parametrize("width, height", SIZES)
def test_the_default_square_is_torchvisions_bit_for_bit(width, height, size):
    resize = transforms.Resize(round(size / 0.875), transforms.InterpolationMode.BICUBIC)
    theirs = transforms.CenterCrop(size)(resize(noise(width, height)))
    assert (pictures.at_network_size(noise(width, height), size) == np.array(theirs)).all()


def test_a_crop_that_falls_on_whole_pixels_is_cut_bit_for_bit():
    middle = pictures.at_network_size(noise(512, 512), 224, pictures.Crop(zoom=2))
    corner = pictures.at_network_size(noise(512, 512), 224, pictures.Crop(0.25, 0.75, 2))
    assert (middle == np.array(noise(512, 512))[144:368, 144:368]).all()
    assert (corner == np.array(noise(512, 512))[272:496, 16:240]).all()


def test_a_picture_of_the_networks_size_stays_as_it_is():
    assert (pictures.at_network_size(noise(224, 224), 224) == noise(224, 224)).all()


def test_a_crop_is_pushed_back_inside_the_picture():
    corner = pictures.at_network_size(quarters(), 8, pictures.Crop(0, 1, pictures.MAX_ZOOM))
    assert (corner == COLOURS[2]).all()


def test_the_smallest_zoom_shows_the_whole_shorter_side():
    whole = pictures.at_network_size(noise(300, 300), 224, pictures.Crop(0.9, 0.1, 0.875))
    resized = noise(300, 300).resize((224, 224), Image.Resampling.BICUBIC)
    assert (whole == np.array(resized)).all()


@pytest.mark.parametrize("x, y, zoom", [(-0.1, 0.5, 1), (0.5, 2, 1), (0.5, 0.5, 9), (0, 0, 0.8)])
def test_a_crop_outside_its_range_is_refused(x, y, zoom):
    with pytest.raises(ValueError, match=r"a zoom from 0\.875 to 8"):
        pictures.Crop(x, y, zoom)


def test_a_crop_that_is_not_a_number_is_refused():
    with pytest.raises(ValueError, match="x = nan"):
        pictures.Crop(x=float("nan"))


def test_pixels_to_tensor_to_pixels_is_the_identity_on_all_256_levels():
    pixels = np.arange(768, dtype=np.uint16).astype(np.uint8).reshape(16, 16, 3)
    image = pictures.to_tensor(pixels)
    assert image.dtype == torch.float32
    assert image.shape == (1, 3, 16, 16)
    assert torch.equal(image[0, :, 0, 1], torch.tensor([3, 4, 5]) / 255)
    assert (pictures.to_pixels(image) == pixels).all()
    assert (pictures.to_pixels(image[0]) == pixels).all()


def test_to_pixels_rounds_to_the_nearest_level():
    image = torch.tensor([0.49, 0.51, 254.6]).view(3, 1, 1) / 255
    assert pictures.to_pixels(image).tolist() == [[[0, 1, 255]]]


def test_a_saved_png_comes_back_bit_for_bit():
    picture = noise(50, 30)
    for image in (picture, np.array(picture), pictures.to_tensor(np.array(picture))):
        assert (opened(pictures.to_png(image)) == np.array(picture)).all()


def test_a_preview_is_a_small_webp_and_never_larger_than_the_picture():
    for size, expected in [((640, 480), (100, 75)), ((1, 9000), (1, 100)), ((30, 20), (30, 20))]:
        small = Image.open(BytesIO(pictures.preview(noise(*size), 100)))
        assert (small.format, small.size) == ("WEBP", expected)


def test_the_biggest_picture_is_accepted_and_one_row_more_is_not(monkeypatch):
    monkeypatch.setattr(decoding, "MAX_PIXELS", 48 * 32)
    assert decoding.decoded(LOSSLESS["PNG"]).size == (48, 32)
    with pytest.raises(ValueError, match="megapixels"):
        decoding.decoded(saved(Image.new("RGB", (48, 33)), "PNG"))
