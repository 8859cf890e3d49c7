"""The attack page's caches: networks, pictures, and what was computed of them."""

import functools
import time
from collections.abc import Callable, Iterator
from typing import ParamSpec, TypeVar

import numpy as np
import streamlit as st
import torch
from numpy.typing import NDArray
from torch import Tensor, nn

from demo import device, fgsm, models, scores
from demo.data import digits, gallery, pictures
from demo.data.pictures import Pixels
from demo.experiments.attack import (
    confidence_sweep,
    logits_line,
    one_step,
    random_signs,
    ten_steps,
    two_gradients,
)
from demo.web.store import recorded, worker
from demo.web.store.by_kind import cached_by_kind
from demo.web.store.shared_work import Pieces, SharedWork

_P = ParamSpec("_P")
_R = TypeVar("_R")

_TRY_AGAIN_AFTER = 60.0
_failures: dict[str, tuple[float, str]] = {}


def network(name: str, progress: Callable[[float], None] = lambda share: None) -> nn.Module:
    """The network of that name, loaded once for everybody.

    Raises `models.Unavailable` where its weights are not at hand; for a minute after that it is
    not tried again, so that a page without the network stays quick.
    """
    failed_at, sentence = _failures.get(name, (-_TRY_AGAIN_AFTER, ""))
    if time.monotonic() - failed_at < _TRY_AGAIN_AFTER:
        raise models.Unavailable(sentence)
    try:
        return _network(name, progress)
    except models.Unavailable as error:
        _failures[name] = (time.monotonic(), str(error))
        raise


@st.cache_resource(max_entries=24, show_spinner=False)
def _network(name: str, _progress: Callable[[float], None]) -> nn.Module:
    card = models.card(name)
    try:
        loaded = models.load(name, progress=_progress)
    except torch.OutOfMemoryError as error:
        raise models.Unavailable(
            f"{card.title} does not fit into the GPU's memory just now: close what else uses it, "
            "or start the app with DEMO_DEVICE=cpu."
        ) from error
    blank = torch.zeros(1, card.channels, card.input_size, card.input_size, device=device.choose())
    in_turn(name, fgsm.loss_gradient, loaded, blank, torch.zeros_like(blank[:, 0, 0, 0]).long())
    return loaded


@st.cache_data(max_entries=16, show_spinner=False)
def class_names(name: str) -> tuple[str, ...]:
    """The names of that network's classes, in the order of its logits."""
    return models.class_names(models.card(name))


@st.cache_data(max_entries=72, show_spinner=False)
def clean_pixels(data: bytes, size: int, crop: pictures.Crop) -> Pixels:
    """A file's picture at the network's size: (size, size, 3) uint8. Raises ValueError."""
    return pictures.at_network_size(pictures.from_bytes(data), size, crop)


@st.cache_data(max_entries=16, show_spinner=False)
def clean_digit(data: bytes) -> Pixels:
    """A file's digit as MNIST would have it: (28, 28, 1) uint8. Raises ValueError."""
    return digits.as_mnist(pictures.from_bytes(data))[:, :, None]


def seen(name: str, data: bytes, crop: pictures.Crop) -> Pixels:
    """A file's picture as that network sees it: (S, S, C). Raises ValueError."""
    card = models.card(name)
    return clean_digit(data) if card.kind == "digits" else clean_pixels(data, card.input_size, crop)


def image(pixels: Pixels) -> Tensor:
    """(H, W, C) uint8 -> (1, C, H, W) in [0, 1], where the networks run."""
    return pictures.to_tensor(pixels).to(device.choose())


@st.cache_data(max_entries=16, show_spinner=False)
def gallery_digit(index: int) -> bytes:
    """The shipped digit of that number, 0 to 4,999, as a PNG."""
    return pictures.to_png(digits.embedded()[0][index])


@st.cache_data(max_entries=16, show_spinner=False)
def gallery_answers(name: str) -> tuple[NDArray[np.int64], NDArray[np.float64]]:
    """What that network says of all 5,000 digits: answers and confidences, (5000,) each."""
    network = loaded(name)
    found = [
        worker.small(_answers, network, digits.to_images(chunk).to(device.choose()))
        for chunk in np.split(digits.embedded()[0], 10)
    ]
    return np.concatenate([a for a, _ in found]), np.concatenate([c for _, c in found])


def _answers(network: nn.Module, images: Tensor) -> tuple[NDArray[np.int64], NDArray[np.float64]]:
    with torch.inference_mode():
        logits = network(images)
    return logits.argmax(dim=1).cpu().numpy(), scores.confidence(logits).cpu().numpy()


@st.cache_data(max_entries=64, show_spinner=False)
def preview(data: bytes, longest: int) -> tuple[bytes, tuple[int, int]]:
    """A small WebP of a file's picture, for thumbnails and the crop, and the full (W, H)."""
    image = pictures.from_bytes(data)
    return pictures.preview(image, longest), image.size


