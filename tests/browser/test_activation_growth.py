"""The growth page in a real browser: a drag that asks for nothing, and numbers that are right."""

import re

import numpy as np
import pytest
from playwright.sync_api import Page, expect

from demo import fgsm
from demo.data import gallery, pictures
from demo.experiments.activation_growth import activation_growth
from demo.networks import architectures
from demo.web.pages import activation_growth as page_of
from tests.browser import tiny
from tests.browser.conftest import Visits
from tests.browser.reading import at_rest, drag, heading, link, linked, pick, set_stop, slider

PATH = "/growth"
N, M = "n, the dimension", "m, the mean magnitude of a weight"
EVERY_STOP = activation_growth.stops()


@pytest.fixture(scope="module")
def here(stay: Visits) -> Page:
    """The page with everything trained and measured, at rest."""
    page = stay(f"{PATH}?digit_epsilon=0.1")
    finished(page)
    return page


def finished(page: Page) -> None:
    """Wait until every model is trained, every size measured, and nothing runs."""
    expect(page.get_by_text("Fitted slopes against n")).to_be_visible()
    expect(page.get_by_text("Training size")).to_have_count(0)
    page.locator(".colours-view .where").get_by_text("Pixel").wait_for()
    at_rest(page)


def value(page: Page, which: str) -> float:
    """The number that stands there, unrounded."""
    return float(page.locator(f".growth .equation .{which}").get_attribute("data-value") or "nan")


def test_its_first_screen_says_that_the_growth_is_epsilon_m_n(here: Page) -> None:
    assert "ε = .007" in heading(here) and "150,528" in heading(here)
    assert "ε · m · n = .007 × .05 × 150,528 = 52.68" in here.inner_text(".growth .theory")
    assert re.search(r"±", here.inner_text(".growth [data-line=worst] .slope"))
    box = here.locator(".growth .equation").bounding_box()
    assert box and box["y"] + box["height"] < 900


def test_a_drag_moves_everything_and_asks_the_server_for_nothing(here: Page, stay: Visits) -> None:
    before = len(stay.frames)

    def look() -> tuple[int, float, float]:
        return (
            here.locator(".growth h1").evaluate("h => h.offsetHeight"),
            value(here, "drawn"),
            float(here.locator(".growth .marker").evaluate("m => m.getBoundingClientRect().x")),
        )

    seen = drag(here, tuple((i + 1) / 30 for i in range(30)), look, N)
    heights, sums, cursors = (list(column) for column in zip(*seen, strict=True))
    assert sums == sorted(sums) and cursors == sorted(cursors)
    assert sums[-1] > 1e5 * sums[0] > 0 and len(set(cursors)) > 20
    assert len(set(heights)) == 1
    assert len(stay.frames) == before > 0
    linked(here, "n=10000000")


REDRAWN = """() => {
    const plot = document.querySelector(".growth .plot");
    window.redrawn = new Promise(done => { plot.once("plotly_afterplot", () => done()); });
}"""
"""A promise that is kept once Plotly has drawn."""


@pytest.mark.parametrize(("name", "moved"), [(M, 4), ("Epsilon", 5)])
def test_a_drag_moves_the_lines_to_where_plotly_then_draws_them(
    here: Page, stay: Visits, name: str, moved: int
) -> None:
    """The band's two edges, random signs and sign(w) by both; the last one, max|η|, by epsilon."""
    lines = here.locator(".growth .scatterlayer .trace")

    def look() -> list[float]:
        tops: list[float] = lines.evaluate_all("all => all.map(l => l.getBoundingClientRect().y)")
        return tops

    lines.last.wait_for(state="attached")
    before = len(stay.frames)
    here.evaluate(REDRAWN)
    high, low = drag(here, (0.7, 0.4), look, name)
    assert [a < b - 10 for a, b in zip(high, low, strict=True)] == [k < moved for k in range(5)]
    assert high[moved:] == low[moved:]
    here.evaluate("window.redrawn")
    assert look() == pytest.approx(low, abs=1.5)
    assert len(stay.frames) == before > 0


def test_a_click_on_the_chart_goes_to_that_n(here: Page) -> None:
    marks = []
    for stop in (0, len(EVERY_STOP) - 1):
        set_stop(here, stop, N)
        marks.append(here.locator(".growth .marker").bounding_box() or {})
    middle = (marks[0]["x"] + marks[1]["x"]) / 2
    here.mouse.click(middle, marks[0]["y"] + 40)
    linked(here, "n=3162")
    assert "3,162" in heading(here)


