"""A network that somebody brings, by the words FILE.py:FUNCTION or PACKAGE.MODULE:FUNCTION.

The function takes nothing and returns a `torch.nn.Module`: images (N, 3, S, S) in [0, 1] ->
logits (N, K). Its attribute `card`, a dict, may say more; see `Told`. `docs/networks.md` has an
example. What is off is found by `soundness` and said in one sentence, a ValueError.
"""

import dataclasses
import importlib
import importlib.util
import sys
from collections.abc import Callable
from pathlib import Path
from types import ModuleType
from typing import Any

import torch
from torch import nn

import demo.device
from demo import models
from demo.models import soundness
from demo.networks.architectures import Normalized

NONE = ((0.0, 0.0, 0.0), (1.0, 1.0, 1.0))
WORDS = "FILE.py:FUNCTION or PACKAGE.MODULE:FUNCTION"


@dataclasses.dataclass(frozen=True)
class Told:
    """What a card may say.

    title: on the page; else the file's name.  classes: their names, in the order of the logits;
    else ImageNet's if there are 1,000, else numbers.  size: side of the images.  normalisation:
    (mean, std) of three channels each, put before the network; else it is inside.  robust: the
    function that builds its adversarially trained counterpart, in the same file or as `WORDS`.
    against: what it was trained against, in words.
    """

    title: str = ""
    classes: tuple[str, ...] = ()
    size: int = 224
    normalisation: tuple[tuple[float, ...], tuple[float, ...]] = NONE
    robust: str = ""
    against: str = "what its card does not say"


def bring(words: str, device: torch.device | None = None) -> models.ModelCard:
    """Build, check and keep the network that `words` name, and its counterpart if it has one.

    `models.card`, `models.load` and `models.offered` know its name from then on.
    """
    device = device or demo.device.choose()
    card, told, ready = _ready(words, device)
    if told.robust:
        place = words.rpartition(":")[0]
        other, _, network = _ready(
            told.robust if ":" in told.robust else f"{place}:{told.robust}", device
        )
        if (card.input_size, models.class_names(card)) != (
            other.input_size, models.class_names(other),
        ):  # fmt: skip
            raise ValueError(
                f"{words}: its counterpart {other.name} must have the same size and classes; it "
                f"has {other.input_size} and {other.classes}, not {card.input_size} and "
                f"{card.classes}."
            )
        models.keep(dataclasses.replace(other, training="adversarial"), network)
        card = dataclasses.replace(card, robust=other.name)
    models.keep(card, ready)
    return card


def _ready(words: str, device: torch.device) -> tuple[models.ModelCard, Told, nn.Module]:
    """The card, what was told for it, and the network as it is attacked."""
    build, name = function(words)
    try:
        told = _told(build)
        network = _built(build, device).requires_grad_(False)
        ready = Normalized(network, *told.normalisation).to(device)
        images, labels = soundness.tried_on(told.size, device)
        logits = soundness.logits_of(ready, images[:2])
        soundness.refuse_probabilities(logits)
        soundness.refuse_training_mode(ready, images[:2], logits)
        soundness.refuse_no_gradient(ready, images[:2], logits)
        card = _card(name, told, network, logits.shape[1])
        known = labels if card.classes == 1000 and not card.labels else labels[:0]
        remarks = soundness.remarks(network, ready, images, known)
    except ValueError as error:
        raise ValueError(f"{words}: {error}") from error
    return dataclasses.replace(card, remarks=tuple(remarks)), told, ready.eval()


def function(words: str) -> tuple[Callable[[], object], str]:
    """The function that `words` name, and a short name for what it builds."""
    place, _, name = words.rpartition(":")
    if not place or not name.isidentifier():
        raise ValueError(f"A network of your own is named as {WORDS}, not {words!r}.")
    module = _module(place)
    found = getattr(module, name, None)
    if not callable(found):
        own = [n for n, each in vars(module).items()
               if getattr(each, "__module__", "") == module.__name__]  # fmt: skip
        there = ", ".join(own) or "nothing of its own"
        raise ValueError(f"There is no function {name!r} in {place}, only {there}.")
    return found, f"{Path(place).stem if place.endswith('.py') else place}:{name}"


