"""A network's tensors, checked before anything is made of them: safetensors or plain weights.

Never an arbitrary pickle. Torchvision's files are pickles of a kind: they are opened with
`weights_only`, an unpickler that makes tensors and plain containers and calls nothing else.
"""

import contextlib
import hashlib
import importlib
import pickle
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import safetensors.torch
import torch
from safetensors import SafetensorError
from torch import Tensor, nn

from demo.networks import downloads

Tensors = dict[str, Tensor]
"""Name -> tensor, as `state_dict()` gives them."""


def embedded(path: Path, sha256: str) -> Tensors:
    """The tensors of a safetensors file whose SHA-256 is `sha256`, all 64 digits."""
    if not path.is_file():
        raise ValueError(f"The weights {path.name} are missing from the folder {path.parent.name}.")
    data = path.read_bytes()
    actual = hashlib.sha256(data).hexdigest()
    if actual != sha256:
        raise ValueError(
            f"The weights {path.name} are not the expected file: "
            f"their SHA-256 starts with {actual[:12]}, expected {sha256[:12]}."
        )
    with _tensors_of(path):
        return safetensors.torch.load(data)


def from_torchvision(
    identifier: str, hash_prefix: str, progress: downloads.Progress | None = None
) -> Tensors:
    """The first ImageNet weights of a torchvision model, by way of torch.hub's cache.

    The auxiliary heads, which only training used, are left out.
    """
    zoo: Any = importlib.import_module("torchvision.models")
    published = zoo.get_model_weights(identifier)["IMAGENET1K_V1"]
    cached = Path(torch.hub.get_dir()) / "checkpoints" / Path(published.url).name
    downloads.fetch(published.url, cached, hash_prefix, progress)
    with _tensors_of(cached):
        tensors = published.get_state_dict(check_hash=True, weights_only=True, map_location="cpu")
    return {name: tensor for name, tensor in tensors.items() if not name.startswith("aux")}


def from_hub(repository: str, progress: downloads.Progress | None = None) -> Tensors:
    """The tensors of a Hugging Face repository's `model.safetensors`."""
    path = downloads.from_hub(repository, "model.safetensors", progress)
    with _tensors_of(path):
        return safetensors.torch.load_file(path)


@contextlib.contextmanager
def _tensors_of(path: Path) -> Iterator[None]:
    """Refuse, by name, a file that holds anything but tensors."""
    try:
        yield
    except (RuntimeError, AttributeError, pickle.UnpicklingError, SafetensorError) as error:
        raise ValueError(
            f"The file {path.name} is no file of plain weights and was not opened: delete it from "
            "the folder of downloads, so that it is fetched again."
        ) from error


def exact(tensors: Tensors) -> Tensors:
    """Half precision, in which weights are kept, as float32; what is not half as it is."""
    return {n: t.float() if t.dtype == torch.float16 else t for n, t in tensors.items()}


def filled(network: nn.Module, tensors: Tensors) -> nn.Module:
    """`network`, changed: every tensor of its own taken from `tensors`, and none left over."""
    try:
        network.load_state_dict(tensors, strict=True)
    except RuntimeError as error:
        complaint = str(error).splitlines()[1].strip().rstrip(".")
        kind = type(network).__name__
        raise ValueError(f"The weights do not fit the network {kind}: {complaint}.") from error
    return network
