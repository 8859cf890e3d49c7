"""`python -m demo accuracy`: every digit network that ships, under every attack, on MNIST's test.

python -m demo accuracy --data ~/data

Each row is written as soon as it is measured; a row that is there for the same weights is not
measured again.
"""

import argparse
import json
import math
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from torch import nn

import demo.device
from demo.commands import report
from demo.data import digits
from demo.data.labelled import Labelled
from demo.experiments.adversarial_training import accuracy_against_epsilon, digit_accuracy
from demo.models import trained
from demo.training import recipes

SEED = 0
PGD_IMAGES = 1000
"""At most so many, evenly spaced, for PGD's curve; its point at .25 takes all, with restarts."""
SETTING = (
    "MNIST test digits (logistic regression: its threes and sevens); the curve of PGD on about "
    f"{PGD_IMAGES} of them, evenly spaced; PGD's step is 2.5 epsilon / steps"
)


@dataclass(frozen=True)
class Measure:
    """One row. restarts: of PGD; images: how many at most, None for all of the test set."""

    network: str
    attack: digit_accuracy.Attack
    epsilon: float
    restarts: int = 1
    images: int | None = None


def run(options: argparse.Namespace) -> None:
    """Measure what is not in the file yet, a row at a time; print and write each."""
    if options.at_most is not None and options.at_most < 1:
        raise ValueError(f"--at-most is 1 or more, not {options.at_most}.")
    device = demo.device.choose(options.device)
    test = digits.mnist(options.data, train=False, download=options.download)
    test = test[: options.at_most].to(device)
    cards = [card for card in trained.here() if recipes.recipe(card.name).ships]
    if not cards:
        raise ValueError(f"There are no digit networks in {trained.FOLDER}: "
                         "python -m demo train --all --out assets/weights makes them.")  # fmt: skip
    rows = _kept(options.out, {card.name: card.sha256 for card in cards})
    for card in cards:
        network = trained.load(card.name).to(device)
        todo = [m for m in measures(card.name) if _key(m, test) not in map(_row_key, rows)]
        for measure in todo:
            rows.append(_row(network, card, measure, test))
            print(_line(rows[-1]), flush=True)
            report.write(options.out, "accuracy", device, SETTING, seed=SEED, rows=rows)
    print(options.out)


def measures(name: str) -> Iterator[Measure]:
    """Every row of one network: three curves, and PGD with all restarts at the recipes' epsilon."""
    for epsilon in accuracy_against_epsilon.EPSILONS:
        yield Measure(name, "FGSM", epsilon)
        yield Measure(name, "random signs", epsilon)
        yield Measure(name, "PGD", epsilon, images=PGD_IMAGES)
    yield Measure(name, "PGD", recipes.EPSILON, digit_accuracy.RESTARTS)


def _labelled(measure: Measure, test: Labelled) -> Labelled:
    whole = recipes.recipe(measure.network).data(test)
    every = 1 if measure.images is None else max(1, len(whole) // measure.images)
    return whole[::every]


def _row(
    network: nn.Module, card: trained.Card, measure: Measure, test: Labelled
) -> dict[str, Any]:
    labelled = _labelled(measure, test)
    what = f"{card.name}, {measure.attack} at {measure.epsilon:g}"
    result = digit_accuracy.run(
        network, labelled, measure.attack, measure.epsilon, seed=SEED, restarts=measure.restarts,
        progress=report.bar(what),
    )  # fmt: skip
    wrong = None if math.isnan(result.confidence) else round(result.confidence, 6)
    return {
        "network": card.name, "sha256": card.sha256, "attack": measure.attack,
        "epsilon": measure.epsilon, "steps": digit_accuracy.STEPS if measure.attack == "PGD" else 1,
        "restarts": measure.restarts, "images": result.count, "accuracy": round(result.accuracy, 6),
        "confidence_on_wrong": wrong,
    }  # fmt: skip


def _key(measure: Measure, test: Labelled) -> tuple[object, ...]:
    count = len(_labelled(measure, test))
    return measure.network, measure.attack, measure.epsilon, measure.restarts, count


def _row_key(row: dict[str, Any]) -> tuple[object, ...]:
    return tuple(row[k] for k in ("network", "attack", "epsilon", "restarts", "images"))


def _kept(path: Path, weights: dict[str, str]) -> list[dict[str, Any]]:
    """The rows of the file that belong to these weights: name -> SHA-256."""
    if not path.is_file():
        return []
    rows = json.loads(path.read_text(encoding="utf-8"))["rows"]
    return [row for row in rows if weights.get(row["network"]) == row["sha256"]]


def _line(row: dict[str, Any]) -> str:
    attack = f"{row['attack']} at {row['epsilon']:g}"
    if row["attack"] == "PGD":
        attack += f" ({row['steps']} steps, {row['restarts']} restarts)"
    return f"{row['network']:<24} {attack:<36} {100 * row['accuracy']:6.2f} % of {row['images']:,}"
