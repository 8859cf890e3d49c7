"""Three against seven in a real browser: a question first, then a drag that moves everything."""

import numpy as np
import pytest
from numpy.typing import NDArray
from playwright.sync_api import Page, expect

from demo import fgsm
from demo.data import pictures
from demo.experiments.three_against_seven import margins
from demo.models import trained
from demo.networks import architectures
from tests.browser.conftest import Visits
from tests.browser.reading import (
    PHONE,
    accessible_in_light_and_dark,
    at_rest,
    drag,
    heading,
    link,
    linked,
    no_wider_than_the_screen,
    on_the_first_screen,
    pixels,
    set_stop,
    slider,
)

PATH = "/three-against-seven"
KNOWN = f"{PATH}?guess=skipped"


@pytest.fixture(scope="module")
def here(stay: Visits) -> Page:
    """The page by a link of nonsense, after the question: each test moves what it looks at."""
    page = stay(f"{PATH}?epsilon=nan&network=mlp&digit=99&guess=abc&sheet=-3")
    assert heading(page) == "At which ε does a linear model misread every 3 and 7?"
    page.get_by_role("button", name="Skip the question").click()
    page.locator(".three-seven .plot .main-svg").first.wait_for()
    expect(page.locator(".three-seven .marker")).to_be_visible()
    at_rest(page)
    return page


def canvas(page: Page, name: str) -> NDArray[np.uint8]:
    """What is on the canvas of that accessible name: (H, W)."""
    return pixels(page, name)[..., 0]


def number(text: str) -> float:
    """−3.8 × 10⁻⁶ -> -3.8e-6."""
    plain = text.translate(str.maketrans("−⁻⁰¹²³⁴⁵⁶⁷⁸⁹", "--0123456789"))
    return float(plain.replace(" × 10", "e"))


def served_sheet(name: str, epsilon: float, sheet: int = 0) -> NDArray[np.uint8]:
    """The server's perturbed digits in 8 bit, five by five: (140, 140)."""
    few = margins.shipped()[25 * sheet : 25 * sheet + 25]
    attacked = fgsm.fgsm(trained.load(name), few.images, few.labels, epsilon)
    shown = np.stack([pictures.to_pixels(image)[..., 0] for image in attacked])
    return shown.reshape(5, 5, 28, 28).swapaxes(1, 2).reshape(140, 140)


def whole(name: str) -> margins.Margins:
    """That network on all 1,000 digits."""
    network = trained.load(name)
    assert isinstance(network, architectures.LogisticRegression)
    return margins.run(network, margins.shipped())


def misread(name: str, stop: int) -> int:
    """Of all 1,000."""
    return int(whole(name).wrong_clipped[stop].sum())


def wrong_answers(name: str, epsilon: float) -> list[bool]:
    """Of the first sheet's digits."""
    network, few = trained.load(name), margins.shipped()[:25]
    assert isinstance(network, architectures.LogisticRegression)
    result: list[bool] = margins.run(network, few, (epsilon,)).wrong_clipped[0].tolist()
    return result


def test_it_asks_first_shows_nothing_that_answers_and_keeps_the_guess_beside_the_truth(
    visit: Visits,
) -> None:
    page = visit(PATH)
    assert heading(page) == "At which ε does a linear model misread every 3 and 7?"
    set_stop(page, 64)
    assert "wrong" not in page.locator(".three-seven .panels").inner_text()
    for name in (".rate", ".counts", ".flips-say", ".choice", ".by-class"):
        expect(page.locator(f".three-seven {name}")).to_be_hidden()
    assert page.locator('.three-seven [data-wrong="1"]').count() == 0
    page.get_by_role("button", name="Show").click()
    found = whole("logistic")
    assert found.all_wrong is not None
    truth = f"{found.epsilons[found.all_wrong]:.4f}".lstrip("0").rstrip("0")
    verdict = page.locator(".three-seven .verdict").inner_text()
    assert f"from ε = {truth} on" in verdict
    assert f"was .25, where {misread('logistic', 64)} are" in verdict
    linked(page, "guess=0.25", "epsilon=0.25")
    page.get_by_role("link", name="The paper's numbers").first.click()
    page.wait_for_url("**/paper*")
    page.get_by_role("link", name="Three against seven").first.click()
    page.locator(".three-seven[data-ready]").wait_for()
    assert "was .25" in page.locator(".three-seven .verdict").inner_text()


def test_the_question_can_be_skipped_in_a_link_that_is_nonsense_too(here: Page) -> None:
    set_stop(here, 64)
    assert heading(here).startswith(
        f"At ε = .25 the model misreads {misread('logistic', 64)} of 1,000"
    )
    assert "Your guess" not in here.locator(".three-seven .verdict").inner_text()
    expect(here.locator(".three-seven .where")).to_have_text("digits 1 to 25 of 1,000")
    assert here.locator(".three-seven .digit").inner_text().startswith("Chosen: digit 1, a 3.")
    linked(here, "guess=skipped")


