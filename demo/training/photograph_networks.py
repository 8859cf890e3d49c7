"""Networks for photographs and their robust counterparts: a training's run.

The student starts as a standard network, or as another that was trained here, and sees attacked
crops, against one step from a random start; what it shall see in them says `matching`. It begins
on crops of 128 pixels for an input of 224: a step costs a third; larger ones come late.
The recipes, and their sources, stand in `photograph_recipes`.
"""

import copy
import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from typing import Any

import torch
from torch import Tensor, nn
from torch.optim.swa_utils import AveragedModel, get_ema_multi_avg_fn

from demo import device
from demo.data import held_photographs, photographs
from demo.data.held_photographs import HeldCrops
from demo.data.labelled import Labelled
from demo.networks import frozen_norms
from demo.training import checkpoints, loop
from demo.training.adversaries import RandomStart
from demo.training.batches import Batches
from demo.training.distillation import Features, Matching, Taught
from demo.training.objective import Loss, Objective
from demo.training.photograph_recipes import Recipe
from demo.training.places import Place


def started(
    recipe: Recipe, standard: nn.Module, seed: int, place: Place, first: nn.Module | None = None,
    norms: nn.Module | None = None,
) -> checkpoints.Run:  # fmt: skip
    """A new run. standard: timm's network, in eval mode.  first: what the student begins as, if
    another.

    norms: the network whose norms' scales are kept apart, if another than `standard`.
    """
    begun = headed(first or standard, recipe.classes, seed)
    folded = frozen_norms.trainable(begun, recipe.size, like=norms or standard)
    student: Any = Features(folded).to(place.device, place.dtype)
    student.to(memory_format=device.layout(place.device))
    student.network.get_classifier().requires_grad_(recipe.classes is not None)
    optimizer = loop.optimizer_for(student, recipe.settings)
    ema: Any = get_ema_multi_avg_fn  # it has no types
    average = AveragedModel(student, multi_avg_fn=ema(recipe.decay))
    return checkpoints.Run(recipe, seed, student, optimizer, [], {}, average=average)


def headed(network: nn.Module, classes: int | None, seed: int = 0) -> nn.Module:
    """A copy of timm's network for that many classes: its last layer is new if it had others."""
    copied = copy.deepcopy(network)
    timm_network: Any = copied
    if classes not in (None, timm_network.get_classifier().out_features):
        with torch.random.fork_rng(devices=[]):
            torch.manual_seed(seed)
            timm_network.reset_classifier(classes)
    return copied


def teacher(recipe: Recipe, standard: nn.Module, place: Place) -> Features:
    """The standard network, frozen, at the size of the crops."""
    folded = frozen_norms.trainable(standard, recipe.size)
    frozen = Features(folded).to(place.device, place.dtype).eval().requires_grad_(False)
    return frozen.to(memory_format=device.layout(place.device))


def rounds(
    run: checkpoints.Run,
    standard: nn.Module,
    some: photographs.Photographs,
    held_out: Labelled,
    place: Place,
    minutes: float | None = None,
    progress: Callable[[float], None] | None = None,
    losses: Callable[[float], None] | None = None,
) -> Iterator[loop.Epoch]:
    """Go on with `run`, changing it, a round for each `Epoch`.

    minutes: what the whole training may take, the time before a kill included; the schedules
    then follow the clock if it is ahead of the pictures.  losses: gets each step's, this rank's.
    Raises ValueError where labels alone are learned from and there are none.
    """
    recipe: Recipe = run.recipe
    student: Any = run.network
    pictures = some if recipe.taught else _labelled(some)
    crops = _crops(recipe, pictures, place, clock := _Clock(_clock(run, minutes, place)))
    classes = int(student.network.get_classifier().out_features)
    asked = teacher(recipe, standard, place) if recipe.taught else None

    def evaluate(number: int) -> loop.Accuracies:
        if not place.leads:
            return float("nan"), float("nan"), float("nan")
        model = run.average.module.eval()
        return loop.accuracies(model.logits, held_out, recipe.settings, number)

    yield from loop.walk(
        _objective(recipe, student, place, losses),
        Taught(crops, asked, student.width, classes, recipe.known, recipe.blend), run.optimizer,
        recipe.settings, evaluate, seed=run.seed, done=len(run.history),
        progress=progress, average=run.average, share=clock,
    )  # fmt: skip


