"""What interrupts: back and forward, two tabs, a reload while it computes, a server that dies."""

import re
from pathlib import Path

import pytest
from playwright.sync_api import Browser, Locator, Page, expect

from tests.browser.conftest import MILLISECONDS, Visits
from tests.browser.reading import DESKTOP, at_rest, complete, drawn, linked, no_fault, switch
from tests.server import Server

pytestmark = pytest.mark.slow
WHILE_IT_SETTLES = 2500
"""Milliseconds after a choice for which the page takes no notice of Back."""


def radio(page: Page, title: str) -> Locator:
    """The picture of that title in the gallery; a digit's begins with its label."""
    return page.get_by_role("radio", name=re.compile(rf"^(\d, )?{title}$"))


def pick(page: Page, title: str) -> None:
    """Choose a picture of the gallery, and wait for all of it."""
    radio(page, title).click(force=True)
    shows(page, title)


def shows(page: Page, title: str) -> None:
    """Wait until that picture is attacked on the page, and all has come."""
    expect(caption(page, title)).to_be_visible()
    complete(page)
    at_rest(page)


def caption(page: Page, title: str) -> Locator:
    """The line below the pictures, while it names that one."""
    return page.get_by_text(re.compile(rf"^Picture: {title}( of the gallery, labelled \d)?\."))


def test_back_and_forward_lead_through_the_pictures_that_were_chosen(visit: Visits) -> None:
    page = visit("?kind=digits")
    shows(page, "digit 1,505")
    for title in ("digit 1,504", "digit 1,507"):
        pick(page, title)
        page.wait_for_timeout(WHILE_IT_SETTLES)
    page.go_back()
    shows(page, "digit 1,504")
    assert page.evaluate("location.search") == "?kind=digits&picture=digit-1504"
    expect(radio(page, "digit 1,504")).to_be_checked()
    page.go_back()
    shows(page, "digit 1,505")
    assert page.evaluate("location.search") == "?kind=digits"
    page.go_forward()
    shows(page, "digit 1,504")
    page.go_forward()
    shows(page, "digit 1,507")


def test_back_undoes_the_switch_and_the_change_to_digits(visit: Visits) -> None:
    page = visit("?kind=digits")
    at_rest(page)
    switch(page, "Robust").click()
    expect(switch(page, "Robust")).to_have_attribute("aria-pressed", "true")
    at_rest(page)
    linked(page, "training=adversarial")
    page.wait_for_timeout(WHILE_IT_SETTLES)
    page.go_back()
    expect(switch(page, "Standard")).to_have_attribute("aria-pressed", "true")
    at_rest(page)
    assert page.evaluate("location.search") == "?kind=digits"


def test_back_from_another_page_finds_the_picture_and_forward_the_page(visit: Visits) -> None:
    page = visit("?picture=koala")
    at_rest(page)
    page.get_by_role("link", name="Three against seven").first.click()
    page.wait_for_url(re.compile("/three-against-seven"))
    drawn(page)
    at_rest(page)
    page.go_back()
    shows(page, "Koala")
    page.go_forward()
    page.wait_for_url(re.compile("/three-against-seven"))
    drawn(page)
    no_fault(page)


def test_two_tabs_of_one_browser_know_nothing_of_each_other(visit: Visits) -> None:
    page = visit("?kind=digits")
    shows(page, "digit 1,505")
    other = page.context.new_page()
    other.set_default_timeout(MILLISECONDS)
    other.goto(page.url)
    shows(other, "digit 1,505")
    pick(other, "digit 1,504")
    at_rest(page)
    expect(caption(page, "digit 1,505")).to_be_visible()
    radio(page, "digit 1,506").click(force=True)
    radio(other, "digit 1,507").click(force=True)
    shows(page, "digit 1,506")
    shows(other, "digit 1,507")
    other.close()


def test_a_reload_while_it_computes_gives_a_whole_page(visit: Visits) -> None:
    page = visit()
    for moment in (0, 150, 600):
        radio(page, "Giant panda").click(force=True)
        page.wait_for_timeout(moment)
        page.reload()
        complete(page)
        at_rest(page)
        assert caption(page, "Giant panda").count() == ("picture=panda" in page.url)
        no_fault(page)
        radio(page, "Koala").click(force=True)
        expect(caption(page, "Koala")).to_be_visible()


def test_a_server_that_dies_while_it_computes_is_found_again(
    browser: Browser, tmp_path: Path
) -> None:
    """The page says that it has lost it; once one is there again, its first click is heard."""
    server = Server(tmp_path)
    page = browser.new_page(viewport=DESKTOP)
    page.set_default_timeout(MILLISECONDS)
    try:
        server.wait()
        page.goto(f"{server.address}/?picture=koala")
        shows(page, "Koala")
        radio(page, "Giant panda").click(force=True)
        server.kill()
        page.get_by_text("Connection error", exact=True).wait_for()
        server = Server(tmp_path, server.port)
        server.wait()
        page.get_by_text("Connection error", exact=True).wait_for(state="detached")
        expect(caption(page, "(Koala|Giant panda)")).to_be_visible()
        at_rest(page)
        page.get_by_role("button", name="The paper's panda").click()
        linked(page, "target=gibbon", "method=ten")
        expect(caption(page, "Giant panda")).to_be_visible()
        assert server.tracebacks() == 0, server.written()[-4000:]
    finally:
        page.close()
        server.kill()
