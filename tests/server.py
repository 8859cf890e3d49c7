"""The one way in which tests start the app: as a person does, but without the network."""

import contextlib
import os
import re
import socket
import subprocess
import sys
import time
import urllib.request
from collections.abc import Iterator
from pathlib import Path

from tests import PATIENCE

ROOT = Path(__file__).parent.parent
APP = "app.py"
NOWHERE = "http://127.0.0.1:9"
"""A proxy that nobody listens at."""
GONE = re.compile(
    r"Exception in ASGI application\n(?:(?!Exception in ASGI application).)*?"
    r'WebSocketDisconnected: Cannot call "send" once a close message has been sent\.\n',
    re.DOTALL,
)
"""What the web server writes where a browser is closed while it connects: no fault of the app's."""


class Server:
    """A process that serves the app at a free port of this machine, its weights cache empty.

    home: folder of its log and its caches.  program: what Streamlit runs, from the root.
    Memory and processor time are read from /proc, on Linux only.
    """

    def __init__(
        self, home: Path, port: int | None = None, program: str = APP, **environment: str
    ) -> None:
        self.port, self.log = port or free_port(), home / f"server-{os.urandom(3).hex()}.log"
        self.address = f"http://127.0.0.1:{self.port}"
        command = [sys.executable, "-m", "streamlit", "run", program]
        options = ["--server.port", str(self.port), "--server.address", "127.0.0.1"]
        alone = dict.fromkeys(("http_proxy", "https_proxy", "HTTP_PROXY", "HTTPS_PROXY"), NOWHERE)
        alone |= {"TORCH_HOME": str(home / "torch"), "HF_HOME": str(home / "hf")}
        with self.log.open("wb") as log:
            self.process = subprocess.Popen(
                [*command, *options], cwd=ROOT, stdout=log, stderr=log,
                env=os.environ | {"PYTHONPATH": str(ROOT)} | alone | environment,
            )  # fmt: skip

    def wait(self) -> None:
        """Until it answers; RuntimeError if it ends before, or does not."""
        end = time.monotonic() + PATIENCE
        opener = urllib.request.build_opener(urllib.request.ProxyHandler({}))
        while time.monotonic() < end and self.process.poll() is None:
            with contextlib.suppress(OSError):
                opener.open(f"{self.address}/_stcore/health", timeout=10).close()
                return
            time.sleep(0.1)
        raise RuntimeError(f"no server at {self.address}: {self.written()[-4000:]}")

    def written(self) -> str:
        """Its log as it stands, without what is no fault of the app's."""
        return GONE.sub("", self.log.read_text(encoding="utf-8", errors="replace"))

    def tracebacks(self) -> int:
        """How many it has written into its log."""
        return self.written().count("Traceback")

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

    def stop(self, seconds: float = PATIENCE) -> int:
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
def serving(
    home: Path, count: int = 1, program: str = APP, **environment: str
) -> Iterator[list[Server]]:
    """So many servers that answer; stopped at the end."""
    servers = [Server(home, None, program, **environment) for _ in range(count)]
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


def free_port() -> int:
    """A port that nobody uses at this moment."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])
