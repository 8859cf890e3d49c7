"""`python -m demo train NAME` for networks that look at photographs.

python -m demo train everyday --data DIR --minutes 20
python -m demo train efficientnet-lite0-adversarial --data DIR --minutes 120
torchrun --nproc-per-node 4 -m -- demo train efficientnet-lite0-adversarial --data IMAGENET
"""

import argparse
import contextlib
import dataclasses
import json
import os
from collections.abc import Callable, Iterator, Sequence
from pathlib import Path
from typing import Any

import torch
from torch import nn

import demo.device
from demo import models, scores
from demo.commands import photograph_card
from demo.data import photographs
from demo.data.labelled import Labelled
from demo.experiments.adversarial_training import photograph_accuracy
from demo.models import trained
from demo.networks import weights
from demo.training import checkpoints, loop, photograph_networks, photograph_recipes, places

MEASURED = 250
"""Photographs, about, on which a round is measured; the card takes all."""


def run(
    asked: argparse.Namespace,
    recipe: photograph_recipes.Recipe,
    folder: Path,
    elsewhere: Path,
) -> None:
    """Train, or go on; print each round; write weights, card, history and outcomes."""
    recipe = _changed(recipe, asked)
    with _together(asked) as place:
        standard, norms = models.plain(recipe.standard), models.plain(photograph_recipes.NORMS)
        some, held_out = photographs.find(asked.data, asked.check)
        if asked.measure:
            _measured_again(recipe, asked.seed, held_out, place, folder)
            return
        first = None if asked.start is None else models.plain(asked.start)
        kept = elsewhere / "checkpoints" / f"{trained.stem(recipe.name, asked.seed)}.pt"
        if asked.restart and place.leads:
            kept.unlink(missing_ok=True)
        run_ = checkpoints.restored(
            photograph_networks.started(recipe, standard, asked.seed, place, first, norms), kept
        )
        say: Any = print if place.leads else lambda *_, **__: None
        say(
            f"{recipe.title}, seed {asked.seed}, {demo.device.name(place.device)} x {place.ranks}, "
            f"{len(some):,} photographs, measured on {len(held_out):,}"
        )
        if run_.history:
            say(f"  going on after {len(run_.history) * recipe.round:,} crops")
        step = max(2, len(held_out) // MEASURED)
        few = Labelled(held_out.images[::step], held_out.labels[::step]).to(place.device)
        walk = photograph_networks.rounds(run_, standard, some, few, place, asked.minutes)
        for epoch in checkpoints.kept(run_, walk, kept if place.leads else None):
            say(_line(epoch, recipe), flush=True)
        if place.leads:
            finished = photograph_networks.finished(run_, standard, asked.mix, norms)
            _written(run_, finished, held_out, place, folder, asked)


_Check = tuple[Callable[[float], bool], str]
_ABOVE_ZERO: _Check = lambda n: n > 0, "above 0"
_SHARE: _Check = lambda n: 0 <= n <= 1, "from 0 to 1"
_SIDE: _Check = lambda n: n >= 64 and n % 32 == 0, "a multiple of 32, at least 64"
_CHECKS: dict[str, _Check] = {
    "batch": (lambda n: n >= 1, "1 or more"),
    "decay": (lambda n: 0 <= n < 1, "at least 0 and below 1"),
    "features": (lambda n: n >= 0, "0 or more"),
    **dict.fromkeys(("minutes", "epsilon", "rate"), _ABOVE_ZERO),
    **dict.fromkeys(("size", "late"), _SIDE),
    **dict.fromkeys(("blend", "known", "mix"), _SHARE),
}
"""Option -> what it must be, in code and in words."""


def _changed(
    recipe: photograph_recipes.Recipe, asked: argparse.Namespace
) -> photograph_recipes.Recipe:
    """The recipe with what the command line asks for instead."""
    for option, (right, words) in _CHECKS.items():
        value = getattr(asked, option)
        if value is not None and not right(value):
            raise ValueError(f"--{option} is {words}, not {value:g}.")
    per_round = asked.round or recipe.round
    batch = asked.batch or recipe.settings.batch
    if per_round < batch:
        raise ValueError(f"--round is at least one batch, {batch}.")
    images = asked.images or recipe.settings.epochs * recipe.round
    if asked.epochs is not None:
        images = asked.epochs * per_round
    settings = dataclasses.replace(
        recipe.settings, epochs=max(1, -(-images // per_round)), batch=batch,
        learning_rate=asked.rate or recipe.settings.learning_rate,
    )  # fmt: skip
    changed = {
        name: getattr(asked, name)
        for name in photograph_card.CHANGED
        if getattr(asked, name) is not None
    }
    return dataclasses.replace(
        recipe, settings=settings, round=per_round,
        epsilon=recipe.epsilon if asked.epsilon is None else asked.epsilon / 255,
        warm_up=recipe.warm_up if asked.start is None else 0.0, **changed,
    )  # fmt: skip


@contextlib.contextmanager
def _together(asked: argparse.Namespace) -> Iterator[places.Place]:
    """This process's place; under `torchrun`, connected with the others."""
    rank, ranks = places.processes()
    device = demo.device.choose(asked.device)
    if device.type == "cuda" and ranks > 1:
        device = torch.device("cuda", int(os.environ.get("LOCAL_RANK", 0)))
        torch.cuda.set_device(device)
    workers = asked.workers
    if workers is None:
        workers = min(8, max(1, (os.cpu_count() or 1) // ranks - 1))
    place = places.Place(device, rank, ranks, workers)
    if ranks == 1:
        yield place
        return
    torch.distributed.init_process_group("nccl" if device.type == "cuda" else "gloo")
    try:
        yield place
    finally:
        torch.distributed.destroy_process_group()


def _line(epoch: loop.Epoch, recipe: photograph_recipes.Recipe) -> str:
    level = 255 * recipe.settings.evaluated_epsilon
    return (
        f"  {epoch.number * recipe.round:>9,} crops  loss {epoch.training_loss:.4f}  "
        f"without attack {epoch.clean_accuracy:.1%}, at {level:.4g}/255 FGSM "
        f"{epoch.accuracy_under_fgsm:.1%}, PGD ({loop.PGD_STEPS} steps, "
        f"{recipe.settings.evaluated} photographs) {epoch.accuracy_under_pgd:.1%}  "
        f"{epoch.seconds:.0f} s, {recipe.round / epoch.seconds:.0f} crops/s"
    )


def _written(
    run_: checkpoints.Run, finished: nn.Module, held_out: Labelled, place: places.Place,
    folder: Path, asked: argparse.Namespace,
) -> None:  # fmt: skip
    """Round to half precision, measure that, and write it."""
    recipe = run_.recipe
    network = trained.rounded(finished).eval().requires_grad_(False)
    model = models.prepared(network.state_dict(), recipe.standard, place.device)
    found, outcomes = _measured(model, held_out.to(place.device), recipe.levels)
    lines = ",\n".join("  " + json.dumps(row) for row in photograph_card.history(run_, asked))
    path = trained.save(
        network, photograph_card.card(run_, network, found, len(held_out), place, asked), folder
    )
    photograph_card.beside(path, photograph_card.OUTCOMES).write_text(outcomes, encoding="utf-8")
    photograph_card.beside(path, photograph_card.HISTORY).write_text(
        f"[\n{lines}\n]\n", encoding="utf-8"
    )
    print(f"  {path}", flush=True)


def _measured(
    model: nn.Module, held_out: Labelled, levels: Sequence[float]
) -> tuple[dict[str, float], str]:
    """The accuracies of a card, printed; and each photograph's outcomes, as JSON."""
    right = photograph_accuracy.outcomes(model, held_out, levels)
    found = {name: round(scores.exact(r).mean().item(), 6) for name, r in right.items()}
    print("  " + ", ".join(f"{name} {share:.1%}" for name, share in found.items()), flush=True)
    outcomes = {name: "".join(map(str, r.int().tolist())) for name, r in right.items()}
    return found, json.dumps(outcomes, indent=1) + "\n"


def _measured_again(
    recipe: photograph_recipes.Recipe,
    seed: int,
    held_out: Labelled,
    place: places.Place,
    folder: Path,
) -> None:
    """Attack a trained network again and write its card; the weights stay bit for bit."""
    old = trained.card(recipe.name, seed, folder)
    path = folder / f"{trained.stem(recipe.name, seed)}.safetensors"
    model = models.prepared(weights.embedded(path, old.sha256), recipe.standard, place.device)
    found, outcomes = _measured(model, held_out.to(place.device), recipe.levels)
    trained.write_card(dataclasses.replace(old, test=found, test_images=len(held_out)), folder)
    photograph_card.beside(path, photograph_card.OUTCOMES).write_text(outcomes, encoding="utf-8")
