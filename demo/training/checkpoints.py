"""A training that can be killed: what is needed to go on, written whole after each epoch."""

import dataclasses
import pickle
import zipfile
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import torch
from torch import Tensor, nn

from demo.data import whole
from demo.data.labelled import Labelled
from demo.training import loop, recipes


class Refused(ValueError):
    """A checkpoint that is damaged or belongs to another training."""


@dataclasses.dataclass
class Run:
    """A training as it stands: `best` is the state of the epoch with the best `score`.

    recipe: a `recipes.Recipe` or a `photograph_recipes.Recipe`.  average: of the weights over
    the steps, where the training keeps one.
    """

    recipe: Any
    seed: int
    network: nn.Module
    optimizer: torch.optim.Optimizer
    history: list[loop.Epoch]
    best: dict[str, Tensor]
    score: float = -1.0
    best_epoch: int = 0
    average: Any = None


def started(recipe: recipes.Recipe, seed: int, labelled: Labelled, path: Path | None) -> Run:
    """The run kept at `path`, or a new one where there is none. Raises `Refused`.

    labelled: the training images, on the device where the run is to be.
    """
    network = recipe.network(seed, labelled).to(labelled.images.device)
    optimizer = loop.optimizer_for(network, recipe.settings)
    run = Run(recipe, seed, network, optimizer, [], _copy(network))
    return restored(run, path)


def epochs(
    run: Run,
    labelled: Labelled,
    held_out: Labelled,
    path: Path | None,
    progress: Callable[[float], None] | None = None,
) -> Iterator[loop.Epoch]:
    """Go on with `run`, changing it, until its recipe's epochs are done; keep it after each."""
    recipe = run.recipe
    walk = loop.train(
        run.network, labelled.images, labelled.labels, held_out=held_out, settings=recipe.settings,
        adversary=recipe.adversary, clean_weight=recipe.clean_weight, loss=recipe.loss,
        penalty=recipe.penalty, seed=run.seed, optimizer=run.optimizer, done=len(run.history),
        progress=progress,
    )  # fmt: skip
    yield from kept(run, walk, path)


def kept(run: Run, walk: Iterator[loop.Epoch], path: Path | None) -> Iterator[loop.Epoch]:
    """The epochs of `walk`, which trains `run.network`; each is recorded, and kept at `path`."""
    for epoch in walk:
        run.history.append(epoch)
        score = epoch.number if run.recipe.kept == "last" else getattr(epoch, run.recipe.kept)
        if score >= run.score:
            run.best, run.score, run.best_epoch = _copy(run.network), score, epoch.number
        if path is not None:
            _keep(run, path)
        yield epoch


def _copy(network: nn.Module) -> dict[str, Tensor]:
    return {name: tensor.detach().clone() for name, tensor in network.state_dict().items()}


def _settings(run: Run) -> dict[str, Any]:
    """What must be the same for a run to go on."""
    return {"seed": run.seed, "recipe": _plain(run.recipe)}


def _plain(value: Any) -> Any:
    """A recipe as a dictionary of numbers and names; a function is its name."""
    if dataclasses.is_dataclass(value):
        fields = {f.name: _plain(getattr(value, f.name)) for f in dataclasses.fields(value)}
        return {"kind": type(value).__name__, **fields}
    return getattr(value, "__qualname__", value)


def _keep(run: Run, path: Path) -> None:
    state = {
        "settings": _settings(run),
        "network": run.network.state_dict(),
        "optimizer": run.optimizer.state_dict(),
        "history": [dataclasses.asdict(epoch) for epoch in run.history],
        "best": run.best,
        "score": run.score,
        "best_epoch": run.best_epoch,
        "average": None if run.average is None else run.average.state_dict(),
    }
    try:
        with whole.written(path) as partial:
            torch.save(state, partial)
    except (OSError, RuntimeError) as error:  # PyTorch's writer has its own for a full disk
        raise OSError(
            f"The checkpoint {path} could not be written ({str(error).splitlines()[0][:80]}): the "
            "one before it is still there, so make room and start again, and the training goes on."
        ) from error


def restored(run: Run, path: Path | None) -> Run:
    """`run`, changed to what is kept at `path`, if anything is. Raises `Refused`."""
    if path is None or not path.exists():
        return run
    kept = _opened(path, run.network)
    if kept.get("settings") != _settings(run):
        raise Refused(
            f"The checkpoint {path} belongs to another recipe or seed than {run.recipe.name}'s: "
            "--restart begins anew and replaces it."
        )
    run.network.load_state_dict(kept["network"])
    run.optimizer.load_state_dict(kept["optimizer"])
    run.history = [loop.Epoch(**epoch) for epoch in kept["history"]]
    run.best, run.score, run.best_epoch = kept["best"], kept["score"], kept["best_epoch"]
    if run.average is not None:
        run.average.load_state_dict(kept["average"])
    return run


def _opened(path: Path, network: nn.Module) -> dict[str, Any]:
    try:
        device = next(network.parameters()).device
        kept: dict[str, Any] = torch.load(path, map_location=device, weights_only=True)
    except (RuntimeError, OSError, EOFError, pickle.UnpicklingError, zipfile.BadZipFile) as error:
        raise Refused(
            f"The checkpoint {path} is damaged and is left as it is: --restart begins anew and "
            "replaces it."
        ) from error
    return kept
