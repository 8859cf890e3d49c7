"""What one person gets who asks alone: computed in this process, without Streamlit or a queue."""

import base64
import contextlib
import functools
import gzip
import hashlib
import io
from dataclasses import dataclass
from typing import Any

import numpy as np
import torch
from numpy.typing import NDArray
from PIL import Image
from torch import nn

from demo import device, models, scores
from demo.data import digits, gallery, pictures
from demo.experiments.attack import confidence_sweep, one_step
from demo.web.store import worker

TOLERANCE = 1e-4
"""In probability, at the same signs: what another batch, or number of threads, may change."""
TURNED = 0.01
"""Share of the signs that may differ: where a gradient is all but nothing, rounding decides."""
FIRST_EPSILON = {"photographs": 0.007, "digits": 0.25}
UPLOAD = "upload-"


@dataclass(frozen=True)
class Question:
    """What somebody looks at. picture: a photograph's name, digit-N, or upload-SEED."""

    kind: models.Kind
    network: str
    picture: str


@dataclass(frozen=True)
class Shown:
    """What the page shows for it. clean: SHA-256 of the picture's pixels as they were sent.

    signs: of the perturbation, a byte each.
    answers: (label, confidence), clean, then adversarial.  top: the five likeliest at 65 stops.
    together: whether the curve belongs to the pictures.
    """

    network: str
    clean: str
    signs: bytes
    answers: tuple[tuple[int, float], ...]
    top: tuple[tuple[tuple[int, float], ...], ...]
    together: bool = True


def shown(components: dict[str, Any]) -> Shown:
    """What came to the page, from its components' arguments."""
    view, answers = components["viewer"], components["feed-answers"]
    return Shown(
        view["network"],
        hashlib.sha256(_unpacked(view["clean"])).hexdigest(),
        _once(_unpacked(view["signs"])),
        tuple((int(k), float(p)) for k, p in (view["cleanAnswer"], view["adversarial"]["answer"])),
        tuple(tuple((int(k), float(p)) for k, p in stop) for stop in answers["top"]),
        view["id"] == answers["id"] == components["feed-extra"]["id"],
    )


def _unpacked(sent: str) -> bytes:
    return gzip.decompress(base64.b64decode(sent))


@functools.cache
def _once(signs: bytes) -> bytes:
    """The same bytes, kept once however many see them."""
    return signs


def mistake(seen: Shown, question: Question) -> str | None:
    """How what was seen differs from what is right; None where it does not.

    Every sign that is not that of the gradient computed alone is counted, and a few are allowed
    for; the confidences are then those along the signs that were shown.
    """
    right = alone(question)
    if not seen.together:
        return "the curve is of another picture"
    if seen.network != right.network:
        return f"of {seen.network} instead of {right.network}"
    if seen.clean != right.clean:
        return "another picture"
    if seen.signs != right.signs:
        mine, theirs = (np.frombuffer(shown.signs, np.int8) for shown in (right, seen))
        turned = (mine != theirs).mean() if len(mine) == len(theirs) else 1.0
        if turned > TURNED:
            return f"{turned:.2%} of the signs are of another gradient"
        right = alone(question, seen.signs)
    return _other_answer(seen, right)


def _other_answer(seen: Shown, right: Shown) -> str | None:
    pairs = [*zip(seen.answers, right.answers, strict=True)]
    for stop, other in zip(seen.top, right.top, strict=True):
        pairs += zip(stop, other, strict=True)
    for (label, p), (right_label, right_p) in pairs:
        if abs(p - right_p) > TOLERANCE:
            return f"a confidence of {p} instead of {right_p}"
        if label != right_label and not _tied(right_label, p, right):
            return f"label {label} instead of {right_label}"
    return None


def _tied(label: int, confidence: float, right: Shown) -> bool:
    """Whether a rank may go to either of two: another has that confidence at some stop too."""
    near = [p for stop in right.top for k, p in stop if k != label]
    return any(abs(p - confidence) <= TOLERANCE for p in near)


@functools.cache
def alone(question: Question, signs: bytes | None = None) -> Shown:
    """That question's answer; each is computed once.  signs: of the gradient, if not its own."""
    card = models.card(question.network)
    network, pixels = _network(question.network), _pixels(question, card.input_size)
    label = _label(question, card.labelled)
    stops = confidence_sweep.epsilon_grid(card.kind)
    epsilon = min(stops, key=lambda stop: abs(stop - FIRST_EPSILON[card.kind]))
    image = pictures.to_tensor(pixels).to(device.choose())
    threads = worker.one_thread() if card.kind == "digits" else contextlib.nullcontext()
    with threads:  # as in the server: with two, a sign may turn where a gradient is all but nothing
        step = one_step.run(network, image, epsilon, label)
        direction = step.direction
        if signs is not None:
            direction = np.frombuffer(signs, np.int8).reshape(direction.shape)
        sweep = confidence_sweep.run(network, pixels, direction, device.choose(), stops)
    probabilities = scores.probabilities(torch.from_numpy(sweep.logits)).numpy()
    order = np.argsort(-probabilities, axis=1)[:, :5]
    attacked = (step.adversarial.label, step.adversarial.confidence)
    if signs is not None:
        first = stops.index(epsilon)
        attacked = (int(order[first, 0]), float(probabilities[first, order[first, 0]]))
    return Shown(
        card.title,
        hashlib.sha256(np.ascontiguousarray(pixels).tobytes()).hexdigest(),
        _once(np.ascontiguousarray(direction).tobytes()),
        ((step.clean.label, step.clean.confidence), attacked),
        tuple(
            tuple((int(k), float(row[k])) for k in ks)
            for ks, row in zip(order, probabilities, strict=True)
        ),
    )


def _label(question: Question, classes: int) -> int | None:
    """The class that the gallery says, of so many."""
    if question.picture.startswith("digit-"):
        true = digits.embedded()[1][int(question.picture.removeprefix("digit-"))]
        return _names(question.network).index(str(true))
    if question.picture.startswith(UPLOAD):
        return None
    return gallery.card(question.picture).label_among(classes)


@functools.lru_cache(maxsize=64)
def uploaded(seed: int) -> bytes:
    """A picture nobody else has: smooth colours, a JPEG of 640 x 480."""
    noise = np.random.default_rng(seed).integers(0, 256, (6, 8, 3), dtype=np.uint8)
    kept = io.BytesIO()
    Image.fromarray(noise).resize((640, 480), Image.Resampling.BICUBIC).save(kept, "JPEG")
    return kept.getvalue()


def _pixels(question: Question, size: int) -> NDArray[np.uint8]:
    if question.picture.startswith("digit-"):
        number = int(question.picture.removeprefix("digit-"))
        return digits.as_mnist(pictures.from_bytes(pictures.to_png(digits.embedded()[0][number])))[
            :, :, None
        ]
    if question.picture.startswith(UPLOAD):
        data = uploaded(int(question.picture.removeprefix(UPLOAD)))
    else:
        data = gallery.photograph(question.picture)
    return pictures.at_network_size(pictures.from_bytes(data), size, pictures.DEFAULT_CROP)


@functools.lru_cache(maxsize=8)
def _network(name: str) -> nn.Module:
    return models.load(name)


@functools.lru_cache(maxsize=8)
def _names(network: str) -> tuple[str, ...]:
    return models.class_names(models.card(network))
