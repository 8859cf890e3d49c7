"""A real server, and pages on it whose every word to the console is heard."""

import io
import os
import re
import socket
import subprocess
import sys
import time
import urllib.request
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from axe_playwright_python.sync_playwright import Axe
from PIL import Image
from playwright.sync_api import Browser, ConsoleMessage, Page, expect

ROOT = Path(__file__).parents[2]
expect.set_options(timeout=45_000)
NOWHERE = "http://127.0.0.1:9"
"""A proxy that nobody listens at: the server under test has no network."""


def start_server(home: Path, port: int) -> subprocess.Popen[bytes]:
    """The app as a person starts it, with an empty weights cache and without the network."""
    proxies = dict.fromkeys(("http_proxy", "https_proxy", "HTTP_PROXY", "HTTPS_PROXY"), NOWHERE)
    caches = {"TORCH_HOME": str(home / "torch"), "HF_HOME": str(home / "hf")}
    command = [sys.executable, "-m", "streamlit", "run", "app.py", "--server.port", str(port)]
    with (home / "server.log").open("wb") as log:
        return subprocess.Popen(
            command, cwd=ROOT, env=os.environ | proxies | caches, stdout=log, stderr=log
        )


def wait_until_healthy(address: str, seconds: float = 60) -> None:
    """Return once the server answers; RuntimeError if it does not in time."""
    end = time.monotonic() + seconds
    opener = urllib.request.build_opener(urllib.request.ProxyHandler({}))
    while time.monotonic() < end:
        try:
            with opener.open(f"{address}/_stcore/health", timeout=2):
                return
        except OSError:
            time.sleep(0.2)
    raise RuntimeError(f"no server at {address} after {seconds} s")


def free_port() -> int:
    """A port that nobody uses at this moment."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


GONE = re.compile(
    r"Exception in ASGI application\n(?:(?!Exception in ASGI application).)*?"
    r'WebSocketDisconnected: Cannot call "send" once a close message has been sent\.\n',
    re.DOTALL,
)
"""What the web server writes where a browser is closed while it connects: no fault of the app's."""


