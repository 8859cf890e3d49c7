"""Does the saved picture still fool the network after what happens to pictures on their way?

And does it fool other networks? Real evaluations at a few epsilons, 8-bit pictures.
Sources: JPEG arXiv:1608.00853; fewer bits arXiv:1704.01155; defences that hide the gradient, and
attacks that go through them, arXiv:1802.00420.
"""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
import torch
from numpy.typing import NDArray
from torch import Tensor

from demo import fgsm, scores
from demo.attacks import sign_methods
from demo.data import pictures
from demo.data.pictures import Pixels
from demo.experiments.attack import confidence_sweep, picture_changes
from demo.experiments.attack.picture_changes import Change

Answers = NDArray[np.int64]
KEPT, UNDONE, OTHER, NOTHING, SPOILT = "kept", "undone", "other", "nothing", "spoilt"
"""The attack's wrong answer; the answer without attack; a third one; where the attack changed
nothing: the same answer; another one."""


@dataclass(frozen=True)
class Row:
    """What a network says of L pictures, the first of them without attack.

    answers: (L,) classes.  confidences: (L,), 0 to 1.  shares: (L,), the probability of the first
    picture's answer.  sheet: what the network sees, L thumbnails in a row, a WebP; or nothing.
    """

    answers: Answers
    confidences: NDArray[np.float64]
    shares: NDArray[np.float64]
    sheet: bytes = b""


def epsilon_grid(kind: str) -> tuple[float, ...]:
    """The epsilons that are evaluated: of the page's grids, for one step and for ten."""
    if kind == "digits":
        return (0, 1 / 8, 1 / 4, 3 / 8, 1 / 2)
    return tuple(level / 255 for level in (0, 1, 2, 4, 8, 16))


def saved(pixels: Pixels, direction: NDArray[np.int8], epsilons: Sequence[float]) -> Pixels:
    """The PNGs of one step at those epsilons: (H, W, C), its signs -> (L, H, W, C)."""
    levels = [confidence_sweep.round_half_up(255 * epsilon) for epsilon in epsilons]
    return np.stack([confidence_sweep.rounded_picture(pixels, direction, n) for n in levels])


def saved_after(pixels: Pixels, change: NDArray[np.int16], fraction: int) -> Pixels:
    """The PNGs of ten steps. change: (L, H, W, C) in parts of an 8-bit level; a half goes up."""
    moved = (fraction * pixels.astype(np.int32) + change + fraction // 2) // fraction
    found: Pixels = np.clip(moved, 0, 255).astype(np.uint8)
    return found


def run(
    model: fgsm.Model, saved: Pixels, epsilons: Sequence[float], change: Change,
    device: torch.device,
) -> Row:  # fmt: skip
    """The network's answers to the changed pictures. saved: (L, H, W, C), as `saved` gives them."""
    images = change.apply(pictures.to_tensor(saved), torch.tensor(epsilons))
    return said(model, images.to(device), picture_changes.sheet(images))


def said(model: fgsm.Model, images: Tensor, sheet: bytes = b"") -> Row:
    """The network's answers to pictures (L, C, H, W) as they are."""
    return read(sign_methods.logits_of(model, images), sheet)


def read(logits: Tensor, sheet: bytes = b"") -> Row:
    """(L, K) logits as a row."""
    shares = scores.probabilities(logits).numpy()
    answers = shares.argmax(axis=1)
    return Row(answers, shares.max(axis=1), shares[:, answers[0]], sheet)


def elsewhere(model: fgsm.Model, size: int, saved: Pixels, device: torch.device) -> Row:
    """Another network's answers to the same pictures at its own input size."""
    images = pictures.to_tensor(saved)
    if size != images.shape[-1]:
        images = picture_changes.resized(images, size)
    return said(model, images.to(device))


def through(
    model: fgsm.Model, pixels: Pixels, label: int, toward: bool, epsilons: Sequence[float],
    device: torch.device,
) -> Row:  # fmt: skip
    """One step on the loss of the blurred picture, grad_x J(f(blur(x))), and the answers after it.

    label: the class in J, a target if `toward`. The attacker knows of the blur, as
    arXiv:1802.00420 asks of every evaluation of a defence.
    """
    image = pictures.to_tensor(pixels).to(device)
    labels = torch.tensor([label], device=device)
    gradient = fgsm.loss_gradient(lambda x: model(picture_changes.blurred(x)), image, labels)
    uphill = (-gradient if toward else gradient).sign()[0].permute(1, 2, 0)
    moved = saved(pixels, uphill.to(torch.int8).cpu().numpy(), epsilons)
    return run(model, moved, epsilons, picture_changes.BLUR, device)


def verdicts(answers: Answers, attacked: Answers) -> list[str]:
    """What a change made of the attack at each epsilon.

    answers: (L,) after the change.  attacked: (L,) before it, the first without attack.
    """
    return [_verdict(now, was, attacked[0]) for now, was in zip(answers, attacked, strict=True)]


def _verdict(now: int, attacked: int, clean: int) -> str:
    if attacked == clean:
        return NOTHING if now == clean else SPOILT
    return KEPT if now == attacked else UNDONE if now == clean else OTHER


def told(what: str, found: Sequence[str], amounts: Sequence[str]) -> str:
    """What was measured of one change, whatever its pattern, in a sentence or two."""
    at = {v: [a for f, a in zip(found, amounts, strict=True) if f == v] for v in found}
    undone, kept, other = (listed(at.get(verdict, [])) for verdict in (UNDONE, KEPT, OTHER))
    if not undone + kept + other:
        said = "The attack does not change the saved picture’s answer at any measured ε"
    else:
        parts = [f"{what} undoes the attack at {undone}" if undone else
                 f"{what} undoes the attack at no measured ε"]  # fmt: skip
        parts += [f"not at {kept}"] if undone and kept else []
        parts += [f"at {other} the answer is a third one"] if other else []
        said = "; ".join(parts)
    spoilt = f" It changes the clean picture’s answer, too: {what} is no defence here."
    return said[0].upper() + said[1:] + "." + (spoilt if found[0] == SPOILT else "")


def listed(amounts: Sequence[str]) -> str:
    """In words: 1, 2 and 4; empty for none."""
    *most, last = amounts or [""]
    return f"{', '.join(most)} and {last}" if most else last
