"""`python -m tests.benchmarks`: a table, and assets/results/benchmarks.json.

    pip install --no-deps -r tests/benchmarks/requirements.txt
    python -m tests.benchmarks --rounds 15

Ours always runs on the network that `models.load` gives. A peer runs on the network as its users
build it (timm's module behind `networks.Normalized`, parameters not frozen), and once more on
the very network that ours runs on.
"""

import argparse
import json
from importlib import metadata
from pathlib import Path
from typing import Any

from torch import Tensor, nn

import demo.device
from demo import fgsm, models
from tests.benchmarks import peers, subjects, timing, work
from tests.benchmarks.work import EPSILON, USERS, Subject

RESULTS = models.ASSETS / "results" / "benchmarks.json"
LIBRARIES = ("torch", "timm", "foolbox", "torchattacks", "captum")
FGSM_TARGETS = {f"Foolbox, {USERS}": 0.5, f"Torchattacks, {USERS}": 0.9}
FLOOR_TARGETS = {"forward + backward, bare network": 1.15}
CURVE_TARGETS = {f"Foolbox, {USERS}": 0.25, f"Foolbox and its logits, {USERS}": 0.25}
PAGE_TARGETS = {"three pictures": 1.0, "curve": 2.5, "control and logits": 6.0}


def against(seconds: timing.Seconds, targets: dict[str, float]) -> list[dict[str, Any]]:
    """One row a peer: ours over theirs."""
    return [
        {"against": name, "target": targets.get(name)}
        | timing.ratio(seconds["ours"], theirs)
        | {"ours": timing.summary(seconds["ours"]), "theirs": timing.summary(theirs)}
        for name, theirs in seconds.items()
        if name != "ours"
    ]


def page_rows(seconds: timing.Seconds) -> list[dict[str, Any]]:
    """Seconds, and multiples of one forward pass."""
    unit = seconds["one forward pass"]
    return [
        {"what": name, "target_seconds": PAGE_TARGETS.get(name)}
        | {"seconds": timing.summary(spent), "forward_passes": timing.ratio(spent, unit)["ratio"]}
        for name, spent in seconds.items()
    ]


def agreement(on: Subject) -> list[dict[str, Any]]:
    """Of each peer: the largest and the mean share of values more than 1e-6 from ours."""
    images = subjects.images(subjects.photographs(6)).to(on.device)
    labels = subjects.answers(on.model, images)
    return [_agreement(on.model, peer, images, labels) for peer in peers.PEERS]


def _agreement(
    model: nn.Module, peer: peers.Peer, images: Tensor, labels: Tensor
) -> dict[str, Any]:
    shares = []
    for epsilon in (EPSILON, 8 / 255):
        up, down = peer.fgsm(model, epsilon), peer.targeted_fgsm(model, epsilon)
        for image, label in zip(images.split(1), labels.split(1), strict=True):
            target = (label + 7) % subjects.CARD.classes
            ours = fgsm.fgsm(model, image, label, epsilon)
            toward = fgsm.targeted_fgsm(model, image, target, epsilon)
            shares.append(peers.share_apart(ours, up(image, label)))
            shares.append(peers.share_apart(toward, down(image, target)))
    mean = sum(shares) / len(shares)
    return {"peer": peer.name, "attacks": len(shares), "mean": mean, "largest": max(shares)}


def table(found: dict[str, Any]) -> str:
    """The results for a terminal."""
    lines = [found["device"], ", ".join(f"{k} {v}" for k, v in found["versions"].items())]
    for what in ("one FGSM", "one gradient", "the curve"):
        lines += [f"\n{what}: ours over theirs", *map(_ratio_line, found[what])]
    lines += ["\nthe page: seconds, and forward passes", *map(_page_line, found["the page"])]
    lines += ["\nshare of values more than 1e-6 from ours, mean and largest"]
    lines += [
        f"  {a['peer']:<48} {a['mean']:.4%}  {a['largest']:.4%}  of {a['attacks']} attacks"
        for a in found["agreement"]
    ]
    return "\n".join(lines)


def _ratio_line(row: dict[str, Any]) -> str:
    times = f"{1e3 * row['ours']['median']:8.1f} / {1e3 * row['theirs']['median']:8.1f} ms"
    spread = f"({row['quartile_1']:.2f} to {row['quartile_3']:.2f})"
    return f"  {row['against']:<48} {row['ratio']:.2f} {spread} {times}  {_target(row['target'])}"


def _page_line(row: dict[str, Any]) -> str:
    seconds = row["seconds"]
    spread = f"({seconds['quartile_1']:.3f} to {seconds['quartile_3']:.3f})"
    head = f"  {row['what']:<48} {seconds['median']:.3f} s {spread}"
    return f"{head}  {row['forward_passes']:6.1f}  {_target(row['target_seconds'])}"


def _target(value: float | None) -> str:
    return "" if value is None else f"target {value:g}"


def measured(rounds: int) -> dict[str, Any]:
    """Everything, slowest last."""
    on = Subject()
    return {
        "command": f"python -m tests.benchmarks --rounds {rounds}",
        "device": demo.device.name(on.device),
        "versions": {name: metadata.version(name) for name in LIBRARIES},
        "model": subjects.CARD.name,
        "agreement": agreement(on),
        "one FGSM": against(timing.in_turns(work.fgsm_work(on), 2 * rounds), FGSM_TARGETS),
        "one gradient": against(timing.in_turns(work.gradient_work(on), 2 * rounds), FLOOR_TARGETS),
        "the page": page_rows(timing.in_turns(work.page_work(on), rounds, warm_up=1)),
        "the curve": against(
            timing.in_turns(work.curve_work(on), rounds, warm_up=1), CURVE_TARGETS
        ),
    }


def main() -> None:
    parser = argparse.ArgumentParser(prog="python -m tests.benchmarks", description=__doc__)
    parser.add_argument("--rounds", type=int, default=15, help="of the long rows; short: twice it")
    parser.add_argument("--out", type=Path, default=RESULTS)
    options = parser.parse_args()
    found = measured(options.rounds)
    options.out.parent.mkdir(parents=True, exist_ok=True)
    options.out.write_text(json.dumps(found, indent=2) + "\n", encoding="utf-8")
    print(table(found))


if __name__ == "__main__":
    main()
