"""The control: random signs of the same max-norm, which have FGSM's size and not its aim."""

import numpy as np
import torch
from numpy.typing import NDArray
from torch import Tensor

from demo import fgsm, scores
from demo.attacks import sign_methods

SEEDS = (1, 2, 3, 4, 5)


def run(
    model: fgsm.Model, image: Tensor, label: int, epsilons: tuple[float, ...], seed: int
) -> NDArray[np.float64]:
    """The label's probability along one random direction: (E,), 0 to 1.

    image: (1, C, H, W).  The signs are drawn on the CPU, so a seed means the same everywhere.
    """
    generator = torch.Generator().manual_seed(seed)
    direction = sign_methods.random_signs(image.shape, generator).to(image.device)
    logits = sign_methods.logits_along(model, image, direction, epsilons)
    labels = torch.full((len(epsilons),), label, device=image.device)
    return scores.label_confidence(logits, labels).cpu().numpy()
