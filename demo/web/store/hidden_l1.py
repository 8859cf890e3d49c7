"""The hidden L1's caches: one picture's curves, and pieces of a thousand digits.

A key holds the SHA-256 of the weights, so that new weights never meet an old result.
"""

import copy
from collections.abc import Iterator
from dataclasses import dataclass

import numpy as np
import streamlit as st
import torch
from numpy.typing import NDArray
from torch import Tensor, nn

from demo import device, models, scores
from demo.attacks import sign_methods
from demo.data import pictures
from demo.data.labelled import Labelled
from demo.experiments import hidden_l1 as experiment
from demo.experiments.adversarial_training import accuracy_against_epsilon
from demo.experiments.hidden_l1 import HiddenL1, Margins
from demo.training import recipes
from demo.web.store import adversarial_training, attack, worker
from demo.web.store.kept import Kept
from demo.web.store.shared_work import Pieces, SharedWork

PIECE = 50
"""Digits computed in one go, so that a click waits for no more than that."""
_KEPT = 32
_PIECES_KEPT = 512
_EPSILONS_IN_ONE_GO = 4


@dataclass(frozen=True)
class Digits:
    """The thousand held-out digits on one network. curves: with epsilons, or gradients alone."""

    network: str
    sha256: str
    curves: bool

    @property
    def epsilons(self) -> tuple[float, ...]:
        """Where the losses are computed."""
        return experiment.BATCH_GRID if self.curves else ()

    @property
    def count(self) -> int:
        """How many digits of its classes there are."""
        return len(_chosen(recipes.recipe(self.network).classes))


_Key = tuple[Digits, int]
"""Which digits, and the number of the piece's first."""


@st.cache_data(max_entries=_KEPT, show_spinner=False)
def digit(
    name: str, sha256: str, pixels: NDArray[np.uint8], label: int | None
) -> tuple[int, HiddenL1]:
    """One digit's label in the loss, and its curves, in float64. label: None: the answer."""
    network, image = _double(name, sha256), scores.exact(pictures.to_tensor(pixels))
    return worker.small(_one, network, image, label)


def _one(network: nn.Module, image: Tensor, label: int | None) -> tuple[int, HiddenL1]:
    wanted = int(sign_methods.logits_of(network, image).argmax()) if label is None else label
    labels = torch.tensor([wanted], device=image.device)
    margins = experiment.run(network, image, labels, experiment.DIGIT_GRID)
    return wanted, experiment.means(margins)


def photograph(
    name: str, pixels: NDArray[np.uint8]
) -> Iterator[tuple[float, tuple[int, HiddenL1] | None]]:
    """The network's own answer and its curves, a few epsilons at a time: (share, None) at first."""
    network = attack.network(name)
    image = attack.image(pixels)
    key = (name, models.card(name).sha256, pixels.tobytes())
    yield from _photographs_kept().walk(
        key, lambda: _photograph_pieces(network, image), worker.in_turn
    )


def _photograph_pieces(network: nn.Module, image: Tensor) -> Pieces[tuple[int, HiddenL1]]:
    label = int(sign_methods.logits_of(network, image).argmax())
    labels = torch.tensor([label], device=image.device)
    grid, pieces = experiment.PHOTOGRAPH_GRID, []
    for start in range(0, len(grid), _EPSILONS_IN_ONE_GO):
        yield start / len(grid)
        few = grid[start : start + _EPSILONS_IN_ONE_GO]
        pieces.append(experiment.run(network, image, labels, few))
    return label, experiment.means(experiment.along(pieces))


def batch(wanted: Digits) -> tuple[Margins | None, float]:
    """What is known of these digits, and how much of them that is, 0 to 1."""
    known = [piece for key in _keys(wanted) if (piece := _pieces_kept().get(key)) is not None]
    if not known:
        return None, 0.0
    margins = experiment.joined(known)
    return margins, len(margins.clean) / wanted.count


def compute(wanted: list[Digits], seconds: float) -> None:
    """Go on with these for about so long, one piece at least, in turn with the others."""
    keys = [key for digits in wanted for key in _keys(digits)]
    _pieces_kept().go_on(keys, worker.small, _asked, seconds)


def _asked(key: _Key) -> tuple[object, ...]:
    """What computes a piece."""
    digits, start = key
    network = adversarial_training.network(digits.network, digits.sha256)
    few = _chosen(recipes.recipe(digits.network).classes)[start : start + PIECE]
    return experiment.run, network, few.images, few.labels, digits.epsilons


def _keys(wanted: Digits) -> list[_Key]:
    return [(wanted, start) for start in range(0, wanted.count, PIECE)]


@st.cache_resource(show_spinner=False)
def _pieces_kept() -> Kept[_Key, Margins]:
    return Kept(_PIECES_KEPT)


@st.cache_resource(show_spinner=False, max_entries=1)
def _photographs_kept() -> SharedWork[tuple[int, HiddenL1]]:
    return SharedWork(_KEPT)


@st.cache_resource(max_entries=16, show_spinner=False)
def _double(name: str, sha256: str) -> nn.Module:
    """The digit network in float64: near epsilon = 0 the rise of the loss is small beside it."""
    network = adversarial_training.network(name, sha256)
    return copy.deepcopy(network).to(torch.device("cpu"), torch.float64)


@st.cache_resource(show_spinner=False, max_entries=4)
def _chosen(classes: tuple[int, ...]) -> Labelled:
    return accuracy_against_epsilon.chosen(classes).to(device.choose())
