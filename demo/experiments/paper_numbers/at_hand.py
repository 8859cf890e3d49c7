"""Where a trained network lies: with those that ship, or where `python -m demo train` put it."""

from pathlib import Path

import torch
from torch import nn

from demo.models import trained

FOLDERS = (trained.FOLDER, Path("trained"))


def folder(name: str, seed: int, folders: tuple[Path, ...] = FOLDERS) -> Path:
    """The first of the folders that has the network's card; the last where none has."""
    stem = trained.stem(name, seed)
    having = [place for place in folders if (place / f"{stem}.json").is_file()]
    return having[0] if having else folders[-1]


def card(name: str, seed: int, folders: tuple[Path, ...] = FOLDERS) -> trained.Card:
    """The network's card, wherever it is. Raises `trained.Absent`."""
    return trained.card(name, seed, folder(name, seed, folders))


def network(
    name: str, seed: int, device: torch.device, folders: tuple[Path, ...] = FOLDERS
) -> nn.Module:
    """The frozen network. Raises `trained.Absent`, or ValueError where a file is not its card's."""
    return trained.load(name, seed, folder(name, seed, folders)).to(device)


def missing(
    networks: tuple[tuple[str, int], ...], folders: tuple[Path, ...] = FOLDERS
) -> tuple[tuple[str, int], ...]:
    """Those of the (name, seed) that nobody has trained here."""

    def absent(name: str, seed: int) -> bool:
        stem = trained.stem(name, seed)
        return not any((folder / f"{stem}.json").is_file() for folder in folders)

    return tuple((name, seed) for name, seed in networks if absent(name, seed))


def named(networks: tuple[tuple[str, int], ...]) -> str:
    """The networks for a person: "maxout (seeds 2, 3) and maxout-l1"."""
    by_name: dict[str, list[int]] = {}
    for name, seed in networks:
        by_name.setdefault(name, []).append(seed)
    return " and ".join(
        name
        if seeds == [trained.SEED]
        else f"{name} (seed{'s' if len(seeds) > 1 else ''} {', '.join(map(str, seeds))})"
        for name, seeds in by_name.items()
    )


def hashes(
    networks: tuple[tuple[str, int], ...], folders: tuple[Path, ...] = FOLDERS
) -> dict[str, str]:
    """The SHA-256 of each network's weights, by its file's name without the ending."""
    return {trained.stem(name, seed): card(name, seed, folders).sha256 for name, seed in networks}
