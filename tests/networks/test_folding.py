"""`folding` and the embedded network built by it: rewrites that must not change an answer."""

import copy
from pathlib import Path

import pytest
import timm
import torch
from timm.layers import BatchNormAct2d, Conv2dSame
from torch import Tensor, nn

from demo import fgsm, models, scores
from demo.data import pictures
from demo.networks import architectures, efficientnet, folding, frozen_norms, weights
from tests.benchmarks import rewriting

ROOT = Path(__file__).parents[2]
FOLDERS = (ROOT / "assets" / "images", ROOT.parent / "shared" / "data" / "photographs")


def lively(network: nn.Module) -> nn.Module:
    """`network` in eval mode, its batch norms far from the identity."""
    generator = torch.Generator().manual_seed(1)
    for norm in (m for m in network.modules() if isinstance(m, nn.BatchNorm2d)):
        for tensor in (norm.weight, norm.bias, norm.running_mean, norm.running_var):
            tensor.data = torch.rand(tensor.shape, generator=generator) + 0.5
    return network.eval()


def noise(*shape: int) -> Tensor:
    return torch.rand(*shape, generator=torch.Generator().manual_seed(2))


def test_a_folded_network_gives_the_same_logits_without_a_batch_norm() -> None:
    plain = lively(
        nn.Sequential(
            nn.Conv2d(3, 8, 3, padding=1, bias=False),
            BatchNormAct2d(8, act_layer=nn.ReLU6),
            nn.Conv2d(8, 8, 3, stride=2, groups=8),
            nn.BatchNorm2d(8),
            nn.ReLU(inplace=True),
            nn.Flatten(),
        )
    )
    folded = folding.fold_batch_norm(plain, 16)
    assert not [m for m in folded.modules() if isinstance(m, nn.BatchNorm2d)]
    assert [m for m in folded.modules() if isinstance(m, nn.ReLU6)]
    images = noise(4, 3, 16, 16)
    torch.testing.assert_close(folded(images), plain(images), rtol=1e-5, atol=1e-5)


def test_folding_leaves_its_argument_as_it_is() -> None:
    plain = lively(nn.Sequential(nn.Conv2d(3, 4, 3), nn.BatchNorm2d(4)))
    before = copy.deepcopy(plain.state_dict())
    folding.fold_batch_norm(plain, 8)
    assert isinstance(plain[1], nn.BatchNorm2d)
    assert all(torch.equal(before[name], now) for name, now in plain.state_dict().items())
    assert not any(m._forward_hooks or m._forward_pre_hooks for m in plain.modules())


class Skipping(nn.Module):
    """Uses the convolution's output once more, beside the batch norm."""

    def __init__(self) -> None:
        super().__init__()
        self.conv, self.norm = nn.Conv2d(3, 3, 1), nn.BatchNorm2d(3)

    def forward(self, images: Tensor) -> Tensor:
        seen = self.conv(images)
        return self.norm(seen) + seen


def shared_norm() -> nn.Module:
    norm = nn.BatchNorm2d(3)
    return nn.Sequential(nn.Conv2d(3, 3, 1), norm, nn.Conv2d(3, 3, 1), norm)


UNFOLDABLE = {
    "a norm before the convolution": nn.Sequential(nn.BatchNorm2d(3), nn.Conv2d(3, 3, 1)),
    "an activation between": nn.Sequential(nn.Conv2d(3, 3, 1), nn.ReLU(), nn.BatchNorm2d(3)),
    "an activation in place between": nn.Sequential(
        nn.Conv2d(3, 3, 1), nn.ReLU(inplace=True), nn.BatchNorm2d(3)
    ),
    "two norms in a row": nn.Sequential(nn.Conv2d(3, 3, 1), nn.BatchNorm2d(3), nn.BatchNorm2d(3)),
    "one norm twice": shared_norm(),
    "a skip around the norm": Skipping(),
}


@pytest.mark.parametrize("case", UNFOLDABLE)
def test_what_cannot_be_folded_soundly_is_refused(case: str) -> None:
    """By what follows what, whatever the weights do to the image of the trial run."""
    network = lively(UNFOLDABLE[case])
    for convolution in (m for m in network.modules() if isinstance(m, nn.Conv2d)):
        assert convolution.bias is not None
        convolution.bias.data.fill_(9)  # an activation between would change nothing here
    with pytest.raises(ValueError, match=r"cannot be folded|changed a logit"):
        folding.fold_batch_norm(network, 8)


