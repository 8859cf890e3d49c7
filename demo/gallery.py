"""The photographs that ship with the app, in the order of their thumbnails, with their credits.

A photograph's name is its file's stem; the bytes go through `pictures.from_bytes` like anybody's.
"""

import csv
from dataclasses import dataclass
from pathlib import Path

IMAGES = Path(__file__).parent.parent / "assets" / "images"


@dataclass(frozen=True)
class Photograph:
    """One row of `assets/images/credits.csv`; `label` is the ImageNet index of what is on it."""

    name: str
    title: str
    label: int
    author: str
    licence: str
    source: str
    file: str


def _photographs() -> tuple[Photograph, ...]:
    with open(IMAGES / "credits.csv", encoding="utf-8", newline="") as rows:
        return tuple(
            Photograph(
                name=Path(row["file"]).stem,
                title=row["title"],
                label=int(row["label"]),
                author=row["author"],
                licence=row["licence"],
                source=row["source"],
                file=row["file"],
            )
            for row in csv.DictReader(rows)
        )


GALLERY = _photographs()


def card(name: str) -> Photograph:
    """The photograph's title, label and credits."""
    for photo in GALLERY:
        if photo.name == name:
            return photo
    known = ", ".join(photo.name for photo in GALLERY)
    raise ValueError(f"The gallery has no photograph {name!r}, only {known}.")


def photograph(name: str) -> bytes:
    """The photograph's file."""
    return (IMAGES / card(name).file).read_bytes()
