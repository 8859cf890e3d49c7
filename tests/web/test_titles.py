"""A stranger's file name, before it is shown: short, harmless, and a name all the same."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from demo.web.controls import photographs

BAD_NAMES = {
    "../../../etc/passwd": "etc passwd",
    "<img src=x onerror=alert(1)>.png": "img src x onerror alert(1) .png",
    "![x](https://example.org/x.png).png": "x (https example.org x.png).png",
    "a\n\n# b\r\t\x00\x1b[31m\u202e.png": "a b 31m .png",
    ":red[a] $b$ **c** `d` __e__ |f|": "red a b c d e f",
    "\u202e\u200b:": photographs.NAMELESS,
    "": photographs.NAMELESS,
    "x" * 10_000: "x" * 59 + "…",
    "Übung – 七.jpg": "Übung 七.jpg",
    "e\u0301te\u0301.png": "été.png",
}


@pytest.mark.parametrize("name", BAD_NAMES)
def test_a_files_name_is_shown_short_and_harmless(name: str) -> None:
    assert photographs.fit_to_show(name) == BAD_NAMES[name]


@given(st.text(max_size=200))
def test_no_name_can_write_on_the_page(name: str) -> None:
    shown = photographs.fit_to_show(name)
    assert 0 < len(shown) <= photographs.LONGEST_TITLE and shown.isprintable()
    assert not set(shown) & set("<>&[]`*_$:#|\\/!~\"'")
