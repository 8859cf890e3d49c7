"""The catalogue of networks, and `load`, which makes one ready to be attacked.

A model is a frozen module, images (N, C, S, S) in [0, 1] -> logits (N, K): normalisation inside,
`.eval()`, no parameter wants a gradient. Many threads may call it, one at a time. C is 3 for
photographs and 1 for digits; the two kinds never mix. A digit network is in the catalogue if its
weights are here.
"""

import contextlib
import functools
import importlib
import math
from collections.abc import Callable, Iterator
from dataclasses import replace
from pathlib import Path
from typing import Any
from weakref import WeakValueDictionary

import torch
from torch import nn

import demo.device
from demo.models import trained
from demo.models.cards import KINDS as KINDS
from demo.models.cards import PHOTOGRAPH_MODELS as PHOTOGRAPH_MODELS
from demo.models.cards import Accuracy as Accuracy
from demo.models.cards import Kind as Kind
from demo.models.cards import ModelCard as ModelCard
from demo.networks import architectures, downloads, efficientnet, folding, released, weights
from demo.training import photograph_recipes, recipes

ASSETS = Path(__file__).parents[2] / "assets"


class Unavailable(ValueError):
    """A model's weights are not on this machine and could not be fetched."""


NONE_OF_THEM = {"rbf": ("none of them",)}
"""The class after the digits, of the one network that has it."""


def _digit_models() -> tuple[ModelCard, ...]:
    """The cards of the digit networks whose weights are here, in the recipes' order."""
    found = [_digit_model(recipes.recipe(card.name), card) for card in trained.here()]
    here = {card.name for card in found}
    robust = {card.name: f"{card.name}-adversarial" for card in found}
    return tuple(replace(c, robust=robust[c.name]) if robust[c.name] in here else c for c in found)


def _digit_model(recipe: recipes.Recipe, card: trained.Card) -> ModelCard:
    labels = (*map(str, recipe.classes), *NONE_OF_THEM.get(recipe.name, ()))
    on = f"{card.test_images:,} test images of MNIST"
    clean, *attacked = (Accuracy(share, on, attack) for attack, share in card.test.items())
    return ModelCard(
        name=recipe.name, title=recipe.title, source="digits", identifier=recipe.name,
        parameters=card.parameters, megabytes=math.ceil(2 * card.parameters / 1e6),
        input_size=28, mean=(0.0,), std=(1.0,), licence="Apache-2.0",
        credit="trained here on MNIST's images 6,000 to 55,999: " + card.command,
        sha256=card.sha256, file=f"{recipe.name}.safetensors", accuracy=clean,
        under_attack=tuple(attacked), training=recipe.training, against=recipe.against, crop=1.0,
        classes=len(labels), labels=labels,
    )  # fmt: skip


CHECKED_ON = {
    1000: "photographs of the NIPS 2017 adversarial competition's set",
    29: "photographs of everyday things, equally many of each kind, none of them trained on",
}
"""Number of classes -> what the photograph networks' accuracies were measured on."""


def _photograph_models() -> tuple[ModelCard, ...]:
    """The photograph networks; after each, those trained here from it, if they are here."""
    found = {card.name: card for card in PHOTOGRAPH_MODELS}
    order = list(found)
    for recipe in photograph_recipes.RECIPES:
        with contextlib.suppress(trained.Absent):
            card = trained.card(recipe.name)
            standard = found[recipe.standard]
            found[recipe.name] = _trained_model(standard, recipe, card)
            order.insert(order.index(standard.name) + 1, recipe.name)
            if recipe.epsilon:
                found[recipe.standard] = replace(standard, robust=recipe.name)
    return tuple(found[name] for name in order)


