"""The paper's numbers: each measurement by pencil or by a second way; the rows' file; the table."""

import json
import math
from collections.abc import Callable
from pathlib import Path

import numpy as np
import pytest
import torch
import torch.nn.functional as F
from torch import Tensor, nn

from demo import fgsm
from demo.data import digits
from demo.data.labelled import Labelled
from demo.experiments.adversarial_training import digit_accuracy
from demo.experiments.adversarial_training.digit_accuracy import UnderAttack
from demo.experiments.paper_numbers import (
    at_hand,
    bench,
    claims,
    examples,
    measures,
    rounding,
    rows,
    straight_lines,
    transfer,
)
from demo.experiments.paper_numbers.bench import Bench, Measured
from demo.models import trained
from demo.networks import architectures
from demo.training import recipes
from tests.shipped import in_turn

pytestmark = pytest.mark.usefixtures("one_thread")


def drawn(build: Callable[[], nn.Module], seed: int) -> nn.Module:
    with torch.random.fork_rng():
        torch.manual_seed(seed)
        return build().eval().requires_grad_(False)


def softmax(seed: int) -> nn.Module:
    return drawn(architectures.SoftmaxRegression, seed)


def on(network: fgsm.Model, labelled: Labelled, **more: int) -> Bench:
    return Bench(labelled, lambda name, seed: network, **more)  # type: ignore[arg-type,return-value]


@pytest.mark.parametrize("attack", ["none", "FGSM", "random signs"])
@pytest.mark.parametrize("batch", [7, 40])
def test_pieces_count_what_the_whole_counts(attack: digit_accuracy.Attack, batch: int) -> None:
    network, labelled = softmax(1), in_turn()
    walk = bench.count(network, labelled, attack, on(network, labelled, batch=batch))
    epsilon = recipes.EPSILON if attack != "none" else 0.0
    whole = digit_accuracy.run(network, labelled, attack, epsilon)
    found = bench.finished(walk)
    assert found.count == whole.count == 40
    if attack != "random signs":  # the pieces draw their own signs
        assert found.errors == whole.errors > 0
        assert found.confidence == pytest.approx(whole.confidence, rel=1e-6)


def test_confidences_are_averaged_over_errors_and_not_over_pieces() -> None:
    pieces = [
        UnderAttack("FGSM", 0.25, 10, 1, 0.9),
        UnderAttack("FGSM", 0.25, 10, 3, 0.5),
        UnderAttack("FGSM", 0.25, 10, 0, math.nan),
    ]
    found = bench.summed(pieces)
    assert (found.count, found.errors, found.confidence) == (30, 4, pytest.approx(0.6))
    assert math.isnan(bench.summed(pieces[2:]).confidence)


def test_a_walk_says_how_far_it_is_and_several_share_the_way() -> None:
    network, labelled = softmax(1), in_turn()
    shares: list[float] = []
    where = on(network, labelled, batch=10)
    walks = [bench.count(network, labelled, "none", where) for _ in range(2)]
    first, second = bench.finished(bench.together(*walks), shares.append)
    assert shares == [0, 0.125, 0.25, 0.375, 0.5, 0.625, 0.75, 0.875]
    assert first == second and first.count == len(labelled)


def test_the_attack_is_made_on_one_network_and_answered_by_the_other() -> None:
    made_on, asked, labelled = softmax(1), softmax(2), in_turn()
    found = bench.finished(transfer.run(made_on, asked, labelled, on(asked, labelled, batch=9)))
    examples_ = fgsm.fgsm(made_on, labelled.images, labelled.labels, recipes.EPSILON)
    wrong = asked(examples_).argmax(dim=1) != labelled.labels
    own = fgsm.fgsm(asked, labelled.images, labelled.labels, recipes.EPSILON)
    assert found.errors == int(wrong.sum())
    assert found.errors != int((asked(own).argmax(dim=1) != labelled.labels).sum())


def test_an_ensemble_answers_with_the_mean_of_its_members_probabilities() -> None:
    members, images = [softmax(seed) for seed in range(3)], in_turn().images
    mean = torch.stack([member(images).softmax(dim=1) for member in members]).mean(dim=0)
    logits = transfer.ensemble(members)(images)
    assert torch.allclose(logits.softmax(dim=1), mean, atol=1e-6)
    loss = F.cross_entropy(logits, torch.zeros(len(images)).long(), reduction="sum")
    assert loss.item() == pytest.approx(-mean[:, 0].log().sum().item(), rel=1e-5)


