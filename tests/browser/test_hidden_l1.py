"""The page on the hidden L1 in a real browser: epsilon and alpha dragged, a thousand digits."""

import re

import pytest
from playwright.sync_api import Page, expect

from tests.browser.conftest import Visits
from tests.browser.reading import (
    at_rest,
    drag,
    heading,
    link,
    linked,
    no_fault,
    pick,
    set_stop,
    slider,
)

PATH = "/hidden-l1"
ROWS = ("true", "first", "ratio", "straight", "clip")
"""The formulas."""


@pytest.fixture(scope="module")
def here(stay: Visits) -> Page:
    """A small network's page, measured, at rest: each test moves what it looks at."""
    page = stay(f"{PATH}?network=softmax&epsilon=.25&alpha=.5")
    lines_drawn(page)
    measured(page)
    return page


def lines_drawn(page: Page) -> None:
    for chart in (".hl1-objective", ".hl1-ratio"):
        page.locator(f"{chart} .scatterlayer .js-line").first.wait_for(state="attached")


def measured(page: Page) -> None:
    """Wait until the thousand digits are done and nothing runs."""
    page.get_by_text("none trained on").first.wait_for()
    at_rest(page)
    expect(page.get_by_test_id("stProgress")).to_have_count(0)


def row(page: Page, name: str) -> str:
    """A formula's live numbers."""
    return page.locator(f".hl1 [data-row={name}] dd").inner_text()


def paths(page: Page) -> list[str]:
    """The lines of the objective as they are drawn."""
    lines = page.locator(".hl1-objective .scatterlayer .js-line")
    found: list[str] = lines.evaluate_all("all => all.map(line => line.getAttribute('d'))")
    return found


def look(page: Page) -> tuple[str, list[str]]:
    return row(page, "true"), paths(page)


def test_it_opens_on_the_first_digit_with_a_sentence_and_numbers_that_agree(here: Page) -> None:
    assert re.match(
        r"The loss of this 3 under FGSM rises by ε times the L1 norm .* up to ε = \.0",
        heading(here),
    )
    numbers = re.findall(r"[\d.]+", row(here, "true"))
    a, clean, b, attacked, mixed = map(float, numbers[:5])
    assert (a, b) == (0.5, 0.5)
    assert mixed == pytest.approx(a * clean + b * attacked, rel=0.02)
    numbers = re.findall(r"[\d.]+", row(here, "first"))
    clean, b, epsilon, norm, promised = map(float, numbers[:5])
    assert epsilon == 0.25 and promised == pytest.approx(clean + b * epsilon * norm, rel=0.02)
    ratio = float(re.findall(r"[\d.]+", row(here, "ratio"))[0])
    assert ratio == pytest.approx((mixed - clean) / (promised - clean), rel=0.05) and ratio > 1
    assert "the loss rises more" in row(here, "ratio")


def test_dragging_moves_marker_lines_and_numbers_and_asks_the_server_nothing(
    here: Page, stay: Visits
) -> None:
    before = len(stay.frames)
    marker = here.locator(".hl1-ratio .marker")
    place = marker.evaluate("m => m.style.transform")
    seen = drag(here, (0.8, 0.4, 0.1), lambda: look(here))
    assert len({numbers for numbers, _ in seen}) == 3
    assert marker.evaluate("m => m.style.transform") != place
    seen = drag(here, (0.8, 0.3, 0.1), lambda: look(here), "Alpha")
    assert len({numbers for numbers, _ in seen}) == 3
    assert len({tuple(lines) for _, lines in seen}) == 3
    assert len(stay.frames) == before > 0


REDRAWN = """() => {
    const plot = document.querySelector(".hl1-objective .plot");
    window.redrawn = new Promise(done => { plot.once("plotly_afterplot", () => done()); });
}"""
"""A promise that is kept once Plotly has drawn."""


def test_where_the_drag_ends_plotly_draws_the_same_lines(here: Page) -> None:
    here.evaluate(REDRAWN)
    ((_, dragged),) = drag(here, (0.25,), lambda: look(here), "Alpha")
    here.evaluate("window.redrawn")
    ends, settled = (
        [[float(n) for n in re.findall(r"[-\d.]+", path)[-2:]] for path in lines]
        for lines in (dragged, paths(here))
    )
    assert len(ends) == 4
    for one, other in zip(ends, settled, strict=True):
        assert one == pytest.approx(other, abs=1.5)


