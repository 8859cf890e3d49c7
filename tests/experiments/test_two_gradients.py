"""`demo.experiments.attack.two_gradients` and its figure: what noise gives, and what edges give."""

import base64
import io
import re

import numpy as np
import pytest
import torch
from PIL import Image
from torch import Tensor

from demo import fgsm, models
from demo.experiments.attack import two_gradients
from demo.web.figures import two_gradients as figure

RNG = np.random.default_rng(0)


def square() -> np.ndarray:
    """A white square on black, 40 x 40: its edges are 4 * 20 pixels on either side."""
    picture = np.zeros((40, 40, 3), np.float32)
    picture[10:30, 10:30] = 1
    return picture


def test_noise_knows_nothing_of_the_picture() -> None:
    noise = RNG.normal(size=(40, 40, 3)).astype(np.float32)
    assert two_gradients.same_sign(noise) == pytest.approx(0.5, abs=0.02)
    assert two_gradients.on_edges(noise, square()) == pytest.approx(0.1, abs=0.02)


def test_a_gradient_on_the_outline_lies_on_edges() -> None:
    picture = square()
    outline = np.zeros_like(picture)
    outline[9:31, 9:31] = 1
    outline[11:29, 11:29] = 0
    found = two_gradients.on_edges(outline, picture)
    assert found > 0.9
    assert two_gradients.same_sign(np.ones((4, 4, 1), np.float32)) == 1
    assert two_gradients.same_sign(np.zeros((4, 4, 1), np.float32)) == 0
    assert two_gradients.on_edges(np.zeros_like(picture), picture) == 0


def test_the_gradient_is_fgsms_own() -> None:
    weight = torch.randn(2, 3 * 8 * 8, generator=torch.Generator().manual_seed(1))

    def model(images: Tensor) -> Tensor:
        return images.flatten(1) @ weight.T

    image = torch.rand(1, 3, 8, 8, generator=torch.Generator().manual_seed(2))
    found = two_gradients.run(model, image, 1)
    expected = fgsm.loss_gradient(model, image, torch.tensor([1]))
    np.testing.assert_array_equal(found.values, expected[0].permute(1, 2, 0).numpy())
    assert found.norm == pytest.approx(expected.abs().sum().item(), rel=1e-5)


def test_the_pictures_hold_the_gradient_and_its_sign() -> None:
    gradient = np.array([[[-2.0, 0.0, 1.0]]], np.float32)
    assert figure.signs(gradient).tolist() == [[[0, 128, 255]]]
    ramp = np.linspace(-1, 1, 3 * 101 * 101).reshape(101, 101, 3).astype(np.float32)
    grey = figure.raw(ramp)
    assert grey.min() == 0 and grey.max() == 255 and grey[50, 50, 1] in (127, 128)
    assert (figure.raw(np.zeros((2, 2, 3), np.float32)) == 128).all()


def test_both_cards_show_their_numbers_and_the_signs_without_loss() -> None:
    gradient = RNG.normal(size=(8, 8, 3)).astype(np.float32)
    sides = [
        figure.Side(training, gradient, 1234.4, 0.51, 0.125, f"<flips {training}>")
        for training in ("standard", "adversarial")
    ]
    html = figure.cards((sides[0], sides[1]))
    assert html.count("<img") == 4 and "&lt;flips standard&gt;" in html
    assert "1,234" in html and "51&nbsp;%" in html and "12&nbsp;%" in html
    data = re.findall(r'data:image/(\w+);base64,([^"]+)" alt="([^"]+)"', html)
    (grey, first, _), (sign, second, alt) = data[:2]
    assert (grey, sign, alt) == ("jpeg", "webp", "Standard training: the sign of the gradient")
    raw, signs = (np.asarray(Image.open(io.BytesIO(base64.b64decode(f)))) for f in (first, second))
    np.testing.assert_array_equal(signs, figure.signs(gradient))
    assert np.abs(raw.astype(int) - figure.raw(gradient)).mean() < 12


def test_the_robust_networks_gradient_follows_the_picture_more_than_the_standard_networks() -> None:
    """Over the gallery: the lesson that the page draws holds for the weights that ship."""
    from demo.data import gallery, pictures

    card = models.card("efficientnet-lite0")
    assert card.robust is not None
    shares = []
    for name in (card.name, card.robust):
        network = models.load(name, torch.device("cpu"))
        found = []
        for photo in gallery.GALLERY[:8]:
            data = pictures.from_bytes(gallery.photograph(photo.name))
            pixels = pictures.at_network_size(data, 224, pictures.Crop())
            found.append(two_gradients.run(network, pictures.to_tensor(pixels), photo.label))
        shares.append((np.mean([g.on_edges for g in found]), np.mean([g.norm for g in found])))
    assert shares[1][0] > shares[0][0]
