"""`python -m demo attack PHOTO...`: the answers before and after, at each epsilon.

python -m demo attack panda.webp --epsilon 2/255 --target gibbon --steps 10 --out gibbon.png
python -m demo attack photographs/ --epsilon 1/255,2/255 --format csv > answers.csv
"""

import argparse
import re
import sys
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import Any

import numpy as np
import torch
import torch.nn.functional as F
from numpy.typing import NDArray

import demo.device
from demo import models
from demo.commands import attack_walk, classes, report
from demo.commands.attack_walk import Walk
from demo.commands.attack_words import STANDARD_INPUT
from demo.data import digits, pictures
from demo.experiments.attack import confidence_sweep, failures, one_step, ten_steps
from demo.models import brought

THE_PAPERS = {"photographs": confidence_sweep.THE_PAPERS_EPSILON, "digits": 0.25}
ENDINGS = re.compile(r"\.(jpe?g|png|webp|gif|bmp|tiff?|avif|hei[cf])$", re.IGNORECASE)
"""Of the files in a folder that are taken."""


def run(options: argparse.Namespace) -> None:
    """Attack the pictures as the options say; print the reports, write the attacked picture."""
    photos = list(_files(options.photos))
    device = demo.device.choose()
    card = _card(options.model, device)
    epsilons = options.epsilon or (THE_PAPERS[card.kind],)
    _refuse_several(options, len(photos) * len(epsilons))
    names = models.class_names(card)
    goal = [classes.find(word, names) for word in (options.label, options.target)]
    model = models.load(card.name, device, report.bar("Fetching the weights, once only"))
    write, failed = report.writer(options.format), 0
    for done, photo in enumerate(photos):
        report.show_progress(done, len(photos))
        try:
            pixels = _pixels(photo, card)
        except (ValueError, OSError) as error:
            if len(photos) == 1:
                raise
            failed += 1
            print(f"python -m demo attack: {error}", file=sys.stderr)
            continue
        for facts in _facts(options, card, photo, pixels, model, epsilons, *goal):
            write(facts)
    report.show_progress(len(photos), len(photos))
    if failed:
        raise ValueError(f"{failed} of {len(photos)} pictures could not be opened.")


def _card(name: str, device: torch.device) -> models.ModelCard:
    """Of a network of the catalogue, or of one that is brought: then it is checked and kept."""
    if ":" not in name:
        return models.card(name)
    card = brought.bring(name, device)
    for remark in card.remarks:
        print(f"python -m demo attack: {remark}", file=sys.stderr)
    return card


def _files(photos: Sequence[Path]) -> Iterator[Path]:
    """The pictures, and those of each folder in the order of their names."""
    for photo in photos:
        if not photo.is_dir():
            yield photo
            continue
        found = sorted(p for p in photo.iterdir() if ENDINGS.search(p.name))
        yield from found
        if not found:
            raise ValueError(f"There is no picture in the folder {photo}.")


def _refuse_several(options: argparse.Namespace, count: int) -> None:
    for words, given in (("--out", options.out), ("--json", options.format == "json")):
        if given and count > 1:
            raise ValueError(
                f"{words} is for one picture and one epsilon, and here are {count} attacks: "
                "--format jsonl or csv reports them all."
            )


def _pixels(photo: Path, card: models.ModelCard) -> pictures.Pixels:
    if photo != STANDARD_INPUT and not photo.exists():
        raise ValueError(f"There is no file {photo}.")
    try:
        with sys.stdin.buffer if photo == STANDARD_INPUT else photo.open("rb") as file:
            picture = pictures.from_bytes(file.read(pictures.MAX_BYTES + 1))
        if card.kind == "digits":
            return digits.as_mnist(picture)[:, :, None]
    except ValueError as error:
        raise ValueError(f"{photo}: {error}") from error
    return pictures.at_network_size(picture, card.input_size)