def test_a_drag_moves_pictures_words_and_plots_and_asks_the_server_nothing(
    here: Page, stay: Visits
) -> None:
    before = len(stay.frames)
    words = (".counts tbody", ".by-class", ".fgsm-error", ".flips-say")

    def look() -> tuple[object, ...]:
        return (
            canvas(here, "Perturbed digits").tobytes(), heading(here),
            here.locator(".three-seven .marker").get_attribute("style"),
            here.locator(".three-seven .moving .adversarial").get_attribute("d"),
            *(here.locator(f".three-seven {name}").all_inner_texts() for name in words),
        )  # fmt: skip

    for moving in zip(*drag(here, (0.2, 0.4, 0.6), look), strict=True):
        assert len({str(value) for value in moving}) == 3
    assert len(stay.frames) == before > 0
    linked(here, "epsilon=0.")


def pixels_and_marks_are_the_servers(page: Page, name: str) -> None:
    """At three stops."""
    np.testing.assert_array_equal(canvas(page, "Clean digits"), served_sheet(name, 0))
    for stop in (13, 64, 100):
        set_stop(page, stop)
        epsilon = margins.EPSILON_GRID[stop]
        np.testing.assert_array_equal(canvas(page, "Perturbed digits"), served_sheet(name, epsilon))
        marks = page.locator(".three-seven .marks").nth(1).locator("i")
        wrong = [mark == "1" for mark in marks.evaluate_all("m => m.map(i => i.dataset.wrong)")]
        assert wrong == wrong_answers(name, epsilon)


def test_the_pixels_and_marks_are_the_servers(here: Page) -> None:
    pixels_and_marks_are_the_servers(here, "logistic")


def test_the_digit_under_the_pointer_gives_the_numbers_and_the_keyboard_chooses_too(
    here: Page,
) -> None:
    set_stop(here, 64)
    clean = here.get_by_role("img", name="Clean digits")
    clean.scroll_into_view_if_needed()
    box = clean.bounding_box()
    assert box is not None
    here.mouse.move(box["x"] + 0.5 * box["width"], box["y"] + 0.3 * box["height"])
    chosen = here.locator(".three-seven .digit")
    assert chosen.inner_text().startswith("Chosen: digit 8, a 7.")
    here.mouse.move(5, 400)
    linked(here, "digit=8")
    clean.focus()
    here.keyboard.press("ArrowRight")
    here.keyboard.press("ArrowDown")
    assert chosen.inner_text().startswith("Chosen: digit 14, a 7.")
    network = trained.load("logistic")
    assert isinstance(network, architectures.LogisticRegression)
    found = margins.run(network, margins.shipped()[:25], (0.25,))
    assert f"Margin {found.clean[13]:.2f} clean" in chosen.inner_text()


def test_a_click_in_the_plot_puts_the_line_there(here: Page) -> None:
    set_stop(here, 0)
    plot = here.locator(".three-seven .plot-wrap")
    plot.scroll_into_view_if_needed()
    box = plot.bounding_box()
    assert box is not None
    plot.click(position={"x": box["width"] * 0.6, "y": 150})
    assert not heading(here).startswith("Without attack")
    line = here.locator(".three-seven .marker").bounding_box()
    assert line is not None
    assert abs(line["x"] - box["x"] - 0.6 * box["width"]) < 8


def test_each_line_of_the_derivation_opens_its_sides_agree_and_axe_is_content(here: Page) -> None:
    set_stop(here, 32)
    lines = here.locator(".three-seven details")
    expect(lines).to_have_count(5)
    assert here.locator(".three-seven details[open]").count() == 0
    for i in range(5):
        lines.nth(i).locator("summary").focus()
        here.keyboard.press("Enter")
        numbers = lines.nth(i).locator("dd").all_inner_texts()
        assert len(numbers) >= 3 and abs(number(numbers[-1])) < 1e-7
    before = lines.nth(4).locator("dd").all_inner_texts()
    set_stop(here, 100)
    assert lines.nth(4).locator("dd").all_inner_texts() != before
    accessible_in_light_and_dark(here)


def test_another_training_and_other_digits_change_the_page_and_the_link_restores_both(
    here: Page, visit: Visits
) -> None:
    page = here
    set_stop(page, 64)
    plain = canvas(page, "The weights w")
    page.locator(".three-seven .choices").get_by_role("button", name="Adversarial").click()
    said = heading(page)
    assert f"misreads {misread('logistic-adversarial', 64)} of 1,000" in said
    assert (canvas(page, "The weights w") != plain).any()
    pixels_and_marks_are_the_servers(page, "logistic-adversarial")
    set_stop(page, 64)
    page.get_by_role("button", name="More digits").click()
    expect(page.locator(".three-seven .where")).to_have_text("digits 26 to 50 of 1,000")
    np.testing.assert_array_equal(
        canvas(page, "Perturbed digits"), served_sheet("logistic-adversarial", 0.25, 1)
    )
    linked(page, "sheet=2", "network=logistic-adversarial", "guess=skipped")
    again = visit(PATH + link(page))
    expect(again.locator(".three-seven .where")).to_have_text("digits 26 to 50 of 1,000")
    assert heading(again) == said
    assert (canvas(again, "The weights w") == canvas(page, "The weights w")).all()


def test_a_phone_shows_all_of_it_without_scrolling_sideways(visit: Visits) -> None:
    page = visit(KNOWN, **PHONE)
    page.locator(".three-seven .plot .main-svg").first.wait_for()
    on_the_first_screen(page, slider(page))
    for summary in page.locator(".three-seven summary").all():
        summary.click()
    no_wider_than_the_screen(page)
