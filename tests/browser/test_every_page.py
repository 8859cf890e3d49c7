"""What holds for every page of `app.py`, and what one load of it shows."""

import pytest
from playwright.sync_api import Page

from tests.browser.conftest import Visits
from tests.browser.reading import (
    EPSILON,
    accessible_in_light_and_dark,
    at_rest,
    contents,
    heading,
    no_fault,
    no_wider_than_the_screen,
    on_the_first_screen,
    slider,
)

SMALL = {"adversarial-training": "under=FGSM&networks=softmax&", "cost": "kind=digits&"}
"""What keeps a page's own work short, where its link can say so."""
NONSENSE = (
    "picture=nobody&network=..&epsilon=nan&target=%00&label=x&goal=up&method=7&digit=-1&sheet=-3&"
    "alpha=x&of=7&n=x&m=-1&digit_epsilon=9&levels=2&moves=%00&by=7&train=x&against=nan&layer=%00&"
    "P1=banana&P99=true&P2=%00&guess=abc"
)
SLIDERS = {"": EPSILON, "growth": "n, the dimension", "three-against-seven": EPSILON,
           "hidden-l1": EPSILON}  # fmt: skip
"""The slider that a page is about: the thumb reaches it without scrolling."""
DONE = {"growth": "Fitted slopes against n", "adversarial-training": "Computed here on",
        "hidden-l1": "none trained on", "cost": "Start over"}  # fmt: skip
"""What stands on a page that goes on by itself when it has come to its end."""
PAGES = [*((page, "") for page in contents()), ("", "kind=digits&")]


def leads_on(here: Page, page: str) -> None:
    """The link at the foot leads to the next page of `app.py`, from the last to the first."""
    titles = contents()
    following = [*titles, ""][list(titles).index(page) + 1]
    name = f"Next: {titles[following]}" if following else "Now see it: drag epsilon yourself"
    href = here.get_by_role("link", name=name).get_attribute("href")
    assert href is not None and href.strip("/") == following


@pytest.mark.parametrize(("page", "query"), PAGES, ids=lambda word: word or "first")
def test_a_page_is_whole_whatever_its_link_says_for_every_reader_on_every_screen(
    visit: Visits, page: str, query: str
) -> None:
    """Silent console and no other host: the fixture looks at the end."""
    here = visit(f"/{page}?{SMALL.get(page, '')}{query}{NONSENSE}")
    if page in DONE:
        here.get_by_text(DONE[page]).first.wait_for()
    at_rest(here)
    no_fault(here)
    assert here.get_by_role("heading", level=1).count() == 1
    assert " " in heading(here)
    if not page:
        here.get_by_text("Show the code that made these pictures").click()
    if query:  # many networks, but quick ones
        here.get_by_text("Does it survive?").click()
        here.locator(".survival tbody td").first.wait_for()
    leads_on(here, page)
    accessible_in_light_and_dark(here)
    here.set_viewport_size({"width": 390, "height": 844})
    here.wait_for_function("innerWidth == 390")
    at_rest(here)
    no_wider_than_the_screen(here)
    if page in SLIDERS:
        here.locator(".stMain").evaluate("main => main.scrollTo(0, 0)")
        on_the_first_screen(here, slider(here, SLIDERS[page]))
