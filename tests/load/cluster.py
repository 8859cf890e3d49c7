"""Several replicas behind nginx: `python -m tests.load.cluster [--seconds 120] [--sessions 12]`.

One server alone, then three behind Debian's nginx with the configuration of `deploy/`, then one of
the three killed under load. Every answer is compared with the one computed alone. Writes
`assets/results/cluster.json` and prints it as a table.
"""

import argparse
import json
import os
import sys
import tempfile
import threading
import time
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from tests.client import Client, Gone
from tests.load import alone, balancer
from tests.load.__main__ import spread, warm
from tests.load.balancer import Balancer
from tests.load.person import Diary, Person
from tests.server import ROOT, Server, serving

RESULT = ROOT / "assets" / "results" / "cluster.json"
REPLICAS = 3
PATIENCE = 60.0
"""Seconds within which somebody who has lost the connection must be back."""


class Steady(threading.Thread):
    """One person who comes back by the link where the connection is lost.

    lost: how often it was.  back_after: seconds until the view was there again, each time.
    """

    def __init__(self, address: str, seed: int, seconds: float, start: threading.Barrier) -> None:
        super().__init__(name=f"person {seed}")
        self.person = Person(Client(address), seed)
        self.cookie = ""
        self.lost, self.back_after = 0, list[float]()
        self.error: BaseException | None = None
        self._seconds, self._start = seconds, start

    def run(self) -> None:
        """Act until the end."""
        try:
            self.person.client.open()
            self.person.arrive()
            self.cookie = self.person.client.cookies.get("replica", "")
            self._start.wait()
            end = time.monotonic() + self._seconds
            while time.monotonic() < end:
                self._act()
        except BaseException as error:
            self.error = error
            self._start.abort()
        finally:
            self.person.client.close()

    def _act(self) -> None:
        try:
            self.person.act()
        except (Gone, OSError):
            self.lost += 1
            lost = time.monotonic()
            while True:
                old = self.person.client
                old.close()
                client = Client(old.address, query=old.query, cookies=old.cookies)
                try:
                    client.open()
                    self.person.back_by_link(client)
                    break
                except (Gone, OSError):
                    if time.monotonic() - lost > PATIENCE:
                        raise
                    time.sleep(0.2)
            self.back_after.append(time.monotonic() - lost)


@dataclass(frozen=True)
class Play:
    """What so many people have met in so many seconds."""

    people: list[Steady]
    seconds: float


def play(
    address: str, sessions: int, seconds: float, seed: int, kill: Callable[[str], None] | None
) -> Play:
    """So many people at once; a third of the time on, the replica of the first one is killed."""
    start = threading.Barrier(sessions + 1)
    people = [Steady(address, seed + i, seconds, start) for i in range(sessions)]
    for person in people:
        person.start()
    try:
        start.wait(600)
    except threading.BrokenBarrierError:
        raise next(p.error for p in people if p.error) from None
    began = time.monotonic()
    if kill is not None:
        time.sleep(seconds / 3)
        kill(people[0].cookie)
    for person in people:
        person.join()
    for person in people:
        if person.error:
            raise person.error
    return Play(people, time.monotonic() - began)


def report(played: Play) -> dict[str, Any]:
    """In numbers, each answer checked."""
    diaries: list[Diary] = [p.person.diary for p in played.people]
    picks = [p for d in diaries for p in d.picks if p.action not in ("arrive", "back")]
    wrong = [
        f"{p.action} {p.question.picture}: {why}"
        for d in diaries
        for p in d.picks
        if (why := alone.mistake(p.shown, p.question))
    ]
    return {
        "sessions": len(played.people), "seconds": played.seconds, "picks": len(picks),
        "picks_per_second": len(picks) / played.seconds,
        "to_pictures": spread([p.pictures for p in picks]),
        "to_everything": spread([p.finished for p in picks]),
        "answers_checked": sum(len(d.picks) for d in diaries), "wrong_answers": wrong,
        "lost": sum(p.lost for p in played.people),
        "back_after": spread([s for p in played.people for s in p.back_after]),
    }  # fmt: skip


