"""The printed page's caches: photographs of it, straightened, and what a network says of them."""

import numpy as np
import streamlit as st
from numpy.typing import NDArray

from demo import device
from demo.attacks import sign_methods
from demo.data import pictures, printed
from demo.experiments.attack import one_step
from demo.web.store import attack

Pixels = NDArray[np.uint8]


@st.cache_data(max_entries=8, show_spinner=False)
def straightened(data: bytes, size: int, channels: int) -> printed.Straightened:
    """What a file shows of the printed page. Raises ValueError: no picture, or no whole frame."""
    return printed.straightened(pictures.from_bytes(data), size, channels)


@st.cache_data(max_entries=32, show_spinner=False)
def answer(name: str, pixels: Pixels) -> one_step.Answer:
    """What that network says of that picture, (S, S, C)."""
    image = pictures.to_tensor(pixels).to(device.choose())
    logits = attack.in_turn(name, sign_methods.logits_of, attack.loaded(name), image)
    return one_step.answer(logits)
