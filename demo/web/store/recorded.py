"""What is known in advance of the photographs of the gallery: it costs no pass of a network.

Each function answers as its namesake in `store.attack` does, or with None where nobody recorded
just that.
"""

import functools
from collections.abc import Callable
from dataclasses import dataclass, field
from typing import ParamSpec, TypeVar

import numpy as np
import streamlit as st
from numpy.typing import NDArray

from demo import models
from demo.data.pictures import Pixels
from demo.experiments.attack import (
    confidence_sweep,
    gallery_record,
    logits_line,
    one_step,
    only_the_sign,
    random_signs,
    record_files,
    two_gradients,
)

_P = ParamSpec("_P")
_R = TypeVar("_R")


def first(known: Callable[_P, _R | None]) -> Callable[[Callable[_P, _R]], Callable[_P, _R]]:
    """A decorator: what is known, and only else what is computed."""

    def decorated(compute: Callable[_P, _R]) -> Callable[_P, _R]:
        @functools.wraps(compute)
        def answer(*args: _P.args, **kwargs: _P.kwargs) -> _R:
            found = known(*args, **kwargs)
            return compute(*args, **kwargs) if found is None else found

        return answer

    return decorated


@st.cache_data(max_entries=128, show_spinner=False)
def shown(identity: str, _draw: Callable[[], _R]) -> _R:
    """What a page draws of one picture and networks, made once for everybody.

    identity: says all that it depends on.
    """
    return _draw()


def of(name: str, pixels: Pixels) -> gallery_record.Recorded | None:
    """The record of that picture on the network of that name."""
    card = models.card(name)
    if card.source != "embedded":
        return None
    return record_files.find(card.name, str(card.sha256), pixels)


def step(
    name: str, pixels: Pixels, epsilon: float, label: int | None, target: int | None
) -> one_step.OneStep | None:
    """Away from the gallery's label, which may be the network's own answer."""
    known = of(name, pixels)
    if known is None or target is not None:
        return None
    asked = known.step.clean.label if label is None else label
    if asked != known.step.label:
        return None
    return _step_at(_Known(f"{name} {record_files.digest(pixels)}", known), epsilon)


@dataclass(frozen=True)
class _Known:
    """A record, by what it is of."""

    key: str
    record: gallery_record.Recorded = field(compare=False)


@functools.lru_cache(maxsize=512)
def _step_at(known: _Known, epsilon: float) -> one_step.OneStep | None:
    return known.record.step_at(epsilon)


def sweep(
    name: str, pixels: Pixels, direction: NDArray[np.int8]
) -> confidence_sweep.ConfidenceSweep | None:
    """Along the recorded signs."""
    known = _along(name, pixels, direction)
    return None if known is None else known.sweep


def line(
    name: str, pixels: Pixels, direction: NDArray[np.int8], negative: tuple[float, ...]
) -> logits_line.LogitsLine | None:
    """Along the recorded signs and against them."""
    known = _along(name, pixels, direction)
    return None if known is None or negative != gallery_record.BEHIND else known.line()


def control(
    name: str, pixels: Pixels, label: int, epsilons: tuple[float, ...], seed: int
) -> NDArray[np.float64] | None:
    """Of the gallery's label."""
    known = _label(name, pixels, label)
    if known is None or epsilons != gallery_record.CONTROL:
        return None
    shares: NDArray[np.float64] = known.control[random_signs.SEEDS.index(seed)]
    return shares


def gradient(name: str, pixels: Pixels, label: int) -> two_gradients.Gradient | None:
    """Of the gallery's label."""
    known = _label(name, pixels, label)
    return None if known is None else known.gradient


def three_steps(
    name: str, pixels: Pixels, label: int, epsilon: float, toward: bool
) -> only_the_sign.ThreeSteps | None:
    """Away from the gallery's label at the paper's epsilon."""
    known = _label(name, pixels, label)
    return None if known is None or toward or epsilon != gallery_record.PAPERS else known.sign


def _label(name: str, pixels: Pixels, label: int) -> gallery_record.Recorded | None:
    known = of(name, pixels)
    return known if known is not None and known.step.label == label else None


def _along(
    name: str, pixels: Pixels, direction: NDArray[np.int8]
) -> gallery_record.Recorded | None:
    known = of(name, pixels)
    if known is None or not np.array_equal(direction, known.step.direction):
        return None
    return known
