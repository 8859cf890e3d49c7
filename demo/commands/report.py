"""The facts of an attack -> lines for a terminal, or for a program."""

import csv
import json
import sys
from collections.abc import Callable
from typing import Any

from demo import models

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


def show_download(share: float) -> None:
    """A download's progress, 0 to 1, for who watches."""
    if sys.stderr.isatty():
        end = "\n" if share >= 1 else "\r"
        print(f"Fetching the weights, once only: {share:4.0%}", end=end, file=sys.stderr)


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
