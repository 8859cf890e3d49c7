"""Our adversarial examples against the peers', value by value, and the row that compares them.

A peer is imported when its attack is made: one that is missing fails its own rows.
"""

import copy
import json
from pathlib import Path

import pytest
import torch
from torch import Tensor

from demo import fgsm
from demo.attacks import sign_methods
from tests.benchmarks import __main__ as command
from tests.benchmarks import peers, work
from tests.benchmarks.subjects import NETWORKS, Subject

pytestmark = [
    pytest.mark.slow,
    pytest.mark.usefixtures("one_thread"),
    pytest.mark.filterwarnings("default"),  # the peers' own
]
EPSILONS = (0.007, 8 / 255)
AT_MOST_APART = 0.001
IN_FLOAT64 = [p for p in peers.PEERS if p.name not in ("ART", "CleverHans")]
"""The others convert to float32 whatever they are given."""
each_peer = pytest.mark.parametrize("peer", peers.PEERS, ids=lambda peer: peer.name)


@pytest.fixture(scope="module", params=NETWORKS)
def on(request: pytest.FixtureRequest) -> Subject:
    return Subject(request.param, 3)


def close(ours: Tensor, theirs: Tensor) -> bool:
    return ours.shape == theirs.shape and peers.share_apart(ours, theirs) <= AT_MOST_APART


@pytest.mark.parametrize("epsilon", EPSILONS)
@each_peer
def test_fgsm_equals_the_peers(peer: peers.Peer, epsilon: float, on: Subject) -> None:
    attack = peer.fgsm(on.model, epsilon)
    for image, label in zip(on.images.split(1), on.labels.split(1), strict=True):
        ours, theirs = fgsm.fgsm(on.model, image, label, epsilon), attack(image, label)
        assert close(ours, theirs)
        assert not torch.equal(image, theirs)


@pytest.mark.parametrize("epsilon", EPSILONS)
@each_peer
def test_targeted_fgsm_equals_the_peers(peer: peers.Peer, epsilon: float, on: Subject) -> None:
    targets = (on.labels + 7) % on.classes
    attack = peer.targeted_fgsm(on.model, epsilon)
    for image, target in zip(on.images.split(1), targets.split(1), strict=True):
        ours, theirs = fgsm.targeted_fgsm(on.model, image, target, epsilon), attack(image, target)
        assert close(ours, theirs)
        assert not torch.equal(image, theirs)


@each_peer
def test_a_whole_batch_equals_the_peers(peer: peers.Peer, on: Subject) -> None:
    theirs = peer.fgsm(on.model, EPSILONS[0])(on.images, on.labels)
    assert close(fgsm.fgsm(on.model, on.images, on.labels, EPSILONS[0]), theirs)


@each_peer
def test_three_steps_of_bim_equal_the_peers(peer: peers.Peer, on: Subject) -> None:
    """They take the same steps under the name of PGD, begun at the image itself."""
    epsilon = torch.full((len(on.images), 1, 1, 1), EPSILONS[1])
    *_, ours = sign_methods.basic_iterative_method(on.model, on.images, on.labels, epsilon, steps=3)
    theirs = peer.pgd(on.model, EPSILONS[1], 3, EPSILONS[1] / 4)(on.images, on.labels)
    assert peers.share_apart(ours, theirs) <= 0.01  # a sign near 0 may turn, and the next with it
    assert not torch.equal(on.images, theirs)


@each_peer
def test_three_steps_of_pgd_equal_the_peers(peer: peers.Peer, on: Subject) -> None:
    theirs = peer.pgd(on.model, 0.03, 3, 0.02)(on.images, on.labels)
    ours = sign_methods.projected_gradient_descent(
        on.model, on.images, on.labels, 0.03, 3, 0.02, None
    )
    assert peers.share_apart(ours, theirs) <= 0.01  # a sign near 0 may turn, and the next with it
    assert float((theirs - on.images).abs().max()) == pytest.approx(0.03, abs=1e-6)


@pytest.mark.parametrize("peer", IN_FLOAT64, ids=lambda peer: peer.name)
def test_twenty_steps_of_pgd_part_by_rounding_alone(peer: peers.Peer, on: Subject) -> None:
    """In float64 no sign turns on the way: what parts the iterates in float32 is its rounding."""
    model, images = copy.deepcopy(on.model).double(), on.images[:2].double()
    arguments = (on.epsilon, work.PGD_STEPS, on.epsilon / 4)
    theirs = peer.pgd(model, *arguments)(images, on.labels[:2])
    ours = sign_methods.projected_gradient_descent(model, images, on.labels[:2], *arguments, None)
    assert ours.dtype == torch.float64 and peers.share_apart(ours, theirs) == 0


@each_peer
def test_the_curve_equals_the_peers(peer: peers.Peer, on: Subject) -> None:
    pieces = work.curve_work(on)
    ours, theirs = pieces[work.OURS](), pieces[f"{peer.name}, {work.SAME}"]()
    assert ours.shape == theirs.shape == (65, on.classes)
    assert float((ours - theirs).abs().max()) < 0.01


def test_one_row_is_written_and_the_others_stay(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    out = tmp_path / "found.json"
    out.write_text(json.dumps({"rows": {"page": {"entries": []}}}))
    asked = ["x", "--rounds", "2", "--only", "fgsm-1", "--network", "conv", "--out", str(out)]
    monkeypatch.setattr("sys.argv", asked)
    command.main()
    rows = json.loads(out.read_text())["rows"]
    assert set(rows) == {"page", "fgsm-1"}
    entries = rows["fgsm-1"]["entries"]
    assert {e["against"].split(",")[0] for e in entries} == {p.name for p in peers.PEERS}
    assert all(e["share_apart"] <= AT_MOST_APART and e["ratio"] > 0 for e in entries)
    assert "the best peer" in capsys.readouterr().out


def test_too_few_rounds_are_refused_in_one_sentence(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setattr("sys.argv", ["x", "--rounds", "1"])
    with pytest.raises(SystemExit):
        command.main()
    assert "at least 2" in capsys.readouterr().err
