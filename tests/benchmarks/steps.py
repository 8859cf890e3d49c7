"""What each step that makes the gradient cheaper pays, and what it changes.

From the plain float32 network on, one step after another: the time over that of the step before,
and the share of the gradient's signs that are those of the plain network.
"""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

import torch
from torch import Tensor, nn

from demo import fgsm
from demo.attacks import sign_methods
from demo.models import trained
from demo.networks import architectures, folding
from tests.benchmarks import rewriting, subjects, timing
from tests.benchmarks.subjects import Subject

LEAST_AGREEMENT = 0.999
Gradient = Callable[[Tensor, Tensor], Tensor]


@dataclass(frozen=True)
class Step:
    """gradient: (images, labels) -> grad_x J, everything up to this step in it."""

    name: str
    gradient: Gradient


def gradient_through_losses(model: nn.Module) -> Gradient:
    """The derivative of `fgsm.losses` by autograd from end to end, the whole batch at once."""

    def gradient(images: Tensor, labels: Tensor) -> Tensor:
        leaves = images.detach().clone().requires_grad_(True)
        return torch.autograd.grad(fgsm.losses(model(leaves), labels).sum(), leaves)[0]

    return gradient


def steps(on: Subject) -> list[Step]:
    """All of them for one network, the plain one first."""
    found: list[Step] = []

    def step(name: str, model: nn.Module) -> None:
        found.append(Step(name, gradient_through_losses(model)))

    if on.name == subjects.CARD.name:
        plain = subjects.bare()
        folded = folding.fold_batch_norm(plain)
        fixed = rewriting.fix_padding(folded)
        step("plain", _whole(plain, on))
        step("batch norm folded", _whole(folded, on))
        step("padding fixed", _whole(fixed, on))
        step("channels last", _last(_whole(fixed, on)))
        step("ReLU6 keeps no copy", _last(_whole(rewriting.clamp_in_place(fixed), on)))
    else:
        step("plain", trained.load(on.name).to(on.device))
        step("channels last", _last(trained.load(on.name).to(on.device)))
    found.append(Step("gradient of the logits in one piece; pieces of eight photographs",
                      lambda x, y: fgsm.loss_gradient(on.model, x, y)))  # fmt: skip
    return found


def _whole(network: nn.Module, on: Subject) -> nn.Module:
    card = subjects.CARD
    return architectures.Normalized(network, card.mean, card.std).eval().to(on.device)


def _last(model: nn.Module) -> nn.Module:
    return model.to(memory_format=torch.channels_last)


def agreement(step: Step, plain: Step, on: Subject, pictures: int) -> dict[str, Any]:
    """Share of equal signs, 0 to 1, on average and on the worst picture."""
    shares = []
    for image, label in zip(*(t.split(1) for t in on.batch(pictures)), strict=True):
        signs = [s.gradient(image, label).sign() for s in (step, plain)]
        shares.append((signs[0] == signs[1]).double().mean().item())
    return {
        "signs_as_plain": sum(shares) / len(shares), "signs_as_plain_least": min(shares),
        "pictures": len(shares), "least_wanted": LEAST_AGREEMENT,
    }  # fmt: skip


def measured(on: Subject, batch: int, rounds: int, budget: float) -> list[dict[str, Any]]:
    """A row a step."""
    every, (images, labels) = steps(on), on.batch(batch)
    work: dict[str, Callable[[], object]] = {
        step.name: lambda step=step: step.gradient(images, labels)  # type: ignore[misc]
        for step in every
    }
    seconds = timing.in_turns(work, rounds, 1, budget)
    agreed = [agreement(step, every[0], on, 16 if batch == 1 else 2) for step in every]
    return [
        {"network": on.name, "batch": batch, "step": step.name}
        | {"ours": timing.summary(seconds[step.name])}
        | timing.ratio(seconds[step.name], seconds[before.name])
        | same
        for step, before, same in zip(every, [every[0], *every], agreed, strict=False)
    ]  # fmt: skip


def sweeps(on: Subject, rounds: int, budget: float) -> dict[str, Any]:
    """The 65 pictures of a curve in inference mode, over the same with autograd's records kept."""
    pictures = on.images[:1].expand(65, -1, -1, -1)

    def recorded() -> Tensor:
        return torch.cat([on.model(piece.requires_grad_(True)) for piece in
                          pictures.clone().split(8)])  # fmt: skip

    work = {
        "inference mode": lambda: sign_methods.logits_of(on.model, pictures),
        "gradients on": recorded,
    }
    seconds = timing.in_turns(work, rounds, 1, budget)
    ours, theirs = seconds.values()
    return {
        "network": on.name, "batch": 65, "step": "a sweep in inference mode",
        "ours": timing.summary(ours),
    } | timing.ratio(ours, theirs)  # fmt: skip
