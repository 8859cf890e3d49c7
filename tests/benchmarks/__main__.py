"""`python -m tests.benchmarks`: a table, and assets/results/benchmarks.json.

    pip install --no-deps -r tests/benchmarks/requirements.txt
    python -m tests.benchmarks
    python -m tests.benchmarks --rounds 5 --only fgsm-1 --only curve --network conv

Ours always runs on the network that `models.load` gives. A peer runs on the network as its users
build it (timm's module behind `networks.Normalized`, or the digits' plain module, parameters not
frozen), and once more on the very network that ours runs on. With `--only`, the other rows of the
file stay as they are. A row that has used its share of the time begins no further round.
"""

import argparse
import json
import math
import warnings
from collections.abc import Callable
from dataclasses import dataclass
from importlib import metadata
from pathlib import Path
from typing import Any

import torch
from torch import Tensor

import demo.device
from demo import fgsm, models
from tests.benchmarks import cost, cuda, fresh, peers, steps, subjects, timing, work
from tests.benchmarks.subjects import Subject
from tests.benchmarks.work import OURS, SAME, USERS, Work

RESULTS = models.ASSETS / "results" / "benchmarks.json"
LIBRARIES = ("torch", "timm", *(peer.package for peer in peers.PEERS))
CURVE_TARGET = 0.2
FLOOR_TARGET = 1.15
PAGE_TARGETS = {"three pictures": 1.0, "curve": 2.5, "control and logits": 6.0}

Entry = dict[str, Any]


@dataclass(frozen=True)
class Run:
    """What was asked for. rounds: of the short rows at least.  seconds: a row's share."""

    rounds: int
    networks: tuple[str, ...]
    seconds: float

    def subjects(self) -> list[Subject]:
        """Each network with its pictures."""
        return [Subject(name) for name in self.networks]


def against_peers(
    run: Run, on: Subject, pieces: Work, target: float | None, values: bool = True
) -> list[Entry]:
    """One entry a peer and network: ours over theirs, and how far their results are from ours.

    values: results are examples, told apart value by value; else logits, by the largest
    difference.  target: of every peer on the network that its users have.
    """
    ours, *theirs = (piece() for piece in pieces.values())
    measure = peers.share_apart if values else _largest_difference
    apart = dict(zip(list(pieces)[1:], (measure(ours, x) for x in theirs), strict=True))
    seconds = timing.in_turns(pieces, run.rounds, 0, run.seconds / len(run.networks))
    key = "share_apart" if values else "largest_logit_difference"
    return [entry | {key: apart[entry["against"]]} for entry in _ratios(on.name, seconds, target)]


def _largest_difference(ours: Tensor, theirs: Tensor) -> float:
    return float((ours.cpu() - theirs.cpu()).abs().max())


def _ratios(network: str, values: timing.Seconds, target: float | None) -> list[Entry]:
    """Ours over each of the others."""
    return [
        {"network": network, "against": name, "target": None if SAME in name else target}
        | timing.ratio(values[OURS], theirs)
        | {"ours": timing.summary(values[OURS]), "theirs": timing.summary(theirs)}
        for name, theirs in values.items()
        if name != OURS
    ]


def fgsm_row(batch: int) -> Callable[[Run], list[Entry]]:
    """One FGSM at a batch."""
    return lambda run: [
        entry
        for on in run.subjects()
        for entry in against_peers(run, on, work.fgsm_work(on, batch), 1)
    ]


def targeted_row(run: Run) -> list[Entry]:
    return [e for on in run.subjects() for e in against_peers(run, on, work.targeted_work(on), 1)]


def pgd_row(run: Run) -> list[Entry]:
    return [e for on in run.subjects() for e in against_peers(run, on, work.pgd_work(on), 1)]


def curve_row(run: Run) -> list[Entry]:
    return [
        entry
        for on in run.subjects()
        for entry in against_peers(run, on, work.curve_work(on), CURVE_TARGET, values=False)
    ]


def floor_row(run: Run) -> list[Entry]:
    """One FGSM over the bare forward and backward pass."""
    entries = []
    for on in run.subjects():
        seconds = timing.in_turns(work.floor_work(on), 4 * run.rounds, 2, run.seconds)
        entries += [e | {"target": FLOOR_TARGET} for e in _ratios(on.name, seconds, None)]
    return entries


def agreement_row(run: Run) -> list[Entry]:
    """Six pictures, two epsilons, untargeted and targeted: how many values differ by over 1e-6."""
    return [_agreement(on, peer) for on in run.subjects() for peer in peers.PEERS]