def test_the_ensembles_own_gradient_is_that_of_its_mean_probability() -> None:
    members = [softmax(seed).double() for seed in range(3)]
    few = in_turn(10)
    images, labels = few.images.double(), few.labels

    def loss(at: Tensor) -> Tensor:
        mean = torch.stack([m(at).softmax(dim=1) for m in members]).mean(dim=0)
        return -mean.gather(1, labels[:, None]).log().sum()

    leaves = images.clone().requires_grad_(True)
    (expected,) = torch.autograd.grad(loss(leaves), leaves)
    found = fgsm.loss_gradient(transfer.ensemble(members), images, labels)
    assert torch.allclose(found, expected, atol=1e-12)


def test_what_rounding_hides_is_counted_by_both_gradients() -> None:
    """The margin is 30 at grey and -45 a quarter below: FGSM flips it, p - 1 rounded does not."""

    def sure(images: Tensor) -> Tensor:
        margin = 300 * (images.flatten(1).mean(dim=1) - 0.4)
        return torch.stack([torch.zeros_like(margin), margin], dim=1)

    grey = Labelled(torch.full((30, 1, 28, 28), 0.5), torch.ones(30, dtype=torch.int64))
    found = bench.finished(measures.hidden_by_rounding(on(sure, grey, batch=9), "conv"))
    assert found.values == (1.0, 0.0) and found.digits == 30
    doubly = Labelled(grey.images.double(), grey.labels)
    assert bench.finished(rounding.run(sure, doubly, on(sure, doubly))) == 0.0


def bent(at: np.ndarray, first: float, second: float) -> np.ndarray:
    return 3 - 2 * at + 5 * np.maximum(at - first, 0) - 4 * np.maximum(at - second, 0)


def test_three_straight_pieces_are_found_exactly() -> None:
    x = straight_lines.EPSILON_GRID
    curves = np.stack([bent(x, x[5], x[61]), bent(x, x[59], x[63])])
    fit = straight_lines.three_pieces(x, curves)
    assert np.allclose(fit, curves, atol=1e-8)
    assert straight_lines.r_squared(curves[None], fit[None]) == pytest.approx([1.0])


def test_a_curve_of_many_bends_is_not_called_straight() -> None:
    x = straight_lines.EPSILON_GRID
    waves = np.sin(x)[None]
    fit = straight_lines.three_pieces(x, waves)
    assert straight_lines.r_squared(waves[None], fit[None])[0] < 0.3


def test_the_fit_is_no_worse_than_any_other_with_the_same_knots() -> None:
    x = straight_lines.EPSILON_GRID
    curve = np.abs(x) + np.cos(3 * x)
    best = straight_lines.three_pieces(x, curve[None])[0]
    for first, second in ((x[1], x[31]), (x[59], x[61]), (x[21], x[117])):
        columns = [np.ones_like(x), x, np.maximum(x - first, 0), np.maximum(x - second, 0)]
        basis = np.stack(columns, axis=1)
        other = basis @ np.linalg.lstsq(basis, curve, rcond=None)[0]
        assert ((curve - best) ** 2).sum() <= ((curve - other) ** 2).sum() + 1e-9


def test_a_linear_networks_logits_are_straight_and_leave_the_pixel_range() -> None:
    few = in_turn(10)
    lines = bench.finished(straight_lines.run(softmax(1), few))
    assert lines.logits.shape == (10, len(straight_lines.EPSILON_GRID), 10)
    assert lines.r_squared.min() > 1 - 1e-6
    middle = len(straight_lines.EPSILON_GRID) // 2
    assert np.allclose(lines.logits[:, middle], softmax(1)(few.images).numpy(), atol=1e-5)
    steps = np.diff(lines.logits.astype(float), axis=1)
    assert np.allclose(steps, steps[:, :1], atol=1e-3)  # a clip would bend them


@pytest.mark.parametrize(
    ("answers", "held"),
    [([1, 1, 1, 1], 0), ([2, 2, 2, 1], 2), ([2, 3, 3, 1], 1), ([2, 1, 2, 3], 0), ([2] * 5, 4)],
)
def test_the_widest_wrong_stretch_is_counted_from_stop_to_stop(
    answers: list[int], held: int
) -> None:
    assert straight_lines._longest(np.array(answers), 1) == held


