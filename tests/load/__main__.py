"""The load test: `python -m tests.load [--seconds 300] [--sessions 1 5 20 50] [--browsers 2]`.

Writes `assets/results/load.json` and prints it as a table. The server runs on this machine, beside
the people that are played; every answer is then computed again alone and compared.
"""

import argparse
import json
import os
import random
import statistics
import tempfile
import threading
import time
from collections import Counter
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
import torch

from tests.client import Client
from tests.load import alone, chromium
from tests.load import person as people
from tests.load.person import GALLERY, Diary, Person
from tests.server import ROOT, Server, serving

RESULT = ROOT / "assets" / "results" / "load.json"
IDLE = 20.0
VISITED = 6
"""Picks of each of the visitors who come one after the other."""


class Seat(threading.Thread):
    """One person of a stage: arrives, waits for the others, acts, and stays until all may go.

    Acts until the seconds are over, and at least so many times.  pause: seconds, on average, for
    which a picture is looked at before the next is picked.
    """

    def __init__(
        self, address: str, seed: int, seconds: float, start: threading.Barrier,
        leave: threading.Event, least: int = 0, pause: float = 0.0,
    ) -> None:  # fmt: skip
        super().__init__(name=f"person {seed}")
        self.person = Person(Client(address), seed)
        self.error: BaseException | None = None
        self.sat = threading.Event()
        self._seconds, self._start, self._leave, self._least = seconds, start, leave, least
        self._pause, self._dice = pause, random.Random(seed)

    def run(self) -> None:
        """Act."""
        try:
            with self.person.client:
                self.person.arrive()
                self._start.wait()
                end, acted = time.monotonic() + self._seconds, 0
                while acted < self._least or time.monotonic() < end:
                    time.sleep(self._pause * self._dice.uniform(0.5, 1.5))
                    self.person.act()
                    acted += 1
                self.sat.set()
                self._leave.wait()
        except BaseException as error:
            self.error = error
            self._start.abort()
        finally:
            self.sat.set()


@dataclass(frozen=True)
class Stage:
    """What so many people have met. cpu: the server's seconds.  memory: its MB before and after.

    idle: the server's share of a processor while all have the page open and nobody does anything.
    """

    sessions: int
    diaries: list[Diary]
    browsers: list[chromium.Browsing]
    seconds: float
    cpu: float
    memory: tuple[float, float]
    idle: float


def stage(
    server: Server, sessions: int, browsers: int, seconds: float, seed: int, idle: float = IDLE,
    least: int = 0, pause: float = 0.0,
) -> Stage:  # fmt: skip
    """So many people at once; each acts for so long, and at least so many times."""
    start, leave = threading.Barrier(sessions + browsers + 1), threading.Event()
    before = server.megabytes()
    asked = (seconds, start, leave, least, pause)
    seats = [Seat(server.address, seed + i, *asked) for i in range(sessions)]
    real = [chromium.Browsing(server.address, seed + i, seconds, start) for i in range(browsers)]
    for thread in (*seats, *real):
        thread.start()
    try:
        start.wait(600)
    except threading.BrokenBarrierError:
        raise next(t.error for t in (*seats, *real) if t.error) from None
    began, cpu = time.monotonic(), server.cpu_seconds()
    for seat in seats:
        seat.sat.wait()
    took, cpu = time.monotonic() - began, server.cpu_seconds() - cpu
    for browsing in real:
        browsing.join()
    time.sleep(3)  # what the last messages have left behind
    held, spent = server.megabytes(), server.cpu_seconds()
    time.sleep(idle)
    spent = (server.cpu_seconds() - spent) / idle
    leave.set()
    for seat in seats:
        seat.join()
    for thread in (*seats, *real):
        if thread.error:
            raise thread.error
    return Stage(sessions, [s.person.diary for s in seats], real, took, cpu, (before, held), spent)


