"""Digits on the attack page: gallery, pad, own digits, the switch; in a real browser."""

import io
import re
from collections.abc import Callable
from pathlib import Path

import numpy as np
from PIL import Image, ImageDraw, ImageFilter
from playwright.sync_api import Page, expect

from demo import models
from tests.browser.conftest import accessible_in_light_and_dark, at_rest, complete, linked
from tests.browser.reading import (
    answer,
    both_curves,
    clean,
    heading,
    pixels,
    readout,
    set_stop,
    switch,
)

Visit = Callable[..., Page]

TWINS = next(card for card in models.offered("digits") if card.twin).name
"""The first digit network that has an adversarially trained twin."""


def upload(page: Page, data: bytes, name: str) -> None:
    """Hand a file to the digits' uploader."""
    page.get_by_role("tab", name="Own picture").click()
    page.locator("input[type=file]").first.set_input_files(
        {"name": name, "mimeType": "application/octet-stream", "buffer": data}
    )


def wait_for_other(page: Page, old: np.ndarray) -> np.ndarray:
    """The next clean image, once its curve is there."""
    for _ in range(225):
        new = pixels(page, "Clean image")
        if new.shape != old.shape or not np.array_equal(new, old):
            complete(page)
            return new
        page.wait_for_timeout(200)
    raise AssertionError("the clean image did not change")


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


def test_digits_open_on_an_attack_that_works_at_the_papers_epsilon(visit: Visit) -> None:
    page = visit("?kind=digits")
    assert readout(page) == ".25 = 63.8/255"
    assert clean(page).startswith("3:") and not answer(page).startswith("3:")
    assert heading(page).startswith("A change of at most .25 turns this 3")
    before, after = pixels(page, "Clean image"), pixels(page, "Adversarial example")
    assert before.shape == (28, 28, 3) and np.abs(after.astype(int) - before).max() == 64
    assert set(np.unique(pixels(page, "Perturbation"))) <= {0, 127, 128, 255}
    image = page.get_by_role("img", name="Clean image", exact=True)
    assert image.evaluate("c => getComputedStyle(c).imageRendering") == "pixelated"


def test_photographs_and_digits_are_one_click_apart_and_keep_their_own_epsilon(
    visit: Visit,
) -> None:
    page = visit()
    photograph = pixels(page, "Clean image")
    page.get_by_role("radio", name="Digits", exact=True).click()
    digit = wait_for_other(page, photograph)
    assert digit.shape == (28, 28, 3) and readout(page) == ".25 = 63.8/255"
    expect(page.locator(".fgsm [data-chart=logits]")).to_have_text("Logits, −1 to +1")
    page.wait_for_url("**kind=digits**")
    page.get_by_role("radio", name="Photographs", exact=True).click()
    assert np.array_equal(wait_for_other(page, digit), photograph)
    assert readout(page) == ".0070 = 1.8/255"
    page.wait_for_function("!location.search.includes('kind')")


def test_the_switch_is_one_click_same_digit_same_epsilon_both_curves(visit: Visit) -> None:
    page = visit(f"?kind=digits&network={TWINS}&epsilon=.125")
    expect(page.locator(".fgsm .say")).to_contain_text("The robust model")
    assert both_curves(page) == "3"
    seen = [(pixels(page, "Clean image"), pixels(page, "Adversarial example"), answer(page))]
    switch(page, "Robust").click()
    expect(page.locator(".fgsm .facts")).to_contain_text("adversarially trained")
    complete(page)
    seen.append((pixels(page, "Clean image"), pixels(page, "Adversarial example"), answer(page)))
    assert np.array_equal(seen[0][0], seen[1][0])
    assert not np.array_equal(seen[0][1], seen[1][1]) and seen[0][2] != seen[1][2]
    assert readout(page) == ".125 = 31.9/255"
    expect(page.locator(".fgsm .say")).to_contain_text("The standard model")
    assert both_curves(page) == "3"
    linked(page, "training=adversarial")


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


def test_a_drawn_digit_is_centred_and_answered(visit: Visit) -> None:
    page = visit("?kind=digits")
    old = pixels(page, "Clean image")
    draw(page, [(0.2, 0.1), (0.22, 0.9)])
    drawn = wait_for_other(page, old)[:, :, 0].astype(float)
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


