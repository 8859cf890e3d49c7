"""Does it survive: each change against Pillow or PyTorch, the verdicts, the words."""

import io
import json
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path

import huggingface_hub
import numpy as np
import pytest
import torch
import torch.nn.functional as F
from numpy.typing import NDArray
from PIL import Image
from torch import Tensor, nn

from demo import fgsm, models
from demo.data import gallery, pictures
from demo.experiments.attack import (
    confidence_sweep,
    made_and_tested,
    picture_changes,
    survival,
)
from demo.experiments.attack import ten_steps as ten
from demo.experiments.attack.picture_changes import Change
from demo.models import on_this_machine

pytestmark = pytest.mark.usefixtures("one_thread")
CPU = torch.device("cpu")
SIZE = 32
KINDS = ("photographs", "digits")
IDENTITY = Change("identity", "nothing", lambda images, epsilons: images)


@pytest.fixture
def small(small: Callable[[int], nn.Module]) -> Callable[[int], nn.Module]:
    """The small networks for pictures of any size; steeper, so that answers change."""

    def network(seed: int) -> nn.Module:
        last = small(seed)
        with torch.no_grad():
            last[-1].weight.mul_(8)
        return nn.Sequential(nn.AdaptiveAvgPool2d(6), last).requires_grad_(False)

    return network


def picture(kind: str = "photographs", seed: int = 1) -> NDArray[np.uint8]:
    """Smooth, so that JPEG and a blur do little to it; (SIZE, SIZE, C)."""
    channels = 1 if kind == "digits" else 3
    coarse = np.random.default_rng(seed).integers(0, 256, (4, 4, channels), dtype=np.uint8)
    layers = [Image.fromarray(coarse[:, :, c]).resize((SIZE, SIZE)) for c in range(channels)]
    return np.stack([np.asarray(layer) for layer in layers], axis=2)


def changed(kind: str, name: str, pixels: NDArray[np.uint8], epsilon: float = 0) -> Tensor:
    """That change of one picture, in 8-bit levels: (H, W, C)."""
    images = pictures.to_tensor(pixels[None])
    change = picture_changes.called(kind, name)
    return 255 * change.apply(images, torch.tensor([epsilon]))[0].permute(1, 2, 0)


def by_pillow(pixels: NDArray[np.uint8]) -> Image.Image:
    return Image.fromarray(pixels[:, :, 0] if pixels.shape[2] == 1 else pixels)


def levels(picture: Image.Image) -> Tensor:
    return torch.tensor(np.array(picture)).float().reshape(*picture.size, -1)


@pytest.mark.parametrize("kind", KINDS)
@pytest.mark.parametrize("quality", [95, 75, 50])
def test_jpeg_is_pillows(kind: str, quality: int) -> None:
    file = io.BytesIO()
    by_pillow(picture(kind)).save(file, "JPEG", quality=quality)
    images = pictures.to_tensor(picture(kind)[None])
    ours = 255 * picture_changes.jpeg(quality)(images, torch.zeros(1))[0].permute(1, 2, 0)
    assert torch.allclose(ours, levels(Image.open(file)), atol=1e-3)


@pytest.mark.parametrize("kind", KINDS)
def test_the_blur_is_a_gaussian_by_pytorchs_convolution(kind: str) -> None:
    weights = torch.exp(-(torch.arange(-2.0, 3) ** 2) / 2)
    kernel = torch.outer(weights, weights) / weights.sum() ** 2
    image = pictures.to_tensor(picture(kind)[None]).transpose(0, 1)
    expected = F.conv2d(F.pad(image, (2, 2, 2, 2), "reflect"), kernel[None, None])
    found = changed(kind, "blur", picture(kind)).permute(2, 0, 1)
    assert torch.allclose(found, 255 * expected[:, 0], atol=1e-3)


