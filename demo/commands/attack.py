"""`python -m demo attack PHOTO`: one picture, one epsilon, the answers before and after.

python -m demo attack panda.webp --epsilon 2/255 --target gibbon --steps 10 --out gibbon.png
python -m demo attack four.jpg --model conv --epsilon .25
"""

import argparse
import json
import math
import sys
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
import torch
import torch.nn.functional as F
from numpy.typing import NDArray

import demo.device
from demo import fgsm, models
from demo.attacks import sign_methods
from demo.commands import classes, report
from demo.data import digits, pictures
from demo.experiments.attack import confidence_sweep, failures, one_step, ten_steps

STANDARD_INPUT = Path("-")
THE_PAPERS = {"photographs": confidence_sweep.THE_PAPERS_EPSILON, "digits": 0.25}


@dataclass(frozen=True)
class Outcome:
    """What the steps lead to at the chosen epsilon.

    saved: the answer to `saved_pixels`, (H, W, C), the adversarial example in 8 bit.
    largest_change: in 8-bit levels.  clipped: share of the values, None after ten steps.
    losses: at epsilon 0 and at the chosen one, nats.  stops: (E,) epsilons from 0 up.
    answers: (E,) the class at each stop.
    """

    perturbation: one_step.Answer
    adversarial: one_step.Answer
    saved: one_step.Answer
    saved_pixels: pictures.Pixels
    largest_change: float
    clipped: float | None
    losses: tuple[float, float]
    stops: tuple[float, ...]
    answers: NDArray[np.int64]


def add_to(commands: Any) -> None:
    """The words that this command understands."""
    parser = commands.add_parser("attack", help="attack one picture, say what the network says")
    parser.add_argument(
        "photo", metavar="PHOTO", type=Path, help=f"a {pictures.KNOWN} file; - is standard input"
    )
    names = ", ".join(card.name for card in models.MODELS)
    parser.add_argument("--model", default=models.MODELS[0].name, metavar="NAME", help=names)
    parser.add_argument(
        "--epsilon", metavar="E", help="largest change of a value: a fraction of the pixel range, "
        "as .007 or 2/255; .007 for photographs, .25 for digits if none is given",
    )  # fmt: skip
    goal = parser.add_mutually_exclusive_group()
    goal.add_argument("--label", metavar="CLASS", help="away from it; else from the first answer")
    goal.add_argument("--target", metavar="CLASS", help=f"toward it, or toward {classes.RUNNER_UP}")
    parser.add_argument(
        "--steps", type=int, choices=(1, sign_methods.STEPS), default=1,
        help="1: FGSM (default); 10: its iteration, the basic iterative method",
    )  # fmt: skip
    parser.add_argument(
        "--out", type=Path, metavar="PNG", help="where to save the attacked picture"
    )
    parser.add_argument("--json", action="store_true", help="the report as JSON")
    parser.set_defaults(run=run)


def run(options: argparse.Namespace) -> None:
    """Attack the picture as the options say; print the report, write the attacked one."""
    card = models.card(options.model)
    epsilon = THE_PAPERS[card.kind] if options.epsilon is None else epsilon_of(options.epsilon)
    names = models.class_names(card)
    label, target = (classes.find(word, names) for word in (options.label, options.target))
    _refuse_unwritable(options.out)
    pixels = _pixels(options.photo, card)
    device = demo.device.choose()
    model = models.load(card.name, device, report.show_download)
    image = pictures.to_tensor(pixels).to(device)
    step = one_step.run(model, image, epsilon, label, target)
    attack = _one if options.steps == 1 else _ten
    outcome = attack(model, card.kind, pixels, step, device)
    if options.out is not None:
        options.out.write_bytes(pictures.to_png(outcome.saved_pixels))
    found = _facts(options, card, names, step, outcome, label)
    print(json.dumps(found, indent=2) if options.json else report.text(found))


def epsilon_of(words: str) -> float:
    """ ".007" or "2/255" -> a fraction of the pixel range, 0 to 1. Raises ValueError."""
    above, slash, below = words.partition("/")
    try:
        epsilon = float(above) / (float(below) if slash else 1.0)
    except (ValueError, ZeroDivisionError):
        epsilon = math.nan
    if not 0 <= epsilon <= 1:
        raise ValueError(f"Epsilon is a number from 0 to 1, as .007 or 2/255, not {words!r}.")
    return epsilon


def _refuse_unwritable(out: Path | None) -> None:
    """Before any work is done for a file that cannot be written."""
    if out is None:
        return
    if out.suffix.lower() != ".png":
        raise ValueError(f"The attacked picture is saved as PNG: {out} must end in .png.")
    if not out.parent.is_dir():
        raise ValueError(f"There is no folder {out.parent} to save {out.name} in.")


