"""How often a network is right on photographs that it was not trained on.

    python -m demo.experiments.adversarial_training.accuracy PHOTOGRAPHS.tar

The archive holds pictures named `<number>_<ImageNet index>.<ending>`. Geometry as in the app:
shorter side resized, central crop, 8-bit pixels.
"""

import argparse
import itertools
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from pathlib import Path

import torch

import demo.device
from demo import models, scores
from demo.data import pictures
from demo.data.photographs import in_archive
from demo.fgsm import Model


@dataclass(frozen=True)
class Result:
    """Of `photographs` pictures the network named `right` as their label says."""

    right: int
    photographs: int

    @property
    def share(self) -> float:
        """0 to 1."""
        return self.right / self.photographs


def run(
    model: Model,
    photographs: Iterable[tuple[bytes, int]],
    size: int,
    device: torch.device | None = None,
) -> Result:
    """Count the right answers.

    photographs: pairs of a file's bytes and its label.  size: the network's input side.
    device: where the model is; the CPU if None.
    """
    right = count = 0
    for data, label in photographs:
        pixels = pictures.at_network_size(pictures.from_bytes(data), size)
        image = pictures.to_tensor(pixels).to(device or torch.device("cpu"))
        with torch.inference_mode():
            right += int(scores.predicted_label(model(image)).item() == label)
        count += 1
    if not count:
        raise ValueError("There is no labelled photograph to count on.")
    return Result(right, count)


def photographs(archive: Path, at_most: int | None = None) -> Iterator[tuple[bytes, int]]:
    """The labelled pictures of a tar archive in its order; label -1 means none and is left out."""
    labelled = (pair for pair in in_archive(archive) if pair[1] >= 0)
    return itertools.islice(labelled, at_most)


def main() -> None:
    """Count on the archive that the command line names, and print the share."""
    parser = argparse.ArgumentParser(description="Measure a model's accuracy on photographs.")
    parser.add_argument("archive", type=Path, help="tar of <number>_<ImageNet index>.jpg")
    parser.add_argument("--model", default=models.MODELS[0].name)
    parser.add_argument("--at-most", type=int, help="only the first so many photographs")
    options = parser.parse_args()
    card, device = models.card(options.model), demo.device.choose()
    pairs = photographs(options.archive, options.at_most)
    result = run(models.load(card.name, device), pairs, card.input_size, device)
    print(f"{card.title}: {result.right} of {result.photographs} right, {result.share:.1%}")


if __name__ == "__main__":
    main()
