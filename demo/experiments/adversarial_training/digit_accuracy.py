"""How often a network is right, and how sure where it is wrong, under a named attack."""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Literal

import torch
from torch import Tensor

from demo import fgsm, scores
from demo.attacks import sign_methods
from demo.data.labelled import Labelled

Attack = Literal["none", "FGSM", "PGD", "random signs"]
ATTACKS: tuple[Attack, ...] = ("none", "FGSM", "PGD", "random signs")
STEPS, RESTARTS = 40, 10
BATCH = 500


@dataclass(frozen=True)
class UnderAttack:
    """errors: wrong answers among `count`.  confidence: the mean on those, 0 to 1; nan if none."""

    attack: str
    epsilon: float
    count: int
    errors: int
    confidence: float

    @property
    def error(self) -> float:
        """Share of wrong answers, 0 to 1."""
        return self.errors / self.count

    @property
    def accuracy(self) -> float:
        """Share of right answers, 0 to 1."""
        return 1 - self.error


def run(
    network: fgsm.Model,
    labelled: Labelled,
    attack: Attack,
    epsilon: float,
    *,
    seed: int = 0,
    steps: int = STEPS,
    restarts: int = RESTARTS,
    classes: int | None = None,
    batch: int = BATCH,
    progress: Callable[[float], None] | None = None,
) -> UnderAttack:
    """Attack every image at that epsilon and count. PGD's step is 2.5 epsilon / steps.

    classes: only the first so many count as answers; the confidence is still over all of them.
    batch: images attacked together.
    """
    generator = torch.Generator(labelled.images.device).manual_seed(seed)
    found: list[tuple[Tensor, Tensor]] = []
    for some in labelled.pieces(batch):
        examples = attacked(network, some, attack, epsilon, generator, steps, restarts)
        found.append(_answers(network, examples, some.labels, classes))
        if progress is not None:
            progress(min(1.0, batch * len(found) / len(labelled)))
    wrong = torch.cat([w for w, _ in found])
    confidence = torch.cat([c for _, c in found])[wrong].mean().item()
    return UnderAttack(attack, epsilon, len(labelled), int(wrong.sum()), confidence)


def attacked(
    network: fgsm.Model,
    labelled: Labelled,
    attack: Attack,
    epsilon: float,
    generator: torch.Generator,
    steps: int = STEPS,
    restarts: int = RESTARTS,
) -> Tensor:
    """The attacked images (N, C, H, W), each away from its label."""
    images, labels = labelled.images, labelled.labels
    if attack == "FGSM":
        return fgsm.fgsm(network, images, labels, epsilon)
    if attack == "PGD" and epsilon:
        return sign_methods.projected_gradient_descent(
            network, images, labels, epsilon, steps, 2.5 * epsilon / steps, generator, restarts
        )
    if attack == "random signs":
        signs = sign_methods.random_signs(images.shape, generator)
        return fgsm.adversarial_example(images, epsilon * signs)
    return images


def _answers(
    network: fgsm.Model, images: Tensor, labels: Tensor, classes: int | None
) -> tuple[Tensor, Tensor]:
    """Which answers are wrong, (N,) bool, and each answer's confidence, (N,); on the CPU."""
    with torch.inference_mode():
        logits = network(images)
    answers = logits[:, :classes].argmax(dim=1)
    return (answers != labels).cpu(), scores.label_confidence(logits, answers)
