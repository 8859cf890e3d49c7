"""The printed page's caches: photographs of it, straightened, and what a network says of them."""

import streamlit as st

from demo.attacks import sign_methods
from demo.data import pictures, printed
from demo.data.pictures import Pixels
from demo.experiments.attack import one_step
from demo.web.store import attack


@st.cache_data(max_entries=8, show_spinner=False)
def straightened(data: bytes, size: int, channels: int) -> printed.Straightened:
    """What a file shows of the printed page. Raises ValueError: no picture, or no whole frame."""
    return printed.straightened(pictures.from_bytes(data), size, channels)


@st.cache_data(max_entries=32, show_spinner=False)
def answer(name: str, pixels: Pixels) -> one_step.Answer:
    """What that network says of that picture, (S, S, C)."""
    network, image = attack.loaded(name), attack.image(pixels)
    return one_step.answer(attack.in_turn(name, sign_methods.logits_of, network, image))
