"""`python -m demo reproduce`: the paper's numbers from the trained networks, and the table.

python -m demo reproduce --data ~/data
python -m demo reproduce --only P1 P16 --data ~/data
"""

import argparse
import dataclasses
import functools
import time
from collections.abc import Callable
from pathlib import Path

import torch

import demo.device
from demo.commands import report, train
from demo.data import digits
from demo.data.labelled import Labelled
from demo.experiments.paper_numbers import at_hand, claims, rows, verdicts
from demo.experiments.paper_numbers import bench as benches
from demo.experiments.paper_numbers.bench import Bench
from demo.experiments.paper_numbers.claim import Claim
from demo.experiments.paper_numbers.rows import Row
from demo.training import recipes

QUICK = 1_000
"""Test digits with --quick."""


@dataclasses.dataclass(frozen=True)
class Place:
    """Where digits and networks are. whole: MNIST's 60,000, read when first asked for."""

    test: Labelled
    whole: Callable[[], Labelled]
    folders: tuple[Path, ...]
    device: torch.device
    quick: bool

    def bench(self, claim: Claim) -> Bench:
        """What the claim is measured on; with `quick` the first `QUICK` digits and one restart."""
        load = functools.cache(self._network)
        seen = self.whole()[digits.TRAINING] if claim.training else None
        if self.quick:
            few = slice(0, QUICK)
            return Bench(
                self.test[few], load, None if seen is None else seen[few].to(self.device), 1
            )
        return Bench(self.test, load, None if seen is None else seen.to(self.device))

    def _network(self, name: str, seed: int) -> torch.nn.Module:
        return at_hand.network(name, seed, self.device, self.folders)


def run(options: argparse.Namespace) -> None:
    """Measure each row that is asked for; print it, and keep it before the next begins."""
    chosen = claims.CLAIMS
    if options.only:
        asked = {claims.claim(number).id for number in options.only}
        chosen = tuple(claim for claim in chosen if claim.id in asked)
    place = _place(options)
    kept = () if options.quick else rows.read(options.out)
    done = []
    for claim in chosen:
        row = _row(claim, place, training=not (options.no_training or options.quick))
        print("\n".join(lines(row)), flush=True)
        done.append(row)
        if not options.quick:
            kept = rows.merged(kept, row, claims.ORDER)
            rows.write(kept, options.out)
    print(_sum(tuple(done)) + ("" if options.quick else f" Written to {_near(options.out)}."))


def _place(options: argparse.Namespace) -> Place:
    device = demo.device.choose(options.device)
    test = digits.mnist(options.data, train=False, download=options.download).to(device)
    whole = functools.cache(
        lambda: digits.mnist(options.data, train=True, download=options.download)
    )
    return Place(test, whole, at_hand.FOLDERS, device, options.quick)


def _row(claim: Claim, place: Place, *, training: bool) -> Row:
    if claim.measure is None:
        return rows.filled(claim, None, not_run=f"not run: {claim.needs}.")
    missing = at_hand.missing(claim.networks, place.folders)
    if missing and not training:
        return rows.filled(
            claim, None, not_run=f"not run: needs {at_hand.named(missing)}, not trained here; "
            f"python -m demo reproduce --only {claim.id} trains what is missing."
        )  # fmt: skip
    for name, seed in missing:
        _train(claim, name, seed, place)
    started = time.perf_counter()
    bar = report.bar(f"{claim.id}  {claim.what}")
    measured = benches.finished(claim.measure(place.bench(claim)), bar)
    bar(1.0)
    return rows.filled(
        claim, measured, command=f"python -m demo reproduce --only {claim.id}",
        device=demo.device.name(place.device), seconds=time.perf_counter() - started,
        weights=at_hand.hashes(claim.networks, place.folders),
    )  # fmt: skip


def _train(claim: Claim, name: str, seed: int, place: Place) -> None:
    """Train what the claim needs, having said so and how long it may take."""
    print(
        f"{claim.id} needs {name}, seed {seed}, which has not been trained here: training it now, "
        f"{_how_long(name, place.folders)}. (--no-training leaves the row out; a training that is "
        "stopped goes on where it was.)",
        flush=True,
    )
    test = place.test.to(torch.device("cpu"))
    train.one(recipes.recipe(name), seed, place.whole(), test, place.device, place.folders[-1])


def _how_long(name: str, folders: tuple[Path, ...]) -> str:
    """From the card of another seed, where there is one."""
    if at_hand.missing(((name, 1),), folders):
        return "some minutes to an hour on a CPU"
    card = at_hand.card(name, 1, folders)
    return f"about {max(1, round(card.seconds / 60))} min (seed 1 took that on {card.device})"


def lines(row: Row) -> list[str]:
    """One row of the table for a terminal: a headline, then a line for each number."""
    head = f"{row.id:<4} {row.what}"
    if row.not_run:
        return [head, f"       {row.not_run}"]
    width = max(len(number.what) for number in row.numbers)
    found = [
        f"       {number.what:<{width}}  {rows.shown(number.ours, number.unit):>12}"
        + ("" if number.paper is None else f"   paper {rows.shown(number.paper, number.unit)}")
        for number in row.numbers
    ]
    parts = [f"       {words}" for words in rows.parts_in_words(row)]
    return [head, *found, *parts, *_verdict(row)]


def _verdict(row: Row) -> list[str]:
    claim = claims.claim(row.id)
    judged = rows.judged(claim, row)
    if judged is None:
        return []
    verdict, reason = judged
    return [f"       {verdict.upper()}. {reason}", f"       ({claim.criterion})"]


def _sum(done: tuple[Row, ...]) -> str:
    """How many rows got each verdict, and which were not run."""
    found: dict[str, list[str]] = {verdict: [] for verdict in verdicts.VERDICTS}
    for row in done:
        judged = rows.judged(claims.claim(row.id), row)
        if judged is not None:
            found[judged[0]].append(row.id)
    found["not run"] = [row.id for row in done if row.not_run]
    words = [f"{v.capitalize()}: {', '.join(ids)}." for v, ids in found.items() if ids]
    return " ".join(words)


def _near(path: Path) -> str:
    """The path from here where that is shorter."""
    return str(path.relative_to(Path.cwd())) if path.is_relative_to(Path.cwd()) else str(path)
