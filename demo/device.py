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


def layout(device: torch.device) -> torch.memory_format:
    """How images and kernels of convolutions lie in memory where they are fastest.

    Metal convolves channels that come last at a thirtieth of its speed on the way back:
    https://github.com/pytorch/pytorch/issues/193349.
    """
    return torch.contiguous_format if device.type == "mps" else torch.channels_last


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