@pytest.fixture(scope="session")
def address(tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    """Where the app is served."""
    port = free_port()
    home = tmp_path_factory.mktemp("server")
    server = start_server(home, port)
    try:
        wait_until_healthy(f"http://127.0.0.1:{port}")
        yield f"http://127.0.0.1:{port}"
    finally:
        log = (home / "server.log").read_text(errors="replace")  # before it is told to stop at once
        server.terminate()
        server.wait(30)
        log = GONE.sub("", log)
        assert "Traceback" not in log, log[-4000:]


@pytest.fixture
def visit(browser: Browser, address: str) -> Iterator[Callable[..., Page]]:
    """visit(query="", **context options) -> a page on which the first attack is complete.

    visit.frames: what has gone to the server. At the end no page may have written to the console
    or asked another host for anything.
    """
    said: list[str] = []
    elsewhere: list[str] = []
    contexts = []

    def opened(query: str = "", **options: object) -> Page:
        options = {"viewport": {"width": 1440, "height": 900}} | options
        context = browser.new_context(**options)  # type: ignore[arg-type]
        contexts.append(context)
        page = context.new_page()
        page.set_default_timeout(45_000)
        page.on("console", lambda m: said.append(f"{m.type}: {m.text}"))
        page.on("websocket", lambda w: w.on("framesent", lambda f: opened.frames.append(f)))
        page.on("pageerror", lambda error: said.append(f"error: {error}"))
        page.on(
            "request",
            lambda r: (
                None if r.url.startswith((address, "blob:", "data:")) else elsewhere.append(r.url)
            ),
        )
        page.goto(address + query)
        complete(page)
        return page

    opened.frames = []  # type: ignore[attr-defined]
    yield opened
    for context in contexts:
        context.close()
    assert not said, said
    assert not elsewhere, elsewhere


BASE_GUESSES = re.compile(r"/[\w-]+/_stcore/(health|host-config)$")
"""Streamlit's own page asks these two first when a link leads to a page that is not the first."""


@pytest.fixture
def watched(browser: Browser, address: str) -> Iterator[Callable[..., Page]]:
    """watched(patience in milliseconds, **context options) -> an empty page.

    watched.frames: what has gone to the server. At the end no page may have written to the console
    or asked another host for anything.
    """
    said: list[str] = []
    elsewhere: list[str] = []
    contexts = []

    def heard(message: ConsoleMessage) -> None:
        if not BASE_GUESSES.search(message.location["url"]):
            said.append(f"{message.type}: {message.text}")

    def asked(url: str) -> None:
        if not url.startswith((address, "blob:", "data:")):
            elsewhere.append(url)

    def new_page(patience: float, **options: object) -> Page:
        options = {"viewport": {"width": 1440, "height": 900}} | options
        context = browser.new_context(**options)  # type: ignore[arg-type]
        contexts.append(context)
        page = context.new_page()
        page.set_default_timeout(patience)
        page.on("console", heard)
        page.on("pageerror", lambda error: said.append(f"error: {error}"))
        page.on("websocket", lambda w: w.on("framesent", lambda f: new_page.frames.append(f)))
        page.on("request", lambda r: asked(r.url))
        return page

    new_page.frames = []  # type: ignore[attr-defined]
    yield new_page
    for context in contexts:
        context.close()
    assert not said, said
    assert not elsewhere, elsewhere


def complete(page: Page) -> None:
    """Wait until every stop is answered and the curve is drawn."""
    page.locator(".fgsm .notes .live").wait_for(state="attached")
    page.locator(".fgsm .plot .main-svg").first.wait_for(state="attached")


def at_rest(page: Page, milliseconds: int = 2000) -> None:
    """Wait until the server has sent nothing, and nothing is faded, for so long without a break.

    A page that goes on by itself is idle for a moment between two runs; and what a run has not
    drawn again yet is faded, so its contrast is not the page's.
    """
    page.evaluate("delete window.restless")
    page.wait_for_function(
        """milliseconds => {
            const idle = document.querySelector("[data-test-script-state=notRunning]");
            const stale = document.querySelector("[data-stale=true]");
            if (!idle || stale || !window.restless) window.restless = performance.now();
            return performance.now() - window.restless > milliseconds;
        }""",
        arg=milliseconds,
        polling=100,  # at every frame, as is its habit, it would keep the browser drawing
    )


def linked(page: Page, *words: str) -> None:
    """Wait until the page's link holds these."""
    for word in words:
        page.wait_for_function("word => location.search.includes(word)", arg=word)


def accessible_in_light_and_dark(page: Page) -> None:
    """Axe finds no serious fault, whichever of the two the reader's system asks for."""
    for scheme in ("light", "dark"):
        page.emulate_media(color_scheme=scheme)
        page.wait_for_function(
            "scheme => getComputedStyle(document.querySelector('.stApp')).colorScheme == scheme",
            arg=scheme,
        )
        at_rest(page, 1000)
        found = Axe().run(page).response["violations"]
        grave = [f for f in found if f["impact"] in ("serious", "critical")]
        told = [(scheme, f["id"], [n["html"][:200] for n in f["nodes"]]) for f in grave]
        assert not told, told


@pytest.fixture(scope="session")
def photographs() -> Callable[[str], bytes]:
    """One picture, "upright.jpg" or "rotated.jpg", as a camera held so saves it."""

    def made(name: str) -> bytes:
        picture = Image.open(ROOT / "assets" / "images" / "panda.webp").convert("RGB")
        picture.thumbnail((800, 800))
        exif, kept = Image.Exif(), io.BytesIO()
        if name == "rotated.jpg":
            picture = picture.transpose(Image.Transpose.ROTATE_90)
            exif[0x0112] = 6
        picture.save(kept, "JPEG", quality=95, exif=exif)
        return kept.getvalue()

    return made
