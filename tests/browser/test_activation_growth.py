"""The growth page in a real browser: a drag that asks for nothing, and numbers that are right."""

import re
from collections.abc import Callable

import numpy as np
import pytest
from playwright.sync_api import Page, expect

from demo import gallery, pictures
from demo.experiments import activation_growth
from demo.pages import activation_growth as page_of
from demo.store import activation_growth as store
from tests.browser.conftest import accessible_in_light_and_dark, at_rest, linked
from tests.browser.reading import OPENS

Opened = Callable[..., Page]

PATIENCE = 300_000
"""Milliseconds: a machine may be busy with other things."""

EVERY_STOP = activation_growth.stops()


@pytest.fixture
def opened(watched: Opened, address: str) -> Opened:
    """opened(query="", **context options) -> the page, its first part drawn.

    opened.frames: what has gone to the server.
    """

    def open_page(query: str = "", path: str = "/growth", **options: object) -> Page:
        page = watched(PATIENCE, **options)
        page.goto(address + path + query)
        if path == "/growth":
            page.get_by_role("heading", name="No value moves by more than").wait_for()
        return page

    open_page.frames = watched.frames  # type: ignore[attr-defined]
    return open_page


def finished(page: Page) -> None:
    """Wait until every model is trained, every size measured, and nothing runs."""
    expect(page.get_by_text("Fitted slopes against n")).to_be_visible(timeout=PATIENCE)
    expect(page.get_by_text("Training size")).to_have_count(0, timeout=PATIENCE)
    page.locator(".colours-view .where").get_by_text("Pixel").wait_for()
    at_rest(page)


def value(page: Page, which: str) -> float:
    """The number that stands there, unrounded."""
    return float(page.locator(f".growth .equation .{which}").get_attribute("data-value") or "nan")


def test_its_first_screen_says_that_the_growth_is_epsilon_m_n(opened: Opened) -> None:
    page = opened()
    heading = page.get_by_role("heading", level=1)
    assert "ε = .007" in heading.inner_text() and "150,528" in heading.inner_text()
    assert "ε · m · n = .007 × .05 × 150,528 = 52.68" in page.inner_text(".growth .theory")
    assert re.search(r"±", page.inner_text(".growth [data-line=worst] .slope"))
    box = page.locator(".growth .equation").bounding_box()
    assert box and box["y"] + box["height"] < 900
    assert page.get_by_role("heading", level=1).count() == 1


def test_a_drag_moves_everything_and_asks_the_server_for_nothing(opened: Opened) -> None:
    page = opened()
    finished(page)
    slider = page.get_by_role("slider", name="n, the dimension")
    box = slider.bounding_box()
    assert box
    y = box["y"] + box["height"] / 2
    page.mouse.move(box["x"] + 4, y)
    assert opened.frames, "the ear at the socket hears nothing"  # type: ignore[attr-defined]
    opened.frames.clear()  # type: ignore[attr-defined]
    page.mouse.down()
    heights, sums, cursors = set(), [], []
    for i in range(1, 31):
        page.mouse.move(box["x"] + box["width"] * i / 30, y)
        heights.add(page.locator(".growth h1").evaluate("h => h.offsetHeight"))
        sums.append(value(page, "drawn"))
        cursors.append(float(page.locator(".growth .cursor").get_attribute("x1") or "nan"))
    page.mouse.up()
    assert sums == sorted(sums) and cursors == sorted(cursors)
    assert sums[-1] > 1e5 * sums[0] > 0 and len(set(cursors)) > 20
    assert len(heights) == 1
    assert opened.frames == []  # type: ignore[attr-defined]
    assert "n=10000000" in page.evaluate("location.search")


def test_the_numbers_are_those_that_the_server_computes(opened: Opened) -> None:
    page = opened("?m=0.2&epsilon=0.25")
    m = page_of.MS[page_of.nearest(page_of.MS, 0.2)]
    drawn = activation_growth.draw(0)
    for i in (0, 7, 40, len(EVERY_STOP) - 1):
        page.get_by_role("slider", name="n, the dimension").fill(str(i))
        assert value(page, "theory") == pytest.approx(0.25 * m * EVERY_STOP[i], rel=1e-12)
        assert value(page, "drawn") == pytest.approx(0.25 * m * drawn.worst[i], rel=1e-12)
        off = value(page, "drawn") - value(page, "theory")
        assert value(page, "off") == pytest.approx(off, rel=1e-9, abs=1e-12)
    weights = m * np.random.default_rng(0).uniform(-2, 2, EVERY_STOP[7])
    page.get_by_role("slider", name="n, the dimension").fill("7")
    assert value(page, "drawn") == pytest.approx(0.25 * np.abs(weights).sum(), rel=1e-12)


