"""The page of the paper's numbers in a real browser: rows that open, links, a run, a phone."""

import re

import pytest
from playwright.sync_api import Page, expect

from tests.browser.conftest import Visits
from tests.browser.reading import (
    PHONE,
    accessible_in_light_and_dark,
    at_rest,
    heading,
    linked,
    no_wider_than_the_screen,
)

PATH = "/paper"
ROWS = [*(f"P{n}" for n in range(1, 23) if n != 8), *(f"B{n}" for n in range(1, 11))]
"""P8 is in P7's row."""


@pytest.fixture(scope="module")
def here(stay: Visits) -> Page:
    """The first view, at rest; each test shuts the row that it opens."""
    page = stay(PATH)
    at_rest(page)
    return page


def test_the_heading_is_a_sentence_and_every_row_stands_beside_the_papers(here: Page) -> None:
    assert heading(here).endswith(".")
    names = [re.findall(r"\b[PB]\d+\b", t)[0] for t in here.locator("summary").all_inner_texts()]
    assert names == ROWS
    body = here.inner_text("body")
    assert "paper 99.9 %" in body and "paper 0.78 %" in body and "paper 91.1 %" in body


def test_the_keyboard_opens_and_shuts_a_row(here: Page) -> None:
    here.locator("summary").nth(5).focus()
    here.keyboard.press("Enter")
    expect(here.locator("details[open]")).to_have_count(1)
    at_rest(here)  # what is pressed while the row is being drawn may be lost on it
    linked(here, "P6=true")
    here.keyboard.press("Enter")
    expect(here.locator("details[open]")).to_have_count(0)
    at_rest(here)


def test_a_row_opens_on_what_was_run_and_its_pictures(here: Page) -> None:
    here.locator("summary").first.click()
    here.get_by_alt_text("A 4, under FGSM").wait_for()
    assert here.get_by_alt_text(re.compile("under FGSM")).count() == 10
    expect(here.get_by_text("python -m demo reproduce --only P1", exact=True)).to_be_visible()
    linked(here, "P1=true")


def test_a_link_opens_rows_one_runs_here_and_another_draws_the_digit_that_is_chosen(
    visit: Visits,
) -> None:
    page = visit(f"{PATH}?P1=true&P3=true&P16=true&P19=true&digit=7&toward=2")
    expect(page.get_by_alt_text("A 4, clean")).to_be_visible()
    expect(page.get_by_text(re.compile("sure that this is a 2"))).to_be_visible()
    expect(page.get_by_alt_text("The 7 at ε = 15")).to_be_visible()
    page.locator(".js-plotly-plot").first.wait_for()
    expect(page.get_by_text("7, the label")).to_be_visible()
    which = page.get_by_role("radiogroup", name="Digit", exact=True)
    which.get_by_role("radio", name="3", exact=True).click()
    expect(page.get_by_text("3, the label")).to_be_visible()
    linked(page, "digit=3")
    at_rest(page)
    page.get_by_role("button", name="Run P3 here").click()
    result = page.get_by_text(re.compile("digits that ship, not the 10,000"))
    result.wait_for()
    at_rest(page)
    assert "1,000 of the 5,000" in result.inner_text()
    tables = page.get_by_test_id("stHtml").filter(has_text="error without attack")
    table = tables.filter(has_text="error under FGSM").nth(1).inner_text()
    fooled = float(re.findall(r"([\d.]+) %", table.split("error under FGSM")[1])[0])
    assert 50 < fooled <= 100


def test_on_a_phone_all_open_rows_fit_and_axe_is_content(visit: Visits) -> None:
    every = "&".join(f"{name}=true" for name in ROWS)
    page = visit(f"{PATH}?{every}", **PHONE)
    page.get_by_alt_text("A 4, under FGSM").first.wait_for()
    at_rest(page)
    no_wider_than_the_screen(page)
    accessible_in_light_and_dark(page)
