"""What a visitor does with the networks that ship, from the first view on."""

import re
import urllib.parse

import numpy as np
import pytest
from playwright.sync_api import Page, expect

from demo import models
from demo.data import gallery
from demo.experiments.attack import confidence_sweep, gallery_flips
from demo.web.controls import link
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
    linked,
    other_picture,
    photograph,
    pixels,
    readout,
    robust,
    set_stop,
    switch,
    upload,
)
from tests.browser.traffic import Traffic

CARD = models.card(link.OPENS)
OPENS = gallery.card(gallery_flips.opening_of(link.OPENS))
"""The network and the photograph that the page opens on."""


@pytest.fixture(scope="module")
def page(stay_real: Visits) -> Page:
    """The first view; each test goes on from where the one before has ended."""
    return stay_real()


def test_it_opens_on_an_attack_that_works(page: Page) -> None:
    assert readout(page) == ".007 = 1.785/255"
    label = OPENS.label_among(CARD.classes)
    assert label is not None
    name = models.class_names(CARD)[label]
    fooled = answer(page).rsplit(" ", 2)[0]
    assert clean(page).startswith(name) and fooled != name
    assert f"turns this {name}" in heading(page) and f"{fooled} (" in heading(page)
    assert f"The robust model still says {name}" in heading(page)
    page.get_by_role("heading", name=re.compile("gallery’s answers change by ε")).wait_for()
    dots = page.locator(".plotted .scatterlayer .point")
    expect(dots).to_have_count(2 * len(gallery.of(CARD.classes)))


def test_who_comes_again_is_sent_no_picture_again(page: Page, stay_real: Visits) -> None:
    again = stay_real.empty(page)
    traffic = Traffic(again)
    again.goto(stay_real.address)
    complete(again)
    expect(again.locator(".gradients img")).to_have_count(4)
    at_rest(again)
    paths = {urllib.parse.urlsplit(address).path for address in traffic.addresses}
    kept = [path for path in paths if path.startswith("/media/")]
    assert len(kept) == 4  # the picture, its signs, the gallery, the gradients
    assert traffic.megabytes <= 0.3
    again.close()


def test_the_kangaroo_becomes_a_wolf_and_rounding_to_eight_bits_can_give_it_back(
    page: Page,
) -> None:
    page.goto(page.url.partition("?")[0] + "?picture=panda")
    complete(page)
    old = pixels(page, CLEAN)
    page.get_by_role("radio", name="Kangaroo").click(force=True)
    other_picture(page, old)
    assert clean(page).startswith("wallaby") and answer(page).startswith("timber wolf")
    set_stop(page, 8)
    expect(page.locator(".fgsm .notes .live")).to_contain_text(
        "Rounding to 8 bits undoes the attack"
    )


def test_an_uploaded_photograph_and_the_switch(page: Page) -> None:
    """Same picture, same epsilon, one click; both curves before and after; both gradients."""
    set_stop(page, confidence_sweep.EPSILON_GRID.index(1 / 255))
    old = pixels(page, CLEAN)
    upload(page, photograph("upright.jpg"), "own.jpg")
    other_picture(page, old)
    label = both_curves(page)
    assert label == clean(page).rsplit(" ", 2)[0]
    assert readout(page).endswith("= 1/255")
    linked(page, "epsilon=0.003922")
    expect(page.locator(".fgsm .say")).to_contain_text("The robust model")
    seen = pixels(page, CLEAN), pixels(page, ADVERSARIAL)
    robust(page)
    both_curves(page)
    at_rest(page)
    expect(page.locator(".fgsm .say")).to_contain_text("The standard model")
    assert np.array_equal(pixels(page, CLEAN), seen[0])
    assert not np.array_equal(pixels(page, ADVERSARIAL), seen[1])
    assert readout(page).endswith("1/255")
    expect(page.locator(".gradients img")).to_have_count(4)
    switch(page, "Standard").click()
    complete(page)
    at_rest(page)


def test_the_papers_panda_needs_ten_steps_to_become_a_gibbon(page: Page) -> None:
    page.get_by_role("button", name="The paper's panda").click()
    expect(page.locator(".fgsm .equation")).to_contain_text("ten times")
    expect(page.locator(".fgsm .notes")).to_contain_text("ten steps do")
    complete(page)
    set_stop(page, 3)
    expect(page.locator(".fgsm .answer .name")).to_have_text("gibbon")
    assert clean(page).startswith("giant panda")
    assert "one step does not get there at any epsilon" in page.locator(".fgsm .notes").inner_text()
