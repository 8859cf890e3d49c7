"""What the first page shows of the gallery is recorded: the same numbers, without a network."""

from pathlib import Path

import numpy as np
import pytest
import torch
from streamlit.testing.v1 import AppTest
from torch import Tensor, nn

from demo import models
from demo.data import gallery, pictures
from demo.experiments.attack import (
    confidence_sweep,
    gallery_record,
    record_files,
)
from demo.experiments.attack.gallery_record import Recorded
from demo.web.pages import attack_curves
from tests.server import ROOT

CPU = torch.device("cpu")
NETWORKS = sorted(path.stem for path in record_files.FOLDER.glob("*.npz"))
ALL = [(name, photo.name) for name in NETWORKS for photo in gallery.of(models.card(name).classes)]
SOME = [ALL[0], ALL[-1]]
STALE = "the record of {} on {} is stale: `python -m demo photographs` makes it anew"


class Linear(nn.Module):
    """images (N, 3, S, S) -> logits (N, 1000); one colour of one corner counts for nothing."""

    def __init__(self) -> None:
        super().__init__()
        self.weights = torch.randn(108, 1000, generator=torch.Generator().manual_seed(0))
        self.weights[0] = 0

    def forward(self, images: Tensor) -> Tensor:
        return images.flatten(1) @ self.weights


def pixels_of(card: models.ModelCard, photo: str) -> gallery_record.Pixels:
    picture = pictures.from_bytes(gallery.photograph(photo))
    return pictures.at_network_size(picture, card.input_size)


def shipped(network: str, photo: str) -> tuple[gallery_record.Pixels, Recorded]:
    """A photograph's pixels, and its record with these weights and this code."""
    card = models.card(network)
    pixels = pixels_of(card, photo)
    found = record_files.find(card.name, str(card.sha256), pixels)
    assert found is not None, STALE.format(photo, network)
    return pixels, found


@pytest.fixture
def kept(tmp_path: Path) -> tuple[gallery_record.Pixels, Recorded, Recorded]:
    """A picture, what was measured of it, and the same from a file for the weights "w"."""
    pixels = np.random.default_rng(0).integers(0, 256, (6, 6, 3), dtype=np.uint8)
    measured = gallery_record.measure(Linear(), pixels, 3, CPU)
    record_files.write(tmp_path / "one.npz", "w", {"a": (pixels, measured)})
    found = record_files.find("one", "w", pixels, tmp_path)
    assert found is not None
    return pixels, measured, found


def test_a_file_gives_back_what_the_page_shows(
    kept: tuple[gallery_record.Pixels, Recorded, Recorded],
) -> None:
    _, measured, found = kept
    np.testing.assert_array_equal(found.step.direction, measured.step.direction)
    assert (found.step.direction == 0).any()
    for mine, theirs in (
        (measured.sweep.logits, found.sweep.logits),
        (measured.sweep.saved_logits, found.sweep.saved_logits),
    ):
        best, again = (attack_curves.top(attack_curves.probabilities(x), 5) for x in (mine, theirs))
        assert [[k for k, _ in stop] for stop in best] == [[k for k, _ in stop] for stop in again]
        shares = [np.array([[p for _, p in stop] for stop in tops]) for tops in (best, again)]
        np.testing.assert_allclose(*shares, rtol=1e-5)
        assert confidence_sweep.followed(mine, 3, None) == confidence_sweep.followed(
            theirs, 3, None
        )
    np.testing.assert_allclose(found.control, measured.control, atol=1e-6)
    mine, theirs = measured.line(), found.line()
    np.testing.assert_array_equal(mine.classes, theirs.classes)
    np.testing.assert_array_equal(mine.logits, theirs.logits)
    assert (found.flip, found.sign, found.device) == (
        measured.flip, measured.sign, measured.device,
    )  # fmt: skip
    other = found.step_at(confidence_sweep.EPSILON_GRID[9])
    assert other != found.step and found.step_at(1.0) is None


def test_a_raw_gradient_keeps_its_signs_and_its_sizes_in_sixteen_steps(
    kept: tuple[gallery_record.Pixels, Recorded, Recorded],
) -> None:
    _, measured, found = kept
    mine, theirs = measured.gradient.values, found.gradient.values
    np.testing.assert_array_equal(np.sign(mine), np.sign(theirs))
    scale = np.quantile(np.abs(mine), 0.99)
    inside = np.abs(mine) < scale
    assert np.abs(mine - theirs)[inside].max() <= scale / 16
    assert found.gradient.norm == measured.gradient.norm


