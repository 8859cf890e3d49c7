"""A claim's row: ours beside the paper's, what was run, and the file that keeps all rows."""

import dataclasses
import json
import math
import statistics
from pathlib import Path
from typing import Any

from demo.data import whole
from demo.experiments.paper_numbers.bench import Measured
from demo.experiments.paper_numbers.claim import Claim
from demo.experiments.paper_numbers.verdicts import Judged

RESULTS = Path(__file__).parents[3] / "assets" / "results" / "paper.json"


@dataclasses.dataclass(frozen=True)
class Number:
    """One number of a row. ours, paper: shares are 0 to 1 with unit "%"; None: not known."""

    what: str
    ours: float | None
    paper: float | None
    unit: str = "%"


@dataclasses.dataclass(frozen=True)
class Row:
    """One line of the table. Its verdict is not kept: `judged` gives it by the table's criterion.

    setting: in words.  not_run: the sentence that says why nothing was run, else empty.
    digits: attacked.  seconds: taken, on `device`.  weights: SHA-256 of each network's file, by
    the file's name.  parts: what the numbers are made of.
    """

    id: str
    what: str
    numbers: tuple[Number, ...]
    setting: str
    not_run: str
    seeds: tuple[int, ...]
    command: str
    device: str
    seconds: float
    digits: int
    weights: dict[str, str]
    parts: dict[str, tuple[float, ...]]


def numbers(claim: Claim, values: tuple[float, ...] | None) -> tuple[Number, ...]:
    """The claim's numbers with ours in them; without, where there are no values."""
    ours = values or (None,) * len(claim.numbers)
    return tuple(
        Number(what, mine, paper, unit)
        for mine, (what, paper, unit) in zip(ours, claim.numbers, strict=True)
    )


def filled(
    claim: Claim, measured: Measured | None, *, not_run: str = "", command: str = "",
    device: str = "", seconds: float = 0.0, weights: dict[str, str] | None = None,
) -> Row:  # fmt: skip
    """The claim's row: what was measured, or why nothing was."""
    return Row(
        id=claim.id, what=claim.what,
        numbers=numbers(claim, None if measured is None else measured.values),
        setting=claim.setting, not_run=not_run,
        seeds=tuple(dict.fromkeys(seed for _, seed in claim.networks)),
        command=command, device=device, seconds=round(seconds, 1),
        digits=0 if measured is None else measured.digits, weights=weights or {},
        parts={} if measured is None else measured.parts,
    )  # fmt: skip


def judged(claim: Claim, row: Row) -> Judged | None:
    """The verdict and its reason; None where nothing was run or the paper has no such number."""
    if row.not_run or claim.judge is None:
        return None
    values = tuple(math.nan if n.ours is None else n.ours for n in row.numbers)
    return claim.judge(Measured(values, row.digits, row.parts))


class Unreadable(ValueError):
    """The file of results is not one."""


def read(path: Path = RESULTS) -> tuple[Row, ...]:
    """The rows of that file; none where there is no file. Raises `Unreadable`."""
    if not path.is_file():
        return ()
    try:
        return tuple(_row(entry) for entry in json.loads(path.read_text(encoding="utf-8"))["rows"])
    except (ValueError, KeyError, TypeError) as error:
        raise Unreadable(
            f"The results {path.name} cannot be read: python -m demo reproduce writes them anew."
        ) from error


def write(rows: tuple[Row, ...], path: Path = RESULTS) -> None:
    """Write the rows, whole or not at all. What is not a number is written as null."""
    plain = _plain({"rows": [dataclasses.asdict(row) for row in rows]})
    text = json.dumps(plain, indent=1, ensure_ascii=False, allow_nan=False) + "\n"
    with whole.written(path) as partial:
        partial.write_text(text, encoding="utf-8")


def merged(old: tuple[Row, ...], new: Row, order: tuple[str, ...]) -> tuple[Row, ...]:
    """`new` in the place of the old row of its name, all in that order; unknown rows go."""
    by_id = {row.id: row for row in old} | {new.id: new}
    return tuple(by_id[name] for name in order if name in by_id)


def shown(value: float | None, unit: str) -> str:
    """The number as a person reads it: "99.6 %", "0.9987", "14.5 of 30"; a dash for none."""
    if value is None or math.isnan(value):
        return "–"
    if unit == "%":
        return f"{100 * value:.{2 if value < 0.02 else 1}f} %"
    if unit == "R²":
        return "> 0.9999" if 0.99995 <= value < 1 else f"{value:.4f}"
    return f"{value:.4g} {unit}"


def parts_in_words(row: Row) -> tuple[str, ...]:
    """What the numbers are made of; of a value for each of three seeds also mean and spread."""
    lines = []
    for name, values in row.parts.items():
        unit = "R²" if name.startswith("R²") else "%"
        words = f"{name}: {', '.join(shown(value, unit) for value in values)}"
        if len(row.seeds) == len(values) > 2:
            mean, spread = statistics.mean(values), statistics.stdev(values)
            words += f" (mean {100 * mean:.3f} %, standard deviation {100 * spread:.3f} points)"
        lines.append(words)
    return tuple(lines)


def _plain(value: Any) -> Any:
    if isinstance(value, dict):
        return {key: _plain(item) for key, item in value.items()}
    if isinstance(value, list | tuple):
        return [_plain(item) for item in value]
    return None if isinstance(value, float) and not math.isfinite(value) else value


def _row(entry: dict[str, Any]) -> Row:
    numbers = tuple(Number(**number) for number in entry["numbers"])
    parts = {name: tuple(values) for name, values in entry["parts"].items()}
    kept = {field.name: entry[field.name] for field in dataclasses.fields(Row)}
    return Row(**{**kept, "numbers": numbers, "seeds": tuple(entry["seeds"]), "parts": parts})
