"""`as_mnist`: anybody's digit, cut and centred as MNIST's; and the gallery's order."""

import io

import numpy as np
import pytest
import torch
from numpy.typing import NDArray
from PIL import Image, ImageDraw

from demo import models
from demo.data import digits, pictures
from demo.web.controls import digits as gallery
from demo.web.controls import link

Grey = NDArray[np.uint8]


def on_paper(digit: Grey, *, paper: int = 205, ink: int = 50, side: int = 300) -> Image.Image:
    """A shipped digit in dark ink on paper, off the centre, in uneven light, as a JPEG."""
    large = np.asarray(Image.fromarray(digit).resize((side, side), Image.Resampling.BICUBIC)) / 255
    sheet = np.zeros((2 * side, 2 * side + 100))
    sheet[40 : 40 + side, side : 2 * side] = large
    light = np.linspace(1.1, 0.8, sheet.shape[1])[None]
    shades = (paper + (ink - paper) * sheet) * light
    shades += np.random.default_rng(1).normal(0, 3, shades.shape)
    file = io.BytesIO()
    Image.fromarray(np.clip(shades, 0, 255).astype(np.uint8)).save(file, "JPEG", quality=80)
    return pictures.from_bytes(file.getvalue())


def centre(pixels: Grey) -> tuple[float, float]:
    rows, columns = np.mgrid[:28, :28]
    return (
        float((rows * pixels.astype(float)).sum() / pixels.sum()),
        float((columns * pixels.astype(float)).sum() / pixels.sum()),
    )


def test_every_shipped_digit_stays_as_it_is_bit_for_bit() -> None:
    for digit in digits.embedded()[0]:
        assert np.array_equal(digits.as_mnist(Image.fromarray(digit)), digit)


@pytest.mark.parametrize("level", [32, 64, 128])
def test_an_attacked_digit_s_png_stays_as_it_is(level: int) -> None:
    signs = np.sign(np.random.default_rng(level).normal(size=(28, 28))).astype(int)
    for digit in digits.embedded()[0][::500]:
        attacked = np.clip(digit.astype(int) + level * signs, 0, 255).astype(np.uint8)
        opened = pictures.from_bytes(pictures.to_png(attacked))
        assert np.array_equal(digits.as_mnist(opened), attacked)


@pytest.mark.parametrize("number", [20, 530, 1505, 2008, 2600, 3050, 3600, 4600])
def test_a_digit_on_paper_comes_back_as_the_digit_it_was(number: int) -> None:
    digit = digits.embedded()[0][number]
    seen = digits.as_mnist(on_paper(digit))
    assert seen.shape == (28, 28) and seen.dtype == np.uint8
    assert np.corrcoef(seen.ravel(), digit.ravel())[0, 1] > 0.85
    assert (seen[[0, -1]] == 0).all() and (seen[:, [0, -1]] == 0).all()
    assert np.abs(np.array(centre(seen)) - 14).max() < 0.6


def test_a_network_reads_digits_from_paper_as_well_as_from_mnist() -> None:
    images, labels = digits.embedded()
    chosen = np.arange(25, 5000, 125)
    read = np.stack([digits.as_mnist(on_paper(images[i])) for i in chosen])
    network = models.load(models.offered("digits")[0].name, torch.device("cpu"))
    answers = network(digits.to_images(read)).argmax(dim=1).numpy()
    assert (answers == labels[chosen]).mean() >= 0.9


def test_light_ink_on_a_dark_ground_is_not_inverted() -> None:
    digit = digits.embedded()[0][1505]
    board = digits.as_mnist(on_paper(digit, paper=60, ink=220))
    paper = digits.as_mnist(on_paper(digit, paper=220, ink=60))
    assert np.corrcoef(board.ravel(), paper.ravel())[0, 1] > 0.9


def test_a_dark_digit_of_28_pixels_on_white_is_inverted() -> None:
    digit = digits.embedded()[0][1505]
    seen = digits.as_mnist(Image.fromarray(255 - digit))
    assert np.corrcoef(seen.ravel(), digit.ravel())[0, 1] > 0.9


def test_the_ink_fills_twenty_pixels_and_keeps_its_proportions() -> None:
    sheet = Image.new("L", (400, 400))
    ImageDraw.Draw(sheet).rectangle((100, 50, 180, 290), fill=255)
    seen = digits.as_mnist(sheet) > 127
    assert seen.any(axis=1).sum() == 20 and seen.any(axis=0).sum() == 7


def test_a_thin_pen_is_thickened_and_specks_and_the_papers_edge_are_dropped() -> None:
    sheet = Image.new("L", (400, 400), 220)
    pen = ImageDraw.Draw(sheet)
    pen.line([(200, 80), (205, 320)], fill=40, width=3)
    pen.point([(50, 50), (51, 50)], fill=40)
    pen.rectangle((380, 0, 400, 400), fill=30)
    seen = digits.as_mnist(sheet)
    assert 2 <= (seen > 127).any(axis=0).sum() <= 4
    assert (seen > 127).any(axis=1).sum() == 20


@pytest.mark.parametrize("shade", [0, 128, 255])
def test_a_blank_picture_is_refused_with_a_sentence(shade: int) -> None:
    with pytest.raises(ValueError, match=r"^No ink was found"):
        digits.as_mnist(Image.new("RGB", (320, 200), (shade, shade, shade)))


def test_paper_with_noise_and_a_shadow_has_no_ink_either() -> None:
    shades = 200 + 20 * np.linspace(-1, 1, 300)[None] + np.zeros((200, 1))
    shades = shades + np.random.default_rng(2).normal(0, 4, shades.shape)
    with pytest.raises(ValueError, match=r"^No ink was found"):
        digits.as_mnist(Image.fromarray(shades.astype(np.uint8)))


def test_the_gallery_is_filtered_by_class_and_sorted_by_confidence() -> None:
    labels = digits.embedded()[1]
    names = tuple(map(str, range(10)))
    said = np.where(np.arange(5000) % 100 == 7, (labels + 1) % 10, labels)
    confidence = np.random.default_rng(0).random(5000)
    answers = (said, confidence)
    assert gallery.chosen_digits(8, gallery.ANY, names, None).tolist() == list(range(4000, 4500))
    sure = gallery.chosen_digits(8, gallery.SURE, names, answers)
    assert (labels[sure] == 8).all() and (np.diff(confidence[sure]) <= 0).all()
    unsure = gallery.chosen_digits(None, gallery.UNSURE, names, answers)
    assert len(unsure) == 5000 and (np.diff(confidence[unsure]) >= 0).all()
    wrong = gallery.chosen_digits(None, gallery.WRONG, names, answers)
    assert sorted(wrong) == [i for i in range(5000) if i % 100 == 7]


def test_a_network_of_two_classes_is_wrong_only_where_it_could_be_right() -> None:
    labels = digits.embedded()[1]
    answers = (np.zeros(5000, np.int64), np.ones(5000))
    wrong = gallery.chosen_digits(None, gallery.WRONG, ("3", "7"), answers)
    assert set(labels[wrong]) == {7} and len(wrong) == 500


@pytest.mark.parametrize(
    ("name", "number"),
    [("digit-0", 0), ("digit-4999", 4999), ("digit-5000", None), ("digit--1", None),
     ("digit-²", None), ("digit-", None), ("panda", None), ("7", None)],
)  # fmt: skip
def test_only_the_name_of_a_shipped_digit_is_taken(name: str, number: int | None) -> None:
    assert link.digit_number(name) == number
