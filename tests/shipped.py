"""A few of the digits that ship, every class among them."""

import torch

from demo.data import digits
from demo.data.labelled import Labelled


def everything() -> Labelled:
    """All 5,000, in the gallery's order: class after class."""
    images, labels = digits.embedded()
    return Labelled(digits.to_images(images), torch.from_numpy(labels))


def in_turn(count: int = 40) -> Labelled:
    """So many at equal distances: all classes in turn."""
    return everything()[:: 5000 // count]


def shuffled(count: int) -> Labelled:
    """So many, always the same, in no order."""
    return everything()[torch.randperm(5000, generator=torch.Generator().manual_seed(0))[:count]]
