"""The fold "Does it survive" on the page: what it costs, closed and open, and what it says."""

from collections.abc import Iterator
from typing import Any

import pytest
import streamlit as st
from streamlit.testing.v1 import AppTest
from torch import Tensor

from demo import models
from demo.experiments.attack import confidence_sweep, picture_changes, survival
from demo.models import on_this_machine
from demo.web.store import attack
from tests import PATIENCE


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
    """All digit networks, loaded and counting; the store begins and ends empty."""
    load = models.load
    monkeypatch.setenv("DEMO_DEVICE", "cpu")
    monkeypatch.setattr(models, "load", lambda name, *rest, **named: Counted(load(name)))
    st.cache_data.clear()
    st.cache_resource.clear()
    for card in models.MODELS:
        if card.kind == "digits":
            attack.network(card.name, lambda share: None)
    yield
    st.cache_data.clear()
    st.cache_resource.clear()


def visited(**state: bool) -> tuple[AppTest, int]:
    """The first page with digits, as nobody has seen it yet, and how many pictures it takes."""
    st.cache_data.clear()
    app = AppTest.from_file("../app.py", default_timeout=PATIENCE)
    app.query_params["kind"] = "digits"
    for key, value in state.items():
        app.session_state[key] = value
    before = Counted.shown
    app.run()
    assert not app.exception
    return app, Counted.shown - before


def texts(app: AppTest) -> str:
    return " ".join(element.value for element in app.markdown)


@pytest.mark.slow
def test_closed_it_costs_nothing_and_open_less_than_half_of_the_rest(counted: None) -> None:
    closed, cost = visited()
    opened, more = visited(survives=True)
    rows = len(picture_changes.of("digits")) + len(on_this_machine.others("conv"))
    assert more - cost == rows * len(survival.stops_of("digits")) <= cost / 2
    assert "1608.00853" in texts(opened) and "1608.00853" not in texts(closed)
    (button,) = [b for b in opened.button if b.label == "Attack through the blur"]
    before = Counted.shown
    button.click().run()
    assert Counted.shown - before == 1 + len(survival.stops_of("digits"))
    assert "one step that goes through it" in texts(opened) and "1802.00420" in texts(opened)


def test_a_photograph_costs_less_than_half_of_its_two_curves() -> None:
    """A step takes four passes, on the network and on its counterpart."""
    curves = 2 * (4 + len(confidence_sweep.STOPS))
    shipped = [card for card in models.MODELS if card.source == "embedded"]
    rows = len(picture_changes.of("photographs")) + len(shipped) - 1
    assert rows * len(survival.stops_of("photographs")) <= curves / 2
