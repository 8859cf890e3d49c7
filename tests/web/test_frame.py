"""The page in a frame of another site: what does not work there is said."""

from collections.abc import Callable

import pytest
import streamlit as st
from streamlit.testing.v1 import AppTest

from demo.web.controls import photographs

COOKIE = {"_streamlit_xsrf": "2|1|2|3"}


@pytest.fixture
def browser_that_sends(monkeypatch: pytest.MonkeyPatch) -> Callable[..., AppTest]:
    """The uploader, drawn for a browser that sends these headers and cookies."""

    def drawn(headers: dict[str, str], cookies: dict[str, str]) -> AppTest:
        for name, value in (("headers", headers), ("cookies", cookies)):
            monkeypatch.setattr(type(st.context), name, property(lambda _, v=value: v))

        def script() -> None:
            from demo.web.controls import photographs

            photographs.own_file("digits", "Your own digit", "Take a picture")

        return AppTest.from_function(script, default_timeout=60).run()

    return drawn


def test_where_the_cookie_is_kept_back_a_sentence_stands_before_the_upload_fails(
    browser_that_sends: Callable[..., AppTest],
) -> None:
    app = browser_that_sends({"Host": "demo"}, {})
    assert [box.value for box in app.info] == [photographs.REFUSED]
    assert app.toggle[0].disabled and app.get("file_uploader")[0].proto.disabled


def test_with_the_cookie_uploads_are_offered(browser_that_sends: Callable[..., AppTest]) -> None:
    app = browser_that_sends({"Host": "demo"}, COOKIE)
    assert not app.info and not app.toggle[0].disabled
    assert not app.get("file_uploader")[0].proto.disabled


def test_where_no_cookie_is_asked_for_none_is_missed(
    browser_that_sends: Callable[..., AppTest], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(st, "get_option", lambda name: False)
    assert not browser_that_sends({"Host": "demo"}, {}).info
