"""A pickle is never opened, and a file that is not the expected one is refused by name."""

import errno
import json
import os
import pickle
import subprocess
import sys
from dataclasses import replace
from hashlib import sha256
from pathlib import Path
from typing import Any

import huggingface_hub
import pytest
import torch
from torch import nn
from torchvision.models import get_model_weights

from demo import models
from demo.data import digits
from demo.models import trained
from demo.networks import architectures, downloads, weights
from demo.training import checkpoints
from tests.models.test_trained import card, network
from tests.training.test_checkpoints import RECIPE, data, run

CPU = torch.device("cpu")


class Evil:
    """Unpickling it makes a file; opening it safely does not."""

    def __init__(self, mark: Path) -> None:
        self.mark = mark

    def __reduce__(self) -> tuple[Any, ...]:
        return os.mkdir, (str(self.mark),)


@pytest.fixture
def mark(tmp_path: Path) -> Path:
    """A folder that comes into being where a pickle was opened."""
    place = tmp_path / "opened"
    pickle.loads(pickle.dumps(Evil(place)))
    assert place.is_dir()  # it does what it is made for
    place.rmdir()
    return place


def written(path: Path, mark: Path, kind: str) -> Path:
    path.parent.mkdir(parents=True, exist_ok=True)
    if kind == "bare":
        path.write_bytes(pickle.dumps({"network": Evil(mark)}, protocol=2))
    else:
        torch.save({"signature": Evil(mark), "network": {}}, path)
    return path


@pytest.mark.parametrize("kind", ["bare", "in PyTorch's archive"])
def test_a_checkpoint_that_is_a_pickle_runs_nothing(tmp_path: Path, mark: Path, kind: str) -> None:
    path = written(tmp_path / "kept.pt", mark, kind)
    with pytest.raises(checkpoints.Refused, match=r"kept\.pt is damaged"):
        checkpoints.started(RECIPE, 1, data(), path)
    assert not mark.exists()


