"""Why an attack did not do what was expected, in sentences."""

import math
from collections.abc import Callable

import numpy as np

from demo.experiments.attack.one_step import OneStep

REACH = {"photographs": "16/255", "digits": ".5"}
"""The largest epsilon tried, as a reader sees it."""
Answers = np.ndarray[tuple[int], np.dtype[np.int64]]


def explain(
    step: OneStep,
    answers: Answers | None,
    steps: int,
    name: Callable[[int], str],
    asked_for: int | None,
    reach: str = REACH["photographs"],
) -> list[str]:
    """What a reader must be told of this attack: none, one or several sentences.

    answers: (E,) the class at each epsilon; None where none was tried.  steps: 1 or 10.
    name: class index -> its name.
    asked_for: the class that the person says is true, None for the network's own answer.
    reach: the largest epsilon tried.
    """
    told = [_no_gradient(step), _wrong_before(step, name, asked_for)]
    if answers is not None:
        told += [
            _target_missed(step, answers, steps, name, reach),
            _nothing_flips(step, answers, steps, name, reach),
        ]
    return [sentence for sentence in told if sentence]


def _no_gradient(step: OneStep) -> str:
    if step.zero_share == 1:
        return (
            "Every value of the gradient is zero: around this picture the loss is flat in 32-bit "
            "numbers. The sign of zero is zero, so FGSM changes nothing at any epsilon."
        )
    if step.zero_share > 0.01:
        return (
            f"{100 * step.zero_share:.1f} % of the values have no gradient at all; "
            "their sign is 0 and they are not changed."
        )
    return ""


def _wrong_before(step: OneStep, name: Callable[[int], str], asked_for: int | None) -> str:
    if asked_for is None or asked_for == step.clean.label:
        return ""
    return (
        f"The network was wrong to begin with: it says {name(step.clean.label)}, not "
        f"{name(asked_for)}. There was no right answer to change; the step only moves it away."
    )


def _target_missed(
    step: OneStep, answers: Answers, steps: int,
    name: Callable[[int], str], reach: str,
) -> str:  # fmt: skip
    if step.target is None or step.target in answers:
        return ""
    if steps == 1:
        return (
            f"One step is too weak for this target: the network does not say {name(step.target)} "
            f"at any ε up to {reach}. The gradient points there only at the picture itself; ten "
            "small steps follow it as it changes. Choose “BIM, ten steps” to see "
            "whether they arrive."
        )
    return f"Not even ten steps reach {name(step.target)} at any epsilon up to {reach}."


def _nothing_flips(
    step: OneStep, answers: Answers, steps: int,
    name: Callable[[int], str], reach: str,
) -> str:  # fmt: skip
    if step.target is not None or (answers != answers[0]).any() or step.zero_share == 1:
        return ""
    kind = "One step of FGSM" if steps == 1 else "Ten steps"
    return (
        f"{kind} up to {reach} never changes the answer {name(int(answers[0]))}. "
        "This attack failed here; other adversarial examples may still be near."
    )


def one_against_ten(
    target: int,
    one: Answers,
    ten: Answers,
    levels: tuple[float, ...],
    name: Callable[[int], str],
    kind: str = "photographs",
) -> str:
    """What one step and what ten steps make of the same target, in one sentence.

    one, ten: the class at each epsilon of the one-step and of the ten-step attack.  levels: 255 *
    epsilon of the ten-step attack.  kind: of picture.
    """
    reached = first(ten == target)
    single = first(one == target)
    alone = "does not get there at any epsilon" if single is None else "gets there, too"
    together = "do not, either"
    if reached is not None:
        together = f"do, from {amount(levels[reached] / 255, kind)} on"
    return f"Toward {name(target)}: one step {alone} up to {REACH[kind]}; ten steps {together}."


def amount(epsilon: float, kind: str = "photographs") -> str:
    """An epsilon as a reader of that kind of picture knows it: 2/255 or 0.46/255; or .25.

    The viewer's `amount` in words.js writes the same.
    """
    if kind != "photographs":
        return f"{_rounded(epsilon, 10_000):g}".removeprefix("0") or "0"
    level = 255 * epsilon
    return f"{_rounded(level, 10 if level >= 1 else 100):g}/255"


def _rounded(value: float, parts: int) -> float:
    """To so many parts of one; a half goes up, as in the browser."""
    return math.floor(parts * value + 0.5) / parts


def first(condition: np.ndarray[tuple[int], np.dtype[np.bool_]]) -> int | None:
    """Index of the first True, None if there is none."""
    return int(condition.argmax()) if condition.any() else None
