"""`python -m demo <command>`: the product's work for scripts, without the page.

What a person got wrong is one sentence on the standard error and exit code 2; where nobody reads
any more (`| head`) it ends without a word, as other programs do, with 141.
"""

import argparse
import codecs
import importlib
import io
import os
import sys
from collections.abc import Sequence
from typing import NoReturn

from demo.commands import attack_words, words

COMMANDS = (
    attack_words.options, words.train, words.pack, words.reproduce, words.accuracy,
    words.photographs,
)  # fmt: skip
"""In the order of the help; the module of the same name in `demo.commands` has its `run`."""


class _Parser(argparse.ArgumentParser):
    def error(self, message: str) -> NoReturn:
        """One sentence, where argparse would print the usage first."""
        self.exit(2, f"{self.prog}: {message} ({self.prog} --help explains)\n")


def main(asked: Sequence[str] | None = None) -> int:
    """Run one command and give its exit code. asked: the shell's own if None."""
    _make_printable()
    options = _parser().parse_args(asked)
    try:
        importlib.import_module(f"demo.commands.{options.command}").run(options)
        sys.stdout.flush()
    except BrokenPipeError:
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
        return 128 + 13  # a shell's word for SIGPIPE
    except (ValueError, OSError) as error:
        print(f"python -m demo {options.command}: {error}", file=sys.stderr)
        return 2
    return 0


PLAIN = {
    "“": '"', "”": '"', "’": "'", "–": "-", "−": "-", "×": "x", "ε": "epsilon", "α": "alpha",
    "→": "->", "…": "...",
}  # fmt: skip


def _make_printable() -> None:
    """Let every character be printed: what the console or a file name's bytes lack, in ASCII."""
    codecs.register_error("in ASCII", _in_ascii)
    for stream in (sys.stdout, sys.stderr):
        if isinstance(stream, io.TextIOWrapper):
            stream.reconfigure(errors="in ASCII")


def _in_ascii(error: UnicodeError) -> tuple[str, int]:
    assert isinstance(error, UnicodeEncodeError)
    lacking = error.object[error.start : error.end]
    known = "".join(PLAIN.get(each, ascii(each)[1:-1]) for each in lacking)
    return known, error.end


def _parser() -> argparse.ArgumentParser:
    parser = _Parser(prog="python -m demo", description="Adversarial examples by FGSM.")
    commands = parser.add_subparsers(dest="command", metavar="COMMAND", required=True)
    for command in COMMANDS:
        command(commands)
    return parser


if __name__ == "__main__":
    sys.exit(main())
