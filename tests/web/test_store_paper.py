"""The paper page's store: live runs piece by piece, kept for these weights and no others."""

from collections.abc import Iterator
from pathlib import Path

import pytest
import streamlit as st
import torch

from demo.data import digits
from demo.data.labelled import Labelled
from demo.experiments.adversarial_training import digit_accuracy
from demo.experiments.paper_numbers import at_hand, claims, rows, rubbish
from demo.models import trained
from demo.training import recipes
from demo.web.store import paper as store
from tests.commands.test_reproduce import few, saved

pytestmark = pytest.mark.usefixtures("one_thread")


@pytest.fixture(autouse=True)
def ships(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Path]:
    """A folder of untrained networks, a hundred shipped digits, and empty caches."""
    monkeypatch.setenv("DEMO_DEVICE", "cpu")
    monkeypatch.setattr(at_hand, "FOLDERS", (tmp_path,))
    labelled = few()
    monkeypatch.setattr(store, "_shipped", lambda: labelled)
    monkeypatch.setattr(store, "_BATCH", 30)
    monkeypatch.setattr(store, "LIVE_PGD", 20)
    st.cache_resource.clear()
    st.cache_data.clear()
    yield tmp_path
    st.cache_resource.clear()
    st.cache_data.clear()


def test_a_live_run_says_where_it_stands_and_ends_with_the_count(ships: Path) -> None:
    saved("softmax", 1, ships)
    claim = claims.claim("P1")
    steps = list(store.live(claim))
    whole = digit_accuracy.run(trained.load("softmax", 1, ships), few(), "FGSM", recipes.EPSILON)
    assert [share for share, _ in steps] == pytest.approx(
        [0.0, 0.0, 0.15, 0.3, 0.45, 0.5, 0.65, 0.8, 0.95, 1.0]
    )  # FGSM, then without attack, in pieces of 30
    assert all(found is None for _, found in steps[:-1])
    result = steps[-1][1]
    assert result is not None and result.values[0] == whole.error and result.digits == 100


def test_beyond_the_paper_fewer_digits_are_attacked_live(ships: Path) -> None:
    saved("softmax", 1, ships)
    *_, (_, found) = store.live(claims.claim("B6"))
    assert found is not None and found.digits == 20 and found.values[2] <= found.values[0]


def test_a_result_is_kept_for_the_weights_it_was_measured_on(ships: Path) -> None:
    saved("softmax", 1, ships)
    claim = claims.claim("P1")
    assert store.lived(claim) is None
    *_, (_, found) = store.live(claim)
    assert store.lived(claim) == found
    replaced(ships)
    assert store.lived(claim) is None


def replaced(ships: Path) -> None:
    """Other weights under the same name."""
    network = recipes.recipe("softmax").network(7, few())
    trained.save(network, trained.card("softmax", 1, ships), ships)


def test_weights_that_are_replaced_are_loaded_anew_and_the_old_row_is_stale(ships: Path) -> None:
    saved("softmax", 1, ships)
    first = store.network("softmax")
    hashes = at_hand.hashes((("softmax", 1),), at_hand.FOLDERS)
    row = rows.filled(claims.claim("P1"), None, weights=hashes)
    assert store.network("softmax") is first and not store.stale(row)
    replaced(ships)
    assert store.network("softmax") is not first and store.stale(row)


def test_a_row_of_three_seeds_can_be_run_live_with_the_first_alone(ships: Path) -> None:
    claim = claims.claim("P4")
    assert store.missing(claim) == (("maxout", 1), ("maxout-adversarial", 1))
    saved("maxout", 1, ships)
    saved("maxout-adversarial", 1, ships)
    assert store.missing(claim) == ()
    assert len(store.missing(claims.claim("P12"))) == 12
    *_, (_, found) = store.live(claim)
    assert found is not None and [len(part) for part in found.parts.values()] == [1, 1]


def test_a_file_that_is_not_its_cards_is_refused_by_name(ships: Path) -> None:
    saved("softmax", 1, ships)
    path = ships / "softmax.safetensors"
    path.write_bytes(b"x" + path.read_bytes()[1:])
    with pytest.raises(ValueError, match=r"softmax\.safetensors.*SHA-256"):
        store.network("softmax")


def test_the_shown_digits_are_ten_and_of_the_networks_own_classes(ships: Path) -> None:
    saved("logistic", 1, ships)
    saved("softmax", 1, ships)
    assert store.shown("softmax", ("none", "FGSM"))[0].labels.tolist() == list(range(10))
    assert set(store.shown("logistic", ("none",))[0].labels) == set(digits.THREE_AND_SEVEN)


def test_the_line_of_a_digit_is_that_of_its_own_label(
    ships: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    saved("softmax", 1, ships)
    images, labels = few().images, few().labels
    monkeypatch.setattr(
        store, "_shipped",
        lambda: Labelled(images.repeat_interleave(50, 0), labels.repeat_interleave(50, 0)),
    )  # fmt: skip
    line = store.line("softmax", 7)
    assert line.labels.tolist() == [7] and line.logits.shape[0] == 1


def test_the_strip_noise_and_rotation_are_of_the_network_that_is_named(ships: Path) -> None:
    saved("softmax", 1, ships)
    network = trained.load("softmax", 1, ships)
    assert len(store.turned("softmax")) == 3 and len(store.turned("softmax")[0].labels) == 10
    noise = store.rubbish_shown("softmax")
    draws = rubbish.draws(10, 0, torch.device("cpu"))
    assert noise.answers.tolist() == network(draws).argmax(dim=1).tolist()
    fooled = store.fooled("softmax", 8, 2)
    assert fooled.target == 8 and fooled.number == store.fooled("softmax", 8, 2).number
