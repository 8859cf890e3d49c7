"""The words that each command understands. Nothing heavy is imported to read them.

`python -m demo --help` and a mistyped word are answered before PyTorch is loaded; what a command
does is in the module of its name.
"""

import argparse
from pathlib import Path
from typing import Any

ASSETS = Path(__file__).parents[2] / "assets"
RESULTS = ASSETS / "results"
SEED = 1
"""Of the networks that ship."""


def train(commands: Any) -> None:
    """A recipe, its data, and how it differs from the recipe."""
    parser = commands.add_parser("train", help="train a network, or go on training it")
    what = parser.add_mutually_exclusive_group(required=True)
    what.add_argument("name", metavar="NAME", nargs="?", help="a network of docs/networks.md")
    what.add_argument("--all", action="store_true", help="every digit network that ships")
    _mnist(parser)
    parser.add_argument("--epochs", type=int, metavar="N", help="other than the recipe's")
    parser.add_argument("--seed", type=int, default=SEED, metavar="N")
    _device(parser)
    parser.add_argument(
        "--out", type=Path, metavar="DIR",
        help="for weights and card; else trained (assets/weights holds those that ship)",
    )  # fmt: skip
    parser.add_argument(
        "--measure", action="store_true",
        help="no training: attack the network that is there again, and renew its card",
    )  # fmt: skip
    parser.add_argument("--restart", action="store_true", help="do not go on from a checkpoint")
    _photograph_training(parser)


_NUMBERS = (
    ("minutes", float, "M", "be done by then: the schedule fits itself"),
    ("images", int, "N", "crops to train on, in all"),
    ("batch", int, "N", "crops in a step, of all processes"),
    ("round", int, "N", "crops from checkpoint to checkpoint"),
    ("epsilon", float, "N", "N/255 is the adversary's largest change"),
    ("rate", float, "R", "the highest learning rate"),
    ("size", int, "S", "side of the crops, pixels"),
    ("late", int, "S", "their side in the last part"),
    ("decay", float, "D", "of the weights' average, for each step"),
    ("known", float, "K", "a label's part in what the student shall answer"),
    ("features", float, "F", "weight of the teacher's features in the loss"),
    ("blend", float, "B", "share of batches whose crops are mixed in pairs"),
    ("workers", int, "N", "processes that decode"),
)
"""Option, type, metavar, help; without it the recipe's number."""


def _photograph_training(parser: argparse.ArgumentParser) -> None:
    group = parser.add_argument_group(
        "photographs", "--data holds train-*.tar, or ImageNet as one folder for each class"
    )
    group.add_argument(
        "--check", type=Path, metavar="PATH",
        help="labelled photographs to measure on; else check.tar or val in --data",
    )  # fmt: skip
    group.add_argument(
        "--start", metavar="NAME", help="network whose weights the student begins with; epsilon "
        "is then whole at once",
    )  # fmt: skip
    for name, kind, metavar, words in _NUMBERS:
        group.add_argument(f"--{name}", type=kind, metavar=metavar, help=words)
    group.add_argument(
        "--mix", type=float, default=1.0, metavar="M",
        help="share of the student in the weights written, 0 to 1; the rest is the standard "
        "network's",
    )  # fmt: skip


def pack(commands: Any) -> None:
    """Where photographs are, and how small they get."""
    parser = commands.add_parser("pack", help="make photographs small, for training elsewhere")
    parser.add_argument("out", type=Path, metavar="OUT.tar")
    parser.add_argument(
        "sources", type=Path, nargs="+", metavar="SOURCE",
        help="archives of photographs, or folders that hold a folder for each class",
    )  # fmt: skip
    parser.add_argument("--side", type=int, default=128, metavar="S", help="the shorter, pixels")
    parser.add_argument("--quality", type=int, default=66, metavar="Q", help="of WebP, 0 to 100")
    parser.add_argument(
        "--check", type=Path, action="append", default=[], metavar="CHECK.tar",
        help="photographs to measure on, whose near copies are left out; more than once",
    )  # fmt: skip
    parser.add_argument("--unlabelled", action="store_true", help="leave the labels out")


def reproduce(commands: Any) -> None:
    """Which rows of the paper's table."""
    parser = commands.add_parser("reproduce", help="recompute the paper's numbers on MNIST")
    _mnist(parser)
    parser.add_argument("--only", nargs="+", metavar="ROW", help="P1 to P22, B1 to B10")
    parser.add_argument(
        "--quick", action="store_true",
        help="a look: 1,000 test digits, PGD from one start, no training, nothing written",
    )  # fmt: skip
    parser.add_argument(
        "--no-training", action="store_true",
        help="leave out the rows whose networks have not been trained here",
    )  # fmt: skip
    _device(parser)
    _out(parser, "JSON", RESULTS / "paper.json")


def accuracy(commands: Any) -> None:
    """Where the digits are, and where the rows go."""
    parser = commands.add_parser(
        "accuracy", help="measure every digit network under every attack, 11 epsilons"
    )
    _mnist(parser)
    parser.add_argument("--at-most", type=int, metavar="N", help="test digits, for a trial")
    _device(parser)
    _out(parser, "FILE", RESULTS / "digit_accuracy.json")


def photographs(commands: Any) -> None:
    """Labelled photographs, if any, and where the files go."""
    parser = commands.add_parser(
        "photographs", help="measure the photograph networks that ship, with and without attack"
    )
    parser.add_argument(
        "--check", type=Path, metavar="PATH",
        help="labelled photographs, an archive or a folder of folders: accuracy against epsilon",
    )  # fmt: skip
    parser.add_argument(
        "--everyday", type=Path, metavar="PATH", help="the same, of the 29 everyday kinds"
    )
    parser.add_argument(
        "--transfer", action="store_true",
        help="only the gallery, attacked on each network and tested on all",
    )  # fmt: skip
    parser.add_argument(
        "--kinds", action="store_true",
        help="with --check: the same network where fewer kinds may be answered",
    )  # fmt: skip
    parser.add_argument("--at-most", type=int, metavar="N", help="of them, for a trial")
    _device(parser)
    _out(parser, "DIR", RESULTS)
    parser.add_argument(
        "--recorded", type=Path, default=ASSETS / "recorded", metavar="DIR",
        help="where what the first page shows is recorded (default: assets/recorded)",
    )  # fmt: skip


def _mnist(parser: argparse.ArgumentParser) -> None:
    parser.add_argument(
        "--data", type=Path, default=Path("data"), metavar="DIR",
        help="the folder that holds MNIST/raw (default: data)",
    )  # fmt: skip
    parser.add_argument("--download", action="store_true", help="fetch MNIST if it is not there")


def _device(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("--device", metavar="D", help="cpu, cuda, cuda:1 or mps; else the best")


def _out(parser: argparse.ArgumentParser, metavar: str, default: Path) -> None:
    near = default.relative_to(ASSETS.parent).as_posix()
    parser.add_argument("--out", type=Path, default=default, metavar=metavar, help=f"else {near}")
