"""The attack page on a tiny network: what a person does, and what they must then see."""

import re
from typing import Any

import numpy as np
import pytest
from playwright.sync_api import Page, expect

from demo.data import gallery
from demo.experiments.attack import confidence_sweep
from tests.browser.conftest import Visits
from tests.browser.reading import (
    ADVERSARIAL,
    CHANGE,
    CLEAN,
    DESKTOP,
    PHONE,
    answer,
    at_rest,
    both_curves,
    clean,
    complete,
    download,
    drag,
    drawn,
    facts,
    heading,
    link,
    linked,
    marker,
    no_fault,
    no_wider_than_the_screen,
    on_the_first_screen,
    other_picture,
    photograph,
    pixels,
    readout,
    robust,
    set_stop,
    slider,
    switch,
    upload,
)
from tests.browser.traffic import Traffic

PAPERS, STRONG = (confidence_sweep.EPSILON_GRID.index(epsilon) for epsilon in (0.007, 4 / 255))
LAST = 64
"""The stop of the paper's epsilon, that of 4/255, and the largest."""


NEW = {"permissions": ["camera"]}


def visited(stay: Visits, beside: Page | None = None) -> tuple[Page, Traffic]:
    """The first view, at rest, and what it cost. beside: a page of the same browser."""
    page = stay.empty(beside, **NEW)
    traffic = Traffic(page)
    page.goto(stay.address)
    drawn(page)
    complete(page)
    expect(page.get_by_role("button", name="random signs", exact=True)).to_be_visible()
    at_rest(page)
    return page, traffic


@pytest.fixture(scope="module")
def first(stay: Visits) -> tuple[Page, Traffic]:
    """In a new browser."""
    return visited(stay)


@pytest.fixture(scope="module")
def second(stay: Visits, first: tuple[Page, Traffic]) -> tuple[Page, Traffic]:
    """Once more in the same browser."""
    return visited(stay, first[0])


@pytest.fixture(scope="module")
def here(first: tuple[Page, Traffic]) -> Page:
    """The first view, at rest: each test moves what it looks at, and asks for nothing else."""
    return first[0]


@pytest.fixture(scope="module")
def other(second: tuple[Page, Traffic]) -> Page:
    """A page for what asks the server: each test begins with what the one before has left."""
    return second[0]


def test_the_first_view_is_small(first: tuple[Page, Traffic]) -> None:
    _, traffic = first
    assert traffic.http > 1e6 and traffic.websocket > 1e5  # it counts
    assert traffic.megabytes <= 6
    scripts = [address for address in traffic.addresses if "/plotly-" in address.lower()]
    assert len(scripts) == 1 and "/app/static/" in scripts[0], scripts
    unwanted = ("PlotlyChart", "SyntaxHighlighter")
    assert not [address for address in traffic.addresses if any(u in address for u in unwanted)]


@pytest.mark.slow
def test_the_first_view_stays_where_it_is(first: tuple[Page, Traffic]) -> None:
    """What comes first, a part of the page or the sidebar beside it, is the machine's choice."""
    assert first[1].shift()["page"] <= 0.05


@pytest.mark.slow
@pytest.mark.parametrize("screen", [{"viewport": DESKTOP}, PHONE])
def test_the_view_that_the_app_opens_on_stays_where_it_is(stay: Visits, screen: Any) -> None:
    """On a phone a longer name than this network's may need a line more than is held."""
    page = stay.empty(**screen)
    traffic = Traffic(page)
    page.goto(f"{stay.address}/?network=everyday")
    drawn(page)
    complete(page)
    at_rest(page)
    assert traffic.shift()["page"] <= 0.05


def test_a_second_visit_fetches_no_script_again(second: tuple[Page, Traffic]) -> None:
    assert second[1].http <= 1e5


@pytest.fixture(scope="module")
def phone(stay: Visits) -> Page:
    """A small screen under a finger."""
    return stay("/", **PHONE)


def largest_change(page: Page) -> int:
    """Of any value, in 1/255."""
    after = pixels(page, ADVERSARIAL).astype(int)
    return int(np.abs(after - pixels(page, CLEAN)).max())


