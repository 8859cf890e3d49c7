"""Open what strangers may send, as the page does: a picture or one sentence, every time.

    python -m tests.abuse.pictures --mutations 5000 --seed 0 --corpus sdist

Pillow's own damaged and odd files come from its source distribution: `--corpus sdist` has pip
fetch the one of the release that is installed; `--corpus DIR` takes a folder or such an archive.
The result goes to assets/results/abuse.json.
"""

import argparse
import contextlib
import json
import os
import platform
import re
import shlex
import statistics
import subprocess
import sys
import tarfile
import tempfile
import threading
import time
from collections import Counter
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from importlib.metadata import version
from pathlib import Path
from typing import Any

from PIL import Image

from demo.data import decoding, isolation
from demo.data.isolation import wire
from tests.abuse import bombs, mutations
from tests.abuse.seeds import drawn, saved, seeds

RESULT = Path(__file__).parents[2] / "assets" / "results" / "abuse.json"
LONGEST_SENTENCE = 240
SIZES = {"a small JPEG, 640 x 480": (640, 480), "a phone's JPEG, 12 megapixels": (4032, 3024)}


@dataclass
class Tally:
    """What came out of many files.

    limits: files that were stopped by a limit, by name.  faults: what was neither a picture nor
    one sentence, by name: there must be none.
    """

    pictures: int = 0
    sentences: Counter[str] = field(default_factory=Counter)
    timeouts: int = 0
    deaths: int = 0
    worst_cpu_seconds: float = 0.0
    worst_wall_seconds: float = 0.0
    worst_megabytes: float = 0.0
    limits: dict[str, str] = field(default_factory=dict)
    faults: dict[str, str] = field(default_factory=dict)

    @property
    def files(self) -> int:
        """How many were opened."""
        return self.pictures + self.sentences.total() + len(self.faults)


def tried(files: Iterable[tuple[str, bytes]]) -> Tally:
    """Open each of (name, file) in a child, as the page does."""
    decoder, tally = isolation.Decoder(), Tally()
    watch = _Watch(decoder)
    watch.start()
    try:
        for name, data in files:
            _try(decoder, tally, name, data)
    finally:
        decoder.close()
        watch.over.set()
        watch.join()
    tally.worst_megabytes = max(tally.worst_megabytes, watch.megabytes)
    return tally


def _try(decoder: isolation.Decoder, tally: Tally, name: str, data: bytes) -> None:
    timeouts, deaths, start = decoder.timeouts, decoder.deaths, time.perf_counter()
    try:
        picture = decoder.decoded(data)
        if picture.mode == "RGB" and 0 < picture.width * picture.height <= decoding.MAX_PIXELS:
            tally.pictures += 1
        else:
            tally.faults[name] = f"{picture.mode} {picture.size}"
    except ValueError as error:
        sentence = str(error)
        if is_a_sentence(error):
            tally.sentences[sentence.split(":")[0][:60]] += 1
        else:
            tally.faults[name] = repr(error)
        if sentence in (wire.TOO_SLOW, wire.TOO_LARGE, decoding.DAMAGED_OR_TOO_LARGE):
            tally.limits[name] = sentence.split(",")[0]
    except Exception as error:
        tally.faults[name] = repr(error)
    seconds = decoder.spent.seconds
    if decoder.timeouts > timeouts:
        seconds = wire.CPU_SECONDS
    tally.timeouts += decoder.timeouts - timeouts
    tally.deaths += decoder.deaths - deaths
    tally.worst_cpu_seconds = max(tally.worst_cpu_seconds, seconds)
    tally.worst_wall_seconds = max(tally.worst_wall_seconds, time.perf_counter() - start)
    tally.worst_megabytes = max(tally.worst_megabytes, decoder.spent.memory / 2**20)


def is_a_sentence(error: ValueError) -> bool:
    """Whether it is one sentence for a person: not a subclass, one line, one full stop, short."""
    text = str(error)
    one = text.endswith(".") and ". " not in text and text.isprintable()
    return type(error) is ValueError and one and 20 < len(text) <= LONGEST_SENTENCE


class _Watch(threading.Thread):
    """Looks at the child's peak every ten milliseconds: one that is stopped cannot tell it."""

    def __init__(self, decoder: isolation.Decoder) -> None:
        super().__init__(daemon=True)
        self.decoder, self.megabytes, self.over = decoder, 0.0, threading.Event()

    def run(self) -> None:
        while not self.over.wait(0.01):
            child = self.decoder._child
            with contextlib.suppress(OSError, IndexError, AttributeError):  # it is gone
                here = Path(f"/proc/{child.pid}")
                if b"demo.data.isolation" not in (here / "cmdline").read_bytes():
                    continue  # not yet itself: still a copy of this process
                status = (here / "status").read_text(encoding="ascii")
                peak = re.findall(r"VmHWM:\s+(\d+) kB", status)[0]
                self.megabytes = max(self.megabytes, int(peak) / 1024)


