"""The paper page's caches: networks, example digits, lines, and what was run live."""

from collections.abc import Iterator

import streamlit as st
import torch
from torch import nn

from demo import device
from demo.data import digits
from demo.data.labelled import Labelled
from demo.experiments.adversarial_training import digit_accuracy, weights_as_pictures
from demo.experiments.paper_numbers import (
    at_hand,
    claims,
    examples,
    rows,
    rubbish,
    straight_lines,
)
from demo.experiments.paper_numbers import bench as benches
from demo.experiments.paper_numbers.bench import Bench, Measured
from demo.experiments.paper_numbers.claim import ONE, Claim, Network
from demo.training import recipes
from demo.web.store import worker
from demo.web.store.kept import by_weights
from demo.web.store.shared_work import SharedWork

LIVE_PGD = 1_000
"""Digits under PGD when a row is run live; all 5,000 otherwise."""
_BATCH = 250
_LIVE_KEPT = 64


def results() -> tuple[rows.Row, ...]:
    """The rows that `python -m demo reproduce` wrote. Raises `rows.Unreadable`."""
    return rows.read(rows.RESULTS)


def missing(claim: Claim) -> tuple[Network, ...]:
    """The networks without which the claim cannot be run live."""
    needed = claim.networks
    if claim.fewer_seeds:
        needed = tuple((name, seed) for name, seed in needed if seed == ONE)
    return at_hand.missing(needed, at_hand.FOLDERS)


def stale(row: rows.Row) -> bool:
    """Whether the row was measured on other weights than those that are here now."""
    networks = claims.claim(row.id).networks
    if at_hand.missing(networks, at_hand.FOLDERS):
        return False
    return bool(row.weights) and at_hand.hashes(networks, at_hand.FOLDERS) != row.weights


def network(name: str, seed: int = ONE) -> nn.Module:
    """The trained network on the chosen device. Raises `trained.Absent`, ValueError."""
    sha256 = at_hand.card(name, seed, at_hand.FOLDERS).sha256
    return _network(name, seed, sha256)


@st.cache_resource(max_entries=24, show_spinner=False)
def _network(name: str, seed: int, sha256: str) -> nn.Module:
    return at_hand.network(name, seed, device.choose(), at_hand.FOLDERS)


@by_weights(64)
def shown(name: str, attacks: tuple[digit_accuracy.Attack, ...]) -> tuple[examples.Examples, ...]:
    """Ten of the shipped digits under each attack, on that network."""
    recipe = recipes.recipe(name)
    few = _ten(recipe.data(_shipped())).to(device.choose())
    return worker.small(examples.run, network(name), few, attacks, recipe.classes)


@by_weights(8)
def turned(name: str) -> tuple[examples.Examples, ...]:
    """Ten of the shipped digits as they are and rotated, on that network."""
    few = _ten(_shipped()).to(device.choose())
    return worker.small(examples.turned, network(name), few)


@by_weights(16)
def rubbish_shown(name: str) -> rubbish.Answered:
    """The first ten draws of N(0, I), on that network."""
    draws = rubbish.draws(10, 0, device.choose())
    return worker.small(rubbish.answered, network(name), draws)


@by_weights(256)
def fooled(name: str, target: int, seed: int) -> rubbish.Fooled:
    """The first draw of that series that one step makes the network sure of the target."""
    return worker.small(rubbish.first_fooled, network(name), target, seed, device.choose())


def _ten(labelled: Labelled) -> Labelled:
    return labelled[slice(0, len(labelled), max(1, len(labelled) // 10))]


def weights() -> tuple[weights_as_pictures.Pictures, weights_as_pictures.Pictures]:
    """The logistic regressions' weights, without and with adversarial training, on one scale."""
    return weights_as_pictures.pair(network("logistic"), network("logistic-adversarial"))


@by_weights(32)
def line(name: str, digit: int) -> straight_lines.StraightLines:
    """The logits of one shipped digit, the first of its class, along its own direction."""
    walk = straight_lines.run(network(name), _first(digit))
    return worker.small(benches.finished, walk)


@by_weights(32)
def strip(name: str, digit: int) -> examples.Examples:
    """The same digit at the strip's epsilons."""
    return worker.small(straight_lines.strip, network(name), _first(digit))


def _first(digit: int) -> Labelled:
    return _shipped()[slice(500 * digit, 500 * digit + 1)].to(device.choose())


def live(claim: Claim) -> Iterator[tuple[float, Measured | None]]:
    """The claim on the shipped digits, piece by piece: (share, None), at last (1, the result)."""
    assert claim.measure is not None
    measure, bench = claim.measure, _bench(claim)
    yield from _live_kept().walk(_identity(claim), lambda: measure(bench), worker.small)


def lived(claim: Claim) -> Measured | None:
    """The result, if somebody has run the claim on these weights already."""
    return _live_kept().finished(_identity(claim))


@st.cache_resource(show_spinner=False)
def _live_kept() -> SharedWork[Measured]:
    return SharedWork(_LIVE_KEPT)


def _identity(claim: Claim) -> tuple[object, ...]:
    here = [pair for pair in claim.networks if not at_hand.missing((pair,), at_hand.FOLDERS)]
    return claim.id, *at_hand.hashes(tuple(here), at_hand.FOLDERS).items()


def _bench(claim: Claim) -> Bench:
    labelled = _shipped()
    if claim.beyond:
        labelled = labelled[slice(0, None, len(labelled) // LIVE_PGD)]
    labelled = labelled.to(device.choose())
    return Bench(labelled, network, restarts=1, batch=_BATCH)


@st.cache_resource(show_spinner=False)
def _shipped() -> Labelled:
    images, labels = digits.embedded()
    return Labelled(digits.to_images(images), torch.from_numpy(labels))
