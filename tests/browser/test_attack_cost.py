"""The page "What it costs" in a real browser: attacks that go on, stop, and end."""

import re

import pytest
from playwright.sync_api import Page, expect

from tests.browser.conftest import Visits
from tests.browser.reading import at_rest, heading, link, linked, slider

DIGIT = "/cost?kind=digits"
"""A small network: its attacks are done in seconds."""


def finished(page: Page) -> None:
    """Wait until nothing is left to attack, and the lines under the button say so too."""
    page.get_by_role("button", name="Start over").wait_for()
    at_rest(page)


@pytest.fixture(scope="module")
def here(stay: Visits) -> Page:
    """The page on the digit that it opens on."""
    return stay(DIGIT)


def test_fgsm_is_there_first_and_all_four_end_with_their_passes_in_the_heading(
    here: Page,
) -> None:
    page = here
    assert heading(page).startswith("FGSM ")
    finished(page)
    said = re.fullmatch(
        r"FGSM finds an adversarial example in one pass; L-BFGS needs (\d+), and "
        r"its change is (\d+\.\d) times smaller", heading(page),
    )  # fmt: skip
    assert said and int(said.group(1)) > 50 and float(said.group(2)) > 1
    for attack in ("FGSM", "BIM", "PGD", "L-BFGS"):
        expect(page.get_by_role("img", name=re.compile(f"^After {attack}: "))).to_be_visible()
        expect(page.get_by_role("cell", name=attack, exact=True)).to_be_visible()
    assert f"{said.group(1)} passes" in page.locator(".cost").inner_text()
    page.get_by_text("Not robust").first.wait_for()
    shown = page.get_by_role("img", name=re.compile("^After FGSM: "))
    before = str(shown.get_attribute("src"))
    slider(page, "ε of FGSM, BIM and PGD").focus()
    page.keyboard.press("ArrowLeft")
    expect(shown).not_to_have_attribute("src", before)
    linked(page, "epsilon=0.2")


def test_run_again_runs_again_by_keyboard_too(here: Page) -> None:
    page = here
    finished(page)
    page.get_by_role("button", name="Start over").focus()
    page.keyboard.press("Enter")
    expect(page.get_by_test_id("stProgress").first).to_contain_text("Attacking")
    finished(page)


def test_a_network_trained_against_fgsm_alone_is_not_called_robust(visit: Visits) -> None:
    page = visit(f"{DIGIT}&network=conv-fgsm")
    finished(page)
    assert re.match(r"FGSM fails on this 3; PGD succeeds after \d+ passes", heading(page))
    page.get_by_text("tested with FGSM alone").wait_for()


@pytest.mark.slow
def test_the_attacks_stop_stay_stopped_and_go_on(visit_real: Visits) -> None:
    page = visit_real("/cost?kind=photographs&epsilon=0.0039")
    page.get_by_role("button", name="Stop", exact=True).first.click()
    page.get_by_role("button", name="Resume").wait_for()
    at_rest(page)
    where = page.get_by_test_id("stProgress").first.inner_text()
    assert where.startswith("Stopped: ")
    at_rest(page)
    assert page.get_by_test_id("stProgress").first.inner_text() == where
    page.get_by_role("button", name="Resume").click()
    stopped = where.removeprefix("Stopped: ")
    expect(page.get_by_test_id("stProgress").first).not_to_contain_text(stopped)
    page.get_by_role("button", name="Stop", exact=True).first.click()
    page.get_by_role("button", name="Resume").wait_for()


def test_a_link_restores_picture_network_target_and_epsilon(visit: Visits) -> None:
    asked = "?kind=digits&picture=digit-2100&network=maxout&target=9&epsilon=0.1&by=seconds"
    page = visit(f"/cost{asked}")
    finished(page)
    text = page.inner_text("body")
    assert "digit 2,100 of the gallery, labelled 4" in text and "Maxout network" in text
    assert "L-BFGS toward “9”" in text and "ε = .1 (25.5/255)" in text
    written, wanted = ({*query[1:].split("&")} for query in (link(page), asked))
    assert written == wanted
    expect(page.get_by_role("radio", name="seconds", exact=True)).to_be_checked()


@pytest.mark.slow
def test_the_loop_is_measured_and_its_sum_is_written_out(visit: Visits) -> None:
    page = visit(DIGIT)
    finished(page)
    page.get_by_role("button", name="Measure").click()
    page.get_by_text("To be fair").wait_for()
    text = page.inner_text("body")
    said = re.search(r"12 epochs × 500 steps × ([\d.]+) ms = ([\d.]+) (s|min)", text)
    assert said is not None
    seconds = float(said.group(2)) * {"s": 1, "min": 60}[said.group(3)]
    assert seconds == pytest.approx(6 * float(said.group(1)), rel=0.01)
    assert re.search(r"One round of train, attack everything, train again: [\d.]+ (min|h)", text)
