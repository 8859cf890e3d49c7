"""The caches of "Why do they exist?": each hypothesis's numbers, one short computation each."""

import streamlit as st
from torch import nn

from demo import device
from demo.data.labelled import Labelled
from demo.experiments import why
from demo.experiments.adversarial_training import accuracy_against_epsilon
from demo.models import trained
from demo.training import recipes
from demo.web.store import adversarial_training, worker
from demo.web.store.kept import by_weights

FEW = 200
"""Digits whose Jacobian is taken apart."""
SECOND_SEED = 2


@by_weights(4)
def right(network: str) -> tuple[float, float]:
    """Shares of right answers: without attack, under FGSM."""
    return worker.small(why.right, _network(network), _chosen(), recipes.EPSILON)


@by_weights(4)
def boundary(network: str) -> why.Boundary:
    """How many of the digits that it is sure of FGSM changes."""
    return worker.small(why.boundary, _network(network), _chosen(), recipes.EPSILON)


@by_weights(4)
def aimed(network: str) -> why.Aimed:
    """FGSM against random signs."""
    return worker.small(why.aimed, _network(network), _chosen(), recipes.EPSILON)


@by_weights(4)
def off_the_digits(network: str) -> why.OffTheDigits:
    """How far from all other digits each is taken."""
    return worker.small(why.off_the_digits, _network(network), _chosen(), recipes.EPSILON)


@by_weights(4)
def condition(network: str) -> why.Condition:
    """How far its logits move for a change of length 1."""
    return worker.small(why.condition, _network(network), _chosen()[:FEW])


@by_weights(4)
def exchanged(network: str) -> why.Exchanged:
    """What the second training says of examples made on this one, the first."""
    second = _second(network, trained.card(network, SECOND_SEED).sha256)
    return worker.small(why.exchanged, _network(network), second, _chosen(), recipes.EPSILON)


def _network(network: str) -> nn.Module:
    return adversarial_training.network(network, trained.card(network).sha256)


@st.cache_resource(max_entries=2, show_spinner=False)
def _second(name: str, sha256: str) -> nn.Module:
    return worker.in_turn(trained.load, name, SECOND_SEED).to(device.choose())


@st.cache_resource(show_spinner=False, max_entries=1)
def _chosen() -> Labelled:
    return accuracy_against_epsilon.chosen().to(device.choose())
