"""The guided lecture: steps over the pages' own controls, written in `assets/prose/guide.md`.

A step is a link of this app, the control that it speaks of, and what is said.
"""

import contextlib
import functools
import re
import time
import urllib.parse
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

import streamlit as st

from demo.web.components import guide as component
from demo.web.controls import link
from demo.web.pages import prose

TOPIC = "guide"
CONTROLS = {
    "clean picture": ".fgsm [data-picture=clean]",
    "epsilon": ".fgsm .control",
    "curves": ".fgsm .chart",
    "sign": ".fgsm [data-picture=perturbation]",
    "switch": ".fgsm .switch",
    "guesses": ".stMain h3",
    "dimension": ".growth label:has([data-of=n])",
    "attacks' costs": ".cost",
    "objective": ".st-key-objective",
    "attacks": ".st-key-under",
    "l1 epsilon": ".hl1 label:has(.hl1-epsilon)",
    "linear epsilon": ".three-seven .control",
}
"""A control's name in the file -> a CSS selector, whose first element is outlined."""
AT, MOVED, GO, LEFT = "guide_at", "guide_moved", "guide_go", "guide_left"
"""In the session: the step's number, since when (monotonic), whether to go there yet, and whether
the browser has left the page for it."""


@dataclass(frozen=True)
class Step:
    """address: of the page, "" for the first.  query: of its link.  light: one of `CONTROLS`."""

    title: str
    address: str
    query: dict[str, str]
    light: str
    said: tuple[str, ...]


@functools.cache
def steps() -> tuple[Step, ...]:
    """All steps, in the file's order. Raises ValueError where one lacks a line."""
    return tuple(_step(title, text) for title, text in prose.sections(TOPIC).items())


def _step(title: str, text: str) -> Step:
    found = re.fullmatch(r"open: (\S+)\nlight: ([^\n]+)\n\n(.+)", text, re.DOTALL)
    if found is None or found[2] not in CONTROLS:
        raise ValueError(
            f"guide.md, “{title}”: a step begins with the lines “open: /?…” and “light: …” (one "
            f"of {', '.join(CONTROLS)}), then an empty line and what is said."
        )
    opened, light, said = found.groups()
    parts = urllib.parse.urlsplit(opened)
    query = dict(urllib.parse.parse_qsl(parts.query))
    said = said.replace(" %", "\u00a0%").replace("ε = ", "ε\u00a0=\u00a0")
    return Step(title, parts.path.strip("/"), query, light, tuple(said.split("\n\n")))


def stays(pages: Mapping[str, st.Page], here: st.Page) -> bool:
    """Draw the bar, and go where it was asked to; whether this page is drawn now.

    pages: by their addresses.  here: this page.  It is not drawn where the browser shall leave it:
    a section that runs by itself would draw over the next page. Such a run must come to its end,
    for `st.stop` would keep the sections alive.
    """
    try:
        at = _hear_the_link()
    except ValueError as error:
        st.error(str(error))
        return True
    state, there = st.session_state, pages[steps()[at - 1].address] if at else here
    left = state.pop(LEFT, False)
    leaves = bool(state.get(GO)) and there is not here and not left
    bar = [{"title": s.title, "said": s.said, "selector": CONTROLS[s.light]} for s in steps()]
    component.show(bar, at, leaves, begin, _leave)
    if not at or leaves:
        return not leaves
    if state.pop(GO, False):
        state[MOVED] = time.monotonic()
        query = steps()[at - 1].query | {link.STEP: str(at)}
        if there is not here:
            st.switch_page(there, query_params=query)
        st.query_params.from_dict(query)
    elif st.query_params.get(link.STEP) != str(at):
        st.query_params[link.STEP] = str(at)
    return True


def begin(asked: Any) -> None:
    """Go to the step of that number; 0 leaves the lecture, and all else as it is."""
    if asked == 0:
        st.session_state[AT] = 0
        st.query_params.pop(link.STEP, None)
        return
    with contextlib.suppress(ValueError):  # the page says what is wrong with the file
        if asked in range(1, len(steps()) + 1):
            link.follow(steps()[int(asked) - 1].query)
            st.session_state.update({AT: int(asked), GO: True})


def _leave(_at: Any) -> None:
    st.session_state[LEFT] = True


def _hear_the_link() -> int:
    """The step that is shown: of the link as the session begins, and as the browser goes back.

    A link that says nothing but the step leads to its state; one that says more has its own. While
    a page is left, the link still says the step before.
    """
    asked, state = _asked(), st.session_state
    if AT not in state:
        state.update({AT: asked, MOVED: time.monotonic()})
        if asked and len(st.query_params) == 1:
            begin(asked)
    elif asked and state[AT] not in (0, asked) and not state.get(GO) and _settled():
        begin(asked)
    return int(state[AT])


def _settled() -> bool:
    return time.monotonic() - float(st.session_state[MOVED]) > link.SETTLED


def _asked() -> int:
    """The number in the link; 0 where it makes no sense."""
    word = st.query_params.get(link.STEP, "")
    known = [str(number) for number in range(1, len(steps()) + 1)]
    return int(word) if word in known else 0
