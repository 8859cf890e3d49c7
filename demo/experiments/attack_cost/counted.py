"""A network that counts the images that go through it, forward and back."""

import statistics
import time
from collections.abc import Callable
from dataclasses import dataclass
from typing import TypeVar

import torch
from torch import Tensor

from demo import fgsm

_R = TypeVar("_R")


@dataclass
class Counted:
    """model(images), counted. forward, backward: images through the network so far, each way.

    Nothing is derived from a formula: a forward pass is counted when it is made, a backward pass
    when the gradient arrives at the logits.
    """

    model: fgsm.Model
    forward: int = 0
    backward: int = 0

    def __call__(self, images: Tensor) -> Tensor:
        logits = self.model(images)
        self.forward += len(images)
        if logits.requires_grad:
            logits.register_hook(self._back)  # type: ignore[no-untyped-call]
        return logits

    def _back(self, gradient: Tensor) -> None:
        self.backward += len(gradient)


def timed(work: Callable[[], _R], device: torch.device) -> tuple[_R, float]:
    """What that gives, and the seconds it takes, to its end on the device."""
    start = time.perf_counter()
    result = work()
    if device.type == "cuda":
        torch.cuda.synchronize(device)
    return result, time.perf_counter() - start


def forward_seconds(model: fgsm.Model, image: Tensor, rounds: int) -> float:
    """Median seconds of one forward pass of one image (1, C, H, W), after one that is not timed."""

    def once() -> Tensor:
        with torch.inference_mode():
            return model(image)

    once()
    return statistics.median(timed(once, image.device)[1] for _ in range(rounds))