@pytest.mark.parametrize("kind", ["bare", "in PyTorch's archive"])
def test_torchvisions_file_that_is_a_pickle_runs_nothing(
    tmp_path: Path, mark: Path, kind: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("TORCH_HOME", str(tmp_path / "cache"))
    published = get_model_weights("googlenet")["IMAGENET1K_V1"]
    body = written(tmp_path / "file", mark, kind).read_bytes()
    prefix = sha256(body).hexdigest()[:8]  # even one whose hash is right
    place = tmp_path / "cache" / "hub" / "checkpoints" / f"googlenet-{prefix}.pth"
    place.parent.mkdir(parents=True)
    place.write_bytes(body)
    monkeypatch.setattr(published.value, "url", f"http://127.0.0.1:1/{place.name}")
    chosen = replace(models.card("googlenet"), sha256=prefix)
    monkeypatch.setattr(models, "MODELS", (models.MODELS[0], chosen))
    with pytest.raises(models.Unavailable, match=rf"{place.name} is no file of plain weights"):
        models.load("googlenet", CPU)
    assert not mark.exists()


@pytest.mark.parametrize("kind", ["bare", "in PyTorch's archive"])
def test_the_hubs_file_that_is_a_pickle_runs_nothing(
    tmp_path: Path, mark: Path, kind: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    path = written(tmp_path / "model.safetensors", mark, kind)
    monkeypatch.setattr(huggingface_hub, "try_to_load_from_cache", lambda *_: str(path))
    with pytest.raises(models.Unavailable, match=r"model\.safetensors is no file of plain weights"):
        models.load("inception-v3", CPU)
    assert not mark.exists()


@pytest.mark.parametrize("kind", ["bare", "in PyTorch's archive"])
def test_trained_weights_that_are_a_pickle_run_nothing(
    tmp_path: Path, mark: Path, kind: str
) -> None:
    path = trained.save(network(), card(), tmp_path)
    written(path, mark, kind)
    with pytest.raises(ValueError, match=r"softmax\.safetensors are not the expected file"):
        trained.load("softmax", folder=tmp_path)
    facts = json.loads(path.with_suffix(".json").read_text(encoding="utf-8"))
    facts["sha256"] = sha256(path.read_bytes()).hexdigest()  # whoever wrote it wrote the card too
    path.with_suffix(".json").write_text(json.dumps(facts), encoding="utf-8")
    with pytest.raises(ValueError, match=r"softmax\.safetensors is no file of plain weights"):
        trained.load("softmax", folder=tmp_path)
    assert not mark.exists()


def test_the_hubs_file_with_other_bytes_than_its_name_says_is_refused(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    blob = tmp_path / "blobs" / sha256(b"as published").hexdigest()
    blob.parent.mkdir()
    blob.write_bytes(b"as published")
    named = tmp_path / "model.safetensors"
    named.symlink_to(blob)
    monkeypatch.setattr(huggingface_hub, "try_to_load_from_cache", lambda *_: str(named))
    assert downloads.from_hub("timm/x", "model.safetensors") == named
    blob.write_bytes(b"another one")
    with pytest.raises(models.Unavailable, match=r"Inception v3 is not here.*SHA-256 differs"):
        models.load("inception-v3", CPU)


def test_weights_of_another_shape_are_refused_by_name_from_every_source(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    other = nn.Linear(2, 2).state_dict()
    for source in ("embedded", "from_torchvision", "from_hub"):
        monkeypatch.setattr(weights, source, lambda *_: other)
    for name in ("efficientnet-lite0", "googlenet", "inception-v3"):
        with pytest.raises(models.Unavailable, match="cannot be loaded: The weights do not fit"):
            models.load(name, CPU)


def full_disk(*_: object, **__: object) -> None:
    raise OSError(errno.ENOSPC, os.strerror(errno.ENOSPC))


def test_a_full_disk_leaves_the_checkpoint_that_was_there(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    path = tmp_path / "kept.pt"
    run(path, stop_after=1)
    before = path.read_bytes()
    with monkeypatch.context() as full:
        full.setattr(torch, "save", full_disk)
        with pytest.raises(OSError, match=r"kept\.pt could not be written .*No space left.*still"):
            run(path)
    assert path.read_bytes() == before
    assert [p.name for p in tmp_path.iterdir()] == ["kept.pt"]
    assert len(checkpoints.started(RECIPE, 1, data(), path).history) == 1


LIMITED = """
import resource, signal, sys
from pathlib import Path
from tests.training.test_checkpoints import run
path = Path(sys.argv[1])
run(path, stop_after=1)
signal.signal(signal.SIGXFSZ, signal.SIG_IGN)
resource.setrlimit(resource.RLIMIT_FSIZE, (200_000, 200_000))
try:
    run(path)
except OSError as error:
    print(error)
"""


@pytest.mark.slow
@pytest.mark.skipif(os.name != "posix", reason="the limit of a file's size is POSIX's")
def test_a_disk_that_really_takes_no_more_leaves_the_checkpoint_too(tmp_path: Path) -> None:

    path = tmp_path / "kept.pt"
    done = subprocess.run(
        [sys.executable, "-c", LIMITED, str(path)], capture_output=True, text=True,
        cwd=Path(__file__).parents[2],
    )  # fmt: skip
    assert "kept.pt could not be written" in done.stdout, done.stderr[-2000:]
    assert done.stdout.count("\n") == 1
    assert [p.name for p in tmp_path.iterdir()] == ["kept.pt"]
    assert len(checkpoints.started(RECIPE, 1, data(), path).history) == 1


def test_a_full_disk_leaves_the_trained_weights_that_were_there(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    path = trained.save(network(), card(), tmp_path)
    before = path.read_bytes()

    def half(self: Path, content: bytes) -> int:
        with self.open("wb") as file:
            file.write(content[: len(content) // 2])
        raise OSError(errno.ENOSPC, os.strerror(errno.ENOSPC))

    monkeypatch.setattr(Path, "write_bytes", half)
    with pytest.raises(OSError, match="No space left"):
        trained.save(architectures.SoftmaxRegression(), card(), tmp_path)
    assert path.read_bytes() == before
    assert len(list(tmp_path.iterdir())) == 2
    assert len(digits.embedded()[0]) and trained.load("softmax", folder=tmp_path)
