"""What browsers show opens here too; what is really cut off says where."""

import zlib
from pathlib import Path

import numpy as np
import pytest
from PIL import Image
from streamlit.testing.v1 import AppTest

from demo.data import decoding
from demo.data.isolation import wire
from tests.data.test_pictures import BLUE_FOR_RED, complaint, noise, quarters
from tests.decoding.files import chunk, saved, with_chunks

HEIC = (Path(__file__).parents[1] / "data" / "quarters.heic").read_bytes()
LONG = 2 * 2**20 * b"x"
WRONG = b"\0\0\0\0"
"""Instead of a checksum."""


def pixels(data: bytes) -> np.ndarray:
    found: np.ndarray = np.array(decoding.decoded(data))
    return found


BESIDE_THE_PIXELS = {
    "a long comment": chunk(b"zTXt", b"Comment\0\0" + zlib.compress(LONG)),
    "a long comment, not packed": chunk(b"tEXt", b"Comment\0" + LONG),
    "a long translation": chunk(b"iTXt", b"Comment\0\1\0\0\0" + zlib.compress(LONG)),
    "a long profile": chunk(b"iCCP", b"profile\0\0" + zlib.compress(LONG)),
    "a bomb for a comment": chunk(b"zTXt", b"Comment\0\0" + zlib.compress(bytes(2**27))),
    "a comment's wrong checksum": chunk(b"tEXt", b"Comment\0hello")[:-4] + WRONG,
    "a transparency's wrong checksum": chunk(b"tRNS", bytes(6))[:-4] + WRONG,
    "an animation of no frames": chunk(b"acTL", bytes(8)),
    "an unknown chunk": chunk(b"abCd", b"?"),
    "a size that cannot be": chunk(b"pHYs", b"?"),
}


@pytest.mark.parametrize("what", BESIDE_THE_PIXELS)
def test_a_png_opens_whatever_lies_beside_its_pixels(what: str) -> None:
    data = with_chunks(BESIDE_THE_PIXELS[what], picture=quarters())
    assert (pixels(data) == np.array(quarters())).all()


def test_a_long_profile_is_honoured() -> None:
    data = saved(noise(40, 30), "PNG", icc_profile=BLUE_FOR_RED + LONG)
    assert np.abs(pixels(data).astype(int) - np.array(noise(40, 30))[..., ::-1]).max() <= 3


@pytest.mark.parametrize("progressive", [False, True])
@pytest.mark.parametrize("subsampling", [0, 2])
def test_a_jpeg_may_lack_its_end_and_nothing_else(progressive: bool, subsampling: int) -> None:
    data = saved(noise(61, 47), "JPEG", progressive=progressive, subsampling=subsampling)
    for missing in (1, 2):
        assert (pixels(data[:-missing]) == pixels(data)).all()
    for missing in range(3, 60):
        assert "is cut off" in complaint(data[:-missing])


def test_a_jpeg_may_go_on_after_its_end() -> None:
    data = saved(noise(61, 47), "JPEG")
    assert (pixels(data + b"and more") == pixels(data)).all()


@pytest.mark.parametrize("format", ["PNG", "GIF", "WEBP"])
def test_what_comes_after_the_pixels_may_be_missing(format: str) -> None:
    whole = saved(noise(61, 47), format, **({"lossless": True} if format == "WEBP" else {}))
    longer = whole[:-12] if format == "PNG" else whole[:-1] if format == "GIF" else whole + b"x"
    assert (pixels(longer) == pixels(whole)).all()


def share(data: bytes) -> int:
    words = complaint(data)
    assert words.startswith("This file is cut off at ")
    return int(words.split()[6])


@pytest.mark.parametrize("kept", [30, 60, 90])
@pytest.mark.parametrize("format", ["JPEG", "PNG", "WEBP", "BMP", "TIFF", "AVIF"])
def test_a_file_that_is_cut_off_says_at_what_share(format: str, kept: int) -> None:
    data = saved(noise(480, 360), format)
    assert abs(share(data[: len(data) * kept // 100]) - kept) <= 6


@pytest.mark.parametrize("format", ["JPEG", "PNG", "WEBP", "GIF", "BMP", "TIFF", "AVIF", "HEIC"])
def test_a_file_that_is_cut_off_anywhere_is_refused(format: str) -> None:
    data = HEIC if format == "HEIC" else saved(noise(60, 45), format)
    for length in np.linspace(40, len(data) - 40, 25).astype(int):
        assert "cut off" in complaint(data[:length])


def test_a_progressive_jpeg_without_its_last_pass_is_cut_off() -> None:
    data = saved(Image.new("RGB", (64, 48), "teal"), "JPEG", progressive=True)
    assert "is cut off" in complaint(data[: data.rindex(b"\xff\xda")])
    assert "is cut off" in complaint(data[: data.rindex(b"\xff\xc4")])


def uploaders() -> None:
    """Both uploaders of the app."""
    from demo.web.controls import photographs

    photographs.own_file("photographs", "Your own picture", "Take a picture")
    photographs.own_file("digits", "Your own digit", "Photograph a digit")


def test_page_readme_and_refusal_promise_the_same_and_the_uploader_looks_at_no_name() -> None:
    app = AppTest.from_function(uploaders, default_timeout=60).run()
    readme = (Path(__file__).parents[2] / "README.md").read_text(encoding="utf-8")
    assert decoding.PROMISE in readme and decoding.PROMISE in wire.TOO_SLOW
    for uploader in app.get("file_uploader"):
        assert decoding.PROMISE in uploader.proto.help
        assert list(uploader.proto.type) == []
    assert len(app.get("file_uploader")) == 2
