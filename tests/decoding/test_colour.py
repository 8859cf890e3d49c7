"""What a file says of its colours is believed as Chromium believes it: to within 4 of 255."""

import base64
from pathlib import Path

import numpy as np
import pytest
from PIL import Image
from playwright.sync_api import Browser

from demo.data import decoding
from demo.data.decoding import colour
from tests.data.test_pictures import BLUE_FOR_RED
from tests.decoding.files import (
    PATCHES,
    WIDE,
    avif,
    chunk,
    code_points,
    gamma,
    heic,
    patches,
    primaries,
    saved,
    with_chunks,
)

D65 = (0.3127, 0.3290)
ADOBE = primaries(D65, (0.64, 0.33), (0.21, 0.71), (0.15, 0.06))
P3 = primaries(D65, (0.68, 0.32), (0.265, 0.69), (0.15, 0.06))
HDR = (16, 18)
QUARTERS = (Path(__file__).parents[1] / "data" / "quarters.heic").read_bytes()


def shown(data: bytes) -> np.ndarray:
    """The colour in the middle of each patch."""
    found: np.ndarray = np.array(decoding.decoded(data))[WIDE // 2, WIDE // 2 :: WIDE].astype(int)
    return found


IN_CHROMIUM: dict[str, tuple[bytes, list[tuple[int, int, int]]]] = {
    "no word of colours": (with_chunks(), PATCHES),
    "a gamma of 1": (
        with_chunks(gamma(1)),
        [(229, 133, 110), (110, 208, 143), (188, 188, 188), (244, 229, 133), (79, 79, 79)],
    ),
    "a gamma of 1 on a palette": (
        with_chunks(gamma(1), picture=patches().quantize(8)),
        [(229, 133, 110), (110, 208, 143), (188, 188, 188), (244, 229, 133), (79, 79, 79)],
    ),
    "a gamma of 1 on grey": (
        with_chunks(gamma(1), picture=patches().convert("L")),
        [(168, 168, 168), (178, 178, 178), (188, 188, 188), (226, 226, 226), (79, 79, 79)],
    ),
    "a gamma near sRGB's": (with_chunks(gamma(0.47)), PATCHES),
    "Adobe RGB": (
        with_chunks(gamma(0.45455), ADOBE),
        [(231, 57, 34), (0, 161, 60), (129, 129, 129), (241, 201, 37), (12, 12, 12)],
    ),
    "primaries without a gamma": (with_chunks(ADOBE), PATCHES),
    "sRGB before gamma": (with_chunks(chunk(b"sRGB", b"\0"), gamma(1), ADOBE), PATCHES),
    "Display P3": (
        with_chunks(code_points(12, 13)),
        [(217, 42, 23), (0, 163, 56), (128, 128, 128), (236, 199, 0), (20, 20, 20)],
    ),
    "code points before gamma": (
        with_chunks(code_points(12, 13), gamma(1)),
        [(217, 42, 23), (0, 163, 56), (128, 128, 128), (236, 199, 0), (20, 20, 20)],
    ),
    "code points of narrow range": (with_chunks(code_points(12, 13, full=0)), PATCHES),
    "video's curve in a PNG": (
        with_chunks(code_points(1, 1)),
        [(197, 49, 28), (28, 155, 60), (121, 121, 121), (229, 197, 49), (7, 7, 7)],
    ),
    "video's curve in an AVIF": (avif(1, 1), PATCHES),
    "Display P3 in an AVIF": (
        avif(12, 13),
        [(217, 43, 23), (0, 164, 55), (128, 128, 128), (236, 199, 0), (20, 20, 20)],
    ),
    "BT.2020 in an AVIF": (
        avif(9, 13),
        [(247, 0, 23), (0, 170, 50), (128, 128, 128), (252, 197, 0), (20, 20, 20)],
    ),
    "unspecified code points": (avif(2, 2), PATCHES),
}
"""A file -> what Chromium 156 shows of it."""


@pytest.mark.parametrize("what", IN_CHROMIUM)
def test_colours_are_those_that_chromium_shows(what: str) -> None:
    data, expected = IN_CHROMIUM[what]
    assert np.abs(shown(data) - expected).max() <= 4


def test_a_profile_is_believed_before_gamma_and_after_code_points() -> None:
    profile = {"icc_profile": BLUE_FOR_RED}
    exchanged = np.array(PATCHES)[:, ::-1]
    assert np.abs(shown(with_chunks(gamma(1), **profile)) - exchanged).max() <= 3
    in_p3 = shown(with_chunks(code_points(12, 13)))
    assert (shown(with_chunks(code_points(12, 13), **profile)) == in_p3).all()


@pytest.mark.parametrize("transfer", HDR)
def test_hdr_greys_are_as_bright_as_in_chromium(transfer: int) -> None:
    greys = [20, 60, 100, 128, 160, 180, 200]
    bright = {16: [1, 26, 76, 132, 213, 242, 255], 18: [5, 39, 75, 99, 135, 166, 202]}[transfer]
    ramp = Image.fromarray(np.array([greys], np.uint8).repeat(WIDE, axis=1)).convert("RGB")
    found = np.array(decoding.decoded(with_chunks(code_points(9, transfer), picture=ramp)))
    assert np.abs(found[0, ::WIDE, 1].astype(int) - bright).max() <= 4


def test_a_saturated_red_of_bt_2020_in_pq_is_red() -> None:
    assert shown(avif(9, 16))[0].tolist() == [255, 0, 0]


def test_a_heic_says_its_code_points_too() -> None:
    plain, srgb, p3 = (
        np.array(decoding.decoded(data))[4, 4].astype(int)
        for data in (QUARTERS, heic(QUARTERS, 1, 13), heic(QUARTERS, 12, 13))
    )
    assert (plain == srgb).all()
    expected = np.array(decoding.decoded(with_chunks(
        code_points(12, 13), picture=Image.new("RGB", (1, 1), tuple(plain.tolist()))
    )))  # fmt: skip
    assert np.abs(p3 - expected[0, 0]).max() <= 2
    assert np.abs(p3 - plain).max() > 10


@pytest.mark.parametrize(
    "nonsense",
    [
        chunk(b"cICP", b"\1"), chunk(b"gAMA", b""), gamma(0), gamma(1e4), code_points(200, 13),
        code_points(1, 200), chunk(b"iCCP", b"name\0\0no zlib"), chunk(b"iCCP", b"no name"),
        gamma(1) + chunk(b"cHRM", b"short"),
        gamma(1) + primaries(D65, (0.3, 0.3), (0.3, 0.3), (0.3, 0.3)),
    ],
)  # fmt: skip
def test_nonsense_about_colours_is_not_believed(nonsense: bytes) -> None:
    assert (shown(with_chunks(nonsense)) == PATCHES).all()


ASKED: dict[str, bytes] = {
    **{f"png {p}": with_chunks(code_points(p, 13)) for p in colour.PRIMARIES},
    **{f"png curve {t}": with_chunks(code_points(1, t)) for t in colour.CURVES if t not in HDR},
    **{f"avif {p}": avif(p, 13) for p in colour.PRIMARIES},
    **{f"avif curve {t}": avif(1, t) for t in colour.CURVES if t not in (11, *HDR)},
    **{f"gamma {g}": with_chunks(gamma(g)) for g in (0.3, 0.42, 0.5, 1.0, 1.5)},
    "gamma 1, P3": with_chunks(gamma(1), P3),
    "an embedded profile": saved(patches(), "PNG", icc_profile=BLUE_FOR_RED),
}


@pytest.mark.slow
def test_the_browser_shows_each_of_them_alike(browser: Browser) -> None:
    page = browser.new_page()
    there = {what: page.evaluate(PAINTED, [_address(data), WIDE]) for what, data in ASKED.items()}
    page.close()
    apart = {what: int(np.abs(shown(data) - there[what]).max()) for what, data in ASKED.items()}
    assert {what: levels for what, levels in apart.items() if levels > 4} == {}


PAINTED = """async ([address, wide]) => {
  const picture = new Image();
  picture.src = address;
  await picture.decode();
  const canvas = new OffscreenCanvas(picture.naturalWidth, picture.naturalHeight);
  const context = canvas.getContext("2d");
  context.drawImage(picture, 0, 0);
  const middles = Array.from({length: canvas.width / wide}, (_, i) => i * wide + wide / 2);
  return middles.map((x) => [...context.getImageData(x, wide / 2, 1, 1).data].slice(0, 3));
}"""


def _address(data: bytes) -> str:
    kind = "png" if data.startswith(b"\x89PNG") else "avif"
    return f"data:image/{kind};base64,{base64.b64encode(data).decode()}"