def test_a_digit_on_paper_is_inverted_and_centred_and_a_blank_page_gets_a_sentence(
    visit: Visit,
) -> None:
    page = visit("?kind=digits")
    old = pixels(page, "Clean image")
    upload(page, photographed(), "four.jpg")
    seen = wait_for_other(page, old)[:, :, 0]
    assert clean(page).startswith("4:") and (seen[[0, 1, -1, -2]] == 0).all()
    kept = io.BytesIO()
    Image.new("RGB", (400, 300), (236, 231, 220)).save(kept, "PNG")
    upload(page, kept.getvalue(), "blank.png")
    expect(page.get_by_test_id("stAlert")).to_contain_text("No ink was found")
    assert np.array_equal(pixels(page, "Clean image")[:, :, 0], seen)


def test_the_saved_png_opened_again_gets_the_stated_answer(visit: Visit, tmp_path: Path) -> None:
    page = visit("?kind=digits")
    set_stop(page, 64)
    stated = page.locator(".fgsm .facts").inner_text().split("saved as 8-bit PNG: ")[1]
    with page.expect_download() as download:
        page.get_by_role("button", name="Adversarial PNG").click()
    download.value.save_as(tmp_path / "saved.png")
    shown, old = pixels(page, "Adversarial example"), pixels(page, "Clean image")
    upload(page, (tmp_path / "saved.png").read_bytes(), "saved.png")
    assert np.array_equal(wait_for_other(page, old), shown)
    assert clean(page).replace(":", "") in stated


def test_the_gallery_is_filtered_sorted_turned_and_linked(visit: Visit) -> None:
    page = visit("?kind=digits")
    grid = page.locator("fieldset.digits")
    expect(grid.get_by_role("radio")).to_have_count(36)
    expect(grid.get_by_role("radio", name="3, digit 1,505")).to_be_checked()
    page.get_by_role("combobox", name="Digit").click()
    page.get_by_role("option", name="8", exact=True).click()
    expect(grid.get_by_role("radio").first).to_have_attribute("aria-label", "8, digit 4,000")
    page.get_by_role("button", name="Next page").click()
    expect(grid.get_by_role("radio").first).to_have_attribute("aria-label", "8, digit 4,036")
    page.get_by_role("combobox", name="The network is").click()
    page.get_by_role("option", name="unsure").click()
    expect(grid.get_by_role("radio").first).to_have_attribute("aria-label", re.compile("says"))
    old = pixels(page, "Clean image")
    grid.get_by_role("radio").nth(1).check(force=True)
    wait_for_other(page, old)
    page.wait_for_url("**picture=digit-4***")
    assert "labelled 8" in page.get_by_test_id("stMain").inner_text()


def test_the_gallery_is_worked_by_keyboard(visit: Visit) -> None:
    page = visit("?kind=digits&picture=digit-1505")
    old = pixels(page, "Clean image")
    page.get_by_role("radio", name="3, digit 1,505").focus()
    page.keyboard.press("ArrowLeft")
    wait_for_other(page, old)
    page.wait_for_url("**picture=digit-1504**")
    expect(page.get_by_role("radio", name="3, digit 1,504")).to_be_checked()
    expect(page.get_by_role("radio", name="3, digit 1,504")).to_be_focused()


def test_a_link_restores_digit_network_switch_target_method_and_epsilon(visit: Visit) -> None:
    link = f"?kind=digits&picture=digit-2345&network={TWINS}&training=adversarial"
    link += "&goal=toward&target=9&method=ten&epsilon=.5"
    first = visit(link)
    assert readout(first) == ".5 = 127.5/255" and "digit-2345" in first.url
    expect(first.locator(".fgsm .equation")).to_contain_text("ten times")
    second = visit(first.evaluate("location.search"))
    assert heading(second) == heading(first) and answer(second) == answer(first)
    assert np.array_equal(
        pixels(first, "Adversarial example"), pixels(second, "Adversarial example")
    )
    third = visit("?kind=digits&picture=digit-5000&network=gpt&epsilon=inf&label=panda&method=0")
    assert readout(third) == ".25 = 63.8/255" and clean(third).startswith("3:")


def test_ten_steps_stay_in_the_ball_and_are_at_least_as_strong(visit: Visit) -> None:
    page = visit("?kind=digits&method=ten")
    set_stop(page, 16)
    assert readout(page) == ".25 = 63.8/255"
    after = pixels(page, "Adversarial example").astype(int)
    assert 63 <= np.abs(after - pixels(page, "Clean image")).max() <= 64
    assert not answer(page).startswith("3:")
    page.get_by_role("button", name="Logits, −1 to +1").click()
    expect(page.locator(".fgsm .chart-hint")).to_contain_text("do not lie on one line")
    expect(page.locator(".fgsm .plot")).to_be_hidden()
    expect(page.locator(".fgsm .marker")).to_be_hidden()
    page.get_by_role("button", name="Confidence against epsilon").click()
    expect(page.locator(".fgsm .plot")).to_be_visible()
    expect(page.locator(".fgsm .marker")).to_be_visible()


