"""The facts of an attack -> lines for a terminal."""

import sys
from typing import Any

from demo import models

METHOD = {1: "One step of FGSM", 10: "Ten steps of epsilon/4"}


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


def _flip(facts: dict[str, Any]) -> str:
    if facts["flips_at_epsilon"] is None:
        return f"no stop up to {_epsilon(facts['largest_stop'])}"
    return _epsilon(facts["flips_at_epsilon"])
