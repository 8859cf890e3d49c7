"""The growth page's caches: drawn weights, trained linear models, a photograph at every size."""

import functools
import hashlib
import itertools
from dataclasses import dataclass, replace
from typing import Any

import numpy as np
import streamlit as st
import torch
from numpy.typing import NDArray
from torch import Tensor, nn

from demo import fgsm, models, scores
from demo.data import pictures
from demo.experiments.activation_growth import (
    activation_growth,
    growth_of_a_trained_model,
    growth_on_a_photograph,
)
from demo.experiments.activation_growth.activation_growth import Draw
from demo.experiments.activation_growth.growth_of_a_trained_model import Errors, Trained
from demo.experiments.activation_growth.growth_on_a_photograph import Row
from demo.experiments.attack import one_step
from demo.web.store import attack, worker
from demo.web.store.kept import Kept

NETWORK = models.MODELS[0].name
"""The network that ships with the app, whatever the attack page looks at."""
PASSES_KEPT = 16_384
"""A number or a few each."""


@st.cache_resource(show_spinner=False)
def draws() -> tuple[Draw, ...]:
    """All drawn weight vectors' sums."""
    return tuple(worker.in_turn(activation_growth.draw, seed) for seed in activation_growth.SEEDS)


def trained() -> list[Trained]:
    """The linear models that are trained by now, smallest first."""
    kept = _trained()
    return [kept[side] for side in growth_of_a_trained_model.SIDES if side in kept]


def train_one() -> None:
    """Train the next size, unless all are there."""
    sides = growth_of_a_trained_model.SIDES
    _trained().go_on(
        sides, worker.in_turn, lambda side: (growth_of_a_trained_model.train, side), seconds=0
    )


@st.cache_resource(show_spinner=False)
def _trained() -> Kept[int, Trained]:
    return Kept(len(growth_of_a_trained_model.SIDES))


@st.cache_data(max_entries=256, show_spinner=False)
def errors(side: int, epsilon: float) -> Errors:
    """What the held-out digits get at that size and epsilon; the size must be trained."""
    return worker.in_turn(growth_of_a_trained_model.errors, _trained()[side], epsilon)


@dataclass(frozen=True)
class Photograph:
    """One picture: its file, how it is cut, and the class that J is about."""

    data: bytes
    crop: pictures.Crop
    label: int


@dataclass(frozen=True)
class Colours:
    """pixels: (S, S, 3) uint8.  gradient: (S, S, 3) float32 of J.  label: the network's answer."""

    pixels: NDArray[np.uint8]
    gradient: NDArray[np.float32]
    label: int
    confidence: float


def photograph(data: bytes, crop: pictures.Crop) -> Photograph:
    """The picture with the network's own answer at the size that it was trained for."""
    return Photograph(data, crop, colours(data, crop).label)


@st.cache_data(max_entries=8, show_spinner=False)
def colours(data: bytes, crop: pictures.Crop) -> Colours:
    """J's gradient in the picture at the network's own size, J being the loss of its own answer."""
    image = _image(data, models.card(NETWORK).input_size, crop)
    return worker.in_turn(_colours, attack.network(NETWORK), image)


def _colours(network: nn.Module, image: Tensor) -> Colours:
    with torch.inference_mode():
        answer = one_step.answer(network(image))
    gap, of_the_gap = growth_on_a_photograph.gap_gradient(network, image, answer.label)
    gradient = -float(1 - torch.tensor(gap, dtype=torch.float64).sigmoid()) * of_the_gap
    return Colours(
        pictures.to_pixels(image), gradient[0].permute(1, 2, 0).cpu().contiguous().numpy(),
        answer.label, answer.confidence,
    )  # fmt: skip


def rows(photo: Photograph, epsilon: float) -> list[Row]:
    """The sizes that are known by now, smallest first."""
    kept, found = _passes(), []
    for keys in _keys(photo, epsilon):
        passes: list[Any] = [kept.get(key) for key in keys]
        if None not in passes:
            row, *gaps = passes
            found.append(replace(row, gaps_under_random_signs=tuple(gaps)))
    return found


def compute(photo: Photograph, epsilon: float, seconds: float) -> None:
    """Go on with the sizes for about so long, a pass of the network at a time."""
    network = attack.network(NETWORK)
    image = functools.cache(lambda side: _image(photo.data, side, photo.crop))

    def ask(key: _Key) -> tuple[object, ...]:
        _, side, seed = key
        if seed is None:
            return _begun, network, image(side), photo.label, epsilon, side
        random = growth_on_a_photograph.gap_under_random_signs
        return random, network, image(side), epsilon, photo.label, seed

    _passes().go_on(itertools.chain(*_keys(photo, epsilon)), worker.in_turn, ask, seconds)


_Key = tuple[tuple[object, ...], int, int | None]
"""A question about a photograph, the side in pixels, and the random signs' seed; None: FGSM."""


def _keys(photo: Photograph, epsilon: float) -> list[list[_Key]]:
    """A list for each size, in the order of the passes."""
    question = hashlib.sha256(photo.data).hexdigest(), photo.crop, photo.label, epsilon
    seeds = (None, *growth_on_a_photograph.SEEDS)
    return [[(question, side, seed) for seed in seeds] for side in growth_on_a_photograph.SIDES]


@st.cache_resource(show_spinner=False)
def _passes() -> Kept[_Key, Any]:
    """By FGSM a row without random signs, by these its next gap."""
    return Kept(PASSES_KEPT)


def _begun(network: nn.Module, image: Tensor, label: int, epsilon: float, side: int) -> Row:
    gap, gradient = growth_on_a_photograph.gap_gradient(network, image, label)
    eta = fgsm.perturbation(-gradient, epsilon)
    after = growth_on_a_photograph.gap_under(network, image, eta, label)
    exact = scores.exact(gradient)
    return Row(side, epsilon, gap, float(exact.abs().sum()), float(exact.norm()), after, ())


def _image(data: bytes, side: int, crop: pictures.Crop) -> Tensor:
    return attack.image(attack.clean_pixels(data, side, crop))
