"""Which networks are on this machine: those that need no download."""

import functools
from pathlib import Path

import torch

from demo import models
from demo.networks import downloads, released


def is_here(card: models.ModelCard) -> bool:
    """Whether `models.load` asks no network for it."""
    if card.source == "torchvision":
        file = f"{card.identifier}-{card.sha256}.pth"
        kept = Path(torch.hub.get_dir()) / "checkpoints" / file
        return kept.is_file() and _starts_with(kept, str(card.sha256), kept.stat().st_mtime_ns)
    if card.source == "timm":
        return downloads.is_in_hub_cache(f"timm/{card.identifier}", "model.safetensors")
    if card.source == "madrylab":
        return downloads.is_in_hub_cache(released.REPOSITORY, str(card.file), released.REVISION)
    return True


@functools.lru_cache(maxsize=16)
def _starts_with(path: Path, hash_prefix: str, changed: int) -> bool:
    """The file's SHA-256, read once as long as it is not `changed`."""
    return downloads.starts_with(path, hash_prefix)


def others(name: str) -> tuple[models.ModelCard, ...]:
    """The other networks of the kind that are here. A network for ten digits meets only such."""
    card = models.card(name)
    least = min(10, card.classes) if card.kind == "digits" else 0
    return tuple(
        other for other in models.known()
        if other.kind == card.kind and other.name != name and other.classes >= least
        and is_here(other)
    )  # fmt: skip
