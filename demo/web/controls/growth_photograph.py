"""The photograph of the growth page: the attack page's, by session or by link."""

from collections.abc import Callable

import streamlit as st

from demo.data import gallery, pictures
from demo.web.controls import link, photographs, remembered
from demo.web.controls.photographs import Chosen

KEY = "growth_picture"


def choose(then: Callable[[], None]) -> Chosen:
    """Draw the box that chooses; what is chosen here is the attack page's photograph too.

    then: called after another one was chosen, before the page is drawn again.
    """
    state = st.session_state
    _start()
    names = [photo.name for photo in gallery.GALLERY]
    if "own_photographs" in state:
        names.append(link.OWN)
    if (
        state.get(KEY) != state.picture_photographs
    ):  # a value set again would undo a choice on its way
        state[KEY] = state.picture_photographs
    name = st.selectbox(
        "Photograph", names, key=KEY, format_func=_title, on_change=_pick, args=(then,)
    )
    usual = name in (link.OWN, link.FIRST_PICTURE["photographs"])
    remembered.write("picture", [] if usual else [name], [])
    return current()


def current() -> Chosen:
    """The photograph that is chosen, without a widget."""
    _start()
    return photographs.chosen()


def is_the_attack_pages() -> bool:
    """Whether the attack page shows this photograph, and not a digit."""
    return bool(st.session_state.get("kind", "photographs") == "photographs")


def _start() -> None:
    state, asked = st.session_state, st.query_params.get("picture", "")
    if state.get("picture_photographs") is None:
        there = link.is_there("photographs", asked)
        state.picture_photographs = asked if there else link.FIRST_PICTURE["photographs"]
    state.setdefault("crop", pictures.DEFAULT_CROP)


def _pick(then: Callable[[], None]) -> None:
    """What is chosen here is what the attack page shows from now on."""
    new = {
        "picture_photographs": st.session_state[KEY], "crop": pictures.DEFAULT_CROP,
        "kind": "photographs",
    }  # fmt: skip
    st.session_state.update(new)
    then()


def _title(name: str) -> str:
    return st.session_state.own_title_photographs if name == link.OWN else gallery.card(name).title
