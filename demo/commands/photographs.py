"""`python -m demo photographs`: the photograph networks that ship, measured.

python -m demo photographs                         # gallery -> assets/results/gallery_flips.json
                                                   # and assets/recorded/
python -m demo photographs --check CHECK.tar       # accuracy against epsilon
python -m demo photographs --check CHECK.tar --kinds   # the same among fewer kinds
python -m demo photographs --transfer              # made on one network, tested on another
"""

import argparse
import dataclasses
import json
from pathlib import Path
from typing import Any

import numpy as np
import torch
from torch import nn

import demo.device
from demo import models
from demo.commands import report
from demo.data import gallery, photographs, pictures
from demo.data.labelled import Labelled
from demo.experiments.adversarial_training import number_of_kinds, photograph_accuracy
from demo.experiments.attack import (
    gallery_flips,
    gallery_record,
    made_and_tested,
    record_files,
    survival,
)


def run(options: argparse.Namespace) -> None:
    """Measure each embedded network; print and write."""
    device = demo.device.choose(options.device)
    if options.kinds:
        _kinds(options, device)
        return
    checks = {1000: options.check, len(gallery.KINDS): options.everyday}
    if any(checks.values()):
        for classes, path in checks.items():
            if path is not None:
                _accuracies(_labelled(path, options.at_most), classes, options, device)
        return
    if options.transfer:
        _transfer(options.out / made_and_tested.RECORDED.name, device)
        return
    flips = {
        card.name: _flips(models.load(card.name, device), card, device)
        for card in models.MODELS
        if card.source == "embedded"
    }
    for card in models.MODELS:
        if card.source == "embedded":
            _record(card, device, options.recorded)
    setting = "one step of FGSM away from the network's own answer, the first of 65 stops"
    path = options.out / gallery_flips.RECORDED.name
    print(report.write(path, "photographs", device, setting, networks=flips))


def _transfer(path: Path, device: torch.device) -> None:
    """The table made on, tested on, over the gallery."""
    shipped = made_and_tested.shipped()
    networks = [models.load(name, device) for name in shipped]
    size, grid = models.card(next(iter(shipped))).input_size, survival.epsilon_grid("photographs")
    pixels = np.stack([gallery.pixels(photo, size) for photo in gallery.GALLERY])
    images = pictures.to_tensor(pixels).to(device)
    changed = [made_and_tested.run(network, networks, images, grid) for network in networks]
    setting = "one step of FGSM away from the network's own answer, saved as 8 bit"
    print(report.write(
        path, "photographs --transfer", device, setting, networks=shipped, pictures=len(pixels),
        levels=made_and_tested.levels("photographs"), changed=np.array(changed).tolist(),
    ))  # fmt: skip


def _record(card: models.ModelCard, device: torch.device, folder: Path) -> None:
    """What the first page shows of each photograph; what was recorded and still holds stays.

    Where other code made it, some epsilons of each photograph are computed anew to see that.
    """
    weights, before = str(card.sha256), record_files.code_of(card.name, folder)
    photos = gallery.of(card.classes)
    pixels = [gallery.pixels(photo, card.input_size) for photo in photos]
    kept = [record_files.find(card.name, weights, each, folder, before) for each in pixels]
    if before == record_files.code() and None not in kept:
        print(f"{card.title}: recorded already", flush=True)
        return
    network = models.load(card.name, device)
    found = {}
    for photo, each, old in zip(photos, pixels, kept, strict=True):
        label = photo.label_among(card.classes)
        assert label is not None
        if old is None or not gallery_record.agrees(old, network, each, device):
            old = gallery_record.measure(network, each, label, device)
            print(f"{card.title}: {photo.title} is recorded", flush=True)
        found[photo.name] = each, old
    path = folder / f"{card.name}.npz"
    record_files.write(path, weights, found)
    print(f"{path}: {path.stat().st_size / 1e6:.1f} MB", flush=True)


