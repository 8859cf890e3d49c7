"""The adversarial training page in a real browser: curves that grow, a training that stops."""

import re
import time
from collections.abc import Callable

import pytest
from playwright.sync_api import Locator, Page, Route, expect

from tests.browser.conftest import accessible_in_light_and_dark, at_rest, linked

Opened = Callable[..., Page]

PATIENCE = 120_000
"""Milliseconds: a machine may be busy with other things."""

FEW = "?under=FGSM"
"""Curves that are done soon, where something else is looked at."""


@pytest.fixture
def opened(watched: Opened, address: str) -> Opened:
    """opened(query="", **context options) -> the page, drawn to its last line."""

    def open_page(query: str = "", **options: object) -> Page:
        page = watched(PATIENCE, **options)
        page.goto(f"{address}/adversarial-training{query}")
        page.get_by_text("Next: ").wait_for()
        page.get_by_role("button", name="Start", exact=True).wait_for()
        return page

    return open_page


def epoch(page: Page) -> int:
    """The number of epochs that the page says are done."""
    found = re.search(r"epoch (\d+) of", page.get_by_test_id("stProgress").last.inner_text())
    return int(found.group(1)) if found else 0


def wait_for_epoch(page: Page, number: int) -> None:
    """Return once so many are done."""
    for _ in range(600):
        if epoch(page) >= number:
            return
        page.wait_for_timeout(200)
    raise AssertionError(f"epoch {number} did not come: {epoch(page)}")


def stop(page: Page) -> None:
    """Stop the training; return once its line says so: the button is drawn before the line."""
    progress = page.get_by_test_id("stProgress").last
    expect(progress).to_contain_text("Training:", timeout=PATIENCE)
    page.get_by_role("button", name="Stop").click()
    page.get_by_role("button", name="Resume").wait_for()
    expect(progress).to_contain_text("Stopped:", timeout=PATIENCE)


def points_of_the_training(page: Page) -> Locator:
    """The markers in the chart of what is trained here, the last of the page."""
    return page.get_by_test_id("stPlotlyChart").last.locator(".scatter .point")


def finished(page: Page) -> None:
    """Wait until every point of the curves is computed."""
    page.get_by_text("Computed here on").wait_for()


def test_its_heading_is_a_sentence_and_the_objective_has_its_alpha(opened: Opened) -> None:
    page = opened(FEW)
    heading = page.get_by_role("heading", level=1).inner_text()
    assert heading.startswith(("Trained on its own", "Adversarial training puts"))
    assert "α" in page.locator(".katex").first.inner_text()
    assert "α = 1 is standard training" in page.inner_text("body")


def test_the_curve_appears_and_is_computed_to_its_end(opened: Opened) -> None:
    page = opened(f"{FEW}&networks=conv")
    finished(page)
    expect(page.get_by_test_id("stPlotlyChart").first.locator(".scatter .point")).to_have_count(
        11, timeout=PATIENCE
    )
    assert "1,000 of the digits that ship" in page.inner_text("body")


def test_an_attack_more_brings_its_points_and_the_link_keeps_it(opened: Opened) -> None:
    page = opened(f"{FEW}&networks=softmax")
    finished(page)
    page.get_by_role("button", name="random signs", exact=True).click()
    expect(page.get_by_test_id("stPlotlyChart").first.locator(".scatter .point")).to_have_count(
        22, timeout=PATIENCE
    )
    at_rest(page)
    link = page.evaluate("location.search")
    assert "networks=softmax" in link and "under=FGSM&under=random" in link
    again = opened(link)
    expect(again.get_by_test_id("stPlotlyChart").first.locator(".scatter .point")).to_have_count(
        22, timeout=PATIENCE
    )


def test_the_weights_are_shown_without_and_with_and_in_numbers(opened: Opened) -> None:
    page = opened(f"{FEW}&networks=softmax&layer=logistic")
    for word in ("Standard training", "Adversarial training"):
        expect(page.get_by_role("img", name=f"{word}: w", exact=True)).to_be_visible(
            timeout=PATIENCE
        )
        expect(page.get_by_role("img", name=f"{word}: sign of w")).to_be_visible(timeout=PATIENCE)
    assert "mean |w|" in page.inner_text("body")


def test_a_training_runs_stops_within_an_epoch_goes_on_and_can_be_used(opened: Opened) -> None:
    page = opened(f"{FEW}&networks=softmax&train=conv&alpha=0.3")
    finished(page)
    page.get_by_role("button", name="Start", exact=True).click()
    wait_for_epoch(page, 2)
    stop(page)
    stopped = epoch(page)
    page.wait_for_timeout(3000)
    assert epoch(page) == stopped >= 2
    expect(points_of_the_training(page)).to_have_count(3 * stopped)
    expect(page.get_by_role("link", name="first page's list of networks")).to_be_visible(
        timeout=PATIENCE
    )
    page.get_by_role("button", name="Resume").click()
    wait_for_epoch(page, stopped + 1)
    stop(page)
    before = epoch(page)
    page.get_by_role("button", name="Start again").click()
    stop(page)
    assert epoch(page) < before


