"""FGSM, its curve and PGD by five other libraries, each called as its own documentation says.

A peer makes an `Attack` from a model and an epsilon; making it is not part of what is timed.
A library is imported when its attack is made, so that a fresh process can take one alone.
"""

import importlib
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any

import torch
from torch import Tensor, nn

from demo.fgsm import PIXEL_RANGE

Attack = Callable[[Tensor, Tensor], Tensor]
"""(images, labels or targets) -> adversarial examples."""


@dataclass(frozen=True)
class Peer:
    """fgsm goes up the loss of the labels, targeted_fgsm down the loss of the targets.

    pgd: (model, epsilon, steps, step), up the loss of the labels, from the images themselves.
    package: as the registry has it.  module: what is imported.
    """

    name: str
    package: str
    module: str
    fgsm: Callable[[nn.Module, float], Attack]
    targeted_fgsm: Callable[[nn.Module, float], Attack]
    pgd: Callable[[nn.Module, float, int, float], Attack]


def foolbox_model(model: nn.Module) -> Any:
    """The model as Foolbox wants it; without the device it would take any GPU it finds."""
    import foolbox

    return foolbox.PyTorchModel(model, bounds=PIXEL_RANGE, device=device_of(model))


def device_of(model: nn.Module) -> torch.device:
    """Where its parameters are."""
    return next(model.parameters()).device


def _foolbox_run(model: nn.Module, attack: Any, epsilon: float, criterion: Any) -> Attack:
    wrapped = foolbox_model(model)
    return lambda images, labels: attack.run(wrapped, images, criterion(labels), epsilon=epsilon)


def _foolbox(model: nn.Module, epsilon: float) -> Attack:
    import foolbox

    attack = foolbox.attacks.LinfFastGradientAttack()
    return _foolbox_run(model, attack, epsilon, foolbox.criteria.Misclassification)


def _foolbox_targeted(model: nn.Module, epsilon: float) -> Attack:
    """Its FGSM refuses targets; its iteration, one whole step long, is the targeted FGSM."""
    import foolbox

    attack = foolbox.attacks.LinfBasicIterativeAttack(rel_stepsize=1, steps=1, random_start=False)
    return _foolbox_run(model, attack, epsilon, foolbox.criteria.TargetedMisclassification)


def _foolbox_pgd(model: nn.Module, epsilon: float, steps: int, step: float) -> Attack:
    import foolbox

    attack = foolbox.attacks.LinfPGD(steps=steps, abs_stepsize=step, random_start=False)
    return _foolbox_run(model, attack, epsilon, foolbox.criteria.Misclassification)


def _torchattacks(model: nn.Module, epsilon: float) -> Attack:
    import torchattacks

    attack: Attack = torchattacks.FGSM(model, eps=epsilon)
    return attack


def _torchattacks_targeted(model: nn.Module, epsilon: float) -> Attack:
    attack: Any = _torchattacks(model, epsilon)
    attack.set_mode_targeted_by_label(quiet=True)
    return attack


def _torchattacks_pgd(model: nn.Module, epsilon: float, steps: int, step: float) -> Attack:
    import torchattacks

    attack: Attack = torchattacks.PGD(
        model, eps=epsilon, alpha=step, steps=steps, random_start=False
    )
    return attack


def _captum(model: nn.Module, epsilon: float) -> Attack:
    attack = _captum_attack(model)
    return lambda images, labels: attack.perturb(_leaf(images), epsilon, labels).detach()


def _captum_targeted(model: nn.Module, epsilon: float) -> Attack:
    attack = _captum_attack(model)
    return lambda images, targets: attack.perturb(
        _leaf(images), epsilon, targets, targeted=True
    ).detach()


def _captum_attack(model: nn.Module) -> Any:
    """On logits, in the pixel range, and without its threshold, under which it takes no step."""
    import captum.robust

    attack = captum.robust.FGSM(model, nn.CrossEntropyLoss(reduction="none"), *PIXEL_RANGE)
    attack.zero_thresh = 0
    return attack


def _captum_pgd(model: nn.Module, epsilon: float, steps: int, step: float) -> Attack:
    import captum.robust

    attack = captum.robust.PGD(model, nn.CrossEntropyLoss(reduction="none"), *PIXEL_RANGE)
    attack.fgsm.zero_thresh = 0
    return lambda images, labels: attack.perturb(_leaf(images), epsilon, step, steps, labels)


def _leaf(images: Tensor) -> Tensor:
    """Captum warns about images that do not ask for a gradient yet."""
    return images.detach().clone().requires_grad_(True)


def _art_run(attack: Any, device: torch.device) -> Attack:
    """ART takes and gives NumPy arrays."""
    return lambda images, labels: torch.from_numpy(
        attack.generate(images.cpu().numpy(), y=labels.cpu().numpy())
    ).to(device)


