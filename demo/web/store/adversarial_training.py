"""The adversarial training page's caches: digit networks, points of the curves, pictures.

A key holds the SHA-256 of the weights, so that new weights never meet an old result.
"""

import itertools
import time
from collections.abc import Iterator, Sequence
from dataclasses import dataclass

import streamlit as st
from torch import nn

from demo import device
from demo.data.labelled import Labelled
from demo.experiments.adversarial_training import (
    accuracy_against_epsilon,
    live_training,
    weights_as_pictures,
)
from demo.experiments.adversarial_training.accuracy_against_epsilon import EPSILONS, PIECE, Curve
from demo.experiments.adversarial_training.digit_accuracy import Attack
from demo.models import trained
from demo.training import recipes
from demo.web.store import worker

POINTS_KEPT = 8192
"""Pieces of points, one small number each."""


@dataclass(frozen=True)
class Wanted:
    """One curve that is to be computed here. sha256: of the network's weights."""

    network: str
    sha256: str
    attack: Attack


def offered() -> list[trained.Card]:
    """The cards of the digit networks whose weights are here, in the catalogue's order."""
    cards = []
    for recipe in recipes.RECIPES:
        try:
            cards.append(trained.card(recipe.name))
        except trained.Absent:
            continue
    return cards


@st.cache_resource(max_entries=16, show_spinner=False)
def network(name: str, sha256: str) -> nn.Module:
    """The trained network of that name and those weights, on this machine's device."""
    return worker.in_turn(trained.load, name).to(device.choose())


def curves(wanted: Sequence[Wanted]) -> tuple[list[Curve], float]:
    """What is known of these curves, and how much of them that is, 0 to 1.

    A curve ends before its first epsilon that is not known yet.
    """
    found, done = [], 0
    for curve in wanted:
        known = itertools.takewhile(lambda pair: pair[1] is not None, _points(curve))
        pairs = [(epsilon, accuracy) for epsilon, accuracy in known if accuracy is not None]
        done += len(pairs)
        size = len(_chosen(recipes.recipe(curve.network).classes))
        found.append(
            Curve(curve.network, curve.attack, tuple(e for e, _ in pairs),
                  tuple(a for _, a in pairs), size)
        )  # fmt: skip
    return found, done / (len(wanted) * len(EPSILONS)) if wanted else 1.0


def compute(wanted: Sequence[Wanted], seconds: float) -> None:
    """Go on with these curves for about so long, a piece at a time, in turn with the others."""
    end, kept = time.monotonic() + seconds, _points_kept()
    todo = (p for curve in wanted for e in EPSILONS for p in _pieces(curve, e) if p not in kept)
    for piece in todo:
        if time.monotonic() >= end:
            return
        labelled = _chosen(recipes.recipe(piece.network).classes)
        few = labelled[piece.start : piece.start + PIECE]
        worker.small(_keep, piece, network(piece.network, piece.sha256), few, kept)


@dataclass(frozen=True)
class _Piece:
    """Some of the digits, from number `start` on, under one attack."""

    network: str
    sha256: str
    attack: Attack
    epsilon: float
    start: int


def _pieces(curve: Wanted, epsilon: float) -> list[_Piece]:
    attack: Attack = curve.attack if epsilon else "none"
    count = len(_chosen(recipes.recipe(curve.network).classes))
    return [
        _Piece(curve.network, curve.sha256, attack, epsilon, start)
        for start in range(0, count, PIECE)
    ]


def _points(curve: Wanted) -> Iterator[tuple[float, float | None]]:
    """(epsilon, share of right answers), None where not all pieces are known."""
    kept, count = _points_kept(), len(_chosen(recipes.recipe(curve.network).classes))
    for epsilon in EPSILONS:
        right = [kept.get(piece) for piece in _pieces(curve, epsilon)]
        known = [number for number in right if number is not None]
        yield epsilon, sum(known) / count if len(known) == len(right) else None


def _keep(piece: _Piece, model: nn.Module, labelled: Labelled, kept: dict[_Piece, int]) -> None:
    """Attack these digits and keep how many get the right answer; only the worker writes."""
    if piece in kept:  # by somebody else's turn
        return
    while len(kept) >= POINTS_KEPT:
        del kept[next(iter(kept))]
    kept[piece] = accuracy_against_epsilon.right(
        model, labelled, piece.attack, piece.epsilon, piece.start
    )


@st.cache_resource(show_spinner=False, max_entries=1)
def _points_kept() -> dict[_Piece, int]:
    return {}


@st.cache_resource(show_spinner=False, max_entries=4)
def _chosen(classes: tuple[int, ...]) -> Labelled:
    return accuracy_against_epsilon.chosen(classes).to(device.choose())


@st.cache_data(max_entries=8, show_spinner=False)
def pictures(
    standard: tuple[str, str], adversarial: tuple[str, str]
) -> tuple[weights_as_pictures.Pictures, weights_as_pictures.Pictures]:
    """The first layers of two networks, each given as (name, SHA-256)."""
    return weights_as_pictures.pair(network(*standard), network(*adversarial))


def begun(plan: live_training.Plan) -> live_training.Run:
    """A training of this session's own: nothing of it is kept here."""
    return worker.small(live_training.begun, plan, device.choose())


def advanced(run: live_training.Run) -> None:
    """One epoch more, in turn."""
    worker.small(run.advance)


def own_network(run: live_training.Run) -> trained.OwnNetwork:
    """The network as it stands, in turn, so that no epoch changes it meanwhile."""
    return worker.in_turn(live_training.own_network, run)
