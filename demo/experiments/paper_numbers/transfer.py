"""Made on one network, tested on another; and twelve networks that answer as one.

Source: arXiv:1412.6572, sections 6 (transfer) and 9 (the ensemble).
"""

import math
from collections.abc import Callable, Sequence

import torch
from torch import Tensor

from demo import fgsm, scores
from demo.data.labelled import Labelled
from demo.experiments.adversarial_training.digit_accuracy import UnderAttack
from demo.experiments.paper_numbers import bench as benches
from demo.experiments.paper_numbers.bench import Bench, Walk
from demo.training import recipes


def run(
    source: fgsm.Model, tested: fgsm.Model, labelled: Labelled, bench: Bench
) -> Walk[UnderAttack]:
    """FGSM on `source`'s loss at the recipes' epsilon; the answers are `tested`'s."""

    def answered(piece: Labelled, start: int) -> UnderAttack:
        examples = fgsm.fgsm(source, piece.images, piece.labels, recipes.EPSILON)
        with torch.inference_mode():
            logits = tested(examples)
        wrong = (scores.predicted_label(logits) != piece.labels).cpu()
        confidence = scores.confidence(logits)[wrong].mean().item()
        return UnderAttack("FGSM", recipes.EPSILON, len(piece), int(wrong.sum()), confidence)

    return benches.summed((yield from benches.pieces(labelled, bench.batch, answered)))


def ensemble(members: Sequence[fgsm.Model]) -> Callable[[Tensor], Tensor]:
    """log((1/M) sum_m softmax(z_m)): the mean of the members' probabilities, as logits (N, K).

    Their softmax is that mean, and their cross-entropy the ensemble's own loss.
    """

    def logits(images: Tensor) -> Tensor:
        each = torch.stack([member(images).log_softmax(dim=1) for member in members])
        return each.logsumexp(dim=0) - math.log(len(members))

    return logits
