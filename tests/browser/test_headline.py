"""The headline, from the viewer's own script on an empty page: both networks at one epsilon."""

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from playwright.sync_api import Browser, Page

from demo.experiments.attack import confidence_sweep, failures
from demo.web.components import viewer

NAMES = ["lemur", "indri", "macaw", "lorikeet"]
LEVELS = [0, 0.25, 0.458333, 1, 2]


@pytest.fixture(scope="module")
def script(browser: Browser) -> Iterator[Page]:
    """A page with nothing on it but the viewer's words."""
    page = browser.new_page()
    page.add_script_tag(path=Path(viewer.__file__).parent / "words.js")
    yield page
    page.close()


def headline(script: Page, stop: int, **view: Any) -> str:
    """The headline at that stop, where a lemur at 96 % has become an indri at 62 %."""
    given = {
        "stop": stop, "level": LEVELS[stop], "levels": LEVELS, "clean": [0, 0.96],
        "now": [1, 0.62], "target": None, "wrong": None, "kind": "photographs",
        "counterpart": None,
    } | view  # fmt: skip
    return str(
        script.evaluate(
            """([view, names]) => {
                const said = document.createElement("h1");
                said.innerHTML = headline({ ...view, name: (k) => names[k], role: String });
                return said.innerText;
            }""",
            [given, NAMES],
        )
    )


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
    script: Page, other: tuple[int, ...], stop: int, sentence: str
) -> None:
    said = headline(script, stop, counterpart=counterpart(*other))
    assert "turns this lemur (96.0 %) into an indri (62.0 %). " in said
    assert said.endswith(sentence)


def test_only_what_falls_beside_a_fallen_network_falls_too(script: Page) -> None:
    other = counterpart(*FALLS, training="standard")
    said = headline(script, 3, now=[0, 0.8], counterpart=other)
    assert said.endswith("The standard model falls, from 0.46/255.")


def test_without_an_attack_nothing_is_said_of_the_other_network(script: Page) -> None:
    assert "model" not in headline(script, 0, counterpart=counterpart(*HOLDS))


def test_a_network_that_is_wrong_before_the_attack_does_not_make_the_other_wrong(
    script: Page,
) -> None:
    said = headline(script, 3, wrong=2, counterpart=counterpart(*WRONG, training="standard"))
    assert said.startswith("Wrong before the attack: the network calls this lemur (96.0 %)")
    assert said.endswith("The standard model still says macaw (71.0 %).")


@pytest.mark.parametrize("kind", ["photographs", "digits"])
def test_an_epsilon_is_written_the_same_by_the_viewer_and_by_the_server(
    script: Page, kind: str
) -> None:
    stops = confidence_sweep.stops_of(kind)
    said = script.evaluate("([levels, kind]) => levels.map((n) => amount(n, kind))",
                           [[255 * stop for stop in stops], kind])  # fmt: skip
    assert said == [failures.amount(stop, kind) for stop in stops]
