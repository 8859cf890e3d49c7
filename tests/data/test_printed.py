"""The printed page: found in a photograph by its frame, straightened, and in words where it is not.

A camera is played by code: see `tests.photographing`.
"""

import io
import subprocess
import sys

import numpy as np
import pytest
from PIL import Image, ImageDraw

from demo.data import gallery, pictures, printed
from demo.experiments.attack.one_step import Answer
from demo.web.pages.printing import verdict
from tests.photographing import photographed

SIZE = 224
CLEAN = gallery.pixels(gallery.card("polar-bear"), SIZE)
SIGNS = np.random.default_rng(7).choice([-1, 1], CLEAN.shape)
PAIR: printed.Pair = {
    "clean": CLEAN, "adversarial": np.clip(CLEAN + 8 * SIGNS, 0, 255).astype(np.uint8),
}  # fmt: skip
WORDS: dict[printed.Which, str] = {"clean": "ice bear 99 %", "adversarial": "Arctic fox 31 %"}


@pytest.fixture(scope="module")
def page() -> Image.Image:
    return printed.sheet(PAIR, WORDS)


def off(found: printed.Straightened) -> float:
    """Levels of 255 by which both pictures differ from the originals, on average."""
    pairs = [(found.pictures[which].astype(int), PAIR[which]) for which in printed.WHICH]
    return float(np.mean([np.abs(seen - original).mean() for seen, original in pairs]))


def test_the_page_itself_gives_both_pictures_back(page: Image.Image) -> None:
    found = printed.straightened(page, SIZE, 3)
    assert off(found) < 0.5 and found.code == printed.code(PAIR)


def test_the_pdf_is_one_page_of_a4_and_keeps_the_pictures(page: Image.Image) -> None:
    file = printed.pdf(page)
    assert b"/MediaBox [ 0 0 595.2 841.92 ]" in file and len(file) < 10_000_000
    stored = file[file.index(b"\xff\xd8") : file.rindex(b"\xff\xd9") + 2]
    assert off(printed.straightened(Image.open(io.BytesIO(stored)), SIZE, 3)) < 1


@pytest.mark.parametrize(
    ("seed", "turned"),
    [(1, 17), *(pytest.param(*how, marks=pytest.mark.slow) for how in ((2, 0), (3, 90), (4, 180)))],
)
def test_a_turned_warped_unevenly_lit_blurred_photograph_gives_both_pictures_back(
    page: Image.Image, seed: int, turned: float
) -> None:
    found = printed.straightened(photographed(page, seed, turned=turned), SIZE, 3)
    assert off(found) < 8 and found.code == printed.code(PAIR)
    change = found.pictures["adversarial"].astype(float) - found.pictures["clean"]
    assert np.corrcoef(change.ravel(), SIGNS.ravel())[0, 1] > 0.5


def test_uneven_light_is_taken_away(page: Image.Image) -> None:
    darker = np.asarray(page) * np.linspace(1, 0.6, page.width)[None, :, None]
    found = printed.straightened(Image.fromarray(darker.round().astype(np.uint8)), SIZE, 3)
    assert off(found) < 1.5


def test_digits_are_printed_and_found_in_grey() -> None:
    digit = np.zeros((28, 28, 1), np.uint8)
    digit[4:24, 12:16] = 255
    pair: printed.Pair = {"clean": digit, "adversarial": np.clip(digit + 64, 0, 255)}
    seen = printed.straightened(photographed(printed.sheet(pair, WORDS), 5), 28, 1).pictures
    assert seen["clean"].shape == (28, 28, 1)
    assert np.abs(seen["clean"].astype(int) - digit).mean() < 8


def hidden(page: Image.Image, *places: tuple[int, int]) -> Image.Image:
    """The page with white paper over the markers there."""
    page = page.copy()
    for left, top in places:
        square = (left, top, left + printed.MARKER, top + printed.MARKER)
        ImageDraw.Draw(page).rectangle(square, fill="white")
    return page


def test_a_hidden_marker_is_named(page: Image.Image) -> None:
    place = printed._place("adversarial", 3)
    with pytest.raises(ValueError) as refused:
        printed.straightened(hidden(page, place), SIZE, 3)
    assert str(refused.value) == (
        "The frame is not whole: a marker is missing, lower left of the adversarial picture. "
        f"{printed.ASK}"
    )


@pytest.mark.parametrize("other", [gallery.photograph("koala"), None], ids=["koala", "white"])
def test_a_photograph_of_something_else_is_one_sentence(other: bytes | None) -> None:
    white = Image.new("RGB", (800, 600), "white")
    with pytest.raises(ValueError, match=r"^No frame of the printed page was found"):
        printed.straightened(white if other is None else pictures.from_bytes(other), SIZE, 3)


def test_half_a_page_says_how_many_markers_are_missing(page: Image.Image) -> None:
    upper = page.crop((0, 0, page.width, page.height // 2))
    with pytest.raises(ValueError, match="4 of 8 markers are missing, first upper left of the adv"):
        printed.straightened(upper, SIZE, 3)


def test_another_pair_has_another_number() -> None:
    assert printed.code(PAIR) != printed.code(PAIR | {"adversarial": PAIR["clean"]})


@pytest.mark.slow
def test_opencv_is_not_imported_before_somebody_prints() -> None:
    loaded = "import sys, demo.web.pages.printing; sys.exit('cv2' in sys.modules)"
    assert subprocess.run([sys.executable, "-c", loaded], check=False).returncode == 0


BEAR, FOX, DOG = (Answer(label, 0.5) for label in range(3))


@pytest.mark.parametrize(
    ("file", "seen", "begins"),
    [
        ((BEAR, BEAR), (BEAR, BEAR), "At this ε the file does not fool the network"),
        ((BEAR, FOX), (DOG, FOX), "The photograph alone changes the answer"),
        ((BEAR, FOX), (BEAR, BEAR), "**Undone.**"),
        ((BEAR, FOX), (BEAR, FOX), "**It survives.**"),
        ((BEAR, FOX), (BEAR, DOG), "**It survives.**"),
    ],
)
def test_what_the_photograph_did_is_said(
    file: tuple[Answer, Answer], seen: tuple[Answer, Answer], begins: str
) -> None:
    both = [dict(zip(printed.WHICH, pair, strict=True)) for pair in (file, seen)]
    told = verdict(*both, said=lambda answer: f"class {answer.label}")
    assert told.startswith(begins)