def test_from_one_step_s_logits_to_ten_steps_no_old_line_stays(visit: Visit) -> None:
    page = visit("?kind=digits")
    page.get_by_role("button", name="Logits, −1 to +1").click()
    expect(page.locator(".fgsm .chart-hint")).to_contain_text("linear along this direction")
    expect(page.locator(".fgsm .plot .xtitle")).to_contain_text("along the same signs")
    page.get_by_text("Ten steps: its iteration (BIM)").click()
    expect(page.locator(".fgsm .chart-hint")).to_contain_text("do not lie on one line")
    expect(page.locator(".fgsm .plot")).to_be_hidden()
    expect(page.locator(".fgsm .marker")).to_be_hidden()


def test_an_old_curve_is_dimmed_as_soon_as_the_picture_is_another(visit: Visit) -> None:
    page = visit("?kind=digits")
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
    page.get_by_role("radio", name="3, digit 1,504").check(force=True)
    page.wait_for_function("window.seen.length == 2")
    assert page.evaluate("window.seen") == ["old 0.3 hidden", " 1 visible"]


def test_a_network_of_two_classes_has_two_bars_and_says_what_it_knows(visit: Visit) -> None:
    page = visit("?kind=digits&network=logistic&picture=digit-2600")
    expect(page.locator(".fgsm .top.before li:visible")).to_have_count(2)
    assert "knows only 3 and 7" in page.get_by_test_id("stSidebar").inner_text()
    expect(page.locator(".fgsm .notes")).to_contain_text("This digit is labelled 5")
    page.get_by_text("toward a target").click()
    page.get_by_role("combobox", name="Target: what it shall see").click()
    expect(page.get_by_role("option")).to_have_text(["the runner-up", "3", "7"])


def test_dragging_a_digit_asks_the_server_nothing(visit: Visit) -> None:
    page = visit("?kind=digits")
    at_rest(page, 4000)
    quiet = len(visit.frames)  # type: ignore[attr-defined]
    box = page.get_by_role("slider", name="Epsilon").bounding_box()
    assert box
    page.mouse.move(box["x"] + box["width"] / 2, box["y"] + box["height"] / 2)
    page.mouse.down()
    seen = []
    for share in (0.4, 0.2, 0.02):
        page.mouse.move(box["x"] + box["width"] * share, box["y"] + box["height"] / 2)
        seen.append((readout(page), pixels(page, "Adversarial example").tobytes()))
    page.mouse.up()
    assert len(set(seen)) == 3 and answer(page).startswith("3:")
    assert len(visit.frames) == quiet > 0  # type: ignore[attr-defined]


def test_the_lens_says_one_value_of_a_digit(visit: Visit) -> None:
    page = visit("?kind=digits")
    page.get_by_role("img", name="Clean image", exact=True).focus()
    page.keyboard.press("ArrowDown")
    value = int(pixels(page, "Clean image")[15, 14, 0])
    text = page.locator(".fgsm .lens-text").inner_text()
    assert text.startswith("Pixel (14, 15)") and f"value {value}, sign" in text


def test_on_a_phone_nothing_is_wider_than_the_screen_and_the_pad_takes_a_finger(
    visit: Visit,
) -> None:
    page = visit(
        "?kind=digits", viewport={"width": 390, "height": 844}, has_touch=True, is_mobile=True
    )
    for name in ("Clean image", "Perturbation", "Adversarial example"):
        box = page.get_by_role("img", name=name, exact=True).bounding_box()
        assert box and box["x"] >= 0 and box["x"] + box["width"] <= 390
        assert box["y"] + box["height"] <= 844
    slider = page.get_by_role("slider", name="Epsilon").bounding_box()
    assert slider and slider["y"] + slider["height"] <= 844
    assert page.evaluate("document.documentElement.scrollWidth") <= 390
    old = pixels(page, "Clean image")
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
    wait_for_other(page, old)
    assert clean(page).startswith("1:")


def test_axe_finds_no_serious_fault(visit: Visit) -> None:
    page = visit("?kind=digits")
    for tab in ("Gallery", "Draw", "Own picture"):
        page.get_by_role("tab", name=tab).click()
        accessible_in_light_and_dark(page)
