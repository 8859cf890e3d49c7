"""`demo.training.distillation`: the loss by hand, and what a teacher's batches hold."""

import timm
import torch
import torch.nn.functional as F
from torch import Tensor, nn

from demo.training import distillation
from demo.training.batches import Batches, InMemory

WIDTH, CLASSES = 6, 4
LOSS = distillation.Matching(WIDTH)


def outputs(seed: int, count: int = 5) -> Tensor:
    return torch.rand(count, WIDTH + CLASSES, generator=torch.Generator().manual_seed(seed))


def as_targets(said: Tensor) -> Tensor:
    """A teacher's outputs as `Taught` gives them: its probabilities in place of its logits."""
    return torch.cat([said[:, :WIDTH], said[:, WIDTH:].softmax(1)], dim=1)


def taught(pictures: Batches, teacher: nn.Module | None, **options: float) -> distillation.Taught:
    return distillation.Taught(pictures, teacher, WIDTH, CLASSES, **options)


def test_features_and_logits_are_the_networks_own() -> None:
    network = timm.create_model("tf_efficientnet_lite0").eval()
    images = torch.rand(2, 3, 64, 64)
    both = distillation.Features(network)(images)
    normalised = (images - 0.5) / 0.5
    features = network.global_pool(network.forward_features(normalised))
    assert both.shape == (2, 1280 + 1000)
    torch.testing.assert_close(both[:, :1280], features)
    torch.testing.assert_close(distillation.Features(network).logits(images), network(normalised))


def test_a_student_like_its_teacher_has_only_the_answers_entropy_to_lose() -> None:
    said = outputs(1)
    told = as_targets(said)
    p = told[:, WIDTH:]
    entropy = -(p * p.log()).sum(1).mean()
    torch.testing.assert_close(LOSS(said, told), entropy)
    assert LOSS(outputs(2), told) > entropy


def test_the_loss_is_the_sum_of_its_three_parts() -> None:
    mine, told = outputs(2), as_targets(outputs(1))
    f, t = mine[:, :WIDTH], told[:, :WIDTH]
    angle = 1 - (f * t).sum(1) / (f.norm(dim=1) * t.norm(dim=1))
    size = (f - t).square().sum(1) / t.square().sum(1)
    soft = F.cross_entropy(mine[:, WIDTH:], told[:, WIDTH:])
    expected = 2 * (angle.mean() + size.mean()) + 0.5 * soft
    torch.testing.assert_close(distillation.Matching(WIDTH, 0.5, 2.0)(mine, told), expected)


def test_without_features_the_loss_is_the_cross_entropy_whatever_the_features_are() -> None:
    mine, told = outputs(2), as_targets(outputs(1))
    told[:, :WIDTH] = 0
    expected = F.cross_entropy(mine[:, WIDTH:], told[:, WIDTH:])
    torch.testing.assert_close(distillation.Matching(WIDTH, features=0.0)(mine, told), expected)


def test_wrong_answers_are_those_that_the_teacher_does_not_give() -> None:
    told = outputs(1)
    mine = told.clone()
    mine[0, WIDTH + (told[0, WIDTH:].argmax() + 1) % CLASSES] += 9
    assert LOSS.wrong(told, told) == 0
    assert LOSS.wrong(mine, told) == 1
    answers = told[:, WIDTH:].argmax(1)
    expected = F.cross_entropy(mine[:, WIDTH:], answers)
    torch.testing.assert_close(LOSS.answer_lost(mine, told), expected)


def test_a_teachers_batches_hold_what_it_says_of_the_clean_images() -> None:
    images = torch.rand(4, 3, 8, 8)
    teacher = torch.nn.Sequential(torch.nn.Flatten(), torch.nn.Linear(192, 10)).requires_grad_(
        False
    )
    lessons = taught(InMemory(images, torch.arange(4), 2), teacher)
    assert (lessons.images, lessons.steps) == (4, 2)
    for some, targets in lessons.epoch(torch.Generator().manual_seed(0)):
        assert targets.dtype == torch.float32 and not targets.requires_grad
        torch.testing.assert_close(targets, as_targets(teacher(some)), atol=0.03, rtol=0.03)


def test_blended_crops_are_two_crops_each_and_the_teacher_sees_them_so() -> None:
    """Each image of one value: what is pasted, and what is a mean, can be read off."""
    count, half = 40, 20
    images = (torch.arange(count) + 1.0).view(-1, 1, 1, 1).expand(-1, 3, 16, 16) / count
    teacher = torch.nn.Sequential(torch.nn.Flatten(), torch.nn.Linear(768, 10)).requires_grad_(
        False
    )
    lessons = taught(InMemory(images, torch.full((count,), -1), half), teacher, blend=0.8)
    found = {"plain": 0, "pasted": 0, "means": 0}
    torch.manual_seed(1)
    for seed in range(30):
        for some, targets in lessons.epoch(torch.Generator().manual_seed(seed)):
            torch.testing.assert_close(targets, as_targets(teacher(some)), atol=0.03, rtol=0.03)
            assert 1 / count <= some.min() and some.max() <= 1
            values = {len(image.unique()) for image in some}
            whole = (some[:, 0, 0, 0] * count % 1).abs()
            if values == {1} and ((whole < 1e-4) | (whole > 1 - 1e-4)).all():
                found["plain"] += 1
            elif values == {1}:
                found["means"] += 1
            else:
                assert values == {2}
                found["pasted"] += 1
    assert all(number >= 6 for number in found.values()), found


def test_without_blending_the_crops_are_what_they_were() -> None:
    images = torch.rand(6, 3, 8, 8)
    teacher = torch.nn.Sequential(torch.nn.Flatten(), torch.nn.Linear(192, 10)).requires_grad_(
        False
    )
    plain = InMemory(images, torch.arange(6), 3)
    for (some, _), (same, _) in zip(
        taught(plain, teacher).epoch(torch.Generator().manual_seed(0)),
        plain.epoch(torch.Generator().manual_seed(0)),
        strict=True,
    ):
        assert torch.equal(some, same)


def test_a_known_label_makes_up_its_part_of_the_answer() -> None:
    images, labels = torch.rand(3, 3, 8, 8), torch.tensor([2, -1, 0])
    teacher = nn.Sequential(nn.Flatten(), nn.Linear(192, 10)).requires_grad_(False)
    lessons = taught(InMemory(images, labels, 3), teacher, known=0.25)
    ((some, targets),) = lessons.epoch(torch.Generator().manual_seed(0))
    order = [int(torch.equal(some[i], images[j])) * (j + 1) for i in range(3) for j in range(3)]
    shown = [j - 1 for j in order if j]
    told = as_targets(teacher(some))
    for row, picture in enumerate(shown):
        label = int(labels[picture])
        expected = told[row, WIDTH:]
        if label >= 0:
            expected = 0.75 * expected + 0.25 * F.one_hot(torch.tensor(label), CLASSES)
        torch.testing.assert_close(targets[row, WIDTH:], expected, atol=0.03, rtol=0.03)


def test_without_a_teacher_the_labels_are_the_answer() -> None:
    images, labels = torch.rand(4, 3, 8, 8), torch.tensor([3, 1, 0, 2])
    lessons = taught(InMemory(images, labels, 4), None, known=1.0)
    ((some, targets),) = lessons.epoch(torch.Generator().manual_seed(0))
    for image, target in zip(some, targets, strict=True):
        label = next(int(n) for i, n in zip(images, labels, strict=True) if torch.equal(i, image))
        assert target.tolist() == [0.0] * WIDTH + [float(k == label) for k in range(CLASSES)]
