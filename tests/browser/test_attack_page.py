"""The attack page in a real browser: what a person does, and what they must then see."""

import re
from collections.abc import Callable
from pathlib import Path

import numpy as np
from playwright.sync_api import Page, expect

from demo import gallery
from tests.browser.conftest import accessible_in_light_and_dark, at_rest, complete, linked
from tests.browser.reading import (
    OPENS_AS,
    answer,
    both_curves,
    clean,
    heading,
    marker,
    pixels,
    readout,
    set_stop,
    switch,
)

Visit = Callable[..., Page]


def test_it_opens_on_an_attack_that_works(visit: Visit) -> None:
    page = visit()
    assert readout(page) == ".0070 = 1.8/255"
    fooled = answer(page).rsplit(" ", 2)[0]
    assert clean(page).startswith(OPENS_AS) and fooled != OPENS_AS
    assert f"turns this {OPENS_AS}" in heading(page) and f"{fooled} (" in heading(page)
    expect(page.locator(".fgsm .say")).to_contain_text(f"The robust model still says {OPENS_AS}")
    change = pixels(page, "Adversarial example").astype(int) - pixels(page, "Clean image")
    assert np.abs(change).max() == 2
    assert set(np.unique(pixels(page, "Perturbation"))) <= {0, 127, 128, 255}
    assert page.locator(".fgsm [data-picture=perturbation] figcaption").inner_text().endswith("%")


def test_a_drag_redraws_everything_in_the_browser_and_asks_the_server_nothing(visit: Visit) -> None:
    page = visit("?picture=kangaroo")
    page.get_by_role("heading", name=re.compile("gallery’s answers")).wait_for()  # the last line
    at_rest(page, 3000)
    sent: list[object] = []
    page.on("request", lambda r: None if r.resource_type == "font" else sent.append(r.url))
    quiet = len(visit.frames)  # type: ignore[attr-defined]
    box = page.get_by_role("slider", name="Epsilon").bounding_box()
    assert box
    middle = box["y"] + box["height"] / 2
    page.mouse.move(box["x"] + box["width"] * 28 / 64, middle)
    page.mouse.down()
    seen = []
    for share in (0.7, 0.5, 0.2, 0.02):
        page.mouse.move(box["x"] + box["width"] * share, middle)
        level = pixels(page, "Adversarial example").astype(int) - pixels(page, "Clean image")
        seen.append((readout(page), answer(page), int(np.abs(level).max()), marker(page)))
    page.mouse.up()
    assert len({row[0] for row in seen}) == 4, seen
    assert len({row[1] for row in seen}) == 4, seen
    assert [row[2] for row in seen] == sorted((row[2] for row in seen), reverse=True)
    assert [row[3] for row in seen] == sorted((row[3] for row in seen), reverse=True)
    assert seen[-1][1].startswith("wallaby") and seen[0][2] > seen[-1][2]
    assert len(visit.frames) == quiet > 0 and not sent  # type: ignore[attr-defined]


def test_the_keyboard_moves_epsilon_and_home_is_the_picture_itself(visit: Visit) -> None:
    page = visit("?picture=kangaroo")
    slider = page.get_by_role("slider", name="Epsilon")
    slider.focus()
    before = readout(page)
    page.keyboard.press("ArrowRight")
    assert readout(page) != before
    page.keyboard.press("End")
    assert readout(page) == ".0627 = 16/255"
    page.keyboard.press("Home")
    assert readout(page) == "0 = 0/255"
    assert answer(page) == clean(page)
    assert (pixels(page, "Adversarial example") == pixels(page, "Clean image")).all()
    assert "timber" not in (slider.get_attribute("aria-valuetext") or "")


def test_a_click_on_the_curve_sets_epsilon(visit: Visit) -> None:
    page = visit()
    plot = page.locator(".fgsm .plot-wrap")
    plot.scroll_into_view_if_needed()
    box = plot.bounding_box()
    assert box
    page.mouse.click(box["x"] + box["width"] - 14, box["y"] + 100)
    expect(page.locator(".fgsm .readout")).to_have_text(".0627 = 16/255")


