"""The networks that who started the app brings: DEMO_MODELS=PACKAGE.MODULE:FUNCTION[,...]."""

import os

import streamlit as st

from demo.models import brought

VARIABLE = "DEMO_MODELS"


@st.cache_resource(show_spinner="Your own networks are loaded and checked, once only.")
def refusals() -> tuple[str, ...]:
    """Offer each network that the variable names; what was wrong with the others, in sentences."""
    said = []
    for words in filter(None, map(str.strip, os.environ.get(VARIABLE, "").split(","))):
        try:
            brought.bring(words)
        except ValueError as error:
            said.append(f"{VARIABLE}: {error}")
    return tuple(said)
