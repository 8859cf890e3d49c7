"""What the network says at each epsilon along one direction: real evaluations."""

from dataclasses import dataclass

import numpy as np
import torch
from numpy.typing import NDArray
from torch import Tensor

from demo import fgsm
from demo.attacks import sign_methods

LEVELS = 255
THE_PAPERS_EPSILON = 0.007


def _photograph_grid() -> tuple[float, ...]:
    """65 epsilons from 0 to 16/255, denser near 0, every whole n/255 and the paper's .007 in it.

    Steps of 1/24, 1/10, 1/5, 1/3 and 1 level, changing at 1, 2, 4 and 8 levels; the value
    1.8/255 is put at .007, which is 1.785/255.
    """
    pieces = [(0, 1, 24), (1, 2, 10), (2, 4, 10), (4, 8, 12), (8, 16, 8)]
    levels = [a + (b - a) * i / n for a, b, n in pieces for i in range(n)] + [16.0]
    epsilons = [level / LEVELS for level in levels]
    nearest = min(range(len(epsilons)), key=lambda i: abs(epsilons[i] - THE_PAPERS_EPSILON))
    return (*epsilons[:nearest], THE_PAPERS_EPSILON, *epsilons[nearest + 1 :])


EPSILON_GRID = _photograph_grid()
DIGIT_EPSILON_GRID = tuple(i / 128 for i in range(65))
"""For digits: 0 to .5 in equal steps; the paper's .25 is in the middle."""
FOLLOWED = 6
"""Lines in the plot: more cannot be told apart."""


@dataclass(frozen=True)
class ConfidenceSweep:
    """Logits along a direction, and what the clip did on the way.

    epsilons: (E,).  logits: (E, K) float32, of the real-valued picture.  clipped: (E,), share of
    the values that the pixel range cut short.  largest_change: (E,), max|x~ - x| in 8-bit levels.
    saved_logits: (S, K), of the picture rounded to 8 bit, as a PNG holds it.  saved: (E,), which
    row of `saved_logits` belongs to the picture that is saved at each epsilon.
    """

    epsilons: NDArray[np.float64]
    logits: NDArray[np.float32]
    clipped: NDArray[np.float64]
    largest_change: NDArray[np.float64]
    saved_logits: NDArray[np.float32]
    saved: NDArray[np.int64]


def epsilon_grid(kind: str) -> tuple[float, ...]:
    """The 65 epsilons of a kind of picture, "photographs" or "digits"."""
    return DIGIT_EPSILON_GRID if kind == "digits" else EPSILON_GRID


def run(
    model: fgsm.Model,
    pixels: NDArray[np.uint8],
    direction: NDArray[np.int8],
    device: torch.device,
    epsilons: tuple[float, ...] = EPSILON_GRID,
) -> ConfidenceSweep:
    """Score clip(x + epsilon * direction) at every epsilon, and its 8-bit rounding at whole levels.

    pixels: (H, W, C) uint8, the clean picture.  direction: (H, W, C) in {-1, 0, 1}.
    At an epsilon that is a whole level both are the same picture, scored once, as 8 bit hold it.
    """
    image, step = _tensor(pixels / np.float32(LEVELS), device), _tensor(direction, device)
    levels = LEVELS * np.array(epsilons)
    whole, nearest = np.unique([round_half_up(level) for level in levels], return_inverse=True)
    rounded = [rounded_picture(pixels, direction, n) for n in whole]
    saved = torch.cat([_tensor(p / np.float32(LEVELS), device) for p in rounded])
    saved_logits = sign_methods.logits_of(model, saved).cpu().numpy()
    exact = pixels.astype(np.float64)[None]
    between = np.abs(levels - whole[nearest]) > 1e-9
    logits = saved_logits[nearest]
    if between.any():
        others = [epsilons[i] for i in np.flatnonzero(between)]
        logits[between] = sign_methods.logits_along(model, image, step, others).cpu().numpy()
    return ConfidenceSweep(
        epsilons=np.array(epsilons),
        logits=logits,
        clipped=np.array([_clipped(exact, direction, level) for level in levels]),
        largest_change=np.array([_largest_change(exact, direction, level) for level in levels]),
        saved_logits=saved_logits,
        saved=nearest,
    )