def test_the_pictures_are_clean_sign_and_clip(here: Page) -> None:
    set_stop(here, PAPERS)
    assert readout(here) == ".007 = 1.785/255" and largest_change(here) == 2
    assert set(np.unique(pixels(here, CHANGE))) <= {0, 127, 128, 255}
    assert here.locator(".fgsm [data-picture=perturbation] figcaption").inner_text().endswith("%")


def test_a_drag_redraws_everything_in_the_browser_and_asks_the_server_nothing(
    here: Page, stay: Visits
) -> None:
    sent: list[object] = []
    here.on("request", lambda r: None if r.resource_type == "font" else sent.append(r.url))
    before = len(stay.frames)
    seen = drag(
        here, (0.9, 0.5, 0.2, 0.02),
        lambda: (readout(here), answer(here), largest_change(here), marker(here)),
    )  # fmt: skip
    assert len({row[0] for row in seen}) == len({row[1] for row in seen}) == 4, seen
    for measure in (2, 3):
        values = [row[measure] for row in seen]
        assert values == sorted(set(values), reverse=True), seen
    assert len(stay.frames) == before > 0 and not sent


def test_the_keyboard_moves_epsilon_and_home_is_the_picture_itself(here: Page) -> None:
    slider(here).focus()
    before = readout(here)
    here.keyboard.press("ArrowRight")
    assert readout(here) != before
    here.keyboard.press("End")
    assert readout(here) == ".0627 = 16/255" and answer(here) != clean(here)
    here.keyboard.press("Home")
    assert readout(here) == "0 = 0/255" and answer(here) == clean(here)
    assert (pixels(here, ADVERSARIAL) == pixels(here, CLEAN)).all()


def test_a_click_on_the_curve_sets_epsilon(here: Page) -> None:
    set_stop(here, 0)
    plot = here.locator(".fgsm .plot-wrap")
    plot.scroll_into_view_if_needed()
    box = plot.bounding_box()
    assert box
    here.mouse.click(box["x"] + box["width"] - 14, box["y"] + 100)
    expect(here.locator(".fgsm .readout")).to_have_text(".0627 = 16/255")


AS_HIGH = """() => {
    const wrap = document.querySelector(".fgsm .plot-wrap");
    const [place, plot] = [wrap, wrap.querySelector(".main-svg")];
    return Math.abs(place.getBoundingClientRect().height - plot.getBoundingClientRect().height) < 1;
}"""


def test_the_plot_takes_the_size_that_its_place_gets_after_it_was_drawn(here: Page) -> None:
    """As where the page's style comes later than the plot: it would lie over its own legend."""
    place = here.locator(".fgsm .plot-wrap")
    for height in ("500px", ""):
        place.evaluate("(place, height) => { place.style.height = height; }", height)
        here.wait_for_function(AS_HIGH, polling=100)


def test_the_lens_says_value_sign_and_new_value(here: Page) -> None:
    here.get_by_role("img", name=CLEAN, exact=True).focus()
    here.keyboard.press("ArrowLeft")
    text = here.locator(".fgsm .lens-text").inner_text()
    red = int(pixels(here, CLEAN)[112, 111, 0])
    assert text.startswith("Pixel (111, 112)") and f"R {red}, sign" in text


def test_random_signs_are_computed_when_they_are_looked_at(here: Page) -> None:
    lines = here.locator(".fgsm .legendtext")
    here.get_by_role("button", name="random signs", exact=True).click()
    expect(lines.filter(has_text=re.compile(".+, random signs$"))).to_be_visible()
    expect(here.get_by_role("button", name="random signs", exact=True)).to_have_count(0)


def test_the_logits_are_drawn_on_both_sides_of_zero(here: Page) -> None:
    here.get_by_role("button", name="Logits, −16 to +16").click()
    expect(here.locator(".fgsm .chart-hint")).to_contain_text("straight line")
    expect(here.locator(".fgsm .plot .xtitle")).to_contain_text("along the same signs")
    here.get_by_role("button", name="Confidence against epsilon").click()