@st.cache_data(max_entries=32, show_spinner=False)
def gallery_bytes(name: str) -> bytes:
    """The file of a photograph in the gallery."""
    return gallery.photograph(name)


@recorded.first(recorded.step)
@cached_by_kind(photographs=144, digits=64)
def step(
    name: str, pixels: Pixels, epsilon: float, label: int | None, target: int | None
) -> one_step.OneStep:
    """One gradient on that network, for that picture."""
    return in_turn(name, one_step.run, loaded(name), image(pixels), epsilon, label, target)


@recorded.first(recorded.gradient)
@cached_by_kind(photographs=64, digits=64)
def gradient(name: str, pixels: Pixels, label: int) -> two_gradients.Gradient:
    """The raw gradient of that label's loss on that network, for that picture."""
    return in_turn(name, two_gradients.run, loaded(name), image(pixels), label)


@recorded.first(recorded.sweep)
@cached_by_kind(photographs=96, digits=64)
def sweep(
    name: str, pixels: Pixels, direction: NDArray[np.int8]
) -> confidence_sweep.ConfidenceSweep:
    """The 65 epsilons along that direction."""
    epsilons = confidence_sweep.epsilon_grid(models.card(name).kind)
    run = worker.politely(confidence_sweep.run)
    return in_turn(name, run, loaded(name), pixels, direction, device.choose(), epsilons)


@recorded.first(recorded.control)
@cached_by_kind(photographs=480, digits=320)
def control(
    name: str, pixels: Pixels, label: int, epsilons: tuple[float, ...], seed: int
) -> NDArray[np.float64]:
    """The label's probability under one seed's random signs; short, so others get their turn."""
    return in_turn(
        name, worker.politely(random_signs.run), loaded(name), image(pixels), label, epsilons, seed
    )


@recorded.first(recorded.line)
@st.cache_data(max_entries=96, show_spinner=False)
def line(
    name: str, pixels: Pixels, direction: NDArray[np.int8], negative: tuple[float, ...]
) -> logits_line.LogitsLine:
    """Logits on both sides of the picture along that direction."""
    forward = sweep(name, pixels, direction)
    return in_turn(
        name, logits_line.run, loaded(name), image(pixels), _signs(direction),
        (forward.epsilons, forward.logits), negative,
    )  # fmt: skip


@st.cache_data(max_entries=64, show_spinner=False)
def unclipped_line(
    name: str, pixels: Pixels, direction: NDArray[np.int8]
) -> logits_line.LogitsLine:
    """Logits of a digit from -1 to +1 along that direction, without the clip."""
    return in_turn(
        name, logits_line.unclipped, loaded(name), image(pixels), _signs(direction),
        logits_line.DIGIT_EPSILONS,
    )  # fmt: skip


def ten(
    name: str, pixels: Pixels, label: int, target: int | None
) -> Iterator[tuple[int, ten_steps.TenSteps | None]]:
    """The iteration, step by step: (steps done, None), at last (10, the result), then kept."""
    kind, key = models.card(name).kind, (name, pixels.tobytes(), label, target)
    network, clean, turn = loaded(name), image(pixels), functools.partial(in_turn, name)
    begin = functools.partial(_ten_pieces, network, clean, label, target, kind)
    for done, result in _ten_kept(kind).walk(key, begin, turn):
        if result is not None:
            yield 10, result
        elif done:
            yield round(done), None


_TEN_KEPT = 24
"""Of each kind; a photograph's takes 2.5 MB."""


@st.cache_resource(show_spinner=False, max_entries=len(models.KINDS))
def _ten_kept(kind: models.Kind) -> SharedWork[ten_steps.TenSteps]:
    return SharedWork(_TEN_KEPT)


def _ten_pieces(
    network: nn.Module, image: Tensor, label: int, target: int | None, kind: str
) -> Pieces[ten_steps.TenSteps]:
    walk = ten_steps.steps(network, image, label, target, ten_steps.levels_of(kind))
    for done in range(1, 11):
        adversarial = next(walk)
        yield done
    return ten_steps.result(network, image, adversarial, ten_steps.fraction_of(kind))


def loaded(name: str) -> nn.Module:
    """The network of that name, which is here: nobody waits for a download."""
    return _network(name, lambda share: None)


def in_turn(name: str, compute: Callable[_P, _R], *args: _P.args, **kwargs: _P.kwargs) -> _R:
    """compute(...) in the worker's turn; what a network for digits computes is small."""
    turn = worker.small if models.card(name).kind == "digits" else worker.in_turn
    return turn(compute, *args, **kwargs)


def _signs(direction: NDArray[np.int8]) -> Tensor:
    signs = torch.from_numpy(direction.astype(np.float32)).permute(2, 0, 1)[None]
    return signs.to(device.choose())
