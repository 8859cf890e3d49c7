"""Where the networks run: chosen here and nowhere else.

CUDA before MPS before CPU. The environment variable `DEMO_DEVICE` overrides: `cpu`, `mps`,
`cuda`, or one of several GPUs, `cuda:1`.
"""

import os

import torch

VARIABLE = "DEMO_DEVICE"


def choose(asked: str | None = None) -> torch.device:
    """The device asked for, or the one that `DEMO_DEVICE` names, or this machine's fastest."""
    usable = _usable()
    wanted = (asked or os.environ.get(VARIABLE, "")).strip().lower()
    if wanted and wanted not in usable:
        who, expected = "--device" if asked else VARIABLE, " or ".join(usable)
        raise ValueError(f"{who} must be {expected} on this machine, not {wanted!r}.")
    return torch.device(wanted or usable[0])


def name(device: torch.device) -> str:
    """What a person calls the device: "CPU, 2 threads", "Apple GPU (MPS)"."""
    if device.type == "cuda":
        return f"{torch.cuda.get_device_name(device)} (CUDA)"
    if device.type == "mps":
        return "Apple GPU (MPS)"
    threads = torch.get_num_threads()
    return f"CPU, {threads} thread{'' if threads == 1 else 's'}"


def layout(device: torch.device) -> torch.memory_format:
    """How images and kernels of convolutions lie in memory where they are fastest.

    Metal convolves channels that come last at a thirtieth of its speed on the way back:
    https://github.com/pytorch/pytorch/issues/193349.
    """
    return torch.contiguous_format if device.type == "mps" else torch.channels_last


_TOGETHER = {"cpu": 8, "mps": 64, "cuda": 256}
"""Photographs of 224 x 224 in one pass: on a CPU more fall out of its cache; a GPU has to hold what
the way back needs. Smaller pictures go in proportion."""


def at_once(images: torch.Tensor) -> int:
    """How many of these images, (N, C, H, W), go through a network together on their device."""
    return max(1, _TOGETHER[images.device.type] * 3 * 224 * 224 // max(1, images[:1].numel()))


def fast_in_half(device: torch.device) -> bool:
    """Whether bfloat16 is faster there than float32.

    A processor without instructions for it imitates them: 290 times slower than float32 in a
    product of matrices on an AMD EPYC with AVX2 alone.
    """
    if device.type != "cpu":
        return device.type == "cuda"
    known = torch.cpu.get_capabilities()
    return any(known.get(name, False) for name in ("avx512_bf16", "amx_bf16", "bf16"))


def _usable() -> list[str]:
    """Names that `DEMO_DEVICE` may hold here, the best first."""
    gpus = torch.cuda.device_count() if torch.cuda.is_available() else 0
    cuda = ["cuda", *(f"cuda:{gpu}" for gpu in range(gpus))] if gpus else []
    mps = ["mps"] if torch.backends.mps.is_available() else []
    return [*cuda, *mps, "cpu"]
