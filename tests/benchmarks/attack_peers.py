"""L-BFGS and PGD against peers': `python -m tests.benchmarks.attack_peers`.

    pip install --no-deps -r tests/benchmarks/requirements.txt
    python -m tests.benchmarks.attack_peers --digits 20 --photographs 2

AdverTorch has the last L-BFGS that installs beside this PyTorch (Foolbox 3, ART 1.20 and
CleverHans 4 have none); PGD is Foolbox's. Same network, same pictures, same targets; each peer
with its own settings. Writes assets/results/attack_peers.json.
"""

import argparse
import json
import statistics
import sys
import warnings
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from importlib import metadata
from pathlib import Path
from typing import Any

import foolbox
import torch
import torch.autograd
from torch import Tensor, nn

import demo.device
from demo import models
from demo.attacks import lbfgs, sign_methods
from demo.data import digits, photographs
from demo.data.labelled import Labelled
from demo.experiments.attack_cost.counted import Counted
from tests.benchmarks import peers, subjects

gradcheck: Any = sys.modules["torch.autograd.gradcheck"]
if not hasattr(gradcheck, "zero_gradients"):
    gradcheck.zero_gradients = None  # AdverTorch imports it, for an attack that is not run here

with warnings.catch_warnings():
    warnings.simplefilter("ignore")  # SciPy's old names
    from advertorch.attacks.lbfgs import LBFGSAttack

RESULTS = models.ASSETS / "results" / "attack_peers.json"
NETWORKS = ("conv", "maxout", "conv-fgsm", "conv-adversarial", "maxout-adversarial")
PGD_STEPS = 40
EPSILONS = (0.1, 0.15, 0.2, 0.25, 0.3)
NORM_TARGET = 1.05
CPU = torch.device("cpu")
PGD = "PGD, one start, ours and Foolbox's"


@dataclass(frozen=True)
class Found:
    """One attack on one picture. norm: ||r||_2, None where the target was not reached."""

    norm: float | None
    passes: int


def ours(model: nn.Module, image: Tensor, target: int) -> Found:
    """Our L-BFGS, as the page runs it."""
    return _found(model, image, target, lambda counted: lbfgs.closest(counted, image, target))


def theirs(model: nn.Module, image: Tensor, target: int) -> Found:
    """AdverTorch's, with its own settings: nine constants, 100 iterations each."""

    def attack(counted: Counted) -> Tensor:
        classes = model(image).shape[1]
        found: Tensor = LBFGSAttack(counted, classes, targeted=True).perturb(
            image, torch.tensor([target])
        )
        return found

    with warnings.catch_warnings():
        warnings.simplefilter("ignore")  # it calls SciPy as one did years ago
        return _found(model, image, target, attack)


def _found(
    model: nn.Module, image: Tensor, target: int, attack: Callable[[Counted], Tensor | None]
) -> Found:
    counted = Counted(model)
    found = attack(counted)
    with torch.inference_mode():
        there = found is not None and int(model(found).argmax()) == target
    if found is None or not there or found.min() < 0 or found.max() > 1:
        return Found(None, counted.backward)
    return Found(float((found - image).double().norm()), counted.backward)


def lbfgs_row(name: str, model: nn.Module, images: Tensor) -> dict[str, Any]:
    """Both on every image, toward the runner-up."""
    pairs = []
    for image in images.split(1):
        with torch.inference_mode():
            target = int(model(image)[0].topk(2).indices[1])
        pairs.append((ours(model, image, target), theirs(model, image, target)))
    ratios = [a.norm / b.norm for a, b in pairs if a.norm and b.norm]
    both = list(zip(*pairs, strict=True))
    return {
        "network": name, "pictures": len(pairs),
        "reached": [sum(f.norm is not None for f in side) for side in both],
        "median_norm_ratio": statistics.median(ratios),
        "largest_norm_ratio": max(ratios),
        "median_passes": [statistics.median(f.passes for f in side) for side in both],
    }  # fmt: skip


def pgd_row(
    name: str, model: nn.Module, labelled: Labelled, epsilons: Sequence[float] = EPSILONS,
    steps: int = PGD_STEPS, share: float = 2.5 / PGD_STEPS, at_once: int = 200,
) -> Iterator[dict[str, Any]]:  # fmt: skip
    """Wrong answers under both at the same epsilon, steps, step and number of starts: one.

    share: the step's of epsilon.
    """
    known = labelled[sign_methods.logits_of(model, labelled.images).argmax(1) == labelled.labels]
    peer = foolbox.attacks.LinfPGD(steps=steps, rel_stepsize=share)
    for epsilon in epsilons:
        generator = torch.Generator().manual_seed(1)
        torch.manual_seed(1)
        mine, other = [], []
        for some in known.pieces(at_once):
            mine.append(sign_methods.projected_gradient_descent(
                model, some.images, some.labels, epsilon, steps, share * epsilon, generator
            ))  # fmt: skip
            wrong = foolbox.criteria.Misclassification(some.labels)
            other.append(peer.run(peers.foolbox_model(model), some.images, wrong, epsilon=epsilon))
        both = torch.cat(mine), torch.cat(other)
        norms = [float((x - known.images).flatten(1).norm(dim=1).median()) for x in both]
        yield {
            "network": name, "epsilon": epsilon, "pictures": len(known),
            "fooled": [
                int((sign_methods.logits_of(model, x).argmax(1) != known.labels).sum())
                for x in both
            ],
            "largest_change": [float((x - known.images).abs().max()) for x in both],
            "median_norm_ratio": norms[0] / norms[1],
        }  # fmt: skip


