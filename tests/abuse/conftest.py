"""The app, served for clients that mean no good; its log must stay free of tracebacks."""

from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import pytest

from tests.browser.conftest import free_port, start_server, wait_until_healthy


@dataclass(frozen=True)
class Served:
    """address: http://HOST:PORT.  log: what the server writes."""

    address: str
    log: Path

    def written(self) -> str:
        """The log as it stands."""
        return self.log.read_text(encoding="utf-8", errors="replace")


@pytest.fixture(scope="session")
def served(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Served]:
    """Where the app is served, without the network."""
    home, port = tmp_path_factory.mktemp("abused"), free_port()
    server = start_server(home, port)
    try:
        wait_until_healthy(f"http://127.0.0.1:{port}", 120)
        yield Served(f"http://127.0.0.1:{port}", home / "server.log")
    finally:
        server.terminate()
        server.wait(30)


@pytest.fixture
def quiet(served: Served) -> Iterator[Served]:
    """The same; the test must leave no traceback in the log."""
    before = len(served.written())
    yield served
    assert "Traceback" not in served.written()[before:], served.written()[before:][-4000:]
