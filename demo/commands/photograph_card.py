"""A photograph network's card and history, after those of the network that it began as."""

import argparse
import contextlib
import dataclasses
import json
from pathlib import Path
from typing import Any

import torch
from torch import nn

import demo.device
from demo.models import trained
from demo.training import checkpoints, places

CHANGED = ("size", "late", "decay", "blend", "known", "features")
"""Options of the command line that are numbers of the recipe by the same names."""
HISTORY, OUTCOMES = "training.json", "outcomes.json"
"""Endings of what lies beside the weights: the rounds; each photograph, right (1) or not (0)."""


def beside(path: Path, ending: str) -> Path:
    """The path of what lies beside the weights."""
    return path.with_name(f"{path.stem}.{ending}")


def card(
    run_: checkpoints.Run, network: nn.Module, found: dict[str, float], count: int,
    place: places.Place, asked: argparse.Namespace,
) -> trained.Card:  # fmt: skip
    """What is known of it, `found` on `count` photographs; the weights' SHA-256 is still empty."""
    recipe = run_.recipe
    begun = before(recipe.name, asked)
    words = f"python -m demo train {recipe.name} --data DIR"
    words += "" if asked.seed == trained.SEED else f" --seed {asked.seed}"
    words += f" --round {recipe.round} --images {recipe.settings.epochs * recipe.round}"
    words += "" if asked.start is None else f" --start {asked.start}"
    for option in ("batch", "epsilon", "rate", *CHANGED, "minutes"):
        value = getattr(asked, option)
        words += "" if value is None else f" --{option} {value:g}"
    words += "" if asked.mix == 1 else f" --mix {asked.mix:g}"
    return trained.Card(
        name=recipe.name, title=recipe.title, seed=run_.seed,
        training="adversarial" if recipe.epsilon else "standard",
        command=f"{begun.command}; {words}" if begun else words,
        recipe=f"{begun.recipe}; {recipe!r}" if begun else repr(recipe), epochs=len(run_.history),
        kept_epoch=len(run_.history),
        parameters=sum(p.numel() for p in network.parameters()),
        seconds=round(
            (begun.seconds if begun else 0) + sum(epoch.seconds for epoch in run_.history), 1
        ),
        device=f"{demo.device.name(place.device)} x {place.ranks}", torch=torch.__version__,
        test=found, test_images=count, sha256="",
        images_seen=(begun.images_seen if begun else 0) + len(run_.history) * recipe.round,
    )  # fmt: skip


def history(run_: checkpoints.Run, asked: argparse.Namespace) -> list[dict[str, Any]]:
    """The rounds, after those of the network that the student began as."""
    begun = before(run_.recipe.name, asked)
    seen = begun.images_seen if begun else 0
    earlier = beside(trained.FOLDER / f"{asked.start}.json", HISTORY)
    rows: list[dict[str, Any]] = []
    if begun and earlier.is_file():
        rows += json.loads(earlier.read_text(encoding="utf-8"))
    return rows + [
        {"crops": seen + epoch.number * run_.recipe.round, "epsilon": run_.recipe.epsilon}
        | dataclasses.asdict(epoch)
        for epoch in run_.history
    ]


def before(name: str, asked: argparse.Namespace) -> trained.Card | None:
    """The card of the network of that name, if the student began as what it was before.

    What the student began as under another name has a card of its own.
    """
    if asked.start != name:
        return None
    with contextlib.suppress(trained.Absent):
        return trained.card(asked.start)
    return None