PLAYED = """() => new Promise(done => {
    const [play, epsilon] = ["play", "epsilon"].map(x => document.querySelector(`.fgsm .${x}`));
    const seen = [];
    play.click();
    const look = setInterval(() => {
        seen.push([play.getAttribute("aria-label"), Number(epsilon.value)]);
        if (epsilon.value < 3) return;
        clearInterval(look);
        play.click();
        done(seen);
    }, 20);
})"""
"""Plays to the third stop and pauses there: by the page's own clock, however slow it is."""


def test_play_runs_from_zero_and_stops_when_asked(here: Page) -> None:
    set_stop(here, LAST)
    seen = here.evaluate(PLAYED)
    stops = [stop for _, stop in seen]
    assert {label for label, _ in seen} == {"Pause"} and stops[0] < stops[-1] < LAST
    here.wait_for_timeout(500)
    assert slider(here).input_value() == str(stops[-1])
    expect(here.get_by_role("button", name="Play")).to_be_visible()


def test_every_export_gives_a_file(here: Page) -> None:
    for kind in ("Perturbation PNG", "Figure for a slide"):
        assert download(here, kind).startswith(b"\x89PNG")
    lines = download(here, "Curve as CSV").decode().splitlines()
    assert len(lines) == 66 and lines[0].startswith("epsilon,")


def test_where_motion_is_not_wanted_play_goes_straight_to_the_flip(here: Page) -> None:
    set_stop(here, 0)
    here.emulate_media(reduced_motion="reduce")
    here.get_by_role("button", name="Play").click()
    flip = re.search(r"first flip at (no stop|\S+)", facts(here))
    assert flip
    assert readout(here).endswith(f"= {flip[1].replace('no stop', '16/255')}")
    here.emulate_media(reduced_motion="no-preference")


def test_the_switch_keeps_picture_and_epsilon_and_shows_both_curves(other: Page) -> None:
    set_stop(other, PAPERS)
    label = both_curves(other)
    seen = pixels(other, CLEAN), readout(other)
    robust(other)
    assert both_curves(other) == label
    at_rest(other)
    assert np.array_equal(pixels(other, CLEAN), seen[0]) and readout(other) == seen[1]
    expect(other.locator(".gradients img")).to_have_count(4)
    sources = other.locator(".gradients img").evaluate_all("all => all.map(i => i.src)")
    assert len(set(sources)) == 4
    linked(other, "training=adversarial")
    switch(other, "Standard").click()
    complete(other)
    at_rest(other)


def pick(page: Page, title: str) -> None:
    """Choose a photograph of the gallery; return once its name stands below the pictures."""
    page.get_by_role("radio", name=title).click(force=True)
    page.get_by_text(f"Picture: {title}.").wait_for()


def test_whoever_returns_to_a_picture_at_once_or_later_finds_its_answers(other: Page) -> None:
    old = pixels(other, CLEAN)
    pick(other, "Koala")
    other_picture(other, old)
    said = facts(other).split("gradient")[0]
    assert "saved as 8-bit PNG" in said
    for until in (heading, complete):
        pick(other, "Giant panda")
        until(other)
        pick(other, "Koala")
        expect(other.locator(".fgsm .facts")).to_contain_text(said, use_inner_text=True)
        expect(other.locator(".fgsm .plot-wrap[data-waiting]")).to_have_count(0)


def test_the_saved_png_opened_again_gets_the_stated_answer_and_a_broken_file_a_sentence(
    other: Page,
) -> None:
    page = other
    set_stop(page, STRONG)
    stated = facts(page).split("saved as 8-bit PNG: ")[1]
    shown, old = pixels(page, ADVERSARIAL), pixels(page, CLEAN)
    upload(page, download(page, "Adversarial PNG"), "saved.png")
    seen = other_picture(page, old)
    assert (seen == shown).all() and clean(page) in stated
    files = {
        "is cut off": photograph("upright.jpg")[:2000],
        "is empty": b"",
        "is an SVG drawing": b"<svg xmlns='...'/>",
    }
    for sentence, data in files.items():
        upload(page, data, "broken.jpg")  # the last one's answer is here: none is cut short
        expect(page.get_by_test_id("stSidebar").get_by_test_id("stAlert")).to_contain_text(sentence)
        no_fault(page)
        assert (pixels(page, CLEAN) == seen).all()


