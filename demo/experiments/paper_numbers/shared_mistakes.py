"""Do different networks make the same mistakes? Source: arXiv:1412.6572, section 8.

One network's FGSM examples are shown to all; two networks agree on an example where they give it
the same digit. A radial basis network's eleventh answer, "none of them", is set aside.
"""

from collections.abc import Sequence
from dataclasses import dataclass

import torch
from torch import Tensor

from demo import fgsm
from demo.data.labelled import Labelled
from demo.experiments.paper_numbers.bench import Bench, Walk, pieces
from demo.training import recipes


@dataclass(frozen=True)
class Answers:
    """labels: (N,).  answers: each network's digit, (N,), for the same N examples."""

    labels: Tensor
    answers: tuple[Tensor, ...]

    def agreement(self, first: int, second: int, *, both_wrong: bool) -> float:
        """How often `second` gives `first`'s digit where `first` is wrong, 0 to 1.

        both_wrong: only where `second` is wrong too. nan where there is no such example.
        """
        a, b = self.answers[first], self.answers[second]
        chosen = (a != self.labels) & ((b != self.labels) | (not both_wrong))
        return float((a == b)[chosen].double().mean())


def run(
    source: fgsm.Model, asked: Sequence[fgsm.Model], labelled: Labelled, bench: Bench
) -> Walk[Answers]:
    """FGSM on `source`'s loss at the recipes' epsilon; the answers of each network asked."""

    def answers(piece: Labelled, start: int) -> list[Tensor]:
        examples = fgsm.fgsm(source, piece.images, piece.labels, recipes.EPSILON)
        with torch.inference_mode():
            return [network(examples)[:, :10].argmax(dim=1).cpu() for network in asked]

    found = yield from pieces(labelled, bench.batch, answers)
    return Answers(labelled.labels.cpu(), tuple(map(torch.cat, zip(*found, strict=True))))
