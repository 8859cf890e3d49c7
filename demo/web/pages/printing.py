"""Print it and photograph it: a fold of the attack page. A closed one costs nothing."""

import math
from collections.abc import Callable
from typing import Any

import numpy as np
import streamlit as st

from demo.data import printed
from demo.data.pictures import Pixels
from demo.experiments.attack import failures
from demo.experiments.attack.one_step import Answer
from demo.web.controls import photographs
from demo.web.pages import attack_view, prose
from demo.web.pages.attack_view import View
from demo.web.store import printed as store

Answers = dict[printed.Which, Answer]
TOPIC = "printing"
OPEN, LEVEL = "print", "print_level"
"""In the session: whether the fold is open, and 255 * epsilon of the viewer's slider."""
WIDE = 240
"""Pixels on the screen of each straightened picture."""


def fold() -> Any:
    """The fold, closed at first."""
    return st.expander("Print it and photograph it", key=OPEN, on_change="rerun")


def told(view: View) -> float | None:
    """255 * epsilon of the page to print, for the viewer; None while nobody prints."""
    return _level(view) if st.session_state.get(OPEN) else None


def stayed(level: Any) -> None:
    """The viewer says at which 255 * epsilon its slider stands."""
    if isinstance(level, int | float) and math.isfinite(level):
        st.session_state[LEVEL] = float(level)


def _level(view: View) -> float:
    """The view's stop that is nearest to the slider's."""
    asked = st.session_state.get(LEVEL, 255 * view.step.epsilon)
    return float(view.levels[np.abs(view.levels - asked).argmin()])


def fill(opened: Any, view: View) -> None:
    """Draw what is in the fold, if it is open."""
    if opened.open:
        with opened:
            _inside(view)


def _inside(view: View) -> None:
    st.markdown(prose.section(TOPIC, "how"))
    shown: printed.Pair = {"clean": view.pixels, "adversarial": _adversarial(view)}
    files = {which: store.answer(view.card.name, shown[which]) for which in printed.WHICH}
    _page(view, shown, files)
    data = _photograph()
    if data is None:
        return
    try:
        found = store.straightened(data, view.card.input_size, view.card.channels)
    except ValueError as error:
        st.error(str(error))
        return
    _compared(view, files, found, printed.code(shown))
    st.markdown(prose.section(TOPIC, "measure"))


def _adversarial(view: View) -> Pixels:
    """The adversarial picture at the slider's epsilon, as it is saved: (S, S, C)."""
    pixels: Pixels = attack_view.saved(view, [view.levels.tolist().index(_level(view))])[0]
    return pixels


def _page(view: View, shown: printed.Pair, files: Answers) -> None:
    epsilon = failures.amount(_level(view) / 255, view.card.kind)
    title = view.choices.picture.title
    words = {
        which: f"{which}: {_said(view, files[which])}; {title}, {view.card.title}"
        + (f", ε = {epsilon}" if which == "adversarial" else "")
        for which in printed.WHICH
    }
    st.download_button(
        f"Figure to print, ε = {epsilon} (PDF, A4)", key="print_page",
        data=lambda: printed.pdf(printed.sheet(shown, words)),
        file_name=f"to-print-{epsilon.replace('/', '-of-')}.pdf", mime="application/pdf",
    )  # fmt: skip


def _photograph() -> bytes | None:
    """What was handed in last of the two ways; None: nothing yet."""
    refused = photographs.uploads_are_refused()
    file: Any = st.file_uploader(
        "Photograph of the printed page", key="printed", disabled=refused,
        help="It stays in the server's memory; nothing is stored.",
    )  # fmt: skip
    if st.toggle("Photograph it with the camera", key="use_camera_print", disabled=refused):
        file = st.camera_input("The whole page", key="camera_print") or file
    return None if file is None else bytes(file.getvalue())


def _compared(view: View, files: Answers, found: printed.Straightened, code: int) -> None:
    seen = {w: store.answer(view.card.name, found.pictures[w]) for w in printed.WHICH}
    other = found.code not in (None, code)
    with st.container(horizontal=True):
        for which in printed.WHICH:
            caption = f"{which.capitalize()}, photographed: {_said(view, seen[which])}"
            pixels = found.pictures[which].squeeze()
            st.image(pixels, caption, WIDE, output_format="PNG", alt=caption)
    if other:
        st.warning(
            "The printed page has other pictures than those shown now (another photograph, "
            "network, attack or ε), so there is nothing to compare them with: choose what was "
            "printed, and drag ε to where it was."
        )
        return
    st.markdown(verdict(files, seen, lambda answer: _said(view, answer)))


def verdict(files: Answers, seen: Answers, said: Callable[[Answer], str]) -> str:
    """What printing and photographing did to the attack, in a sentence.

    files, seen: the answers to the files, and to the photographed pictures.  said: one in words.
    """
    clean, attacked = files["clean"].label, files["adversarial"].label
    if attacked == clean:
        return "At this ε the file does not fool the network: there is nothing to survive."
    if seen["clean"].label != clean:
        return (
            f"The photograph alone changes the answer: the clean picture is {said(seen['clean'])} "
            f"in it. So it does not tell whether the attack survives; try a sharper one."
        )
    if seen["adversarial"].label == clean:
        return (
            f"**Undone.** As a file the adversarial picture is {said(files['adversarial'])}, in "
            f"the photograph {said(seen['adversarial'])}, as the clean one."
        )
    return (
        f"**It survives.** In the photograph the clean picture is {said(seen['clean'])}, the "
        f"adversarial one {said(seen['adversarial'])}; as a file {said(files['adversarial'])}."
    )


def _said(view: View, answer: Answer) -> str:
    return f"{view.names[answer.label]} ({100 * answer.confidence:.1f}\u00a0%)"