def test_a_heavy_scan_gets_a_sentence_a_heavy_picture_is_taken_and_a_phone_photo_is_turned_upright(
    other: Page,
) -> None:
    page, old = other, pixels(other, CLEAN)
    upload(page, b"II*\0" * 2_700_000, "scan.tif")  # which no Chromium opens
    refused = page.get_by_role("alert").filter(has_text="“scan.tif” has 10.3 MB; at most 10 MB")
    expect(refused).to_contain_text("this browser cannot open it to make it smaller")
    heavy = photograph("upright.jpg").ljust(11_000_000)  # the browser makes it smaller
    upload(page, heavy, "heavy.jpg")
    upright = other_picture(page, old)
    expect(refused).to_have_count(0)
    expect(page.get_by_text("Picture: heavy.jpg")).to_be_visible()
    upload(page, photograph("rotated.jpg"), "phone.jpg")
    rotated = other_picture(page, upright).astype(int)
    assert np.abs(rotated - upright.astype(int)).mean() < 3


def test_the_switch_stands_beside_the_slider_where_both_networks_are_here(
    here: Page, visit: Visits
) -> None:
    """Whose weights are not here gets a sentence, and another network answers."""
    expect(switch(here, "Standard")).to_have_attribute("aria-pressed", "true")
    beside, half = slider(here).bounding_box(), switch(here, "Robust").bounding_box()
    assert beside and half and abs(beside["y"] - half["y"]) < 50
    page = visit("?network=resnet50")
    assert "ResNet-50" in page.get_by_test_id("stAlert").first.inner_text()
    assert "Tiny network" in facts(page)
    expect(page.locator(".fgsm .switch")).to_be_hidden()


def test_the_crop_can_be_moved_and_zoomed_and_put_back(other: Page) -> None:
    page, old = other, pixels(other, CLEAN)
    page.get_by_text("Crop", exact=True).click()
    window = page.locator(".crop .window")
    window.scroll_into_view_if_needed()
    box = window.bounding_box()
    assert box
    page.mouse.move(box["x"] + 60, box["y"] + 60)
    page.mouse.down()
    page.mouse.move(box["x"] + 20, box["y"] + 60, steps=4)
    page.mouse.up()
    moved = other_picture(page, old)
    slider(page, "Zoom").fill("2")
    zoomed = other_picture(page, moved)
    page.get_by_role("button", name="Centre crop again").click()
    assert (other_picture(page, zoomed) == old).all()


@pytest.mark.slow
def test_the_camera_takes_a_picture(other: Page) -> None:
    page, old = other, pixels(other, CLEAN)
    page.get_by_text("Use the camera").click()
    page.wait_for_function("() => document.querySelector('video')?.readyState >= 2")
    at_rest(page)
    page.get_by_role("button", name="Take Photo").click()
    page.get_by_role("button", name="Clear photo").wait_for()
    other_picture(page, old)


def test_a_thumbnail_a_target_and_ten_steps_are_chosen_and_the_link_restores_them(
    other: Page, visit: Visits
) -> None:
    page, old = other, pixels(other, CLEAN)
    page.get_by_role("radio", name="Giant panda").click(force=True)
    other_picture(page, old)
    linked(page, "picture=panda")
    page.get_by_text("reach a class").click()
    box = page.get_by_role("combobox", name="Class to reach")
    box.click()
    box.fill("gibbon")
    page.keyboard.press("Enter")
    expect(page.locator(".fgsm .equation")).to_contain_text("gibbon")
    expect(page.locator(".fgsm .equation")).to_contain_text("−")
    page.get_by_test_id("stSidebar").get_by_text("BIM, ten steps").click()
    expect(page.locator(".fgsm .equation")).to_contain_text("ten times")
    at_rest(page)
    complete(page)
    set_stop(page, 40)
    linked(page, "goal=toward", "target=gibbon", "method=ten", "epsilon=")
    again = visit(link(page))
    at_rest(again)
    assert heading(again) == heading(page) and readout(again) == readout(page)
    assert (pixels(again, ADVERSARIAL) == pixels(page, ADVERSARIAL)).all()


