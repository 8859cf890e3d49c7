"""What rounding hides: FGSM whose gradient goes through the probabilities, as most code has it.

The loss's gradient in the logits is p - onehot(y). Where the network is sure, p_y - 1 is rounded
to 0 in float32, and FGSM follows what is left of the gradient. `fgsm.losses` is the same loss,
written so that nothing is lost; the difference looks like robustness and is none.
"""

import torch
import torch.nn.functional as F
from torch import Tensor

from demo import fgsm, scores
from demo.data.labelled import Labelled
from demo.experiments.paper_numbers.bench import Bench, Walk, pieces
from demo.training import recipes


def run(network: fgsm.Model, labelled: Labelled, bench: Bench) -> Walk[float]:
    """Share of right answers, 0 to 1, under FGSM at the recipes' epsilon with that gradient."""

    def right(piece: Labelled, start: int) -> int:
        gradient = through_probabilities(network, piece.images, piece.labels)
        eta = fgsm.perturbation(gradient, recipes.EPSILON)
        with torch.inference_mode():
            logits = network(fgsm.adversarial_example(piece.images, eta))
        return int((scores.predicted_label(logits) == piece.labels).sum())

    return sum((yield from pieces(labelled, bench.batch, right))) / len(labelled)


def through_probabilities(model: fgsm.Model, images: Tensor, labels: Tensor) -> Tensor:
    """grad_x J by way of p - onehot(y), in the images' own precision: (N, C, H, W)."""
    with torch.enable_grad():
        leaves = images.detach().clone().requires_grad_(True)
        loss = F.cross_entropy(model(leaves), labels, reduction="sum")
        (gradient,) = torch.autograd.grad(loss, leaves)
    return gradient