def test_alpha_of_one_is_no_regularisation(here: Page) -> None:
    set_stop(here, 1, "Alpha")
    assert "no regularisation" in row(here, "ratio")
    assert row(here, "true").split("=")[-1] == row(here, "first").split("=")[-1]


def test_the_keyboard_moves_epsilon(here: Page) -> None:
    set_stop(here, 40)
    slider(here, "Alpha").fill("0.5")
    slider(here).focus()
    before, place = row(here, "first"), link(here)
    here.keyboard.press("ArrowLeft")
    assert row(here, "first") != before
    here.wait_for_function("old => location.search != old", arg=place)


def test_a_thousand_digits_have_a_tab_and_histograms_and_the_link_restores_all_that_is_chosen(
    here: Page, visit: Visits
) -> None:
    medians = here.locator(".annotation-text").filter(has_text="median")
    expect(medians).to_have_count(4)
    set_stop(here, 40)
    slider(here, "Alpha").fill("0.2")
    one = [row(here, name) for name in ROWS]
    here.get_by_role("button", name="1,000 digits").click()
    assert heading(here).startswith("The loss of 1,000 digits")
    linked(here, "of=batch", "network=softmax", "alpha=0.2")
    again = visit(PATH + link(here))
    measured(again)
    tab = again.get_by_role("button", name="1,000 digits")
    expect(tab).to_have_attribute("aria-pressed", "true")
    assert heading(again) == heading(here)
    assert [row(again, name) for name in ROWS] == [row(here, name) for name in ROWS] != one
    for page in (here, again):
        page.get_by_role("button", name="This 3").click()
        assert heading(page).startswith("The loss of this 3")
        assert [row(page, name) for name in ROWS] == one
        page.wait_for_function("!location.search.includes('of=')")


SEEN = """() => {
    const [root, plot] = [".hl1", ".hl1-objective .plot"].map(x => document.querySelector(x));
    window.seen = [];
    const note = () => window.seen.push([root.dataset.waiting, getComputedStyle(plot).opacity]);
    new MutationObserver(note).observe(root, { attributeFilter: ["data-waiting"] });
}"""
"""Notes whether the page waits, and how faint its curves are then."""


def test_what_is_measured_on_another_networks_digits_is_dimmed_until_they_are_done(
    here: Page,
) -> None:
    here.get_by_role("button", name="1,000 digits").click()
    said = heading(here)
    here.evaluate(SEEN)
    pick(here, "Network", "Softmax regression, trained against FGSM", "Softmax", exact=True)
    linked(here, "network=softmax-adversarial")
    measured(here)
    seen = here.evaluate("window.seen")
    assert ["1", "0.3"] in seen and seen[-1] == ["0", "1"]
    assert heading(here).startswith("The loss of 1,000 digits") and heading(here) != said


def test_a_photograph_is_measured_in_levels(visit: Visits) -> None:
    page = visit(f"{PATH}?kind=photographs")
    lines_drawn(page)
    assert heading(page).startswith("The loss of this ")
    assert re.search(r"/255|at no ε shown", heading(page))
    slider(page).fill(str(slider(page).get_attribute("max")))
    expect(page.locator(".hl1-at")).to_have_text(".0627 = 16/255")
    expect(page.get_by_role("button", name="1,000 digits")).to_have_count(0)


@pytest.mark.slow
def test_the_long_run_can_be_stopped_and_goes_on(visit: Visits) -> None:
    """A network that nobody has asked for yet: its thousand digits take seconds."""
    page = visit.empty()
    page.goto(f"{visit.address}{PATH}?network=conv-fgsm")
    page.get_by_role("button", name="Stop").click()
    page.get_by_role("button", name="Resume").wait_for()
    progress = page.get_by_test_id("stProgress")
    at_rest(page)
    where = progress.inner_text()
    at_rest(page)
    assert progress.inner_text() == where
    page.get_by_role("button", name="Resume").click()
    measured(page)
    no_fault(page)