def test_a_network_in_training_is_refused() -> None:
    with pytest.raises(ValueError, match="eval"):
        folding.fold_batch_norm(nn.Sequential(nn.Conv2d(3, 3, 1), nn.BatchNorm2d(3)), 8)


@pytest.mark.parametrize("size", [15, 16, 17, 224])
@pytest.mark.parametrize(("kernel", "stride"), [(1, 1), (3, 1), (3, 2), (5, 2), (4, 2)])
def test_fixed_padding_gives_the_same_sums(size: int, kernel: int, stride: int) -> None:
    plain = nn.Sequential(
        Conv2dSame(3, 6, kernel, stride), Conv2dSame(6, 6, kernel, stride, groups=6, bias=False)
    ).eval()
    fixed = rewriting.fix_padding(plain, size)
    assert not [m for m in fixed.modules() if isinstance(m, Conv2dSame)]
    images = noise(2, 3, size, size)
    torch.testing.assert_close(fixed(images), plain(images), rtol=1e-5, atol=1e-5)


def plain_efficientnet() -> nn.Module:
    """The embedded network as timm runs it: nothing folded, nothing fixed, contiguous."""
    card = models.card("efficientnet-lite0")
    tensors = weights.embedded(models.ASSETS / "weights" / str(card.file), str(card.sha256))
    network = weights.filled(timm.create_model(card.identifier), tensors).eval()
    return architectures.Normalized(network, card.mean, card.std).requires_grad_(False)


