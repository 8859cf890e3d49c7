"""Adversarially trained twins of photograph networks: the recipe, and the run.

The student starts as the standard network, classifier frozen, and learns to see attacked crops
as the standard network sees clean ones (`matching`), against one step from a random start. It is
trained on crops of 128 pixels for an input of 224: objects then look about equally large, and a
step costs a third. Sources: arXiv:2001.03994 (the adversary), arXiv:1906.06423 (the two sizes).
"""

import copy
import os
import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from typing import Any

import torch
from torch import Tensor, nn
from torch.optim.swa_utils import AveragedModel, get_ema_multi_avg_fn

from demo import checkpoints, device, folding, photographs, resting_norms, training
from demo.adversaries import RandomStart
from demo.digits import Labelled
from demo.matching import Features, Matching, Taught
from demo.objective import Loss, Objective
from demo.training import Settings


@dataclass(frozen=True)
class Twin:
    """How a twin is trained.

    standard: name of the network that it starts as and is taught by.  epsilon: of training.
    settings: an "epoch" is `round` pictures, after which it is measured and kept.  size: of the
    crops, pixels.  decay: of the moving average.  blend: the share of batches mixed in pairs.
    """

    name: str
    title: str
    standard: str
    epsilon: float
    settings: Settings
    round: int
    size: int = 128
    scale: float = 0.35
    decay: float = 0.998
    soft: float = 1.0
    warm_up: float = 0.3
    blend: float = 0.0
    kept: str = "last"


TWIN = Twin(
    "efficientnet-lite0-adversarial", "EfficientNet-Lite0, adversarially trained",
    "efficientnet-lite0", 1.5 / 255,
    Settings(
        epochs=60, learning_rate=3e-4, batch=48, momentum=None, ramp=0.02, fall=0.9,
        evaluated=50, evaluated_epsilon=1 / 255, together=25,
    ),
    round=9600,
)  # fmt: skip
TWINS = (TWIN,)


def twin(name: str) -> Twin | None:
    """The recipe of that name, if there is one."""
    return next((candidate for candidate in TWINS if candidate.name == name), None)


@dataclass(frozen=True)
class Place:
    """Where a run computes: a device, and its rank among the processes that train together.

    workers: processes that decode pictures.  dtype: float64 is for comparing runs bit by bit.
    """

    device: torch.device
    rank: int = 0
    ranks: int = 1
    workers: int = 1
    dtype: torch.dtype = torch.float32

    @property
    def leads(self) -> bool:
        """Whether this process measures, prints and writes."""
        return self.rank == 0


def started(
    recipe: Twin, standard: nn.Module, seed: int, place: Place, first: nn.Module | None = None
) -> checkpoints.Run:
    """A new run. standard: timm's network, at rest.  first: what the student begins as, if else."""
    folded = resting_norms.trainable(first or standard, recipe.size, like=standard)
    student: Any = Features(folded).to(place.device, place.dtype)
    student.to(memory_format=device.layout(place.device))
    student.network.get_classifier().requires_grad_(False)
    optimizer = training.optimizer_for(student, recipe.settings)
    ema: Any = get_ema_multi_avg_fn  # it has no types
    average = AveragedModel(student, multi_avg_fn=ema(recipe.decay))
    return checkpoints.Run(recipe, seed, student, optimizer, [], {}, average=average)


def teacher(recipe: Twin, standard: nn.Module, place: Place) -> Features:
    """The standard network, frozen, at the size of the crops."""
    folded = folding.fix_padding(folding.fold_batch_norm(standard, recipe.size), recipe.size)
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
) -> Iterator[training.Epoch]:
    """Go on with `run`, changing it, a round for each `Epoch`.

    minutes: what the whole training may take, the time before a kill included; the schedules
    then follow the clock if it is ahead of the pictures.  losses: gets each step's, this rank's.
    """
    recipe: Twin = run.recipe
    student: Any = run.network
    crops = photographs.Crops(
        some, place.device, recipe.round, recipe.settings.batch, recipe.size, (recipe.scale, 1.0),
        place.workers, place.rank, place.ranks, place.dtype,
    )  # fmt: skip

    def evaluate(number: int) -> training.Accuracies:
        if not place.leads:
            return float("nan"), float("nan"), float("nan")
        model = run.average.module.eval()
        return training.accuracies(model.logits, held_out, recipe.settings, number)

    yield from training.walk(
        _objective(recipe, student, place, losses),
        Taught(crops, teacher(recipe, standard, place), recipe.blend), run.optimizer,
        recipe.settings, evaluate, seed=run.seed, done=len(run.history),
        progress=progress, average=run.average, share=_clock(run, minutes, place),
    )  # fmt: skip


def _objective(
    recipe: Twin, student: Any, place: Place, losses: Callable[[float], None] | None
) -> Objective:
    """The matching loss on attacked crops alone."""
    matched = Matching(student.width, recipe.soft)
    adversary = RandomStart(
        recipe.epsilon, matched.answer_lost, warm_up=recipe.warm_up, part=(place.rank, place.ranks),
    )  # fmt: skip
    return Objective(
        student, adversary, 0.0, _told(matched, losses), wrong=matched.wrong,
        passes=_together(student, place), half=place.device.type == "cuda",
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
        return max(done / epochs, _agreed(by_clock, place))

    return share


def _agreed(number: float, place: Place) -> float:
    """The leader's number, for all: clocks differ, and every rank must take the same step."""
    if place.ranks == 1:
        return number
    told = torch.tensor([number], device=place.device)
    torch.distributed.broadcast(told, src=0)
    return float(told.item())


def finished(run: checkpoints.Run, standard: nn.Module, mix: float = 1.0) -> nn.Module:
    """The averaged student in the standard network's own architecture, norms and all.

    mix: how much of each weight is the student's, the rest being the standard network's, both
    with their norms folded: a student that has forgotten a part finds it again on the way back.
    Source: Wortsman et al., arXiv:2109.01903, section 3.
    """
    student: Any = run.average.module
    mixed = copy.deepcopy(student.network).cpu().eval()
    first = resting_norms.trainable(standard, run.recipe.size).state_dict()
    with torch.no_grad():
        for name, weight in mixed.state_dict().items():
            if weight.is_floating_point():
                weight.lerp_(first[name], 1 - mix)
    return resting_norms.unfolded(mixed, standard)


def processes() -> tuple[int, int]:
    """(rank, ranks) as `torchrun` tells them; (0, 1) without it."""
    return int(os.environ.get("RANK", 0)), int(os.environ.get("WORLD_SIZE", 1))
