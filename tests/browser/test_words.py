"""The viewer's plain functions, called in an empty page: what its sentences say."""

import math
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from playwright.sync_api import Browser, Page

VIEWER = Path(__file__).parents[2] / "demo" / "web" / "components" / "viewer"
NAMES = ["koala", "wombat", "teddy"]


@pytest.fixture(scope="module")
def blank(browser: Browser) -> Iterator[Page]:
    """An empty page that has the viewer's functions."""
    page = browser.new_page()
    for script in ("words.js", "link.js"):
        page.add_script_tag(content=(VIEWER / script).read_text(encoding="utf-8"))
    yield page
    page.close()


def headline(page: Page, **view: Any) -> str:
    """The heading's text for that view."""
    usual = {
        "level": 2, "clean": [0, 0.932], "now": [0, 0.932], "target": None, "targetNow": None,
        "wrong": None, "kind": "photographs", "twin": None,
    }  # fmt: skip
    return str(
        page.evaluate(
            """([names, view]) => {
                const box = document.createElement("p");
                box.innerHTML = headline({ ...view, name: (k) => names[k], role: String });
                return box.textContent;
            }""",
            [NAMES, usual | view],
        )
    )


def test_a_step_that_is_not_enough_says_how_far_the_confidence_fell(blank: Page) -> None:
    said = headline(blank, now=[0, 0.05])
    assert said.endswith("is not enough: still a koala (5.0 %, down from 93.2 %).")
    assert headline(blank, now=[0, 0.99]).endswith("still a koala (99.0 %, up from 93.2 %).")
    assert headline(blank).endswith("is not enough: still a koala (93.2 %).")


def test_a_target_that_is_missed_says_how_far_the_confidence_fell(blank: Page) -> None:
    said = headline(blank, now=[0, 0.5], target=2, targetNow=0.3)
    assert "still a koala (50.0 %, down from 93.2 %), not the teddy (30.0 %)" in said


def test_what_stands_below_the_chart_belongs_to_the_picture(blank: Page) -> None:
    def hint(which: str, method: str, figure: object, extra: object) -> str:
        asked = [which, {"method": method}, figure, extra]
        return str(blank.evaluate("a => chartHint(...a)", asked))

    assert hint("logits", "one", {}, {"line": "It is bent."}) == "It is bent."
    assert hint("logits", "one", None, None).startswith("Computing")
    assert "do not lie on one line" in hint("logits", "ten", None, None)
    assert hint("confidence", "ten", None, None).startswith("Asking")


def test_the_change_of_the_loss_is_promised_to_first_order_and_by_a_linear_margin(
    blank: Page,
) -> None:
    loss, norm = 0.01, 400.0
    for step in (0.007, -0.007):
        said = blank.evaluate("a => promised(...a)", [loss, norm, step])
        assert said["first"] == pytest.approx(step * norm)
        margin, slope = -math.log(math.expm1(loss)), norm / (1 - math.exp(-loss))
        linear = math.log1p(math.exp(step * slope - margin)) - loss
        assert said["straight"] == pytest.approx(linear, rel=1e-6)
    assert blank.evaluate("change(-2.1234)") == "−2.123" and blank.evaluate("change(2)") == "+2.000"
    assert blank.evaluate("promised(0, 0, 0.1).straight") == 0


COPIED = """async ([link, own]) => {
    const field = document.body.appendChild(document.createElement("input"));
    const said = await copied(field, link, own);
    const { value, hidden, selectionStart, selectionEnd } = field;
    return { said, value, hidden, selected: selectionEnd - selectionStart };
}"""
LINK = "http://host/?picture=koala"


def test_where_nothing_may_write_into_the_clipboard_the_link_is_selected_and_the_truth_is_said(
    blank: Page,
) -> None:
    assert blank.evaluate("navigator.clipboard === undefined")  # about:blank, like plain http
    blank.evaluate("document.execCommand = () => false")
    found = blank.evaluate(COPIED, [LINK, False])
    assert found == {
        "said": "Copy the link below: it is selected.", "value": LINK, "hidden": False,
        "selected": len(LINK),
    }  # fmt: skip


def test_a_clipboard_that_refuses_as_in_a_frame_of_another_site_is_no_error(blank: Page) -> None:
    blank.evaluate("""() => Object.defineProperty(navigator, "clipboard", { configurable: true,
        value: { writeText: () => Promise.reject(new DOMException("", "NotAllowedError")) } })""")
    blank.evaluate("document.execCommand = () => false")
    assert blank.evaluate(COPIED, [LINK, False])["said"].startswith("Copy the link below")
    blank.evaluate("document.execCommand = () => true")
    assert blank.evaluate(COPIED, [LINK, False])["said"] == "The link is in the clipboard."


def test_with_an_own_picture_it_is_said_that_the_link_does_not_hold_it(blank: Page) -> None:
    said = blank.evaluate(COPIED, [LINK, True])["said"]
    assert "does not hold your own picture" in said and "Adversarial PNG" in said


def test_a_link_copied_in_a_frame_opens_the_whole_page(blank: Page) -> None:
    framed = f"{LINK}&embed=true&embed_options=dark_theme"
    assert blank.evaluate("a => shareable(a)", framed) == LINK