def _trained_model(
    standard: ModelCard, recipe: photograph_recipes.Recipe, card: trained.Card
) -> ModelCard:
    classes = recipe.classes or standard.classes
    on = f"{card.test_images:,} {CHECKED_ON[classes]}"
    clean, *attacked = (Accuracy(share, on, attack) for attack, share in card.test.items())
    epsilon = max([row["epsilon"] for row in trained.history(recipe.name)], default=recipe.epsilon)
    return replace(
        standard, name=card.name, title=card.title, sha256=card.sha256, classes=classes,
        class_file="everyday_classes.txt" if classes == 29 else standard.class_file,
        file=f"{card.name}.safetensors", accuracy=clean, under_attack=tuple(attacked),
        parameters=card.parameters, megabytes=math.ceil(2 * card.parameters / 1e6), robust=None,
        training="adversarial" if recipe.epsilon else "standard", against=recipe.against(epsilon),
        credit=f"trained here from {standard.title}'s weights ({standard.credit}): {card.command}",
    )  # fmt: skip


MODELS: tuple[ModelCard, ...] = _photograph_models() + _digit_models()


_brought: dict[str, tuple[ModelCard, nn.Module]] = {}


def keep(card: ModelCard, network: nn.Module) -> None:
    """Offer a network that somebody brought, checked and ready: see `demo.models.brought`."""
    _brought[card.name] = card, network


def known() -> tuple[ModelCard, ...]:
    """The catalogue, and what somebody brought."""
    return (*MODELS, *(card for card, _ in _brought.values()))


def offered(kind: Kind) -> tuple[ModelCard, ...]:
    """The networks of that kind to choose from; a robust one comes with its standard one."""
    robust = {card.robust for card in known()}
    return tuple(card for card in known() if card.kind == kind and card.name not in robust)


def counterpart(name: str) -> str | None:
    """The same network, trained the other way: the robust one, or the standard one."""
    originals = {other.robust: other.name for other in known() if other.robust}
    return card(name).robust or originals.get(name)


def photograph_pairs() -> list[tuple[ModelCard, ModelCard]]:
    """The photograph networks whose weights ship, each with its robust counterpart."""
    shipped = [card for card in MODELS if card.kind == "photographs" and card.source == "embedded"]
    return [(standard, card(standard.robust)) for standard in shipped if standard.robust]


_own: WeakValueDictionary[str, trained.OwnNetwork] = WeakValueDictionary()


def adopt(own: trained.OwnNetwork) -> trained.OwnNetwork:
    """A network that was trained on a page; `card` and `load` know its name now.

    They know it for as long as somebody, a visitor's session, keeps what this returns: those who
    trained the same weights, whose name it is, share one.
    """
    return _own.setdefault(own.name, own)


def _own_model(own: trained.OwnNetwork) -> ModelCard:
    parameters = sum(p.numel() for p in own.network.parameters())
    return ModelCard(
        name=own.name, title=own.title, source="digits", identifier=own.name,
        parameters=parameters, megabytes=0, input_size=28, mean=(0.0,), std=(1.0,),
        licence="none: it is yours", credit=own.note, crop=1.0,
        classes=len(own.classes), labels=own.classes,
    )  # fmt: skip


def card(name: str) -> ModelCard:
    """The card of the model called `name`."""
    if (own := _own.get(name)) is not None:
        return _own_model(own)
    for candidate in known():
        if candidate.name == name:
            return candidate
    names = ", ".join(candidate.name for candidate in known())
    raise ValueError(f"There is no model called {name!r}; there are {names}.")


@functools.cache
def _lines(path: Path) -> tuple[str, ...]:
    return tuple(path.read_text(encoding="utf-8").splitlines())


def class_names(card: ModelCard) -> tuple[str, ...]:
    """The names of the classes, in the order of the logits."""
    return card.labels or _lines(ASSETS / card.class_file)


def load(
    name: str,
    device: torch.device | None = None,
    progress: Callable[[float], None] | None = None,
) -> nn.Module:
    """The frozen network called `name`: images (N, C, S, S) in [0, 1] -> logits (N, K).

    device: where it runs; the machine's best if None.  progress: gets 0 to 1 during a download.
    S is the card's `input_size`. Batch norms are folded into the convolutions: the same function,
    sooner; see `folding`.
    Raises `Unavailable` where weights must be fetched and cannot be, or are not what they were.
    """
    chosen, device = card(name), device or demo.device.choose()
    if name in _brought:
        return _brought[name][1].to(device)
    if chosen.source == "digits":
        return _digits(chosen).to(device).to(memory_format=demo.device.layout(device))
    try:
        network = _SOURCES[chosen.source](chosen, progress)
    except Unavailable:
        raise
    except ValueError as error:  # another file than the one that is meant
        raise Unavailable(f"{chosen.title} cannot be loaded: {error}") from error
    return _ready(network, chosen, device)