def report(stage: Stage) -> dict[str, Any]:
    """The stage in numbers; every answer is compared with the one computed alone."""
    picks = [p for diary in stage.diaries for p in diary.picks if p.action != "arrive"]
    told = [p.line for p in picks if p.line is not None]
    before, held = stage.memory
    return {
        "sessions": stage.sessions, "browsers": len(stage.browsers), "seconds": stage.seconds,
        "picks": len(picks), "picks_per_second": len(picks) / stage.seconds,
        "of_them": dict(Counter(p.action for p in picks)),
        "to_pictures": spread([p.pictures for p in picks]),
        "to_everything": spread([p.finished for p in picks]),
        "told_in_line": len(told), "longest_line": max(told, default=0),
        "drags": sum(d.drags for d in stage.diaries) + sum(b.drags for b in stage.browsers),
        "messages_in_drags": sum(d.drag_messages for d in stage.diaries)
        + sum(b.drag_messages for b in stage.browsers),
        "answers_checked": sum(len(d.picks) for d in stage.diaries)
        + sum(len(b.read) for b in stage.browsers),
        "wrong_answers": mistakes(stage),
        "complaints": [c for d in stage.diaries for c in d.complaints]
        + [s for b in stage.browsers for s in b.said],
        "server_cpu_share": stage.cpu / stage.seconds,
        "megabytes_before": before, "megabytes_after": held,
        "megabytes_per_session": (held - before) / (stage.sessions + len(stage.browsers)),
        "cpu_share_while_idle": stage.idle,
        "kilobytes_per_pick": sum(d.bytes for d in stage.diaries) / 1e3 / max(1, len(picks)),
    }  # fmt: skip


def mistakes(stage: Stage) -> list[str]:
    """Every shown answer that is not the one computed alone."""
    found = []
    for diary in stage.diaries:
        for pick in diary.picks:
            wrong = alone.mistake(pick.shown, pick.question)
            if wrong:
                found.append(f"{pick.action} {pick.question.picture}: {wrong}")
    for browsing in stage.browsers:
        found += [wrong for read in browsing.read if (wrong := chromium.wrong(read))]
    return found


def spread(seconds: list[float]) -> dict[str, float]:
    """Median, 95th percentile, longest."""
    if not seconds:
        return {}
    return {
        "median": statistics.median(seconds), "p95": float(np.percentile(seconds, 95)),
        "longest": max(seconds),
    }  # fmt: skip


def warm(server: Server, photographs: int = len(GALLERY)) -> None:
    """Every network loaded, so many photographs seen once: what a server holds that is in use."""
    with Client(server.address) as client:
        person = Person(client, 0)
        person.arrive()
        for photo in GALLERY[:photographs]:
            client.run(client.trigger("thumbnails", "picked", photo.name))
        client.run(client.widget("kind", string_array_value=["Digits"]))
        for training in ("adversarial", "standard"):
            client.run(client.trigger("viewer", "switched", training))