def test_the_keyboard_moves_the_sliders_and_the_link_restores_them(opened: Opened) -> None:
    page = opened()
    page.get_by_role("button", name="a digit: 784").click()
    assert "784" in page.inner_text(".growth .say")
    for name, key in (("m, the mean magnitude of a weight", "ArrowRight"), ("Epsilon", "End")):
        page.get_by_role("slider", name=name).focus()
        page.keyboard.press(key)
    link = page.evaluate("location.search")
    assert "n=784" in link and "m=" in link and "epsilon=0.5" in link
    again = opened(link)
    assert again.inner_text(".growth .say") == page.inner_text(".growth .say")
    assert again.inner_text(".growth .equation") == page.inner_text(".growth .equation")


def test_the_linear_models_are_trained_and_fgsm_turns_what_the_formula_says(opened: Opened) -> None:
    page = opened("?digit_epsilon=0.1")
    finished(page)
    formula = page.get_by_text("Below it lie the margins of").inner_text()
    assert "ε · m · n = 0.1 × " in formula and "difference 0" in formula
    assert page.get_by_test_id("stPlotlyChart").nth(0).locator(".scatter .point").count() == 24


def test_the_photograph_is_measured_at_eleven_sizes_and_can_be_stopped(opened: Opened) -> None:
    page = opened("?picture=koala&levels=1.785")
    expect(page.get_by_text(re.compile(r"Measuring size \d"))).to_be_visible(timeout=PATIENCE)
    page.get_by_role("button", name="Stop").click()
    where = page.get_by_text(re.compile(r"Stopped at size \d+ of 11"))
    expect(where).to_be_visible(timeout=PATIENCE)
    before = where.inner_text()
    page.wait_for_timeout(4000)
    assert where.inner_text() == before
    page.get_by_role("button", name="Go on").click()
    expect(page.get_by_text("Fitted slopes against n")).to_be_visible(timeout=PATIENCE)
    page.get_by_role("radio", name="loss J").click()
    expect(page.get_by_text("At 224 pixels a side, J of")).to_be_visible(timeout=PATIENCE)
    linked(page, "moves=loss")


def test_the_pixels_three_gradients_are_the_networks(opened: Opened) -> None:
    page = opened()
    finished(page)
    data = gallery.photograph(OPENS.name)
    gradient = store.colours(data, pictures.DEFAULT_CROP).gradient
    page.get_by_role("img", name="Signs of the gradient").focus()
    for _ in range(3):
        page.keyboard.press("ArrowRight")
    assert "(115, 112)" in page.inner_text(".colours-view .where")
    cells = page.locator(".colours-view td.value")
    shown = [float(cells.nth(i).get_attribute("data-value") or "nan") for i in range(3)]
    scale = float(np.abs(gradient).max())
    assert shown == pytest.approx(gradient[112, 115].tolist(), abs=1e-4 * scale)
    words = [page.locator(".colours-view td.sign").nth(i).inner_text() for i in range(3)]
    assert words == ["+1" if v > 0 else "−1" if v < 0 else "0" for v in shown]
    name = page_of.colours.NAMES[sum(4 >> i for i in range(3) if shown[i] > 0)]
    assert page.inner_text(".colours-view .mixed") == f"together: {name}"
    assert page.locator(".colours-view .census li").count() in (8, 9)


def test_the_photograph_goes_from_the_attack_page_to_here_and_back(opened: Opened) -> None:
    page = opened("?picture=panda", path="/")
    page.get_by_role("link", name="How the attack on this photograph grows").click()
    page.wait_for_url(re.compile("/growth"))
    expect(page.get_by_role("img", name="Photograph: Giant panda")).to_be_visible(timeout=PATIENCE)
    linked(page, "picture=panda")
    finished(page)
    page.get_by_role("combobox", name="Photograph").click()
    page.keyboard.type("Koala")  # the list is long, and only a part of it is drawn
    page.get_by_role("option", name="Koala").click()
    expect(page.get_by_role("img", name="Photograph: Koala")).to_be_visible(timeout=PATIENCE)
    page.wait_for_url(re.compile("picture=koala"))
    page.get_by_role("link", name="See this photograph attacked").click()
    expect(page.locator(".fgsm [data-picture=clean] figcaption")).to_contain_text(
        "koala", timeout=PATIENCE
    )


def test_nonsense_in_a_link_does_no_harm(opened: Opened) -> None:
    page = opened("?n=x&m=-1&epsilon=nan&picture=nobody&digit_epsilon=9&levels=2&moves=%00")
    finished(page)
    assert "150,528" in page.inner_text(".growth .say")
    expect(page.get_by_test_id("stException")).to_have_count(0)


def test_on_a_phone_nothing_is_wider_than_the_screen_and_axe_is_content(opened: Opened) -> None:
    page = opened(viewport={"width": 390, "height": 844}, is_mobile=True, has_touch=True)
    finished(page)
    assert page.evaluate("document.documentElement.scrollWidth") <= 390
    box = page.get_by_role("slider", name="n, the dimension").bounding_box()
    assert box and box["y"] < 600, "the slider is out of the thumb's reach"
    accessible_in_light_and_dark(page)


def test_axe_finds_no_serious_fault(opened: Opened) -> None:
    page = opened(reduced_motion="reduce")
    finished(page)
    accessible_in_light_and_dark(page)
