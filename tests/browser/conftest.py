"""Servers, and pages on them whose every word to the console is heard."""

import re
from collections.abc import Generator, Iterator

import pytest
from playwright.sync_api import Browser, BrowserContext, ConsoleMessage, Page, Request, expect

from tests import PATIENCE, server
from tests.browser.reading import DESKTOP, complete, drawn
from tests.server import serving

MILLISECONDS = 1000 * PATIENCE
expect.set_options(timeout=MILLISECONDS)
BASE_GUESSES = re.compile(r"/[\w-]+/_stcore/(health|host-config)$")
"""Streamlit's own page asks these two first when a link leads to a page that is not the first."""


def served(factory: pytest.TempPathFactory, program: str) -> Iterator[str]:
    """Where that program is served; its log must stay free of tracebacks.

    The server hangs up on a browser that does not answer its ping in time: only on one that hangs.
    """
    patient = {"STREAMLIT_SERVER_WEBSOCKET_PING_INTERVAL": str(int(PATIENCE))}
    with serving(factory.mktemp("server"), program=program, **patient) as (one,):
        yield one.address
        assert one.tracebacks() == 0, one.written()[-4000:]


@pytest.fixture(scope="session")
def address(tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    """Where the app is served whose first photograph network is a tiny one."""
    yield from served(tmp_path_factory, "tests/browser/tiny.py")


@pytest.fixture(scope="session")
def real_address(tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    """Where the app is served as a person starts it."""
    yield from served(tmp_path_factory, server.APP)


STATE = """() => [
    document.visibilityState,
    document.querySelector("[data-test-script-state]")?.dataset.testScriptState,
    `focus on ${document.activeElement?.outerHTML.slice(0, 200)}`,
    document.querySelector(".stMain")?.innerText,
].join("; ")"""
"""What a page says of itself."""
PAGES: list[Page] = []
"""All that were opened."""


@pytest.hookimpl(wrapper=True)
def pytest_runtest_makereport(
    item: pytest.Function, call: pytest.CallInfo[None]
) -> Generator[None, pytest.TestReport, pytest.TestReport]:
    """What failed tells what its pages showed: it may have waited for what never came."""
    report = yield
    if report.failed:
        for page in (page for page in PAGES if not page.is_closed()):
            report.sections.append((page.url, page.evaluate(STATE)))
    return report


class Visits:
    """visit(path, **context options) -> the page at that path and query, drawn to its last line.

    On the attack page, all answers are there.

    frames: what has gone to the server.  said: what came to the console, and faults.
    elsewhere: requests to any other host.
    """

    def __init__(self, browser: Browser, address: str) -> None:
        self.address, self._browser = address, browser
        self.frames: list[object] = []
        self.said: list[str] = []
        self.elsewhere: list[str] = []
        self._contexts: list[BrowserContext] = []

    def __call__(self, path: str = "/", **options: object) -> Page:
        page = self.empty(**options)
        page.goto(self.address + path)
        drawn(page)
        if page.locator(".fgsm").count():
            complete(page)
        return page

    def empty(self, beside: Page | None = None, **options: object) -> Page:
        """A page that is nowhere yet. beside: another one, whose browser has fetched the code.

        Else in a browser's profile of its own: a page that another one of its profile leaves
        behind may stay hidden, and one that comes while the last is closed may stay empty.
        """
        if beside is None:
            options = {"viewport": DESKTOP} | options
            self._contexts.append(self._browser.new_context(**options))  # type: ignore[arg-type]
        page = (self._contexts[-1] if beside is None else beside.context).new_page()
        PAGES.append(page)
        page.set_default_timeout(MILLISECONDS)
        page.on("console", self._heard)
        page.on("pageerror", lambda error: self.said.append(f"error: {error}"))
        page.on("websocket", lambda w: w.on("framesent", lambda f: self.frames.append(f)))
        page.on("request", self._asked)
        return page

    def end(self) -> None:
        """Close all; nothing may have been said, and nobody else been asked."""
        for context in self._contexts:
            context.close()
        assert not self.said, self.said
        assert not self.elsewhere, self.elsewhere

    def _heard(self, message: ConsoleMessage) -> None:
        if not BASE_GUESSES.search(message.location["url"]):
            self.said.append(f"{message.type}: {message.text}")

    def _asked(self, request: Request) -> None:
        if not request.url.startswith((self.address, "blob:", "data:")):
            self.elsewhere.append(request.url)


def visits(browser: Browser, address: str) -> Iterator[Visits]:
    """The pages of one fixture, closed at its end."""
    pages = Visits(browser, address)
    yield pages
    pages.end()


@pytest.fixture
def visit(browser: Browser, address: str) -> Iterator[Visits]:
    """Pages of one test's own."""
    yield from visits(browser, address)


@pytest.fixture(scope="module")
def stay(browser: Browser, address: str) -> Iterator[Visits]:
    """Pages that a file's tests share: what one load can show is looked at on one load."""
    yield from visits(browser, address)


@pytest.fixture
def visit_real(browser: Browser, real_address: str) -> Iterator[Visits]:
    """Pages of the app with the networks that ship."""
    yield from visits(browser, real_address)


@pytest.fixture(scope="module")
def stay_real(browser: Browser, real_address: str) -> Iterator[Visits]:
    """The same for the pages that a file's tests share."""
    yield from visits(browser, real_address)
