"""The fold "Does it survive" on the page: what it costs, closed and open, and what it says."""

from collections.abc import Iterator
from typing import Any

import pytest
import streamlit as st
from streamlit.testing.v1 import AppTest
from torch import Tensor

from demo import models
from demo.experiments.attack import picture_changes, record_files, survival
from demo.models import on_this_machine
from demo.web.store import attack
from tests import PATIENCE

SHIPPED = models.MODELS[0].name


class Counted:
    """A network that counts the pictures it is shown."""

    shown = 0

    def __init__(self, network: Any) -> None:
        self.network = network

    def __call__(self, images: Tensor) -> Tensor:
        Counted.shown += len(images)
        return self.network(images)


@pytest.fixture
def counted(monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    """What ships, loaded and counting, and nothing recorded; the store begins and ends empty."""
    load = models.load
    monkeypatch.setenv("DEMO_DEVICE", "cpu")
    monkeypatch.setattr(models, "load", lambda name, *rest, **named: Counted(load(name)))
    monkeypatch.setattr(record_files, "find", lambda *_, **__: None)
    st.cache_data.clear()
    st.cache_resource.clear()
    for card in models.MODELS:
        if card.source in ("digits", "embedded"):
            attack.network(card.name, lambda share: None)
    yield
    st.cache_data.clear()
    st.cache_resource.clear()


def visited(kind: str, **state: bool) -> tuple[AppTest, int]:
    """The first page with that kind, as nobody has seen it yet, and how many pictures it takes."""
    st.cache_data.clear()
    app = AppTest.from_file("../../app.py", default_timeout=PATIENCE)
    app.query_params["kind"] = kind
    for key, value in state.items():
        app.session_state[key] = value
    before = Counted.shown
    app.run()
    assert not app.exception
    return app, Counted.shown - before


def texts(app: AppTest) -> str:
    return " ".join(element.value for element in app.markdown)


@pytest.mark.slow
@pytest.mark.parametrize(("kind", "first"), [("digits", "conv"), ("photographs", SHIPPED)])
def test_closed_it_costs_nothing_and_open_less_than_half_of_the_rest(
    counted: None, kind: str, first: str
) -> None:
    closed, cost = visited(kind)
    opened, more = visited(kind, survives=True)
    epsilons = len(survival.epsilon_grid(kind))
    rows = len(picture_changes.of(kind)) + len(on_this_machine.others(first))
    assert more - cost == rows * epsilons <= cost / 2
    assert "1608.00853" in texts(opened) and "1608.00853" not in texts(closed)
    (button,) = [b for b in opened.button if b.label == "Attack through the blur"]
    before = Counted.shown
    button.click().run()
    assert Counted.shown - before == 1 + epsilons
    assert "one step that goes through it" in texts(opened) and "1802.00420" in texts(opened)
