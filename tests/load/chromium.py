"""A few real browsers among the many: what is read is checked, and that a drag is silent."""

import random
import threading
import time

from playwright.sync_api import Page, sync_playwright

from demo import models
from tests.browser.chromium import FLAGS, chromium
from tests.browser.reading import at_rest, complete
from tests.load.alone import Question, alone
from tests.load.person import GALLERY, PHOTOGRAPHS

Read = tuple[Question, int, str]
"""What was looked at, at which stop, and the words of the answer."""


class Browsing(threading.Thread):
    """One person at a real browser: picks photographs, drags each to several stops.

    read: what was on the page.  drags, drag_messages: as a protocol client counts them.
    said: what the browser wrote to its console.  error: what ended it before its time.
    """

    def __init__(self, address: str, seed: int, seconds: float, start: threading.Barrier) -> None:
        super().__init__(name=f"browser {seed}")
        self.read: list[Read] = []
        self.drags, self.drag_messages, self.picks = 0, 0, 0
        self.said: list[str] = []
        self.error: BaseException | None = None
        self._address, self._seconds, self._start = address, seconds, start
        self._dice = random.Random(seed)
        self._frames = 0

    def run(self) -> None:
        """Until the time is over."""
        try:
            with sync_playwright() as playwright:
                browser = playwright.chromium.launch(executable_path=chromium(), args=FLAGS)
                page = browser.new_page(viewport={"width": 1280, "height": 800})
                page.set_default_timeout(900_000)
                page.on("console", lambda m: self.said.append(f"{m.type}: {m.text}"))
                page.on("websocket", self._listen)
                page.goto(self._address)
                complete(page)
                self._start.wait()
                end = time.monotonic() + self._seconds
                while time.monotonic() < end:
                    self._pick(page)
                    self._drag(page)
                browser.close()
        except BaseException as error:
            self.error = error
            self._start.abort()

    def _listen(self, socket: object) -> None:
        for event in ("framesent", "framereceived"):
            socket.on(event, self._count)  # type: ignore[attr-defined]

    def _count(self, frame: object) -> None:
        self._frames += 1

    def _pick(self, page: Page) -> None:
        self._photo = self._dice.choice(GALLERY)
        page.get_by_role("radio", name=self._photo.title, exact=True).click(force=True)
        page.get_by_text(f"Picture: {self._photo.title}.").wait_for()
        complete(page)
        at_rest(page, 2000)
        self.picks += 1

    def _drag(self, page: Page) -> None:
        before = self._frames
        slider = page.get_by_role("slider", name="Epsilon")
        question = Question("photographs", PHOTOGRAPHS, self._photo.name)
        for stop in self._dice.sample(range(65), 5):
            slider.fill(str(stop))
            page.wait_for_timeout(60)
            words = page.locator(".fgsm .answer").inner_text()
            self.read.append((question, stop, words))
        self.drags += 1
        self.drag_messages += self._frames - before


def wrong(read: Read) -> str | None:
    """How the words differ from the answer computed alone; None where they do not."""
    question, stop, words = read
    names = models.class_names(models.card(question.network))
    top = alone(question).top[stop]
    likely = [(k, p) for k, p in top if top[0][1] - p <= 2e-4]
    said = " ".join(words.split()).replace("\u00a0", " ")
    for label, p in likely:
        percents = {f"{100 * (p + shift):.1f} %" for shift in (-1e-4, 0, 1e-4)}
        if names[label] in said and any(percent in said for percent in percents):
            return None
    return f"{said!r} at stop {stop} of {question.picture}, alone {names[top[0][0]]} {top[0][1]}"