def behind_nginx(home: Path, sessions: int, seconds: float, seed: int) -> dict[str, Any]:
    """Throughput and affinity of three, then one killed."""
    with serving(home, REPLICAS) as servers, Balancer(home, servers) as nginx:
        for server in servers:
            warm(server, photographs=1)
        whole = play(nginx.address, sessions, seconds, seed, None)
        time.sleep(1)  # nginx notes a websocket when it has ended
        served = nginx.replicas()
        found = {"three": report(whole)}
        found["three"]["people_of_each_replica"] = [
            sum(ports == {server.port} for ports in served.values()) for server in servers
        ]
        found["three"]["people_of_two_replicas"] = sum(len(p) > 1 for p in served.values())
        killed: list[Server] = []

        def kill(cookie: str) -> None:
            killed.append(nginx.server_of(cookie))
            killed[0].kill()

        broken = play(nginx.address, sessions, seconds, seed + 500, kill)
        found["one_killed"] = report(broken)
        time.sleep(1)
        after = nginx.replicas()
        theirs = [after[p.cookie] for p in broken.people]
        dead = killed[0].port
        found["one_killed"]["people_of_the_dead"] = sum(dead in ports for ports in theirs)
        found["one_killed"]["others_that_moved"] = sum(
            len(ports) > 1 for ports in theirs if dead not in ports
        )
        found["tracebacks_of_the_servers"] = {"count": sum(s.tracebacks() for s in servers)}
        return found


def table(result: dict[str, Any]) -> str:
    """As the README has it."""
    rows = [
        "| | picks a second | to the pictures: median, 95 % | wrong answers | lost, back after |",
        "| --- | --- | --- | --- | --- |",
    ]
    names = {"one": "one server", "three": "three behind nginx", "one_killed": "one of them killed"}
    for key, name in names.items():
        r = result[key]
        waits, back = r["to_pictures"], r["back_after"]
        back_words = f", {back['median']:.1f} s, longest {back['longest']:.1f} s" if back else ""
        rows.append(
            f"| {name}, {r['sessions']} people | {r['picks_per_second']:.2f} "
            f"| {waits['median']:.2f} s, {waits['p95']:.2f} s "
            f"| {len(r['wrong_answers'])} of {r['answers_checked']} "
            f"| {r['lost']}{back_words} |"
        )
    three, killed = result["three"], result["one_killed"]
    rows.append(
        f"\nPeople of each replica: {three['people_of_each_replica']}; of two at once: "
        f"{three['people_of_two_replicas']}. When one died, {killed['people_of_the_dead']} people "
        f"were its; of the others {killed['others_that_moved']} moved."
    )
    return "\n".join(rows)


def main() -> None:
    """One server, three, and two of three."""
    parser = argparse.ArgumentParser(prog="python -m tests.load.cluster", description=__doc__)
    parser.add_argument("--seconds", type=float, default=120)
    parser.add_argument("--sessions", type=int, default=12)
    parser.add_argument("--seed", type=int, default=6572)
    parser.add_argument("--out", type=Path, default=RESULT)
    options = parser.parse_args()
    if why := balancer.missing():
        sys.exit(why)
    result: dict[str, Any] = {
        "command": f"python -m tests.load.cluster --seconds {options.seconds:g} "
        f"--sessions {options.sessions} --seed {options.seed}",
        "processors": os.cpu_count(),
    }  # fmt: skip
    with tempfile.TemporaryDirectory() as folder:
        home = Path(folder)
        with serving(home) as (server,):
            warm(server, photographs=1)
            one = play(server.address, options.sessions, options.seconds, options.seed, None)
            result["one"] = report(one)
        result |= behind_nginx(home, options.sessions, options.seconds, options.seed)
    options.out.write_text(json.dumps(result, indent=1) + "\n", encoding="utf-8")
    print(table(result))


if __name__ == "__main__":
    main()