def _facts(
    options: argparse.Namespace, card: models.ModelCard, photo: Path, pixels: pictures.Pixels,
    model: torch.nn.Module, epsilons: tuple[float, ...], label: int | None, target: int | None,
) -> Iterator[dict[str, Any]]:  # fmt: skip
    """The reports of one picture, epsilon by epsilon, as JSON has them."""
    image = pictures.to_tensor(pixels).to(demo.device.choose())
    step = one_step.run(model, image, epsilons[0], label, target)
    grid = _epsilon_grid(card.kind, options.steps) if options.curve else ()
    walked = tuple(sorted({0.0, *grid, *epsilons}))
    walk = (attack_walk.one if options.steps == 1 else attack_walk.ten)(
        model, pixels, image, step, walked
    )
    names = models.class_names(card)
    about = {"photo": str(photo), "model": card.name, "device": demo.device.name(image.device)}
    about |= _of_the_picture(options, card, step, _curve(walk, grid, names), label)
    for epsilon in epsilons:
        i = walked.index(epsilon)
        if options.out is not None:
            options.out.write_bytes(pictures.to_png(walk.saved_pixels(i)))
        yield about | _at(walk, i, step.label, names)


def _of_the_picture(
    options: argparse.Namespace, card: models.ModelCard, step: one_step.OneStep,
    curve: list[dict[str, Any]] | None, label: int | None,
) -> dict[str, Any]:  # fmt: skip
    """The facts that no epsilon changes."""
    names = models.class_names(card)
    answers = None if curve is None else np.array([each["index"] for each in curve])
    flip = None if answers is None else failures.first(answers != answers[0])
    return {
        "steps": options.steps,
        "label": None if step.target is not None else names[step.label],
        "target": None if step.target is None else names[step.target],
        "clean": classes.named(step.clean, names),
        "flips_at_epsilon": None if curve is None or flip is None else curve[flip]["epsilon"],
        "largest_stop": None if curve is None else curve[-1]["epsilon"], "curve": curve,
        "notes": failures.explain(
            step, answers, options.steps, lambda k: names[k], label, failures.REACH[card.kind]
        ),
        "out": None if options.out is None else str(options.out),
    }  # fmt: skip


def _at(walk: Walk, i: int, label: int, names: tuple[str, ...]) -> dict[str, Any]:
    """The facts of the i-th epsilon."""
    before, after = _losses(walk.logits[[0, i]], label)
    return {
        "epsilon": walk.epsilons[i], "epsilon_x_255": 255 * walk.epsilons[i],
        "perturbation": classes.named(walk.perturbation(i), names),
        "adversarial": classes.named(_answer(walk.logits[i]), names),
        "saved": classes.named(_answer(walk.saved_logits[i]), names),
        "largest_change_of_255": float(walk.largest_change[i]),
        "clipped_share": None if walk.clipped is None else float(walk.clipped[i]),
        "loss_before": before, "loss_after": after,
    }  # fmt: skip


def _epsilon_grid(kind: models.Kind, steps: int) -> tuple[float, ...]:
    if steps == 1:
        return confidence_sweep.epsilon_grid(kind)
    return tuple(level / 255 for level in ten_steps.levels_of(kind))


def _curve(
    walk: Walk, grid: tuple[float, ...], names: tuple[str, ...]
) -> list[dict[str, Any]] | None:
    """The answer at each epsilon of the grid; None where that is empty."""
    found = {e: _answer(z) for e, z in zip(walk.epsilons, walk.logits, strict=True)}
    return [{"epsilon": e} | classes.named(found[e], names) for e in grid] or None


def _answer(logits: NDArray[np.float32]) -> one_step.Answer:
    return one_step.answer(torch.from_numpy(logits)[None])


def _losses(logits: NDArray[np.float32], label: int) -> tuple[float, float]:
    labels = torch.full((2,), label)
    before, after = F.cross_entropy(torch.from_numpy(logits).double(), labels, reduction="none")
    return before.item(), after.item()
