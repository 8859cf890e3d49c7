"""The caches of the page "Three against seven": networks, margins, one sheet's derivation."""

import streamlit as st
import torch

from demo import fgsm, scores
from demo.data.labelled import Labelled
from demo.data.pictures import to_pixels, to_png
from demo.experiments.adversarial_training import weights_as_pictures
from demo.experiments.three_against_seven import derivation, margins
from demo.models import trained
from demo.networks import architectures
from demo.web.store import worker
from demo.web.store.kept import by_weights

NAMES = ("logistic", "logistic-l1", "logistic-adversarial")
"""Trained plainly, with L1 weight decay, adversarially: otherwise alike."""


def cards() -> list[trained.Card]:
    """The cards of the three networks. Raises `trained.Absent` where one has not been trained."""
    return [trained.card(name) for name in NAMES]


@by_weights(8)
def measured(name: str) -> margins.Margins:
    """That network on every shipped three and seven, at every epsilon."""
    return worker.in_turn(margins.run, _network(name), _shipped())


@by_weights(64)
def derived(name: str, start: int, count: int) -> derivation.Derivation:
    """The derivation's five lines for `count` of the digits, from number `start` on."""
    few = _shipped()[start : start + count]
    return worker.in_turn(derivation.run, _network(name), few, margins.EPSILON_GRID)


@by_weights(4)
def attacked(name: str, places: tuple[int, ...], epsilon: float) -> list[tuple[bytes, int, int]]:
    """These of the digits after FGSM: (PNG, label, the network's answer), 0 a three, 1 a seven."""
    network, few = _network(name), _shipped()[torch.tensor(places)]
    images = worker.small(fgsm.fgsm, network, few.images, few.labels, epsilon)
    answers = scores.predicted_label(worker.small(network, images))
    return [
        (to_png(to_pixels(image)[..., 0]), int(label), int(answer))
        for image, label, answer in zip(images, few.labels, answers, strict=True)
    ]


def pictures() -> tuple[weights_as_pictures.Pictures, ...]:
    """The weights of the three networks on one grey scale."""
    return weights_as_pictures.together(*map(_network, NAMES))


def images(start: int, count: int) -> Labelled:
    """Some of the shipped threes and sevens, in turn; labels 0 and 1."""
    return _shipped()[start : start + count]


def _network(name: str) -> architectures.LogisticRegression:
    return _loaded(name, trained.card(name).sha256)


@st.cache_resource(max_entries=8, show_spinner=False)
def _loaded(name: str, sha256: str) -> architectures.LogisticRegression:
    """On the processor: 785 numbers are no work for anything else."""
    network = worker.in_turn(trained.load, name)
    assert isinstance(network, architectures.LogisticRegression)
    return network


@st.cache_resource(show_spinner=False)
def _shipped() -> Labelled:
    return margins.shipped()
