"""`demo.experiments.attack_cost`: exact counts, honest sizes, a verdict for every outcome."""

import dataclasses
import itertools
from collections.abc import Callable

import numpy as np
import pytest
import torch
from torch import Tensor, nn

from demo import models
from demo.experiments.adversarial_training import accuracy_against_epsilon
from demo.experiments.attack.one_step import Answer
from demo.experiments.attack_cost import counted, loop, race, smallest, verdict, walks
from demo.experiments.attack_cost.walks import Question

pytestmark = pytest.mark.usefixtures("one_thread")

Network = Callable[[int], nn.Module]
Drawn = Callable[..., tuple[Tensor, Tensor]]


@pytest.fixture(scope="module")
def conv() -> nn.Module:
    return models.load("conv", torch.device("cpu"))


@pytest.fixture(scope="module")
def against_fgsm() -> nn.Module:
    return models.load("conv-fgsm", torch.device("cpu"))


def digit(number: int = 7) -> Tensor:
    return accuracy_against_epsilon.chosen().images[number : number + 1]


def question(model: nn.Module, image: Tensor, epsilon: float = 0.25, restarts: int = 3) -> Question:
    label, target = model(image)[0].topk(2).indices.tolist()
    return Question(label, target, epsilon, restarts)


def finished(model: nn.Module, image: Tensor, asked: Question) -> race.Race:
    run = race.Race(model, image, asked)
    for _ in range(5_000):
        if run.finished:
            return run
        run.advance()
    raise AssertionError("the race has no end")


@pytest.fixture(scope="module")
def raced(conv: nn.Module) -> race.Race:
    return finished(conv, digit(), question(conv, digit()))


def test_a_counted_model_counts_images_each_way(small: Network, drawn: Drawn) -> None:
    model, (images, labels) = counted.Counted(small(1)), drawn(1, 3)
    with torch.inference_mode():
        model(images)
    assert (model.forward, model.backward) == (3, 0)
    leaf = images.clone().requires_grad_(True)
    loss = nn.functional.cross_entropy(model(leaf), labels)
    assert (model.forward, model.backward) == (6, 0)
    torch.autograd.grad(loss, leaf)
    assert (model.forward, model.backward) == (6, 3)


def test_the_passes_are_those_that_a_network_really_made(conv: nn.Module) -> None:
    made = []
    hook = conv.register_forward_hook(lambda m, i, o: made.append(o.requires_grad))
    try:
        run = finished(conv, digit(), question(conv, digit()))
    finally:
        hook.remove()
    gradients = sum(row.passes for row in run.rows.values())
    assert sum(made) == gradients + 1  # and one that warms the network up


def test_fgsm_takes_one_pass_bim_ten_and_pgd_forty_a_start(raced: race.Race) -> None:
    rows = raced.rows
    assert (rows["FGSM"].passes, rows["FGSM"].forward_only) == (1, 0)
    assert (rows["BIM"].passes, rows["BIM"].forward_only) == (10, 0)
    assert (rows["PGD"].passes, rows["PGD"].forward_only) == (40, 1)
    assert rows["L-BFGS"].passes > 50 and rows["L-BFGS"].forward_only == 0


def test_pgd_begins_again_only_where_it_failed_and_at_most_so_often(conv: nn.Module) -> None:
    stands = finished(conv, digit(), question(conv, digit(), epsilon=0.001, restarts=3)).rows["PGD"]
    assert not stands.reached and (stands.passes, stands.forward_only) == (120, 3)


def test_each_row_has_a_point_for_each_pass_and_ends_at_its_last(raced: race.Race) -> None:
    for attack in walks.ATTACKS:
        points, row = raced.points[attack], raced.rows[attack]
        assert [p.passes for p in points][-1] == row.passes
        assert all(a.seconds <= b.seconds for a, b in itertools.pairwise(points))
        assert row.seconds >= points[-1].seconds > 0
    for attack in ("FGSM", "BIM", "PGD"):
        assert raced.points[attack][-1].norm == pytest.approx(raced.rows[attack].norm)


def test_what_is_reached_is_what_the_network_says_of_those_values(
    raced: race.Race, conv: nn.Module
) -> None:
    asked = raced.question
    for attack, row in raced.rows.items():
        assert row.reached == (
            row.answer.label == asked.target if attack == "L-BFGS"
            else row.answer.label != asked.label
        )  # fmt: skip
        shown = torch.from_numpy(row.pixels.astype(np.float32) / 255).permute(2, 0, 1)[None]
        assert (shown - digit()).abs().max() <= row.largest + 0.5 / 255 + 1e-6
        if attack != "L-BFGS":  # that one stands at the boundary: half a level decides there
            assert int(conv(shown).argmax()) == row.answer.label
    assert all(row.reached for row in raced.rows.values())


