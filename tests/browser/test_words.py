"""The viewer's plain functions, called in an empty page: what its sentences say."""

import math
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from playwright.sync_api import Browser, Page

from demo.experiments.attack import confidence_sweep, failures
from demo.web.components import viewer

VIEWER = Path(viewer.__file__).parent
NAMES = ["lemur", "indri", "macaw", "lorikeet"]
LEVELS = [0, 0.25, 0.458333, 1, 2]


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
        "wrong": None, "kind": "photographs", "counterpart": None,
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
    assert said.endswith("is not enough: still a lemur (5.0 %, down from 93.2 %).")
    assert headline(blank, now=[0, 0.99]).endswith("still a lemur (99.0 %, up from 93.2 %).")
    assert headline(blank).endswith("is not enough: still a lemur (93.2 %).")


def test_a_target_that_is_missed_says_how_far_the_confidence_fell(blank: Page) -> None:
    said = headline(blank, now=[0, 0.5], target=2, targetNow=0.3)
    assert "still a lemur (50.0 %, down from 93.2 %), not the macaw (30.0 %)" in said


def attacked(page: Page, stop: int, **view: Any) -> str:
    """The headline at that stop, where a lemur at 96 % has become an indri at 62 %."""
    there = {"stop": stop, "level": LEVELS[stop], "levels": LEVELS}
    return headline(page, **there, **{"clean": [0, 0.96], "now": [1, 0.62]} | view)


def counterpart(*classes: int, training: str = "adversarial") -> dict[str, Any]:
    """The other network's answers at the stops, each with 71 %."""
    flip = next((i for i, k in enumerate(classes) if k != classes[0]), None)
    return {"training": training, "top": [[k, 0.71] for k in classes], "flip": flip}


HOLDS, FALLS, WRONG = (0, 0, 0, 0, 0), (0, 0, 1, 1, 0), (2, 2, 2, 2, 2)


@pytest.mark.parametrize(
    ("other", "stop", "sentence"),
    [
        (HOLDS, 3, "The robust model still says lemur (71.0 %)."),
        (FALLS, 1, "The robust model still says lemur (71.0 %)."),
        (FALLS, 3, "The robust model falls too, from 0.46/255."),
        (FALLS, 4, "The robust model says lemur (71.0 %)."),
        (WRONG, 3, "The robust model is wrong before the attack: it says macaw (71.0 %)."),
    ],
)
def test_the_networks_are_compared_at_the_epsilon_that_is_chosen(
    blank: Page, other: tuple[int, ...], stop: int, sentence: str
) -> None:
    said = attacked(blank, stop, counterpart=counterpart(*other))
    assert "turns this lemur (96.0 %) into an indri (62.0 %). " in said
    assert said.endswith(sentence)


def test_only_what_falls_beside_a_fallen_network_falls_too(blank: Page) -> None:
    other = counterpart(*FALLS, training="standard")
    said = attacked(blank, 3, now=[0, 0.8], counterpart=other)
    assert said.endswith("The standard model falls, from 0.46/255.")


def test_without_an_attack_nothing_is_said_of_the_other_network(blank: Page) -> None:
    assert "model" not in attacked(blank, 0, counterpart=counterpart(*HOLDS))


def test_a_network_that_is_wrong_before_the_attack_does_not_make_the_other_wrong(
    blank: Page,
) -> None:
    said = attacked(blank, 3, wrong=2, counterpart=counterpart(*WRONG, training="standard"))
    assert said.startswith("Wrong before the attack: the network calls this lemur (96.0 %)")
    assert said.endswith("The standard model still says macaw (71.0 %).")


@pytest.mark.parametrize("kind", ["photographs", "digits"])
def test_an_epsilon_is_written_the_same_by_the_viewer_and_by_the_server(
    blank: Page, kind: str
) -> None:
    stops = confidence_sweep.stops_of(kind)
    said = blank.evaluate("([levels, kind]) => levels.map((n) => amount(n, kind))",
                           [[255 * stop for stop in stops], kind])  # fmt: skip
    assert said == [failures.amount(stop, kind) for stop in stops]


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


def test_a_negative_number_after_a_minus_stands_in_brackets(blank: Page) -> None:
    script = (VIEWER / "hidden_l1.js").read_text(encoding="utf-8")
    blank.add_script_tag(content=script.replace("export default function", "function hiddenL1"))
    assert [blank.evaluate(f"bracketed({v})") for v in (-1.2, 13.54, 0)] == ["(−1.2)", "13.5", "0"]
    assert blank.evaluate("number(-0.0012)") == "−1.2 × 10<sup>−3</sup>"


COPIED = """async ([link, own]) => {
    const field = document.body.appendChild(document.createElement("input"));
    const said = await copied(field, link, own);
    const { value, hidden, selectionStart, selectionEnd } = field;
    return { said, value, hidden, selected: selectionEnd - selectionStart };
}"""
LINK = "http://host/?picture=lemur"


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