@dataclass
class _Clock:
    """Epochs done -> the share of the training that is over; the last answer is kept as `over`."""

    share: Callable[[float], float]
    over: float = 0.0

    def __call__(self, done: float) -> float:
        self.over = self.share(done)
        return self.over


def _labelled(some: photographs.Photographs) -> photographs.Photographs:
    """Those with a label."""
    known = [index for index in range(len(some)) if some[index][1] >= 0]
    if not known:
        raise ValueError("There is no labelled photograph to train on.")
    return photographs.some_of(some, known)


def _crops(recipe: Recipe, some: photographs.Photographs, place: Place, clock: _Clock) -> Batches:
    """Cut on the GPU where all pictures fit there, else by the processes that decode."""
    drawn: dict[str, Any] = {
        "images": recipe.round, "batch": recipe.settings.batch, "rank": place.rank,
        "size": lambda: recipe.size_at(clock.over), "scale": (recipe.scale, 1.0),
        "ranks": place.ranks,
    }  # fmt: skip
    if held_photographs.fits(some, place.device):
        held = held_photographs.decoded(some, place.device, place.workers)
        return HeldCrops(held, **drawn)
    return photographs.Crops(some, place.device, place.workers, place.dtype, **drawn)


def _objective(
    recipe: Recipe, student: Any, place: Place, losses: Callable[[float], None] | None
) -> Objective:
    """The loss on attacked crops alone, or on clean ones alone where epsilon is 0."""
    matched = Matching(student.width, recipe.soft, recipe.features)
    adversary = RandomStart(
        recipe.epsilon, matched.answer_lost, warm_up=recipe.warm_up, part=(place.rank, place.ranks),
    )  # fmt: skip
    return Objective(
        student, adversary, 0.0 if recipe.epsilon else 1.0, _told(matched, losses),
        wrong=matched.wrong, passes=_together(student, place), half=place.device.type == "cuda",
    )  # fmt: skip


def _together(student: nn.Module, place: Place) -> nn.Module | None:
    """The student as training calls it: with others, gradients are averaged over all."""
    if place.ranks == 1:
        return None
    from torch.nn.parallel import DistributedDataParallel

    return DistributedDataParallel(student)


def _told(matching: Matching, losses: Callable[[float], None] | None) -> Loss:
    def loss(outputs: Tensor, targets: Tensor) -> Tensor:
        found = matching(outputs, targets)
        if losses is not None:
            losses(found.item())
        return found

    return loss


def _clock(run: checkpoints.Run, minutes: float | None, place: Place) -> Callable[[float], float]:
    """Epochs done -> the share of the training that is over, by pictures or by the clock."""
    epochs: int = run.recipe.settings.epochs
    if minutes is None:
        return lambda done: done / epochs
    began = time.monotonic() - sum(epoch.seconds for epoch in run.history)

    def share(done: float) -> float:
        by_clock = (time.monotonic() - began) / (60 * minutes)
        return max(done / epochs, place.agreed(by_clock))

    return share


def finished(
    run: checkpoints.Run, standard: nn.Module, mix: float = 1.0, norms: nn.Module | None = None
) -> nn.Module:
    """The averaged student in the standard network's own architecture, norms and all.

    mix: how much of each weight is the student's, the rest being the standard network's, both
    with their norms folded: a student that has forgotten a part finds it again on the way back.
    Source: Wortsman et al., arXiv:2109.01903, section 3.
    """
    student: Any = run.average.module
    mixed = copy.deepcopy(student.network).cpu().eval()
    headed_: Any = headed(standard, run.recipe.classes)
    last: Any = mixed.get_classifier()
    headed_.get_classifier().load_state_dict(last.state_dict())
    if mix != 1:
        first = frozen_norms.trainable(headed_, run.recipe.size, like=norms or standard)
        _interpolate(mixed, first, mix)
    return frozen_norms.unfolded(mixed, headed_)


def _interpolate(student: nn.Module, first: nn.Module, mix: float) -> None:
    """Change the student's weights: mix * its own + (1 - mix) * those of `first`."""
    with torch.no_grad():
        others = first.state_dict()
        for name, weight in student.state_dict().items():
            if weight.is_floating_point():
                weight.lerp_(others[name], 1 - mix)
