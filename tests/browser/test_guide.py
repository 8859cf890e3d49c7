"""The guided lecture, walked by the keyboard alone, on a laptop and on a phone."""

import pytest
from playwright.sync_api import Page, expect
from streamlit.proto.ForwardMsg_pb2 import ForwardMsg

from demo.web.pages import guide
from tests.browser.conftest import Visits
from tests.browser.reading import (
    accessible_in_light_and_dark,
    at_rest,
    complete,
    no_fault,
    no_wider_than_the_screen,
    slider,
)
from tests.client import Client

STEPS = guide.steps()
READOUT = {"0": "0 = 0/255", "0.007": ".007 = 1.785/255"}
"""An epsilon in a step's link -> what stands beside the first page's slider."""
LOOKED_AT = """document.querySelector("[data-test-script-state=notRunning]")
    && !document.querySelector("[data-stale=true]")"""
"""Whoever leaves a page before this asks the server for its pictures in vain."""


def stands_at(page: Page, number: int) -> None:
    """The step is said, its control outlined, on the screen, and not under the bar."""
    bar, step = page.get_by_role("region", name="Guided lecture"), STEPS[number - 1]
    expect(bar.get_by_role("status")).to_contain_text(f"{number} of {len(STEPS)}: {step.title}")
    page.wait_for_url(f"**/{step.address}?**step={number}**")
    lit = page.locator("[data-lit]")
    expect(lit).to_have_count(1)
    page.wait_for_function(LOOKED_AT, polling=100)
    shown = [READOUT[step.query["epsilon"]]] if not step.address else []
    expect(page.locator(".fgsm .readout")).to_have_text(shown)
    page.wait_for_function(
        """selector => {
            const lit = document.querySelector(selector), bar = document.querySelector(".guide");
            if (!lit?.matches("[data-lit]")) return false;
            const [a, b] = [lit, bar].map(e => e.getBoundingClientRect());
            const seen = a.bottom <= b.top + 1 || a.height > b.top / 2 && a.top < b.top / 2;
            return a.height > 0 && a.top >= 0 && seen; // what is tall begins on the screen
        }""",
        arg=guide.CONTROLS[step.light],
        polling=100,
    )


@pytest.mark.slow
@pytest.mark.parametrize(("width", "height"), [(390, 844), (1440, 900)])
def test_the_lecture_is_walked_by_the_keyboard_alone(
    visit_real: Visits, width: int, height: int
) -> None:
    page = visit_real("/", viewport={"width": width, "height": height})
    page.get_by_role("button", name="Guide me").focus()
    page.keyboard.press("Enter")
    keys = {1: "ArrowRight", 2: "PageDown"}
    for number in range(1, len(STEPS)):
        stands_at(page, number)
        if number == 1:
            accessible_in_light_and_dark(page, ".guide")
        page.keyboard.press(keys.get(number % 3, "Enter"))
    stands_at(page, len(STEPS))
    page.keyboard.press("ArrowRight")
    complete(page)
    slider(page).focus()
    page.keyboard.press("ArrowLeft")  # the slider's
    expect(page.locator(".fgsm .readout")).to_have_text(".0067 = 1.7/255")
    expect(page.get_by_role("status").filter(has_text="12 of 12")).to_have_count(1)
    page.keyboard.press("PageUp")
    stands_at(page, len(STEPS) - 1)
    page.keyboard.press("PageDown")
    stands_at(page, len(STEPS))
    at_rest(page)
    no_wider_than_the_screen(page)
    page.keyboard.press("Escape")
    expect(page.get_by_role("region", name="Guided lecture")).to_have_count(0)
    page.wait_for_function("!location.search.includes('step')")
    assert f"epsilon={STEPS[-1].query['epsilon']}" in page.url
    no_fault(page)


def test_what_a_page_that_goes_on_asked_at_last_does_not_clear_the_one_that_comes_next(
    address: str,
) -> None:
    """A browser empties a page when a run of another one begins, even if that run draws nothing.

    What a section draws that asked before its page was left has no place any more: the browser
    shows nothing at all from then on. Here a training goes on, however fast the machine.
    """
    number = next(i for i in range(3, len(STEPS)) if STEPS[i - 1].address == "hidden-l1")

    def leaves(_message: ForwardMsg) -> bool:
        return bool(client.components["guide"]["leaves"])

    def section(message: ForwardMsg) -> bool:
        return message.delta.fragment_id == tick.fragment_id

    with Client(address) as client:
        client.run()
        client.look(page="adversarial-training", query=f"step={number - 1}&train=conv")
        client.ask(client.widget("training_button", trigger_value=True))
        tick = client.until(lambda m: m.WhichOneof("type") == "auto_rerun").auto_rerun
        client.ask(client.trigger("guide", "asked", number))
        client.until(leaves)
        client.until(lambda m: m.WhichOneof("type") == "script_finished")
        client.ask(tick=tick.fragment_id)
        with pytest.raises(TimeoutError):
            client.until(section, seconds=2.0)
        client.ask(client.trigger("guide", "left", number))
        client.until(lambda m: client.page == client.pages[STEPS[number - 1].address])
        client.until_finished()
        client.quiet(1.0)
        assert client.page == client.pages[STEPS[number - 1].address]
