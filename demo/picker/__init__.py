"""Two small components that choose the picture: thumbnails of the gallery, and the crop."""

from collections.abc import Callable
from pathlib import Path
from typing import Any

import streamlit as st

_HERE = Path(__file__).parent


def _component(name: str) -> Callable[..., Any]:
    html, css, js = (
        (_HERE / f"{name}.{kind}").read_text(encoding="utf-8") for kind in ("html", "css", "js")
    )
    return st.components.v2.component(
        f"fgsm_{name}", html=html, css=css, js=js, isolate_styles=False
    )


_thumbnails, _crop = _component("thumbnails"), _component("crop")


def thumbnails(
    photographs: list[dict[str, str]], selected: str | None, on_pick: Callable[[str], None]
) -> None:
    """Show the photographs, each {"name", "title", "src"}, and call `on_pick` with a name."""

    def changed() -> None:
        on_pick(st.session_state["thumbnails"].get("picked"))

    _thumbnails(
        data={"photographs": photographs, "selected": selected},
        key="thumbnails",
        on_picked_change=changed,
    )


def crop(
    src: str, size: tuple[int, int], chosen: dict[str, float], on_crop: Callable[[Any], None]
) -> None:
    """Show the picture behind a square window, and call `on_crop` with {"x", "y", "zoom"}.

    src: a data URI of the whole picture, small.  size: its full (width, height) in pixels.
    """

    def changed() -> None:
        on_crop(st.session_state["crop_window"].get("crop"))

    _crop(
        data={"src": src, "width": size[0], "height": size[1], "crop": chosen},
        key="crop_window",
        on_crop_change=changed,
    )
