"""What is attacked: the embedded network, as loaded and as its users build it; photographs."""

from pathlib import Path

import timm
import torch
from torch import Tensor, nn

from demo import models, networks, pictures, scores, weights

CARD = models.MODELS[0]
PHOTOGRAPHS = models.ASSETS / "images"
ENDINGS = (".webp", ".jpg", ".jpeg", ".png", ".avif")


def bare() -> nn.Module:
    """timm's module with the shipped weights: no normalisation, nothing folded, frozen."""
    tensors = weights.embedded(models.ASSETS / "weights" / str(CARD.file), str(CARD.sha256))
    network = weights.filled(timm.create_model(CARD.identifier), tensors)
    return network.eval().requires_grad_(False)


def as_users_build_it() -> nn.Module:
    """The same behind its normalisation, its parameters left as they come, asking for gradients."""
    return networks.Normalized(bare(), CARD.mean, CARD.std).eval().requires_grad_(True)


def photographs(count: int) -> list[Path]:
    """Files spread over the gallery."""
    files = sorted(p for p in PHOTOGRAPHS.glob("*") if p.suffix in ENDINGS)
    return files[:: max(len(files) // count, 1)][:count]


def pixels(file: Path) -> pictures.Pixels:
    """The square that the network sees."""
    return pictures.at_network_size(pictures.from_bytes(file.read_bytes()), CARD.input_size)


def images(files: list[Path]) -> Tensor:
    """(N, 3, S, S) in [0, 1]."""
    return torch.cat([pictures.to_tensor(pixels(file)) for file in files])


def answers(model: nn.Module, images: Tensor) -> Tensor:
    """(N,) predicted labels."""
    with torch.no_grad():
        return scores.predicted_label(model(images))
