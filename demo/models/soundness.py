"""Is a network that somebody brings fit to be attacked? Found by running it, said in a sentence.

Each `refuse_...` raises ValueError; what is only likely to be wrong is a remark.
"""

import functools

import torch
from torch import Tensor, nn

from demo import fgsm, scores
from demo.data import gallery, pictures
from demo.models.cards import MEAN, STD
from demo.networks.architectures import Normalized

PHOTOGRAPHS = 8
"""Of the gallery, on which a network is tried."""
SAME = 1e-3
"""Largest change of a logit, over the largest logit, that rounding in float32 can explain."""


@functools.lru_cache(maxsize=2)
def tried_on(size: int, device: torch.device) -> tuple[Tensor, Tensor]:
    """Photographs of the gallery, (8, 3, S, S) in [0, 1], and their ImageNet labels (8,)."""
    photos = gallery.of(1000)[:PHOTOGRAPHS]
    images = [pictures.to_tensor(gallery.pixels(photo, size)) for photo in photos]
    labels = torch.tensor([photo.label or 0 for photo in photos])
    return torch.cat(images).to(device), labels.to(device)


def logits_of(network: nn.Module, images: Tensor) -> Tensor:
    """What the network gives, (N, K); refused where that is no table of finite logits."""
    shape = tuple(images.shape)
    try:
        with torch.no_grad():
            found = network(images)
    except Exception as error:  # whatever somebody's code may raise
        raise ValueError(
            f"it cannot take images {shape} in [0, 1] ({said(error)}); another side than "
            f"{shape[-1]} is the card's size."
        ) from error
    wanted = f"where logits ({len(images)}, K) were expected, a row for each image."
    if not isinstance(found, Tensor):
        raise ValueError(f"it gives a {type(found).__name__}, {wanted}")
    if found.ndim != 2 or len(found) != len(images) or found.shape[1] < 2:
        raise ValueError(f"it gives the shape {tuple(found.shape)}, {wanted}")
    if found.dtype != torch.float32:
        raise ValueError(
            f"it gives {str(found.dtype).removeprefix('torch.')}, where float32 was expected: is "
            "there an argmax at its end, or a .half()?"
        )
    if not found.isfinite().all():
        raise ValueError("it gives NaN or infinite logits for photographs in [0, 1].")
    return found


def refuse_probabilities(logits: Tensor) -> None:
    """A softmax at the end takes from the loss the digits that its gradient needs."""
    if bool((logits >= 0).all()) and bool(((logits.sum(dim=1) - 1).abs() < SAME).all()):
        raise ValueError(
            "it gives probabilities (each row adds up to 1), where logits were expected: leave "
            "out the softmax at its end."
        )


def refuse_training_mode(network: nn.Module, images: Tensor, logits: Tensor) -> None:
    """The same picture must get the same answer, again and in other company."""
    largest = float(logits.abs().max())
    again = logits_of(network, images)
    alone = torch.cat([logits_of(network, image[None]) for image in images])
    for when, found in (("the second time", again), ("alone", alone)):
        if float((found - logits).abs().max()) > SAME * largest:
            raise ValueError(
                f"it answers the same picture otherwise {when}: is it in training mode (dropout, "
                "batch norm)? Call .eval() before it is returned."
            )


def refuse_no_gradient(network: nn.Module, images: Tensor, logits: Tensor) -> None:
    """The sign of the gradient is all that FGSM has."""
    try:
        gradient = fgsm.loss_gradient(network, images, scores.predicted_label(logits))
    except Exception as error:  # whatever somebody's code may raise
        raise ValueError(
            f"no gradient reaches the picture ({said(error)}): is there a detach, no_grad, numpy "
            "or argmax inside?"
        ) from error
    if not gradient.isfinite().all():
        raise ValueError("its gradient is NaN or infinite for photographs in [0, 1].")
    if not gradient.any():
        raise ValueError(
            "its gradient is zero everywhere, so FGSM changes nothing: is there a rounding, a "
            "sign or a threshold inside?"
        )


def remarks(network: nn.Module, ready: nn.Module, images: Tensor, labels: Tensor) -> list[str]:
    """What looks wrong about range and normalisation. network: as brought.  ready: as attacked.

    labels: (N,) of the images: another way that lowers their loss is told. Empty where the classes
    are not ImageNet's: then only a network that tells few pictures apart in [0, 1] is found.
    """
    ways = {
        "with values from 0 to 1": network,
        "with values from 0 to 255": Normalized(network, (0, 0, 0), (1 / 255,) * 3),
        "with values from -1 to 1": Normalized(network, (0.5,) * 3, (0.5,) * 3),
        "after ImageNet's mean and std": Normalized(network, MEAN, STD),
    }
    measure, enough, told = (_loss, 0.8, _LOSS) if len(labels) else (_alike, 0.5, _ALIKE)
    before = measure(ready, images, labels)
    found = {way: measure(each.to(images.device), images, labels) for way, each in ways.items()}
    best = min(found, key=lambda way: found[way])
    if before < 0.1 or found[best] > enough * before:
        return []
    return [
        f"{told.format(before=before, best=found[best])} {best}: is its normalisation inside, and "
        "the card's the right one?"
    ]


_LOSS = "The loss on photographs is {before:.2f} nats as it is attacked, and {best:.2f}"
_ALIKE = "{before:.0f} of 8 photographs get no answer of their own, and {best:.0f}"


def _loss(network: nn.Module, images: Tensor, labels: Tensor) -> float:
    with torch.no_grad():
        return float(fgsm.losses(network(images), labels).mean())


def _alike(network: nn.Module, images: Tensor, labels: Tensor) -> float:
    """Photographs whose answer another one got before."""
    with torch.no_grad():
        answers = scores.predicted_label(network(images))
    return float(len(answers) - len({*answers.tolist()}))


def said(error: BaseException) -> str:
    """The kind of an error and its first line, short enough for a sentence."""
    lines = str(error).strip().splitlines()
    return f"{type(error).__name__}: {lines[0][:160]}" if lines else type(error).__name__
