"""Small components that choose the picture: two galleries, the crop, and a pad to draw on."""

import base64
from collections.abc import Callable, Mapping
from typing import Any

import numpy as np
import streamlit as st
from numpy.typing import NDArray

from demo.data import pictures
from demo.web.components import linked

_thumbnails, _crop = linked.component("picker/thumbnails"), linked.component("picker/crop")
_digits, _pad = linked.component("picker/digits"), linked.component("picker/pad")


def said(key: str, event: str) -> Any:
    """What the component of that key said with the event; None where it makes no sense."""
    state = st.session_state.get(key)
    return state.get(event) if isinstance(state, Mapping) else None


def hear(key: str, ears: Mapping[str, Callable[[], None]]) -> None:
    """After its first drawing in a session: what the component said before anyone listened.

    A page that found its way to another server still shows what the last one drew. A click on that
    comes with the new session's first run, for which no callback is registered yet.
    """
    known = f"{key} is known"
    if known in st.session_state:
        return
    st.session_state[known] = True
    unheard = [ear for event, ear in ears.items() if said(key, event) is not None]
    for ear in unheard:
        ear()
    if unheard:
        st.rerun()


def thumbnails(selected: str, on_pick: Callable[[str], None]) -> None:
    """Show the photographs that the viewer's "strip" was fed with, call `on_pick` with a name."""

    def changed() -> None:
        on_pick(said("thumbnails", "picked"))

    _thumbnails(data={"selected": selected}, key="thumbnails", on_picked_change=changed)
    hear("thumbnails", {"picked": changed})


def crop(
    src: str, size: tuple[int, int], chosen: dict[str, float], on_crop: Callable[[Any], None]
) -> None:
    """Show the picture behind a square window, and call `on_crop` with {"x", "y", "zoom"}.

    src: a data URI of the whole picture, small.  size: its full (width, height) in pixels.
    """

    def changed() -> None:
        on_crop(said("crop_window", "crop"))

    _crop(
        data={"src": src, "width": size[0], "height": size[1], "crop": chosen},
        key="crop_window",
        on_crop_change=changed,
    )
    hear("crop_window", {"crop": changed})


def digits(
    images: NDArray[np.uint8],
    names: list[str],
    titles: list[str],
    selected: str | None,
    place: tuple[int, int, int],
    on_pick: Callable[[Any], None],
    on_turn: Callable[[Any], None],
) -> None:
    """Show a page of digits; call `on_pick` with a name, `on_turn` with the page asked for.

    images: (N, 28, 28) uint8.  names, titles: N of each.  place: page from 0, pages, digits in all.
    """

    def picked() -> None:
        on_pick(said("digits", "picked"))

    def turned() -> None:
        on_turn(said("digits", "turned"))

    page, pages, total = place
    _digits(
        data={
            "packed": base64.b64encode(images.tobytes()).decode(), "names": names,
            "titles": titles, "selected": selected, "page": page, "pages": pages, "total": total,
        },
        key="digits",
        on_picked_change=picked,
        on_turned_change=turned,
    )  # fmt: skip
    hear("digits", {"picked": picked, "turned": turned})


def pad(on_draw: Callable[[Any], None]) -> None:
    """Show the pad, and call `on_draw` with all strokes, lists of [x, y], when one ends."""

    def drawn() -> None:
        on_draw(said("pad", "drawn"))

    _pad(data={"side": pictures.PAD, "pen": pictures.PEN}, key="pad", on_drawn_change=drawn)
    hear("pad", {"drawn": drawn})
