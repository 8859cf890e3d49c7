"""A server that can write no file, and whose clock is set back while people are there."""

import email.utils
import re
import subprocess
import sys
import time
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.client import LOCAL, Client
from tests.load import alone
from tests.load.person import Person
from tests.server import Server, serving

pytestmark = pytest.mark.slow
TROUBLE = Path(__file__).with_name("trouble")


def environment(home: Path, **more: str) -> dict[str, str]:
    """What brings the trouble about."""
    return {"PYTHONPATH": str(TROUBLE), "SET_BACK": str(home / "set-back"), **more}


@pytest.fixture(scope="module")
def home(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Where the server's log is, and the sign to set the clock back."""
    return tmp_path_factory.mktemp("trouble")


@pytest.fixture(scope="module")
def server(home: Path) -> Iterator[Server]:
    with serving(home, **environment(home, LOG_BY_PIPE="1")) as (server,):
        limits = Path(f"/proc/{server.process.pid}/limits").read_text(encoding="utf-8")
        assert re.search(r"Max file size +0 +0 ", limits)
        yield server
    assert server.tracebacks() == 0, server.written()[-4000:]


def behind(server: Server) -> float:
    """Seconds by which the server's clock is behind ours, as the headers of its answers tell."""
    end = time.monotonic() + 30  # what it writes there it looks up from time to time
    while True:
        said = LOCAL.get(f"{server.address}/_stcore/health", timeout=10).headers["Date"]
        late = time.time() - email.utils.parsedate_to_datetime(said).timestamp()
        if late > 3500 or time.monotonic() > end:
            return late
        time.sleep(0.5)


def test_the_trouble_is_real(home: Path) -> None:
    """No temporary file takes a byte; the clock goes back when it is told to."""
    code = (
        "import os, pathlib, tempfile, time\n"
        "try:\n"
        "    with tempfile.TemporaryFile() as file:\n"
        "        file.write(b'1'); file.flush()\n"
        "except OSError:\n"
        "    print('full')\n"
        "sign = os.environ['SET_BACK'] = os.environ['SET_BACK'] + '-here'\n"
        "before = time.time(); pathlib.Path(sign).touch(); print(round(before - time.time()))\n"
    )
    ran = subprocess.run(
        [sys.executable, "-c", code], env=environment(home), capture_output=True, text=True,
        check=True,
    )  # fmt: skip
    assert ran.stdout.split() == ["full", "3600"]


@pytest.mark.parametrize("set_back", [False, True], ids=["disk-full", "and-clock-set-back"])
def test_what_is_shown_is_right_all_the_same(
    server: Server, home: Path, set_back: bool, monkeypatch: pytest.MonkeyPatch
) -> None:
    with Client(server.address) as client:
        person = Person(client, 11)
        person.arrive()
        if set_back:
            (home / "set-back").touch()
            assert behind(server) > 3500
        for action in ("upload", "photograph", "digit", "switch"):
            monkeypatch.setattr("tests.load.person.ACTIONS", {action: 1})
            person.act()
        picks = person.diary.picks
        assert {"upload", "photograph", "digit", "switch"} <= {pick.action for pick in picks}
        for pick in picks:
            assert alone.mistake(pick.shown, pick.question) is None, pick.action
        assert person.diary.complaints == []
