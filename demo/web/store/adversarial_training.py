"""The adversarial training page's caches: digit networks, points of the curves, pictures.

A key holds the SHA-256 of the weights, so that new weights never meet an old result.
"""

import itertools
from collections.abc import Iterator, Sequence
from dataclasses import dataclass

import streamlit as st
from torch import nn

from demo import device, models
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
from demo.web.store.kept import Kept

POINTS_KEPT = 8192
"""Pieces of points, one small number each."""


@dataclass(frozen=True)
class Wanted:
    """One curve that is to be computed here. sha256: of the network's weights."""

    network: str
    sha256: str
    attack: Attack


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
    pieces = (piece for curve in wanted for e in EPSILONS for piece in _pieces(curve, e))
    _kept().go_on(pieces, worker.small, _asked, seconds)


def _asked(piece: "_Piece") -> tuple[object, ...]:
    """What counts a piece's right answers."""
    labelled = _chosen(recipes.recipe(piece.network).classes)
    few = labelled[piece.start : piece.start + PIECE]
    model = network(piece.network, piece.sha256)
    return accuracy_against_epsilon.right, model, few, piece.attack, piece.epsilon, piece.start


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
    kept, count = _kept(), len(_chosen(recipes.recipe(curve.network).classes))
    for epsilon in EPSILONS:
        right = [kept.get(piece) for piece in _pieces(curve, epsilon)]
        known = [number for number in right if number is not None]
        yield epsilon, sum(known) / count if len(known) == len(right) else None


@st.cache_resource(show_spinner=False)
def _kept() -> Kept[_Piece, int]:
    return Kept(POINTS_KEPT)


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
    """The network as it stands, in turn, so that no epoch changes it meanwhile.

    The other pages know it by its name for as long as the session keeps it.
    """
    return worker.in_turn(_adopted, run)


def _adopted(run: live_training.Run) -> trained.OwnNetwork:
    return models.adopt(live_training.own_network(run))