def _accuracies(
    labelled: Labelled, classes: int, options: argparse.Namespace, device: torch.device
) -> None:
    """Measure the networks of that many classes; what was measured of others stays."""
    path = options.out / photograph_accuracy.FILE
    cards = [c for c in models.MODELS if (c.source, c.classes) == ("embedded", classes)]
    networks = {card.name: models.load(card.name, device) for card in cards}
    there = labelled.to(device)
    rows = [row for card in cards for row in _rows(networks[card.name], card, there)]
    switch: list[dict[str, Any]] = [
        {"standard": card.sha256, "robust": models.card(str(card.robust)).sha256}
        | dataclasses.asdict(found)
        for card in cards
        if card.robust in networks
        for found in photograph_accuracy.switched(
            networks[card.name], networks[str(card.robust)], there
        )
    ]
    now = {card.sha256 for card in cards}
    shipped = {card.sha256 for card in models.MODELS} - now
    before = json.loads(path.read_text(encoding="utf-8")) if path.is_file() else {}
    rows = [r for r in before.get("rows", []) if r["sha256"] in shipped] + rows
    switch = [r for r in before.get("switch", []) if r["standard"] in shipped] + switch
    words = f"photographs {'--check' if classes == 1000 else '--everyday'} CHECK.tar"
    words += _at_most(options)
    setting = f"{SETTING}; what it found at a smaller epsilon counts at a larger one"
    print(report.write(path, words, device, setting, rows=rows, switch=switch))


def _kinds(options: argparse.Namespace, device: torch.device) -> None:
    """The networks of 1,000 classes, asked to choose among fewer."""
    if options.check is None:
        raise ValueError("--kinds goes with --check CHECK.tar.")
    labelled = _labelled(options.check, options.at_most).to(device)
    networks: dict[str, list[dict[str, Any]]] = {}
    for card in models.MODELS:
        if (card.source, card.classes) == ("embedded", 1000):
            rows = networks[str(card.sha256)] = []
            for among in number_of_kinds.run(models.load(card.name, device), labelled):
                rows.append(dataclasses.asdict(among))
                print(f"{card.name:<32} {among}", flush=True)
    words = f"photographs --check CHECK.tar --kinds{_at_most(options)}"
    path = options.out / number_of_kinds.RECORDED.name
    print(report.write(path, words, device, SETTING, networks=networks))


def _at_most(options: argparse.Namespace) -> str:
    return "" if options.at_most is None else f" --at-most {options.at_most}"


def _labelled(path: Path, at_most: int | None) -> Labelled:
    if not path.exists():
        raise ValueError(f"There is no {path}.")
    return photographs.measured_on(photographs.at(path))[:at_most]


SETTING = (
    "labelled photographs, 224 x 224, central crop; PGD: "
    f"{photograph_accuracy.STEPS} steps of epsilon / 8, one random start"
)


def _flips(network: nn.Module, card: models.ModelCard, device: torch.device) -> dict[str, Any]:
    found = list(gallery_flips.run(network, card.input_size, device, card.classes))
    stops = sorted(f.stop for f in found if f.stop is not None)
    print(
        f"{card.title}: {len(stops)} of {len(found)} answers change up to 16/255, "
        f"{sum(f.right for f in found)} are right without attack",
        flush=True,
    )
    return {"sha256": card.sha256, "flips": [dataclasses.asdict(f) for f in found]}


def _rows(network: nn.Module, card: models.ModelCard, labelled: Labelled) -> list[dict[str, Any]]:
    found = []
    for result in photograph_accuracy.curves(network, labelled):
        row = {
            "network": card.name, "sha256": card.sha256, "attack": result.attack,
            "level": round(255 * result.epsilon, 6), "photographs": result.count,
            "right": result.count - result.errors,
        }  # fmt: skip
        found.append(row)
        print(
            f"{card.name:<32} {result.attack:<5} {row['level']:>5g}/255  "
            f"{result.accuracy:6.1%} of {result.count}",
            flush=True,
        )
    return found
