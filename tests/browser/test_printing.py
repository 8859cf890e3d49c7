"""A page is printed, photographed (by code, see `tests.photographing`) and handed in."""

import io
import re

import pytest
from PIL import Image
from playwright.sync_api import expect

from tests.browser.conftest import Visits
from tests.browser.reading import (
    accessible_in_light_and_dark,
    at_rest,
    download,
    no_fault,
    set_stop,
)
from tests.photographing import photographed

UPLOAD = "Photograph of the printed page"


def jpeg(picture: Image.Image) -> bytes:
    file = io.BytesIO()
    picture.save(file, "JPEG", quality=95)
    return file.getvalue()


@pytest.mark.slow
def test_a_page_is_printed_photographed_and_scored(visit: Visits) -> None:
    page = visit("/?kind=digits")
    page.get_by_text("Print it and photograph it").click()
    page.get_by_role("button", name="Figure to print, ε = .25").wait_for()
    set_stop(page, 48)
    file = download(page, "Figure to print, ε = .375")
    sheet = Image.open(io.BytesIO(file[file.index(b"\xff\xd8") : file.rindex(b"\xff\xd9") + 2]))
    chooser = page.get_by_test_id("stFileUploader").filter(has_text=UPLOAD).locator("input")

    def hand_in(picture: Image.Image, name: str) -> None:
        chooser.set_input_files({"name": name, "mimeType": "image/jpeg", "buffer": jpeg(picture)})

    hand_in(sheet.crop((0, 0, sheet.width, sheet.height // 2)), "half.jpg")
    page.get_by_text("4 of 8 markers are missing").wait_for()
    hand_in(photographed(sheet, 3), "photograph.jpg")
    page.get_by_text(re.compile(r"^(Undone|It survives)\. ")).wait_for()
    expect(page.get_by_text(re.compile("^Adversarial, photographed: "))).to_have_count(1)
    accessible_in_light_and_dark(page)
    set_stop(page, 8)
    page.get_by_text("other pictures than those shown now").wait_for()
    at_rest(page)
    no_fault(page)
