"""A photograph's record made small: signs as bits, of the logits the classes that matter.

Of a thousand classes only those are kept that are among the `STRONGEST` at some epsilon; of the
others only their common weight, shared out evenly. So every share and every rank that the page
shows is the one that was computed, up to float32.
"""

from dataclasses import asdict, fields
from typing import Any

import numpy as np
from numpy.typing import NDArray

from demo.experiments.attack import confidence_sweep, one_step, two_gradients

STRONGEST = 8
"""At least as many as the page draws lines or lists answers."""
GREYS = 16
"""Into so many steps a raw gradient's size is rounded; the page draws it as a picture."""
BRIGHT = 0.99
"""Share of the values within the scale of the sizes; larger ones count as the largest."""
Arrays = dict[str, NDArray[Any]]


def pack(
    step: one_step.OneStep,
    sweep: confidence_sweep.ConfidenceSweep,
    gradient: two_gradients.Gradient,
    behind: NDArray[np.float32],
    control: NDArray[np.float64],
) -> tuple[dict[str, Any], Arrays]:
    """Numbers for JSON, and small arrays. behind: (B, K) logits.  control: (seeds, F)."""
    numbers = asdict(step)
    direction = numbers.pop("direction")
    numbers |= {"shape": direction.shape, "classes": behind.shape[1], "norm": gradient.norm,
                "same_sign": gradient.same_sign, "on_edges": gradient.on_edges}  # fmt: skip
    classes, kept, rest = _strongest(np.concatenate([sweep.logits, sweep.saved_logits, behind]),
                                     step.label)  # fmt: skip
    scale, sizes = _sizes(gradient.values)
    return numbers | {"scale": scale}, {
        "positive": np.packbits(direction > 0), "zero": np.flatnonzero(direction == 0),
        "sizes": sizes, "class": classes, "logits": kept, "rest": rest,
        "epsilons": sweep.epsilons, "clipped": sweep.clipped, "largest": sweep.largest_change,
        "saved": sweep.saved, "control": control.astype(np.float32),
    }  # fmt: skip


def unpack(
    numbers: dict[str, Any], arrays: Arrays
) -> tuple[
    one_step.OneStep, confidence_sweep.ConfidenceSweep, NDArray[np.float32],
    NDArray[np.float64], two_gradients.Gradient,
]:  # fmt: skip
    """What `pack` was given, in the order of a record: step, sweep, behind, control, gradient."""
    direction = _direction(numbers["shape"], arrays)
    count, saved = len(arrays["epsilons"]), int(arrays["saved"].max()) + 1
    logits = _all_classes(numbers["classes"], arrays)
    answers = {k: one_step.Answer(**numbers[k]) for k in ("clean", "perturbation", "adversarial")}
    told: dict[str, Any] = {f.name: numbers[f.name] for f in fields(one_step.OneStep)[1:]}
    step = one_step.OneStep(direction, **(told | answers))
    sweep = confidence_sweep.ConfidenceSweep(
        arrays["epsilons"], logits[:count], arrays["clipped"], arrays["largest"],
        logits[count : count + saved], arrays["saved"],
    )  # fmt: skip
    values = _values(numbers["scale"], arrays["sizes"], direction)
    gradient = two_gradients.Gradient(
        values, numbers["norm"], numbers["same_sign"], numbers["on_edges"]
    )
    return step, sweep, logits[count + saved :], arrays["control"].astype(np.float64), gradient


def _strongest(
    logits: NDArray[np.float32], label: int
) -> tuple[NDArray[np.int64], NDArray[np.float32], NDArray[np.float64]]:
    """(R, K) -> the classes that are kept (k,), their logits (R, k), log sum exp of the others."""
    count = min(STRONGEST, logits.shape[1])
    classes = np.union1d(np.argpartition(-logits, count - 1, axis=1)[:, :count], [label])
    others = np.delete(logits, classes, axis=1).astype(np.float64)
    if not others.shape[1]:
        return classes, logits[:, classes], np.zeros(len(logits))
    return classes, logits[:, classes], np.logaddexp.reduce(others, axis=1)


def _all_classes(count: int, arrays: Arrays) -> NDArray[np.float32]:
    """(R, k) and the weight of the others -> (R, K), the others equal among themselves."""
    others = max(1, count - len(arrays["class"]))
    each = (arrays["rest"] - np.log(others)).astype(np.float32)
    logits: NDArray[np.float32] = np.repeat(each[:, None], count, axis=1)
    logits[:, arrays["class"]] = arrays["logits"]
    return logits


def _direction(shape: list[int], arrays: Arrays) -> NDArray[np.int8]:
    """Bits -> (H, W, C) in {-1, 0, 1}."""
    bits = np.unpackbits(arrays["positive"], count=int(np.prod(shape)))
    direction = 2 * bits.astype(np.int8) - 1
    direction[arrays["zero"]] = 0
    return direction.reshape(shape)


def _sizes(values: NDArray[np.float32]) -> tuple[float, NDArray[np.uint8]]:
    """(H, W, C) -> the scale, and |values| in `GREYS` steps of it, two to a byte."""
    size = np.abs(values).ravel()
    scale = float(np.quantile(size, BRIGHT)) or 1.0
    steps = np.minimum(GREYS * size / scale, GREYS - 1).astype(np.uint8)
    return scale, (steps[::2] << 4 | steps[1::2]).astype(np.uint8)


def _values(
    scale: float, sizes: NDArray[np.uint8], direction: NDArray[np.int8]
) -> NDArray[np.float32]:
    """Signs and steps of size -> (H, W, C), each in the middle of its step."""
    steps = np.stack([sizes >> 4, sizes & 15], axis=1).reshape(direction.shape)
    values: NDArray[np.float32] = direction * (
        (steps + np.float32(0.5)) * np.float32(scale / GREYS)
    )
    return values
