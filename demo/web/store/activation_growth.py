"""The growth page's caches: drawn weights, trained linear models, a photograph at every size."""

import hashlib
import time
from dataclasses import dataclass, replace

import numpy as np
import streamlit as st
import torch
from numpy.typing import NDArray
from torch import Tensor, nn

from demo import device, fgsm, models, scores
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

NETWORK = models.MODELS[0].name
"""The network that ships with the app, whatever the attack page looks at."""
ROWS_KEPT = 1024


@st.cache_resource(show_spinner=False)
def draws() -> tuple[Draw, ...]:
    """All drawn weight vectors' sums."""
    return tuple(worker.in_turn(activation_growth.draw, seed) for seed in activation_growth.SEEDS)


def trained() -> list[Trained]:
    """The linear models that are trained by now, smallest first."""
    kept = _trained_kept()
    return [kept[side] for side in growth_of_a_trained_model.SIDES if side in kept]


def train_one() -> None:
    """Train the next size, unless all are there."""
    kept = _trained_kept()
    for side in growth_of_a_trained_model.SIDES:
        if side not in kept:
            worker.in_turn(_train, side, kept)
            return


def _train(side: int, kept: dict[int, Trained]) -> None:
    """Unless somebody else's turn has brought it; only the worker writes."""
    if side not in kept:
        kept[side] = growth_of_a_trained_model.train(side)


@st.cache_resource(show_spinner=False, max_entries=1)
def _trained_kept() -> dict[int, Trained]:
    return {}


@st.cache_data(max_entries=256, show_spinner=False)
def errors(side: int, epsilon: float) -> Errors:
    """What the held-out digits get at that size and epsilon; the size must be trained."""
    return worker.in_turn(growth_of_a_trained_model.errors, _trained_kept()[side], epsilon)


_Key = tuple[tuple[object, ...], int]
"""A question about a photograph, and the side in pixels."""


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
    return worker.in_turn(_colours, _network(), image)


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
    kept, key = _rows_kept(), _key(photo, epsilon)
    begun = [kept[key, side] for side in growth_on_a_photograph.SIDES if (key, side) in kept]
    return [row for row in begun if _complete(row)]


def compute(photo: Photograph, epsilon: float, seconds: float) -> None:
    """Go on with the sizes for about so long, a pass of the network at a time."""
    end, kept, key = time.monotonic() + seconds, _rows_kept(), _key(photo, epsilon)
    for side in growth_on_a_photograph.SIDES:
        image, network = _image(photo.data, side, photo.crop), _network()
        row = kept.get((key, side))
        while row is None or not _complete(row):
            row = worker.in_turn(_advance, (key, side), row, network, image, photo.label, epsilon)
            if time.monotonic() >= end:
                return


def _complete(row: Row) -> bool:
    return len(row.gaps_under_random_signs) == len(growth_on_a_photograph.SEEDS)


def _advance(
    key: _Key, seen: Row | None, network: nn.Module, image: Tensor, label: int, epsilon: float
) -> Row:
    """One step more than `seen`, or what somebody else's turn has brought; only the worker writes.

    The first is gradient and FGSM, each other one of the random signs.
    """
    kept = _rows_kept()
    now = kept.get(key)
    if now is not None and now != seen:
        return now
    if now is None:
        row = _begun(network, image, label, epsilon, key[1])
    else:
        seed = growth_on_a_photograph.SEEDS[len(now.gaps_under_random_signs)]
        gap = growth_on_a_photograph.gap_under_random_signs(network, image, epsilon, label, seed)
        row = replace(now, gaps_under_random_signs=(*now.gaps_under_random_signs, gap))
    while key not in kept and len(kept) >= ROWS_KEPT:
        kept.pop(next(iter(kept)))
    kept[key] = row
    return row


def _begun(network: nn.Module, image: Tensor, label: int, epsilon: float, side: int) -> Row:
    gap, gradient = growth_on_a_photograph.gap_gradient(network, image, label)
    eta = fgsm.perturbation(-gradient, epsilon)
    after = growth_on_a_photograph.gap_under(network, image, eta, label)
    exact = scores.exact(gradient)
    return Row(side, epsilon, gap, float(exact.abs().sum()), float(exact.norm()), after, ())


@st.cache_resource(show_spinner=False, max_entries=1)
def _rows_kept() -> dict[_Key, Row]:
    return {}


def _key(photo: Photograph, epsilon: float) -> tuple[object, ...]:
    return hashlib.sha256(photo.data).hexdigest(), photo.crop, photo.label, epsilon


@st.cache_data(max_entries=24, show_spinner=False)
def _pixels(data: bytes, side: int, crop: pictures.Crop) -> NDArray[np.uint8]:
    return pictures.at_network_size(pictures.from_bytes(data), side, crop)


def _image(data: bytes, side: int, crop: pictures.Crop) -> Tensor:
    return pictures.to_tensor(_pixels(data, side, crop)).to(device.choose())


def _network() -> nn.Module:
    return attack.network(NETWORK, lambda share: None)