def test_lbfgs_finds_a_smaller_2_norm_than_the_others(raced: race.Race) -> None:
    norms = {attack: row.norm for attack, row in raced.rows.items()}
    assert norms["L-BFGS"] < min(norms["FGSM"], norms["BIM"], norms["PGD"])
    for attack in ("FGSM", "BIM", "PGD"):
        assert raced.rows[attack].largest <= raced.question.epsilon + 1e-6


def test_an_attack_that_returns_its_input_fails(
    conv: nn.Module, monkeypatch: pytest.MonkeyPatch
) -> None:
    idle = {a: lambda m, image, q: iter([walks.Step(image, image)]) for a in walks.ATTACKS}
    monkeypatch.setattr(race, "WALKS", idle)
    run = finished(conv, digit(), question(conv, digit()))
    assert not any(row.reached or row.norm or row.passes for row in run.rows.values())


def test_a_network_trained_against_fgsm_alone_stands_against_it_and_falls_to_pgd(
    against_fgsm: nn.Module,
) -> None:
    images = accuracy_against_epsilon.chosen().images[:20]
    fallen = 0
    for i in range(20):
        image = images[i : i + 1]
        run = race.Race(against_fgsm, image, question(against_fgsm, image))
        while "PGD" not in run.rows:
            run.advance()
        if not run.rows["FGSM"].reached and run.rows["PGD"].reached:
            fallen += 1
            assert "tested with FGSM alone" in verdict.robust(run.rows, run.question)
    assert fallen >= 15


# The smallest epsilon


def searched(model: nn.Module, image: Tensor, grid: tuple[float, ...]) -> smallest.Search:
    label = int(model(image).argmax())
    run = smallest.Search(model, image, label, grid, restarts=2)
    for _ in range(5_000):
        if run.finished:
            return run
        run.advance()
    raise AssertionError("the search has no end")


class Plane(nn.Module):
    """Class 1 where the mean of the values is above a half; FGSM is then the best there is."""

    def forward(self, images: Tensor) -> Tensor:
        mean = 10 * (images.flatten(1).mean(dim=1) - 0.5)
        return torch.stack([-mean, mean], dim=1)


def test_on_a_linear_model_the_smallest_epsilon_is_the_distance_to_the_plane() -> None:
    image = torch.full((1, 1, 4, 4), 0.4)
    grid = tuple(i / 64 for i in range(1, 33))
    found = searched(Plane(), image, grid).found
    assert {result.epsilon for result in found.values()} == {7 / 64}  # 6/64 < .1 < 7/64
    assert (found["FGSM"].passes, found["FGSM"].forward_only) == (1, 32)
    assert found["BIM"].passes == 10 * found["BIM"].forward_only <= 60
    assert found["PGD"].passes == 3 * 40  # at BIM's epsilon, and in vain twice one below it


def test_where_no_epsilon_works_none_is_said() -> None:
    found = searched(Plane(), torch.zeros(1, 1, 4, 4), (0.1, 0.2)).found
    assert [result.epsilon for result in found.values()] == [None] * 3


def test_the_grids_run_upward_to_the_largest_epsilon_of_the_attack_page() -> None:
    assert smallest.GRIDS["photographs"][-1] == pytest.approx(16 / 255)
    assert smallest.GRIDS["digits"][-1] == 0.5
    for grid in smallest.GRIDS.values():
        assert list(grid) == sorted(set(grid)) and grid[0] > 0


# The loop


COST = loop.LoopCost(
    standard_step=0.01, fgsm_step=0.02, lbfgs_example=0.2, lbfgs_passes=100, pass_in_batch=1e-4,
    reached=1.0, batch=100, epochs=12,
)  # fmt: skip


def test_the_sums_of_the_loop_are_those_of_a_pencil() -> None:
    assert COST.steps == 6_000
    assert COST.standard == pytest.approx(60) and COST.adversarial == pytest.approx(120)
    assert COST.attack_all == pytest.approx(10_000)
    assert COST.attack_all_in_batches == pytest.approx(500)
    assert COST.loop == pytest.approx(60 + 10_000 + 120)


