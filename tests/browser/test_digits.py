"""Digits on the attack page: gallery, pad, own digits, the switch; in a real browser."""

import io
import re

import numpy as np
import pytest
from PIL import Image, ImageDraw, ImageFilter
from playwright.sync_api import Page, expect

from tests.browser.conftest import Visits
from tests.browser.reading import (
    ADVERSARIAL,
    CHANGE,
    CLEAN,
    PHONE,
    accessible_in_light_and_dark,
    answer,
    at_rest,
    both_curves,
    clean,
    complete,
    download,
    drag,
    facts,
    heading,
    link,
    linked,
    no_wider_than_the_screen,
    on_the_first_screen,
    other_picture,
    pick,
    pixels,
    readout,
    robust,
    set_stop,
    slider,
    upload,
)

QUARTER = 32
"""The stop of the paper's epsilon."""


@pytest.fixture(scope="module")
def here(stay: Visits) -> Page:
    """The first view, at rest: each test moves what it looks at, and asks for nothing else."""
    page = stay("?kind=digits")
    expect(page.get_by_role("button", name="random signs", exact=True)).to_be_visible()
    at_rest(page)
    return page


@pytest.fixture(scope="module")
def other(stay: Visits) -> Page:
    """A page for what asks the server: each test begins with what the one before has left."""
    return stay("?kind=digits")


def hand_in(page: Page, data: bytes, name: str) -> None:
    """Give a file to the digits' uploader."""
    page.get_by_role("tab", name="Own picture").click()
    upload(page, data, name)


def photographed() -> bytes:
    """A 4 in dark ink on grey paper in the light of a lamp, by a camera that is not quite sharp."""
    paper = Image.new("L", (900, 700), 205)
    pen = ImageDraw.Draw(paper)
    pen.line([(500, 180), (390, 380), (610, 380)], fill=50, width=26, joint="curve")
    pen.line([(560, 250), (560, 540)], fill=50, width=26)
    light = np.linspace(1.1, 0.8, 900)[None] * np.linspace(1.05, 0.9, 700)[:, None]
    shades = np.asarray(paper.filter(ImageFilter.GaussianBlur(3)), float) * light
    shades += np.random.default_rng(1).normal(0, 4, shades.shape)
    kept = io.BytesIO()
    photo = np.clip(np.stack([shades, 0.97 * shades, 0.9 * shades], axis=2), 0, 255)
    Image.fromarray(photo.astype(np.uint8)).save(kept, "JPEG", quality=80)
    return kept.getvalue()


def test_digits_open_on_an_attack_that_works_at_the_papers_epsilon(here: Page) -> None:
    set_stop(here, QUARTER)
    assert readout(here) == ".25 = 63.8/255"
    assert clean(here).startswith("3:") and not answer(here).startswith("3:")
    assert heading(here).startswith("A change of at most .25 turns this 3")
    before, after = pixels(here, CLEAN), pixels(here, ADVERSARIAL)
    assert before.shape == (28, 28, 3) and np.abs(after.astype(int) - before).max() == 64
    assert set(np.unique(pixels(here, CHANGE))) <= {0, 127, 128, 255}
    image = here.get_by_role("img", name=CLEAN, exact=True)
    assert image.evaluate("c => getComputedStyle(c).imageRendering") == "pixelated"


def test_dragging_a_digit_asks_the_server_nothing(here: Page, stay: Visits) -> None:
    before = len(stay.frames)
    look = lambda: (readout(here), pixels(here, ADVERSARIAL).tobytes())  # noqa: E731
    assert len(set(drag(here, (0.4, 0.2, 0.02), look))) == 3
    assert answer(here).startswith("3:") and len(stay.frames) == before > 0


def test_the_lens_says_one_value_of_a_digit(here: Page) -> None:
    here.get_by_role("img", name=CLEAN, exact=True).focus()
    here.keyboard.press("ArrowDown")
    value = int(pixels(here, CLEAN)[15, 14, 0])
    text = here.locator(".fgsm .lens-text").inner_text()
    assert text.startswith("Pixel (14, 15)") and f"value {value}, sign" in text


def test_axe_finds_no_serious_fault_on_the_other_tabs(here: Page) -> None:
    for tab in ("Draw", "Own picture"):
        here.get_by_role("tab", name=tab).click()
        accessible_in_light_and_dark(here)


