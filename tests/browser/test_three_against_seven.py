"""Three against seven in a real browser: a question first, then a drag that moves everything."""

import base64
import io
import re
from collections.abc import Callable

import numpy as np
import pytest
from numpy.typing import NDArray
from PIL import Image
from playwright.sync_api import Page, expect

from demo import fgsm, networks, pictures, trained
from demo.experiments.three_against_seven import margins
from tests.browser.conftest import accessible_in_light_and_dark, at_rest, linked

Opened = Callable[..., Page]

PATIENCE = 120_000
"""Milliseconds: a machine may be busy with other things."""

KNOWN = "?guess=skipped"


@pytest.fixture
def opened(watched: Opened, address: str) -> Opened:
    """opened(query="", **context options) -> the page with its pictures, at rest.

    opened.frames: what has gone to the server.
    """

    def open_page(query: str = "", **options: object) -> Page:
        page = watched(PATIENCE, **options)
        page.goto(f"{address}/three-against-seven{query}")
        page.locator(".three-seven[data-ready]").wait_for()
        page.get_by_text("Next: ").wait_for()
        page.wait_for_function("document.querySelector('[data-test-script-state=notRunning]')")
        return page

    open_page.frames = watched.frames  # type: ignore[attr-defined]
    return open_page


def canvas(page: Page, name: str) -> NDArray[np.uint8]:
    """What is on the canvas of that accessible name: (H, W)."""
    shown = page.get_by_role("img", name=name, exact=True)
    text = shown.evaluate("c => c.toDataURL('image/png')")
    picture = Image.open(io.BytesIO(base64.b64decode(text.split(",")[1])))
    return np.asarray(picture.convert("RGB"))[..., 0]


def heading(page: Page) -> str:
    return page.locator(".three-seven .say").inner_text()


def slide(page: Page, stop: int) -> None:
    """As the slider's own keys would."""
    page.get_by_role("slider", name="Epsilon").fill(str(stop))


def number(text: str) -> float:
    """−3.8 · 10⁻⁶ -> -3.8e-6."""
    plain = text.translate(str.maketrans("−⁻⁰¹²³⁴⁵⁶⁷⁸⁹", "--0123456789"))
    return float(plain.replace(" · 10", "e"))


def served_sheet(name: str, epsilon: float, sheet: int = 0) -> NDArray[np.uint8]:
    """The server's perturbed digits in 8 bit, five by five: (140, 140)."""
    few = margins.shipped()[25 * sheet : 25 * sheet + 25]
    attacked = fgsm.fgsm(trained.load(name), few.images, few.labels, epsilon)
    pixels = np.stack([pictures.to_pixels(image)[..., 0] for image in attacked])
    return pixels.reshape(5, 5, 28, 28).swapaxes(1, 2).reshape(140, 140)


def whole(name: str) -> margins.Margins:
    """That network on all 1,000 digits."""
    network = trained.load(name)
    assert isinstance(network, networks.LogisticRegression)
    return margins.run(network, margins.shipped())


def misread(name: str, stop: int) -> int:
    """Of all 1,000."""
    return int(whole(name).wrong_clipped[stop].sum())


def wrong_answers(name: str, epsilon: float) -> list[bool]:
    """Of the first sheet's digits."""
    network, few = trained.load(name), margins.shipped()[:25]
    assert isinstance(network, networks.LogisticRegression)
    result: list[bool] = margins.run(network, few, (epsilon,)).wrong_clipped[0].tolist()
    return result


def test_it_asks_first_and_shows_nothing_that_answers(opened: Opened) -> None:
    page = opened()
    assert heading(page) == "At which epsilon does it get everything wrong?"
    slide(page, 64)
    assert "wrong" not in page.locator(".three-seven .panels").inner_text()
    for name in (".rate", ".counts", ".flips-say", ".choice", ".by-class"):
        expect(page.locator(f".three-seven {name}")).to_be_hidden()
    assert page.locator('.three-seven [data-wrong="1"]').count() == 0


