"""An address -> a whole, checked file in another library's cache, or one clear reason why not.

Nothing half-done stays: bytes go to a file of their own and take the final name only when their
SHA-256 is right, so a cut line, two downloads at once or a stopped app break nothing.
"""

import hashlib
import re
import urllib.error
import urllib.request
from collections.abc import Callable
from http.client import HTTPException
from pathlib import Path
from typing import Any, BinaryIO, Self
from urllib.parse import urlsplit

from demo.data import whole

Progress = Callable[[float], None]
"""Called with the share that is done, 0 to 1, never falling."""

CHUNK = 1 << 18
PATIENCE = 20
"""Seconds without one byte after which the network counts as unreachable."""


class Failed(Exception):
    """The file did not come; the message is a clause that says why."""


def fetch(url: str, path: Path, hash_prefix: str, progress: Progress | None = None) -> Path:
    """`path`, after it holds the file at `url` whose SHA-256 starts with `hash_prefix`.

    A right file that is already there is not fetched again; a wrong one is replaced.
    Raises `Failed` where the network, the server or the bytes are not as they should be.
    """
    if path.is_file() and starts_with(path, hash_prefix):
        return path
    with whole.written(path) as partial:
        with partial.open("wb") as file:
            _receive(url, file, progress or _silent)
        if not starts_with(partial, hash_prefix):
            raise Failed(f"what {_host(url)} sent is not the expected file (its SHA-256 differs)")
    return path


def from_hub(
    repository: str, filename: str, progress: Progress | None = None, revision: str | None = None
) -> Path:
    """A file of a Hugging Face repository, in huggingface_hub's own cache and by its own means.

    revision: a commit; the newest one if None.
    """
    import huggingface_hub

    at: dict[str, Any] = {"revision": revision} if revision else {}
    cached = huggingface_hub.try_to_load_from_cache(repository, filename, **at)
    if isinstance(cached, str):
        return _as_named(Path(cached))
    endpoint = huggingface_hub.constants.ENDPOINT
    _reach(endpoint)
    bar: Any = _bar(progress or _silent)
    try:
        path = Path(huggingface_hub.hf_hub_download(repository, filename, tqdm_class=bar, **at))
    except Exception as error:  # its own errors, httpx's and its transfer library's: no common root
        raise Failed(f"{_host(endpoint)} did not give them ({_reason(error)})") from error
    return _as_named(path)


def is_in_hub_cache(repository: str, filename: str, revision: str | None = None) -> bool:
    """Whether `from_hub` finds it in the cache, and asks no network."""
    import huggingface_hub

    at: dict[str, Any] = {"revision": revision} if revision else {}
    return isinstance(huggingface_hub.try_to_load_from_cache(repository, filename, **at), str)


def _as_named(path: Path) -> Path:
    """`path`, if its bytes are those that the hub names: its cache calls a file by its SHA-256."""
    name = path.resolve().name
    if re.fullmatch(r"[0-9a-f]{64}", name) and not starts_with(path, name):
        raise Failed(
            f"the file {path.name} in the hub's cache is not the expected one (its SHA-256 "
            f"differs from {name[:12]}): delete it"
        )
    return path


def _reach(url: str) -> None:
    """Fail at once where there is no network; huggingface_hub tries for half a minute."""
    try:
        urllib.request.urlopen(urllib.request.Request(url, method="HEAD"), timeout=PATIENCE).close()
    except urllib.error.HTTPError:
        return  # it answered
    except (OSError, HTTPException) as error:
        raise Failed(f"{_host(url)} could not be reached ({_reason(error)})") from error


def _receive(url: str, file: BinaryIO, progress: Progress) -> None:
    """Stream the body of `url` into `file`."""
    try:
        with urllib.request.urlopen(url, timeout=PATIENCE) as response:
            total = int(response.headers.get("Content-Length") or 0)
            done = 0
            while chunk := _chunk(response):
                done += file.write(chunk)
                progress(min(done / total, 1.0) if total else 0.0)
    except (urllib.error.URLError, ConnectionError, TimeoutError, HTTPException) as error:
        raise Failed(f"{_host(url)} could not be reached ({_reason(error)})") from error
    if done < total:
        raise Failed(f"{_host(url)} sent only {done} of {total} bytes")


def _chunk(response: Any) -> bytes:
    data: bytes = response.read(CHUNK)
    return data


def starts_with(path: Path, hash_prefix: str) -> bool:
    """Whether the SHA-256 of the file begins so, in hexadecimal digits."""
    with path.open("rb") as file:
        return hashlib.file_digest(file, "sha256").hexdigest().startswith(hash_prefix)


def _host(url: str) -> str:
    return urlsplit(url).netloc


def _reason(error: BaseException) -> str:
    """The first line of an error, short enough for a sentence."""
    text = str(getattr(error, "reason", None) or error).strip()
    return (text.splitlines() or [type(error).__name__])[0][:120]


def _silent(share: float) -> None:
    """Progress that nobody watches."""


def _bar(progress: Progress) -> type:
    """A class that huggingface_hub takes for its progress bar and that prints nothing.

    It may open two bars, bytes received and bytes written: the further one is reported.
    """
    furthest = [0.0]

    class Bar:
        def __init__(self, total: float | None = None, initial: float = 0, **_: object) -> None:
            self.total, self.n = total, initial

        def __enter__(self) -> Self:
            return self

        def __exit__(self, *_: object) -> None:
            self.close()

        def update(self, step: float | None = 1) -> None:
            self.n += step or 0
            furthest[0] = max(furthest[0], min(self.n / self.total, 1.0) if self.total else 0.0)
            progress(furthest[0])

        def set_postfix_str(self, text: str = "", refresh: bool = True) -> None: ...
        def refresh(self) -> None: ...
        def close(self) -> None: ...

    return Bar
