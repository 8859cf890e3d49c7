"""The page "What it costs" in a real browser: attacks that go on, stop, and end."""

import re
from collections.abc import Callable

import pytest
from playwright.sync_api import Page, expect

from tests.browser.conftest import accessible_in_light_and_dark, at_rest

Opened = Callable[..., Page]

PATIENCE = 240_000
"""Milliseconds: a machine may be busy with other things."""

DIGIT = "?kind=digits"
"""A small network: its attacks are done in seconds."""


@pytest.fixture
def opened(watched: Opened, address: str) -> Opened:
    """opened(query="", **context options) -> the page, drawn to its last line."""

    def open_page(query: str = "", **options: object) -> Page:
        page = watched(PATIENCE, **options)
        page.goto(f"{address}/cost{query}")
        page.get_by_text("Next: ").wait_for()
        return page

    return open_page


def heading(page: Page) -> str:
    return page.get_by_role("heading", level=1).inner_text()


def finished(page: Page) -> None:
    """Wait until nothing is left to attack, and the lines under the button say so too."""
    page.get_by_role("button", name="Run again").wait_for()
    at_rest(page)


def test_fgsm_is_there_first_and_all_four_end_with_their_passes_in_the_heading(
    opened: Opened,
) -> None:
    page = opened(DIGIT)
    assert heading(page).startswith("One pass")
    page.get_by_role("img", name=re.compile("^After FGSM: ")).wait_for()
    finished(page)
    said = re.fullmatch(
        r"One pass finds an adversarial example; L-BFGS needs (\d+), for a change "
        r"(\d+\.\d) times smaller", heading(page),
    )  # fmt: skip
    assert said and int(said.group(1)) > 50 and float(said.group(2)) > 1
    for attack in ("FGSM", "BIM", "PGD", "L-BFGS"):
        expect(page.get_by_role("img", name=re.compile(f"^After {attack}: "))).to_be_visible()
        expect(page.get_by_role("cell", name=attack, exact=True)).to_be_visible()
    assert f"{said.group(1)} passes" in page.locator(".cost").inner_text()
    page.get_by_text("Not robust").first.wait_for()


def test_a_network_trained_against_fgsm_alone_is_not_called_robust(opened: Opened) -> None:
    page = opened(f"{DIGIT}&network=conv-fgsm")
    finished(page)
    assert re.match(r"One pass fails on this 3; PGD's \d+ find what it missed", heading(page))
    page.get_by_text("whoever had tested with FGSM alone").wait_for()


def test_the_attacks_stop_stay_stopped_and_go_on(opened: Opened) -> None:
    page = opened("?epsilon=0.0039")
    page.get_by_role("button", name="Stop", exact=True).first.click()
    page.get_by_role("button", name="Resume").wait_for()
    at_rest(page)
    where = page.get_by_test_id("stProgress").first.inner_text()
    assert where.startswith("Stopped: ")
    page.wait_for_timeout(3000)
    assert page.get_by_test_id("stProgress").first.inner_text() == where
    page.get_by_role("button", name="Resume").click()
    stopped = where.removeprefix("Stopped: ")
    expect(page.get_by_test_id("stProgress").first).not_to_contain_text(stopped, timeout=PATIENCE)
    page.get_by_role("button", name="Stop", exact=True).first.click()
    page.get_by_role("button", name="Resume").wait_for()


def test_a_link_restores_picture_network_target_and_epsilon(opened: Opened) -> None:
    link = "?kind=digits&picture=digit-2100&network=maxout&target=9&epsilon=0.1&by=seconds"
    page = opened(link)
    finished(page)
    text = page.inner_text("body")
    assert "digit 2,100 of the gallery, labelled 4" in text and "Maxout network" in text
    assert "L-BFGS toward “9”" in text and "ε = .1 (25.5/255)" in text
    asked = dict(pair.split("=") for pair in page.evaluate("location.search")[1:].split("&"))
    wanted = dict(pair.split("=") for pair in link[1:].split("&"))
    assert asked == wanted
    expect(page.get_by_role("radio", name="seconds", exact=True)).to_be_checked()


def test_nonsense_in_a_link_does_no_harm(opened: Opened) -> None:
    page = opened("?kind=digits&picture=digit-9999&network=x&target=%00&epsilon=nan&by=7")
    expect(page.get_by_test_id("stException")).to_have_count(0)
    expect(page.get_by_text("Traceback")).to_have_count(0)
    assert heading(page).startswith("One pass")


def test_a_target_that_is_the_answer_already_gets_a_sentence(opened: Opened) -> None:
    page = opened(f"{DIGIT}&target=3")
    page.get_by_text("The network already says 3: choose another target").wait_for()
    expect(page.get_by_test_id("stException")).to_have_count(0)


def test_the_loop_is_measured_and_its_sum_is_written_out(opened: Opened) -> None:
    page = opened(DIGIT)
    finished(page)
    page.get_by_role("button", name="Measure").click()
    page.get_by_text("To be fair").wait_for()
    text = page.inner_text("body")
    said = re.search(r"12 epochs × 500 steps × ([\d.]+) ms = ([\d.]+) (s|min)", text)
    assert said is not None
    seconds = float(said.group(2)) * {"s": 1, "min": 60}[said.group(3)]
    assert seconds == pytest.approx(6 * float(said.group(1)), rel=0.01)
    assert re.search(r"The old loop, once around: [\d.]+ (min|h)", text)


def test_everything_can_be_done_by_keyboard(opened: Opened) -> None:
    page = opened(DIGIT)
    finished(page)
    before = page.get_by_role("img", name=re.compile("^After FGSM: ")).get_attribute("src")
    page.get_by_role("slider", name="ε of FGSM, BIM and PGD").focus()
    page.keyboard.press("ArrowLeft")
    page.wait_for_url(re.compile("epsilon=0.2"))
    finished(page)
    assert page.get_by_role("img", name=re.compile("^After FGSM: ")).get_attribute("src") != before
    page.get_by_role("button", name="Run again").focus()
    page.keyboard.press("Enter")
    finished(page)


def test_on_a_phone_nothing_is_wider_than_the_screen(opened: Opened) -> None:
    page = opened(DIGIT, viewport={"width": 390, "height": 844}, is_mobile=True, has_touch=True)
    finished(page)
    assert page.evaluate("document.documentElement.scrollWidth") <= 390
    wide = page.evaluate(
        "[...document.querySelectorAll('.stMain :is(.stButton, .cost *, table, .js-plotly-plot)')]"
        ".filter(e => e.getBoundingClientRect().right > innerWidth + 1).length"
    )
    assert wide == 0


def test_axe_finds_no_serious_fault(opened: Opened) -> None:
    page = opened(DIGIT)
    finished(page)
    accessible_in_light_and_dark(page)
