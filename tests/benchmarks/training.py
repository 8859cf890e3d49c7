"""`python -m tests.benchmarks.training`: what adversarial training costs, as two ratios.

    python -m tests.benchmarks.training --data DIR --rounds 7 --batches 40

(a) an epoch of adversarial training (FGSM, alpha = .5) over one of standard training, both ours;
(b) ours over the same epoch written plainly: `TensorDataset`, `DataLoader`, the attack by
`loss.backward()` with the parameters' gradients on, then the two losses. Every piece of work is
the same share of an epoch; all are taken in turns in one process, and medians compared.
"""

import argparse
import json
from collections.abc import Callable
from importlib import metadata
from pathlib import Path
from typing import Any

import torch
import torch.nn.functional as F
from torch import Tensor, nn
from torch.utils.data import DataLoader, TensorDataset

import demo.device
from demo.data import digits
from demo.data.labelled import Labelled
from demo.networks import architectures
from demo.training import loop, recipes
from demo.training.adversaries import FastGradientSign
from tests.benchmarks import timing

RESULTS = Path(__file__).parents[2] / "assets" / "results" / "training.json"
NETWORKS = ("conv", "maxout")
EPOCH = 50_000
CLEAN_WEIGHT = 0.5
STANDARD, OURS, PLAIN = "standard, ours", "adversarial, ours", "adversarial, written plainly"
TARGETS = {STANDARD: 3.2, PLAIN: 0.7}
"""Of our adversarial training over each."""


def images_and_labels(folder: Path | None) -> Labelled:
    """MNIST's training images from `folder`, or the shipped digits over and over: 50,000."""
    if folder is not None:
        return digits.mnist(folder, train=True)[digits.TRAINING]
    pixels, labels = digits.embedded()
    again = torch.arange(EPOCH) % len(labels)
    return Labelled(digits.to_images(pixels)[again], torch.from_numpy(labels)[again])


def work(name: str, labelled: Labelled) -> dict[str, Callable[[], object]]:
    """One pass over `labelled` in each of the three ways, each with a network of its own."""
    recipe = recipes.recipe(name)
    return {
        STANDARD: lambda: _ours(recipe, labelled, 1.0),
        OURS: lambda: _ours(recipe, labelled, CLEAN_WEIGHT),
        PLAIN: lambda: _plain(recipe, labelled),
    }


def _ours(recipe: recipes.Recipe, labelled: Labelled, clean_weight: float) -> object:
    """`training.train`'s epoch, without the accuracies after it."""
    network = recipe.network(0, labelled)
    walk = loop.train(
        network, labelled.images, labelled.labels, held_out=labelled[:1],
        settings=loop.Settings(1, 0.01, momentum=recipe.settings.momentum, evaluated=1),
        adversary=FastGradientSign(recipes.EPSILON), clean_weight=clean_weight,
    )  # fmt: skip
    return next(walk)


def _plain(recipe: recipes.Recipe, labelled: Labelled) -> object:
    network = recipe.network(0, labelled).train()
    optimizer = _optimizer(network, recipe.settings.momentum)
    data = TensorDataset(labelled.images, labelled.labels)
    for images, labels in DataLoader(data, batch_size=100, shuffle=True):
        attacked = _attacked(network, images, labels)
        optimizer.zero_grad()
        clean = F.cross_entropy(network(images), labels)
        adversarial = F.cross_entropy(network(attacked), labels)
        loss = CLEAN_WEIGHT * clean + (1 - CLEAN_WEIGHT) * adversarial
        loss.backward()
        optimizer.step()
        if isinstance(network, architectures.Maxout):
            network.limit_norms()
    return loss.item()


def _attacked(network: nn.Module, images: Tensor, labels: Tensor) -> Tensor:
    leaves = images.clone().requires_grad_(True)
    F.cross_entropy(network(leaves), labels).backward()
    assert leaves.grad is not None
    return (images + recipes.EPSILON * leaves.grad.sign()).clamp(0, 1)


def _optimizer(network: nn.Module, momentum: float | None) -> torch.optim.Optimizer:
    """The recipe's own, as PyTorch gives it when nothing is said of how it is computed."""
    if momentum is None:
        return torch.optim.Adam(network.parameters(), 0.01)
    return torch.optim.SGD(network.parameters(), 0.01, momentum, nesterov=True)


def measured(labelled: Labelled, rounds: int) -> list[dict[str, Any]]:
    """Two rows a network: our adversarial training over each of the others."""
    rows = []
    for name in NETWORKS:
        seconds = timing.in_turns(work(name, labelled), rounds, warm_up=1)
        rows += [
            {"network": name, "ours": OURS, "against": against, "target": target}
            | timing.ratio(seconds[OURS], seconds[against])
            | {"seconds": timing.summary(seconds[OURS]),
               "their_seconds": timing.summary(seconds[against])}
            for against, target in TARGETS.items()
        ]  # fmt: skip
    return rows


def table(found: dict[str, Any]) -> str:
    """The results for a terminal."""
    head = f"{found['device']}, PyTorch {found['torch']}, {found['images']:,} images a round"
    return "\n".join([head, *map(_line, found["rows"])])


def _line(row: dict[str, Any]) -> str:
    spread = f"({row['quartile_1']:.2f} to {row['quartile_3']:.2f})"
    times = f"{row['seconds']['median']:.2f} / {row['their_seconds']['median']:.2f} s"
    return (
        f"  {row['network']:<8} {row['ours']} over {row['against']:<30} {row['ratio']:.2f} "
        f"{spread}  {times}  target {row['target']:g}"
    )


def main() -> None:
    parser = argparse.ArgumentParser(prog="python -m tests.benchmarks.training",
                                     description=__doc__)  # fmt: skip
    parser.add_argument("--data", type=Path, help="the folder that holds MNIST/raw")
    parser.add_argument("--rounds", type=int, default=7)
    parser.add_argument("--batches", type=int, default=100, help="of 100 images, in each round")
    parser.add_argument("--out", type=Path, default=RESULTS)
    options = parser.parse_args()
    whole = images_and_labels(options.data)[: 100 * options.batches]
    found = {
        "command": f"python -m tests.benchmarks.training --rounds {options.rounds} "
        f"--batches {options.batches}",
        "data": "MNIST" if options.data else "the digits that ship",
        "device": demo.device.name(torch.device("cpu")), "torch": metadata.version("torch"),
        "images": len(whole), "rows": measured(whole, options.rounds),
    }  # fmt: skip
    options.out.parent.mkdir(parents=True, exist_ok=True)
    options.out.write_text(json.dumps(found, indent=2) + "\n", encoding="utf-8")
    print(table(found))


if __name__ == "__main__":
    main()