def test_the_numbers_are_those_that_the_server_computes(here: Page) -> None:
    m, epsilon = (page_of.nearest(page_of.MS, 0.2), page_of.nearest(page_of.EPSILONS, 0.25))
    set_stop(here, m, M)
    set_stop(here, epsilon)
    drawn = activation_growth.draw(0)
    for i in (0, 7, 40, len(EVERY_STOP) - 1):
        set_stop(here, i, N)
        assert value(here, "theory") == pytest.approx(
            0.25 * page_of.MS[m] * EVERY_STOP[i], rel=1e-12
        )
        assert value(here, "drawn") == pytest.approx(
            0.25 * page_of.MS[m] * drawn.worst[i], rel=1e-12
        )
        off = value(here, "drawn") - value(here, "theory")
        assert value(here, "off") == pytest.approx(off, rel=1e-9, abs=1e-12)
    weights = page_of.MS[m] * np.random.default_rng(0).uniform(-2, 2, EVERY_STOP[7])
    set_stop(here, 7, N)
    assert value(here, "drawn") == pytest.approx(0.25 * np.abs(weights).sum(), rel=1e-12)


def test_the_keyboard_moves_the_sliders_and_the_link_restores_them(
    here: Page, visit: Visits
) -> None:
    here.get_by_role("button", name="a digit: 784").click()
    assert "784" in heading(here)
    for name, key in ((M, "ArrowRight"), ("Epsilon", "End")):
        slider(here, name).focus()
        here.keyboard.press(key)
    linked(here, "n=784", "m=", "epsilon=0.5")
    again = visit(PATH + link(here))
    assert heading(again) == heading(here)
    assert again.inner_text(".growth .equation") == here.inner_text(".growth .equation")


def test_the_linear_models_are_trained_and_fgsm_turns_what_the_formula_says(here: Page) -> None:
    formula = here.get_by_text("Below it lie the margins of").inner_text()
    assert "ε · m · n = .1 × " in formula and "difference 0" in formula
    assert here.locator(".plotted").nth(0).locator(".scatter .point").count() == 24


def test_the_photograph_is_measured_at_eleven_sizes_in_the_gap_or_the_loss(here: Page) -> None:
    here.get_by_role("radio", name="loss J").click()
    expect(here.get_by_text("At 224 pixels a side, J of")).to_be_visible()
    linked(here, "moves=loss")
    at_rest(here)


def gradient() -> np.ndarray:
    """J's in the first photograph on the tests' network: (224, 224, 3)."""
    network = architectures.Normalized(tiny.network(tiny.STANDARD), (0.5,) * 3, (0.5,) * 3)
    data = gallery.photograph(gallery.GALLERY[0].name)
    image = pictures.to_tensor(pictures.at_network_size(pictures.from_bytes(data), 224))
    label = network(image).argmax(dim=1)
    found: np.ndarray = fgsm.loss_gradient(network, image, label)[0].permute(1, 2, 0).numpy()
    return found


def test_the_pixels_three_gradients_are_the_networks(here: Page) -> None:
    here.get_by_role("img", name="Signs of the gradient").focus()
    for _ in range(3):
        here.keyboard.press("ArrowRight")
    assert "(115, 112)" in here.inner_text(".colours-view .where")
    cells = here.locator(".colours-view td.value")
    shown = [float(cells.nth(i).get_attribute("data-value") or "nan") for i in range(3)]
    expected = gradient()
    scale = float(np.abs(expected).max())
    assert shown == pytest.approx(expected[112, 115].tolist(), abs=1e-4 * scale)
    words = [here.locator(".colours-view td.sign").nth(i).inner_text() for i in range(3)]
    assert words == ["+1" if v > 0 else "−1" if v < 0 else "0" for v in shown]
    name = page_of.colours.NAMES[sum(4 >> i for i in range(3) if shown[i] > 0)]
    assert here.inner_text(".colours-view .mixed") == f"together: {name}"
    assert here.locator(".colours-view .census li").count() in (8, 9)


def test_the_photograph_goes_from_the_attack_page_to_here_and_back(visit: Visits) -> None:
    page = visit("/?picture=panda")
    page.get_by_role("link", name="How the attack grows").click()
    page.wait_for_url(re.compile("/growth"))
    expect(page.get_by_role("img", name="Photograph: Giant panda")).to_be_visible()
    linked(page, "picture=panda")
    finished(page)
    pick(page, "Photograph", "Koala", "Koala")
    expect(page.get_by_role("img", name="Photograph: Koala")).to_be_visible()
    linked(page, "picture=koala")
    page.get_by_role("link", name="See this photograph attacked").click()
    page.get_by_text("Picture: Koala.").wait_for()


@pytest.mark.slow
def test_a_photographs_sizes_can_be_stopped_and_go_on(visit_real: Visits) -> None:
    """On the network that ships: a size takes a second."""
    page = visit_real(f"{PATH}?picture=koala&levels=1.785")
    expect(page.get_by_text(re.compile(r"Measuring size \d"))).to_be_visible()
    page.get_by_role("button", name="Stop").click()
    where = page.get_by_text(re.compile(r"Stopped at size \d+ of 11"))
    expect(where).to_be_visible()
    at_rest(page)
    before = where.inner_text()
    at_rest(page)
    assert where.inner_text() == before
    page.get_by_role("button", name="Resume").click()
    expect(page.get_by_text("Fitted slopes against n")).to_be_visible()
