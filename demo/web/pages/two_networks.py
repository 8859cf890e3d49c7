"""The attack page's last section: the photograph seen by both networks, with and without training.

Both gradients as pictures, the smallest epsilon that changes each answer, and the same over the
gallery.
"""

import contextlib
import functools
from typing import Any

import streamlit as st

from demo import models
from demo.data import gallery
from demo.data.pictures import Pixels
from demo.experiments.attack import confidence_sweep, failures, gallery_flips, record_files
from demo.web.components import plotted, viewer
from demo.web.controls import Choices
from demo.web.figures import flip_strip
from demo.web.figures import two_gradients as figure
from demo.web.pages import prose
from demo.web.store import attack as store
from demo.web.store import recorded

LEVELS = tuple(255 * epsilon for epsilon in confidence_sweep.EPSILON_GRID)
AMOUNTS = tuple(failures.amount(epsilon) for epsilon in confidence_sweep.EPSILON_GRID)
TOPIC = "two_networks"


def section(choices: Choices, card: models.ModelCard, pixels: Pixels, label: int) -> None:
    """Draw it for a photograph whose network has a counterpart that is here; else nothing.

    label: the class in J of the view; of both networks' gradients, so that they can be compared.
    """
    other = models.counterpart(card.name)
    if card.kind != "photographs" or other is None:
        return
    with contextlib.suppress(models.Unavailable):
        if recorded.of(other, pixels) is None:
            store.network(other)
        pair = (card, models.card(other))
        standard, robust = pair if card.training == "standard" else pair[::-1]
        _gradients(standard, robust, pixels, label)
        _strip(standard, robust, choices, pixels)


def _gradients(
    standard: models.ModelCard, robust: models.ModelCard, pixels: Pixels, label: int
) -> None:
    found = [store.gradient(c.name, pixels, label) for c in (standard, robust)]
    first, second = (
        figure.Side(
            c.training, g.values, g.norm, g.same_sign, g.on_edges, said(flip(c.name, pixels))
        )
        for c, g in zip((standard, robust), found, strict=True)
    )
    st.header(heading(first, second), anchor=False)
    key = f"gradients {standard.name} {robust.name} {label} {record_files.digest(pixels)}"

    def packed() -> str:
        keep = all(recorded.gradient(c.name, pixels, label) for c in (standard, robust))
        return viewer.packed(figure.cards((first, second)), keep)

    viewer.html(recorded.shown(key, packed), "gradients")
    name = store.class_names(standard.name)[label]
    st.markdown(
        f":small[Both are gradients of the loss of “{name}” at this picture without attack; mid "
        f"grey is 0, each has its own scale ({100 * figure.BRIGHT:.0f} % of the values are within "
        "it).]"
    )
    st.markdown(prose.section(TOPIC, "why"))
    st.markdown(f"**How the robust network was trained.** Against {robust.against}.")


def heading(standard: figure.Side, robust: figure.Side) -> str:
    """The section in one sentence, with its numbers."""
    first, second = 100 * standard.on_edges, 100 * robust.on_edges
    if second > first:
        return (
            f"The robust network’s gradient follows the picture: {second:.0f}\u00a0% of it lies on "
            f"edges, of the standard network’s {first:.0f}\u00a0%"
        )
    return (
        f"Here the robust network’s gradient is no closer to the edges: {second:.0f}\u00a0% "
        f"against {first:.0f}\u00a0%"
    )


def flip(name: str, pixels: Pixels) -> int | None:
    """Index of the first of the 65 epsilons at which FGSM away from its own answer changes it."""
    if (known := recorded.of(name, pixels)) is not None:
        return known.flip
    step = store.step(name, pixels, 0.0, None, None)
    answers = store.sweep(name, pixels, step.direction).logits.argmax(axis=1)
    return failures.first(answers != answers[0])


def said(stop: int | None) -> str:
    """The smallest epsilon in a few words."""
    if stop is None:
        return f"FGSM changes the answer at no ε up to {AMOUNTS[-1]}."
    return f"FGSM changes the answer from ε = {AMOUNTS[stop]} on."


def _strip(
    standard: models.ModelCard, robust: models.ModelCard, choices: Choices, pixels: Pixels
) -> None:
    """The gallery as dots, as recorded, and this picture's own."""
    if standard.source != "embedded":
        return
    recorded = {c.training: _measured(c.name, str(c.sha256)) for c in (standard, robust)}
    if not all(recorded.values()):
        st.info(
            "The gallery has not been measured with these weights: `python -m demo photographs` "
            "measures it."
        )
        return
    st.header(summary(recorded["standard"], recorded["adversarial"]), anchor=False)
    titles = {photo.name: photo.title for photo in gallery.GALLERY}
    rows = tuple(
        (
            *(
                flip_strip.Dot(titles[f.photograph], f.stop)
                for f in recorded[c.training]
                if f.photograph != choices.picture.name and f.photograph in titles
            ),
            flip_strip.Dot(choices.picture.title, flip(c.name, pixels), here=True),
        )
        for c in (standard, robust)
    )
    plotted.show(
        _dots(*rows), "flips",
        "The smallest ε that changes the answer, for each photograph of the gallery and "
        "both networks",
    )  # fmt: skip
    wrong = [sum(not f.right for f in recorded[t]) for t in ("standard", "adversarial")]
    count = len(recorded["standard"])
    st.markdown(
        f":small[One dot a photograph, under one step of FGSM away from the network’s own answer; "
        f"the diamond is the picture above. Without attack the standard network is "
        f"wrong on {wrong[0]} of the {count}, the robust one on {wrong[1]}: that is its price.]"
    )


_measured = functools.lru_cache(maxsize=8)(gallery_flips.recorded)


@functools.lru_cache(maxsize=64)
def _dots(standard: tuple[flip_strip.Dot, ...], robust: tuple[flip_strip.Dot, ...]) -> Any:
    return flip_strip.plot({"standard": standard, "adversarial": robust}, LEVELS)


def summary(standard: list[gallery_flips.Flip], robust: list[gallery_flips.Flip]) -> str:
    """The strip in one sentence: the medians."""
    first, second = (median(flips) for flips in (standard, robust))
    return (
        f"Half of the gallery’s answers change by ε = {first}; with adversarial training, "
        f"by {second}"
    )


def median(flips: list[gallery_flips.Flip]) -> str:
    """The epsilon by which half of the answers have changed, in words."""
    stops = sorted(len(LEVELS) if f.stop is None else f.stop for f in flips)
    middle = stops[(len(stops) - 1) // 2]
    if middle == len(LEVELS):
        return f"more than {AMOUNTS[-1]}"
    return AMOUNTS[middle]
