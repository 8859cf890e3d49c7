"""Digits before and after an attack as a strip that wraps, in HTML: sharp at any width."""

from collections.abc import Sequence
from html import escape

from demo.data import pictures
from demo.data.pictures import Pixels
from demo.web.figures import palette


def strip(pairs: Sequence[str]) -> str:
    """Figures side by side, as many in a line as there is room for."""
    return f'<div style="display:flex;flex-wrap:wrap;gap:1rem 1.25rem">{"".join(pairs)}</div>'


def digit(label: int, shown: Sequence[tuple[str, Pixels, int, float, bool]], size: int = 72) -> str:
    """One digit in several states, with the network's answer below each.

    shown: (state in words, (28, 28) pixels, answer, confidence 0 to 1, whether right).
    size: pixels.
    """
    cells = "".join(
        f'<div style="width:{size}px">{_picture(pixels, size, f"A {label}, {state}", right)}'
        f'<div style="{_SMALL}">{_answer(answer, sure, right)}</div></div>'
        for state, pixels, answer, sure, right in shown
    )
    return f'<figure style="margin:0;display:flex;gap:.25rem">{cells}</figure>'


def along(label: int, shown: Sequence[tuple[float, Pixels, int, float, bool]]) -> str:
    """One digit at several epsilons, with epsilon above and the answer below each picture."""
    size = 56
    cells = "".join(
        f'<div style="width:{size}px"><div style="{_SMALL}">{epsilon:g}</div>'
        f"{_picture(pixels, size, f'The {label} at ε = {epsilon:g}', right)}"
        f'<div style="{_SMALL}">{_answer(answer, sure, right)}</div></div>'
        for epsilon, pixels, answer, sure, right in shown
    )
    return f'<figure style="margin:0;display:flex;flex-wrap:wrap;gap:.25rem">{cells}</figure>'


_SMALL = "font-size:.875rem;line-height:1.3"


def captioned(pixels: Pixels, caption: str, size: int = 140) -> str:
    """One picture with a line below it."""
    return (
        f'<figure style="margin:0;width:{size}px">{_picture(pixels, size, caption, True)}'
        f'<figcaption style="font-size:.875rem">{escape(caption)}</figcaption></figure>'
    )


def _picture(pixels: Pixels, size: int, alt: str, right: bool) -> str:
    source = pictures.uri(pictures.to_png(pixels), "png")
    edge = "transparent" if right else palette.RIVALS[0]
    return (
        f'<img src="{source}" alt="{escape(alt)}" width="{size}" '
        f'height="{size}" style="image-rendering:pixelated;display:block;'
        f'border:3px solid {edge};border-radius:4px">'
    )


def share(sure: float) -> str:
    """A confidence, 0 to 1, as a person reads it; 100 % only where it is 1."""
    return ">\u00a099.9\u00a0%" if 0.999 < sure < 1 else f"{100 * sure:.3g}\u00a0%"


def _answer(answer: int, sure: float, right: bool) -> str:
    shown = escape(share(sure))
    return f"{answer}, {shown}" if right else f"<b>{answer}</b>, {shown}"