def _art_classifier(model: nn.Module) -> Any:
    from art.estimators.classification import PyTorchClassifier

    device = device_of(model)
    shape, classes = _shapes(model)
    return PyTorchClassifier(
        model, nn.CrossEntropyLoss(), shape, classes, clip_values=PIXEL_RANGE,
        device_type="gpu" if device.type == "cuda" else "cpu",
    )  # fmt: skip


def _shapes(model: nn.Module) -> tuple[tuple[int, int, int], int]:
    """(C, S, S) and the number of classes, of a network of photographs or of digits."""
    parameters = list(model.parameters())
    channels = next(p.shape[1] for p in parameters if p.dim() == 4)
    side = 28 if channels == 1 else 224
    return (channels, side, side), len(parameters[-1])


def _art(model: nn.Module, epsilon: float) -> Attack:
    from art.attacks.evasion import FastGradientMethod

    attack = FastGradientMethod(_art_classifier(model), eps=epsilon, batch_size=64)
    return _art_run(attack, device_of(model))


def _art_targeted(model: nn.Module, epsilon: float) -> Attack:
    from art.attacks.evasion import FastGradientMethod

    attack = FastGradientMethod(_art_classifier(model), eps=epsilon, targeted=True, batch_size=64)
    return _art_run(attack, device_of(model))


def _art_pgd(model: nn.Module, epsilon: float, steps: int, step: float) -> Attack:
    from art.attacks.evasion import ProjectedGradientDescent

    attack = ProjectedGradientDescent(
        _art_classifier(model), eps=epsilon, eps_step=step, max_iter=steps, batch_size=64,
        verbose=False,
    )  # fmt: skip
    return _art_run(attack, device_of(model))


def _cleverhans(model: nn.Module, epsilon: float, targeted: bool = False) -> Attack:
    from cleverhans.torch.attacks.fast_gradient_method import fast_gradient_method

    return lambda images, labels: fast_gradient_method(
        model, images, epsilon, float("inf"), *PIXEL_RANGE, y=labels, targeted=targeted
    ).detach()


def _cleverhans_targeted(model: nn.Module, epsilon: float) -> Attack:
    return _cleverhans(model, epsilon, targeted=True)


def _cleverhans_pgd(model: nn.Module, epsilon: float, steps: int, step: float) -> Attack:
    from cleverhans.torch.attacks.projected_gradient_descent import projected_gradient_descent

    return lambda images, labels: projected_gradient_descent(
        model, images, epsilon, step, steps, float("inf"), *PIXEL_RANGE, y=labels,
        rand_init=False, sanity_checks=False,
    ).detach()  # fmt: skip


FOOLBOX = Peer("Foolbox", "foolbox", "foolbox", _foolbox, _foolbox_targeted, _foolbox_pgd)
PEERS = (
    FOOLBOX,
    Peer(
        "Torchattacks", "torchattacks", "torchattacks",
        _torchattacks, _torchattacks_targeted, _torchattacks_pgd,
    ),
    Peer("Captum", "captum", "captum.robust", _captum, _captum_targeted, _captum_pgd),
    Peer(
        "ART", "adversarial-robustness-toolbox", "art.attacks.evasion",
        _art, _art_targeted, _art_pgd,
    ),
    Peer(
        "CleverHans", "cleverhans", "cleverhans.torch.attacks.fast_gradient_method",
        _cleverhans, _cleverhans_targeted, _cleverhans_pgd,
    ),
)  # fmt: skip


def missing() -> list[str]:
    """Packages of the peers that cannot be imported here."""
    return [peer.package for peer in PEERS if not _importable(peer.module)]


def _importable(module: str) -> bool:
    try:
        importlib.import_module(module)
    except ImportError:
        return False
    return True


def share_apart(ours: Tensor, theirs: Tensor) -> float:
    """Share of the values, 0 to 1, in which two results differ by more than 1e-6."""
    return ((ours - theirs).abs() > 1e-6).double().mean().item()


def foolbox_curve(model: nn.Module, epsilons: Sequence[float]) -> Attack:
    """Foolbox's own loop over epsilons, each with its test of success: (E, C, H, W)."""
    import foolbox

    wrapped, attack = foolbox_model(model), foolbox.attacks.LinfFastGradientAttack()

    def run(image: Tensor, label: Tensor) -> Tensor:
        _, clipped, _ = attack(wrapped, image, label, epsilons=list(epsilons))
        return torch.cat(clipped)

    return run


def curve(peer: Peer, model: nn.Module, epsilons: Sequence[float]) -> Attack:
    """One attack an epsilon, as the others must be asked: (E, C, H, W)."""
    if peer is FOOLBOX:
        return foolbox_curve(model, epsilons)
    attacks = [peer.fgsm(model, epsilon) for epsilon in epsilons]
    return lambda image, label: torch.cat([attack(image, label) for attack in attacks])
