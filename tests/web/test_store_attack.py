"""`demo.web.store`: one lock for everybody, bounded memory, and no answer under another's key."""

import ast
import inspect
import time
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from threading import Barrier, Lock
from types import SimpleNamespace
from typing import Any

import numpy as np
import pytest
import streamlit as st
import torch
import torch.nn.functional as F
from numpy.typing import NDArray
from torch import Tensor, nn

from demo import models
from demo.data import pictures
from demo.experiments.attack import confidence_sweep, one_step, random_signs, ten_steps
from demo.web.store import attack as store

Pixels = NDArray[np.uint8]
PEOPLE = 20


class Scratchpad(nn.Module):
    """images (N, 3, S, S) -> logits (N, 4), by way of a note that a second caller overwrites."""

    def __init__(self, seed: int) -> None:
        super().__init__()
        generator = torch.Generator().manual_seed(seed)
        self.weights = 3 * torch.randn(48, 4, generator=generator)
        self.counting, self.inside, self.most_inside = Lock(), 0, 0

    def forward(self, images: Tensor) -> Tensor:
        with self.counting:
            self.inside += 1
            self.most_inside = max(self.most_inside, self.inside)
        self.note = images
        time.sleep(0.001)
        logits = F.adaptive_avg_pool2d(self.note, 4).flatten(1) @ self.weights
        with self.counting:
            self.inside -= 1
        return logits


@pytest.fixture
def networks(monkeypatch: pytest.MonkeyPatch) -> Iterator[dict[str, Scratchpad]]:
    """Two networks of different weights in the place of the catalogue's, and an empty store."""
    here = {"one": Scratchpad(1), "two": Scratchpad(2)}
    monkeypatch.setenv("DEMO_DEVICE", "cpu")
    monkeypatch.setattr(models, "load", lambda name, device=None, progress=None: here[name])
    card = SimpleNamespace(input_size=8, channels=3, kind="photographs", source="tests")
    monkeypatch.setattr(models, "card", lambda name: card)
    st.cache_data.clear()
    st.cache_resource.clear()
    yield here
    st.cache_data.clear()
    st.cache_resource.clear()


def picture(seed: int, size: int = 8) -> Pixels:
    return np.random.default_rng(seed).integers(0, 256, (size, size, 3), dtype=np.uint8)


def numbers(step: one_step.OneStep) -> tuple[object, ...]:
    return step.clean, step.adversarial, step.label, step.loss, step.direction.tobytes()


def together(work: Callable[[int], Any]) -> list[Any]:
    """`work(person)` for twenty people who all start at the same moment."""
    start = Barrier(PEOPLE)

    def one(person: int) -> Any:
        start.wait()
        return work(person)

    with ThreadPoolExecutor(PEOPLE) as pool:
        return list(pool.map(one, range(PEOPLE)))


def test_twenty_people_at_once_get_the_gradients_computed_alone(
    networks: dict[str, Scratchpad],
) -> None:
    alone = [
        numbers(one_step.run(networks["one"], pictures.to_tensor(picture(i)), 0.007))
        for i in range(PEOPLE)
    ]
    steps = together(lambda i: store.step("one", picture(i), 0.007, None, None))
    assert [numbers(step) for step in steps] == alone
    assert networks["one"].most_inside == 1


def test_twenty_people_with_different_questions_get_their_own_answers(
    networks: dict[str, Scratchpad],
) -> None:
    model, cpu = networks["one"], torch.device("cpu")
    direction = np.ones((8, 8, 3), np.int8)

    def alone(i: int) -> NDArray[np.generic]:
        image = pictures.to_tensor(picture(i))
        if i % 3 == 0:
            return confidence_sweep.run(model, picture(i), direction, cpu).logits
        if i % 3 == 1:
            return random_signs.run(model, image, 2, (0.0, 0.1), i)
        *_, last = ten_steps.steps(model, image, 2, None)
        return ten_steps.result(model, image, last).logits

    def asked(i: int) -> NDArray[np.generic]:
        if i % 3 == 0:
            return store.sweep("one", picture(i), direction).logits
        if i % 3 == 1:
            return store.control("one", picture(i), 2, (0.0, 0.1), i)
        *_, (_, result) = store.ten("one", picture(i), 2, None)
        assert result is not None
        return result.logits

    expected = [alone(i) for i in range(PEOPLE)]
    for answer, right in zip(together(asked), expected, strict=True):
        np.testing.assert_array_equal(answer, right)
    assert model.most_inside == 1


def test_the_line_joins_the_sweep_to_its_other_side(networks: dict[str, Scratchpad]) -> None:
    direction = np.ones((8, 8, 3), np.int8)
    line = store.line("one", picture(1), direction, (-0.02, -0.01))
    forward = store.sweep("one", picture(1), direction)
    np.testing.assert_array_equal(line.logits[2:], forward.logits[:, line.classes])
    behind = pictures.to_tensor(picture(1)) - 0.02
    expected = networks["one"](behind.clamp(0, 1))[0, line.classes]
    np.testing.assert_allclose(line.logits[0], expected.numpy(), atol=1e-5)


def answers_of(name: str, pixels: Pixels) -> list[bytes]:
    """Everything that the store can say about a picture, with the answers as bytes."""
    direction = np.ones((*pixels.shape,), np.int8)
    *_, (_, ten) = store.ten(name, pixels, 1, None)
    assert ten is not None
    return [
        repr(store.step(name, pixels, 0.01, 1, None).clean).encode(),
        store.sweep(name, pixels, direction).logits.tobytes(),
        store.control(name, pixels, 1, (0.0, 0.1), 1).tobytes(),
        store.line(name, pixels, direction, (-0.01,)).logits.tobytes(),
        ten.logits.tobytes(),
    ]


