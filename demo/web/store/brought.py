"""The networks that who started the app brings: DEMO_MODELS=PACKAGE.MODULE:FUNCTION[,...]."""

import os

import streamlit as st

from demo.models import brought

VARIABLE = "DEMO_MODELS"


def refusals() -> tuple[str, ...]:
    """Offer each network that the variable names; what was wrong with the others, in sentences."""
    asked = os.environ.get(VARIABLE, "")
    return _refusals(asked) if asked else ()


@st.cache_resource(show_spinner="Your own networks are loaded and checked, once only.")
def _refusals(asked: str) -> tuple[str, ...]:
    said = []
    for words in filter(None, map(str.strip, asked.split(","))):
        try:
            brought.bring(words)
        except ValueError as error:
            said.append(f"{VARIABLE}: {error}")
    return tuple(said)