def test_errors_and_confidence_of_the_row_are_those_of_the_count() -> None:
    network, labelled = softmax(3), in_turn()
    found = bench.finished(measures.error_and_confidence(on(network, labelled), "softmax"))
    whole = digit_accuracy.run(network, labelled, "FGSM", recipes.EPSILON)
    assert found.values == (whole.error, pytest.approx(whole.confidence))


def test_the_threes_and_sevens_are_the_only_digits_of_the_logistic_regression() -> None:
    network = drawn(architectures.LogisticRegression, 0)
    found = bench.finished(measures.clean_and_fgsm(on(network, in_turn(100)), "logistic"))
    assert found.digits == 20


def test_p7_and_p8_are_each_others_reverse_and_one_claim() -> None:
    first, second = softmax(1), softmax(2)

    def values(standard: nn.Module, adversarial: nn.Module) -> tuple[float, ...]:
        both = {measures.STANDARD: standard, measures.ADVERSARIAL: adversarial}
        place = Bench(in_turn(), lambda name, seed: both[name])
        return bench.finished(measures.transferred(place)).values

    assert values(first, second) == values(second, first)[::-1]
    walk = transfer.run(first, second, in_turn(), on(second, in_turn()))
    assert values(first, second)[0] == bench.finished(walk).error
    assert claims.claim("P8") is claims.claim("P7")


def test_the_mean_is_over_the_seeds_that_are_at_hand() -> None:
    def network(name: str, seed: int) -> nn.Module:
        if seed == 3:
            raise trained.Absent("none")
        return softmax(seed)

    found = bench.finished(measures.mean_clean_errors(Bench(in_turn(), network)))
    parts = found.parts[measures.STANDARD]
    assert len(parts) == 2 and found.values[0] == pytest.approx(sum(parts) / 2)


def test_the_training_errors_are_those_of_the_training_digits() -> None:
    network, labelled = softmax(1), in_turn()
    seen = Labelled(labelled.images, network(labelled.images).argmax(dim=1))
    place = Bench(labelled, lambda name, seed: network, training=seen)
    assert bench.finished(measures.training_errors(place)).values == (0.0, 0.0, 0.0)
    found = bench.finished(measures.smaller_penalties(place))
    wrong = float((seen.labels != labelled.labels).float().mean())
    assert found.values == pytest.approx((wrong,) * 3) and wrong > 0
    assert found.parts[measures.TRAINING] == (0.0, 0.0, 0.0)
    for measure in (measures.training_errors, measures.smaller_penalties):
        with pytest.raises(digits.Missing, match="training digits"):
            bench.finished(measure(Bench(labelled, lambda name, seed: network)))


def test_the_lines_of_the_untrained_network_are_the_control() -> None:
    trained_one = drawn(architectures.Maxout, 1)
    found = bench.finished(measures.straightness(on(trained_one, in_turn(10))))
    control = recipes.recipe(measures.STANDARD).network(trained.SEED, in_turn()).eval()
    lines = bench.finished(straight_lines.run(control, in_turn(10)))
    assert found.values[2] == pytest.approx(float(np.median(lines.r_squared)))
    assert found.values[3] == pytest.approx(float(np.median(lines.held)))


def test_the_table_has_all_the_papers_rows_and_every_pair_beyond_it() -> None:
    numbers = [number for claim in claims.PAPER for number in (claim.id, *claim.also)]
    assert numbers == [f"P{n}" for n in range(1, 23)]
    beyond = {claim.networks[0][0] for claim in claims.BEYOND}
    assert {r.name for r in recipes.RECIPES if r.training == "adversarial" and r.ships} <= beyond
    assert all(name.removesuffix("-adversarial") in beyond for name in beyond)


def test_every_row_that_cannot_be_run_says_what_it_needs() -> None:
    for claim in claims.CLAIMS:
        assert (claim.measure is None) == bool(claim.needs) == (not claim.networks)
        assert all(recipes.recipe(name) for name, _ in claim.networks)


def test_a_row_that_does_not_exist_is_named_with_those_that_do() -> None:
    assert claims.claim(" p8 ").id == "P7"
    with pytest.raises(ValueError, match=r"no row 'P23'.*P22, B1"):
        claims.claim("P23")