def plain(name: str) -> nn.Module:
    """The network called `name` as timm or torchvision builds it, in eval mode: to be trained.

    For photographs; images (N, 3, S, S) normalised by the caller -> logits (N, K).
    """
    chosen = card(name)
    if chosen.source != "embedded":
        return _SOURCES[chosen.source](chosen, None).eval()
    import timm

    tensors = weights.embedded(ASSETS / "weights" / str(chosen.file), str(chosen.sha256))
    network = timm.create_model(chosen.identifier, num_classes=chosen.classes)
    return weights.filled(network, weights.exact(tensors)).eval()


def prepared(tensors: weights.Tensors, name: str, device: torch.device) -> nn.Module:
    """These tensors in the architecture of the embedded network called `name`, as `load` does.

    The number of classes is the tensors' own.
    """
    classes = len(tensors["classifier.bias"])
    network = efficientnet.EfficientNetLite0(weights.exact(tensors), classes)
    return _ready(network, card(name), device)


def _ready(network: nn.Module, card: ModelCard, device: torch.device) -> nn.Module:
    """`network` normalised, frozen, rewritten if it is not yet, and laid out for `device`."""
    if card.source != "embedded":
        network = folding.fold_batch_norm(network.eval(), card.input_size)
    model = architectures.Normalized(network, card.mean, card.std).eval().requires_grad_(False)
    return model.to(device).to(memory_format=demo.device.layout(device))


def _digits(card: ModelCard) -> nn.Module:
    if (own := _own.get(card.name)) is not None:
        return own.network
    try:
        return trained.load(card.name)
    except (ValueError, OSError) as error:
        raise Unavailable(f"{card.title} cannot be loaded: {error}") from error


def _embedded(card: ModelCard, progress: downloads.Progress | None) -> nn.Module:
    tensors = weights.embedded(ASSETS / "weights" / str(card.file), str(card.sha256))
    return efficientnet.EfficientNetLite0(weights.exact(tensors), card.classes)


def _torchvision(card: ModelCard, progress: downloads.Progress | None) -> nn.Module:
    zoo: Any = importlib.import_module("torchvision.models")
    with _explained(card):
        tensors = weights.from_torchvision(card.identifier, str(card.sha256), progress)
    return weights.filled(zoo.get_model(card.identifier, **dict(card.build)), tensors)


def _timm(card: ModelCard, progress: downloads.Progress | None) -> nn.Module:
    import timm

    network: Any = timm.create_model(card.identifier, pretrained=False)
    with _explained(card):
        tensors = weights.from_hub(network.pretrained_cfg["hf_hub_id"], progress)
    return weights.filled(network, tensors)


def _madrylab(card: ModelCard, progress: downloads.Progress | None) -> nn.Module:
    zoo: Any = importlib.import_module("torchvision.models")
    with _explained(card):
        tensors = released.tensors(str(card.file), str(card.sha256), progress)
    return weights.filled(
        zoo.get_model(card.identifier), released.network(tensors, card.mean, card.std)
    )


_SOURCES = {
    "embedded": _embedded, "torchvision": _torchvision, "timm": _timm, "madrylab": _madrylab,
}  # fmt: skip


@contextlib.contextmanager
def _explained(card: ModelCard) -> Iterator[None]:
    """Turn what goes wrong in a download into one sentence for a person."""
    try:
        yield
    except (downloads.Failed, OSError) as error:
        embedded = " and ".join(other.title for other in MODELS if other.source == "embedded")
        raise Unavailable(
            f"{card.title} is not here yet: its weights ({card.megabytes} MB) are downloaded at "
            f"first use, and {error}. {embedded} needs no network and goes on working."
        ) from error
