"""A class as a person writes it -> its index, and an answer as a person reads it."""

import difflib
from typing import Any

from demo.commands.attack_words import RUNNER_UP
from demo.experiments.attack import one_step


def find(word: str | None, names: tuple[str, ...]) -> int | None:
    """The index of the class that `word` names, in any case, or that it is; None stays None.

    `RUNNER_UP` is `one_step.RUNNER_UP`. Raises ValueError where no class or several are meant.
    """
    if word is None:
        return None
    wanted = word.strip().casefold()
    if wanted == RUNNER_UP:
        return one_step.RUNNER_UP
    if wanted.isdecimal() and int(wanted) < len(names):
        return int(wanted)
    found = [i for i, name in enumerate(names) if name.casefold() == wanted]
    if len(found) == 1:
        return found[0]
    raise ValueError(_several(word, found) if found else _none(word, names))


def named(answer: one_step.Answer, names: tuple[str, ...]) -> dict[str, Any]:
    """An answer with its name, as JSON has it."""
    name = names[answer.label]
    return {"class": name, "index": answer.label, "confidence": answer.confidence}


def _several(word: str, found: list[int]) -> str:
    numbers = " and ".join(map(str, found))
    return f"Several classes are called {word!r}, {numbers}: give the number of one."


def _none(word: str, names: tuple[str, ...]) -> str:
    near = difflib.get_close_matches(word, names, cutoff=0.7)
    hint = f"did you mean {', '.join(near)}?" if near else f"nor a number below {len(names)}."
    return f"There is no class called {word!r}: {hint}"