def rounded_picture(
    pixels: NDArray[np.uint8], direction: NDArray[np.int8], level: int
) -> NDArray[np.uint8]:
    """clip(x + n * direction) in 8-bit levels: (H, W, C) uint8, the PNG of epsilon = n/255."""
    moved = pixels.astype(np.int16) + level * direction.astype(np.int16)
    saved: NDArray[np.uint8] = np.clip(moved, 0, LEVELS).astype(np.uint8)
    return saved


def followed(
    logits: NDArray[np.float32], label: int, target: int | None, least: float = 0.0
) -> list[int]:
    """The classes worth a line: the label, the target, every answer given, the strongest rivals.

    logits: (E, K).  At most `FOLLOWED` of them, the answers that hold longest first.
    least: a rival that never reaches this share of the answer's own probability has no line.
    """
    answers, held = np.unique(logits.argmax(axis=1), return_counts=True)
    by_time_held = [int(k) for k in answers[np.argsort(-held)]]
    peaks = (logits - logits.max(axis=1, keepdims=True)).max(axis=0)
    by_peak = [int(k) for k in np.argsort(-peaks) if np.exp(peaks[k]) >= least]
    wanted = [label, *([] if target is None else [target]), *by_time_held, *by_peak]
    return list(dict.fromkeys(wanted))[:FOLLOWED]


def losses(logits: NDArray[np.float32], label: int) -> NDArray[np.float64]:
    """J of the label at each epsilon, nats: (E, K) -> (E,). Written as `fgsm.losses` is.

    Through the probabilities a sure answer's loss would be rounded.
    """
    exact = logits.astype(np.float64)
    rivals = np.logaddexp.reduce(np.delete(exact, label, axis=1), axis=1)
    result: NDArray[np.float64] = np.logaddexp(0.0, rivals - exact[:, label])
    return result


def csv(
    levels: NDArray[np.float64],
    probabilities: NDArray[np.float64],
    names: tuple[str, ...],
    label: int,
    target: int | None,
) -> str:
    """The curve for a spreadsheet, an epsilon a line: the answer, the label's and target's shares.

    levels: (E,) 255 * epsilon.  probabilities: (E, K).
    """
    head = ["epsilon", "epsilon_x_255", "answer", "confidence", "label", "label_confidence"]
    targets = [] if target is None else [target]
    lines = [",".join(head + ["target", "target_confidence"] * len(targets))]
    for level, row in zip(levels, probabilities, strict=True):
        k = int(row.argmax())
        cells = [f"{level / 255:.8g}", f"{level:.8g}", f'"{names[k]}"', f"{row[k]:.8g}"]
        for c in (label, *targets):
            cells += [f'"{names[c]}"', f"{row[c]:.8g}"]
        lines.append(",".join(cells))
    return "\n".join(lines) + "\n"


def round_half_up(level: float) -> int:
    """The nearest whole level; a half goes up, as the browser's Math.round has it."""
    return int(np.floor(level + 0.5 + 1e-9))


def _clipped(exact: NDArray[np.float64], direction: NDArray[np.int8], level: float) -> float:
    moved = exact + level * direction
    return float(np.mean((moved < -1e-9) | (moved > LEVELS + 1e-9)))


def _largest_change(exact: NDArray[np.float64], direction: NDArray[np.int8], level: float) -> float:
    return float(np.abs(np.clip(exact + level * direction, 0, LEVELS) - exact).max())


def _tensor(array: NDArray[np.generic], device: torch.device) -> Tensor:
    return torch.from_numpy(array.astype(np.float32)).permute(2, 0, 1)[None].to(device)
