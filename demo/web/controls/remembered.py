"""A widget's value in the URL: a choice by its name, where the widget shows longer words for it.

Streamlit's own binding writes the words themselves into the URL; these write the names, so that
a link stays short and outlives a change of the words.
"""

import math
from collections.abc import Callable, Sequence
from typing import Any, TypeVar

import streamlit as st

Name = TypeVar("Name", bound=str)
AT_FIRST = " at first"
"""After a widget's key: what it began with, in the session."""
OTHERS = ("l1_network", "three_against_seven_sheet", "cost_epsilon_photographs",
          "cost_epsilon_digits")  # fmt: skip
"""Other keys of the session that begin with what is in the URL."""


def first(key: str, known: Sequence[str], default: str) -> str:
    """What the widget `key` begins with: the value in the URL, the default if that is nonsense.

    It is to be given to the widget as its default. That reaches the browser with every drawing; a
    value written into the session goes with the first drawing only, and where the page is drawn
    again before the browser has the widget's code, that one is never seen.
    """
    at_first = str(_first(key, lambda: st.query_params.get(key, default)))
    return at_first if at_first in known else default


def keep(key: str, default: str) -> None:
    """After it is drawn: its value into the URL, unless it is the default."""
    write(key, [st.session_state[key]], [default])


def first_several(key: str, known: Sequence[Name], default: Sequence[Name]) -> list[Name]:
    """As `first`, for a widget of several choices."""

    def asked() -> list[Name]:
        by_word = {str(name): name for name in known}
        there = [by_word[word] for word in st.query_params.get_all(key) if word in by_word]
        return list(dict.fromkeys(there)) or list(default)

    return [name for name in _first(key, asked) if name in known]


def keep_several(key: str, default: Sequence[str]) -> None:
    """As `keep`, for a widget of several choices."""
    write(key, list(st.session_state[key]), list(default))


def slider(
    place: Any, label: str, key: str, span: tuple[float, float, float], usual: float, help: str
) -> float:
    """A slider whose number the URL has, as `first` and `keep` do it. span: from, to, step."""
    lowest, highest, step = span
    first = float(_first(key, lambda: number(key, lowest, highest, usual)))
    chosen: float = place.slider(label, lowest, highest, first, step=step, key=key, help=help)
    write(key, [f"{chosen:g}"], [f"{usual:g}"])
    return chosen


def number(key: str, lowest: float, highest: float, default: float) -> float:
    """The number in the URL, cut to its range; the default where it makes no sense."""
    try:
        asked = float(st.query_params.get(key, default))
    except ValueError:
        return default
    return min(max(asked, lowest), highest) if math.isfinite(asked) else default


def forget() -> None:
    """Before another link is followed: let all of these begin again with what it says."""
    first = [str(key) for key in st.session_state if str(key).endswith(AT_FIRST)]
    for key in (*first, *(key.removesuffix(AT_FIRST) for key in first), *OTHERS):
        st.session_state.pop(key, None)


def _first(key: str, asked: Callable[[], Any]) -> Any:
    """What was asked for when the widget was not there yet; the same at each drawing after."""
    at_first = key + AT_FIRST
    if not {key, at_first} <= set(st.session_state):
        st.session_state[at_first] = asked()
    return st.session_state[at_first]


def write(key: str, values: list[str], default: list[str]) -> None:
    """Values into the URL, unless they are the default; what stands there already is left."""
    wanted = [] if values == default else values
    if st.query_params.get_all(key) == wanted:
        return
    if wanted:
        st.query_params[key] = wanted
    else:
        st.query_params.pop(key, None)
