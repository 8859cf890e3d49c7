"""`python -m demo <command>`: the product's work for scripts, without the page.

What a person got wrong is one sentence on the standard error and exit code 2.
"""

import argparse
import sys
from collections.abc import Sequence
from typing import NoReturn

from demo.commands import accuracy, attack, photographs, reproduce, train

COMMANDS = (attack, train, reproduce, accuracy, photographs)
"""In the order of the help; each adds its own parser, whose `run` takes the options."""


class _Parser(argparse.ArgumentParser):
    def error(self, message: str) -> NoReturn:
        """One sentence, where argparse would print the usage first."""
        self.exit(2, f"{self.prog}: {message} ({self.prog} --help explains)\n")


def main(words: Sequence[str] | None = None) -> int:
    """Run one command and give its exit code. words: the shell's own if None."""
    options = _parser().parse_args(words)
    try:
        options.run(options)
    except (ValueError, OSError) as error:
        print(f"python -m demo {options.command}: {error}", file=sys.stderr)
        return 2
    return 0


def _parser() -> argparse.ArgumentParser:
    parser = _Parser(prog="python -m demo", description="Adversarial examples by FGSM.")
    commands = parser.add_subparsers(dest="command", metavar="COMMAND", required=True)
    for command in COMMANDS:
        command.add_to(commands)
    return parser


if __name__ == "__main__":
    sys.exit(main())
