"""Box-constrained L-BFGS: what adversarial examples cost before FGSM.

    minimise  c ||r||_2 + J(theta, x + r, t)   subject to   x + r in [0, 1]^m,

for the largest c whose minimiser still gets the answer t: the larger c, the smaller r.
Source: Szegedy et al., arXiv:1312.6199, section 4.1. (There the search is "for the minimum c";
with c on the norm, as the formula has it, the closest example is at the other end.)
"""

import os
import threading
import time
from collections.abc import Callable, Generator, Iterator
from dataclasses import dataclass
from queue import SimpleQueue

import numpy as np
import torch
import torch.nn.functional as F
from numpy.typing import NDArray
from torch import Tensor

from demo import fgsm, scores

os.environ.setdefault("OPENBLAS_NUM_THREADS", "1")  # its matrices are 20 x 20: threads only wait
from scipy.optimize import Bounds, minimize

Point = NDArray[np.float64]
Answer = tuple[float, Point]  # value and gradient of what is minimised

WEIGHTS = 10  # values of c that are tried
FIRST_PASSES = 200
"""Through the network for one c, at most, until one has arrived: it begins at x, far away."""
HARD_PASSES = 500
"""The same where the first c has failed: the loss is uneven there, and is followed to the end."""
PASSES = 20  # the same afterwards; SciPy may finish its line search with a few more
SETTLED = 3e-5  # a c is done when a step lowers its value by a smaller share of it than this
FIRST = 0.1
FACTOR = 4.0
"""By which c grows until it fails; from then on it is halved in on, geometrically."""


@dataclass(frozen=True)
class Pass:
    """One pass, forward and back, at one point x + r.

    weight: c.  image: (1, C, H, W), the point, in the box.  logits: (1, K), of it.  norm: ||r||_2.
    closest: (1, C, H, W), of all points so far that got the answer t the one with the smallest
    ||r||_2; None before the first.  Its answer is the network's own, at that very point.
    seconds: of this pass, with what SciPy computed before it.
    """

    weight: float
    image: Tensor
    logits: Tensor
    norm: float
    closest: Tensor | None
    seconds: float


def steps(model: fgsm.Model, image: Tensor, target: int, at_once: bool = False) -> Iterator[Pass]:
    """c ||r||_2 + J(theta, x + r, t) -> min, pass by pass, for `WEIGHTS` values of c.

    image: (1, C, H, W) in [0, 1].  The norm is not squared, as in the paper.  Each c begins at
    the minimiser of the last c that arrived, so that the later ones are short. SciPy's L-BFGS-B
    computes in float64 on the CPU, the network in its own type on its own device.  at_once: make
    all passes of a c before the first of them is yielded, which is quicker for small networks;
    else each pass is made when it is asked for, which a page can stop.
    Source: arXiv:1312.6199, section 4.1.
    """
    search = _Search(model, image, target)
    lowest, highest, weight = 0.0, float("inf"), FIRST
    for _ in range(WEIGHTS):
        search.begin(weight)
        passes = PASSES if lowest else FIRST_PASSES if weight == FIRST else HARD_PASSES
        yield from search.at_once(passes) if at_once else search.one_by_one(passes)
        if search.arrived:
            search.start = search.best
            lowest = weight
        else:
            highest = weight
        weight = _next(lowest, highest)


def closest(model: fgsm.Model, image: Tensor, target: int) -> Tensor | None:
    """The last word of `steps`: (1, C, H, W), or None if no point got the answer t."""
    *_, last = steps(model, image, target, at_once=True)
    return last.closest


def _next(lowest: float, highest: float) -> float:
    """Up until a c fails, down until one arrives, then between the two."""
    if highest == float("inf"):
        return lowest * FACTOR
    if lowest == 0.0:
        return highest / FACTOR
    return float(np.sqrt(lowest * highest))


class _Search:
    """The points tried so far for one image and target.

    best: of the current c, the point with the least value.  arrived: whether it gets the answer t.
    """

    def __init__(self, model: fgsm.Model, image: Tensor, target: int) -> None:
        self.model, self.image, self.target = model, image, target
        self.origin = scores.exact(image).numpy().ravel()
        self.start = self.origin
        self.closest: Tensor | None = None
        self.closest_norm = float("inf")

    def begin(self, weight: float) -> None:
        """Another c."""
        self.weight, self.best, self.arrived = weight, self.start, False
        self.least = float("inf")
        self.clock = time.perf_counter()

    def one_by_one(self, passes: int) -> Iterator[Pass]:
        """Minimise; each pass is made when it is asked for."""
        walk = _asked(self.start, passes)
        point = next(walk, None)
        while point is not None:
            done, answer = self._tried(point)
            yield done
            self.clock = time.perf_counter()
            point = _told(walk, answer)

    def at_once(self, passes: int) -> Iterator[Pass]:
        """Minimise; all passes are made, then yielded."""
        made = []

        def objective(point: Point) -> Answer:
            done, answer = self._tried(point)
            made.append(done)
            return answer

        _minimise(objective, self.start, passes)
        yield from made

    def _tried(self, point: Point) -> tuple[Pass, Answer]:
        """One pass at x + r, and c ||r||_2 + J with its gradient."""
        image, logits, loss, gradient = self._evaluated(point)
        change = point - self.origin
        norm = float(np.linalg.norm(change))
        there = int(logits.argmax()) == self.target
        if there and norm < self.closest_norm:
            self.closest, self.closest_norm = image, norm
        value = self.weight * norm + loss
        if value < self.least:
            self.least, self.best, self.arrived = value, point.copy(), there
        before, self.clock = self.clock, time.perf_counter()
        done = Pass(self.weight, image, logits, norm, self.closest, self.clock - before)
        return done, (value, gradient + self.weight * change / max(norm, 1e-12))

    def _evaluated(self, point: Point) -> tuple[Tensor, Tensor, float, Point]:
        """x + r as the network sees it; its logits, J toward the target, grad J."""
        image = torch.tensor(point, dtype=self.image.dtype, device=self.image.device)
        image = image.view(self.image.shape)
        with torch.enable_grad():
            leaf = image.clone().requires_grad_(True)
            logits = self.model(leaf)
            loss = F.cross_entropy(logits, torch.tensor([self.target], device=image.device))
            (gradient,) = torch.autograd.grad(loss, leaf)
        flat = scores.exact(gradient).numpy().ravel()
        return image, logits.detach(), float(loss.detach()), flat


def _minimise(objective: Callable[[Point], Answer], start: Point, passes: int) -> None:
    tolerance = 1e-9 if passes == HARD_PASSES else SETTLED
    box, options = Bounds(*fgsm.PIXEL_RANGE), {"maxfun": passes, "ftol": tolerance}
    minimize(objective, start, jac=True, method="L-BFGS-B", bounds=box, options=options)


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
        try:
            _minimise(objective, start, passes)
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