def _agreement(on: Subject, peer: peers.Peer) -> Entry:
    shares = []
    for epsilon in (on.epsilon, 8 / 255):
        up, down = peer.fgsm(on.model, epsilon), peer.targeted_fgsm(on.model, epsilon)
        for image, label in zip(*(t.split(1) for t in on.batch(6)), strict=True):
            target = (label + 7) % on.classes
            ours = fgsm.fgsm(on.model, image, label, epsilon)
            toward = fgsm.targeted_fgsm(on.model, image, target, epsilon)
            shares.append(peers.share_apart(ours, up(image, label)))
            shares.append(peers.share_apart(toward, down(image, target)))
    mean = sum(shares) / len(shares)
    return {
        "network": on.name, "against": peer.name, "attacks": len(shares), "mean": mean,
        "largest": max(shares),
    }  # fmt: skip


def fresh_row(run: Run) -> list[Entry]:
    """Processes of their own: seconds to the first result, and peak memory in megabytes."""
    entries = []
    libraries = [OURS, *(peer.name for peer in peers.PEERS)]
    for network in run.networks:
        found = fresh.in_turns(network, libraries, min(run.rounds, 5))
        entries += [
            {"what": what} | entry
            for what, values in found.items()
            for entry in _ratios(network, values, 1)
        ]
    return entries


def steps_row(run: Run) -> list[Entry]:
    """What each step of the gradient pays, and how many signs it changes."""
    entries = []
    for on in run.subjects():
        for batch in (1, 8, 64):
            entries += steps.measured(on, batch, 2 * run.rounds, run.seconds / 3)
        entries.append(steps.sweeps(on, run.rounds, run.seconds / 3))
    return entries


def page_row(run: Run) -> list[Entry]:
    """What the attack page waits for: seconds, and multiples of one forward pass."""
    seconds = timing.in_turns(work.page_work(Subject(count=1)), run.rounds, 1, run.seconds)
    unit = seconds["one forward pass"]
    return [
        {"what": name, "target_seconds": PAGE_TARGETS.get(name)}
        | {"seconds": timing.summary(spent), "forward_passes": timing.ratio(spent, unit)["ratio"]}
        for name, spent in seconds.items()
    ]


ROWS: dict[str, tuple[str, float, Callable[[Run], list[Entry]]]] = {
    "agreement": ("share of values more than 1e-6 from ours, mean and largest", 0, agreement_row),
    "floor": ("one FGSM over the bare forward and backward pass", 20, floor_row),
    "fgsm-1": ("one FGSM, batch 1", 40, fgsm_row(1)),
    "fgsm-8": ("one FGSM, batch 8", 60, fgsm_row(8)),
    "fgsm-64": ("one FGSM, batch 64", 100, fgsm_row(64)),
    "targeted": ("one targeted FGSM, batch 1", 40, targeted_row),
    "pgd": ("PGD, 20 steps, batch 8", 120, pgd_row),
    "curve": ("the curve of 65 epsilons", 120, curve_row),
    "fresh": ("a fresh process: seconds to the first result, peak megabytes", 0, fresh_row),
    "page": ("the page: seconds, and forward passes", 60, page_row),
    "steps": ("each step of our gradient over the one before", 60, steps_row),
    "cost": ("how time and memory grow", 0, lambda run: cost.measured(run.rounds)),
    "cuda": ("one gradient on CUDA", 0, lambda run: cuda.measured(run.rounds)),
}
"""Name for `--only` -> its title, its share of the time in seconds, and how it is measured."""


def table(name: str, entries: list[Entry]) -> str:
    """One row's entries for a terminal."""
    return "\n".join([f"\n{name}: {ROWS[name][0]}", *(f"  {_line(entry)}" for entry in entries)])


def _line(entry: Entry) -> str:
    heads = [str(entry[k]) for k in ("network", "batch", "what", "step", "against") if k in entry]
    head = f"{', '.join(heads):<78}"
    if "attacks" in entry:
        return f"{head} {entry['mean']:.4%}  {entry['largest']:.4%}  of {entry['attacks']} attacks"
    if "seconds" in entry:
        spent, target = entry["seconds"], _target(entry["target_seconds"])
        return f"{head} {spent['median']:.3f} s  {entry['forward_passes']:.1f}  {target}"
    if "ratio" not in entry:
        rest = {k: v for k, v in entry.items() if k not in ("network", "batch", "what")}
        return f"{head} {', '.join(f'{k} {_short(v)}' for k, v in rest.items())}"
    spread = f"({entry['quartile_1']:.2f} to {entry['quartile_3']:.2f})"
    return f"{head} {entry['ratio']:.3f} {spread}{_values(entry)}{_differs(entry)}{_missed(entry)}"