def photographs() -> list[Tensor]:
    """Six real photographs at the network's size."""
    files = next((found for folder in FOLDERS if (found := sorted(folder.glob("*.webp")))), [])
    assert files, "there are no photographs in assets/images"
    opened = (pictures.from_bytes(file.read_bytes()) for file in files[:: max(len(files) // 6, 1)])
    return [pictures.to_tensor(pictures.at_network_size(image, 224)) for image in opened][:6]


def test_the_loaded_network_agrees_with_the_plain_one_on_photographs() -> None:
    """Logits within 1e-4; of the gradient's signs at least 99.9 % over all, 99 % on each.

    The rest is rounding at the corner of a ReLU6: of the two, the rewritten network is the one
    nearer to float64.
    """
    plain, loaded = plain_efficientnet(), models.load("efficientnet-lite0", torch.device("cpu"))
    agreements = []
    for image in photographs():
        logits = plain(image)
        assert (loaded(image) - logits).abs().max() < 1e-4
        label = scores.predicted_label(logits)
        signs = [fgsm.loss_gradient(model, image, label).sign() for model in (plain, loaded)]
        agreements.append((signs[0] == signs[1]).double().mean().item())
    assert sum(agreements) / len(agreements) >= 0.999
    assert min(agreements) >= 0.99


def both_ways(images: Tensor, network: nn.Module) -> tuple[Tensor, Tensor]:
    """Logits, and their sum's gradient."""
    leaves = images.clone().requires_grad_()
    logits = network(leaves)
    return logits.detach(), torch.autograd.grad(logits.sum(), leaves)[0]


def test_clamping_in_place_changes_no_bit_of_logits_or_gradient() -> None:
    layers = (nn.Conv2d(3, 8, 3), nn.ReLU6(inplace=True), nn.Conv2d(8, 8, 3), nn.ReLU6(True))
    plain = nn.Sequential(*layers).eval().requires_grad_(False)
    for layer in (plain[0], plain[2]):
        assert isinstance(layer, nn.Conv2d)
        layer.weight.mul_(20)  # both corners are met
    lean, images = rewriting.clamp_in_place(plain), noise(2, 3, 12, 12)
    assert [type(m) for m in lean].count(folding.ClampInPlace) == 2
    assert isinstance(plain[1], nn.ReLU6)
    hidden = plain[:2](images)
    assert (hidden == 0).any() and (hidden == 6).any() and ((hidden > 0) & (hidden < 6)).any()
    for mine, theirs in zip(both_ways(images, lean), both_ways(images, plain), strict=True):
        assert torch.equal(mine, theirs)


def test_a_clamp_keeps_one_tensor_for_the_gradient_and_copies_none() -> None:
    kept: list[Tensor] = []

    def keep(tensor: Tensor) -> Tensor:
        kept.append(tensor)
        return tensor

    values = (noise(4, 100).requires_grad_() * 20).contiguous()
    with torch.autograd.graph.saved_tensors_hooks(keep, lambda tensor: tensor):
        clamped = folding.ClampInPlace()(values)
    assert [tensor.data_ptr() for tensor in kept] == [values.data_ptr()] == [clamped.data_ptr()]


def test_a_relu6_that_must_not_write_over_its_argument_is_left_alone() -> None:
    plain = nn.Sequential(nn.Conv2d(3, 3, 1), nn.ReLU6()).eval()
    assert isinstance(rewriting.clamp_in_place(plain)[1], nn.ReLU6)


def test_the_embedded_network_is_timms_rewritten_bit_for_bit() -> None:
    card = models.card("efficientnet-lite0")
    tensors = weights.embedded(models.ASSETS / "weights" / str(card.file), str(card.sha256))
    theirs = weights.filled(timm.create_model(card.identifier), tensors).eval()
    rewritten = rewriting.clamp_in_place(rewriting.fix_padding(folding.fold_batch_norm(theirs)))
    rewritten = rewritten.requires_grad_(False).to(memory_format=torch.channels_last)
    mine = efficientnet.EfficientNetLite0(tensors).eval().to(memory_format=torch.channels_last)
    assert sum(p.numel() for p in theirs.parameters()) == card.parameters
    for side in (64, 224):
        images = noise(2, 3, side, side)
        for a, b in zip(both_ways(images, mine), both_ways(images, rewritten), strict=True):
            torch.testing.assert_close(a, b, rtol=1e-5, atol=1e-5)


@pytest.mark.parametrize("fault", ["one is missing", "one too many", "another shape"])
def test_weights_that_do_not_fit_the_embedded_network_are_refused_by_name(fault: str) -> None:
    card = models.card("efficientnet-lite0")
    tensors = weights.embedded(models.ASSETS / "weights" / str(card.file), str(card.sha256))
    name = "blocks.2.1.conv_dw.weight"
    if fault == "one is missing":
        del tensors[name]
    elif fault == "one too many":
        name = "blocks.9.9.conv_dw.weight"
        tensors[name] = torch.zeros(1)
    else:
        tensors[name] = tensors[name][:-1]
    with pytest.raises(ValueError, match=rf"do not fit the network EfficientNetLite0: {name}\."):
        efficientnet.EfficientNetLite0(tensors)


def two_normed() -> nn.Module:
    """Two convolutions, the first with uneven padding, each with its norm."""
    layers = (
        Conv2dSame(3, 6, 3, stride=2, bias=False), BatchNormAct2d(6, act_layer=nn.ReLU6),
        nn.Conv2d(6, 6, 3, padding=1, groups=6, bias=False), nn.BatchNorm2d(6),
    )  # fmt: skip
    return lively(nn.Sequential(*layers))


def test_a_network_to_be_trained_keeps_its_weights_beside_the_norms_scale() -> None:
    plain = two_normed()
    ready = frozen_norms.trainable(plain, 16)
    for place in (0, 2):
        torch.testing.assert_close(ready[place].weight, plain[place].weight)
        assert not ready[place].scale.requires_grad
    images = noise(2, 3, 16, 16)
    torch.testing.assert_close(ready(images), plain(images), rtol=1e-5, atol=1e-5)
    with torch.no_grad():
        ready[2].weight.mul_(1.5)
    back = frozen_norms.unfolded(ready, plain, 16)
    torch.testing.assert_close(back(images), ready(images), rtol=1e-5, atol=1e-5)


def test_spent_norms_are_replaced_by_those_of_the_network_it_came_from() -> None:
    """`unfolded` leaves scales of 1; going on from there keeps the first network's."""
    plain = two_normed()
    spent = frozen_norms.unfolded(frozen_norms.trainable(plain, 16), plain, 16)
    ready = frozen_norms.trainable(spent, 16, like=plain)
    for place in (0, 2):
        torch.testing.assert_close(ready[place].weight, plain[place].weight, rtol=1e-4, atol=1e-5)
    images = noise(2, 3, 16, 16)
    torch.testing.assert_close(ready(images), plain(images), rtol=1e-4, atol=1e-4)


def test_a_channel_that_its_norm_shuts_gets_no_endless_weight() -> None:
    plain = two_normed()
    plain[1].weight.data[0] = 0.0
    ready = frozen_norms.trainable(plain, 16)
    assert ready[0].weight.isfinite().all() and (ready[0].weight[0] == 0).all()
    assert (ready[0].scale > 0).all()