def test_the_lens_says_value_sign_and_new_value(visit: Visit) -> None:
    page = visit()
    image = page.get_by_role("img", name="Clean image", exact=True)
    image.focus()
    page.keyboard.press("ArrowLeft")
    text = page.locator(".fgsm .lens-text").inner_text()
    red = int(pixels(page, "Clean image")[112, 111, 0])
    assert text.startswith("Pixel (111, 112)") and f"R {red}, sign" in text


def upload(page: Page, data: bytes, name: str) -> None:
    """Hand a file to the uploader."""
    page.locator("input[type=file]").first.set_input_files(
        {"name": name, "mimeType": "application/octet-stream", "buffer": data}
    )


def wait_for_new(page: Page, old: str) -> None:
    """Wait until the viewer shows another clean answer, complete with its curve."""
    expect(page.locator(".fgsm [data-picture=clean] figcaption")).not_to_have_text(old)
    complete(page)


def test_own_pictures_are_taken_and_a_rotated_phone_photo_is_turned_upright(
    visit: Visit, photographs: Callable[[str], bytes]
) -> None:
    page = visit()
    old = clean(page)
    upload(page, photographs("upright.jpg"), "dog.jpg")
    wait_for_new(page, old)
    upright = pixels(page, "Clean image").astype(int)
    first = clean(page)
    upload(page, photographs("rotated.jpg"), "phone.jpg")
    page.wait_for_function(
        "document.querySelector('.stCaption, [data-testid=stCaptionContainer]')"
        "?.innerText.includes('phone.jpg')"
    )
    complete(page)
    at_rest(page)
    rotated = pixels(page, "Clean image").astype(int)
    assert clean(page).split("\n")[0].split()[0] == first.split()[0]
    assert np.abs(rotated - upright).mean() < 3


def test_a_picture_too_large_to_be_sent_is_made_smaller_in_the_browser(
    visit: Visit, photographs: Callable[[str], bytes]
) -> None:
    page = visit()
    old = clean(page)
    upload(page, photographs("upright.jpg").ljust(11_000_000), "heavy.jpg")
    wait_for_new(page, old)
    expect(page.get_by_text("Picture: heavy.jpg")).to_be_visible()


def test_a_broken_file_gets_one_sentence_and_the_last_picture_stays(
    visit: Visit, photographs: Callable[[str], bytes]
) -> None:
    page = visit()
    old = pixels(page, "Clean image")
    files = {
        "damaged or incomplete": photographs("upright.jpg")[:2000],
        "is empty": b"",
        "is an SVG drawing": b"<svg xmlns='...'/>",
    }
    for sentence, data in files.items():
        upload(page, data, "broken.jpg")  # the last one's answer is here: none is cut short
        expect(page.get_by_test_id("stAlert")).to_contain_text(sentence)
        assert "Traceback" not in page.inner_text("body")
        assert (pixels(page, "Clean image") == old).all()


def test_a_target_can_be_searched_and_the_page_says_whether_it_was_reached(visit: Visit) -> None:
    page = visit("?picture=panda")
    page.get_by_text("toward a target").click()
    box = page.get_by_role("combobox", name="Target: what it shall see")
    box.click()
    box.fill("gibbon")
    page.keyboard.press("Enter")
    expect(page.locator(".fgsm .equation")).to_contain_text("gibbon")
    expect(page.locator(".fgsm .notes")).to_contain_text("One step is too weak")
    assert "−" in page.locator(".fgsm .equation").inner_text()


def test_the_papers_panda_needs_ten_steps_to_become_a_gibbon(visit: Visit) -> None:
    page = visit()
    page.get_by_role("button", name="The paper's panda").click()
    expect(page.locator(".fgsm .equation")).to_contain_text("ten times")
    expect(page.locator(".fgsm .notes")).to_contain_text("ten steps do")
    complete(page)
    set_stop(page, 3)
    expect(page.locator(".fgsm .answer .name")).to_have_text("gibbon")
    assert clean(page).startswith("giant panda")
    assert "one step does not get there at any epsilon" in page.locator(".fgsm .notes").inner_text()


