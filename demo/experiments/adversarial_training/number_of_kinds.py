"""The same network and photographs, fewer kinds to choose from: why few are easier to defend.

Beside each photograph's label stand some other classes, drawn at random. The answer is the largest
logit among these, and no other counts in an attack's loss.
"""

import json
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import torch
from torch import Tensor

from demo import device, fgsm, models
from demo.attacks import sign_methods
from demo.data.labelled import Labelled
from demo.experiments.adversarial_training import digit_accuracy, photograph_accuracy

KINDS = (2, 10, 29, 100, 1000)
EPSILON = 1 / 255
RECORDED = models.ASSETS / "results" / "number_of_kinds.json"


@dataclass(frozen=True)
class Among:
    """Among so many kinds.

    right, under_pgd: right answers of `photographs`, without attack and under PGD at `EPSILON`.
    margin: the label's logit less the strongest other one, without attack, median.
    """

    kinds: int
    photographs: int
    right: int
    under_pgd: int
    margin: float


def run(model: fgsm.Model, labelled: Labelled, classes: int = 1000) -> Iterator[Among]:
    """One row for each of `KINDS`, with the same rivals in the same order for every network."""
    order = torch.cat([labelled.labels[:, None], _rivals(labelled.labels, classes)], dim=1)
    for kinds in KINDS:
        generator = torch.Generator(labelled.images.device).manual_seed(0)
        rows = [
            _piece(model, images, chosen, generator)
            for images, chosen in _pieces(labelled.images, order[:, :kinds])
        ]
        margins, attacked = (torch.cat(each) for each in zip(*rows, strict=True))
        right, under_pgd = (int((each > 0).sum()) for each in (margins, attacked))
        yield Among(kinds, len(labelled), right, under_pgd, round(float(margins.median()), 4))


def _rivals(labels: Tensor, classes: int) -> Tensor:
    """(N, classes - 1): all other classes, for each label in an order of its own."""
    generator = torch.Generator().manual_seed(0)
    orders = [torch.randperm(classes - 1, generator=generator) for _ in labels]
    drawn = torch.stack(orders).to(labels.device)
    return drawn + (drawn >= labels[:, None]).long()


def _pieces(images: Tensor, chosen: Tensor) -> Iterator[tuple[Tensor, Tensor]]:
    """As many as an attack takes at once: it has to know whose classes are asked for."""
    size = device.at_once(images)
    return zip(torch.split(images, size), torch.split(chosen, size), strict=True)


def _piece(
    model: fgsm.Model, images: Tensor, chosen: Tensor, generator: torch.Generator
) -> tuple[Tensor, Tensor]:
    """The margins without attack and under PGD, (N,) each. chosen: (N, kinds), the label first."""

    def among(images: Tensor) -> Tensor:
        return model(images).gather(1, chosen)

    first = torch.zeros_like(chosen[:, 0])
    examples = digit_accuracy.attacked(
        among, Labelled(images, first), "PGD", EPSILON, generator, photograph_accuracy.STEPS, 1
    )
    clean, attacked = (_margin(sign_methods.logits_of(among, each)) for each in (images, examples))
    return clean, attacked


def _margin(logits: Tensor) -> Tensor:
    return (logits[:, 0] - logits[:, 1:].amax(dim=1)).cpu()


def recorded(sha256: str, path: Path = RECORDED) -> list[Among]:
    """What was measured of the network with these weights."""
    if not path.is_file():
        return []
    networks = json.loads(path.read_text(encoding="utf-8"))["networks"]
    return [Among(**row) for row in networks.get(sha256, [])]