def _pixels(photo: Path, card: models.ModelCard) -> pictures.Pixels:
    if photo != STANDARD_INPUT and (photo.is_dir() or not photo.exists()):
        raise ValueError(f"There is no file {photo}.")
    try:
        with sys.stdin.buffer if photo == STANDARD_INPUT else photo.open("rb") as file:
            picture = pictures.from_bytes(file.read(pictures.MAX_BYTES + 1))
        if card.kind == "digits":
            return digits.as_mnist(picture)[:, :, None]
    except ValueError as error:
        raise ValueError(f"{photo}: {error}") from error
    return pictures.at_network_size(picture, card.input_size)


def _one(
    model: fgsm.Model, kind: models.Kind, pixels: pictures.Pixels, step: one_step.OneStep,
    device: torch.device,
) -> Outcome:  # fmt: skip
    stops = confidence_sweep.stops_of(kind)
    epsilons = tuple(sorted({*stops, step.epsilon}))
    sweep = confidence_sweep.run(model, pixels, step.direction, device, epsilons)
    here = epsilons.index(step.epsilon)
    level = confidence_sweep.round_half_up(255 * step.epsilon)
    on_stops = np.isin(sweep.epsilons, stops)
    return Outcome(
        perturbation=step.perturbation,
        adversarial=step.adversarial,
        saved=_answer(sweep.saved_logits[sweep.saved[here]]),
        saved_pixels=confidence_sweep.rounded_picture(pixels, step.direction, level),
        largest_change=float(sweep.largest_change[here]),
        clipped=float(sweep.clipped[here]),
        losses=_losses(sweep.logits[[0, here]], step.label),
        stops=stops,
        answers=sweep.logits[on_stops].argmax(axis=1),
    )


def _ten(
    model: fgsm.Model, kind: models.Kind, pixels: pictures.Pixels, step: one_step.OneStep,
    device: torch.device,
) -> Outcome:  # fmt: skip
    levels = (*ten_steps.levels_of(kind), 255 * step.epsilon)
    image = pictures.to_tensor(pixels).to(device)
    *_, adversarial = ten_steps.steps(model, image, step.label, step.target, levels)
    result = ten_steps.result(model, image, adversarial)
    change = adversarial[-1:] - image
    magnified = change / step.epsilon if step.epsilon else change
    return Outcome(
        perturbation=one_step.answer(sign_methods.logits_of(model, (magnified + 1) / 2)),
        adversarial=_answer(result.logits[-1]),
        saved=_answer(result.saved_logits[-1]),
        saved_pixels=pictures.to_pixels(ten_steps.rounded(adversarial[-1:])),
        largest_change=255 * change.abs().max().item(),
        clipped=None,
        losses=_losses(result.logits[[0, -1]], step.label),
        stops=tuple(level / 255 for level in levels[:-1]),
        answers=result.logits[:-1].argmax(axis=1),
    )


def _answer(logits: NDArray[np.float32]) -> one_step.Answer:
    return one_step.answer(torch.from_numpy(logits)[None])


def _losses(logits: NDArray[np.float32], label: int) -> tuple[float, float]:
    labels = torch.full((2,), label)
    before, after = F.cross_entropy(torch.from_numpy(logits).double(), labels, reduction="none")
    return before.item(), after.item()


def _facts(
    options: argparse.Namespace, card: models.ModelCard, names: tuple[str, ...],
    step: one_step.OneStep, outcome: Outcome, label: int | None,
) -> dict[str, Any]:  # fmt: skip
    """Everything that is reported, as JSON has it."""
    flip = failures.first(outcome.answers != outcome.answers[0])
    notes = failures.explain(
        step, outcome.answers, options.steps, lambda k: names[k], label, failures.REACH[card.kind]
    )
    return {
        "photo": str(options.photo), "model": card.name, "steps": options.steps,
        "device": demo.device.name(demo.device.choose()),
        "epsilon": step.epsilon, "epsilon_x_255": 255 * step.epsilon,
        "label": None if step.target is not None else names[step.label],
        "target": None if step.target is None else names[step.target],
        "clean": classes.named(step.clean, names),
        "perturbation": classes.named(outcome.perturbation, names),
        "adversarial": classes.named(outcome.adversarial, names),
        "saved": classes.named(outcome.saved, names),
        "largest_change_of_255": outcome.largest_change, "clipped_share": outcome.clipped,
        "loss_before": outcome.losses[0], "loss_after": outcome.losses[1],
        "flips_at_epsilon": None if flip is None else outcome.stops[flip],
        "largest_stop": outcome.stops[-1],
        "notes": notes, "out": None if options.out is None else str(options.out),
    }  # fmt: skip
