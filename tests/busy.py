"""`python -m tests.busy`: does `make test` pass every time while others burn the processor?

    python -m tests.busy                           # ten times beside two burners
    python -m tests.busy --times 1 --burners 0     # how long it takes on a quiet machine
    python -m tests.busy -- make test-peers        # another command

Prints each run's time and verdict; what a run that failed had said is kept in a file.
"""

import argparse
import contextlib
import statistics
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator
from pathlib import Path

from tests.server import ROOT

BURN = "import os; parent = os.getppid()\nwhile os.getppid() == parent: pass"


@contextlib.contextmanager
def burning(count: int) -> Iterator[None]:
    """So many processes that do nothing, as fast as they can."""
    burners = [subprocess.Popen([sys.executable, "-c", BURN]) for _ in range(count)]
    try:
        yield
        assert all(burner.poll() is None for burner in burners), "a burner has ended"
    finally:
        for burner in burners:
            burner.kill()
            burner.wait()


def timed(command: list[str], log: Path) -> tuple[float, int]:
    """Seconds and exit status of the command, run from the root."""
    start = time.monotonic()
    with log.open("wb") as file:
        status = subprocess.run(command, cwd=ROOT, stdout=file, stderr=file, check=False).returncode
    return time.monotonic() - start, status


def main() -> int:
    parser = argparse.ArgumentParser(prog="python -m tests.busy", description=__doc__)
    parser.add_argument("--times", type=int, default=10)
    parser.add_argument("--burners", type=int, default=2)
    parser.add_argument("command", nargs="*", default=["make", "test"])
    options = parser.parse_args()
    logs, seconds, failed = Path(tempfile.mkdtemp()), [], 0
    with burning(options.burners):
        for run in range(1, options.times + 1):
            log = logs / f"{run}.log"
            took, status = timed(options.command, log)
            seconds.append(took)
            failed += status != 0
            verdict = f"failed: {log}" if status else "passed"
            print(f"{run:>3}  {took / 60:.1f} min  {verdict}", flush=True)
    print(
        f"{options.times - failed} of {options.times} passed beside {options.burners} burners; "
        f"median {statistics.median(seconds) / 60:.1f} min, longest {max(seconds) / 60:.1f} min"
    )
    return failed


if __name__ == "__main__":
    sys.exit(main())
