"""The adversarial training page in a real browser: curves that grow, a training that stops."""

import re
import time

import pytest
from playwright.sync_api import Locator, Page, Route, expect

from tests import PATIENCE
from tests.browser.conftest import Visits
from tests.browser.reading import at_rest, heading, linked, no_fault, pick, slider

PATH = "/adversarial-training"
FEW = f"{PATH}?under=FGSM"
"""Curves that are done soon, where something else is looked at."""
ALPHA = "α, the weight of the clean loss"


def epoch(page: Page) -> int:
    """The number of epochs that the page says are done."""
    found = re.search(r"epoch (\d+) of", page.get_by_test_id("stProgress").last.inner_text())
    return int(found.group(1)) if found else 0


def wait_for_epoch(page: Page, number: int) -> None:
    """Return once so many are done."""
    end = time.monotonic() + PATIENCE
    while epoch(page) < number:
        assert time.monotonic() < end, epoch(page)
        page.wait_for_timeout(100)


def stop(page: Page) -> None:
    """Stop the training; return once its line says so: the button is drawn before the line."""
    progress = page.get_by_test_id("stProgress").last
    expect(progress).to_contain_text("Training:")
    page.get_by_role("button", name="Stop").click()
    page.get_by_role("button", name="Resume").wait_for()
    expect(progress).to_contain_text("Stopped:")


def points(page: Page) -> Locator:
    """The markers in the first chart: accuracy against epsilon."""
    return page.locator(".plotted").first.locator(".scatter .point")


def points_of_the_training(page: Page) -> Locator:
    """The markers in the chart of what is trained here, the last of the page."""
    return page.locator(".plotted").last.locator(".scatter .point")


def finished(page: Page) -> None:
    """Wait until every point of the curves is computed."""
    page.get_by_text("Computed here on").wait_for()


@pytest.fixture(scope="module")
def here(stay: Visits) -> Page:
    """The page with the curves that are done soonest, to their end."""
    page = stay(f"{FEW}&networks=softmax&layer=logistic&train=conv")
    finished(page)
    return page


def test_the_curve_is_computed_to_its_end_another_attack_brings_its_points_and_the_link_keeps_it(
    here: Page,
) -> None:
    assert heading(here).startswith(("Trained against FGSM", "Adversarial training puts"))
    assert "α" in here.locator(".katex").first.inner_text()
    assert "α = 1 is standard training" in here.inner_text("body")
    assert "1,000 of the digits that ship" in here.inner_text("body")
    expect(points(here)).to_have_count(11)
    for word in ("Standard training", "Trained against FGSM"):
        expect(here.get_by_role("img", name=f"{word}: w", exact=True)).to_be_visible()
        expect(here.get_by_role("img", name=f"{word}: sign of w")).to_be_visible()
    assert "mean |w|" in here.inner_text("body")
    here.get_by_role("button", name="random signs", exact=True).click()
    expect(points(here)).to_have_count(22)
    linked(here, "networks=softmax", "under=FGSM&under=random", "layer=logistic")


def test_a_training_starts_and_stops_by_keyboard_and_the_first_page_can_attack_its_network(
    here: Page,
) -> None:
    at_rest(here)  # what is drawn anew between the two has no focus
    here.get_by_role("button", name="Start", exact=True).focus()
    here.keyboard.press("Enter")
    here.wait_for_function("document.activeElement.innerText.trim() == 'Stop'")
    wait_for_epoch(here, 1)
    here.keyboard.press("Enter")
    here.wait_for_function("document.activeElement.innerText.trim() == 'Resume'")
    progress = here.get_by_test_id("stProgress").last
    expect(progress).to_contain_text("Stopped:")
    assert "under FGSM" in progress.inner_text()
    here.get_by_role("link", name="Attack this network").click()
    here.get_by_role("radio", name="Digits", exact=True).click()
    linked(here, "kind=digits")
    name = "Convolutional network, α = .5, FGSM at ε = .25"
    pick(here, "Network", name, "α = .5", exact=True)
    expect(here.locator(".fgsm .facts")).to_contain_text("α = .5")
    assert "own-" not in here.url


@pytest.mark.slow
def test_a_training_stops_within_an_epoch_goes_on_and_a_moved_slider_is_the_next_runs(
    visit: Visits,
) -> None:
    page = visit(f"{FEW}&networks=softmax&train=conv&alpha=0.3")
    finished(page)
    page.get_by_role("button", name="Start", exact=True).click()
    wait_for_epoch(page, 2)
    stop(page)
    stopped = epoch(page)
    at_rest(page)
    assert epoch(page) == stopped >= 2
    expect(points_of_the_training(page)).to_have_count(3 * stopped)
    expect(page.get_by_role("link", name="Attack this network")).to_be_visible()
    page.get_by_role("button", name="Resume").click()
    wait_for_epoch(page, stopped + 1)
    stop(page)
    before = epoch(page)
    slider(page, ALPHA).focus()
    page.keyboard.press("ArrowRight")
    page.get_by_text("they belong to the next run").wait_for()
    assert "α = .3, FGSM at ε = .25" in page.inner_text("body")
    linked(page, "alpha=0.35")
    page.get_by_role("button", name="Start over").click()
    stop(page)
    assert epoch(page) < before


def slowly(route: Route) -> None:
    """One file after the other, each with a pause before it."""
    time.sleep(0.2)
    route.continue_()


@pytest.mark.slow
def test_a_link_is_followed_though_the_line_is_slow(visit: Visits) -> None:
    """The page is drawn a second time before the browser has the code of its widgets."""
    page = visit.empty()
    page.route("**/static/js/*", slowly)
    page.goto(f"{visit.address}{FEW}&networks=rbf&layer=maxout&train=conv&alpha=0.3")
    finished(page)
    expect(page.get_by_test_id("stMultiSelect")).to_contain_text("Radial basis functions")
    expect(page.get_by_role("combobox", name="First layer of")).to_have_value("Maxout network")
    expect(slider(page, ALPHA)).to_have_value("0.3")
    expect(page.get_by_role("radio", name="Small convolutional")).to_be_checked()
    page.get_by_role("button", name="random signs", exact=True).click()
    expect(points(page)).to_have_count(22)
    no_fault(page)
