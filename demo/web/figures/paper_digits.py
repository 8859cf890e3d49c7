"""Digits before and after an attack as a strip that wraps, in HTML: sharp at any width."""

import base64
import io
from collections.abc import Sequence
from html import escape

import numpy as np
from numpy.typing import NDArray
from PIL import Image

from demo.web.figures import palette

Pixels = NDArray[np.uint8]


def strip(pairs: Sequence[str]) -> str:
    """Figures side by side, as many in a line as there is room for."""
    return f'<div style="display:flex;flex-wrap:wrap;gap:1rem 1.25rem">{"".join(pairs)}</div>'


def digit(label: int, shown: Sequence[tuple[str, Pixels, int, float, bool]], size: int = 72) -> str:
    """One digit under several attacks, with the network's answer below each.

    shown: (attack, (28, 28) pixels, answer, confidence 0 to 1, whether right).  size: pixels.
    """
    cells = "".join(
        f'<div style="width:{size}px">{_picture(pixels, size, _alt(label, attack), right)}'
        f'<div style="font-size:.875rem;line-height:1.3">{_answer(answer, sure, right)}</div></div>'
        for attack, pixels, answer, sure, right in shown
    )
    return f'<figure style="margin:0;display:flex;gap:.25rem">{cells}</figure>'


def captioned(pixels: Pixels, caption: str, size: int = 140) -> str:
    """One picture with a line below it."""
    return (
        f'<figure style="margin:0;width:{size}px">{_picture(pixels, size, caption, True)}'
        f'<figcaption style="font-size:.875rem">{escape(caption)}</figcaption></figure>'
    )


def _picture(pixels: Pixels, size: int, alt: str, right: bool) -> str:
    kept = io.BytesIO()
    Image.fromarray(pixels).save(kept, "PNG")
    data = base64.b64encode(kept.getvalue()).decode()
    edge = "transparent" if right else palette.RIVALS[0]
    return (
        f'<img src="data:image/png;base64,{data}" alt="{escape(alt)}" width="{size}" '
        f'height="{size}" style="image-rendering:pixelated;display:block;'
        f'border:3px solid {edge};border-radius:4px">'
    )


def _alt(label: int, attack: str) -> str:
    return f"A {label}, " + ("clean" if attack == "none" else f"under {attack}")


def _answer(answer: int, sure: float, right: bool) -> str:
    share = "&gt; 99.9 %" if 0.999 < sure < 1 else f"{100 * sure:.3g} %"
    return f"{answer}, {share}" if right else f"<b>{answer}</b>, {share}"