def test_the_guess_is_kept_beside_the_truth_in_link_and_tab(opened: Opened) -> None:
    page = opened()
    slide(page, 64)
    page.get_by_role("button", name="Show").click()
    found = whole("logistic")
    assert found.all_wrong is not None
    truth = f"{found.epsilons[found.all_wrong]:.4f}".lstrip("0").rstrip("0")
    verdict = page.locator(".three-seven .verdict").inner_text()
    assert f"from ε = {truth} on" in verdict
    assert f"was .25, where {misread('logistic', 64)} are" in verdict
    linked(page, "guess=0.25", "epsilon=0.25")
    page.get_by_role("link", name="Adversarial training").first.click()
    page.get_by_role("button", name="Start", exact=True).wait_for()
    page.get_by_role("link", name="Three against seven").first.click()
    page.locator(".three-seven[data-ready]").wait_for()
    assert "was .25" in page.locator(".three-seven .verdict").inner_text()


def test_the_question_can_be_skipped(opened: Opened) -> None:
    page = opened()
    page.get_by_role("button", name="Skip the question").click()
    assert heading(page).startswith(
        f"At ε = .25 the model misreads {misread('logistic', 64)} of 1,000"
    )
    assert "Your guess" not in page.locator(".three-seven .verdict").inner_text()
    linked(page, "guess=skipped")


def test_a_drag_moves_pictures_words_and_plots_and_asks_the_server_nothing(opened: Opened) -> None:
    page = opened(KNOWN)
    page.locator(".three-seven .plot .main-svg").first.wait_for()
    line = page.locator(".three-seven .marker")
    expect(line).to_be_visible()
    at_rest(page, 1000)
    sent = len(opened.frames)  # type: ignore[attr-defined]
    seen = []
    slider = page.get_by_role("slider", name="Epsilon")
    box = slider.bounding_box()
    assert box is not None
    page.mouse.move(box["x"] + 13, box["y"] + box["height"] / 2)
    page.mouse.down()
    for part in (0.2, 0.4, 0.6):
        page.mouse.move(box["x"] + part * box["width"], box["y"] + box["height"] / 2)
        curve = page.locator(".three-seven .moving .adversarial").get_attribute("d")
        words = [
            page.locator(f".three-seven {name}").all_inner_texts()
            for name in (".counts tbody", ".by-class", ".fgsm-error", ".flips-say")
        ]
        seen.append(
            (canvas(page, "Perturbed digits").tobytes(), heading(page), *words,
             line.get_attribute("style"), curve)
        )  # fmt: skip
    page.mouse.up()
    for moving in zip(*seen, strict=True):
        assert len({str(value) for value in moving}) == 3
    page.wait_for_timeout(500)
    assert len(opened.frames) == sent  # type: ignore[attr-defined]
    linked(page, "epsilon=0.")


@pytest.mark.parametrize("name", ["logistic", "logistic-adversarial"])
def test_the_pixels_and_marks_are_the_servers(opened: Opened, name: str) -> None:
    page = opened(f"{KNOWN}&network={name}")
    np.testing.assert_array_equal(canvas(page, "Clean digits"), served_sheet(name, 0))
    for stop in (13, 64, 100):
        slide(page, stop)
        epsilon = margins.STOPS[stop]
        np.testing.assert_array_equal(canvas(page, "Perturbed digits"), served_sheet(name, epsilon))
        marks = page.locator(".three-seven .marks").nth(1).locator("i")
        wrong = [mark == "1" for mark in marks.evaluate_all("m => m.map(i => i.dataset.wrong)")]
        assert wrong == wrong_answers(name, epsilon)


def test_the_digit_under_the_pointer_gives_the_numbers_and_the_keyboard_chooses_too(
    opened: Opened,
) -> None:
    page = opened(KNOWN)
    clean = page.get_by_role("img", name="Clean digits")
    box = clean.bounding_box()
    assert box is not None
    page.mouse.move(box["x"] + 0.5 * box["width"], box["y"] + 0.3 * box["height"])
    chosen = page.locator(".three-seven .digit")
    assert chosen.inner_text().startswith("Chosen: digit 8, a 7.")
    page.mouse.move(5, 400)
    linked(page, "digit=8")
    clean.focus()
    page.keyboard.press("ArrowRight")
    page.keyboard.press("ArrowDown")
    assert chosen.inner_text().startswith("Chosen: digit 14, a 7.")
    network = trained.load("logistic")
    assert isinstance(network, networks.LogisticRegression)
    found = margins.run(network, margins.shipped()[:25], (0.25,))
    assert f"Margin {found.clean[13]:.2f} clean" in chosen.inner_text()