def visits(server: Server, count: int, seed: int) -> dict[str, Any]:
    """Many people one after the other, each closing the page; what the server holds meanwhile."""
    held, wrong, checked = [], 0, 0
    for number in range(count):
        with Client(server.address) as client:
            person = Person(client, seed + number)
            person.arrive()
            for _ in range(VISITED):
                person.act(longest_drag=0.0)
            diary: Diary = person.diary
        held.append(server.megabytes())
        checked += len(diary.picks)
        wrong += sum(alone.mistake(p.shown, p.question) is not None for p in diary.picks)
        if (number + 1) % 50 == 0:
            print(f"{number + 1} visits: {held[-1]:.0f} MB", flush=True)
    piece = max(1, count // 10)
    after, last = (statistics.median(held[k : k + piece]) for k in (3 * piece, count - piece))
    return {
        "visits": count, "answers_checked": checked, "wrong_answers": wrong,
        "megabytes_after_warm_up": after, "megabytes_at_the_end": last, "growth": last / after - 1,
        "warm_up_visits": 3 * piece,
    }  # fmt: skip


def write(path: Path, result: dict[str, Any]) -> None:
    """What has been measured so far, so that a run cut short leaves its stages."""
    path.write_text(json.dumps(result, indent=1) + "\n", encoding="utf-8")


def table(result: dict[str, Any]) -> str:
    """As the README has it."""
    heads = (
        "sessions", "picks", "a second", "to the pictures: median, 95 %",
        "to all curves: median, 95 %", "told to wait, longest line", "wrong answers",
        "drags: messages", "MB a session", "CPU when nobody picks",
    )  # fmt: skip
    rows = [f"| {' | '.join(heads)} |", "| --- " * len(heads) + "|"]
    for s in result["stages"]:
        pictures, all_, idle = s["to_pictures"], s["to_everything"], s["cpu_share_while_idle"]
        rows.append(
            f"| {s['sessions']} + {s['browsers']} browsers | {s['picks']} "
            f"| {s['picks_per_second']:.2f} | {pictures['median']:.2f} s, {pictures['p95']:.2f} s "
            f"| {all_['median']:.2f} s, {all_['p95']:.2f} s "
            f"| {s['told_in_line']}, {s['longest_line']} "
            f"| {len(s['wrong_answers'])} of {s['answers_checked']} "
            f"| {s['drags']}: {s['messages_in_drags']} | {s['megabytes_per_session']:.1f} "
            f"| {100 * idle:.1f} % |"
        )
    if found := result.get("visits"):
        rows.append(
            f"\n{found['visits']} visits one after the other ({found['answers_checked']} answers, "
            f"{found['wrong_answers']} wrong): {found['megabytes_after_warm_up']:.0f} MB after "
            f"{found['warm_up_visits']}, {found['megabytes_at_the_end']:.0f} MB at the end, "
            f"{100 * found['growth']:+.1f} %."
        )
    return "\n".join(rows)


def main() -> None:
    """Play all stages, then the visits."""
    parser = argparse.ArgumentParser(prog="python -m tests.load", description=__doc__)
    parser.add_argument("--seconds", type=float, default=300)
    parser.add_argument("--sessions", type=int, nargs="+", default=[1, 5, 20, 50])
    parser.add_argument("--browsers", type=int, default=2)
    parser.add_argument("--visits", type=int, default=600)
    parser.add_argument("--seed", type=int, default=1412)
    parser.add_argument("--only", nargs="+", choices=[*people.ACTIONS], default=[*people.ACTIONS])
    parser.add_argument("--pause", type=float, default=0.0, help="seconds before each action")
    parser.add_argument("--out", type=Path, default=RESULT)
    options = parser.parse_args()
    people.ACTIONS = {action: people.ACTIONS[action] for action in options.only}
    result: dict[str, Any] = {
        "command": f"python -m tests.load --seconds {options.seconds:g} --sessions "
        f"{' '.join(map(str, options.sessions))} --browsers {options.browsers} "
        f"--visits {options.visits} --seed {options.seed} --pause {options.pause:g} "
        f"--only {' '.join(options.only)}",
        "processors": os.cpu_count(), "torch": torch.__version__, "stages": [],
    }  # fmt: skip
    with tempfile.TemporaryDirectory() as home, serving(Path(home)) as (server,):
        warm(server)
        for number, sessions in enumerate(options.sessions):
            seed = options.seed + 1000 * number
            played = stage(
                server, sessions, options.browsers, options.seconds, seed, pause=options.pause
            )
            result["stages"].append(report(played))
            print(table({"stages": result["stages"][-1:]}), flush=True)
            write(options.out, result)
        if options.visits:
            result["visits"] = visits(server, options.visits, options.seed + 100_000)
        result["tracebacks_of_the_server"] = server.tracebacks()
    write(options.out, result)
    print(table(result))


if __name__ == "__main__":
    main()
