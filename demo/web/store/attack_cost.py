"""The cost page's memory: four attacks on a picture, as far as they have come, and the loop.

A key holds the network's name, the picture's values and every number of the question.
"""

import time
from collections.abc import Sequence
from dataclasses import dataclass

import streamlit as st
import torch
from torch import nn

from demo import device, models
from demo.attacks import sign_methods
from demo.data import pictures
from demo.data.pictures import Pixels
from demo.experiments.attack import one_step
from demo.experiments.attack_cost.loop import LoopCost, Measurement
from demo.experiments.attack_cost.race import Race
from demo.experiments.attack_cost.smallest import GRIDS, SEARCHED, Search
from demo.experiments.attack_cost.walks import ATTACKS, Question
from demo.web.store import attack, memory, worker
from demo.web.store.kept import Kept

PIECE = 0.2
"""Seconds of passes in one turn of the worker; one pass at least."""
KEPT = 8


@dataclass
class Work:
    """The race and the search for the smallest epsilon after it, of one question."""

    network: nn.Module
    where: torch.device
    pixels: Pixels
    question: Question
    grid: Sequence[float]

    def __post_init__(self) -> None:
        self.begin(self.network, self.where)

    def begin(self, network: nn.Module, where: torch.device) -> None:
        """Begin, or begin anew, with that network there; FGSM ends at once."""
        self.network, self.where = network, where
        image, asked = pictures.to_tensor(self.pixels).to(where), self.question
        self.race = Race(network, image, asked)
        self.search = Search(network, image, asked.label, self.grid, asked.restarts)
        with worker.one_thread():
            while "FGSM" not in self.race.rows:
                self.race.advance()

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
    return worker.in_turn(_answers, attack.network(name), pixels)


def work(name: str, pixels: Pixels, question: Question) -> Work:
    """What is known of that question; FGSM has ended at least."""
    key, grid = (name, pixels.shape, pixels.tobytes(), question), GRIDS[models.card(name).kind]
    asked = (attack.network(name), device.choose(), pixels, question, grid)
    return _kept().one(key, worker.in_turn, Work, *asked)


def anew(work: Work) -> Work:
    """The same question from its beginning, for whoever asks from now on."""
    asked = (work.network, work.where, work.pixels, work.question, work.grid)
    begun = worker.in_turn(Work, *asked)
    kept = _kept()
    for key in [key for key, other in kept.items() if other is work]:
        kept[key] = begun
    return begun


def advance(work: Work, seconds: float) -> None:
    """Go on for about so long, in turn with the others.

    A walk that the GPU's memory has ended cannot go on: it begins again on the CPU.
    """
    end = time.monotonic() + seconds
    while time.monotonic() < end and not work.finished:
        try:
            worker.in_turn(_piece, work)
        except memory.Exhausted:
            worker.in_turn(work.begin, memory.moved(work.network), memory.CPU)


def begun_measurement() -> Measurement:
    """The loop's pieces, to be timed on the convolutional network. Raises `Unavailable`."""
    return Measurement(attack.network("conv"))


def advance_measurement(measurement: Measurement, seconds: float) -> None:
    """Go on for about so long; what is measured then is kept for everybody."""
    end = time.monotonic() + seconds
    while time.monotonic() < end and measurement.result is None:
        try:
            worker.in_turn(_measure, measurement)
        except memory.Exhausted:
            measurement.begin(memory.moved(measurement.network))
    if measurement.result is not None:
        _measured()["conv"] = measurement.result


def measured() -> LoopCost | None:
    """What was measured here last, if anything was."""
    return _measured().get("conv")


@st.cache_resource(show_spinner=False)
def _kept() -> Kept[object, Work]:
    return Kept(KEPT)


@st.cache_resource(show_spinner=False, max_entries=1)
def _measured() -> dict[str, LoopCost]:
    return {}


def _answers(network: nn.Module, pixels: Pixels) -> tuple[int, int]:
    logits = sign_methods.logits_of(network, attack.image(pixels))
    return one_step.answer(logits).label, one_step.runner_up(logits)


def _measure(measurement: Measurement) -> None:
    with worker.one_thread():
        measurement.advance()


def _piece(work: Work) -> None:
    end = time.monotonic() + PIECE
    with worker.one_thread():
        while not work.finished:
            work.advance()
            if time.monotonic() >= end:
                return
