"""Made on one network, tested on another: a table under "Does it survive"."""

import numpy as np
import streamlit as st

from demo import models
from demo.experiments.attack import made_and_tested as experiment
from demo.experiments.attack.made_and_tested import Table
from demo.web.components.viewer import sent
from demo.web.store import survival as store

ASKED = "made and tested"


def table(kind: models.Kind) -> sent.Table | None:
    """What the component shows of it: the gallery as recorded; digits live, when asked for."""
    if kind == "digits":
        return _digits()
    found = experiment.recorded()
    return None if found is None else _sent(found, "photographs of the gallery")


def _digits() -> sent.Table | None:
    count = store.TABLE_DIGITS
    if not st.session_state.get(ASKED):
        st.button(
            f"Made on one network, tested on another: measure {count} digits on all of them",
            on_click=st.session_state.update, kwargs={ASKED: True},
        )  # fmt: skip
        return None
    names = tuple(c.name for c in models.MODELS if c.kind == "digits" and c.classes >= 10)
    place, rows = st.empty(), []
    for i, name in enumerate(names):
        place.progress(i / len(names), f"Attacking {count} digits on {models.card(name).title}")
        rows.append(store.made_on(name, names))
    place.empty()
    return _sent(Table(names, count, np.array(rows)), "digits")


def _sent(table: Table, what: str) -> sent.Table:
    return {
        "networks": [models.card(name).title for name in table.networks], "what": what,
        "pictures": table.pictures, "changed": table.changed.tolist(),
    }  # fmt: skip