def test_other_weights_pixels_or_code_make_a_record_stale(
    kept: tuple[gallery_record.Pixels, Recorded, Recorded], tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
) -> None:  # fmt: skip
    pixels, _, _ = kept
    other = pixels.copy()
    other[0, 0, 0] ^= 1
    assert record_files.find("one", "v", pixels, tmp_path) is None
    assert record_files.find("one", "w", other, tmp_path) is None
    assert record_files.find("two", "w", pixels, tmp_path) is None
    before = record_files.code_of("one", tmp_path)
    monkeypatch.setattr(record_files, "code", lambda: "other")
    assert record_files.find("one", "w", pixels, tmp_path) is None
    assert record_files.find("one", "w", pixels, tmp_path, before) is not None


def test_words_are_no_code() -> None:
    plain = "def f(x):\n    return x + 1\n"
    told = (
        '"""Words."""\n\n# More.\n\ndef f(x):\n    """Words\n    and words."""\n    return x + 1\n'
    )
    assert record_files._computing(plain) == record_files._computing(told)
    assert record_files._computing(plain) != record_files._computing(plain.replace("1", "2"))


def test_no_record_that_ships_is_stale_and_all_take_at_most_12_megabytes() -> None:
    assert models.MODELS[0].name in NETWORKS
    for network, photo in ALL:
        shipped(network, photo)
    assert sum(path.stat().st_size for path in record_files.FOLDER.glob("*")) <= 12e6


@pytest.mark.parametrize(("network", "photo"), SOME)
def test_a_fresh_evaluation_agrees_at_some_stops(network: str, photo: str) -> None:
    pixels, found = shipped(network, photo)
    assert gallery_record.agrees(found, models.load(network, CPU), pixels, CPU)


def test_an_evaluation_of_another_network_does_not_agree(
    kept: tuple[gallery_record.Pixels, Recorded, Recorded],
) -> None:
    pixels, _, found = kept
    model = Linear()
    assert gallery_record.agrees(found, model, pixels, CPU)
    model.weights = -model.weights
    assert not gallery_record.agrees(found, model, pixels, CPU)


@pytest.mark.slow
@pytest.mark.parametrize(("network", "photo"), ALL)
def test_a_fresh_evaluation_agrees_everywhere(network: str, photo: str) -> None:
    pixels, found = shipped(network, photo)
    model = models.load(network, CPU)
    fresh = gallery_record.measure(model, pixels, found.step.label, CPU)
    assert (fresh.step.direction != found.step.direction).mean() < 0.01
    close(found.sweep.logits, fresh.sweep.logits)
    close(found.sweep.saved_logits, fresh.sweep.saved_logits)
    close(found.behind, fresh.behind)
    np.testing.assert_allclose(found.control, fresh.control, atol=0.01)
    assert found.sign.sign.real == pytest.approx(fresh.sign.sign.real, rel=0.02)
    assert found.gradient.norm == pytest.approx(fresh.gradient.norm, rel=0.01)
    assert found.gradient.on_edges == pytest.approx(fresh.gradient.on_edges, abs=0.01)


def close(recorded: np.ndarray, fresh: np.ndarray) -> None:
    """The shares of the answers agree. Both (E, K)."""
    mine, theirs = map(attack_curves.probabilities, (recorded, fresh))
    best = theirs.argmax(axis=1)[:, None]
    taken = [np.take_along_axis(shares, best, axis=1) for shares in (mine, theirs)]
    np.testing.assert_allclose(*taken, atol=0.01)


def test_a_gallery_picture_is_shown_without_a_network(monkeypatch: pytest.MonkeyPatch) -> None:
    def load(*args: object, **kwargs: object) -> nn.Module:
        raise AssertionError("a network was loaded")

    monkeypatch.setattr(models, "load", load)
    app = AppTest.from_file(str(ROOT / "app.py"), default_timeout=600)
    app.query_params["picture"] = "lemur"
    app.run()
    for picture in ("panda", "koala"):
        app.session_state["picture_photographs"] = picture
        app.run()
        assert not app.exception and not app.error and not app.warning
        assert next(h.value for h in app.header).startswith(("Here", "The robust"))
