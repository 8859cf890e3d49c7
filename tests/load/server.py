"""One server process to be measured. Linux only: the numbers are read from /proc."""

import contextlib
import os
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

from tests.browser.conftest import ROOT, free_port, wait_until_healthy


class Server:
    """The app as a person starts it, at a free port of this machine."""

    def __init__(self, home: Path, port: int | None = None, **environment: str) -> None:
        self.port, self.log = port or free_port(), home / f"server-{os.urandom(3).hex()}.log"
        self.address = f"http://127.0.0.1:{self.port}"
        command = [sys.executable, "-m", "streamlit", "run", "app.py"]
        options = ["--server.port", str(self.port), "--server.address", "127.0.0.1"]
        with self.log.open("wb") as log:
            self.process = subprocess.Popen(
                [*command, *options], cwd=ROOT, env=os.environ | environment, stdout=log, stderr=log
            )

    def wait(self) -> None:
        """Until it answers."""
        wait_until_healthy(self.address)

    def megabytes(self) -> float:
        """What it holds of the memory now."""
        for line in self._proc("status").splitlines():
            if line.startswith("VmRSS"):
                return int(line.split()[1]) / 1024
        raise RuntimeError("the server has ended")

    def cpu_seconds(self) -> float:
        """Of all its threads, since its start."""
        fields = self._proc("stat").rpartition(")")[2].split()
        return (int(fields[11]) + int(fields[12])) / os.sysconf("SC_CLK_TCK")

    def tracebacks(self) -> int:
        """How many it has written into its log."""
        return self.log.read_text(encoding="utf-8", errors="replace").count("Traceback")

    def stop(self, seconds: float = 30) -> int:
        """SIGTERM, as a container's end; its exit code. Raises TimeoutExpired."""
        self.process.terminate()
        return self.process.wait(seconds)

    def kill(self) -> None:
        """SIGKILL, as where the memory is gone."""
        self.process.kill()
        self.process.wait()

    def _proc(self, name: str) -> str:
        return Path(f"/proc/{self.process.pid}/{name}").read_text(encoding="utf-8")


@contextlib.contextmanager
def serving(home: Path, count: int = 1, **environment: str) -> Iterator[list[Server]]:
    """So many servers that answer; stopped at the end."""
    servers = [Server(home, **environment) for _ in range(count)]
    try:
        for server in servers:
            server.wait()
        yield servers
    finally:
        for server in servers:
            if server.process.poll() is None:
                server.process.terminate()
        for server in servers:
            try:
                server.process.wait(30)
            except subprocess.TimeoutExpired:
                server.kill()
