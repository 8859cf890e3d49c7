"""The smallest epsilon at which FGSM changes a network's answer, for each photograph that ships.

Measured once for the weights that ship (`python -m demo photographs`), read by the page.
"""

import json
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import torch

from demo import attacks, fgsm, gallery, models, pictures
from demo.experiments import confidence_sweep, failures

RECORDED = models.ASSETS / "results" / "gallery_flips.json"


@dataclass(frozen=True)
class Flip:
    """One photograph. stop: number of the first of the 65 stops whose answer is another one.

    None: none of them. right: whether the answer without attack is what is on the photograph.
    """

    photograph: str
    stop: int | None
    right: bool


def run(model: fgsm.Model, size: int, device: torch.device) -> Iterator[Flip]:
    """One `Flip` a photograph of the gallery, each attacked away from the network's own answer."""
    for photo in gallery.GALLERY:
        pixels = pictures.at_network_size(
            pictures.from_bytes(gallery.photograph(photo.name)), size, pictures.Crop()
        )
        image = pictures.to_tensor(pixels).to(device)
        label = attacks.logits_of(model, image).argmax(dim=1)
        direction = fgsm.loss_gradient(model, image, label).sign()
        stops = confidence_sweep.STOPS
        answers = attacks.logits_along(model, image, direction, stops).argmax(dim=1).cpu().numpy()
        stop = failures.first(answers != answers[0])
        yield Flip(photo.name, stop, int(label) == photo.label)


def recorded(name: str, sha256: str, path: Path = RECORDED) -> list[Flip]:
    """What was measured of the network of that name with exactly these weights; else nothing."""
    if not path.is_file():
        return []
    found = json.loads(path.read_text(encoding="utf-8"))["networks"].get(name)
    if found is None or found["sha256"] != sha256:
        return []
    return [Flip(**row) for row in found["flips"]]
