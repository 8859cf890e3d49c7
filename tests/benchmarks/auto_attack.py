"""AutoAttack on the networks for everyday things: `python -m tests.benchmarks.auto_attack`.

    pip install --no-deps -r tests/benchmarks/requirements.txt
    python -m tests.benchmarks.auto_attack CHECK.tar --network everyday-adversarial --epsilon 4

Its four attacks with the settings of the paper (Croce and Hein 2020, arXiv:2003.01690): APGD on the
cross-entropy, APGD and FAB toward nine targets, 100 steps each, and Square with 5,000 queries.
They are Torchattacks', for AutoAttack's own package is not on PyPI; Torchattacks' own `AutoAttack`
takes 10 steps and every class as a target. Each attack gets the photographs that the ones before
have left. Hours of a processor (--attacks 2 takes the first two alone, which find nearly all); goes
on where it was stopped. Writes assets/results/auto_attack.json.
"""

import argparse
import json
import time
from collections.abc import Callable
from importlib import metadata
from pathlib import Path
from typing import Any

import torch
import torchattacks
from torch import Tensor, nn

import demo.device
from demo import models
from demo.attacks import sign_methods
from demo.data import photographs
from demo.data.labelled import Labelled

RESULTS = models.ASSETS / "results" / "auto_attack.json"
TARGETS = 10  # Torchattacks takes one less: the nine strongest wrong answers
AT_ONCE = 5
"""Photographs: more are slower on a processor. The record is written after so many."""


def attacks(
    model: nn.Module, epsilon: float, steps: int = 100, queries: int = 5000
) -> dict[str, Callable[[Tensor, Tensor], Tensor]]:
    """Each attack's name -> what makes adversarial examples of (N, C, H, W) and labels (N,)."""
    same = {"norm": "Linf", "eps": epsilon, "seed": 0, "n_restarts": 1}
    return {
        "APGD-CE": torchattacks.APGD(model, steps=steps, loss="ce", **same),
        "APGD-T": torchattacks.APGDT(model, steps=steps, n_classes=TARGETS, **same),
        "FAB-T": torchattacks.FAB(
            model, steps=steps, multi_targeted=True, n_classes=TARGETS, **same
        ),
        "Square": torchattacks.Square(model, n_queries=queries, **same),
    }


def left(
    model: nn.Module, some: Labelled, epsilon: float, first: int = 4, **settings: int
) -> dict[str, int]:
    """How many are right without attack, and after each of the first so many attacks, in turn.

    A photograph is lost only where its example lies within epsilon and in [0, 1].
    """
    known = some[sign_methods.logits_of(model, some.images).argmax(1) == some.labels]
    counts = {"without attack": len(known)}
    for name, attack in list(attacks(model, epsilon, **settings).items())[:first]:
        if len(known):
            found = attack(known.images, known.labels).detach()
            found = known.images + (found - known.images).clamp(-epsilon, epsilon)
            answers = sign_methods.logits_of(model, found.clamp(0, 1)).argmax(1)
            known = known[answers == known.labels]
        counts[name] = len(known)
    return counts


def measured(
    model: nn.Module, some: Labelled, levels: float, first: int, before: dict[str, Any]
) -> dict[str, Any]:
    """One piece more than before. levels: 255 times epsilon.  first: so many of the attacks."""
    done = before.get("photographs", 0)
    began = time.monotonic()
    piece = some[done : done + AT_ONCE]
    counts = left(model, piece, levels / 255, first)
    return {
        "levels": levels, "photographs": done + len(piece),
        "right": {k: n + before.get("right", {}).get(k, 0) for k, n in counts.items()},
        "seconds": round(before.get("seconds", 0) + time.monotonic() - began),
    }  # fmt: skip


def begun(kept: dict[str, Any], key: str, sha256: str) -> dict[str, Any]:
    """What is known under that key of exactly these weights."""
    before: dict[str, Any] = kept.get(key, {})
    return before if before.get("sha256") == sha256 else {}


def main() -> None:
    parser = argparse.ArgumentParser(prog="python -m tests.benchmarks.auto_attack")
    parser.add_argument("check", type=Path, help="labelled photographs, a tar archive or a folder")
    parser.add_argument("--network", default="everyday-adversarial")
    parser.add_argument("--epsilon", type=float, default=4, help="255 times epsilon")
    parser.add_argument("--attacks", type=int, default=4, help="the first so many of the four")
    parser.add_argument("--count", type=int, default=200, help="the first of them")
    parser.add_argument("--out", type=Path, default=RESULTS)
    options = parser.parse_args()
    torch.set_num_threads(1)
    some = photographs.measured_on(photographs.at(options.check))[: options.count]
    key = f"{options.network} at {options.epsilon:g}/255, {options.attacks} attacks"
    card = models.card(options.network)
    model, its = models.load(card.name, torch.device("cpu")), {"network": card.name}
    its["sha256"] = str(card.sha256)
    while True:
        kept = json.loads(options.out.read_text("utf-8")) if options.out.exists() else {}
        before = begun(kept, key, its["sha256"])
        if before.get("photographs", 0) >= len(some):
            return
        row = its | measured(model, some, options.epsilon, options.attacks, before)
        kept |= {
            "command": "python -m tests.benchmarks.auto_attack CHECK.tar --network NAME "
            "--epsilon LEVELS --attacks N",
            "device": demo.device.name(torch.device("cpu")),
            "torchattacks": metadata.version("torchattacks"),
            key: row,
        }
        text = json.dumps(kept, indent=2, ensure_ascii=False)
        options.out.write_text(f"{text}\n", encoding="utf-8")
        print(f"{key}, {row['photographs']} photographs, {row['seconds']} s: {row['right']}")


if __name__ == "__main__":
    main()
