"""`downloads` against a server on this machine: whole, cut, wrong, missing, unreachable."""

import hashlib
import threading
from collections.abc import Iterator
from functools import partial
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Any

import huggingface_hub
import pytest

from demo.networks import downloads

DATA = bytes(range(256)) * 4000
PREFIX = hashlib.sha256(DATA).hexdigest()[:8]


class Handler(BaseHTTPRequestHandler):
    """Answers `/whole`, `/cut` after half of the bytes, `/wrong` with others; else 404."""

    def do_GET(self) -> None:
        body = {"/whole": DATA, "/cut": DATA[: len(DATA) // 2], "/wrong": DATA[::-1]}
        if self.path not in body:
            self.send_error(404)
            return
        self.send_response(200)
        self.send_header("Content-Length", str(len(DATA)))
        self.end_headers()
        self.wfile.write(body[self.path])

    do_HEAD = do_GET

    def log_message(self, *_: object) -> None:
        """Say nothing."""


@pytest.fixture
def address() -> Iterator[str]:
    server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    threading.Thread(target=partial(server.serve_forever, 0.05), daemon=True).start()
    yield f"http://127.0.0.1:{server.server_port}"
    server.shutdown()
    server.server_close()


def test_a_whole_file_arrives_and_progress_climbs_to_one(address: str, tmp_path: Path) -> None:
    seen: list[float] = []
    path = tmp_path / "cache" / "weights.pth"
    assert downloads.fetch(f"{address}/whole", path, PREFIX, seen.append) == path
    assert path.read_bytes() == DATA
    assert list(path.parent.iterdir()) == [path]
    assert seen == sorted(seen) and len(seen) > 2 and seen[-1] == 1.0


@pytest.mark.parametrize(
    ("page", "reason"), [("cut", "only"), ("wrong", "SHA-256"), ("absent", "Not Found")]
)
def test_what_is_not_the_file_leaves_nothing_behind(
    address: str, tmp_path: Path, page: str, reason: str
) -> None:
    with pytest.raises(downloads.Failed, match=reason):
        downloads.fetch(f"{address}/{page}", tmp_path / "weights.pth", PREFIX)
    assert list(tmp_path.iterdir()) == []


def test_a_server_that_is_not_there_is_named(tmp_path: Path) -> None:
    with pytest.raises(downloads.Failed, match=r"127\.0\.0\.1:1 could not be reached"):
        downloads.fetch("http://127.0.0.1:1/whole", tmp_path / "weights.pth", PREFIX)
    assert list(tmp_path.iterdir()) == []


def test_a_right_file_is_not_fetched_again(tmp_path: Path) -> None:
    path = tmp_path / "weights.pth"
    path.write_bytes(DATA)
    assert downloads.fetch("http://127.0.0.1:1/whole", path, PREFIX) == path


def test_a_broken_file_in_the_cache_is_replaced(address: str, tmp_path: Path) -> None:
    path = tmp_path / "weights.pth"
    path.write_bytes(DATA[:100])
    downloads.fetch(f"{address}/whole", path, PREFIX)
    assert path.read_bytes() == DATA


def test_a_failed_replacement_leaves_the_old_file(address: str, tmp_path: Path) -> None:
    path = tmp_path / "weights.pth"
    path.write_bytes(b"old")
    with pytest.raises(downloads.Failed):
        downloads.fetch(f"{address}/cut", path, PREFIX)
    assert path.read_bytes() == b"old"


@pytest.fixture
def hub(address: str, monkeypatch: pytest.MonkeyPatch) -> pytest.MonkeyPatch:
    """An empty Hugging Face cache, and a hub that answers."""
    monkeypatch.setattr(huggingface_hub, "try_to_load_from_cache", lambda *_: None)
    monkeypatch.setattr(huggingface_hub.constants, "ENDPOINT", address)
    return monkeypatch


def test_the_hub_reports_progress_that_never_falls(hub: pytest.MonkeyPatch) -> None:
    def download(repository: str, filename: str, tqdm_class: Any) -> str:
        with tqdm_class(total=100, desc=filename, unit="B") as one, tqdm_class(total=100) as other:
            one.update(60)
            one.set_postfix_str("1 MB/s", refresh=False)
            other.update(30)
            one.update(40)
        return f"{repository}/{filename}"

    hub.setattr(huggingface_hub, "hf_hub_download", download)
    seen: list[float] = []
    assert downloads.from_hub("a/b", "c", seen.append) == Path("a/b/c")
    assert seen == [0.6, 0.6, 1.0]


def test_the_hubs_own_downloader_accepts_the_bar(address: str, tmp_path: Path) -> None:
    from huggingface_hub.file_download import http_get

    seen: list[float] = []
    with (tmp_path / "file").open("wb") as file:
        bar = downloads._bar(seen.append)
        http_get(f"{address}/whole", file, tqdm_class=bar)
    assert (tmp_path / "file").read_bytes() == DATA
    assert seen[-1] == 1.0


def test_the_hubs_transfer_library_accepts_the_bar() -> None:
    from types import SimpleNamespace

    from huggingface_hub.utils._xet_progress_reporting import XetDownloadProgressReporter

    seen: list[float] = []
    halves = SimpleNamespace(
        total_bytes=100,
        total_bytes_completed=50,
        total_transfer_bytes_completed=70,
        total_bytes_completion_rate=1.0,
        total_transfer_bytes_completion_rate=None,
    )
    bar = downloads._bar(seen.append)
    with XetDownloadProgressReporter(
        reconstruction_desc="", total=100, log_level=20, tqdm_class=bar
    ) as reporter:
        reporter.update_progress(halves)
    assert seen == [0.5, 0.7]


def test_a_hub_that_breaks_off_is_explained(hub: pytest.MonkeyPatch) -> None:
    def download(*_: object, **__: object) -> str:
        raise RuntimeError("the line was cut\nand more")

    hub.setattr(huggingface_hub, "hf_hub_download", download)
    with pytest.raises(downloads.Failed, match=r"did not give them \(the line was cut\)$"):
        downloads.from_hub("a/b", "c")


def test_an_unreachable_hub_fails_at_once(hub: pytest.MonkeyPatch) -> None:
    hub.setattr(huggingface_hub.constants, "ENDPOINT", "http://127.0.0.1:1")
    with pytest.raises(downloads.Failed, match="could not be reached"):
        downloads.from_hub("a/b", "c")