def test_half_the_size_and_back_is_pillows() -> None:
    small = by_pillow(picture()).resize((SIZE // 2, SIZE // 2), Image.Resampling.BICUBIC)
    back = small.resize((SIZE, SIZE), Image.Resampling.BICUBIC)
    assert torch.allclose(changed("photographs", "half", picture()), levels(back), atol=1e-3)


@pytest.mark.parametrize(("kind", "count"), [("photographs", 32), ("digits", 2)])
def test_fewer_bits_leave_so_many_values_and_move_none_further_than_half_a_step(
    kind: str, count: int
) -> None:
    ramp = np.arange(256, dtype=np.uint8).reshape(16, 16, 1).repeat(3, axis=2)
    found = changed(kind, "bits", ramp)
    assert len(found.unique()) == count and (found[0, 0, 0], found[-1, -1, 0]) == (0, 255)
    assert (found - torch.tensor(ramp)).abs().max() <= 255 / (count - 1) / 2 + 1e-3


def test_a_crop_is_a_square_of_the_picture_enlarged() -> None:
    found = changed("photographs", "crop", picture())
    side = SIZE * 7 // 8
    boxes = [(x, y, x + side, y + side) for x in range(5) for y in range(5)]
    all_crops = [
        levels(by_pillow(picture()).resize((SIZE, SIZE), Image.Resampling.BICUBIC, box))
        for box in boxes
    ]
    assert sum(torch.allclose(found, crop, atol=1e-3) for crop in all_crops) == 1


def test_a_shifted_digit_is_the_same_digit_elsewhere() -> None:
    digit = np.zeros((28, 28, 1), np.uint8)
    digit[10, 12] = 200
    found = changed("digits", "shift", digit)[:, :, 0]
    (row,), (column,) = torch.nonzero(found, as_tuple=True)
    assert (abs(row - 10), abs(column - 12), round(found.max().item())) == (2, 2, 200)


def test_the_noise_is_as_large_as_the_attack_blind_and_inside_the_range() -> None:
    grey = np.full((SIZE, SIZE, 3), 100, np.uint8)
    moved = changed("photographs", "noise", grey, 8 / 255) - 100
    assert {round(v) for v in moved.unique().tolist()} == {-8, 8} and abs(moved.mean()) < 1
    assert torch.allclose(changed("photographs", "noise", grey), torch.tensor(100.0))
    edge = changed("photographs", "noise", np.full_like(grey, 250), 16 / 255)
    assert edge.max() <= 255


@pytest.mark.parametrize("kind", KINDS)
def test_every_change_keeps_shape_and_range_and_is_the_same_each_time(kind: str) -> None:
    images = pictures.to_tensor(np.stack([picture(kind), picture(kind, 2)]))
    for change in picture_changes.of(kind):
        found = change.apply(images, torch.tensor([0, 4 / 255]))
        assert found.shape == images.shape and found.min() >= 0 and found.max() <= 1
        assert torch.equal(found, change.apply(images, torch.tensor([0, 4 / 255])))
        assert not torch.allclose(found, images, atol=1e-3), change.name


def attacked(model: nn.Module) -> tuple[NDArray[np.uint8], confidence_sweep.ConfidenceSweep]:
    """The saved pictures of one step, and the answers of the sweep along it."""
    image = pictures.to_tensor(picture()[None])
    gradient = fgsm.loss_gradient(model, image, model(image).argmax(dim=1))
    direction = gradient.sign()[0].permute(1, 2, 0).to(torch.int8).numpy()
    epsilons = survival.epsilon_grid("photographs")
    return (
        survival.saved(picture(), direction, epsilons),
        confidence_sweep.run(model, picture(), direction, CPU, epsilons),
    )


def test_the_identity_changes_nothing(small: Callable[[int], nn.Module]) -> None:
    model = small(1)
    saved, sweep = attacked(model)
    found = survival.run(model, saved, survival.epsilon_grid("photographs"), IDENTITY, CPU)
    answers = sweep.logits.argmax(axis=1)
    assert found.answers.tolist() == answers.tolist()
    given = torch.tensor(sweep.logits).double().softmax(dim=1)
    assert found.shares == pytest.approx(given[:, answers[0]].numpy(), abs=1e-6)
    assert set(survival.verdicts(found.answers, answers)) <= {survival.NOTHING, survival.KEPT}


def test_what_a_network_gets_is_shown_stop_by_stop(small: Callable[[int], nn.Module]) -> None:
    saved, _ = attacked(small(1))
    found = survival.run(small(1), saved, survival.epsilon_grid("photographs"), IDENTITY, CPU)
    sheet = Image.open(io.BytesIO(found.sheet))
    assert (sheet.format, sheet.size) == ("WEBP", (6 * SIZE, SIZE))
    assert np.array_equal(np.array(sheet), np.concatenate([*saved], axis=1))


def test_one_step_and_ten_save_the_pictures_that_are_scored(
    small: Callable[[int], nn.Module],
) -> None:
    model, image = small(1), pictures.to_tensor(picture()[None])
    label = int(model(image).argmax())
    *_, last = ten.steps(model, image, label, None)
    result = ten.result(model, image, last)
    saved = survival.saved_after(picture(), result.change, ten.FRACTION)
    found = survival.said(model, pictures.to_tensor(saved))
    assert found.answers.tolist() == result.saved_logits.argmax(axis=1).tolist()


def test_another_network_gets_the_picture_at_its_own_size(
    small: Callable[[int], nn.Module],
) -> None:
    seen: list[tuple[int, ...]] = []

    def other(images: Tensor) -> Tensor:
        seen.append(tuple(images.shape))
        return images.mean(dim=(2, 3))

    saved, _ = attacked(small(1))
    same = survival.elsewhere(other, SIZE, saved, CPU)
    larger = survival.elsewhere(other, 40, saved, CPU)
    assert {shape[-1] for shape in seen} == {SIZE, 40}
    assert same.answers.tolist() == larger.answers.tolist()
    assert same.sheet == b""


def test_an_attack_through_the_blur_is_fgsm_on_the_network_behind_it(
    small: Callable[[int], nn.Module],
) -> None:
    model, epsilons = small(1), survival.epsilon_grid("photographs")
    behind = lambda x: model(picture_changes.blurred(x))  # noqa: E731
    image = pictures.to_tensor(picture()[None])
    label = int(behind(image).argmax())
    found = survival.through(model, picture(), label, False, epsilons, CPU)
    strong = behind(fgsm.fgsm(behind, image, torch.tensor([label]), epsilons[-1]))
    expected = survival.read(torch.cat([behind(image), strong]))
    assert found.shares[[0, -1]] == pytest.approx(expected.shares, abs=1e-4)
    toward = survival.through(model, picture(), label, True, epsilons, CPU)
    assert found.shares[-1] < found.shares[0] < toward.shares[-1]


def test_verdicts_by_pencil() -> None:
    attacked = np.array([3, 3, 3, 5, 5, 5])
    found = survival.verdicts(np.array([3, 3, 4, 5, 3, 4]), attacked)
    assert found == ["nothing", "nothing", "spoilt", "kept", "undone", "other"]


@pytest.mark.parametrize(
    ("found", "said"),
    [
        ("nothing undone kept undone", "JPEG undoes the attack at 1 and 4; not at 2."),
        ("nothing kept kept other", "JPEG undoes the attack at no measured ε; at 4 the answer is "
         "a third one."),
        ("nothing undone undone undone", "JPEG undoes the attack at 1, 2 and 4."),
        ("nothing nothing spoilt nothing", "The attack does not change the saved picture’s answer "
         "at any measured ε."),
        ("spoilt nothing kept other", "JPEG undoes the attack at no measured ε; at 4 the answer is "
         "a third one. It changes the clean picture’s answer, too: JPEG is no defence here."),
    ],
)  # fmt: skip
def test_the_sentence_tells_every_pattern(found: str, said: str) -> None:
    assert survival.told("JPEG", found.split(), ("0", "1", "2", "4")) == said


@pytest.mark.parametrize("kind", KINDS)
def test_every_stop_is_one_of_the_sliders_for_one_step_and_for_ten(kind: str) -> None:
    epsilons = survival.epsilon_grid(kind)
    assert epsilons[0] == 0 and set(epsilons) <= set(confidence_sweep.epsilon_grid(kind))
    assert {255 * epsilon for epsilon in epsilons} <= set(ten.levels_of(kind))


def test_a_table_counts_the_answers_that_change(small: Callable[[int], nn.Module]) -> None:
    source, other = small(1), small(2)
    images = pictures.to_tensor(np.stack([picture(seed=seed) for seed in range(6)]))
    epsilons = survival.epsilon_grid("photographs")
    found = made_and_tested.run(source, [source, other], images, epsilons)
    assert found.shape == (2, 6) and (found[:, 0] == 0).all() and found[0, -1] > 0
    for place, network in enumerate((source, other)):
        label = source(images).argmax(dim=1)
        after = network((255 * fgsm.fgsm(source, images, label, epsilons[-1])).round() / 255)
        assert found[place, -1] == int((after.argmax(1) != network(images).argmax(1)).sum())


def test_the_gallerys_table_belongs_to_the_weights_that_ship(tmp_path: Path) -> None:
    found = made_and_tested.recorded()
    assert found is not None and found.networks == tuple(made_and_tested.shipped())
    assert found.changed.shape == (len(found.networks),) * 2 + (6,)
    assert (found.changed[:, :, 0] == 0).all() and found.changed.max() <= found.pictures
    stale = json.loads(made_and_tested.RECORDED.read_text("utf-8"))
    stale["networks"]["everyday"] = 64 * "0"
    (tmp_path / "stale.json").write_text(json.dumps(stale), "utf-8")
    assert made_and_tested.recorded(tmp_path / "stale.json") is None
    assert made_and_tested.recorded(tmp_path / "absent.json") is None


@pytest.mark.slow
def test_two_cells_of_the_gallerys_table_come_out_again() -> None:
    found = made_and_tested.recorded()
    assert found is not None
    at, epsilons = 4, survival.epsilon_grid("photographs")
    networks = [models.load(name, CPU) for name in found.networks[:2]]
    saved = np.stack([gallery.pixels(photo, 224) for photo in gallery.GALLERY])
    images = pictures.to_tensor(saved)
    again = made_and_tested.run(networks[0], networks, images, (epsilons[at],))
    assert again[:, 0] == pytest.approx(found.changed[0, :2, at], abs=1)  # another CPU rounds


def test_a_network_that_would_be_downloaded_is_not_asked(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    monkeypatch.setenv("TORCH_HOME", str(tmp_path))
    monkeypatch.setattr(huggingface_hub, "try_to_load_from_cache", lambda *_, **__: None)
    first = models.PHOTOGRAPH_MODELS[0].name
    others = on_this_machine.others(first)
    assert len(others) >= 3 and {card.source for card in others} == {"embedded"}
    file = tmp_path / "hub" / "checkpoints" / "googlenet-e3b0c442.pth"
    file.parent.mkdir(parents=True)
    file.touch()  # the SHA-256 of nothing
    googlenet = models.card("googlenet")
    assert on_this_machine.is_here(replace(googlenet, sha256="e3b0c442"))
    assert not on_this_machine.is_here(googlenet)
    monkeypatch.setattr(huggingface_hub, "try_to_load_from_cache", lambda *_, **__: "/somewhere")
    assert on_this_machine.is_here(models.card("inception-v3"))


def test_a_network_for_ten_digits_meets_no_network_for_two() -> None:
    assert not {c.name for c in on_this_machine.others("conv")} & {"conv", "logistic"}
    assert {"rbf", "maxout"} <= {c.name for c in on_this_machine.others("conv")}
    assert "conv" in {c.name for c in on_this_machine.others("logistic")}