def everyday(check: Path, count: int) -> dict[str, Any]:
    """PGD as the cards have it, on both networks for everyday things and so many photographs."""
    labelled = photographs.measured_on(photographs.at(check))[:count]
    cards = [c for c in models.MODELS if (c.source, c.classes) == ("embedded", 29)]
    return {
        "command": f"python -m tests.benchmarks.attack_peers --everyday CHECK.tar --count {count}",
        "device": demo.device.name(CPU), "threads": torch.get_num_threads(),
        "photographs": len(labelled),
        PGD: [
            row
            for card in cards
            for row in pgd_row(
                card.name, models.load(card.name, CPU), labelled, (0.007, 4 / 255), 20, 1 / 8, 25
            )
        ],
    }  # fmt: skip


def some_digits(each: int) -> Labelled:
    """So many of each class of the digits that ship."""
    images, labels = digits.embedded()
    chosen = torch.arange(len(labels)).reshape(10, -1)[:, 7 : 7 + 9 * each : 9].flatten().numpy()
    return Labelled(digits.to_images(images[chosen]), torch.from_numpy(labels[chosen]))


def measured(count: int, photographs: int) -> dict[str, Any]:
    """Everything; [ours, theirs] where there are two numbers."""
    few, many = some_digits(max(1, count // 10)), some_digits(20)
    networks = {name: models.load(name, CPU) for name in NETWORKS}
    rows = [lbfgs_row(name, model, few.images) for name, model in networks.items()]
    if photographs:
        images = subjects.images(subjects.photographs(photographs))
        rows.append(lbfgs_row(subjects.CARD.name, models.load(subjects.CARD.name, CPU), images))
    pgd = [row for name, model in networks.items() for row in pgd_row(name, model, many)]
    return {
        "command": f"python -m tests.benchmarks.attack_peers --digits {count} "
        f"--photographs {photographs}",
        "device": demo.device.name(CPU), "threads": torch.get_num_threads(),
        "versions": {n: metadata.version(n) for n in ("torch", "scipy", "advertorch", "foolbox")},
        "L-BFGS toward the runner-up, ours and AdverTorch's": rows,
        PGD: pgd,
    }  # fmt: skip


def table(found: dict[str, Any]) -> str:
    """The results for a terminal."""
    lines = [", ".join(f"{k} {v}" for k, v in found.get("versions", {}).items())]
    rows = found.get("L-BFGS toward the runner-up, ours and AdverTorch's", [])
    if rows:
        lines.append("\nL-BFGS: reached, norm over theirs (median, largest), passes")
    for r in rows:
        lines.append(
            f"  {r['network']:<20} {r['reached'][0]}:{r['reached'][1]} of {r['pictures']}  "
            f"{r['median_norm_ratio']:.3f} {r['largest_norm_ratio']:.3f}  "
            f"{r['median_passes'][0]:.0f}:{r['median_passes'][1]:.0f}"
        )
    lines.append("\nPGD: fooled at epsilon, 2-norm over theirs")
    for r in found[PGD]:
        lines.append(
            f"  {r['network']:<20} {r['epsilon']:<5} {r['fooled'][0]}:{r['fooled'][1]} of "
            f"{r['pictures']}  {r['median_norm_ratio']:.3f}"
        )
    return "\n".join(lines)


def main() -> None:
    parser = argparse.ArgumentParser(prog="python -m tests.benchmarks.attack_peers")
    parser.add_argument("--digits", type=int, default=20, help="for L-BFGS, on each network")
    parser.add_argument("--photographs", type=int, default=2, help="minutes each")
    parser.add_argument("--everyday", type=Path, help="only PGD on these labelled photographs")
    parser.add_argument("--count", type=int, default=145, help="of them")
    parser.add_argument("--out", type=Path, default=RESULTS)
    options = parser.parse_args()
    torch.set_num_threads(1)  # a picture at a time: more only wait for each other
    before = json.loads(options.out.read_text(encoding="utf-8")) if options.out.exists() else {}
    if options.everyday:
        found = everyday(options.everyday, options.count)
        kept = before | {"everyday": found}
    else:
        found = measured(options.digits, options.photographs)
        kept = found | {k: before[k] for k in ("everyday",) if k in before}
    options.out.write_text(json.dumps(kept, indent=2, ensure_ascii=False) + "\n", encoding="utf-8")
    print(table(found))


if __name__ == "__main__":
    main()