@pytest.mark.usefixtures("networks")
def test_two_networks_never_share_an_entry() -> None:
    first, second, again = (answers_of(name, picture(1)) for name in ("one", "two", "one"))
    assert first == again
    assert all(a != b for a, b in zip(first, second, strict=True))


@pytest.mark.usefixtures("networks")
def test_pictures_that_differ_in_one_value_never_share_an_entry() -> None:
    size = max(card.input_size for card in models.MODELS)
    pixels = picture(1, size)
    other = pixels.copy()
    other[0, 0, 0] ^= 255
    first, second = answers_of("one", pixels), answers_of("one", other)
    assert all(a != b for a, b in zip(first, second, strict=True))


@pytest.mark.usefixtures("networks")
def test_epsilon_label_and_target_are_part_of_the_question() -> None:
    questions = [(0.01, None, None), (0.05, None, None), (0.01, 0, None), (0.01, 3, None)]
    questions += [(0.01, None, 0), (0.01, None, 3)]
    asked = [store.step("one", picture(1), *question) for question in questions]
    assert len({(s.epsilon, s.label, s.target) for s in asked}) >= 5
    assert asked[1].adversarial != asked[0].adversarial


@pytest.mark.usefixtures("networks")
def test_a_question_asked_twice_is_computed_once(networks: dict[str, Scratchpad]) -> None:
    first = store.step("one", picture(1), 0.01, None, None)
    networks["one"].forward = None  # type: ignore[assignment, method-assign]
    again = store.step("one", picture(1), 0.01, None, None)
    assert again.milliseconds == first.milliseconds


def test_ten_steps_tell_their_progress_once_and_are_then_kept(
    networks: dict[str, Scratchpad],
) -> None:
    first = list(store.ten("one", picture(1), 1, None))
    assert sorted({done for done, _ in first}) == list(range(1, 11))
    assert all(result is None for _, result in first[:-1])
    ((done, result),) = store.ten("one", picture(1), 1, None)
    assert done == 10 and result is first[-1][1]


@pytest.mark.usefixtures("networks")
def test_ten_steps_keep_a_bounded_number_of_results() -> None:
    for i in range(store._TEN_KEPT + 1):
        list(store.ten("one", picture(i), 1, None))
    assert len(list(store.ten("one", picture(store._TEN_KEPT), 1, None))) == 1
    assert len(list(store.ten("one", picture(0), 1, None))) > 1


def test_an_old_picture_is_forgotten(monkeypatch: pytest.MonkeyPatch) -> None:
    opened: list[bytes] = []

    def watched(data: bytes) -> Any:
        opened.append(data)
        return from_bytes(data)

    from_bytes = pictures.from_bytes
    monkeypatch.setattr(pictures, "from_bytes", watched)
    st.cache_data.clear()
    files = [pictures.to_png(picture(i)) for i in range(90)]
    for data in [files[0], *files, files[-1], files[0]]:
        store.clean_pixels(data, 8, pictures.DEFAULT_CROP)
    assert len(opened) == 91 and opened[-1] == files[0]


def cached() -> dict[str, tuple[ast.FunctionDef, ast.Call]]:
    """The store's functions under a cache decorator, with that decorator."""
    functions = [
        n for n in ast.walk(ast.parse(inspect.getsource(store))) if isinstance(n, ast.FunctionDef)
    ]
    pairs = [(f, d) for f in functions for d in f.decorator_list if "cache" in ast.dump(d)]
    assert all(isinstance(decorator, ast.Call) for _, decorator in pairs)
    return {f.name: (f, d) for f, d in pairs if isinstance(d, ast.Call)}


def test_every_cache_states_its_bound() -> None:
    for name, (_, decorator) in cached().items():
        stated = {keyword.arg for keyword in decorator.keywords}
        assert "max_entries" in stated or stated == {"photographs", "digits"}, name


def test_nothing_but_a_progress_bar_is_left_out_of_a_key() -> None:
    arguments = {a.arg for function, _ in cached().values() for a in function.args.args}
    assert {a for a in arguments if a.startswith("_")} <= {"_progress"}


def test_a_network_that_is_not_at_hand_is_not_asked_for_again_for_a_minute(
    networks: dict[str, Scratchpad], monkeypatch: pytest.MonkeyPatch
) -> None:
    clock, asked = [1000.0], []

    def load(name: str, device: object = None, progress: object = None) -> nn.Module:
        asked.append(name)
        if name == "far" and len(asked) < 3:
            raise models.Unavailable(f"No network, attempt {len(asked)}.")
        return networks["one"]

    monkeypatch.setattr(models, "load", load)
    monkeypatch.setattr(store, "time", SimpleNamespace(monotonic=lambda: clock[0]))
    monkeypatch.setattr(store, "_failures", {})

    def attempt() -> str:
        with pytest.raises(models.Unavailable) as caught:
            store.network("far", lambda share: None)
        return str(caught.value)

    assert attempt() == attempt() == "No network, attempt 1."
    clock[0] += 59
    assert attempt() == "No network, attempt 1." and asked == ["far"]
    assert store.network("near", lambda share: None) is networks["one"]
    clock[0] += 2
    assert store.network("far", lambda share: None) is networks["one"]
    assert asked == ["far", "near", "far"]
