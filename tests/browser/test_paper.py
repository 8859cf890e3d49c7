"""The page of the paper's numbers in a real browser: rows that open, links, a run, a phone."""

import re
from collections.abc import Callable, Iterator

import pytest
from playwright.sync_api import Browser, ConsoleMessage, Page, expect

from tests.browser.conftest import accessible_in_light_and_dark, at_rest, linked

Visit = Callable[..., Page]
SLOW = 120_000
"""Milliseconds: the machine may have other work."""


def of_its_own(message: ConsoleMessage) -> bool:
    """Streamlit looks for its server under the page's own address first, and finds none there."""
    return bool(re.search(r"/paper/_stcore/(health|host-config)$", message.location["url"]))


@pytest.fixture
def visit(browser: Browser, address: str) -> Iterator[Visit]:
    """visit(query="", **context options) -> the page, drawn to its last line.

    At the end no page may have written to the console or asked another host for anything.
    """
    said: list[str] = []
    elsewhere: list[str] = []
    contexts = []

    def asked(url: str) -> None:
        if not url.startswith((address, "blob:", "data:")):
            elsewhere.append(url)

    def opened(query: str = "", **options: object) -> Page:
        options = {"viewport": {"width": 1440, "height": 900}} | options
        context = browser.new_context(**options)  # type: ignore[arg-type]
        contexts.append(context)
        page = context.new_page()
        page.set_default_timeout(SLOW)
        page.on("console", lambda m: None if of_its_own(m) else said.append(f"{m.type}: {m.text}"))
        page.on("pageerror", lambda error: said.append(f"error: {error}"))
        page.on("request", lambda r: asked(r.url))
        page.goto(f"{address}/paper{query}")
        done(page)
        return page

    yield opened
    for context in contexts:
        context.close()
    assert not said, said
    assert not elsewhere, elsewhere


def done(page: Page) -> None:
    """Wait until the last line is there and nothing runs any more."""
    page.get_by_text("Now see it: drag epsilon").wait_for()
    expect(page.get_by_test_id("stApp")).to_have_attribute(
        "data-test-script-state", "notRunning", timeout=SLOW
    )


def test_the_heading_is_a_sentence_and_every_row_stands_beside_the_papers(visit: Visit) -> None:
    page = visit()
    heading = page.get_by_role("heading", level=1)
    expect(heading).to_have_count(1)
    assert heading.inner_text().endswith(".")
    names = [re.findall(r"\b[PB]\d+\b", t)[0] for t in page.locator("summary").all_inner_texts()]
    assert names == [f"P{n}" for n in range(1, 17)] + [f"B{n}" for n in range(1, 11)]
    body = page.inner_text("body")
    assert "paper 99.9 %" in body and "paper 0.78 %" in body and "paper 91.1 %" in body


def test_a_row_opens_on_what_was_run_and_a_picture_and_a_link_restores_it(visit: Visit) -> None:
    page = visit()
    page.locator("summary").first.click()
    page.get_by_alt_text("A 4, under FGSM").wait_for()
    assert page.get_by_alt_text(re.compile("under FGSM")).count() == 10
    expect(page.get_by_text("python -m demo reproduce --only P1", exact=True)).to_be_visible()
    linked(page, "P1=true")
    again = visit("?P1=true")
    again.get_by_alt_text("A 4, under FGSM").wait_for()
    expect(again.get_by_alt_text("A 4, clean")).to_be_visible()


def test_nonsense_in_a_link_does_no_harm(visit: Visit) -> None:
    page = visit("?P1=banana&P99=true&digit=-1&P2=%00")
    assert page.get_by_test_id("stException").count() == 0
    assert page.get_by_alt_text(re.compile("under FGSM")).count() == 0


def test_a_row_is_run_here_on_the_shipped_digits(visit: Visit) -> None:
    page = visit("?P3=true")
    page.get_by_role("button", name="Run P3 here").click()
    result = page.get_by_text(re.compile("digits that ship, not the 10,000"))
    result.wait_for()
    done(page)
    assert "1,000 of the 5,000" in result.inner_text()
    tables = page.get_by_test_id("stHtml").filter(has_text="error without attack")
    table = tables.filter(has_text="error under FGSM").nth(1).inner_text()
    fooled = float(re.findall(r"([\d.]+) %", table.split("error under FGSM")[1])[0])
    assert 50 < fooled <= 100


def test_the_logits_are_drawn_for_the_digit_that_is_chosen(visit: Visit) -> None:
    page = visit("?P16=true&digit=7")
    if page.get_by_text("must be trained first").count():
        pytest.fail("the maxout network is not among the weights that ship")
    plot = page.locator(".js-plotly-plot")
    plot.first.wait_for()
    expect(page.get_by_text("7, the label")).to_be_visible()
    page.get_by_role("radio", name="3", exact=True).click()
    expect(page.get_by_text("3, the label")).to_be_visible()
    linked(page, "digit=3")


def test_the_keyboard_opens_a_row_and_starts_its_run(visit: Visit) -> None:
    page = visit()
    summary = page.locator("summary").nth(5)
    summary.focus()
    page.keyboard.press("Enter")
    expect(page.locator("details[open]")).to_have_count(1)
    at_rest(page)  # what is pressed while the row is being drawn may be lost on it
    linked(page, "P6=true")
    page.keyboard.press("Enter")
    expect(page.locator("details[open]")).to_have_count(0)


def test_a_phone_shows_all_of_it_without_scrolling_sideways(visit: Visit) -> None:
    every = "&".join(f"P{n}=true" for n in range(1, 17)) + "&B1=true&B9=true"
    page = visit("?" + every, viewport={"width": 390, "height": 844}, is_mobile=True)
    page.get_by_alt_text("A 4, under FGSM").first.wait_for()
    assert page.evaluate("document.documentElement.scrollWidth") <= 390
    wide = "[...document.querySelectorAll('[data-testid=stHtml] *')]" \
           ".filter(e => e.getBoundingClientRect().right > 391).length"  # fmt: skip
    assert page.evaluate(wide) == 0


def test_axe_finds_no_serious_fault(visit: Visit) -> None:
    page = visit("?P1=true&P3=true&P4=true&P7=true&P14=true&B6=true")
    page.get_by_alt_text("A 4, under FGSM").first.wait_for()
    accessible_in_light_and_dark(page)


def test_the_last_line_leads_on(visit: Visit) -> None:
    page = visit()
    link = page.get_by_role("link", name=re.compile("Now see it"))
    assert link.get_attribute("href") in ("/", "", f"{page.url.split('/paper')[0]}/")
