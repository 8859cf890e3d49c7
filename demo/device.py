"""Where the networks run: chosen here and nowhere else.

CUDA before MPS before CPU. The environment variable `DEMO_DEVICE` overrides: `cpu`, `mps`,
`cuda`, or one of several GPUs, `cuda:1`.
"""

import os

import torch

VARIABLE = "DEMO_DEVICE"


def choose() -> torch.device:
    """The fastest device of this machine, or the one that `DEMO_DEVICE` names."""
    usable = _usable()
    wanted = os.environ.get(VARIABLE, "").strip().lower()
    if wanted and wanted not in usable:
        expected = " or ".join(usable)
        raise ValueError(f"{VARIABLE} must be {expected} on this machine, not {wanted!r}.")
    return torch.device(wanted or usable[0])


def name(device: torch.device) -> str:
    """What a person calls the device: "CPU, 2 threads", "Apple GPU (MPS)"."""
    if device.type == "cuda":
        return f"{torch.cuda.get_device_name(device)} (CUDA)"
    if device.type == "mps":
        return "Apple GPU (MPS)"
    threads = torch.get_num_threads()
    return f"CPU, {threads} thread{'' if threads == 1 else 's'}"


def _usable() -> list[str]:
    """Names that `DEMO_DEVICE` may hold here, the best first."""
    gpus = torch.cuda.device_count() if torch.cuda.is_available() else 0
    cuda = ["cuda", *(f"cuda:{gpu}" for gpu in range(gpus))] if gpus else []
    mps = ["mps"] if torch.backends.mps.is_available() else []
    return [*cuda, *mps, "cpu"]
