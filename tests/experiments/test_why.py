"""Why do they exist? Each hypothesis's numbers, with a pencil and on the networks that ship."""

import ast
from pathlib import Path

import numpy as np
import pytest
import torch
from streamlit.testing.v1 import AppTest
from torch import Tensor

from demo.data.labelled import Labelled
from demo.experiments import why
from demo.models import trained
from demo.web.pages import why as page
from demo.web.store import why as store
from tests import PATIENCE

pytestmark = pytest.mark.usefixtures("one_thread")

WEIGHTS = torch.tensor([3.0, -4.0, 0.0, 0.0])
"""Of two classes on four pixels: class 1 is the answer where w.x > 0."""


def linear(images: Tensor) -> Tensor:
    """Logits (0, w.x)."""
    z = images.flatten(1) @ WEIGHTS
    return torch.stack([torch.zeros_like(z), z], dim=1)


def labelled(*rows: tuple[list[float], int]) -> Labelled:
    images = torch.tensor([row for row, _ in rows]).reshape(-1, 1, 2, 2)
    return Labelled(images, torch.tensor([label for _, label in rows]))


FAR, NEAR = ([1.0, 0.0, 0.5, 0.5], 1), ([0.5, 0.25, 0.5, 0.5], 1)
"""w.x = 3 and 0.5: neither is sure."""


def test_of_the_sure_those_are_counted_that_fgsm_changes(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(why, "SURE", 0.9)
    found = why.boundary(linear, labelled(FAR, NEAR), 0.1)
    assert found == why.Boundary(2, 1, 0)
    assert why.boundary(linear, labelled(FAR, NEAR), 0.5).changed == 1


def test_the_aimed_step_is_ahead_by_the_ratio_of_the_norms() -> None:
    found = why.aimed(linear, labelled(FAR, NEAR), 0.1)
    assert found.advantage == pytest.approx(7 / 5) and found.n == 4
    assert found.by_fgsm == 0.5 and 0 <= found.by_chance <= 0.5


def test_the_jacobian_of_a_linear_model_is_its_weights() -> None:
    found = why.condition(linear, labelled(FAR, NEAR))
    assert found.worst == pytest.approx(5) and found.by_chance == pytest.approx(5 / 2)


def test_a_digit_is_not_its_own_neighbour() -> None:
    rows = [([0.0, 0.0, 0.0, 0.0], 0), ([0.0, 0.0, 0.0, 0.5], 0)]
    found = why.off_the_digits(linear, labelled(*rows), 0.25)
    assert found.clean == pytest.approx(0.5)
    assert found.by_fgsm >= 0.5 and found.by_chance >= 0.25


def test_examples_are_made_on_the_one_network_and_shown_to_the_other() -> None:
    def flipped(images: Tensor) -> Tensor:
        return linear(images.flip(2, 3))

    found = why.exchanged(flipped, linear, labelled(FAR, NEAR), 0.2)
    assert (found.clean, found.of_the_other, found.of_its_own) == (1, 1, 0.5)


def test_on_the_networks_that_ship_each_verdict_is_what_was_measured() -> None:
    network = page.NETWORK
    sure = store.boundary(network)
    assert sure.sure > 0.5 * sure.digits and sure.changed > 0.9 * sure.sure
    clean, attacked = store.right(page.LINEAR)
    assert clean > 0.85 and attacked < 0.1
    aimed = store.aimed(network)
    assert aimed.by_fgsm > 10 * aimed.by_chance and 10 < aimed.advantage < np.sqrt(784)
    off = store.off_the_digits(network)
    assert off.clean < off.by_chance and off.by_chance > 0.95 * off.by_fgsm
    first, robust = store.condition(network), store.condition(page.ROBUST)
    assert first.worst > 10 * first.by_chance and robust.worst < first.worst
    found = store.exchanged(network)
    assert found.clean > 0.95 and found.of_its_own < 0.1 and found.of_the_other < 0.5


def script() -> None:
    from demo.web.pages import why

    why.page()


def test_every_hypothesis_has_its_numbers_and_a_network_that_is_missing_is_a_sentence(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    app = AppTest.from_function(script, default_timeout=PATIENCE).run()
    assert not app.exception and not app.error
    assert [s.value for s in app.subheader] == list(page.HYPOTHESES)
    told = [m.value for m in app.markdown if m.value.startswith("**") and "**What" not in m.value]
    assert len(told) == 6 and all(any(c.isdigit() for c in words) for words in told)

    def absent(name: str, *_: object) -> trained.Card:
        raise trained.Absent(f"The digit network {name} is not in the folder.")

    monkeypatch.setattr(trained, "card", absent)
    app = AppTest.from_function(script, default_timeout=PATIENCE).run()
    assert not app.exception and len(app.error) == 6


def test_the_pages_stand_in_the_lectures_order() -> None:
    tree = ast.parse(Path("app.py").read_text(encoding="utf-8"))
    (contents,) = (
        node.value for node in tree.body
        if isinstance(node, ast.Assign) and ast.unparse(node.targets[0]) == "CONTENTS"
    )  # fmt: skip
    assert isinstance(contents, ast.Tuple)
    titles = [ast.literal_eval(entry.elts[1]) for entry in contents.elts]  # type: ignore[attr-defined]
    assert titles == [
        "See it", "Why do they exist?", "Growth against dimension", "Adversarial training",
        "The hidden L1", "Three against seven", "What it costs", "The paper's numbers",
    ]  # fmt: skip