def test_the_gallery_is_worked_by_keyboard_and_an_old_curve_is_dimmed_meanwhile(
    other: Page,
) -> None:
    page = other
    page.evaluate(
        """() => {
            const [wrap, seen] = [document.querySelector(".fgsm .plot-wrap"), []];
            const note = () => seen.push([wrap.dataset.waiting ?? "", getComputedStyle(
                wrap.querySelector(".plot")).opacity, getComputedStyle(
                wrap.querySelector(".marker")).visibility].join(" "));
            new MutationObserver(note).observe(wrap, { attributeFilter: ["data-waiting"] });
            window.seen = seen;
        }"""
    )
    old = pixels(page, CLEAN)
    page.get_by_role("radio", name="3, digit 1,505").focus()
    page.keyboard.press("ArrowLeft")
    other_picture(page, old)
    linked(page, "picture=digit-1504")
    expect(page.get_by_role("radio", name="3, digit 1,504")).to_be_checked()
    expect(page.get_by_role("radio", name="3, digit 1,504")).to_be_focused()
    page.wait_for_function("window.seen.length == 2")
    assert page.evaluate("window.seen") == ["old 0.3 hidden", " 1 visible"]


def test_photographs_and_digits_are_one_click_apart_and_keep_their_own_epsilon(
    other: Page,
) -> None:
    page, digit = other, pixels(other, CLEAN)
    page.get_by_role("radio", name="Photographs", exact=True).click()
    photograph = other_picture(page, digit)
    assert photograph.shape == (224, 224, 3) and readout(page) == ".007 = 1.785/255"
    expect(page.locator(".fgsm [data-chart=logits]")).to_have_text("Logits, −16 to +16")
    page.wait_for_function("!location.search.includes('kind')")
    page.get_by_role("radio", name="Digits", exact=True).click()
    assert np.array_equal(other_picture(page, photograph), digit)
    assert readout(page) == ".25 = 63.8/255"
    expect(page.locator(".fgsm [data-chart=logits]")).to_have_text("Logits, −1 to +1")
    linked(page, "kind=digits")


