"""The caches of "Does it survive": each call is one change, or one network, and waits its turn."""

import numpy as np
import streamlit as st
from numpy.typing import NDArray

from demo import device, models
from demo.data import digits
from demo.data.pictures import Pixels
from demo.experiments.attack import made_and_tested, picture_changes, survival
from demo.experiments.attack.survival import Row
from demo.web.store import attack
from demo.web.store.by_kind import cached_by_kind

TABLE_DIGITS = 50
"""Of the 5,000 that ship, at equal distances: in the table of the digits' networks."""


@cached_by_kind(photographs=480, digits=320)
def changed(name: str, pictures: Pixels, change: str) -> Row:
    """That network's answers to saved pictures, (L, H, W, C), after the change of that name."""
    kind = models.card(name).kind
    return attack.in_turn(
        name, survival.run, attack.loaded(name), pictures, survival.epsilon_grid(kind),
        picture_changes.called(kind, change), device.choose(),
    )  # fmt: skip


@cached_by_kind(photographs=240, digits=640)
def elsewhere(name: str, pictures: Pixels) -> Row:
    """That network's answers to saved pictures, (L, H, W, C), that were made on another."""
    size = models.card(name).input_size
    return attack.in_turn(
        name, survival.elsewhere, attack.loaded(name), size, pictures, device.choose()
    )


@cached_by_kind(photographs=64, digits=64)
def through(name: str, pixels: Pixels, label: int, toward: bool) -> Row:
    """That network's answers behind a blur to one step that goes through it."""
    grid = survival.epsilon_grid(models.card(name).kind)
    return attack.in_turn(
        name, survival.through, attack.loaded(name), pixels, label, toward, grid, device.choose()
    )


@st.cache_data(max_entries=64, show_spinner=False)
def made_on(name: str, tested: tuple[str, ...]) -> NDArray[np.int64]:
    """A row of the digits' table: made on that network; (tested, L) changed answers."""
    shipped = digits.embedded()[0]
    images = digits.to_images(shipped[:: len(shipped) // TABLE_DIGITS]).to(device.choose())
    networks = [attack.loaded(each) for each in tested]
    grid = survival.epsilon_grid("digits")
    return attack.in_turn(name, made_and_tested.run, attack.loaded(name), networks, images, grid)
