"""Growth against dimension, part 4: why the perturbation is colourful."""

import numpy as np
import streamlit as st
from numpy.typing import NDArray

from demo import models
from demo.web.components import viewer
from demo.web.components.viewer import colours as picture
from demo.web.controls import growth_photograph
from demo.web.pages import prose
from demo.web.store import activation_growth as store

NAMES = ("black", "blue", "green", "cyan", "red", "magenta", "yellow", "white")
"""Of the signs of red, green and blue, read as binary digits."""


def section() -> None:
    """One pixel, three channels, eight colours, from the gradient of the photograph."""
    chosen = growth_photograph.current()
    found = store.colours(chosen.data, chosen.crop)
    counts, without = census(found.gradient)
    st.header(heading(counts), anchor=False)
    picture.show(
        {
            "id": f"{chosen.name} {chosen.crop}", "size": len(found.pixels),
            "clean": viewer.packed(found.pixels), "gradient": viewer.packed(found.gradient),
            "names": NAMES, "counts": counts.tolist(), "without": without,
            "title": chosen.title,
        }
    )  # fmt: skip
    name = models.class_names(models.card(store.NETWORK))[found.label]
    st.markdown(prose.section("activation_growth", "colours"))
    st.caption(
        f"J is the loss of “{name}”, the network's own answer (confidence "
        f"{100 * found.confidence:.1f} %). Picture: {chosen.title}. {chosen.credit}"
    )


def census(gradient: NDArray[np.float32]) -> tuple[NDArray[np.int64], int]:
    """Pixels of each of the eight colours, and of those where a channel has no gradient.

    gradient: (H, W, 3).
    """
    whole = (gradient != 0).all(axis=2)
    numbers = ((gradient > 0) @ np.array([4, 2, 1]))[whole]
    return np.bincount(numbers, minlength=8), int((~whole).sum())


def heading(counts: NDArray[np.int64]) -> str:
    """The part in one sentence, with its numbers."""
    most, least = int(counts.argmax()), int(counts.argmin())
    shares = 100 * counts / max(1, counts.sum())
    return (
        f"Three signs, eight colours: {shares[most]:.1f}\u00a0% of the pixels are {NAMES[most]}, "
        f"{shares[least]:.1f}\u00a0% {NAMES[least]}"
    )