def test_the_switch_is_one_click_same_digit_same_epsilon_both_curves(other: Page) -> None:
    page = other
    set_stop(page, QUARTER // 2)
    expect(page.locator(".fgsm .say")).to_contain_text("The robust model")
    assert both_curves(page) == "3"
    seen = [(pixels(page, CLEAN), pixels(page, ADVERSARIAL), answer(page))]
    robust(page)
    seen.append((pixels(page, CLEAN), pixels(page, ADVERSARIAL), answer(page)))
    assert np.array_equal(seen[0][0], seen[1][0])
    assert not np.array_equal(seen[0][1], seen[1][1]) and seen[0][2] != seen[1][2]
    assert readout(page) == ".125 = 31.9/255"
    expect(page.locator(".fgsm .say")).to_contain_text("The standard model")
    assert both_curves(page) == "3"
    linked(page, "training=adversarial")
    page.locator(".fgsm").get_by_role("button", name="Standard", exact=True).click()
    complete(page)
    at_rest(page)


def test_what_survives_is_dragged_through_without_a_word_to_the_server(
    other: Page, stay: Visits
) -> None:
    page, told = other, other.locator(".survival")
    set_stop(page, QUARTER)
    page.get_by_text("Does it survive?").click()
    rows = told.locator("tbody tr:not(.group)")
    expect(rows.filter(has_text="Radial basis functions")).to_have_count(1)
    line = told.locator(".marker")
    expect(line).to_be_visible()
    at_rest(page)
    before = len(stay.frames)
    seen = drag(
        page, (0.99, 0.5, 0.01),
        lambda: (told.get_by_role("heading").first.inner_text()[:8], rows.first.inner_text(),
                 line.evaluate("m => m.getBoundingClientRect().left")),
    )  # fmt: skip
    assert [says for says, _, _ in seen] == ["At .5 th", "At .25 t", "Without "]
    assert len({row for _, row, _ in seen}) == len({place for _, _, place in seen}) == 3
    told.get_by_role("button", name="Epsilon .375").click()
    assert readout(page) == ".375 = 95.6/255"
    set_stop(page, QUARTER + 1)
    assert "The slider is at .2578" in told.inner_text()
    assert len(stay.frames) == before > 0
    page.get_by_role("button", name="Made on one network").click()
    expect(told.get_by_role("region", name="Made on, tested on").locator("td")).to_have_count(100)
    page.get_by_text("Does it survive?").click()
    expect(told).to_be_hidden()


def test_ten_steps_stay_in_the_ball_and_no_old_line_stays(other: Page) -> None:
    page = other
    plot, line = page.locator(".fgsm .plot"), page.locator(".fgsm .marker")
    page.get_by_role("button", name="Logits, −1 to +1").click()
    expect(page.locator(".fgsm .chart-hint")).to_contain_text(
        "along this direction: one straight line"
    )
    expect(page.locator(".fgsm .plot .xtitle")).to_contain_text("along the same signs")
    page.get_by_test_id("stSidebar").get_by_text("BIM, ten steps").click()
    expect(page.locator(".fgsm .chart-hint")).to_contain_text("do not lie on one line")
    expect(plot).to_be_hidden()
    expect(line).to_be_hidden()
    page.get_by_role("button", name="Confidence against epsilon").click()
    expect(plot).to_be_visible()
    expect(line).to_be_visible()
    set_stop(page, 16)
    assert readout(page) == ".25 = 63.8/255"
    after = pixels(page, ADVERSARIAL).astype(int)
    assert 63 <= np.abs(after - pixels(page, CLEAN)).max() <= 64
    assert answer(page) != clean(page)
    page.get_by_test_id("stSidebar").get_by_text("FGSM, one step").click()
    complete(page)
    at_rest(page)


def test_the_gallery_is_filtered_sorted_turned_and_linked(other: Page) -> None:
    page = other
    grid = page.locator("fieldset.digits")
    expect(grid.get_by_role("radio")).to_have_count(36)
    pick(page, "Digit", "8")
    expect(grid.get_by_role("radio").first).to_have_attribute("aria-label", "8, digit 4,000")
    page.get_by_role("button", name="Next page").click()
    expect(grid.get_by_role("radio").first).to_have_attribute("aria-label", "8, digit 4,036")
    pick(page, "The network is", "unsure")
    expect(grid.get_by_role("radio").first).to_have_attribute("aria-label", re.compile("says"))
    old = pixels(page, CLEAN)
    grid.get_by_role("radio").nth(1).click(force=True)
    other_picture(page, old)
    linked(page, "picture=digit-4")
    assert "labelled 8" in page.get_by_test_id("stMain").inner_text()


def test_a_digit_on_paper_is_centred_a_blank_page_gets_a_sentence_a_saved_png_its_answer(
    other: Page,
) -> None:
    page = other
    set_stop(page, 2 * QUARTER)
    stated = facts(page).split("saved as 8-bit PNG: ")[1]
    saved, shown = download(page, "Adversarial PNG"), pixels(page, ADVERSARIAL)
    old = pixels(page, CLEAN)
    hand_in(page, photographed(), "four.jpg")
    seen = other_picture(page, old)
    assert clean(page).startswith("4:") and (seen[[0, 1, -1, -2]] == 0).all()
    kept = io.BytesIO()
    Image.new("RGB", (400, 300), (236, 231, 220)).save(kept, "PNG")
    hand_in(page, kept.getvalue(), "blank.png")
    alert = page.get_by_test_id("stSidebar").get_by_test_id("stAlert")
    expect(alert).to_contain_text("No ink was found")
    assert np.array_equal(pixels(page, CLEAN), seen)
    hand_in(page, saved, "saved.png")
    assert np.array_equal(other_picture(page, seen), shown)
    assert clean(page).replace(":", "") in stated


def test_a_link_restores_digit_network_switch_target_method_and_epsilon(visit: Visits) -> None:
    asked = "?kind=digits&picture=digit-2345&network=maxout&training=adversarial"
    asked += "&goal=toward&target=9&method=ten&epsilon=0.5"
    page = visit(asked)
    assert clean(page).startswith("4:") and readout(page) == ".5 = 127.5/255"
    assert "Maxout network, trained against" in facts(page)
    equation = page.locator(".fgsm .equation")
    expect(equation).to_contain_text("ten times")
    expect(equation).to_contain_text("9")
    written, wanted = ({*query[1:].split("&")} for query in (link(page), asked))
    assert written == wanted


def draw(page: Page, points: list[tuple[float, float]]) -> None:
    """One stroke on the pad. points: fractions of its width and height."""
    page.get_by_role("tab", name="Draw").click()
    pad = page.get_by_role("img", name="Pad: draw a digit here")
    pad.scroll_into_view_if_needed()
    box = pad.bounding_box()
    assert box
    at = [(box["x"] + x * box["width"], box["y"] + y * box["height"]) for x, y in points]
    page.mouse.move(*at[0])
    page.mouse.down()
    for place in at[1:]:
        page.mouse.move(*place, steps=6)
    page.mouse.up()


NOISE = """() => {
    HTMLCanvasElement.prototype.toDataURL = () => "data:image/png;base64,AAAA";
    HTMLCanvasElement.prototype.toBlob = (done) => done(new Blob());
    const read = CanvasRenderingContext2D.prototype.getImageData;
    CanvasRenderingContext2D.prototype.getImageData = function (...where) {
        const noisy = read.apply(this, where);
        for (let i = 0; i < noisy.data.length; i++) noisy.data[i] = Math.floor(256 * Math.random());
        return noisy;
    };
}"""
"""A browser that guards against fingerprints: nothing that a canvas gives back is true."""


def test_a_drawn_digit_is_centred_and_answered(visit: Visits) -> None:
    page = visit("?kind=digits")
    old = pixels(page, CLEAN)
    draw(page, [(0.2, 0.1), (0.22, 0.9)])
    drawn = other_picture(page, old)[:, :, 0].astype(float)
    rows, columns = np.mgrid[:28, :28]
    mass = drawn.sum()
    assert abs((rows * drawn).sum() / mass - 14) < 1
    assert abs((columns * drawn).sum() / mass - 14) < 1
    assert np.ptp(np.flatnonzero(drawn.any(axis=1))) + 1 == 20 and drawn.max() == 255
    assert clean(page).startswith("1:")
    assert "Your drawing" in page.get_by_test_id("stMain").inner_text()
    page.get_by_role("button", name="Clear the pad").click()
    page.evaluate(NOISE)
    draw(page, [(0.3, 0.2), (0.75, 0.2), (0.45, 0.9)])
    expect(page.locator(".fgsm [data-picture=clean] figcaption")).to_contain_text("7:")


def test_a_network_of_two_classes_has_two_bars_and_says_what_it_knows(visit: Visits) -> None:
    page = visit("?kind=digits&network=logistic&picture=digit-2600")
    expect(page.locator(".fgsm .top.before li:visible")).to_have_count(2)
    assert "knows only 3 and 7" in page.get_by_test_id("stSidebar").inner_text()
    expect(page.locator(".fgsm .notes")).to_contain_text("This digit is labelled 5")
    page.get_by_text("reach a class").click()
    page.get_by_role("combobox", name="Class to reach").click()
    expect(page.get_by_role("option")).to_have_text(["the runner-up", "3", "7"])


def test_on_a_phone_nothing_is_wider_than_the_screen_and_the_pad_takes_a_finger(
    visit: Visits,
) -> None:
    page = visit("?kind=digits", **PHONE)
    pictures = [page.get_by_role("img", name=n, exact=True) for n in (CLEAN, CHANGE, ADVERSARIAL)]
    on_the_first_screen(page, *pictures, slider(page))
    no_wider_than_the_screen(page)
    old = pixels(page, CLEAN)
    page.get_by_test_id("stExpandSidebarButton").click()
    page.get_by_role("tab", name="Draw").click()
    pad = page.get_by_role("img", name="Pad: draw a digit here")
    pad.scroll_into_view_if_needed()
    box = pad.bounding_box()
    assert box and box["width"] >= 200 and box["x"] + box["width"] <= 390
    finger = page.context.new_cdp_session(page)
    for kind, y in (("touchStart", 0.1), ("touchMove", 0.4), ("touchMove", 0.9)):
        place = {"x": box["x"] + box["width"] / 2, "y": box["y"] + y * box["height"]}
        finger.send("Input.dispatchTouchEvent", {"type": kind, "touchPoints": [place]})
    finger.send("Input.dispatchTouchEvent", {"type": "touchEnd", "touchPoints": []})
    other_picture(page, old)
    assert clean(page).startswith("1:")
