"""What interrupts: back and forward, two tabs, a reload while it computes, a server that dies."""

import re
from collections.abc import Callable
from pathlib import Path

from playwright.sync_api import Browser, Page, expect

from tests.browser.conftest import (
    at_rest,
    complete,
    free_port,
    start_server,
    wait_until_healthy,
)

Visit = Callable[..., Page]
WHILE_IT_SETTLES = 2500
"""Milliseconds after a choice for which the page takes no notice of Back."""


def pick(page: Page, title: str) -> None:
    """Choose a photograph of the gallery, and wait for all of it."""
    page.get_by_role("radio", name=title, exact=True).check(force=True)
    shows(page, title)


def shows(page: Page, title: str) -> None:
    """Wait until that photograph is attacked on the page, and all has come."""
    expect(page.get_by_text(f"Picture: {title}.")).to_be_visible()
    complete(page)
    at_rest(page)


def test_back_and_forward_lead_through_the_pictures_that_were_chosen(visit: Visit) -> None:
    page = visit()
    at_rest(page)
    first = page.get_by_text(re.compile(r"^Picture: .*\.")).first.inner_text()
    for title in ("Giant panda", "Koala"):
        pick(page, title)
        page.wait_for_timeout(WHILE_IT_SETTLES)
    page.go_back()
    shows(page, "Giant panda")
    assert page.evaluate("location.search") == "?picture=panda"
    expect(page.get_by_role("radio", name="Giant panda", exact=True)).to_be_checked()
    page.go_back()
    expect(page.get_by_text(first)).to_be_visible()
    at_rest(page)
    assert page.evaluate("location.search") == ""
    page.go_forward()
    shows(page, "Giant panda")
    page.go_forward()
    shows(page, "Koala")


def test_back_undoes_the_switch_and_the_change_to_digits(visit: Visit) -> None:
    page = visit("?kind=digits")
    at_rest(page)
    switch = page.get_by_role("switch", name="Adversarially trained model")
    page.get_by_text("Adversarially trained model", exact=True).click()
    expect(switch).to_be_checked()
    at_rest(page)
    assert "training=adversarial" in page.url
    page.wait_for_timeout(WHILE_IT_SETTLES)
    page.go_back()
    expect(switch).not_to_be_checked()
    at_rest(page)
    assert page.evaluate("location.search") == "?kind=digits"


def test_back_from_another_page_finds_the_picture_and_forward_the_page(visit: Visit) -> None:
    page = visit("?picture=koala")
    at_rest(page)
    page.get_by_role("link", name="Growth against dimension").first.click()
    page.wait_for_url(re.compile("/growth"))
    page.go_back()
    shows(page, "Koala")
    page.go_forward()
    page.wait_for_url(re.compile("/growth"))
    expect(page.get_by_role("heading", level=1)).to_be_visible()
    expect(page.get_by_test_id("stException")).to_have_count(0)


def test_two_tabs_of_one_browser_know_nothing_of_each_other(visit: Visit) -> None:
    page = visit("?picture=koala")
    at_rest(page)
    other = page.context.new_page()
    other.set_default_timeout(45_000)
    other.goto(page.url)
    shows(other, "Koala")
    pick(other, "Giant panda")
    at_rest(page)
    expect(page.get_by_text("Picture: Koala.")).to_be_visible()
    page.get_by_role("radio", name="Polar bear", exact=True).check(force=True)
    other.get_by_role("radio", name="Two jaguars", exact=True).check(force=True)
    shows(page, "Polar bear")
    shows(other, "Two jaguars")


def test_a_reload_while_it_computes_gives_a_whole_page(visit: Visit) -> None:
    page = visit()
    for moment in (0, 150, 600):
        page.get_by_role("radio", name="Giant panda", exact=True).check(force=True)
        page.wait_for_timeout(moment)
        page.reload()
        complete(page)
        at_rest(page)
        here = page.get_by_text("Picture: Giant panda.")
        assert here.count() == ("picture=panda" in page.url)
        expect(page.get_by_test_id("stException")).to_have_count(0)
        pick(page, "Koala")


def test_a_server_that_dies_while_it_computes_is_found_again(
    browser: Browser, tmp_path: Path
) -> None:
    """The page says that it has lost it; once one is there again, its first click is heard."""
    port = free_port()
    address = f"http://127.0.0.1:{port}"
    server = start_server(tmp_path, port)
    page = browser.new_page(viewport={"width": 1440, "height": 900})
    page.set_default_timeout(90_000)
    try:
        wait_until_healthy(address)
        page.goto(f"{address}/?picture=koala")
        shows(page, "Koala")
        page.get_by_role("radio", name="Giant panda", exact=True).check(force=True)
        server.kill()
        server.wait(30)
        page.get_by_text("Connection error", exact=True).wait_for()
        server = start_server(tmp_path, port)
        wait_until_healthy(address)
        page.get_by_text("Connection error", exact=True).wait_for(state="detached")
        expect(page.get_by_text(re.compile("^Picture: (Koala|Giant panda)"))).to_be_visible()
        page.get_by_role("radio", name="Polar bear", exact=True).check(force=True)
        page.get_by_text("Picture: Polar bear.").wait_for()
        at_rest(page)
        expect(page.get_by_text("Picture: Polar bear.")).to_be_visible()
        log = (tmp_path / "server.log").read_text(errors="replace")
        assert "Traceback" not in log, log[-4000:]
    finally:
        page.close()
        server.kill()
        server.wait(30)