def test_a_link_restores_the_view_and_nonsense_in_it_does_no_harm(visit: Visit) -> None:
    first = visit("?picture=panda")
    first.get_by_text("toward a target").click()
    expect(first.locator(".fgsm .equation")).to_contain_text("−")
    complete(first)
    set_stop(first, 40)
    linked(first, "goal=toward", "epsilon=")
    link = first.evaluate("location.search")
    second = visit(link)
    assert heading(second) == heading(first) and readout(second) == readout(first)
    third = visit("?picture=nobody&network=..&epsilon=nan&target=%00&label=x&goal=up&method=7")
    assert readout(third) == ".0070 = 1.8/255" and clean(third).startswith(OPENS_AS)


def test_the_saved_png_opened_again_gets_the_stated_answer(visit: Visit, tmp_path: Path) -> None:
    page = visit()
    stated = page.locator(".fgsm .facts").inner_text().split("saved as 8-bit PNG: ")[1]
    with page.expect_download() as download:
        page.get_by_role("button", name="Adversarial PNG").click()
    saved = tmp_path / "saved.png"
    download.value.save_as(saved)
    shown = pixels(page, "Adversarial example")
    old = clean(page)
    upload(page, saved.read_bytes(), "saved.png")
    wait_for_new(page, old)
    assert (pixels(page, "Clean image") == shown).all()
    assert clean(page) in stated


def test_every_export_gives_a_file(visit: Visit, tmp_path: Path) -> None:
    page = visit()
    for kind in ("Perturbation PNG", "Figure for a slide", "Curve as CSV"):
        with page.expect_download() as download:
            page.get_by_role("button", name=kind).click()
        download.value.save_as(tmp_path / kind)
    for kind in ("Perturbation PNG", "Figure for a slide"):
        assert (tmp_path / kind).read_bytes().startswith(b"\x89PNG")
    lines = (tmp_path / "Curve as CSV").read_text().splitlines()
    assert len(lines) == 66 and lines[0].startswith("epsilon,")


PHONE = {"viewport": {"width": 360, "height": 740}, "has_touch": True, "is_mobile": True}


def test_on_a_phone_pictures_slider_switch_and_strip_are_on_one_screen(visit: Visit) -> None:
    page = visit(**PHONE)
    shown = [page.get_by_role("img", name=n, exact=True)
             for n in ("Clean image", "Perturbation", "Adversarial example")]  # fmt: skip
    shown += [page.get_by_role("slider", name="Epsilon"), switch(page, "Robust")]
    shown += [page.locator(".strip .own").nth(i) for i in range(2)]
    places = [part.bounding_box() for part in shown]
    for place in places:
        assert place and place["y"] >= 0 and place["y"] + place["height"] <= 740
        assert place["x"] >= 0 and place["x"] + place["width"] <= 360
    assert page.evaluate("document.documentElement.scrollWidth") <= 360
    cut = """() => [...document.querySelectorAll('.legendtext')]
        .filter(e => e.scrollWidth > e.clientWidth + 1 || e.getBoundingClientRect().right > 360)"""
    assert not page.evaluate(cut)
    small = """() => [...document.querySelectorAll('.fgsm svg text')]
        .filter(e => parseFloat(getComputedStyle(e).fontSize) < 11).length"""
    assert page.evaluate(small) == 0


def test_a_tap_pins_the_lens_and_a_second_tap_enlarges_the_picture(visit: Visit) -> None:
    page = visit(**PHONE)
    lens, large = page.locator(".fgsm .lens-text"), page.locator(".fgsm .large")
    expect(lens).to_contain_text("Tap a picture")
    expect(page.locator(".fgsm .chart-hint")).to_contain_text("Tap the curve")
    image = page.get_by_role("img", name="Adversarial example", exact=True)
    image.tap()
    expect(lens).to_contain_text("Pixel (")
    expect(large).to_be_hidden()
    image.tap()
    expect(large).to_contain_text("adversarial")
    large.get_by_role("button", name="Close").tap()
    expect(large).to_be_hidden()


