"""What a person reads off a page and does on it, by role and name: the one place that knows how."""

import base64
import io
import re
import time
from collections.abc import Callable

import numpy as np
from axe_playwright_python.sync_playwright import Axe
from numpy.typing import NDArray
from PIL import Image
from playwright.sync_api import Locator, Page, TimeoutError, ViewportSize, expect

from tests import PATIENCE
from tests.server import ROOT

MOMENT = 10_000
"""Milliseconds after which a list is opened anew."""
DESKTOP: ViewportSize = {"width": 1440, "height": 900}
PHONE = {"viewport": {"width": 360, "height": 740}, "is_mobile": True, "has_touch": True}
"""A small one."""
EPSILON = "Epsilon"
CLEAN, CHANGE, ADVERSARIAL = "Clean image", "Perturbation", "Adversarial example"
"""The three pictures of the attack page."""


def contents() -> dict[str, str]:
    """Address -> title of all pages, in the order of `app.py`; the first address is empty."""
    app = (ROOT / "app.py").read_text(encoding="utf-8")
    found = {a: title for title, a in re.findall(r'\(\w+\.page, "(.+?)", "([\w-]*)"\)', app)}
    assert len(found) >= 7 and "" in found
    return found


def drawn(page: Page) -> None:
    """Wait until the page is drawn to its last line, which leads to the next."""
    page.get_by_role("link", name=re.compile("^(Next: |Now see it)")).last.wait_for()


def at_rest(page: Page, milliseconds: int = 500) -> None:
    """Wait until nothing runs, is faded or moves to another colour, for so long without a break.

    A page that goes on by itself is idle between two runs, and says that it goes on; what a run has
    not drawn again yet is faded, so its contrast is not the page's.
    """
    page.evaluate("delete window.restless")
    page.wait_for_function(
        """milliseconds => {
            const idle = document.querySelector("[data-test-script-state=notRunning]");
            const stale = document.querySelector("[data-stale=true]");
            const moves = document.getAnimations().some(a => a.playState == "running"
                && a.effect?.getTiming().iterations != Infinity);
            const again = document.querySelector("[class*=-goes-on]");
            if (!idle || stale || moves || again || !window.restless) {
                window.restless = performance.now();
            }
            return performance.now() - window.restless > milliseconds;
        }""",
        arg=milliseconds,
        polling=100,  # at every frame, as is its habit, it would keep the browser drawing
    )


def pick(page: Page, name: str, option: str, typed: str = "", *, exact: bool = False) -> None:
    """Choose from the list of that name. typed: narrows it, where only a part of it is drawn.

    A page that is drawn anew meanwhile closes the list; it is opened again then.
    """
    choice, end = page.get_by_role("option", name=option), time.monotonic() + PATIENCE
    while True:
        at_rest(page)
        page.get_by_role("combobox", name=name, exact=exact).click()
        page.keyboard.type(typed)
        try:
            return choice.click(timeout=MOMENT)
        except TimeoutError:
            assert time.monotonic() < end, f"{option} cannot be chosen"
            page.keyboard.press("Escape")


def linked(page: Page, *words: str) -> None:
    """Wait until the page's link holds these."""
    for word in words:
        page.wait_for_function("word => location.search.includes(word)", arg=word)


def link(page: Page) -> str:
    """The page's query, with its question mark."""
    return str(page.evaluate("location.search"))


def accessible_in_light_and_dark(page: Page, within: str | None = None) -> None:
    """Axe finds no serious fault, whichever of the two the reader's system asks for.

    within: a CSS selector of what is looked at; None: the whole page.
    """
    for scheme in ("light", "dark"):
        page.emulate_media(color_scheme=scheme)  # type: ignore[arg-type]
        page.wait_for_function(
            "scheme => getComputedStyle(document.querySelector('.stApp')).colorScheme == scheme",
            arg=scheme,
        )
        at_rest(page)
        found = Axe().run(page, within).response["violations"]
        grave = [f for f in found if f["impact"] in ("serious", "critical")]
        told = [(scheme, f["id"], [n["html"][:200] for n in f["nodes"]]) for f in grave]
        assert not told, told


def no_wider_than_the_screen(page: Page) -> None:
    """Nothing has to be scrolled sideways, unless it scrolls by itself."""
    assert page.evaluate("document.documentElement.scrollWidth <= innerWidth")
    wide = page.evaluate(
        """() => {
            const clipped = e => e && (getComputedStyle(e).overflowX != "visible"
                || clipped(e.parentElement.closest(".stMain *")));
            return [...document.querySelectorAll(".stMain [data-testid=stVerticalBlock] *")]
                .filter(e => e.getBoundingClientRect().right > innerWidth + 1)
                .filter(e => e.checkVisibility() && !e.closest("svg, .katex-mathml"))
                .filter(e => !clipped(e.parentElement))
                .map(e => e.outerHTML.slice(0, 150));
        }"""
    )
    assert wide == [], wide
    tables = page.locator("[data-testid=stMarkdownContainer]:has(> table)")
    room = tables.evaluate_all("all => all.map(e => e.scrollWidth - e.clientWidth)")
    assert max(room, default=0) <= 1, room  # one that scrolls cannot be reached by keyboard


