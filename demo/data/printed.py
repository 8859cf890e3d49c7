"""A page to print with two pictures in frames of markers, and what a photograph of it shows.

A frame is a square picture and four ArUco markers beside its corners; their numbers say which
corner of which picture. A ninth number says which page it is. OpenCV finds them; it is imported
by who prints or photographs, and by nobody else.
"""

import hashlib
from dataclasses import dataclass
from typing import Any, Literal

import numpy as np
from numpy.typing import NDArray
from PIL import Image, ImageDraw, ImageFont

from demo.data import pictures
from demo.data.pictures import Pixels

Which = Literal["clean", "adversarial"]
Pair = dict[Which, Pixels]
WHICH: tuple[Which, ...] = ("clean", "adversarial")
CORNERS = ("upper left", "upper right", "lower right", "lower left")

DOTS = 300
"""Dots an inch."""
PAGE = (2480, 3508)
"""A4 in dots: 210 x 297 mm."""
SIDE, MARKER, GAP = 1400, 280, 60
"""Of a picture (119 mm) and of a marker, and the white between them, in dots."""
LEFT = (PAGE[0] - SIDE) // 2
TOPS: dict[Which, int] = {"clean": 240, "adversarial": 1930}
"""From the page's edges to the pictures' upper left corners."""
LETTERS = 44
CODES = 1000 - len(WHICH) * len(CORNERS)
"""Numbers of markers that say which page it is."""
FINE, FINEST = 4, 900
"""Points a side that a pixel of the straightened picture is the mean of, and that a small picture
is straightened to."""
LARGEST = 3600
"""Pixels of the longer side that are looked at."""
ASK = "Photograph the whole page from above, flat, sharp and without a shadow on it."


@dataclass(frozen=True)
class Straightened:
    """What a photograph of the page shows. code: the page's number, None if it was not found."""

    pictures: Pair
    code: int | None


def code(pair: Pair) -> int:
    """The page's number, 0 to `CODES` - 1: the same for the same two pictures."""
    digest = hashlib.sha256(b"".join(pair[which].tobytes() for which in WHICH)).digest()
    return int.from_bytes(digest[:8]) % CODES


