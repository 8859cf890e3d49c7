"""Which photograph: one of the gallery's, the visitor's own, the camera's; and its crop."""

import base64
import functools
import json
import re
import unicodedata
import urllib.parse
from dataclasses import dataclass, replace
from typing import Any

import streamlit as st

from demo import models
from demo.data import gallery, pictures
from demo.web.components import picker, viewer
from demo.web.controls import link
from demo.web.store import attack as store

OWN_CREDIT = "Your own picture; it is not stored."
REFUSED = (
    "A picture of your own cannot be handed in here: the browser keeps back the cookie that an "
    "upload needs, as browsers do in a frame on another site's page."
)
NAMELESS = "your own picture"
LONGEST_TITLE = 60
CROPPING = "cropping"
"""In the session: whether the fold with the crop is open."""


@dataclass(frozen=True)
class Chosen:
    """A picture that was chosen. true_label: the name of its class, None where nobody knows."""

    name: str
    data: bytes
    title: str
    credit: str
    crop: pictures.Crop = pictures.DEFAULT_CROP
    true_label: str | None = None


def choose(network: str) -> Chosen:
    """Draw the widgets that choose a photograph, and say which one is chosen.

    network: the one whose name for it is the gallery's label.
    """
    state = st.session_state
    classes = models.card(network).labelled
    picker.thumbnails(state.picture_photographs, pick)
    if "gibbon" in store.class_names(network):
        st.button("The paper's panda: ten steps toward “gibbon”", on_click=_panda, width="stretch")
    own_file("photographs", "Your own picture", "Take a picture")
    complaint()
    fold = st.expander("Crop", key=CROPPING, on_change="rerun")
    if fold.open:  # the picture is opened once more for it
        small, size = store.preview(_data(), 400)
        with fold:
            picker.crop(pictures.uri(small, "webp"), size, _as_dict(state.crop), _cut)
    found = chosen()
    label = None if found.name == link.OWN else gallery.card(found.name).label_among(classes)
    known = None if label is None else store.class_names(network)[label]
    return replace(found, true_label=known)


def chosen() -> Chosen:
    """The photograph that is chosen, without a widget."""
    state, name = st.session_state, st.session_state.picture_photographs
    if name == link.OWN:
        return Chosen(name, _data(), state.own_title_photographs, OWN_CREDIT, state.crop)
    photo = gallery.card(name)
    credit = f"{photo.author}, {photo.licence}, [source]({photo.source})"
    return Chosen(name, _data(), photo.title, credit, state.crop)


def is_known(classes: int) -> bool:
    """Whether the picture is the visitor's own, or known to networks of that many classes."""
    name = st.session_state.picture_photographs
    return name == link.OWN or name in [photo.name for photo in gallery.of(classes)]


def own_file(kind: str, upload: str, take: str) -> None:
    """Draw uploader and camera; where an upload would be refused, a sentence and a way out."""
    if refused := uploads_are_refused():
        st.info(REFUSED)
        st.link_button("Open it in a tab of its own", _without_frame(), width="stretch")
    st.file_uploader(
        upload, key=f"upload_{kind}", on_change=_take, args=("upload", kind),
        disabled=refused,
        help=f"{pictures.KNOWN}, {pictures.PROMISE}, whatever the file is called. It stays in the "
        "server's memory; nothing is stored.",
    )  # fmt: skip
    if st.toggle("Use the camera", key=f"use_camera_{kind}", disabled=refused):
        st.camera_input(take, key=f"camera_{kind}", on_change=_take, args=("camera", kind))


def uploads_are_refused() -> bool:
    """Whether the browser keeps back the cookie that Streamlit wants to see with an upload."""
    wanted = st.get_option("server.enableXsrfProtection") and len(st.context.headers) > 0
    return bool(wanted and "_streamlit_xsrf" not in st.context.cookies)


def _without_frame() -> str:
    """The address of this view for a tab of its own."""
    parts = urllib.parse.urlsplit(st.context.url or "")
    query = urllib.parse.urlencode(st.query_params.to_dict())
    return parts._replace(path=parts.path or "/", query=query).geturl()


def complaint() -> None:
    """Draw what was wrong with the last picture handed in, if anything was."""
    if st.session_state.get("complaint"):
        st.error(st.session_state.complaint)


def _take(source: str, kind: str) -> None:
    file = st.session_state[f"{source}_{kind}"]
    if hasattr(file, "getvalue"):  # neither taken away again nor lost with an earlier session
        take_over(kind, file.getvalue(), file.name)


def give(kind: str, asked: Any) -> None:
    """A picture that a component sent, {"name", "data": in base64}: taken over if it opens."""
    if not (
        isinstance(asked, dict) and {"name", "data"} <= {*asked} and isinstance(asked["data"], str)
    ):
        return
    try:
        data = base64.b64decode(asked["data"], validate=True)
    except ValueError:  # letters of no such alphabet, or not a whole number of bytes
        return
    take_over(kind, data, str(asked["name"]))


def take_over(kind: str, data: bytes, title: str) -> None:
    """A picture just handed in: taken over if it opens, complained of if not."""
    try:
        if kind == "digits":
            store.clean_digit(data)
        else:
            store.clean_pixels(data, 224, pictures.DEFAULT_CROP)
    except ValueError as error:
        st.session_state.complaint = str(error)
        return
    own = {
        f"picture_{kind}": link.OWN, f"own_{kind}": data, f"own_title_{kind}": fit_to_show(title),
    }  # fmt: skip
    st.session_state.update(own, complaint=None)
    if kind == "photographs":
        st.session_state.crop = pictures.DEFAULT_CROP


def fit_to_show(name: str) -> str:
    """A file's name as a title: short, in one line, and of nothing that Markdown or HTML reads."""
    words = re.sub(r"[^\w .()-]|_", " ", unicodedata.normalize("NFC", name)).split()
    title = " ".join(words).strip(" .")
    if not title:
        return NAMELESS
    return title if len(title) <= LONGEST_TITLE else f"{title[: LONGEST_TITLE - 1]}…"


def pick(name: Any) -> None:
    """Choose that photograph of the gallery; nothing else is one."""
    if link.is_there("photographs", name):
        new = {"picture_photographs": name, "crop": pictures.DEFAULT_CROP, "complaint": None}
        st.session_state.update(new)


def _panda() -> None:
    pick("panda")
    st.session_state.update(goal=link.TOWARD, target_photographs="gibbon", method=link.TEN)


def _cut(asked: Any) -> None:
    try:
        crop = pictures.Crop(*(float(asked[k]) for k in ("x", "y", "zoom")))
        store.clean_pixels(_data(), 224, crop)
    except (TypeError, KeyError, ValueError, OverflowError):
        return
    st.session_state.crop = crop


def _data() -> bytes:
    state = st.session_state
    if state.picture_photographs == link.OWN:
        return bytes(state.own_photographs)
    return store.gallery_bytes(state.picture_photographs)


@functools.cache
def thumbnails(classes: int) -> str:
    """The gallery of a network of that many classes, small; packed."""
    small = [
        {
            "name": p.name,
            "title": p.title,
            "src": pictures.uri(store.preview(store.gallery_bytes(p.name), 120)[0], "webp"),
        }
        for p in gallery.of(classes)
    ]
    return viewer.packed(json.dumps(small), keep=True)


def _as_dict(crop: pictures.Crop) -> dict[str, float]:
    return {"x": crop.x, "y": crop.y, "zoom": crop.zoom}