def on_the_first_screen(page: Page, *shown: Locator) -> None:
    """All of these are seen without scrolling."""
    size = page.viewport_size
    for each in shown:
        box = each.bounding_box()
        assert size and box and box["x"] >= 0 and box["x"] + box["width"] <= size["width"]
        assert box["y"] >= 0 and box["y"] + box["height"] <= size["height"], each


def no_fault(page: Page) -> None:
    """No exception is shown."""
    expect(page.get_by_test_id("stException")).to_have_count(0)
    expect(page.get_by_text("Traceback")).to_have_count(0)


def slider(page: Page, name: str = EPSILON) -> Locator:
    return page.get_by_role("slider", name=name)


def set_stop(page: Page, stop: int, name: str = EPSILON) -> None:
    """Move the slider as its own keys would, and let go."""
    slider(page, name).fill(str(stop))


def drag(page: Page, shares: tuple[float, ...], look: Callable[[], object], name: str = EPSILON):
    """Move the slider's thumb to these shares of its length; what look() gives at each."""
    slider(page, name).scroll_into_view_if_needed()
    box = slider(page, name).bounding_box()
    assert box
    page.mouse.move(box["x"] + box["width"] / 2, box["y"] + box["height"] / 2)
    page.mouse.down()
    seen = []
    for share in shares:
        page.mouse.move(box["x"] + share * box["width"], box["y"] + box["height"] / 2)
        seen.append(look())
    page.mouse.up()
    return seen


def upload(page: Page, data: bytes, name: str) -> None:
    """Hand a file to the uploader."""
    page.locator("input[type=file]").first.set_input_files(
        {"name": name, "mimeType": "application/octet-stream", "buffer": data}
    )


def download(page: Page, button: str) -> bytes:
    """What the button of that name saves."""
    with page.expect_download() as given:
        page.get_by_role("button", name=button).click()
    return given.value.path().read_bytes()


def pixels(page: Page, name: str) -> NDArray[np.uint8]:
    """What is on the canvas of that accessible name: (H, W, 3)."""
    canvas = page.get_by_role("img", name=name, exact=True)
    text = canvas.evaluate("c => c.toDataURL('image/png')")
    picture = Image.open(io.BytesIO(base64.b64decode(text.split(",")[1])))
    return np.asarray(picture.convert("RGB"))


# The attack page.


def switch(page: Page, training: str) -> Locator:
    """The half of the switch of that name, "Standard" or "Robust"."""
    return page.locator(".fgsm").get_by_role("button", name=training, exact=True)


def robust(page: Page) -> None:
    """Turn the switch, and wait until the robust network answers."""
    switch(page, "Robust").click()
    expect(page.locator(".fgsm .facts")).to_contain_text("trained against")
    complete(page)


def complete(page: Page) -> None:
    """Wait until every stop is answered and the curve is drawn."""
    page.locator(".fgsm .notes .live").wait_for(state="attached")
    page.locator(".fgsm .plot .main-svg").first.wait_for(state="attached")


def other_picture(page: Page, old: NDArray[np.uint8]) -> NDArray[np.uint8]:
    """Wait until the clean image is another one than `old`, and all of its answers are there."""
    end = time.monotonic() + PATIENCE
    while np.array_equal(pixels(page, CLEAN), old):
        assert time.monotonic() < end, "the clean image did not change"
        page.wait_for_timeout(250)
    complete(page)
    at_rest(page)
    return pixels(page, CLEAN)


def heading(page: Page) -> str:
    """The page's one sentence."""
    return page.get_by_role("heading", level=1).inner_text()


def answer(page: Page) -> str:
    """Label and confidence under the adversarial example."""
    return page.locator(".fgsm .answer").inner_text()


def clean(page: Page) -> str:
    """Label and confidence under the clean image."""
    caption = page.locator(".fgsm [data-picture=clean] figcaption")
    return " ".join(caption.locator(part).inner_text() for part in (".name", ".sure"))


def readout(page: Page) -> str:
    """Epsilon, as a fraction and as n/255."""
    return page.locator(".fgsm .readout").inner_text()


def facts(page: Page) -> str:
    """The line of numbers below the pictures."""
    return page.locator(".fgsm .facts").inner_text()


def marker(page: Page) -> float:
    """Pixels from the plot's left edge to the marker."""
    return float(page.locator(".fgsm .marker").evaluate("m => m.getBoundingClientRect().left"))


def both_curves(page: Page) -> str:
    """Wait until both networks' curves are drawn; the label that both are of."""
    lines = page.locator(".fgsm .legendtext")
    for training in ("standard", "adversarial"):
        lines.filter(has_text=f"{training} training").wait_for()
    theirs = str(lines.filter(has_text="adversarial training").text_content())
    assert theirs.replace("adversarial training", "standard training") in lines.all_text_contents()
    return re.sub(", ?adversarial training$", "", theirs)


def photograph(name: str) -> bytes:
    """One picture, "upright.jpg" or "rotated.jpg", as a camera held so saves it."""
    picture = Image.open(ROOT / "assets" / "images" / "panda.webp").convert("RGB")
    picture.thumbnail((800, 800))
    exif, kept = Image.Exif(), io.BytesIO()
    if name == "rotated.jpg":
        picture = picture.transpose(Image.Transpose.ROTATE_90)
        exif[0x0112] = 6
    picture.save(kept, "JPEG", quality=95, exif=exif)
    return kept.getvalue()
