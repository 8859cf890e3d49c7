"""Results -> lines for a terminal or for a program, files, and a bar while they are made."""

import csv
import json
import sys
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

import torch

import demo.device
from demo import models
from demo.data import whole

METHOD = {1: "One step of FGSM", 10: "Ten steps of epsilon/4"}


def writer(form: str) -> Callable[[dict[str, Any]], None]:
    """What prints the facts of one attack after the other, in one of `attack_words.FORMATS`."""
    if form == "csv":
        return _csv()
    line: dict[str, Callable[[dict[str, Any]], str]] = {
        "text": text,
        "json": lambda facts: json.dumps(facts, indent=2),
        "jsonl": json.dumps,
    }
    return lambda facts: print(line[form](facts), flush=True)


def _csv() -> Callable[[dict[str, Any]], None]:
    """A heading, then a line an attack; what is a list has no place in it."""
    table = csv.writer(sys.stdout, lineterminator="\n")
    begun = False

    def write(facts: dict[str, Any]) -> None:
        nonlocal begun
        flat: dict[str, Any] = {}
        for name, value in facts.items():
            if isinstance(value, dict):
                flat |= {f"{name}_{part}": each for part, each in value.items()}
            elif name not in ("notes", "curve", "out"):
                flat[name] = value
        if not begun:
            table.writerow(flat)
            begun = True
        table.writerow(flat.values())
        sys.stdout.flush()

    return write


def text(facts: dict[str, Any]) -> str:
    """One fact a line, then what must be explained."""
    rows = [
        ("clean picture", _answer(facts["clean"])),
        ("perturbation alone", _answer(facts["perturbation"])),
        ("adversarial example", _answer(facts["adversarial"])),
        ("rounded to 8 bit", _answer(facts["saved"])),
        ("loss", f"{facts['loss_before']:.4g} -> {facts['loss_after']:.4g} nats"),
        ("largest change", f"{facts['largest_change_of_255']:.4g} of 255"),
        ("clipped values", _clipped(facts["clipped_share"])),
        ("answer changes at", _flip(facts)),
        ("saved as", facts["out"]),
    ]
    lines = [f"  {what:<20} {value}" for what, value in rows if value is not None]
    return "\n".join([*_headline(facts), *lines, *facts["notes"]])


def write(path: Path, command: str, device: torch.device, setting: str, **found: object) -> Path:
    """What was found as JSON, and how it was measured, written whole or not at all."""
    contents = {
        "command": f"python -m demo {command}", "setting": setting,
        "device": demo.device.name(device), "torch": torch.__version__, **found,
    }  # fmt: skip
    with whole.written(path) as partial:
        partial.write_text(json.dumps(contents, indent=1) + "\n", encoding="utf-8")
    return path


def bar(what: str | Callable[[], str]) -> Callable[[float], None]:
    """A progress bar on a terminal, at most five times a second; nothing elsewhere."""
    last = [0.0]

    def show(share: float) -> None:
        now = time.monotonic()
        if not sys.stderr.isatty() or (now - last[0] < 0.2 and share < 1):
            return
        last[0] = now
        full = round(30 * min(share, 1))
        label = (what if isinstance(what, str) else what())[:60]
        line = "" if share >= 1 else f"{label} [{'#' * full}{'.' * (30 - full)}] {share:4.0%}"
        print(f"\r\033[K{line}", end="", file=sys.stderr, flush=True)

    return show


def show_progress(done: int, count: int) -> None:
    """How many pictures are done, for who watches; the reports themselves say so on a terminal."""
    if count > 1 and sys.stderr.isatty() and not sys.stdout.isatty():
        end = "\r\033[K" if done == count else ""
        print(f"\r{done} of {count} pictures{end}", end="", file=sys.stderr, flush=True)


def _headline(facts: dict[str, Any]) -> list[str]:
    goal = f"away from {facts['label']}" if facts["target"] is None else f"toward {facts['target']}"
    return [
        f"{facts['photo']}, {models.card(facts['model']).title} ({facts['device']})",
        f"{METHOD[facts['steps']]} {goal}, epsilon = {_epsilon(facts['epsilon'])}",
    ]


def _answer(answer: dict[str, Any]) -> str:
    return f"{answer['class']}, {_percent(answer['confidence'])}"


def _percent(share: float) -> str:
    """Never 100 % for what is less, as `scores.probabilities` has the digits to know."""
    return "> 99.99 %" if 0.9999 < share < 1 else f"{100 * share:.2f} %"


def _clipped(share: float | None) -> str | None:
    return None if share is None else f"{100 * share:.2f} %"


def _epsilon(epsilon: float) -> str:
    return f"{epsilon:.4g} ({255 * epsilon:.4g}/255)"


def _flip(facts: dict[str, Any]) -> str | None:
    if facts["largest_stop"] is None:
        return None
    if facts["flips_at_epsilon"] is None:
        return f"no stop up to {_epsilon(facts['largest_stop'])}"
    return _epsilon(facts["flips_at_epsilon"])
