"""The files in which what the first page shows of the gallery is kept, one a network.

`python -m demo photographs` writes them. A record is used only for the very weights, pixels and
code that made it: whatever changes one of them makes it stale, and it counts as absent.
"""

import ast
import functools
import hashlib
import importlib
import inspect
import json
from collections.abc import Mapping
from dataclasses import asdict
from pathlib import Path
from typing import Any

import numpy as np
import torch

from demo import models
from demo.data import whole
from demo.data.pictures import Pixels
from demo.experiments.attack import packed_arrays
from demo.experiments.attack.gallery_record import Recorded
from demo.experiments.attack.one_step import Answer
from demo.experiments.attack.only_the_sign import Step, ThreeSteps

FOLDER = models.ASSETS / "recorded"
CODE = (
    "demo.fgsm", "demo.scores", "demo.attacks.sign_methods", "demo.networks.architectures",
    "demo.networks.efficientnet", "demo.networks.folding", "demo.networks.fused",
    "demo.networks.weights", "demo.experiments.attack.confidence_sweep",
    "demo.experiments.attack.gallery_record", "demo.experiments.attack.logits_line",
    "demo.experiments.attack.one_step", "demo.experiments.attack.only_the_sign",
    "demo.experiments.attack.packed_arrays", "demo.experiments.attack.random_signs",
    "demo.experiments.attack.two_gradients",
)  # fmt: skip
"""The modules that compute what is recorded."""
FORMAT = 1
"""Of the files; another one cannot be read."""


def write(path: Path, weights: str, found: Mapping[str, tuple[Pixels, Recorded]]) -> None:
    """One network's file. weights: their SHA-256.  found: a photograph's name -> what it got."""
    photographs: dict[str, Any] = {}
    arrays: packed_arrays.Arrays = {}
    for name, (pixels, recorded) in found.items():
        numbers, packed = packed_arrays.pack(recorded.step, recorded.sweep, recorded.gradient,
                                             recorded.behind, recorded.control)  # fmt: skip
        photographs[digest(pixels)] = numbers | {
            "name": name, "flip": recorded.flip, "device": recorded.device,
            "sign": asdict(recorded.sign),
        }  # fmt: skip
        arrays |= {f"{name}/{key}": array for key, array in packed.items()}
    about = {"format": FORMAT, "weights": weights, "code": code(), "torch": torch.__version__,
             "photographs": photographs}  # fmt: skip
    contents: Any = arrays | {"about": np.array(json.dumps(about))}
    with whole.written(path) as partial, partial.open("wb") as file:
        np.savez_compressed(file, **contents)


def find(
    network: str, weights: str, pixels: Pixels, folder: Path = FOLDER, by: str | None = None
) -> Recorded | None:
    """What was recorded of these pixels on exactly these weights; else None.

    by: the code that must have made or confirmed it, see `code`; None: that which runs.
    """
    path = folder / f"{network}.npz"
    about = _about(path)
    if about.get("weights") != weights or about["code"] != (code() if by is None else by):
        return None
    key = digest(pixels)
    return _read(path, key) if key in about["photographs"] else None


def code_of(network: str, folder: Path = FOLDER) -> str:
    """The code that made or confirmed that network's file; empty where there is none."""
    return str(_about(folder / f"{network}.npz").get("code", ""))


@functools.lru_cache(maxsize=16)
def _about(path: Path) -> dict[str, Any]:
    """The file's first words; nothing where there is no file of this format."""
    if not path.is_file():
        return {}
    with np.load(path) as held:
        about = dict(json.loads(str(held["about"])))
    return about if about.get("format") == FORMAT else {}


@functools.lru_cache(maxsize=80)
def _read(path: Path, key: str) -> Recorded:
    numbers = _about(path)["photographs"][key]
    name = numbers["name"]
    with np.load(path) as held:
        arrays = {
            each.partition("/")[2]: held[each] for each in held if each.startswith(name + "/")
        }
    parts = packed_arrays.unpack(numbers, arrays)
    steps = {
        which: Step(**told | {"answer": Answer(**told["answer"])})
        for which, told in numbers["sign"].items()
    }
    return Recorded(*parts, numbers["flip"], ThreeSteps(**steps), numbers["device"])


def digest(pixels: Pixels) -> str:
    """SHA-256 of a picture as the network sees it, its shape included."""
    return hashlib.sha256(repr(pixels.shape).encode() + pixels.tobytes()).hexdigest()


@functools.cache
def code() -> str:
    """SHA-256 of `CODE` without what does not compute: docstrings, comments, empty lines."""
    sources = [inspect.getsource(importlib.import_module(name)) for name in CODE]
    return hashlib.sha256("\n".join(map(_computing, sources)).encode()).hexdigest()


def _computing(source: str) -> str:
    silent: set[int] = set()
    for node in ast.walk(ast.parse(source)):
        if isinstance(node, ast.Expr) and isinstance(node.value, ast.Constant):
            silent |= set(range(node.lineno, (node.end_lineno or node.lineno) + 1))
    lines = enumerate(source.splitlines(), start=1)
    kept = (line for number, line in lines if number not in silent)
    return "\n".join(line for line in kept if line.strip() and not line.strip().startswith("#"))