def test_logistic_regression_runs_to_its_end_by_keyboard_alone(opened: Opened) -> None:
    page = opened(f"{FEW}&networks=softmax")
    finished(page)
    page.get_by_role("button", name="Start", exact=True).focus()
    page.keyboard.press("Enter")
    page.wait_for_function("document.activeElement.innerText.trim() == 'Stop'")
    expect(page.get_by_test_id("stProgress").last).to_contain_text(
        "Done: epoch 40 of 40", timeout=PATIENCE
    )
    assert "under FGSM" in page.get_by_test_id("stProgress").last.inner_text()


def test_a_slider_moved_after_start_belongs_to_the_next_run(opened: Opened) -> None:
    page = opened(f"{FEW}&networks=softmax&train=conv")
    finished(page)
    page.get_by_role("button", name="Start", exact=True).click()
    wait_for_epoch(page, 1)
    stop(page)
    page.get_by_role("slider", name="α, the weight of the clean loss").focus()
    page.keyboard.press("ArrowRight")
    page.get_by_text("they belong to the next run").wait_for()
    assert "α = 0.5, ε = 0.25" in page.inner_text("body")
    linked(page, "alpha=0.55")


def test_nonsense_in_a_link_does_no_harm(opened: Opened) -> None:
    page = opened("?under=FGSM&networks=nobody&train=x&alpha=7&against=nan&layer=%00")
    expect(page.get_by_test_id("stException")).to_have_count(0)
    expect(page.get_by_text("Traceback")).to_have_count(0)
    expect(page.get_by_role("slider", name="α, the weight of the clean loss")).to_be_visible(
        timeout=PATIENCE
    )


def test_on_a_phone_nothing_is_wider_than_the_screen(opened: Opened) -> None:
    page = opened(
        f"{FEW}&networks=softmax", viewport={"width": 390, "height": 844}, is_mobile=True,
        has_touch=True,
    )  # fmt: skip
    finished(page)
    assert page.evaluate("document.documentElement.scrollWidth") <= 390
    wide = page.evaluate(
        "[...document.querySelectorAll('.stMain :is(.stButton, .stSlider, .js-plotly-plot)')]"
        ".filter(e => e.getBoundingClientRect().right > innerWidth + 1).length"
    )
    assert wide == 0


def test_axe_finds_no_serious_fault(opened: Opened) -> None:
    page = opened(f"{FEW}&networks=softmax")
    finished(page)
    page.get_by_role("button", name="Start", exact=True).click()
    stop(page)
    at_rest(page)
    accessible_in_light_and_dark(page)


def test_a_network_trained_here_can_be_attacked_on_the_first_page(opened: Opened) -> None:
    page = opened(f"{FEW}&networks=softmax")
    page.get_by_role("button", name="Start", exact=True).click()
    expect(page.get_by_test_id("stProgress").last).to_contain_text("Done:", timeout=PATIENCE)
    page.get_by_role("link", name="first page's list of networks").click()
    page.get_by_role("radio", name="Digits", exact=True).click()
    page.wait_for_url(re.compile("kind=digits"))
    at_rest(page)
    page.get_by_role("combobox", name="Network", exact=True).click()
    page.keyboard.type("α = 0.5")  # the list is long, and only a part of it is drawn
    page.get_by_role("option", name="Logistic regression, 3 against 7, α = 0.5, ε = 0.25").click()
    expect(page.locator(".fgsm .facts")).to_contain_text("α = 0.5", timeout=PATIENCE)
    assert "This network knows only 3 and 7." in page.inner_text("body")
    assert "own-" not in page.url


def slowly(route: Route) -> None:
    """One file after the other, each with a pause before it."""
    time.sleep(0.2)
    route.continue_()


def test_a_link_is_followed_though_the_line_is_slow(watched: Opened, address: str) -> None:
    """The page is drawn a second time before the browser has the code of its widgets."""
    page = watched(PATIENCE)
    page.route("**/static/js/*", slowly)
    page.goto(f"{address}/adversarial-training{FEW}&networks=rbf&layer=maxout&train=conv&alpha=0.3")
    finished(page)
    expect(page.get_by_test_id("stMultiSelect")).to_contain_text("Radial basis functions")
    expect(page.get_by_role("combobox", name="First layer of")).to_have_value("Maxout network")
    expect(page.get_by_role("slider", name="α, the weight")).to_have_value("0.3")
    expect(page.get_by_role("radio", name="Small convolutional")).to_be_checked()
    page.get_by_role("button", name="random signs", exact=True).click()
    expect(page.get_by_test_id("stPlotlyChart").first.locator(".scatter .point")).to_have_count(
        22, timeout=PATIENCE
    )
