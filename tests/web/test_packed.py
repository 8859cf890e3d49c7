"""`viewer.packed`: what is sent in a message, and what stays on the server for every browser."""

import base64
import gzip
import threading
from unittest.mock import Mock

import numpy as np
import pytest
from streamlit.runtime import Runtime
from streamlit.runtime.media_file_manager import MediaFileManager
from streamlit.runtime.memory_media_file_storage import MemoryMediaFileStorage

from demo.web.components import viewer

SESSION = "somebody's"


@pytest.fixture
def files(monkeypatch: pytest.MonkeyPatch) -> MediaFileManager:
    """Of a server that draws a page for somebody."""
    manager = MediaFileManager(MemoryMediaFileStorage("/media"))
    monkeypatch.setattr(Runtime, "_instance", Mock(media_file_mgr=manager))
    asks = Mock(session_id=SESSION)
    monkeypatch.setattr(threading.current_thread(), "streamlit_script_run_ctx", asks, raising=False)
    return manager


def test_a_message_holds_the_bytes_of_an_array_and_of_a_text() -> None:
    signs = np.array([[1, -1], [0, 1]], np.int8)[:, ::-1]
    assert gzip.decompress(base64.b64decode(viewer.packed(signs))) == b"\xff\1\1\0"
    assert gzip.decompress(base64.b64decode(viewer.packed("ε"))).decode() == "ε"


def test_what_is_kept_has_one_address_and_outlives_the_session_that_asked_first(
    files: MediaFileManager,
) -> None:
    address, other = viewer.packed("ε", keep=True), viewer.packed("x", keep=True)
    assert address == viewer.packed("ε", keep=True) != other
    files.clear_session_refs(SESSION)
    files.remove_orphaned_files()
    for kept, text in ((address, "ε"), (other, "x")):
        file = files.read_file(kept.removeprefix("/media/"))
        assert file is not None and gzip.decompress(file.content).decode() == text