def _module(place: str) -> ModuleType:
    path = Path(place)
    if place.endswith(".py") and not path.is_file():
        raise ValueError(f"There is no file {place}.")
    try:
        return _of_file(path) if place.endswith(".py") else importlib.import_module(place)
    except (Exception, SystemExit) as error:  # whatever somebody's code may raise
        raise ValueError(f"{place} cannot be imported ({soundness.said(error)}).") from error


def _of_file(path: Path) -> ModuleType:
    """The file as a module; it may import its neighbours, as it would if it were run."""
    folder = str(path.resolve().parent)
    if folder not in sys.path:
        sys.path.append(folder)
    spec = importlib.util.spec_from_file_location(f"brought_{path.stem}", path)
    assert spec is not None and spec.loader is not None
    module = importlib.util.module_from_spec(spec)
    sys.modules[spec.name] = module
    spec.loader.exec_module(module)
    return module


def _told(build: Callable[[], object]) -> Told:
    given = getattr(build, "card", {})
    if not isinstance(given, dict):
        raise ValueError(f"its card is a dict, not a {type(given).__name__}.")
    known = [field.name for field in dataclasses.fields(Told)]
    if unknown := [name for name in given if name not in known]:
        raise ValueError(f"a card has no {unknown[0]!r}; it may have {', '.join(known)}.")
    told: dict[str, Any] = dict(given)
    for name, (right, expected) in _RIGHT.items():
        if name in told and not right(told[name]):
            raise ValueError(f"the card's {name} is {expected}, not {told[name]!r}.")
    if "classes" in told:
        told["classes"] = tuple(told["classes"])
    return Told(**told)


def _is_normalisation(given: Any) -> bool:
    try:
        mean, std = ([float(value) for value in part] for part in given)
    except (TypeError, ValueError):
        return False
    return len(mean) == len(std) == 3 and min(std) > 0


_Check = tuple[Callable[[Any], bool], str]
_WORDS_OF_ONE: _Check = lambda given: isinstance(given, str) and bool(given.strip()), "a text"
_RIGHT: dict[str, _Check] = {
    **dict.fromkeys(("title", "robust", "against"), _WORDS_OF_ONE),
    "size": (lambda given: isinstance(given, int) and 8 <= given <= 1024, "a side of 8 to 1,024"),
    "normalisation": (_is_normalisation, "(mean, std), three numbers each, std above 0"),
    "classes": (
        lambda given: isinstance(given, list | tuple) and all(isinstance(n, str) for n in given),
        "a list of names",
    ),
}
"""What a card says -> what it must be, in code and in words."""


def _built(build: Callable[[], object], device: torch.device) -> nn.Module:
    try:
        network = build()
        if isinstance(network, nn.Module):
            return network.to(device)
    except (Exception, SystemExit) as error:  # whatever somebody's code may raise
        raise ValueError(f"it cannot be built ({soundness.said(error)}).") from error
    raise ValueError(
        f"it returns a {type(network).__name__}, where a torch.nn.Module was expected."
    )


def _card(name: str, told: Told, network: nn.Module, classes: int) -> models.ModelCard:
    if told.classes and len(told.classes) != classes:
        raise ValueError(
            f"its card names {len(told.classes)} classes, and it gives {classes} logits."
        )
    numbers = () if classes == 1000 else tuple(f"class {k}" for k in range(classes))
    parameters = sum(p.numel() for p in network.parameters())
    mean, std = told.normalisation
    return models.ModelCard(
        name=name, title=told.title or name, source="brought", identifier=name,
        parameters=parameters, megabytes=round(4 * parameters / 1e6), input_size=told.size,
        mean=tuple(mean), std=tuple(std), licence="yours",
        credit=f"brought to this app: {name}", against=told.against, classes=classes,
        labels=told.classes or numbers,
    )  # fmt: skip
