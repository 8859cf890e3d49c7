"""`lbfgs`: the smallest change toward a target, with a pencil, by law, and to its end."""

import threading
from collections.abc import Callable

import pytest
import torch
from hypothesis import given, settings
from hypothesis import strategies as st
from torch import Tensor, nn

from demo import fgsm
from demo.attacks import lbfgs

pytestmark = pytest.mark.usefixtures("one_thread")

Network = Callable[[int], nn.Module]
Drawn = Callable[..., tuple[Tensor, Tensor]]
SEEDS = st.integers(0, 2**31 - 1)

WEIGHTS = torch.tensor([0.9, -0.4, 0.3, 0.0])
BIAS = -0.75


def two_classes(images: Tensor) -> Tensor:
    """Logits (0, w.x + b): class 1 on one side of a plane."""
    activation = images.flatten(1) @ WEIGHTS.to(images.dtype) + BIAS
    return torch.stack([torch.zeros_like(activation), activation], dim=1)


def grey(*values: float) -> Tensor:
    return torch.tensor(values).view(1, 1, 2, 2)


def last(model: fgsm.Model, image: Tensor, target: int, at_once: bool = True) -> lbfgs.Pass:
    *_, done = lbfgs.steps(model, image, target, at_once)
    return done


def test_on_a_linear_model_it_ends_at_the_plane_along_w() -> None:
    image = grey(0.5, 0.5, 0.5, 0.5)  # w.x + b = -.35, and |w|^2 = 1.06
    found = lbfgs.closest(two_classes, image, 1)
    assert found is not None
    change = (found - image).flatten()
    exact = 0.35 / 1.06**0.5
    assert exact <= change.norm().item() * (1 + 1e-6)
    assert change.norm().item() <= 1.05 * exact
    direction = change / change.norm()
    torch.testing.assert_close(direction, WEIGHTS / WEIGHTS.norm(), rtol=0, atol=0.05)


def test_where_the_box_is_in_the_way_it_goes_along_its_side() -> None:
    """From x0 = .9, the plane is behind x0 = 1: r = (.1, then along the rest of w)."""
    image = grey(0.9, 0.9, 0.1, 0.5)  # w.x + b = -.27; .09 by x0, .18 by the rest, of norm .5
    found = lbfgs.closest(two_classes, image, 1)
    assert found is not None and found.min() >= 0 and found.max() <= 1
    exact = (0.1**2 + (0.18 / 0.5) ** 2) ** 0.5
    assert (found - image).norm().item() == pytest.approx(exact, rel=0.05)
    assert found[0, 0, 0, 0] == 1.0


@pytest.mark.parametrize("at_once", [True, False])
def test_both_ways_make_the_same_passes(small: Network, drawn: Drawn, at_once: bool) -> None:
    image = drawn(3, 1)[0]
    model = small(3)
    here = [(p.weight, p.norm) for p in lbfgs.steps(model, image, 2, at_once)]
    other = [(p.weight, p.norm) for p in lbfgs.steps(model, image, 2, not at_once)]
    assert here == other and len(here) > lbfgs.WEIGHTS


@given(seed=SEEDS, target=st.integers(0, 4))
@settings(max_examples=15)
def test_every_point_is_in_the_box_and_the_last_is_verified(
    small: Network, drawn: Drawn, seed: int, target: int
) -> None:
    model, image = small(seed), drawn(seed, 1)[0]
    smallest = float("inf")
    for done in lbfgs.steps(model, image, target, at_once=True):
        assert done.image.min() >= 0 and done.image.max() <= 1
        assert done.image.shape == image.shape and done.image.dtype == image.dtype
        if int(model(done.image).argmax()) == target:
            smallest = min(smallest, (done.image.double() - image.double()).norm().item())
    if done.closest is None:
        assert smallest == float("inf")
    else:
        assert int(model(done.closest).argmax()) == target
        norm = (done.closest.double() - image.double()).norm().item()
        assert norm == pytest.approx(smallest, rel=1e-5, abs=1e-6)