def _short(value: object) -> str:
    return f"{value:.4g}" if isinstance(value, float) else str(value)


def _values(entry: Entry) -> str:
    megabytes = "memory" in str(entry.get("what"))
    factor, unit = (1, "MB") if megabytes else (1e3, "ms")
    sides = [entry[side]["median"] * factor for side in ("ours", "theirs") if side in entry]
    return f"  {' / '.join(f'{side:.2f}' for side in sides)} {unit}"


def _differs(entry: Entry) -> str:
    if "share_apart" in entry:
        return f"  {entry['share_apart']:.3%} of the values differ"
    if "largest_logit_difference" in entry:
        return f"  logits within {entry['largest_logit_difference']:.1e}"
    if "signs_as_plain" in entry:
        low = entry["signs_as_plain"] < entry["least_wanted"]
        return f"  signs {entry['signs_as_plain']:.3%}" + ("  TOO FEW" if low else "")
    return ""


def _missed(entry: Entry) -> str:
    target = entry.get("target")
    return "" if target is None else f"  {_target(target)}{_verdict(entry['ratio'], target)}"


def _verdict(ratio: float, target: float) -> str:
    return "" if ratio <= target else ": MISSED"


def _target(value: float | None) -> str:
    return "" if value is None else f"target {value:g}"


def best_peer(entries: list[Entry]) -> list[Entry]:
    """Of each network, and thing measured: the entry of the quickest peer on its users' network."""
    best: dict[tuple[str, str], Entry] = {}
    for entry in entries:
        if str(entry.get("against", "")).endswith(USERS) and "theirs" in entry:
            key = (entry["network"], str(entry.get("what", "")))
            known = best.get(key)
            if known is None or entry["theirs"]["median"] < known["theirs"]["median"]:
                best[key] = entry
    return list(best.values())


def write(path: Path, name: str, command: str, entries: list[Entry]) -> None:
    """Put one row into the file, and leave the others."""
    path.parent.mkdir(parents=True, exist_ok=True)
    found: dict[str, Any] = {}
    if path.is_file():
        found = json.loads(path.read_text(encoding="utf-8"))
    if "rows" not in found:
        found = {"command": "python -m tests.benchmarks", "rows": {}}
    found["rows"][name] = {
        "title": ROWS[name][0], "command": command,
        "device": demo.device.name(demo.device.choose()),
        "versions": {library: metadata.version(library) for library in LIBRARIES},
        "entries": entries,
    }  # fmt: skip
    path.write_text(json.dumps(found, indent=1) + "\n", encoding="utf-8")


def main() -> None:
    parser = argparse.ArgumentParser(
        prog="python -m tests.benchmarks", description=__doc__,
        formatter_class=argparse.RawDescriptionHelpFormatter,
    )  # fmt: skip
    parser.add_argument("--rounds", type=int, default=15, help="at most, of the short rows")
    parser.add_argument("--only", action="append", choices=ROWS, help="this row; more than once")
    parser.add_argument("--network", action="append", choices=subjects.NETWORKS)
    parser.add_argument("--out", type=Path, default=RESULTS)
    options = parser.parse_args()
    if options.rounds < 2:
        parser.error("--rounds must be at least 2: one value has no spread")
    if missing := peers.missing():
        parser.error(
            f"{', '.join(missing)} cannot be imported here: "
            "pip install --no-deps -r tests/benchmarks/requirements.txt"
        )
    warnings.simplefilter("ignore")  # the peers' own
    networks = tuple(options.network or subjects.NETWORKS)
    asked = options.only or [n for n in ROWS if n != "cuda" or torch.cuda.is_available()]
    print(demo.device.name(demo.device.choose()), flush=True)
    for name in asked:
        run = Run(options.rounds, networks, ROWS[name][1] or math.inf)
        entries = ROWS[name][2](run)
        command = f"python -m tests.benchmarks --rounds {options.rounds} --only {name}"
        write(options.out, name, command, entries)
        print(table(name, entries), flush=True)
        for entry in best_peer(entries):
            print(f"  the best peer: {entry['against']}, ratio {entry['ratio']:.3f}")


if __name__ == "__main__":
    main()
