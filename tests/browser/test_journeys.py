"""What a visitor does with the networks that ship, from the first view on."""

import re

import numpy as np
from playwright.sync_api import expect

from demo import gallery
from tests.browser.conftest import Visits
from tests.browser.reading import (
    ADVERSARIAL,
    CLEAN,
    answer,
    at_rest,
    both_curves,
    clean,
    complete,
    heading,
    other_picture,
    photograph,
    pixels,
    readout,
    set_stop,
    upload,
)


def test_it_opens_on_an_attack_that_works(visit_real: Visits) -> None:
    page = visit_real()
    assert readout(page) == ".0070 = 1.8/255"
    assert clean(page).startswith("wallaby") and answer(page).startswith("timber wolf")
    assert "turns this wallaby" in heading(page) and "into a timber wolf" in heading(page)
    set_stop(page, 8)
    expect(page.locator(".fgsm .notes .live")).to_contain_text("Rounding gives the answer back")
    page.get_by_role("heading", name=re.compile("gallery’s answers change by epsilon")).wait_for()
    dots = page.locator(".stPlotlyChart .scatterlayer .point")
    expect(dots).to_have_count(2 * (len(gallery.GALLERY) + 1))


def test_the_papers_panda_needs_ten_steps_to_become_a_gibbon(visit_real: Visits) -> None:
    page = visit_real()
    page.get_by_role("button", name="The paper's panda").click()
    expect(page.locator(".fgsm .equation")).to_contain_text("ten times")
    expect(page.locator(".fgsm .notes")).to_contain_text("ten steps do")
    complete(page)
    set_stop(page, 3)
    expect(page.locator(".fgsm .answer .name")).to_have_text("gibbon")
    assert clean(page).startswith("giant panda")
    assert "one step does not get there at any epsilon" in page.locator(".fgsm .notes").inner_text()


def test_an_uploaded_photograph_and_the_switch(visit_real: Visits) -> None:
    """Same picture, same epsilon, one click; both curves before and after; both gradients."""
    page = visit_real("?epsilon=.0039")
    upload(page, photograph("upright.jpg"), "own.jpg")
    other_picture(page, pixels(page, CLEAN))
    label = both_curves(page)
    assert label == clean(page).rsplit(" ", 2)[0]
    expect(page.locator(".fgsm .say")).to_contain_text("its adversarially trained twin")
    seen = pixels(page, CLEAN), pixels(page, ADVERSARIAL)
    page.get_by_text("Adversarially trained model").click()
    expect(page.locator(".fgsm .facts")).to_contain_text("adversarially trained")
    complete(page)
    both_curves(page)
    at_rest(page)
    expect(page.locator(".fgsm .say")).to_contain_text(re.compile("its standard twin|wrong before"))
    assert np.array_equal(pixels(page, CLEAN), seen[0])
    assert not np.array_equal(pixels(page, ADVERSARIAL), seen[1])
    assert readout(page).endswith("1/255")
    expect(page.locator(".gradients img")).to_have_count(4)