def test_the_loop_is_measured_piece_by_piece_and_leaves_the_network_alone(conv: nn.Module) -> None:
    before = [p.clone() for p in conv.parameters()]
    run = loop.Measurement(conv)
    shares = []
    while run.result is None:
        run.advance()
        shares.append(run.share)
        assert len(shares) < 100
    cost = run.result
    assert shares == sorted(shares) and shares[-1] == 1.0
    assert len(shares) >= 3 * loop.ROUNDS + loop.ATTACKED
    assert cost.reached == 1.0 and 50 < cost.lbfgs_passes < 1_000
    assert 0 < cost.standard_step < cost.fgsm_step
    assert cost.loop > cost.attack_all > cost.attack_all_in_batches > 0
    assert all(torch.equal(a, b) for a, b in zip(before, conv.parameters(), strict=True))
    assert not any(p.requires_grad or p.grad is not None for p in conv.parameters())


# The words


def row(attack: walks.Attack, reached: bool, passes: int = 40, norm: float = 2.0) -> race.Row:
    blank = np.zeros((2, 2, 1), np.uint8)
    return race.Row(
        attack, passes, 0, 1.0, 0.1, norm, 0.2, Answer(1, 0.9), reached, blank, blank
    )  # fmt: skip


def rows(**reached: bool) -> dict[walks.Attack, race.Row]:
    names: dict[str, walks.Attack] = {"fgsm": "FGSM", "bim": "BIM", "pgd": "PGD", "lbfgs": "L-BFGS"}
    return {names[name]: row(names[name], value) for name, value in reached.items()}


ASKED = Question(3, 7, 0.25, 10)


@pytest.mark.parametrize(
    ("found", "words"),
    [
        (rows(fgsm=False), ""),
        (rows(fgsm=True, bim=True, pgd=True), "one pass of FGSM is enough"),
        (rows(fgsm=False, bim=True, pgd=True), "tested with FGSM alone"),
        (rows(fgsm=False, bim=False, pgd=False), "It withstood"),
        (rows(fgsm=True, bim=False, pgd=False), "FGSM succeeds although PGD"),
        (rows(fgsm=False, bim=True, pgd=False), "BIM succeeds although PGD"),
        (rows(fgsm=False, bim=False, pgd=False, lbfgs=True), "L-BFGS's example lies there"),
        (rows(fgsm=False, bim=False, pgd=False, lbfgs=False), "evidence, not proof"),
    ],
)
def test_there_is_a_verdict_for_every_outcome(
    found: dict[walks.Attack, race.Row], words: str
) -> None:
    said = verdict.robust(found, ASKED)
    assert words in said and bool(said) == bool(words)


def test_an_lbfgs_example_outside_the_ball_does_not_count_against_the_network() -> None:
    found = rows(fgsm=False, bim=False, pgd=False, lbfgs=True)
    far = dataclasses.replace(found["L-BFGS"], largest=0.3)
    assert "It withstood" in verdict.robust(found | {"L-BFGS": far}, ASKED)


def test_the_heading_holds_the_live_numbers() -> None:
    one = row("FGSM", True, 1, norm=4.0)
    search = row("L-BFGS", True, 226, norm=1.0)
    said = verdict.heading({"FGSM": one, "L-BFGS": search}, ASKED, "3", "7")
    assert said == (
        "FGSM finds an adversarial example in one pass; L-BFGS needs 226, and its change is 4.0 "
        "times smaller"
    )
    assert "3 becomes 7" in verdict.heading({"FGSM": one}, ASKED, "3", "7")
    failed = {"FGSM": row("FGSM", False, 1), "PGD": row("PGD", True, 80)}
    assert "PGD succeeds after 80 passes" in verdict.heading(failed, ASKED, "3", "3")
    both = failed | {"PGD": row("PGD", False, 400)}
    assert "Neither FGSM nor PGD, after 400 passes" in verdict.heading(both, ASKED, "3", "3")
    assert "proves nothing" in verdict.heading({"FGSM": row("FGSM", False, 1)}, ASKED, "3", "3")


def test_a_wrong_clean_answer_is_not_taken_for_the_truth() -> None:
    assert verdict.seen_as("9", "4") == "4 (taken for 9)"
    assert verdict.seen_as("9", "9") == verdict.seen_as("9", None) == "9"


def test_the_table_takes_the_smaller_of_the_grid_and_the_chosen_epsilon() -> None:
    found: dict[walks.Attack, smallest.Smallest] = {
        "FGSM": smallest.Smallest(0.5, 1, 32), "BIM": smallest.Smallest(None, 10, 1),
    }  # fmt: skip
    told = verdict.smallest(found, rows(fgsm=True, bim=False, lbfgs=True), ASKED, 0.5)
    assert [line[:2] for line in told] == [
        ("FGSM", ".25 (63.8/255)"), ("BIM", "none up to .5"), ("L-BFGS", ".2 (51/255)"),
    ]  # fmt: skip
    assert told[0][2] == "1 pass and 32 forward"
    assert not any("|" in word for line in told for word in line)  # they stand in a table
