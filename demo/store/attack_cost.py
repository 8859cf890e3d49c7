"""The cost page's memory: four attacks on a picture, as far as they have come, and the loop.

A key holds the network's name, the picture's values and every number of the question.
"""

import time
from collections.abc import Callable
from dataclasses import dataclass
from typing import TypeVar

import numpy as np
import streamlit as st
import torch
from numpy.typing import NDArray
from torch import nn

from demo import attacks, device, models, pictures
from demo.experiments import one_step
from demo.experiments.attack_cost.loop import LoopCost, Measurement
from demo.experiments.attack_cost.race import Race
from demo.experiments.attack_cost.smallest import GRIDS, SEARCHED, Search
from demo.experiments.attack_cost.walks import ATTACKS, Question
from demo.store import attack, worker

Pixels = NDArray[np.uint8]
_R = TypeVar("_R")

PIECE = 0.2
"""Seconds of passes in one turn of the worker; one pass at least."""
KEPT = 8


@dataclass
class Work:
    """The race and the search for the smallest epsilon after it, of one question."""

    race: Race
    search: Search

    @property
    def finished(self) -> bool:
        """Nothing is left to do."""
        return self.race.finished and self.search.finished

    @property
    def share(self) -> float:
        """Of all that is to be done, by attacks that have ended, 0 to 1."""
        return (len(self.race.rows) + len(self.search.found)) / (len(ATTACKS) + len(SEARCHED))

    def advance(self) -> None:
        """One pass more."""
        (self.search if self.race.finished else self.race).advance()


@st.cache_data(max_entries=32, show_spinner=False)
def answers(name: str, pixels: Pixels) -> tuple[int, int]:
    """The network's answer to that picture, and its runner-up."""
    return worker.in_turn(_answers, attack.network(name, lambda share: None), pixels)


def work(name: str, pixels: Pixels, question: Question) -> Work:
    """What is known of that question; FGSM has ended at least."""
    key, kept = (name, pixels.shape, pixels.tobytes(), question), _kept()
    if key not in kept:
        network, kind = attack.network(name, lambda share: None), models.card(name).kind

        def begin() -> Work:
            """Begin, unless somebody else's turn has begun it; only the worker writes."""
            if key not in kept:
                begun = _begun(network, pixels, question, kind == "digits")
                while len(kept) >= KEPT:
                    kept.pop(next(iter(kept)), None)
                kept[key] = begun
            return kept[key]

        return worker.in_turn(begin)
    return kept[key]


def forget(work: Work) -> None:
    """Begin that question anew when it is asked again."""
    kept = _kept()
    for key in [key for key, other in kept.items() if other is work]:
        kept.pop(key, None)


def advance(work: Work, seconds: float) -> None:
    """Go on for about so long, in turn with the others."""
    end = time.monotonic() + seconds
    while time.monotonic() < end and not work.finished:
        worker.in_turn(_on_one_thread, lambda: _piece(work))


def begun_measurement() -> Measurement:
    """The loop's pieces, to be timed on the convolutional network. Raises `Unavailable`."""
    network = attack.network("conv", lambda share: None)
    return Measurement(network)


def advance_measurement(measurement: Measurement, seconds: float) -> None:
    """Go on for about so long; what is measured then is kept for everybody."""
    end = time.monotonic() + seconds
    while time.monotonic() < end and measurement.result is None:
        worker.in_turn(_on_one_thread, measurement.advance)
    if measurement.result is not None:
        _measured()["conv"] = measurement.result


def measured() -> LoopCost | None:
    """What was measured here last, if anything was."""
    return _measured().get("conv")


@st.cache_resource(show_spinner=False, max_entries=1)
def _kept() -> dict[object, Work]:
    return {}


@st.cache_resource(show_spinner=False, max_entries=1)
def _measured() -> dict[str, LoopCost]:
    return {}


def _answers(network: nn.Module, pixels: Pixels) -> tuple[int, int]:
    logits = attacks.logits_of(network, pictures.to_tensor(pixels).to(device.choose()))
    return one_step.answer(logits).label, one_step.runner_up(logits)


def _begun(network: nn.Module, pixels: Pixels, question: Question, digits: bool) -> Work:
    return _on_one_thread(lambda: _with_fgsm(network, pixels, question, digits))


def _with_fgsm(network: nn.Module, pixels: Pixels, question: Question, digits: bool) -> Work:
    image = pictures.to_tensor(pixels).to(device.choose())
    race = Race(network, image, question)
    while "FGSM" not in race.rows:
        race.advance()
    grid = GRIDS["digits" if digits else "photographs"]
    return Work(race, Search(network, image, question.label, grid, question.restarts))


def _piece(work: Work) -> None:
    end = time.monotonic() + PIECE
    while not work.finished:
        work.advance()
        if time.monotonic() >= end:
            return


def _on_one_thread(compute: Callable[[], _R]) -> _R:
    """compute(), on one thread of PyTorch's: small pieces wait less, and their times are steadier.

    All times on the page are taken so, or a busy machine would decide which attack is dear.
    """
    before = torch.get_num_threads()
    torch.set_num_threads(1)
    try:
        return compute()
    finally:
        torch.set_num_threads(before)
