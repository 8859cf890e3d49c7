"""The network that a page asks for: its weights fetched with progress, or another in its place."""

import contextlib
from typing import Any

import streamlit as st

from demo import models
from demo.web.store import attack as store


def network(name: str, top: Any) -> str | None:
    """The network of that name, or one of its kind that is here and a sentence where it is not.

    top: the container that says so.
    """
    card = models.card(name)
    with top:
        place = st.empty()

    def show(share: float) -> None:
        words = f"Fetching the weights of {card.title}: once only"
        place.progress(min(max(share, 0.0), 1.0), words)

    try:
        store.network(name, show)
    except models.Unavailable as error:
        for fallback in models.offered(card.kind):
            with contextlib.suppress(models.Unavailable):
                store.network(fallback.name)
                place.warning(f"{error} Until then {fallback.title} answers below.")
                return fallback.name
        place.error(str(error))
        return None
    place.empty()
    return name
