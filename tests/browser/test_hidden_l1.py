"""The page on the hidden L1 in a real browser: epsilon and alpha dragged, a thousand digits."""

import re
from collections.abc import Callable

import pytest
from playwright.sync_api import Page, expect

from tests.browser.conftest import accessible_in_light_and_dark, at_rest
from tests.browser.reading import OPENS_AS

Opened = Callable[..., Page]

"""Streamlit's own page asks these two first when a link leads to a page that is not the first."""
PATIENCE = 120_000
"""Milliseconds: a machine may be busy with other things."""
PHONE = {"viewport": {"width": 390, "height": 844}, "is_mobile": True, "has_touch": True}


@pytest.fixture
def opened(watched: Opened, address: str) -> Opened:
    """opened(query="", **context options) -> the page with its lines drawn.

    opened.frames: what has gone to the server. At the end nothing may have been said.
    """

    def open_page(query: str = "", **options: object) -> Page:
        page = watched(PATIENCE, **options)
        page.goto(f"{address}/hidden-l1{query}")
        for chart in (".hl1-objective", ".hl1-ratio"):
            page.locator(f"{chart} .scatterlayer .js-line").first.wait_for(state="attached")
        page.get_by_text("Next: ").wait_for()
        return page

    open_page.frames = watched.frames  # type: ignore[attr-defined]
    return open_page


def heading(page: Page) -> str:
    """The one sentence."""
    return page.locator(".hl1-say").inner_text()


def row(page: Page, name: str) -> str:
    """A formula's live numbers."""
    return page.locator(f".hl1 [data-row={name}] dd").inner_text()


def paths(page: Page) -> list[str]:
    """The lines of the objective as they are drawn."""
    lines = page.locator(".hl1-objective .scatterlayer .js-line")
    return lines.evaluate_all("all => all.map(line => line.getAttribute('d'))")


def measured(page: Page) -> None:
    """Wait until the thousand digits are done and nothing runs."""
    page.get_by_text("none trained on").wait_for()
    expect(page.get_by_test_id("stProgress")).to_have_count(0, timeout=PATIENCE)
    at_rest(page)


def drag(page: Page, name: str, shares: tuple[float, ...]) -> list[tuple[str, list[str]]]:
    """Move that slider's thumb to these shares of its length: (numbers, lines) at each."""
    slider = page.get_by_role("slider", name=name)
    slider.scroll_into_view_if_needed()
    box = slider.bounding_box()
    assert box
    page.mouse.move(box["x"] + box["width"] * 0.5, box["y"] + box["height"] / 2)
    page.mouse.down()
    seen = []
    for share in shares:
        page.mouse.move(box["x"] + box["width"] * share, box["y"] + box["height"] / 2)
        seen.append((row(page, "true"), paths(page)))
    page.mouse.up()
    return seen


def test_it_opens_on_the_first_digit_with_a_sentence_and_numbers_that_agree(
    opened: Opened,
) -> None:
    page = opened("?network=softmax&epsilon=.25&alpha=.5")
    assert re.match(
        r"The loss of this 3 rises as the hidden L1 says, .* up to ε = \.0", heading(page)
    )
    numbers = re.findall(r"[\d.]+", row(page, "true"))
    a, clean, b, attacked, mixed = map(float, numbers[:5])
    assert (a, b) == (0.5, 0.5)
    assert mixed == pytest.approx(a * clean + b * attacked, rel=0.02)
    numbers = re.findall(r"[\d.]+", row(page, "first"))
    clean, b, epsilon, norm, promised = map(float, numbers[:5])
    assert epsilon == 0.25 and promised == pytest.approx(clean + b * epsilon * norm, rel=0.02)
    ratio = float(re.findall(r"[\d.]+", row(page, "ratio"))[0])
    assert ratio == pytest.approx((mixed - clean) / (promised - clean), rel=0.05) and ratio > 1
    assert "the loss rises more" in row(page, "ratio")


def test_dragging_moves_marker_lines_and_numbers_and_asks_the_server_nothing(
    opened: Opened,
) -> None:
    page = opened("?network=softmax")
    measured(page)
    quiet = len(opened.frames)  # type: ignore[attr-defined]
    marker = page.locator(".hl1-ratio .marker")
    before = marker.evaluate("m => m.style.transform")
    seen = drag(page, "Epsilon", (0.8, 0.4, 0.1))
    assert len({numbers for numbers, _ in seen}) == 3
    assert marker.evaluate("m => m.style.transform") != before
    seen = drag(page, "Alpha", (0.8, 0.3, 0.1))
    assert len({numbers for numbers, _ in seen}) == 3
    assert len({tuple(lines) for _, lines in seen}) == 3
    assert len(opened.frames) == quiet > 0  # type: ignore[attr-defined]