def test_each_line_of_the_derivation_opens_and_its_sides_agree(opened: Opened) -> None:
    page = opened(f"{KNOWN}&epsilon=0.125&digit=4")
    lines = page.locator(".three-seven details")
    expect(lines).to_have_count(5)
    assert page.locator(".three-seven details[open]").count() == 0
    for i in range(5):
        lines.nth(i).locator("summary").focus()
        page.keyboard.press("Enter")
        numbers = lines.nth(i).locator("dd").all_inner_texts()
        assert len(numbers) >= 3 and abs(number(numbers[-1])) < 1e-7
    before = lines.nth(4).locator("dd").all_inner_texts()
    slide(page, 100)
    assert lines.nth(4).locator("dd").all_inner_texts() != before


def test_another_training_changes_weights_and_counts_and_the_link_restores_it(
    opened: Opened,
) -> None:
    page = opened(f"{KNOWN}&epsilon=0.25")
    plain = canvas(page, "The weights w")
    page.locator(".three-seven .choices").get_by_role("button", name="Adversarial").click()
    said = heading(page)
    assert f"misreads {misread('logistic-adversarial', 64)} of 1,000" in said
    assert (canvas(page, "The weights w") != plain).any()
    linked(page, "network=logistic-adversarial", "guess=skipped")
    again = opened(page.evaluate("location.search"))
    assert heading(again) == said
    assert (canvas(again, "The weights w") == canvas(page, "The weights w")).all()


def test_a_click_in_the_plot_puts_the_line_there(opened: Opened) -> None:
    page = opened(f"{KNOWN}&epsilon=0")
    plot = page.locator(".three-seven .plot-wrap")
    plot.locator(".main-svg").first.wait_for()
    expect(page.locator(".three-seven .marker")).to_be_visible()
    box = plot.bounding_box()
    assert box is not None
    plot.click(position={"x": box["width"] * 0.6, "y": 150})
    assert not heading(page).startswith("Without attack")
    line = page.locator(".three-seven .marker").bounding_box()
    assert line is not None
    assert abs(line["x"] - box["x"] - 0.6 * box["width"]) < 8


def test_other_digits_come_from_the_server_and_the_link_keeps_the_sheet(opened: Opened) -> None:
    page = opened(f"{KNOWN}&epsilon=0.25")
    page.get_by_role("button", name="More digits").click()
    expect(page.locator(".three-seven .where")).to_have_text("digits 26 to 50 of 1,000")
    np.testing.assert_array_equal(
        canvas(page, "Perturbed digits"), served_sheet("logistic", 0.25, 1)
    )
    linked(page, "sheet=2")
    linked(page, "guess=skipped")
    again = opened(page.evaluate("location.search"))
    expect(again.locator(".three-seven .where")).to_have_text("digits 26 to 50 of 1,000")


def test_nonsense_in_the_link_gives_the_first_view(opened: Opened) -> None:
    page = opened("?epsilon=nan&network=mlp&digit=99&guess=abc&sheet=-3")
    assert heading(page) == "At which epsilon does it get everything wrong?"
    page.get_by_role("button", name="Skip the question").click()
    expect(page.locator(".three-seven .where")).to_have_text("digits 1 to 25 of 1,000")
    assert page.locator(".three-seven .digit").inner_text().startswith("Chosen: digit 1, a 3.")


def test_a_phone_shows_all_of_it_without_scrolling_sideways(opened: Opened) -> None:
    page = opened(KNOWN, viewport={"width": 390, "height": 844}, is_mobile=True, has_touch=True)
    page.locator(".three-seven .plot .main-svg").first.wait_for()
    for summary in page.locator(".three-seven summary").all():
        summary.click()
    assert page.evaluate("document.documentElement.scrollWidth") <= 390
    wide = "e => e.getBoundingClientRect().right > 391 && !e.closest('svg')"
    wide = f"[...document.querySelectorAll('.three-seven *')].filter({wide}).length"
    assert page.evaluate(wide) == 0
    slider = page.get_by_role("slider", name="Epsilon").bounding_box()
    assert slider is not None and slider["y"] >= 0 and slider["y"] + slider["height"] <= 844


@pytest.mark.parametrize("query", ["", KNOWN])
def test_axe_finds_no_serious_fault(opened: Opened, query: str) -> None:
    page = opened(query)
    if query:
        page.locator(".three-seven .plot .main-svg").first.wait_for()
        for summary in page.locator(".three-seven summary").all():
            summary.click()
    accessible_in_light_and_dark(page)


def test_the_page_before_leads_here_and_this_one_leads_on(opened: Opened) -> None:
    page = opened()
    expect(page.get_by_role("link", name=re.compile("Next: Adversarial training"))).to_be_visible()
