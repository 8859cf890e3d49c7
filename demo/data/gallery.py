"""The photographs that ship with the app, in the order of their thumbnails, with their credits.

Two sets of classes name them: ImageNet's thousand and the kinds of everyday things. A network's
gallery is the photographs whose class is among its own. A photograph's name is its file's stem;
the bytes go through `pictures.from_bytes` like anybody's.
"""

import csv
from dataclasses import dataclass
from pathlib import Path

from demo.data import pictures

ASSETS = Path(__file__).parents[2] / "assets"
IMAGES = ASSETS / "images"
KINDS = tuple((ASSETS / "everyday_classes.txt").read_text(encoding="utf-8").splitlines())
"""The names of the everyday kinds, in the order of the logits."""


@dataclass(frozen=True)
class Photograph:
    """One row of `assets/images/credits.csv`.

    label: the ImageNet index of what is on it.  kind: the number of its everyday kind; either is
    None where what is on it is none of those classes.
    """

    name: str
    title: str
    label: int | None
    kind: int | None
    author: str
    licence: str
    source: str
    file: str

    def label_among(self, classes: int) -> int | None:
        """Its label for a network of that many classes, None if it has none there."""
        return {1000: self.label, len(KINDS): self.kind}.get(classes)


def _photographs() -> tuple[Photograph, ...]:
    with open(IMAGES / "credits.csv", encoding="utf-8", newline="") as rows:
        return tuple(
            Photograph(
                name=Path(row["file"]).stem,
                title=row["title"],
                label=int(row["label"]) if row["label"] else None,
                kind=KINDS.index(row["kind"]) if row["kind"] else None,
                author=row["author"],
                licence=row["licence"],
                source=row["source"],
                file=row["file"],
            )
            for row in csv.DictReader(rows)
        )


GALLERY = _photographs()


def of(classes: int) -> tuple[Photograph, ...]:
    """The photographs that a network of that many classes knows; all where it knows none."""
    known = tuple(photo for photo in GALLERY if photo.label_among(classes) is not None)
    return known or GALLERY


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


def pixels(photo: Photograph, size: int) -> pictures.Pixels:
    """A photograph as a network of that input size sees it: (S, S, 3)."""
    return pictures.at_network_size(pictures.from_bytes(photograph(photo.name)), size)
