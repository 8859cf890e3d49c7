"""How often a photograph network is right on labelled photographs, under named attacks."""

import json
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import torch
from torch import Tensor

from demo import fgsm, models
from demo.attacks import sign_methods
from demo.data.labelled import Labelled
from demo.experiments.adversarial_training import digit_accuracy
from demo.experiments.adversarial_training.accuracy_against_epsilon import Curve
from demo.experiments.adversarial_training.digit_accuracy import Attack, UnderAttack
from demo.experiments.attack import confidence_sweep

STEPS = 20
"""Of PGD, each of epsilon / 8, from one random start."""

PAPERS = confidence_sweep.THE_PAPERS_EPSILON

CURVE = (0.0, 0.25, 0.5, 1.0, 1.5, 2.0, 3.0, 4.0, 6.0, 8.0)
"""255 * epsilon of the curves."""

BATCH = 25
FILE = "photograph_accuracy.json"
RECORDED = models.ASSETS / "results" / FILE


def outcomes(
    model: fgsm.Model, labelled: Labelled, levels: Sequence[float] = (1, 2)
) -> dict[str, Tensor]:
    """Under each attack of a card, by its name: which photographs get the right answer, (N,) bool.

    levels: 255 * the epsilons.
    The first N of more photographs get the same random starts as all of them.
    """
    return {
        name: _right_ones(model, labelled, attack, level / 255)
        for name, attack, level in named_attacks(levels)
    }


def named_attacks(levels: Sequence[float] = (1, 2)) -> Iterator[tuple[str, Attack, float]]:
    """(name on a card, attack, 255 * epsilon)."""
    yield "without attack", "none", 0.0
    for level in levels:
        yield f"under FGSM at {level:g}/255", "FGSM", level
    for level in levels:
        yield f"under PGD at {level:g}/255 ({STEPS} steps)", "PGD", level


def _right_ones(model: fgsm.Model, labelled: Labelled, attack: Attack, epsilon: float) -> Tensor:
    generator = torch.Generator(labelled.images.device).manual_seed(0)
    right = []
    for some in labelled.pieces(BATCH):
        examples = digit_accuracy.attacked(model, some, attack, epsilon, generator, STEPS, 1)
        right.append(sign_methods.logits_of(model, examples).argmax(dim=1) == some.labels)
    return torch.cat(right).cpu()


@dataclass(frozen=True)
class Kept:
    """What the switch shows, counted.

    attack: on each network by its own gradient.  lost: photographs that the standard network gets
    right, and wrong under the attack.  kept: those of them that the robust network gets right
    under the attack.
    """

    attack: str
    lost: int
    kept: int


def switched(standard: fgsm.Model, robust: fgsm.Model, labelled: Labelled) -> Iterator[Kept]:
    """Under FGSM, then under PGD at `PAPERS`: what the robust network keeps of what is lost."""
    right = _right_ones(standard, labelled, "none", 0.0)
    attacks_: tuple[Attack, ...] = ("FGSM", "PGD")
    for attack in attacks_:
        lost = right & ~_right_ones(standard, labelled, attack, PAPERS)
        kept = lost & _right_ones(robust, labelled, attack, PAPERS)
        yield Kept(attack, int(lost.sum()), int(kept.sum()))


def curves(model: fgsm.Model, labelled: Labelled) -> Iterator[UnderAttack]:
    """Accuracy at each of `CURVE`, under FGSM, then under PGD; confidences are left out (nan).

    FGSM's direction is that of the picture without attack, so one gradient does for all of them.
    An example that PGD found within a smaller epsilon lies within a larger one too, so PGD goes
    on only for the photographs that still get the right answer.
    """
    count = len(labelled)
    direction = fgsm.loss_gradient(model, labelled.images, labelled.labels).sign()
    for level in CURVE:
        examples = fgsm.adversarial_example(labelled.images, level / 255 * direction)
        left = _right(model, Labelled(examples, labelled.labels), labelled)
        yield UnderAttack("FGSM", level / 255, count, count - len(left), float("nan"))
    generator = torch.Generator(labelled.images.device).manual_seed(0)
    standing = _right(model, labelled, labelled)
    for level in CURVE:
        if level and len(standing):
            epsilon = level / 255
            attacked = [
                sign_methods.projected_gradient_descent(
                    model, some.images, some.labels, epsilon, STEPS, epsilon / 8, generator
                )
                for some in standing.pieces(BATCH)
            ]
            after = Labelled(torch.cat(attacked), standing.labels)
            standing = _right(model, after, standing)
        yield UnderAttack("PGD", level / 255, count, count - len(standing), float("nan"))


def _right(model: fgsm.Model, attacked: Labelled, clean: Labelled) -> Labelled:
    """Of the clean ones those whose attacked version gets the right answer."""
    answers = sign_methods.logits_of(model, attacked.images).argmax(dim=1)
    kept = answers == clean.labels
    return Labelled(clean.images[kept], clean.labels[kept])


def recorded_kept(standard: str, robust: str) -> list[Kept]:
    """What `switched` found for two networks, by the SHA-256 of their weights."""
    rows = _written(RECORDED).get("switch", [])
    same = [row for row in rows if (row["standard"], row["robust"]) == (standard, robust)]
    return [Kept(row["attack"], row["lost"], row["kept"]) for row in same]


def _written(path: Path) -> dict[str, Any]:
    found: dict[str, Any] = {"rows": []}
    return json.loads(path.read_text(encoding="utf-8")) if path.is_file() else found


def recorded(weights: dict[str, str], path: Path = RECORDED) -> list[Curve]:
    """The curves that were measured with exactly these weights: name -> SHA-256."""
    rows = _written(path)["rows"]
    same = [row for row in rows if weights.get(row["network"]) == row["sha256"]]
    pairs = dict.fromkeys((row["network"], row["attack"]) for row in same)
    return [
        _curve(name, attack, [r for r in same if (r["network"], r["attack"]) == (name, attack)])
        for name, attack in pairs
    ]


def _curve(name: str, attack: str, rows: list[dict[str, Any]]) -> Curve:
    return Curve(
        name, attack, tuple(row["level"] / 255 for row in rows),
        tuple(row["right"] / row["photographs"] for row in rows), rows[0]["photographs"],
    )  # fmt: skip