def corpus(place: str) -> Iterator[tuple[str, bytes]]:
    """Pillow's test pictures: (name, file) from a folder, an archive, or "sdist" by way of pip."""
    if place == "sdist":
        with tempfile.TemporaryDirectory() as folder:
            _fetch_pillow(folder)
            yield from corpus(str(next(Path(folder).glob("*.tar.gz"))))
    elif Path(place).is_dir():
        for path in sorted(Path(place).rglob("*")):
            if path.is_file():
                yield path.relative_to(place).as_posix(), path.read_bytes()
    else:
        with tarfile.open(place) as archive:
            for member in archive:
                if member.isfile() and "/Tests/" in member.name and not member.name.endswith(".py"):
                    file = archive.extractfile(member)
                    assert file is not None
                    yield member.name.partition("/Tests/")[2], file.read()


def _fetch_pillow(folder: str) -> None:
    wanted = f"pillow=={version('pillow')}"
    subprocess.run(
        [sys.executable, "-m", "pip", "download", "--quiet", "--no-deps", "--no-binary", "pillow",
         "-d", folder, wanted],
        check=True,
    )  # fmt: skip


def cost(rounds: int) -> dict[str, Any]:
    """What the process of its own costs: medians of alternating runs, in milliseconds."""
    decoder, found = isolation.Decoder(), {}
    try:
        for name, size in SIZES.items():
            data = saved(drawn(80, 60).resize(size, Image.Resampling.BICUBIC), "JPEG", quality=85)
            decoder.decoded(data)
            times: dict[str, list[float]] = {"in process": [], "isolated": []}
            for _ in range(rounds):
                for way, open_it in (
                    ("in process", decoding.decoded),
                    ("isolated", decoder.decoded),
                ):
                    start = time.perf_counter()
                    open_it(data)
                    times[way].append(1e3 * (time.perf_counter() - start))
            medians = {way: statistics.median(each) for way, each in times.items()}
            ratio = medians["isolated"] / medians["in process"]
            found[name] = {way: round(m, 2) for way, m in medians.items()} | {
                "ratio": round(ratio, 2)
            }
    finally:
        decoder.close()
    return found


def reported(tally: Tally) -> dict[str, Any]:
    """A tally as the result has it."""
    return {
        "files": tally.files, "pictures": tally.pictures, "sentences": tally.sentences.total(),
        "timeouts": tally.timeouts, "deaths": tally.deaths, "neither": tally.faults,
        "worst CPU seconds": round(tally.worst_cpu_seconds, 3),
        "worst seconds": round(tally.worst_wall_seconds, 3),
        "worst megabytes": round(tally.worst_megabytes), "by sentence": dict(tally.sentences),
        "stopped by a limit": tally.limits,
    }  # fmt: skip


def main(arguments: list[str]) -> int:
    """Run it all; 1 if anything was neither a picture nor a sentence, or beyond its limits."""
    parser = argparse.ArgumentParser(prog="python -m tests.abuse.pictures", description=__doc__)
    parser.add_argument("--mutations", type=int, default=5000, help="of the 30 seed files")
    parser.add_argument("--seed", type=int, default=0)
    parser.add_argument("--corpus", help="a folder, Pillow's source archive, or sdist: fetch it")
    parser.add_argument("--rounds", type=int, default=15, help="of the comparison of the cost")
    parser.add_argument("--out", type=Path, default=RESULT)
    options = parser.parse_args(arguments)

    found = {"mutations": tried(mutations.mutated(seeds(), options.mutations, options.seed))}
    found["bombs"] = tried((name, make()) for name, make in bombs.BOMBS.items())
    if options.corpus:
        found["Pillow's own files"] = tried(corpus(options.corpus))
    result: dict[str, Any] = {
        "command": shlex.join(["python", "-m", "tests.abuse.pictures", *arguments]),
        "machine": f"{platform.machine()}, {os.cpu_count()} processors, Python "
        f"{platform.python_version()}, Pillow {version('pillow')}, pi-heif {version('pi-heif')}",
        "limits": {"CPU seconds": wire.CPU_SECONDS, "megabytes": wire.MEMORY // 2**20},
        **{name: reported(tally) for name, tally in found.items()},
        "cost of the process of its own, ms": cost(options.rounds),
    }
    text = json.dumps(result, indent=2, ensure_ascii=False)
    options.out.write_text(text + "\n", encoding="utf-8")
    print(text)
    return int(any(broken(tally) for tally in found.values()))


def broken(tally: Tally) -> bool:
    """Whether a file broke what is promised: a crash is caught, so it counts as no fault."""
    return bool(tally.faults) or tally.worst_megabytes > wire.MEMORY / 2**20


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