def test_it_reaches_what_it_is_asked_for_and_not_further_than_fgsm(
    small: Network, drawn: Drawn
) -> None:
    """An attack that returned its input would reach nothing here."""
    reached = 0
    for seed in range(12):
        model, image = small(seed), drawn(seed, 1)[0]
        answer = int(model(image).argmax())
        target = int(model(image)[0].topk(2).indices[1])
        found = lbfgs.closest(model, image, target)
        assert found is not None and int(model(found).argmax()) == target != answer
        for epsilon in torch.linspace(0.005, 0.5, 100).tolist():
            step = fgsm.targeted_fgsm(model, image, torch.tensor([target]), epsilon)
            if int(model(step).argmax()) == target:
                reached += 1
                assert (found - image).norm() <= (step - image).norm() * 1.001
                break
    assert reached >= 6


def test_a_c_ends_when_its_value_settles_and_the_change_is_as_small(
    small: Network, drawn: Drawn, monkeypatch: pytest.MonkeyPatch
) -> None:
    passes, norms = {0.0: 0, lbfgs.SETTLED: 0}, {0.0: 0.0, lbfgs.SETTLED: 0.0}
    for settled in passes:
        monkeypatch.setattr(lbfgs, "SETTLED", settled)
        for seed in range(6):
            model, image = small(seed), drawn(seed, 1)[0]
            target = int(model(image)[0].topk(2).indices[1])
            walk = list(lbfgs.steps(model, image, target, at_once=True))
            assert walk[-1].closest is not None
            passes[settled] += len(walk)
            norms[settled] += (walk[-1].closest - image).norm().item()
    (all_passes, fewer), (to_the_end, ended) = passes.values(), norms.values()
    assert fewer < 0.8 * all_passes and ended < 1.02 * to_the_end


def test_a_larger_c_that_arrives_means_a_smaller_change(small: Network, drawn: Drawn) -> None:
    model, image = small(5), drawn(5, 1)[0]
    target = int(model(image)[0].topk(2).indices[1])
    ends: dict[float, lbfgs.Pass] = {}
    for done in lbfgs.steps(model, image, target, at_once=True):
        ends[done.weight] = done
    arrived = sorted(w for w, p in ends.items() if int(p.logits.argmax()) == target)
    norms = [ends[w].norm for w in arrived]
    assert len(norms) >= 3 and norms[-1] < norms[0]


def test_a_target_that_cannot_be_reached_gives_none() -> None:
    def never(images: Tensor) -> Tensor:
        size = images.flatten(1).sum(dim=1)
        return torch.stack([size, size - 1], dim=1)

    assert lbfgs.closest(never, grey(0.2, 0.2, 0.2, 0.2), 1) is None


def test_the_picture_itself_is_the_answer_if_it_has_the_target() -> None:
    image = grey(0.5, 0.5, 0.1, 0.5)
    assert int(two_classes(image).argmax()) == 0
    found = lbfgs.closest(two_classes, image, 0)
    assert found is not None and torch.equal(found, image)


def test_nothing_is_written_on_the_model_or_the_picture(small: Network, drawn: Drawn) -> None:
    model, image = small(1), drawn(1, 1)[0]
    before, kept = image.clone(), [p.clone() for p in model.parameters()]
    lbfgs.closest(model, image, 1)
    assert torch.equal(image, before)
    assert all(p.grad is None for p in model.parameters())
    assert all(torch.equal(a, b) for a, b in zip(kept, model.parameters(), strict=True))


def searching() -> int:
    return sum(thread.name == "L-BFGS-B" for thread in threading.enumerate())


def test_a_walk_that_is_dropped_leaves_no_thread(small: Network, drawn: Drawn) -> None:
    walk = lbfgs.steps(small(2), drawn(2, 1)[0], 1)
    next(walk)
    assert searching() == 1
    walk.close()  # type: ignore[attr-defined]
    assert searching() == 0
    list(lbfgs.steps(small(2), drawn(2, 1)[0], 1))
    assert searching() == 0


def test_a_model_that_fails_is_heard_and_leaves_no_thread() -> None:
    def broken(images: Tensor) -> Tensor:
        raise RuntimeError("no network")

    for at_once in (True, False):
        with pytest.raises(RuntimeError, match="no network"):
            last(broken, grey(0.0, 0.0, 0.0, 0.0), 1, at_once)
        assert searching() == 0
