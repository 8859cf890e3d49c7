"""What a person reads off the page, as plain values."""

import base64
import io
import re

import numpy as np
from numpy.typing import NDArray
from PIL import Image
from playwright.sync_api import Locator, Page

from demo import gallery, models
from demo.controls import link

OPENS = gallery.card(link.FIRST_PICTURE["photographs"])
"""The photograph that the page opens on."""
OPENS_AS = models.class_names(models.offered("photographs")[0])[OPENS.label]
"""What the network calls it."""


def heading(page: Page) -> str:
    """The one sentence."""
    return page.locator(".fgsm .say").inner_text()


def answer(page: Page) -> str:
    """Label and confidence under the adversarial example."""
    return page.locator(".fgsm .answer").inner_text()


def clean(page: Page) -> str:
    """Label and confidence under the clean image."""
    return page.locator(".fgsm [data-picture=clean] figcaption").inner_text()


def readout(page: Page) -> str:
    """Epsilon, as a fraction and as n/255."""
    return page.locator(".fgsm .readout").inner_text()


def switch(page: Page, training: str) -> Locator:
    """The half of the switch of that name, "Standard" or "Robust"."""
    return page.locator(".fgsm").get_by_role("button", name=training, exact=True)


def pixels(page: Page, name: str) -> NDArray[np.uint8]:
    """What is on the canvas of that accessible name: (H, W, 3)."""
    canvas = page.get_by_role("img", name=name, exact=True)
    text = canvas.evaluate("c => c.toDataURL('image/png')")
    picture = Image.open(io.BytesIO(base64.b64decode(text.split(",")[1])))
    return np.asarray(picture.convert("RGB"))


def marker(page: Page) -> float:
    """Pixels from the plot's left edge to the marker."""
    return float(page.locator(".fgsm .marker").evaluate("m => m.getBoundingClientRect().left"))


def legend(page: Page) -> list[str]:
    """The names of the lines in the plot."""
    return page.locator(".fgsm .legendtext").all_text_contents()


def both_curves(page: Page) -> str:
    """Wait until the network's curve and its twin's are drawn; the label that both are of."""
    lines = page.locator(".fgsm .legendtext")
    for training in ("standard", "adversarial"):
        lines.filter(has_text=f"{training} training").wait_for(timeout=60_000)
    twins = str(lines.filter(has_text="adversarial training").text_content())
    assert twins.replace("adversarial training", "standard training") in legend(page)
    return re.sub(", ?adversarial training$", "", twins)


def set_stop(page: Page, stop: int) -> None:
    """Move the slider as its own keys would, and let go."""
    page.get_by_role("slider", name="Epsilon").fill(str(stop))