def filled(number: str = "P1", values: tuple[float, ...] = (0.995, 0.8)) -> rows.Row:
    measured = Measured(values, 10_000, {"seeds": (0.1, 0.2, 0.4)})
    return rows.filled(claims.claim(number), measured, command="c", weights={"softmax": "00"})


def test_a_row_survives_its_file(tmp_path: Path) -> None:
    kept = (filled(), rows.filled(claims.claim("P5"), None, not_run="not run: needs it"))
    rows.write(kept, tmp_path / "deep" / "paper.json")
    assert rows.read(tmp_path / "deep" / "paper.json") == kept
    assert [path.name for path in (tmp_path / "deep").iterdir()] == ["paper.json"]


def test_what_is_not_a_number_is_null_in_the_file(tmp_path: Path) -> None:
    rows.write((filled(values=(0.0, math.nan)),), tmp_path / "paper.json")
    entry = json.loads((tmp_path / "paper.json").read_text())["rows"][0]
    assert entry["numbers"][1]["ours"] is None
    assert rows.shown(None, "%") == rows.shown(math.nan, "%") == "–"


@pytest.mark.parametrize("text", ["", "{", "[]", '{"rows": [{"id": "P1"}]}', '{"rows": 3}'])
def test_a_broken_file_of_results_is_refused_by_name(text: str, tmp_path: Path) -> None:
    (tmp_path / "paper.json").write_text(text)
    with pytest.raises(rows.Unreadable, match=r"paper\.json.*demo reproduce"):
        rows.read(tmp_path / "paper.json")
    assert rows.read(tmp_path / "nothing.json") == ()


def test_a_new_row_takes_the_old_ones_place_in_the_papers_order() -> None:
    old = (filled("P10"), filled("P2"))
    new = filled("P2", (0.9, 0.95))
    merged = rows.merged(old, new, claims.ORDER)
    assert [row.id for row in merged] == ["P2", "P10"] and merged[0] is new


def test_three_seeds_are_told_with_mean_and_spread() -> None:
    (line,) = rows.parts_in_words(filled("P4", (0.01, 0.01)))
    assert line == (
        "seeds: 10.0 %, 20.0 %, 40.0 % (mean 23.333 %, standard deviation 15.275 points)"
    )


@pytest.mark.parametrize(
    ("value", "unit", "text"),
    [(0.995, "%", "99.5 %"), (0.0094, "%", "0.94 %"), (0.99871, "R²", "0.9987"),
     (0.999987, "R²", "> 0.9999"), (14.5, "of 30", "14.5 of 30"), (1.0, "%", "100.0 %")],
)  # fmt: skip
def test_numbers_are_written_as_a_person_reads_them(value: float, unit: str, text: str) -> None:
    assert rows.shown(value, unit) == text


def test_missing_networks_are_found_in_either_folder_and_named_together(tmp_path: Path) -> None:
    first, second = tmp_path / "a", tmp_path / "b"
    first.mkdir()
    second.mkdir()
    (second / "maxout.seed2.json").write_text("{}")
    wanted = (("maxout", 1), ("maxout", 2), ("maxout", 3), ("maxout-l1", 1))
    missing = at_hand.missing(wanted, (first, second))
    assert missing == (("maxout", 1), ("maxout", 3), ("maxout-l1", 1))
    assert at_hand.named(missing) == "maxout (seeds 1, 3) and maxout-l1"
    assert at_hand.folder("maxout", 2, (first, second)) == second
    with pytest.raises(trained.Absent, match="maxout"):
        at_hand.network("maxout", 1, torch.device("cpu"), (first, second))


def test_example_digits_are_attacked_and_answered_in_digits() -> None:
    network = drawn(architectures.LogisticRegression, 0)
    with torch.no_grad():
        network.weight.copy_(torch.randn(784, generator=torch.Generator().manual_seed(0)))
    few = in_turn(100).only(digits.THREE_AND_SEVEN)
    clean, attacked = examples.run(network, few, ("none", "FGSM"), digits.THREE_AND_SEVEN)
    assert set(clean.labels) == {3, 7} and set(clean.answers) <= {3, 7}
    assert (clean.right == (clean.answers == clean.labels)).all()
    change = attacked.pixels.astype(int) - clean.pixels
    assert 60 <= np.abs(change).max() <= 64
    assert attacked.right.sum() < clean.right.sum() or not attacked.right.any()
    assert ((clean.confidence >= 0) & (clean.confidence <= 1)).all()
