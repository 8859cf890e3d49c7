"""The words of `python -m demo attack`; see `words`."""

import argparse
import math
from pathlib import Path
from typing import Any

NETWORK = "efficientnet-lite0"
RUNNER_UP = "runner-up"
STANDARD_INPUT = Path("-")
FORMATS = ("text", "json", "csv", "jsonl")


def options(commands: Any) -> None:
    """Photographs, a network, what to do to them, and how to report it."""
    parser = commands.add_parser("attack", help="attack pictures, say what the network says")
    parser.add_argument(
        "photos", metavar="PHOTO", type=Path, nargs="+", action=_Photos,
        help="a picture's file, or a folder of them; - is standard input",
    )  # fmt: skip
    parser.add_argument(
        "--model", default=NETWORK, metavar="NAME", help="a network of docs/networks.md, or your "
        f"own as FILE.py:FUNCTION or PACKAGE.MODULE:FUNCTION (default: {NETWORK})",
    )  # fmt: skip
    parser.add_argument(
        "--epsilon", metavar="E", type=epsilons, help="largest change of a value: a fraction of "
        "the pixel range, as .007 or 2/255, or several, as 1/255,2/255; else .007, for digits .25",
    )  # fmt: skip
    goal = parser.add_mutually_exclusive_group()
    goal.add_argument("--label", metavar="CLASS", help="away from it; else from the first answer")
    goal.add_argument("--target", metavar="CLASS", help=f"toward it, or toward {RUNNER_UP}")
    parser.add_argument(
        "--steps", type=int, choices=(1, 10), default=1,
        help="1: FGSM (default); 10: its iteration, the basic iterative method",
    )  # fmt: skip
    _report(parser)


def _report(parser: argparse.ArgumentParser) -> None:
    parser.add_argument(
        "--curve",
        action="store_true",
        help="the answers at the stops of the page's curve, too: where does the first one change?",
    )
    parser.add_argument(
        "--out", type=_png, metavar="PNG", help="where to save the attacked picture"
    )
    parser.add_argument(
        "--format", choices=FORMATS, default=FORMATS[0],
        help="of the report; csv and jsonl: a line for each picture and epsilon",
    )  # fmt: skip
    parser.add_argument(
        "--json", action="store_const", const="json", dest="format", help="--format json"
    )


class _Photos(argparse.Action):
    """The pictures; where not one of them is there, nothing needs to be loaded to say so."""

    def __call__(
        self, parser: argparse.ArgumentParser, options: argparse.Namespace, values: Any, *_: Any
    ) -> None:
        if not any(path == STANDARD_INPUT or path.exists() for path in values):
            parser.error(f"There is no file {values[0]}.")
        options.photos = values


def epsilons(words: str) -> tuple[float, ...]:
    """ "1/255,.007" -> fractions of the pixel range, 0 to 1."""
    return tuple(epsilon_of(word) for word in words.split(","))


def epsilon_of(word: str) -> float:
    """ ".007" or "2/255" -> a fraction of the pixel range, 0 to 1. Raises ArgumentTypeError."""
    above, slash, below = word.partition("/")
    try:
        epsilon = float(above) / (float(below) if slash else 1.0)
    except (ValueError, ZeroDivisionError):
        epsilon = math.nan
    if not 0 <= epsilon <= 1:
        raise argparse.ArgumentTypeError(
            f"Epsilon is a number from 0 to 1, as .007 or 2/255, not {word!r}."
        )
    return epsilon


def _png(word: str) -> Path:
    """Refused before any work is done for a file that cannot be written."""
    out = Path(word)
    if out.suffix.lower() != ".png":
        raise argparse.ArgumentTypeError(
            f"The attacked picture is saved as PNG: {out} must end in .png."
        )
    if not out.parent.is_dir():
        raise argparse.ArgumentTypeError(f"There is no folder {out.parent} to save {out.name} in.")
    return out
