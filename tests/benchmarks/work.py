"""The pieces of work that are timed: ours, the peers', and what the attack page waits for."""

from collections.abc import Callable
from functools import partial

import torch
import torch.nn.functional as F
from torch import Tensor, nn

import demo.device
from demo import fgsm, models, pictures
from demo.experiments import confidence_sweep, logits_line, one_step, random_signs
from tests.benchmarks import peers, subjects

EPSILON = confidence_sweep.THE_PAPERS_EPSILON
STOPS = confidence_sweep.STOPS
USERS, SAME = "their users' network", "the same network"

Work = dict[str, Callable[[], object]]


class Subject:
    """One photograph and the networks, on the device of this machine."""

    def __init__(self) -> None:
        self.device = demo.device.choose()
        self.file = subjects.photographs(1)[0]
        self.pixels = subjects.pixels(self.file)
        self.image = pictures.to_tensor(self.pixels).to(self.device)
        self.model = models.load(subjects.CARD.name, self.device)
        self.users = subjects.as_users_build_it().to(self.device)
        self.bare = subjects.bare().to(self.device)
        self.label = subjects.answers(self.model, self.image)


def fgsm_work(on: Subject) -> Work:
    """One FGSM of one picture. Foolbox's `run` is the step alone, without its test of success."""
    work: Work = {"ours": lambda: fgsm.fgsm(on.model, on.image, on.label, EPSILON)}
    for peer in peers.PEERS:
        for network, model in ((USERS, on.users), (SAME, on.model)):
            attack = peer.fgsm(model, EPSILON)
            work[f"{peer.name}, {network}"] = partial(attack, on.image, on.label)
    return work


def gradient_work(on: Subject) -> Work:
    """One gradient against the least that gives it: one forward and one backward to the input."""
    return {
        "ours": lambda: fgsm.loss_gradient(on.model, on.image, on.label),
        "forward + backward, bare network": lambda: _floor(on.bare, on.image, on.label),
        "forward + backward, the same network": lambda: _floor(on.model, on.image, on.label),
    }


def _floor(network: nn.Module, image: Tensor, label: Tensor) -> Tensor:
    leaf = image.detach().requires_grad_(True)
    return torch.autograd.grad(F.cross_entropy(network(leaf), label), leaf)[0]


def curve_work(on: Subject) -> Work:
    """65 epsilons; ours with the gradient, the logits of all and of the 17 rounded pictures."""
    return {
        "ours": lambda: _curve(on),
        f"Foolbox, {USERS}": lambda: _foolbox_curve(on, on.users),
        f"Foolbox and its logits, {USERS}": lambda: _foolbox_logits(on, on.users),
        f"Foolbox, {SAME}": lambda: _foolbox_curve(on, on.model),
    }


def _curve(on: Subject) -> object:
    gradient = fgsm.loss_gradient(on.model, on.image, on.label)
    direction = gradient.sign()[0].permute(1, 2, 0).to(torch.int8).cpu().numpy()
    return confidence_sweep.run(on.model, on.pixels, direction, on.device)


def _foolbox_curve(on: Subject, model: nn.Module) -> list[Tensor]:
    attack = peers.foolbox.attacks.LinfFastGradientAttack()
    wrapped = peers.foolbox_model(model)
    _, clipped, _ = attack(wrapped, on.image, on.label, epsilons=list(STOPS))
    return clipped


def _foolbox_logits(on: Subject, model: nn.Module) -> Tensor:
    return peers.scored(peers.foolbox_model(model), _foolbox_curve(on, model))


def page_work(on: Subject) -> Work:
    """What the attack page waits for, without its caches, and one forward pass as the unit."""
    step = one_step.run(on.model, on.image, EPSILON)
    sweep = confidence_sweep.run(on.model, on.pixels, step.direction, on.device)
    signs = torch.from_numpy(step.direction).permute(2, 0, 1)[None].float().to(on.device)
    negative = tuple(-e for e in reversed(STOPS[2::2]))

    def extras() -> None:
        for seed in random_signs.SEEDS:
            random_signs.run(on.model, on.image, step.label, STOPS[::2], seed)
        known = (sweep.epsilons, sweep.logits)
        logits_line.run(on.model, on.image, signs, known, negative)

    return {
        "one forward pass": lambda: subjects.answers(on.model, on.image),
        "three pictures": lambda: _three_pictures(on),
        "curve": lambda: confidence_sweep.run(on.model, on.pixels, step.direction, on.device),
        "control and logits": extras,
    }


def _three_pictures(on: Subject) -> one_step.OneStep:
    image = pictures.to_tensor(subjects.pixels(on.file)).to(on.device)
    return one_step.run(on.model, image, EPSILON)
