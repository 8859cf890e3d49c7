"""The app, served for clients that mean no good; its log must stay free of tracebacks."""

from collections.abc import Iterator

import pytest

from tests.server import Server, serving


@pytest.fixture(scope="session")
def served(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Server]:
    """The app, without the network."""
    with serving(tmp_path_factory.mktemp("abused")) as (server,):
        yield server


@pytest.fixture
def quiet(served: Server) -> Iterator[Server]:
    """The same; the test must leave no traceback in the log."""
    before = len(served.written())
    yield served
    assert "Traceback" not in served.written()[before:], served.written()[before:][-4000:]
