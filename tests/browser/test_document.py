"""What holds for the whole page: history, translators, frames of other sites, paper."""

import re
import threading
from collections.abc import Iterator
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer

import pytest
from playwright.sync_api import Browser, Page, expect

from tests.browser.conftest import MILLISECONDS, Visits
from tests.browser.reading import at_rest, complete, drawn, heading, linked

TRANSLATED = """() => {
    const walk = document.createTreeWalker(document.body, NodeFilter.SHOW_TEXT), texts = [];
    while (walk.nextNode()) texts.push(walk.currentNode);
    for (const text of texts) {
        const kept = text.parentElement.closest("[translate=no], script, style, svg, textarea");
        if (kept || !text.data.trim()) continue;
        const [outer, inner] = [document.createElement("font"), document.createElement("font")];
        inner.textContent = `»${text.data}«`;
        outer.append(inner);
        text.parentNode.insertBefore(outer, text);
        text.remove();
    }
}"""
"""What a translating browser does to every text that is not marked translate="no"."""


def steps(page: Page) -> int:
    """How many entries the browser's history has."""
    return int(page.evaluate("history.length"))


@pytest.mark.slow
def test_each_page_costs_one_step_back(visit: Visits) -> None:
    page = visit("?kind=digits&picture=digit-1504")
    before = steps(page)
    for done, (title, path) in enumerate(
        {"What it costs": "/cost", "Growth against dimension": "/growth"}.items(), 1
    ):
        page.get_by_role("link", name=title, exact=True).first.click()
        page.wait_for_url(f"**{path}**")
        drawn(page)
        assert steps(page) == before + done
    page.go_back()
    page.wait_for_url("**/cost?**picture=digit-1504**")
    page.go_back()
    page.wait_for_url("**/?**picture=digit-1504**")
    page.get_by_text("Picture: digit 1,504 of the gallery").wait_for()


@pytest.mark.slow
def test_what_is_chosen_on_the_cost_page_is_a_step_back_and_no_more(visit: Visits) -> None:
    page = visit("?kind=digits")
    page.get_by_role("link", name="What it costs", exact=True).first.click()
    page.wait_for_url("**/cost**")
    page.get_by_role("button", name="Start over").wait_for()
    at_rest(page)
    before = steps(page)
    page.get_by_role("radio", name="3, digit 1,504").click(force=True)
    linked(page, "picture=digit-1504")
    assert steps(page) == before + 1


@pytest.mark.slow
def test_a_translator_breaks_nothing_and_news_are_seen(visit: Visits) -> None:
    page = visit("?kind=digits")
    at_rest(page)
    said = heading(page)
    page.evaluate(TRANSLATED)
    assert heading(page) == said
    page.get_by_role("radio", name="3, digit 1,504").click(force=True)
    page.get_by_text("Picture: digit 1,504 of the gallery").wait_for()
    page.get_by_text("»reach a class«").click()
    page.get_by_role("combobox", name="Class to reach").wait_for()
    page.get_by_role("radio", name="»Photographs«").click()
    page.get_by_text(re.compile("^Picture: (?!digit)")).wait_for()
    complete(page)


@pytest.fixture
def course(address: str) -> Iterator[str]:
    """Another site, for another host's name, whose page shows the app in a frame."""
    body = f'<iframe src="{address}/?kind=digits&embed=true" width="880" height="680"></iframe>'

    class Course(BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            self.send_response(200)
            self.send_header("Content-Type", "text/html")
            self.end_headers()
            self.wfile.write(body.encode())

        def log_message(self, *_: object) -> None:
            """Nothing to the console."""

    with ThreadingHTTPServer(("127.0.0.1", 0), Course) as server:
        threading.Thread(target=server.serve_forever, daemon=True).start()
        yield f"http://localhost:{server.server_port}/"
        server.shutdown()


@pytest.mark.slow
def test_in_a_frame_of_another_site_everything_is_said_and_the_sidebar_is_closed(
    browser: Browser, address: str, course: str
) -> None:
    page, errors = browser.new_page(viewport={"width": 900, "height": 700}), []
    page.set_default_timeout(MILLISECONDS)
    page.on("pageerror", lambda error: errors.append(str(error)))
    page.goto(course)
    app = page.frame_locator("iframe")
    app.get_by_role("button", name="Copy link").click()
    said = re.compile("The link is in the clipboard|Copy the link below")
    expect(app.locator(".fgsm .done")).to_have_text(said)
    expect(app.locator(".fgsm .link")).to_have_value(f"{address}/?kind=digits&epsilon=0.25")
    expect(app.get_by_test_id("stSidebar")).to_have_attribute("data-collapsed", "true")
    app.get_by_test_id("stExpandSidebarButton").click()
    app.get_by_role("tab", name="Own picture").click()
    app.get_by_text("cannot be handed in here").wait_for()
    way_out = app.get_by_role("link", name="Open it in a tab of its own")
    expect(way_out).to_have_attribute("href", f"{address}/?kind=digits")
    page.close()
    assert not errors, errors


@pytest.mark.slow
def test_on_paper_there_is_no_sidebar_and_nothing_is_cut(visit: Visits) -> None:
    page = visit("?kind=digits")
    at_rest(page)
    page.emulate_media(media="print")
    page.evaluate(
        """() => {
            document.documentElement.style.width = "718px"; // A4 upright, less its margins
            dispatchEvent(new Event("beforeprint"));
        }"""
    )
    expect(page.get_by_test_id("stSidebar")).to_be_hidden()
    expect(page.get_by_role("button", name="Copy link")).to_be_hidden()
    wide = page.evaluate(
        "[...document.querySelectorAll('.stMain :is(canvas, svg, p, h1)')]"
        ".filter(e => e.getBoundingClientRect().right > 719).map(e => e.outerHTML.slice(0, 80))"
    )
    assert wide == []
    main = page.get_by_test_id("stMain")
    assert main.evaluate("e => getComputedStyle(e).overflowY") == "visible"  # or one sheet is all
