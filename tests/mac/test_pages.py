"""Each page opens on a Mac, goes on, and hears each of its buttons."""

import importlib
import pkgutil
import urllib.parse

import pytest
from streamlit.testing.v1 import AppTest

import demo.web.pages
from demo import models

pytestmark = [pytest.mark.usefixtures("one_thread", "small"), pytest.mark.slow]

PAGES = [
    module.name
    for module in pkgutil.iter_modules(demo.web.pages.__path__)
    if hasattr(importlib.import_module(f"demo.web.pages.{module.name}"), "page")
]
CASES = [
    *((name, f"kind={kind}") for name in PAGES for kind in models.KINDS),
    ("attack", "kind=digits&method=ten&goal=toward"),
    ("attack", "kind=photographs&method=ten&goal=toward"),
]
"""A page and its link."""


def open_page(name: str) -> None:
    """One page as a script of its own."""
    import importlib

    importlib.import_module(f"demo.web.pages.{name}").page()


@pytest.mark.parametrize(("name", "link"), CASES)
def test_a_page_opens_goes_on_and_hears_each_button(name: str, link: str) -> None:
    app = AppTest.from_function(open_page, args=(name,), default_timeout=600)
    app.query_params.update(urllib.parse.parse_qsl(link))
    sound(app.run())
    for key in [button.key for button in app.button]:
        for button in app.button:
            if button.key == key:
                button.click()
        sound(app.run())


def sound(app: AppTest) -> None:
    assert [error.message for error in app.exception] == []
    assert [error.value for error in app.error] == []
