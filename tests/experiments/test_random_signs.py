"""`demo.experiments.attack.random_signs`: the control has the attack's size and not its aim."""

import numpy as np
import pytest
import torch
from numpy.typing import NDArray
from torch import nn

from demo import scores
from demo.data import pictures
from demo.experiments.attack import one_step, random_signs
from tests.test_fgsm import GREY, logistic

pytestmark = pytest.mark.usefixtures("one_thread")

EPSILONS = (0.0, 0.01, 0.1)


def test_it_starts_at_the_clean_confidence_and_moves_by_whole_signs() -> None:
    curve = random_signs.run(logistic, GREY, 1, (0.0, 0.1), seed=1)
    logit = np.log(curve / (1 - curve))
    assert logit[0] == pytest.approx(0.75)
    reachable = [0.1 * (2 * a - b + c / 2) for a in (-1, 1) for b in (-1, 1) for c in (-1, 1)]
    assert min(abs(logit[1] - logit[0] - move) for move in reachable) < 1e-5


def test_a_seed_is_one_curve_and_another_seed_another() -> None:
    image = torch.rand(1, 3, 6, 6, generator=torch.Generator().manual_seed(1))
    weights = torch.randn(108, 3, generator=torch.Generator().manual_seed(2))
    curves = [
        random_signs.run(lambda x: x.flatten(1) @ weights, image, 1, EPSILONS, seed)
        for seed in (*random_signs.SEEDS, 1)
    ]
    assert len(random_signs.SEEDS) == 5
    assert curves[0].tolist() == curves[-1].tolist()
    assert len({curve[2] for curve in curves}) == 5
    assert all(curve[0] == curves[0][0] for curve in curves)


def test_on_a_photograph_random_signs_do_less_than_fgsm(
    embedded: nn.Module, panda: NDArray[np.uint8]
) -> None:
    image = pictures.to_tensor(panda)
    curve = random_signs.run(embedded, image, 388, (0.0, 0.007), seed=1)
    step = one_step.run(embedded, image, 0.007)
    attacked = image + 0.007 * torch.from_numpy(step.direction).permute(2, 0, 1)[None]
    with torch.inference_mode():
        logits = embedded(attacked.clamp(0, 1))
    fallen = scores.label_confidence(logits, torch.tensor([388])).item()
    assert curve[0] == pytest.approx(step.clean.confidence, abs=1e-4)
    assert curve[1] > 0.9 * curve[0] > fallen
