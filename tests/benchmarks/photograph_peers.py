"""Accuracy on the check set under a peer's attacks: `python -m tests.benchmarks.photograph_peers`.

    pip install --no-deps -r tests/benchmarks/requirements.txt
    python -m tests.benchmarks.photograph_peers CHECK.tar

Foolbox's FGSM and PGD on the photograph network that ships and on its robust counterpart, beside
ours: same network, same photographs, same random starts. Which photographs keep their right answer
must be the same but for one. Writes assets/results/photograph_peers.json.
"""

import argparse
import json
from importlib import metadata
from pathlib import Path
from typing import Any

import eagerpy
import foolbox
import torch
from torch import Tensor, nn

import demo.device
from demo import models
from demo.data import photographs
from demo.data.labelled import Labelled
from demo.experiments.adversarial_training import photograph_accuracy as ours

RESULTS = models.ASSETS / "results" / "photograph_peers.json"
MOST_APART = 1


class _SameStart(foolbox.attacks.LinfPGD):
    """Foolbox's PGD from the random starts that ours takes."""

    def __init__(self) -> None:
        super().__init__(rel_stepsize=1 / 8, steps=ours.STEPS, random_start=True)
        self.generator = torch.Generator().manual_seed(0)

    def get_random_start(self, x0: Any, epsilon: float) -> Any:
        images: Tensor = x0.raw
        generator = self.generator
        noise = torch.rand(images.shape, generator=generator, device=images.device) * 2 - 1
        lowest, highest = (images - epsilon).clamp_min(0), (images + epsilon).clamp_max(1)
        return eagerpy.astensor((images + epsilon * noise).clamp(lowest, highest))


def theirs(model: nn.Module, labelled: Labelled, attack: str, epsilon: float) -> Tensor:
    """Which photographs get the right answer after Foolbox's attack: (N,) bool."""
    wrapped = foolbox.PyTorchModel(model, bounds=(0, 1), device=labelled.images.device)
    peer = foolbox.attacks.LinfFastGradientAttack() if attack == "FGSM" else _SameStart()
    right = []
    for start in range(0, len(labelled), ours.BATCH):
        some = labelled[start : start + ours.BATCH]
        examples, _, _ = peer(wrapped, some.images, some.labels, epsilons=epsilon)
        with torch.inference_mode():
            right.append(model(examples).argmax(1) == some.labels)
    return torch.cat(right)


def rows(card: models.ModelCard, labelled: Labelled) -> list[dict[str, Any]]:
    """One row an attack of the card: right answers under ours, under theirs, and apart."""
    network = models.load(card.name, labelled.images.device)
    found = []
    mine = ours.outcomes(network, labelled)
    for name, attack, level in ours.named_attacks():
        if attack == "none":
            continue
        other = theirs(network, labelled, attack, level / 255).cpu()
        row = {
            "network": card.name, "sha256": card.sha256, "attack": name,
            "photographs": len(labelled), "ours": int(mine[name].sum()),
            "theirs": int(other.sum()), "apart": int((mine[name] != other).sum()),
        }  # fmt: skip
        found.append(row)
        print(row, flush=True)
    return found


def main() -> None:
    """Attack, compare, print, write."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("check", type=Path, help="tar of <number>_<ImageNet index>.jpg")
    parser.add_argument("--at-most", type=int, help="only the first so many photographs")
    options = parser.parse_args()
    labelled = photographs.measured_on(photographs.at(options.check))[: options.at_most]
    labelled = labelled.to(demo.device.choose())
    cards = [card for card in models.MODELS if card.source == "embedded"]
    found = [row for card in cards for row in rows(card, labelled)]
    whole = {
        "command": "python -m tests.benchmarks.photograph_peers CHECK.tar",
        "device": demo.device.name(demo.device.choose()), "torch": torch.__version__,
        "foolbox": metadata.version("foolbox"), "target_apart": MOST_APART, "rows": found,
    }  # fmt: skip
    RESULTS.write_text(json.dumps(whole, indent=1) + "\n", encoding="utf-8")
    print(RESULTS)


if __name__ == "__main__":
    main()
