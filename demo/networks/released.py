"""The robust networks of Salman et al. (arXiv:2007.08489), from their public release.

A file is a checkpoint of the robustness library: "model" has the network's tensors twice, as
`module.model.*` and as `module.attacker.model.*`, and the mean and std that stand before it.
"""

import pickle
from collections.abc import Sequence
from typing import Any

import torch

from demo.networks import downloads
from demo.networks.weights import Tensors

REPOSITORY = "madrylab/robust-imagenet-models"
REVISION = "3f04ac96136001cfe402022100728124cbe3fac5"
"""The commit whose file pages state the SHA-256 on the cards."""
PREFIX = "module.model."


def tensors(file: str, sha256: str, progress: downloads.Progress | None = None) -> Tensors:
    """All tensors of a released checkpoint, opened only if its SHA-256 is `sha256`.

    Raises `downloads.Failed` where it does not come, ValueError where it is another file.
    """
    path = downloads.from_hub(REPOSITORY, file, progress, REVISION)
    if not downloads.starts_with(path, sha256):
        raise ValueError(
            f"The file {file} is not the released one (its SHA-256 does not start with "
            f"{sha256[:12]}): delete it from the hub's cache, so that it is fetched again."
        )
    try:
        held: Any = torch.load(path, map_location="cpu", weights_only=True)
        return dict(held["model"])
    except (RuntimeError, pickle.UnpicklingError, KeyError, TypeError) as error:
        raise ValueError(
            f"The file {file} holds something else than plain weights and was not opened."
        ) from error


def network(released: Tensors, mean: Sequence[float], std: Sequence[float]) -> Tensors:
    """Those of the network itself, by torchvision's names. mean, std: that must stand before it.

    Raises ValueError where the release has others.
    """
    for what, expected in (("mean", mean), ("std", std)):
        found = released.get(f"module.normalizer.new_{what}")
        if found is None or not torch.allclose(found.flatten().float(), torch.tensor(expected)):
            raise ValueError(f"The release normalises with another {what} than {tuple(expected)}.")
    return {n.removeprefix(PREFIX): t for n, t in released.items() if n.startswith(PREFIX)}
