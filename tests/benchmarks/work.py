"""The pieces of work that are timed: ours, the peers', and what the attack page waits for."""

from collections.abc import Callable, Iterator
from functools import partial
from typing import Any

import torch
import torch.nn.functional as F
from torch import Tensor, nn

from demo import fgsm
from demo.attacks import sign_methods
from demo.data import pictures
from demo.experiments.attack import confidence_sweep, logits_line, one_step, random_signs
from tests.benchmarks import peers, subjects
from tests.benchmarks.subjects import Subject

USERS, SAME = "their users' network", "the same network"
PGD_STEPS = 20
OURS = "ours"

Work = dict[str, Callable[[], Any]]
"""Name -> a call that gives adversarial examples, or (for a curve) logits. Ours comes first; a
peer's name is followed by the network that it runs on."""


def _peers_on_networks(on: Subject) -> Iterator[tuple[str, peers.Peer, nn.Module]]:
    for peer in peers.PEERS:
        for network, model in ((USERS, on.users), (SAME, on.model)):
            yield f"{peer.name}, {network}", peer, model


def fgsm_work(on: Subject, batch: int) -> Work:
    """FGSM of so many pictures. Foolbox's `run` is the step alone, without its test of success."""
    images, labels = on.batch(batch)
    work: Work = {OURS: lambda: fgsm.fgsm(on.model, images, labels, on.epsilon)}
    for name, peer, model in _peers_on_networks(on):
        work[name] = partial(peer.fgsm(model, on.epsilon), images, labels)
    return work


def targeted_work(on: Subject) -> Work:
    """FGSM toward a target, one picture."""
    images, labels = on.batch(1)
    targets = (labels + 7) % on.classes
    work: Work = {OURS: lambda: fgsm.targeted_fgsm(on.model, images, targets, on.epsilon)}
    for name, peer, model in _peers_on_networks(on):
        work[name] = partial(peer.targeted_fgsm(model, on.epsilon), images, targets)
    return work


def pgd_work(on: Subject) -> Work:
    """PGD of eight pictures, 20 steps of epsilon / 4, from the pictures: nothing is random."""
    images, labels = on.batch(8)
    step = on.epsilon / 4
    work: Work = {
        OURS: lambda: sign_methods.projected_gradient_descent(
            on.model, images, labels, on.epsilon, PGD_STEPS, step, None
        )
    }
    for name, peer, model in _peers_on_networks(on):
        work[name] = partial(peer.pgd(model, on.epsilon, PGD_STEPS, step), images, labels)
    return work


def floor_work(on: Subject) -> Work:
    """One FGSM against the least that gives its gradient: a forward, a backward to the input."""
    image, label = on.batch(1)
    work: Work = {
        OURS: lambda: fgsm.fgsm(on.model, image, label, on.epsilon),
        f"forward + backward, {SAME}": lambda: _floor(on.model, image, label),
    }
    bare = subjects.bare().to(on.device) if on.name == subjects.CARD.name else None
    if bare is not None:
        work["forward + backward, timm's network"] = lambda: _floor(bare, image, label)
    return work


def _floor(network: nn.Module, image: Tensor, label: Tensor) -> Tensor:
    leaf = image.detach().requires_grad_(True)
    return torch.autograd.grad(F.cross_entropy(network(leaf), label), leaf)[0]


def curve_work(on: Subject) -> Work:
    """The logits at 65 epsilons: ours with the gradient, the clip's share and the 8-bit pictures.

    Each peer is asked for all its adversarial examples, Foolbox by its own loop over epsilons;
    then they are scored in eights, as ours are.
    """
    image, label = on.batch(1)
    epsilons = confidence_sweep.epsilon_grid(on.kind)
    work: Work = {OURS: lambda: _curve(on, epsilons)}
    for name, peer, model in _peers_on_networks(on):
        work[name] = partial(_peers_curve, peers.curve(peer, model, epsilons), model, image, label)
    return work


def _curve(on: Subject, epsilons: tuple[float, ...]) -> Tensor:
    gradient = fgsm.loss_gradient(on.model, *on.batch(1))
    direction = gradient.sign()[0].permute(1, 2, 0).to(torch.int8).cpu().numpy()
    sweep = confidence_sweep.run(on.model, on.pixels, direction, on.device, epsilons)
    return torch.from_numpy(sweep.logits)


def _peers_curve(attack: peers.Attack, model: nn.Module, image: Tensor, label: Tensor) -> Tensor:
    examples = attack(image, label)
    with torch.no_grad():
        return torch.cat([model(piece) for piece in examples.split(8)])


def page_work(on: Subject) -> Work:
    """What the attack page waits for, without its caches, and one forward pass as the unit."""
    file, image = subjects.photographs(1)[0], on.images[:1]
    epsilons = confidence_sweep.EPSILON_GRID

    def three_pictures() -> one_step.OneStep:
        fresh = pictures.to_tensor(subjects.pixels(file)).to(on.device)
        return one_step.run(on.model, fresh, on.epsilon)

    step = one_step.run(on.model, image, on.epsilon)
    sweep = confidence_sweep.run(on.model, on.pixels, step.direction, on.device)
    signs = torch.from_numpy(step.direction).permute(2, 0, 1)[None].float().to(on.device)
    negative = tuple(-e for e in reversed(epsilons[2::2]))

    def extras() -> None:
        for seed in random_signs.SEEDS:
            random_signs.run(on.model, image, step.label, epsilons[::2], seed)
        known = (sweep.epsilons, sweep.logits)
        logits_line.run(on.model, image, signs, known, negative)

    return {
        "one forward pass": lambda: subjects.answers(on.model, image),
        "three pictures": three_pictures,
        "curve": lambda: confidence_sweep.run(on.model, on.pixels, step.direction, on.device),
        "control and logits": extras,
    }