def test_where_the_drag_ends_plotly_draws_the_same_lines(opened: Opened) -> None:
    page = opened("?network=softmax")
    measured(page)
    ((_, dragged),) = drag(page, "Alpha", (0.25,))
    page.wait_for_timeout(1000)
    ends = [[float(n) for n in re.findall(r"[-\d.]+", path)[-2:]] for path in dragged]
    settled = [[float(n) for n in re.findall(r"[-\d.]+", path)[-2:]] for path in paths(page)]
    assert len(ends) == 4
    for one, other in zip(ends, settled, strict=True):
        assert one == pytest.approx(other, abs=1.5)


def test_alpha_of_one_is_no_regularisation(opened: Opened) -> None:
    page = opened("?network=softmax")
    page.get_by_role("slider", name="Alpha").fill("1")
    assert "no regularisation" in row(page, "ratio")
    assert row(page, "true").split("=")[-1] == row(page, "first").split("=")[-1]


def test_a_thousand_digits_have_a_tab_and_histograms_with_medians(opened: Opened) -> None:
    page = opened("?network=softmax&of=batch")
    measured(page)
    expect(page.get_by_role("button", name="1,000 digits")).to_have_attribute(
        "aria-pressed", "true", timeout=PATIENCE
    )
    assert heading(page).startswith("The loss of 1,000 digits")
    medians = page.locator(".annotation-text").filter(has_text="median")
    expect(medians).to_have_count(4, timeout=PATIENCE)
    page.get_by_role("button", name="This 3").click()
    assert heading(page).startswith("The loss of this 3")
    assert "of=" not in page.url


def test_a_link_restores_digit_network_epsilon_alpha_and_tab(opened: Opened) -> None:
    first = opened("?picture=digit-2345&network=maxout-adversarial")
    measured(first)
    first.get_by_role("slider", name="Epsilon").fill("40")
    first.get_by_role("slider", name="Alpha").fill("0.2")
    first.get_by_role("button", name="This 4").focus()
    link = first.evaluate("location.search")
    assert "digit-2345" in link and "maxout-adversarial" in link
    second = opened(link)
    for name in ("true", "first", "ratio", "straight", "clip"):
        assert row(second, name) == row(first, name)
    assert heading(second) == heading(first)
    first.get_by_role("button", name="1,000 digits").click()
    third = opened(first.evaluate("location.search"))
    measured(third)
    assert heading(third) == heading(first)


def test_nonsense_in_a_link_gets_the_defaults(opened: Opened) -> None:
    page = opened("?network=nobody&alpha=x&epsilon=-1&of=7&picture=digit-9999")
    expect(page.get_by_test_id("stException")).to_have_count(0)
    assert heading(page).startswith("The loss of this 3")
    expect(page.get_by_role("slider", name="Alpha")).to_have_value("0.5")


def test_a_photograph_is_measured_in_levels(opened: Opened) -> None:
    page = opened("?kind=photographs")
    assert "/255" in heading(page) and f"this {OPENS_AS}" in heading(page)
    expect(page.get_by_role("button", name="1,000 digits")).to_have_count(0)


def test_the_long_run_can_be_stopped_and_goes_on(opened: Opened) -> None:
    page = opened("?network=conv-fgsm")
    stop = page.get_by_role("button", name="Stop")
    if stop.count():  # else it is done: on a quick machine there is nothing left to stop
        stop.click(force=True)
        ended = page.get_by_role("button", name="Go on").or_(page.get_by_text("none trained on"))
        ended.wait_for()
        at_rest(page)
        progress = page.get_by_test_id("stProgress")
        where = progress.all_inner_texts()
        page.wait_for_timeout(2000)
        assert progress.all_inner_texts() == where
        if where:
            page.get_by_role("button", name="Go on").click()
    measured(page)


def test_on_a_phone_nothing_is_wider_than_the_screen(opened: Opened) -> None:
    page = opened("?network=softmax", **PHONE)
    measured(page)
    assert page.evaluate("document.documentElement.scrollWidth") <= 390
    wide = page.evaluate(
        "[...document.querySelectorAll('.stMain :is(.hl1 *, .js-plotly-plot, .katex)')]"
        ".filter(e => e.getBoundingClientRect().right > innerWidth + 1)"
        ".filter(e => !e.closest('svg')).length"
    )
    assert wide == 0
    slider = page.get_by_role("slider", name="Epsilon").bounding_box()
    assert slider and slider["y"] + slider["height"] <= 844


def test_the_keyboard_moves_epsilon(opened: Opened) -> None:
    page = opened("?network=softmax")
    slider = page.get_by_role("slider", name="Epsilon")
    slider.focus()
    before = row(page, "first")
    page.keyboard.press("ArrowLeft")
    assert row(page, "first") != before
    page.wait_for_url("**epsilon=0.2293**")


def test_axe_finds_no_serious_fault(opened: Opened) -> None:
    page = opened("?network=softmax")
    measured(page)
    accessible_in_light_and_dark(page)
