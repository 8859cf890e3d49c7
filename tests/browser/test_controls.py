"""Crop, camera, play, the second curve: the rest of what a person can touch."""

from collections.abc import Callable

import numpy as np
from playwright.sync_api import Page, expect

from tests.browser.conftest import at_rest, complete, linked
from tests.browser.reading import OPENS, OPENS_AS, clean, pixels, readout, set_stop

Visit = Callable[..., Page]


def test_the_crop_can_be_moved_and_zoomed_and_put_back(visit: Visit) -> None:
    page = visit()
    at_rest(page)
    old = pixels(page, "Clean image")
    page.get_by_text("Crop", exact=True).click()
    window = page.locator(".crop .window")
    window.scroll_into_view_if_needed()
    box = window.bounding_box()
    assert box
    page.mouse.move(box["x"] + 60, box["y"] + 60)
    page.mouse.down()
    page.mouse.move(box["x"] + 20, box["y"] + 60, steps=4)
    page.mouse.up()
    changed(page, old)
    moved = pixels(page, "Clean image")
    page.get_by_role("slider", name="Zoom").fill("2")
    changed(page, moved)
    zoomed = pixels(page, "Clean image")
    page.get_by_role("button", name="Centre crop again").click()
    changed(page, zoomed)
    assert (pixels(page, "Clean image") == old).all()


def changed(page: Page, old: np.ndarray) -> None:
    """Wait until the clean image is another one."""
    for _ in range(225):
        if not np.array_equal(pixels(page, "Clean image"), old):
            complete(page)
            return at_rest(page, 500)
        page.wait_for_timeout(200)
    raise AssertionError("the clean image did not change")


def test_a_thumbnail_is_a_radio_button_and_shows_its_picture(visit: Visit) -> None:
    page = visit()
    page.get_by_role("radio", name="Giant panda").check(force=True)
    expect(page.locator(".fgsm [data-picture=clean] .name")).to_have_text("giant panda")
    complete(page)
    linked(page, "picture=panda")


def test_going_back_to_a_picture_brings_its_curve_back_at_once_or_later(visit: Visit) -> None:
    page = visit()
    first = page.locator(".fgsm .facts").inner_text().split("gradient")[0]
    for wait in (0, 1500, 6000):
        page.get_by_role("radio", name="Giant panda").check(force=True)
        expect(page.locator(".fgsm [data-picture=clean] .name")).to_have_text("giant panda")
        page.wait_for_timeout(wait)
        page.get_by_role("radio", name=OPENS.title).check(force=True)
        expect(page.locator(".fgsm [data-picture=clean] .name")).to_have_text(OPENS_AS)
        complete(page)
        assert page.locator(".fgsm .facts").inner_text().startswith(first)


def test_the_logits_are_drawn_on_both_sides_of_zero(visit: Visit) -> None:
    page = visit()
    page.get_by_role("button", name="Logits, −16 to +16").click()
    expect(page.locator(".fgsm .chart-hint")).to_contain_text("not linear along this direction")
    expect(page.locator(".fgsm .plot .xtitle")).to_contain_text("along the same signs")


def test_play_runs_from_zero_and_stops_when_asked(visit: Visit) -> None:
    page = visit()
    page.get_by_role("button", name="Play").click()
    expect(page.locator(".fgsm .readout")).not_to_have_text("0 = 0/255")
    page.get_by_role("button", name="Pause").click()
    first = readout(page)
    assert first not in ("0 = 0/255", ".0627 = 16/255")
    page.wait_for_timeout(400)
    assert readout(page) == first


def test_with_reduced_motion_play_goes_straight_to_the_flip(visit: Visit) -> None:
    page = visit(reduced_motion="reduce")
    page.get_by_role("button", name="Play").click()
    flip = page.locator(".fgsm .facts").inner_text().split("first flip at ")[1].split("/255")[0]
    assert readout(page).endswith(f"= {flip}/255")


def test_rounding_to_eight_bits_can_give_the_answer_back_and_the_page_says_so(
    visit: Visit,
) -> None:
    page = visit("?picture=kangaroo")
    set_stop(page, 8)
    assert clean(page).startswith("wallaby")
    expect(page.locator(".fgsm .notes .live")).to_contain_text("Rounding gives the answer back")


def test_the_camera_takes_a_picture(visit: Visit) -> None:
    page = visit(permissions=["camera"])
    old = pixels(page, "Clean image")
    page.get_by_text("Use the camera").click()
    page.wait_for_function("() => document.querySelector('video')?.readyState >= 2")
    page.get_by_role("button", name="Take Photo").click()
    page.get_by_role("button", name="Clear photo").wait_for()
    changed(page, old)
