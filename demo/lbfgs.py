"""Box-constrained L-BFGS: what adversarial examples cost before FGSM.

    minimise  c ||r||_2 + J(theta, x + r, t)   subject to   x + r in [0, 1]^m,

for the largest c whose minimiser still gets the answer t: the larger c, the smaller r.
Source: Szegedy et al., arXiv:1312.6199, section 4.1. (There the search is "for the minimum c";
with c on the norm, as the formula has it, the closest example is at the other end.)
"""

import threading
from collections.abc import Generator, Iterator
from dataclasses import dataclass
from queue import SimpleQueue

import numpy as np
import torch
import torch.nn.functional as F
from numpy.typing import NDArray
from scipy.optimize import Bounds, minimize
from torch import Tensor

from demo import fgsm

Point = NDArray[np.float64]
Answer = tuple[float, Point]
"""Value and gradient of what is minimised."""

WEIGHTS = 10
"""Values of c that are tried."""
FIRST_PASSES = 200
"""Through the network for one c, at most, until one has arrived: it begins at x, far away."""
PASSES = 30
"""The same afterwards; SciPy may finish its line search with a few more."""
FIRST = 0.1
FACTOR = 4.0
"""By which c grows until it fails; from then on it is halved in on, geometrically."""


@dataclass(frozen=True)
class Pass:
    """One pass, forward and back, at one point x + r.

    weight: c.  image: (1, C, H, W), the point, in the box.  logits: (1, K), of it.  norm: ||r||_2.
    closest: (1, C, H, W), of all points so far that got the answer t the one with the smallest
    ||r||_2; None before the first.  Its answer is the network's own, at that very point.
    """

    weight: float
    image: Tensor
    logits: Tensor
    norm: float
    closest: Tensor | None


def steps(model: fgsm.Model, image: Tensor, target: int, weights: int = WEIGHTS) -> Iterator[Pass]:
    """c ||r||_2 + J(theta, x + r, t) -> min, pass by pass, for `weights` values of c.

    image: (1, C, H, W) in [0, 1].  The norm is not squared, as in the paper.  Each c begins at
    the minimiser of the last c that arrived, so that the later ones are short. SciPy's L-BFGS-B
    computes in float64 on the CPU, the network in its own type on its own device.
    Source: arXiv:1312.6199, section 4.1.
    """
    search = _Search(model, image, target)
    lowest, highest, weight = 0.0, float("inf"), FIRST
    for _ in range(weights):
        arrived = yield from search.minimised(weight, PASSES if lowest else FIRST_PASSES)
        if arrived:
            lowest = weight
        else:
            highest = weight
        weight = _next(lowest, highest)


def closest(model: fgsm.Model, image: Tensor, target: int) -> Tensor | None:
    """The last word of `steps`: (1, C, H, W), or None if no point got the answer t."""
    *_, last = steps(model, image, target)
    return last.closest


def _next(lowest: float, highest: float) -> float:
    """Up until a c fails, down until one arrives, then between the two."""
    if highest == float("inf"):
        return lowest * FACTOR
    if lowest == 0.0:
        return highest / FACTOR
    return float(np.sqrt(lowest * highest))


class _Search:
    """The points tried so far for one image and target."""

    def __init__(self, model: fgsm.Model, image: Tensor, target: int) -> None:
        self.model, self.image, self.target = model, image, target
        self.origin = image.double().cpu().numpy().ravel()
        self.start = self.origin
        self.closest: Tensor | None = None
        self.closest_norm = float("inf")

    def minimised(self, weight: float, passes: int) -> Generator[Pass, None, bool]:
        """Minimise for one c. Gives whether the minimiser gets the answer t."""
        walk = _asked(self.start, passes)
        least, best, arrived = float("inf"), self.start, False
        point = next(walk, None)
        while point is not None:
            image, logits, loss, gradient = self._evaluated(point)
            change = point - self.origin
            norm = float(np.linalg.norm(change))
            there = int(logits.argmax()) == self.target
            if there and norm < self.closest_norm:
                self.closest, self.closest_norm = image, norm
            value = weight * norm + loss
            if value < least:
                least, best, arrived = value, point, there
            yield Pass(weight, image, logits, norm, self.closest)
            point = _told(walk, (value, gradient + weight * change / max(norm, 1e-12)))
        if arrived:
            self.start = best
        return arrived

    def _evaluated(self, point: Point) -> tuple[Tensor, Tensor, float, Point]:
        """x + r as the network sees it; its logits, J toward the target, grad J."""
        image = torch.from_numpy(point).to(self.image.dtype).view(self.image.shape)
        image = image.to(self.image.device)
        with torch.enable_grad():
            leaf = image.clone().requires_grad_(True)
            logits = self.model(leaf)
            loss = F.cross_entropy(logits, torch.tensor([self.target], device=image.device))
            (gradient,) = torch.autograd.grad(loss, leaf)
        flat = gradient.double().cpu().numpy().ravel()
        return image, logits.detach(), float(loss.detach()), flat


class _Stopped(Exception):
    """Nobody wants the minimum any more."""


def _told(walk: Generator[Point, Answer, None], answer: Answer) -> Point | None:
    try:
        return walk.send(answer)
    except StopIteration:
        return None


def _asked(start: Point, passes: int) -> Generator[Point, Answer, None]:
    """SciPy's L-BFGS-B turned inside out: yields each point at which it wants the function.

    SciPy calls the function from within; here it waits in a thread of its own until it is told,
    so that the network runs where the caller runs, one pass at a time. A walk that is dropped
    ends its thread.
    """
    questions: SimpleQueue[Point | Exception | None] = SimpleQueue()
    answers: SimpleQueue[Answer | None] = SimpleQueue()

    def objective(point: Point) -> Answer:
        questions.put(point.copy())
        answer = answers.get()
        if answer is None:
            raise _Stopped
        return answer

    def search() -> None:
        options = {"maxfun": passes, "ftol": 1e-5}
        try:
            minimize(objective, start, jac=True, method="L-BFGS-B",
                     bounds=Bounds(*fgsm.PIXEL_RANGE), options=options)  # fmt: skip
        except Exception as error:
            questions.put(error)
        else:
            questions.put(None)

    thread = threading.Thread(target=search, daemon=True, name="L-BFGS-B")
    thread.start()
    try:
        while (question := questions.get()) is not None:
            if isinstance(question, Exception):
                raise question
            answers.put((yield question))
    finally:
        answers.put(None)
        thread.join()
