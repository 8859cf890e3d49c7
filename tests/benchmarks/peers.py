"""FGSM by three other libraries, each called as its own documentation calls it.

A peer makes an `Attack` from a model and an epsilon; making it is not part of what is timed.
"""

from collections.abc import Callable
from dataclasses import dataclass

import captum.robust
import foolbox
import torch
import torchattacks
from torch import Tensor, nn

from demo.fgsm import PIXEL_RANGE

Attack = Callable[[Tensor, Tensor], Tensor]
"""(images, labels or targets) -> adversarial examples."""


@dataclass(frozen=True)
class Peer:
    """fgsm goes up the loss of the labels, targeted_fgsm down the loss of the targets."""

    name: str
    fgsm: Callable[[nn.Module, float], Attack]
    targeted_fgsm: Callable[[nn.Module, float], Attack]


def foolbox_model(model: nn.Module) -> foolbox.PyTorchModel:
    """The model as Foolbox wants it; without the device it would take any GPU it finds."""
    device = next(model.parameters()).device
    return foolbox.PyTorchModel(model, bounds=PIXEL_RANGE, device=device)


def _foolbox(model: nn.Module, epsilon: float) -> Attack:
    wrapped, attack = foolbox_model(model), foolbox.attacks.LinfFastGradientAttack()
    return lambda images, labels: attack.run(
        wrapped, images, foolbox.criteria.Misclassification(labels), epsilon=epsilon
    )


def _foolbox_targeted(model: nn.Module, epsilon: float) -> Attack:
    """Its FGSM refuses targets; its iteration, one whole step long, is the targeted FGSM."""
    wrapped = foolbox_model(model)
    attack = foolbox.attacks.LinfBasicIterativeAttack(rel_stepsize=1, steps=1, random_start=False)
    return lambda images, targets: attack.run(
        wrapped, images, foolbox.criteria.TargetedMisclassification(targets), epsilon=epsilon
    )


def _torchattacks(model: nn.Module, epsilon: float) -> Attack:
    return torchattacks.FGSM(model, eps=epsilon)


def _torchattacks_targeted(model: nn.Module, epsilon: float) -> Attack:
    attack = torchattacks.FGSM(model, eps=epsilon)
    attack.set_mode_targeted_by_label(quiet=True)
    return attack


def _captum(model: nn.Module, epsilon: float) -> Attack:
    attack = _captum_attack(model)
    return lambda images, labels: attack.perturb(_leaf(images), epsilon, labels).detach()


def _captum_targeted(model: nn.Module, epsilon: float) -> Attack:
    attack = _captum_attack(model)
    return lambda images, targets: attack.perturb(
        _leaf(images), epsilon, targets, targeted=True
    ).detach()


def _captum_attack(model: nn.Module) -> captum.robust.FGSM:
    """On logits, in the pixel range, and without its threshold, under which it takes no step."""
    attack = captum.robust.FGSM(model, nn.CrossEntropyLoss(reduction="none"), *PIXEL_RANGE)
    attack.zero_thresh = 0
    return attack


def _leaf(images: Tensor) -> Tensor:
    """Captum warns about images that do not ask for a gradient yet."""
    return images.detach().clone().requires_grad_(True)


PEERS = (
    Peer("Foolbox", _foolbox, _foolbox_targeted),
    Peer("Torchattacks", _torchattacks, _torchattacks_targeted),
    Peer("Captum", _captum, _captum_targeted),
)


def share_apart(ours: Tensor, theirs: Tensor) -> float:
    """Share of the values, 0 to 1, in which two results differ by more than 1e-6."""
    return ((ours - theirs).abs() > 1e-6).double().mean().item()


def scored(model: foolbox.PyTorchModel, images: list[Tensor]) -> Tensor:
    """The logits of each, without gradients: what a curve needs beside Foolbox's yes or no."""
    with torch.no_grad():
        return torch.cat([model(image) for image in images])
