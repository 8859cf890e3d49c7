"""Two networks' gradients at one picture, as pictures: raw, and their sign."""

from dataclasses import dataclass
from html import escape

import numpy as np
from numpy.typing import NDArray

from demo.data import pictures
from demo.data.pictures import Pixels
from demo.web.figures import palette

BRIGHT = 0.99
"""Share of the values that the grey scale of a raw gradient holds; the rest is at its ends."""

_STYLE = (
    "<style>.gradients{display:grid;grid-template-columns:repeat(2,minmax(0,1fr));gap:1rem}"
    ".gradients figure{margin:0;border-top:4px solid;padding-top:.4rem;min-width:0}"
    f".gradients figure.standard{{border-color:{palette.TRAINING['standard'][0]}}}"
    ".gradients figure.adversarial"
    f"{{border-top-style:dashed;border-color:{palette.TRAINING['adversarial'][0]}}}"
    ".gradients .pair{display:grid;grid-template-columns:repeat(2,minmax(0,1fr));gap:.5rem}"
    "@media(max-width:700px){.gradients .pair{grid-template-columns:1fr}}"
    ".gradients img{width:100%;aspect-ratio:1;display:block;border-radius:4px}"
    ".gradients p{margin:.15rem 0;font-size:.875rem;line-height:1.4}"
    ".gradients b.big{font-size:1.25rem;font-weight:600}"
    "</style>"
)


@dataclass(frozen=True)
class Side:
    """One network. training: "standard" or "adversarial".  flips: words on its smallest epsilon."""

    training: str
    gradient: NDArray[np.float32]
    norm: float
    same_sign: float
    on_edges: float
    flips: str


def cards(sides: tuple[Side, Side]) -> str:
    """Both, side by side, in HTML; each with its pictures and its numbers."""
    return f'{_STYLE}<div class="gradients">{"".join(map(_card, sides))}</div>'


def raw(gradient: NDArray[np.float32]) -> Pixels:
    """(H, W, C) -> uint8: mid grey is 0, and `BRIGHT` of the values are within the scale."""
    scale = float(np.quantile(np.abs(gradient), BRIGHT)) or 1.0
    grey: Pixels = np.round(127.5 * (1 + np.clip(gradient / scale, -1, 1))).astype(np.uint8)
    return grey


def signs(gradient: NDArray[np.float32]) -> Pixels:
    """(H, W, C) -> uint8: 0, 128 or 255."""
    grey: Pixels = np.ceil(127.5 * (1 + np.sign(gradient))).astype(np.uint8)
    return grey


def _card(side: Side) -> str:
    word = {"standard": "Standard training", "adversarial": "Adversarial training"}[side.training]
    grey = pictures.saved(pictures.from_pixels(raw(side.gradient)), "JPEG", **_EVEN)
    sign = pictures.saved(pictures.from_pixels(signs(side.gradient)), "WEBP", lossless=True)
    return (
        f'<figure class="{side.training}"><p><b>{word}</b></p><div class="pair">'
        f"<div>{_image(grey, 'jpeg', f'{word}: the gradient')}<p>∇J</p></div>"
        f"<div>{_image(sign, 'webp', f'{word}: the sign of the gradient')}"
        "<p>sign(∇J)</p></div></div>"
        f'<p><b class="big">{100 * side.on_edges:.0f}&nbsp;%</b> of ∇J lies on the steepest tenth '
        "of the picture</p>"
        f"<p><b>{100 * side.same_sign:.0f}&nbsp;%</b> of neighbours agree in sign; "
        f"‖∇J‖₁ = <b>{side.norm:,.0f}</b></p>"
        f"<p>{escape(side.flips)}</p></figure>"
    )


_EVEN = {"quality": 85, "subsampling": 0}
"""A JPEG whose colours are as sharp as its light: without loss it would be thrice as large."""


def _image(file: bytes, kind: str, alt: str) -> str:
    return f'<img src="{pictures.uri(file, kind)}" alt="{escape(alt)}">'