def test_on_a_phone_pictures_come_from_the_strip_and_the_drawer_closes_after_a_choice(
    visit: Visit, photographs: Callable[[str], bytes]
) -> None:
    page = visit(**PHONE)
    strip = page.locator(".fgsm .strip")
    strip.get_by_role("radio", name="Koala").check(force=True)
    expect(page.locator(".fgsm [data-picture=clean] .name")).to_have_text("koala")
    own = strip.locator("input[type=file]")
    expect(own.nth(1)).to_have_attribute("capture", "environment")
    too_large = {"name": "scan.tif", "mimeType": "image/tiff", "buffer": b"II*\0" * 2_700_000}
    own.first.set_input_files([too_large])  # type: ignore[list-item]
    expect(strip).to_contain_text("“scan.tif” has 10.3 MB; at most 10 MB are taken")
    old = clean(page)
    upright = photographs("upright.jpg")  # which a browser can make smaller
    heavy = {"name": "heavy.jpg", "mimeType": "image/jpeg", "buffer": upright.ljust(11_000_000)}
    own.first.set_input_files([heavy])  # type: ignore[list-item]
    wait_for_new(page, old)
    expect(page.get_by_text("Picture: heavy.jpg")).to_be_visible()
    page.get_by_test_id("stExpandSidebarButton").click()
    drawer = page.get_by_test_id("stSidebar")
    expect(drawer).to_have_attribute("data-collapsed", "false")
    page.locator(".thumbs").get_by_role("radio", name="Giant panda").check(force=True)
    expect(drawer).to_have_attribute("data-collapsed", "true")
    expect(page.locator(".fgsm [data-picture=clean] .name")).to_have_text("giant panda")


def test_axe_finds_no_serious_fault(visit: Visit) -> None:
    page = visit()
    accessible_in_light_and_dark(page)


def test_without_the_network_a_downloaded_model_gets_a_sentence_and_the_embedded_one_answers(
    visit: Visit,
) -> None:
    page = visit("?network=googlenet")
    assert "GoogLeNet" in page.get_by_test_id("stAlert").first.inner_text()
    assert clean(page).startswith(OPENS_AS)
    assert "EfficientNet-Lite0" in page.locator(".fgsm .facts").inner_text()


def test_the_switch_stands_beside_the_slider_where_both_networks_are_here(visit: Visit) -> None:
    page = visit()
    expect(switch(page, "Standard")).to_have_attribute("aria-pressed", "true")
    slider = page.get_by_role("slider", name="Epsilon").bounding_box()
    robust = switch(page, "Robust").bounding_box()
    assert slider and robust and abs(slider["y"] - robust["y"]) < 50
    page = visit("?network=resnet50")  # whose weights are not here
    expect(page.locator(".fgsm .switch")).to_be_hidden()


def test_the_switch_on_an_uploaded_photograph(
    visit: Visit, photographs: Callable[[str], bytes]
) -> None:
    """Same picture, same epsilon, one click; both curves before and after; both gradients."""
    page = visit("?epsilon=.0039")
    old = clean(page)
    upload(page, photographs("upright.jpg"), "own.jpg")
    wait_for_new(page, old)
    complete(page)
    label = both_curves(page)
    assert label == clean(page).rsplit(" ", 2)[0]
    expect(page.locator(".fgsm .say")).to_contain_text("The robust model")
    seen = pixels(page, "Clean image"), pixels(page, "Adversarial example")
    switch(page, "Robust").click()
    expect(page.locator(".fgsm .facts")).to_contain_text("adversarially trained")
    complete(page)
    both_curves(page)
    expect(page.locator(".fgsm .say")).to_contain_text("The standard model")
    assert np.array_equal(pixels(page, "Clean image"), seen[0])
    assert not np.array_equal(pixels(page, "Adversarial example"), seen[1])
    assert readout(page).endswith("1/255")
    gradients = page.locator(".gradients img")
    expect(gradients).to_have_count(4)
    shown = {gradients.nth(i).get_attribute("src") for i in range(4)}
    assert len(shown) == 4
    page.get_by_role("heading", name=re.compile("gallery’s answers change by epsilon")).wait_for()
    dots = page.locator(".stPlotlyChart .scatterlayer .point")
    expect(dots).to_have_count(2 * (len(gallery.GALLERY) + 1))
