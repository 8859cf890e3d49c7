"""What a fresh process pays: seconds until its first adversarial example, and its peak memory.

    python -m tests.benchmarks.fresh Foolbox efficientnet-lite0 64

is one such process. "ours" takes the network that `models.load` gives; a peer takes the one that
its users build, and nothing but its own library. All read the same picture by `demo.data.pictures`,
and the same file of weights.
"""

import argparse
import json
import subprocess
import sys
import time
from pathlib import Path
from typing import Any

ROOT = Path(__file__).parents[2]
OURS = "ours"
MEMORY_ROUNDS = 3
MOMENTS = ("first result", "first result after the imports")
MEMORY = ("peak memory, batch 1", "peak memory, batch 64")

Found = dict[str, dict[str, list[float]]]
"""What -> library -> a value a round: seconds, or megabytes."""


def in_turns(network: str, libraries: list[str], rounds: int, batch: int = 64) -> Found:
    """A process a library and round, each round beginning with another library."""
    found: Found = {what: {name: [] for name in libraries} for what in (*MOMENTS, *MEMORY)}
    for i in range(rounds):
        first = i % len(libraries)
        for library in libraries[first:] + libraries[:first]:
            for what, value in process(library, network, batch if i < MEMORY_ROUNDS else 1).items():
                found[what][library].append(value)
    return found


def process(library: str, network: str, batch: int) -> dict[str, float]:
    """Run one, and read what it wrote. Its seconds begin here, before Python itself."""
    command = [sys.executable, "-W", "ignore", "-m", "tests.benchmarks.fresh"]
    start = time.monotonic()
    answer = subprocess.run(
        [*command, library, network, str(batch)], cwd=ROOT, check=True, stdout=subprocess.PIPE
    )
    told = json.loads(answer.stdout.splitlines()[-1])
    values = {MOMENTS[0]: told["example"] - start, MOMENTS[1]: told["example"] - told["imported"]}
    values[MEMORY[0]] = told["peak_1"]
    return values | ({MEMORY[1]: told["peak_batch"]} if batch > 1 else {})


def attack(library: str, network: str) -> tuple[Any, Any, float, float]:
    """(attack, its device, epsilon, when all imports were done)."""
    if library == OURS:
        from demo import fgsm, models
        from demo.data import pictures  # noqa: F401  (all that the attack imports)

        imported = time.monotonic()
        model, epsilon = models.load(network), _epsilon(network)
        device = next(model.parameters()).device
        return lambda x, y: fgsm.fgsm(model, x, y, epsilon), device, epsilon, imported
    import importlib

    import demo.device
    from tests.benchmarks import peers, subjects

    peer = next(peer for peer in peers.PEERS if peer.name == library)
    importlib.import_module(peer.module)
    if library == "ART":
        importlib.import_module("art.estimators.classification")
    if network == subjects.CARD.name:
        importlib.import_module("timm")
    imported = time.monotonic()
    users = subjects.as_users_build_it(network).to(demo.device.choose())
    epsilon = _epsilon(network)
    return peer.fgsm(users, epsilon), peers.device_of(users), epsilon, imported


def _epsilon(network: str) -> float:
    return 0.25 if network == "conv" else 0.007


def picture(network: str) -> Any:
    """(1, C, S, S): the panda, or the first of the digits that ship."""
    if network == "conv":
        from demo.data import digits

        return digits.to_images(digits.embedded()[0][:1])
    from demo.data import pictures

    file = ROOT / "assets" / "images" / "panda.webp"
    return pictures.to_tensor(pictures.at_network_size(pictures.from_bytes(file.read_bytes()), 224))


def peak_megabytes() -> float:
    """The largest resident set of this process so far; what CUDA's allocator held beside it.

    Linux's own count of this program: `ru_maxrss` would begin with that of the process that
    started it, which is larger here.
    """
    import torch

    status = Path("/proc/self/status")
    if status.exists():
        lines = status.read_text(encoding="utf-8").splitlines()
        held = next(int(line.split()[1]) for line in lines if line.startswith("VmHWM")) * 1024
    else:
        import resource

        held = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss  # bytes on macOS
    if torch.cuda.is_available():
        held += torch.cuda.max_memory_allocated()
    return held / 2**20


def forget_peak() -> None:
    """The peak begins anew at what is held now, where the system can do it (Linux)."""
    import torch

    forgets = Path("/proc/self/clear_refs")
    if forgets.exists():
        forgets.write_text("5", encoding="ascii")
    if torch.cuda.is_available():
        torch.cuda.reset_peak_memory_stats()


def child(library: str, network: str, batch: int) -> dict[str, float]:
    """The moments (seconds of the machine's monotonic clock) and peaks of this process."""
    run, device, epsilon, imported = attack(library, network)
    import torch

    image, label = picture(network).to(device), torch.tensor([0], device=device)
    example = run(image, label).cpu()
    moment = time.monotonic()
    assert 0 < float((example - image.cpu()).abs().max()) <= epsilon + 1e-6
    told = {"imported": imported, "example": moment, "peak_1": peak_megabytes()}
    if batch > 1:
        run(image.repeat(batch, 1, 1, 1), label.repeat(batch))
        told["peak_batch"] = peak_megabytes()
    return told


def main() -> None:
    parser = argparse.ArgumentParser(prog="python -m tests.benchmarks.fresh", description=__doc__)
    parser.add_argument("library")
    parser.add_argument("network")
    parser.add_argument("batch", type=int)
    options = parser.parse_args()
    print(json.dumps(child(options.library, options.network, options.batch)))


if __name__ == "__main__":
    main()