def sheet(pair: Pair, words: dict[Which, str]) -> Image.Image:
    """The page, `PAGE` dots, mode RGB. pair: (S, S, C) each.  words: below each of them."""
    page = Image.new("RGB", PAGE, "white")
    pen, font = ImageDraw.Draw(page), ImageFont.load_default(LETTERS)
    number = code(pair)
    for which, pixels in pair.items():
        top = TOPS[which]
        for corner in range(len(CORNERS)):
            page.paste(_marker(_number(which, corner)), _place(which, corner))
        middle = (LEFT - GAP - MARKER, top + (SIDE - MARKER) // 2)
        page.paste(_marker(len(WHICH) * len(CORNERS) + number), middle)
        page.paste(
            pictures.from_pixels(pixels).resize((SIDE, SIDE), Image.Resampling.BOX), (LEFT, top)
        )
        pen.text((LEFT, top + SIDE + 20), words[which], "black", font)
    return page


def pdf(page: Image.Image) -> bytes:
    """A PDF of one page in its size on paper."""
    return pictures.saved(page, "PDF", resolution=DOTS, quality=97, subsampling=0)


def straightened(photograph: Image.Image, size: int, channels: int) -> Straightened:
    """Both pictures of a photographed page, (size, size, channels) uint8 each, in even light.

    Raises ValueError, with a sentence for the person who took it, where a frame is not whole.
    """
    photograph = photograph.convert("RGB")
    photograph.thumbnail((LARGEST, LARGEST))
    found = _found(np.asarray(photograph.convert("L")))
    _whole(found)
    seen = np.asarray(photograph)
    both = {w: _of(_straight(seen, found, w, size), channels) for w in WHICH}
    numbers = [number for number in found if number >= len(WHICH) * len(CORNERS)]
    return Straightened(both, numbers[0] - len(WHICH) * len(CORNERS) if numbers else None)


def _of(pixels: Pixels, channels: int) -> Pixels:
    """As it is, or in grey."""
    return pixels if channels == 3 else pixels.mean(axis=2, keepdims=True).round().astype(np.uint8)


def _number(which: Which, corner: int) -> int:
    return WHICH.index(which) * len(CORNERS) + corner


def _place(which: Which, corner: int) -> tuple[int, int]:
    """The upper left corner of a marker on the page, in dots."""
    left = LEFT - GAP - MARKER if corner in (0, 3) else LEFT + SIDE + GAP
    return left, TOPS[which] + (0 if corner < 2 else SIDE - MARKER)


def _markers() -> Any:
    """OpenCV's module, and its 1,000 markers of 5 x 5 squares."""
    import cv2

    return cv2, cv2.aruco.getPredefinedDictionary(cv2.aruco.DICT_5X5_1000)


def _marker(number: int) -> Image.Image:
    cv2, dictionary = _markers()
    return Image.fromarray(cv2.aruco.generateImageMarker(dictionary, number, MARKER))


def _found(grey: Pixels) -> dict[int, NDArray[np.float32]]:
    """The markers in a photograph: number -> its corners, (4, 2), clockwise from upper left."""
    cv2, dictionary = _markers()
    options = cv2.aruco.DetectorParameters()
    options.cornerRefinementMethod = cv2.aruco.CORNER_REFINE_SUBPIX
    corners, numbers, _ = cv2.aruco.ArucoDetector(dictionary, options).detectMarkers(grey)
    if numbers is None:
        return {}
    return {int(n): c.reshape(4, 2) for n, c in zip(numbers.ravel(), corners, strict=True)}


def _whole(found: dict[int, NDArray[np.float32]]) -> None:
    """Raises ValueError unless all corners of both frames were found."""
    hidden = [
        f"{CORNERS[corner]} of the {which} picture"
        for which in WHICH
        for corner in range(len(CORNERS))
        if _number(which, corner) not in found
    ]
    if len(hidden) == len(WHICH) * len(CORNERS):
        raise ValueError(f"No frame of the printed page was found in this picture. {ASK}")
    if hidden:
        where = hidden[0] if len(hidden) == 1 else f"first {hidden[0]}"
        count = "a marker is" if len(hidden) == 1 else f"{len(hidden)} of 8 markers are"
        raise ValueError(f"The frame is not whole: {count} missing, {where}. {ASK}")


def _straight(
    seen: Pixels, found: dict[int, NDArray[np.float32]], which: Which, size: int
) -> Pixels:
    """One picture: (size, size, 3), each pixel a mean of what was seen there, in even light."""
    cv2, _ = _markers()
    fine = max(FINE, FINEST // size)
    scale = fine * size / SIDE
    margin = round((GAP + MARKER) * scale)
    square = np.array([(0, 0), (1, 0), (1, 1), (0, 1)])
    places = [np.subtract(_place(which, c), (LEFT, TOPS[which])) for c in range(len(CORNERS))]
    there = np.concatenate([place + MARKER * square for place in places]) * scale + margin - 0.5
    here = np.concatenate([found[_number(which, c)] for c in range(len(CORNERS))])
    matrix, _ = cv2.findHomography(here, there)
    whole = (fine * size + 2 * margin,) * 2
    straight = cv2.warpPerspective(seen, matrix, whole, flags=cv2.INTER_LINEAR)
    even = straight / _light(straight, margin) * 255
    inner = even[margin:-margin, margin:-margin].reshape(size, fine, size, fine, 3)
    mean: Pixels = inner.mean(axis=(1, 3)).round().clip(0, 255).astype(np.uint8)
    return mean


def _light(straight: Pixels, margin: int) -> NDArray[np.float64]:
    """How bright white paper is at each point, (H, W, 3): by the strips left and right."""
    gap = GAP * margin / (GAP + MARKER)
    down = np.linspace(-1, 1, len(straight))
    sides = []
    for left in (margin - 0.7 * gap, len(straight) - margin + 0.3 * gap):
        strip = straight[margin:-margin, round(left) : round(left + 0.4 * gap)]
        white = np.median(strip, axis=1)
        fitted = np.polynomial.polynomial.polyfit(down[margin:-margin], white, 2)
        sides.append(np.polynomial.polynomial.polyval(down, fitted).T)
    first, last = margin - gap / 2, len(straight) - margin + gap / 2
    across = ((np.arange(len(straight)) - first) / (last - first))[None, :, None]
    light: NDArray[np.float64] = (1 - across) * sides[0][:, None] + across * sides[1][:, None]
    return light.clip(1)
