"""Our adversarial examples against those of Foolbox, Torchattacks and Captum, value by value."""

import pytest
import torch
from torch import Tensor, nn

from demo import fgsm, models

REASON = "peers are not installed: pip install --no-deps -r tests/benchmarks/requirements.txt"
for library in ("foolbox", "torchattacks", "captum.robust"):
    pytest.importorskip(library, reason=REASON)

from tests.benchmarks import peers, subjects  # noqa: E402  (only where the peers are)

EPSILONS = (0.007, 8 / 255)
AT_MOST_APART = 0.001


@pytest.fixture(scope="module")
def model() -> nn.Module:
    return models.load(subjects.CARD.name, torch.device("cpu"))


@pytest.fixture(scope="module")
def images() -> Tensor:
    files = subjects.photographs(3)
    if not files:
        pytest.skip("there are no photographs in assets/images")
    return subjects.images(files)


@pytest.mark.parametrize("epsilon", EPSILONS)
@pytest.mark.parametrize("peer", peers.PEERS, ids=lambda peer: peer.name)
def test_fgsm_equals_the_peers(
    peer: peers.Peer, epsilon: float, model: nn.Module, images: Tensor
) -> None:
    labels, attack = subjects.answers(model, images), peer.fgsm(model, epsilon)
    for image, label in zip(images.split(1), labels.split(1), strict=True):
        ours, theirs = fgsm.fgsm(model, image, label, epsilon), attack(image, label)
        assert peers.share_apart(ours, theirs) <= AT_MOST_APART
        assert peers.share_apart(image, theirs) > 0.9


@pytest.mark.parametrize("epsilon", EPSILONS)
@pytest.mark.parametrize("peer", peers.PEERS, ids=lambda peer: peer.name)
def test_targeted_fgsm_equals_the_peers(
    peer: peers.Peer, epsilon: float, model: nn.Module, images: Tensor
) -> None:
    targets = (subjects.answers(model, images) + 7) % 1000
    attack = peer.targeted_fgsm(model, epsilon)
    for image, target in zip(images.split(1), targets.split(1), strict=True):
        ours, theirs = fgsm.targeted_fgsm(model, image, target, epsilon), attack(image, target)
        assert peers.share_apart(ours, theirs) <= AT_MOST_APART
        assert peers.share_apart(image, theirs) > 0.9


@pytest.mark.parametrize("peer", peers.PEERS, ids=lambda peer: peer.name)
def test_a_whole_batch_equals_the_peers(peer: peers.Peer, model: nn.Module, images: Tensor) -> None:
    labels = subjects.answers(model, images)
    theirs = peer.fgsm(model, EPSILONS[0])(images, labels)
    assert peers.share_apart(fgsm.fgsm(model, images, labels, EPSILONS[0]), theirs) <= AT_MOST_APART
