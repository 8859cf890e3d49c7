"""A widget's value in the URL: a choice by its name, where the widget shows longer words for it.

Streamlit's own binding writes the words themselves into the URL; these write the names, so that
a link stays short and outlives a change of the words.
"""

import math
from collections.abc import Sequence

import streamlit as st


def begin(key: str, known: Sequence[str], default: str) -> None:
    """Before the widget `key` is drawn: its value from the URL, the default if that is nonsense."""
    if st.session_state.get(key) not in known:
        asked = st.query_params.get(key, default)
        st.session_state[key] = asked if asked in known else default


def keep(key: str, default: str) -> None:
    """After it is drawn: its value into the URL, unless it is the default."""
    _write(key, [st.session_state[key]], [default])


def begin_several(key: str, known: Sequence[str], default: Sequence[str]) -> None:
    """As `begin`, for a widget of several choices."""
    if key not in st.session_state:
        asked = [name for name in st.query_params.get_all(key) if name in known]
        st.session_state[key] = list(dict.fromkeys(asked)) or list(default)
    there = [name for name in st.session_state[key] if name in known]
    if there != list(st.session_state[key]):
        st.session_state[key] = there


def keep_several(key: str, default: Sequence[str]) -> None:
    """As `keep`, for a widget of several choices."""
    _write(key, list(st.session_state[key]), list(default))


def begin_number(key: str, lowest: float, highest: float, default: float) -> None:
    """As `begin`, for a slider: a number out of its range is cut to it."""
    if key in st.session_state:
        return
    try:
        asked = float(st.query_params.get(key, default))
    except ValueError:
        asked = default
    st.session_state[key] = min(max(asked, lowest), highest) if math.isfinite(asked) else default


def keep_number(key: str, default: float) -> None:
    """As `keep`, for a slider."""
    _write(key, [f"{st.session_state[key]:g}"], [f"{default:g}"])


def first(key: str, known: Sequence[str], default: str) -> str:
    """As `begin`, but to be given to the widget as its default.

    For a section that runs again by itself: a default reaches the browser with every drawing, a
    value written into the session with the first one only, which the next may overtake.
    """
    at_first = f"{key} at first"
    if key not in st.session_state:
        asked = st.query_params.get(key, default)
        st.session_state[at_first] = asked if asked in known else default
    return str(st.session_state[at_first])


def first_number(key: str, lowest: float, highest: float, default: float) -> float:
    """As `first`, for a slider."""
    at_first = f"{key} at first"
    if key not in st.session_state:
        try:
            asked = float(st.query_params.get(key, default))
        except ValueError:
            asked = default
        inside = min(max(asked, lowest), highest) if math.isfinite(asked) else default
        st.session_state[at_first] = inside
    return float(st.session_state[at_first])


def _write(key: str, values: list[str], default: list[str]) -> None:
    wanted = [] if values == default else values
    if st.query_params.get_all(key) == wanted:
        return
    if wanted:
        st.query_params[key] = wanted
    else:
        st.query_params.pop(key, None)
