"""What is attacked: two networks, as loaded and as their users build them; pictures for each."""

from pathlib import Path

import torch
from torch import Tensor, nn

import demo.device
from demo import models, scores
from demo.data import digits, gallery, pictures
from demo.models import trained
from demo.networks import architectures, weights

CARD = models.MODELS[0]
DIGITS = models.card("conv")
NETWORKS = (CARD.name, DIGITS.name)
EPSILONS = {CARD.name: 0.007, DIGITS.name: 0.25}
"""The paper's, for each kind of picture."""


def bare() -> nn.Module:
    """timm's module with the shipped weights: no normalisation, nothing folded, frozen."""
    import timm  # here, because a process that asks digits only has no need of it

    tensors = weights.embedded(models.ASSETS / "weights" / str(CARD.file), str(CARD.sha256))
    network = weights.filled(timm.create_model(CARD.identifier), tensors)
    return network.eval().requires_grad_(False)


def as_users_build_it(name: str = CARD.name) -> nn.Module:
    """The network as PyTorch gives it, its parameters asking for gradients as they come.

    Photographs: timm's module behind its normalisation.  Digits: the plain module.
    """
    if name == CARD.name:
        normalized = architectures.Normalized(bare(), CARD.mean, CARD.std)
        return normalized.eval().requires_grad_(True)
    return trained.load(name).requires_grad_(True)


def photographs(count: int) -> list[Path]:
    """Files spread over the network's gallery."""
    files = sorted(gallery.IMAGES / photo.file for photo in gallery.of(CARD.classes))
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


class Subject:
    """One of the two networks and pictures for it, on the device of this machine.

    model: as loaded.  users: as its users build it.  pixels: (H, W, C) uint8, of the first
    picture.  images: (N, C, H, W), N up to 64; photographs come round again after sixteen.
    labels: (N,), the model's answers.
    """

    def __init__(self, name: str = CARD.name, count: int = 64) -> None:
        self.name, self.epsilon = name, EPSILONS[name]
        self.kind = models.card(name).kind
        self.classes = models.card(name).classes
        self.device = demo.device.choose()
        self.pixels, images = (_photographs if name == CARD.name else _digits)(count)
        self.images = images.to(self.device)
        self.model = models.load(name, self.device)
        self.users = as_users_build_it(name).to(self.device)
        self.labels = answers(self.model, self.images)

    def batch(self, n: int) -> tuple[Tensor, Tensor]:
        """The first n images and their labels."""
        return self.images[:n], self.labels[:n]


def _photographs(count: int) -> tuple[pictures.Pixels, Tensor]:
    files = photographs(min(count, 16))
    several = images(files)
    return pixels(files[0]), several.repeat(count // len(files) + 1, 1, 1, 1)[:count]


def _digits(count: int) -> tuple[pictures.Pixels, Tensor]:
    """Digits of whose answer the network is less than 99 % sure, spread over those that ship.

    Of a surer answer float32 keeps so little of 1 - p_y that a gradient through the probabilities,
    as the peers take it, is partly or wholly 0, and their step another one: not the same work.
    """
    gallery, _ = digits.embedded()
    everything = digits.to_images(gallery)
    with torch.inference_mode():
        sure = models.load(DIGITS.name, torch.device("cpu"))(everything).softmax(1).amax(1)
    unsure = torch.nonzero(sure < 0.99)[:, 0]
    chosen = gallery[unsure[:: len(unsure) // count][:count].numpy()]
    return chosen[0][..., None], digits.to_images(chosen)
