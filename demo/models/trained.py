"""Trained digit networks as files: weights in half precision, and a card that says what they are.

`NAME.safetensors` and `NAME.json` lie together; another seed than `SEED` is in the names.
"""

import contextlib
import dataclasses
import hashlib
import json
from pathlib import Path
from typing import Any

import safetensors.torch
import torch
from torch import Tensor, nn

from demo.data import whole
from demo.networks import weights
from demo.training import recipes

FOLDER = Path(__file__).parents[2] / "assets" / "weights"
SEED = 1
"""Of the networks that ship."""


class Absent(ValueError):
    """No such network has been trained here."""


@dataclasses.dataclass(frozen=True)
class Card:
    """What there is to know about one trained digit network.

    epochs: trained.  kept_epoch: the one whose weights these are.  seconds: the training took,
    on `device`.  test: accuracy on MNIST's 10,000 test images (or the threes and sevens among
    them), 0 to 1, by the attack's name; of a photograph network, on those it was measured on.
    sha256: of the weights' file.  images_seen: crops trained on, where that is not epochs times
    the training images.
    """

    name: str
    title: str
    training: str
    seed: int
    command: str
    recipe: str
    epochs: int
    kept_epoch: int
    parameters: int
    seconds: float
    device: str
    torch: str
    test: dict[str, float]
    test_images: int
    sha256: str
    images_seen: int = 0


@dataclasses.dataclass(frozen=True)
class OwnNetwork:
    """A digit network that a person trained on a page, for as long as the session lasts.

    name: belongs to these very weights.  classes: their names, in the order of the logits.
    network: frozen, images (N, 1, 28, 28) in [0, 1] -> logits (N, K).  note: how it was trained.
    """

    name: str
    title: str
    classes: tuple[str, ...]
    network: nn.Module
    note: str


def stem(name: str, seed: int) -> str:
    """The files' name without its ending."""
    return name if seed == SEED else f"{name}.seed{seed}"


def save(network: nn.Module, card: Card, folder: Path) -> Path:
    """Write the weights in half precision and their card, whose `sha256` is filled in here."""
    path = folder / f"{stem(card.name, card.seed)}.safetensors"
    data = safetensors.torch.save(_halves(network))
    with whole.written(path) as partial:
        partial.write_bytes(data)
    write_card(dataclasses.replace(card, sha256=hashlib.sha256(data).hexdigest()), folder)
    return path


def write_card(card: Card, folder: Path) -> None:
    """Write the card alone, beside the weights that it describes."""
    text = json.dumps(dataclasses.asdict(card), indent=2, ensure_ascii=False)
    with whole.written(folder / f"{stem(card.name, card.seed)}.json") as partial:
        partial.write_text(f"{text}\n", encoding="utf-8")


def rounded(network: nn.Module) -> nn.Module:
    """`network`, changed: its weights as the file keeps them, rounded to half precision."""
    network.load_state_dict({name: half.float() for name, half in _halves(network).items()})
    return network


def card(name: str, seed: int = SEED, folder: Path = FOLDER) -> Card:
    """The card of a trained network. Raises `Absent`."""
    path = folder / f"{stem(name, seed)}.json"
    if not path.is_file():
        again = "" if seed == SEED else f" --seed {seed}"
        raise Absent(
            f"The digit network {stem(name, seed)} is not in the folder {folder}: "
            f"python -m demo train {name}{again} makes it."
        )
    fields: dict[str, Any] = json.loads(path.read_text(encoding="utf-8"))
    return Card(**fields)


def here() -> list[Card]:
    """The cards of the digit networks whose weights are here, in the recipes' order."""
    cards = []
    for each in recipes.RECIPES:
        with contextlib.suppress(Absent):
            cards.append(card(each.name))
    return cards


def history(name: str, folder: Path = FOLDER) -> list[dict[str, Any]]:
    """A photograph network's rounds of training, from beside its weights; empty if not there."""
    path = folder / f"{name}.training.json"
    rows: list[dict[str, Any]] = []
    if path.is_file():
        rows = json.loads(path.read_text(encoding="utf-8"))
    return rows


def load(name: str, seed: int = SEED, folder: Path = FOLDER) -> nn.Module:
    """The frozen network: images (N, 1, 28, 28) in [0, 1] -> logits (N, K), in float32.

    Raises `Absent`, or ValueError where the file is not the one that its card describes.
    """
    expected = card(name, seed, folder)
    tensors = weights.embedded(folder / f"{stem(name, seed)}.safetensors", expected.sha256)
    network = recipes.recipe(name).build()
    return weights.filled(network, weights.exact(tensors)).eval().requires_grad_(False)


def _halves(network: nn.Module) -> dict[str, Tensor]:
    return {
        name: tensor.detach().cpu().to(torch.float16).contiguous()
        for name, tensor in network.state_dict().items()
    }