def test_on_a_phone_pictures_slider_switch_and_strip_are_on_one_screen(phone: Page) -> None:
    page = phone
    pictures = [page.get_by_role("img", name=n, exact=True) for n in (CLEAN, CHANGE, ADVERSARIAL)]
    own = [page.locator(".strip .own").nth(i) for i in range(2)]
    on_the_first_screen(page, *pictures, slider(page), switch(page, "Robust"), *own)
    no_wider_than_the_screen(page)
    cut = """() => [...document.querySelectorAll('.legendtext')]
        .filter(e => e.scrollWidth > e.clientWidth + 1 || e.getBoundingClientRect().right > 360)"""
    assert not page.evaluate(cut)
    small = """() => [...document.querySelectorAll('.fgsm svg text')]
        .filter(e => parseFloat(getComputedStyle(e).fontSize) < 11).length"""
    assert page.evaluate(small) == 0
    lens, large = page.locator(".fgsm .lens-text"), page.locator(".fgsm .large")
    expect(lens).to_contain_text("Tap a picture")
    expect(page.locator(".fgsm .chart-hint")).to_contain_text("Tap the curve")
    image = page.get_by_role("img", name=ADVERSARIAL, exact=True)
    image.tap()  # pins the lens; a second one enlarges the picture
    expect(lens).to_contain_text("Pixel (")
    expect(large).to_be_hidden()
    image.tap()
    expect(large).to_contain_text("adversarial")
    large.get_by_role("button", name="Close").tap()
    expect(large).to_be_hidden()


def test_on_a_phone_pictures_come_from_the_strip_and_the_drawer_closes_after_a_choice(
    phone: Page,
) -> None:
    page = phone
    strip = page.locator(".fgsm .strip")
    strip.get_by_role("radio", name="Koala").click(force=True)
    expect(page.get_by_text("Picture: Koala.")).to_be_visible()
    own = strip.locator("input[type=file]")
    expect(own.nth(1)).to_have_attribute("capture", "environment")
    too_large = {"name": "scan.tif", "mimeType": "image/tiff", "buffer": b"II*\0" * 2_700_000}
    own.first.set_input_files([too_large])  # type: ignore[list-item]
    expect(strip).to_contain_text("“scan.tif” has 10.3 MB; at most 10 MB are taken")
    upright = photograph("upright.jpg")  # which a browser can make smaller
    heavy = {"name": "heavy.jpg", "mimeType": "image/jpeg", "buffer": upright.ljust(11_000_000)}
    own.first.set_input_files([heavy])  # type: ignore[list-item]
    expect(page.get_by_text("Picture: heavy.jpg")).to_be_visible()
    drawer, opens = page.get_by_test_id("stSidebar"), page.get_by_test_id("stExpandSidebarButton")
    opens.click()
    expect(drawer).to_have_attribute("data-collapsed", "false")
    at_rest(page)  # the drawer has come in
    thumbs = page.locator(".thumbs").get_by_role("radio")
    expect(thumbs.first).to_have_attribute("aria-label", gallery.of(1000)[0].title)
    drawer.get_by_text("Everyday things", exact=True).click()
    expect(thumbs.first).to_have_attribute("aria-label", gallery.of(29)[0].title)
    expect(drawer).to_have_attribute("data-collapsed", "true")
    opens.click()
    expect(drawer).to_have_attribute("data-collapsed", "false")
    at_rest(page)
    page.locator(".thumbs").get_by_role("radio", name="Giant panda").click(force=True)
    expect(drawer).to_have_attribute("data-collapsed", "true")
    expect(page.get_by_text("Picture: Giant panda.")).to_be_visible()
