"""Accuracy on photographs under attack, the recorded figures, and the strip of dots."""

import json
from pathlib import Path

import pytest
import torch
from torch import Tensor, nn

from demo import models
from demo.__main__ import main
from demo.data import gallery, photographs
from demo.data.labelled import Labelled
from demo.experiments.adversarial_training import digit_accuracy, photograph_accuracy
from demo.experiments.adversarial_training.accuracy_against_epsilon import Curve
from demo.experiments.attack import confidence_sweep, failures, gallery_flips
from demo.experiments.attack.gallery_flips import Flip
from demo.models import trained
from demo.training import photograph_recipes
from demo.web.figures import flip_strip, training_rounds
from demo.web.pages import photograph_training, two_networks

CHECK = Path(__file__).parents[3] / "shared" / "data" / "imagenet-pool" / "check.tar"
LEVELS = tuple(255 * epsilon for epsilon in confidence_sweep.EPSILON_GRID)


class Linear(nn.Module):
    """Two classes by the sign of the mean; every pixel counts alike."""

    def forward(self, images: Tensor) -> Tensor:
        z = 40 * (images - 0.5).mean(dim=(1, 2, 3))
        return torch.stack([-z, z], dim=1)


def labelled() -> Labelled:
    """Grey pictures, 1 to 9 levels above the middle: FGSM at n/255 flips those below n."""
    levels = torch.arange(1, 10) / 255
    return Labelled((0.5 + levels).reshape(-1, 1, 1, 1).expand(-1, 3, 4, 4), torch.ones(9).long())


def test_the_curves_count_what_each_epsilon_leaves() -> None:
    rows = list(photograph_accuracy.curves(Linear(), labelled()))
    assert [(r.attack, round(255 * r.epsilon, 6)) for r in rows] == [
        (attack, level) for attack in ("FGSM", "PGD") for level in photograph_accuracy.CURVE
    ]
    expected = [9 - sum(level > n for n in range(1, 10)) for level in photograph_accuracy.CURVE]
    for attack in ("FGSM", "PGD"):
        left = [r.count - r.errors for r in rows if r.attack == attack]
        assert all(abs(a - b) <= 1 for a, b in zip(left, expected, strict=True)), (left, expected)
        assert left[0] == 9 and left == sorted(left, reverse=True)


def test_outcomes_of_some_are_those_of_all() -> None:
    torch.manual_seed(0)
    model = nn.Sequential(nn.Flatten(), nn.Linear(48, 4)).requires_grad_(False)
    images = torch.rand(60, 3, 4, 4)
    whole = Labelled(images, model(images).argmax(1))
    all_of_them = photograph_accuracy.outcomes(model, whole)
    some = photograph_accuracy.outcomes(model, whole[:50])
    assert list(all_of_them) == [name for name, _, _ in photograph_accuracy.named_attacks()]
    assert all_of_them["without attack"].all()
    for name, right in some.items():
        assert torch.equal(right, all_of_them[name][:50])


def test_recorded_curves_belong_to_their_weights(tmp_path: Path) -> None:
    rows = [
        {"network": "a", "sha256": "1", "attack": attack, "level": level, "photographs": 4,
         "right": right}
        for attack in ("FGSM", "PGD") for level, right in ((0.0, 4), (1.0, 1))
    ]  # fmt: skip
    path = tmp_path / "found.json"
    path.write_text(json.dumps({"rows": rows}), encoding="utf-8")
    found = photograph_accuracy.recorded({"a": "1"}, path)
    assert found[1] == Curve("a", "PGD", (0.0, 1 / 255), (1.0, 0.25), 4)
    assert photograph_accuracy.recorded({"a": "2"}, path) == []
    assert photograph_accuracy.recorded({"a": "1"}, tmp_path / "none.json") == []


class Pixel(torch.nn.Module):
    """Says 1 where that pixel is above .5, else 0: linear, and sure in no way."""

    def __init__(self, pixel: int) -> None:
        super().__init__()
        self.pixel = pixel

    def forward(self, images: torch.Tensor) -> torch.Tensor:
        margin = images[:, 0, 0, self.pixel] - 0.5
        return torch.stack([-margin, margin], dim=1)


def test_what_the_switch_keeps_is_counted_among_what_the_standard_network_loses() -> None:
    near, far = 0.503, 0.6
    pictures = [(near, far), (near, near), (far, far), (0.4, far)]  # kept, lost, holds, wrong
    labelled = Labelled(torch.tensor(pictures).view(4, 1, 1, 2), torch.ones(4, dtype=torch.long))
    fgsm, pgd = photograph_accuracy.switched(Pixel(0), Pixel(1), labelled)
    assert fgsm == photograph_accuracy.Kept("FGSM", 2, 1)
    assert pgd == photograph_accuracy.Kept("PGD", 2, 1)
    said = photograph_training.switched([fgsm, pgd])
    assert "FGSM takes 2 right answers" in said and "keeps 1 of them under FGSM (50%)" in said
    assert photograph_training.switched([]) == ""


def test_the_gallery_that_ships_is_measured_for_the_weights_that_ship() -> None:
    for card in models.MODELS:
        if card.source != "embedded":
            continue
        flips = gallery_flips.recorded(card.name, str(card.sha256))
        assert [f.photograph for f in flips] == [p.name for p in gallery.of(card.classes)]


def test_each_pair_that_ships_has_its_curves_and_its_switch_recorded() -> None:
    pairs = models.photograph_pairs()
    assert [robust.classes for _, robust in pairs] == [1000, 29]
    for standard, robust in pairs:
        weights = {c.name: str(c.sha256) for c in (standard, robust)}
        drawn = [(c.network, c.attack) for c in photograph_accuracy.recorded(weights)]
        assert drawn == [(name, attack) for name in weights for attack in ("FGSM", "PGD")]
        kept = photograph_accuracy.recorded_kept(*weights.values())
        assert [k.attack for k in kept] == ["FGSM", "PGD"]
        assert all(0 < k.kept < k.lost for k in kept)


def test_a_recorded_flip_is_what_the_network_does() -> None:
    card = models.card("efficientnet-lite0")
    network = models.load(card.name, torch.device("cpu"))
    first = next(gallery_flips.run(network, card.input_size, torch.device("cpu")))
    kept = gallery_flips.recorded(card.name, str(card.sha256))[0]
    assert first.photograph == kept.photograph and first.right == kept.right
    assert first.stop is not None and kept.stop is not None
    assert abs(first.stop - kept.stop) <= 1  # another processor may round the other way


def test_the_sentence_of_the_strip_is_its_median() -> None:
    flips = [Flip("a", 24, True, 0), Flip("b", None, True, 1), Flip("c", 34, False, 0)]
    assert two_networks.median(flips) == failures.amount(LEVELS[34] / 255)
    assert two_networks.median([Flip("a", None, True, 1)]) == "more than 16/255"
    assert two_networks.said(None).endswith("at no ε up to 16/255.")
    assert two_networks.said(24) == "FGSM changes the answer from ε = 1/255 on."


def test_each_photograph_is_a_dot_and_this_one_a_diamond() -> None:
    dots = [flip_strip.Dot("a", 3), flip_strip.Dot("b", 3), flip_strip.Dot("c", None, here=True)]
    drawn = flip_strip.plot({"standard": dots, "adversarial": dots}, LEVELS)
    lower, upper = drawn.data
    assert (lower.name, upper.name) == ("adversarial training", "standard training")
    assert list(upper.x) == [3, 3, 67] and upper.y[0] < upper.y[1]
    assert list(upper.marker.symbol) == ["circle", "circle", "diamond"]
    assert upper.customdata[2][1] == "no answer changes up to 16/255"


def curves() -> list[Curve]:
    return [
        Curve("s", attack, (0.0, 1 / 255, 4 / 255), shares, 500)
        for attack, shares in (("FGSM", (0.9, 0.1, 0.1)), ("PGD", (0.9, 0.0, 0.0)))
    ] + [
        Curve("t", attack, (0.0, 1 / 255, 4 / 255), shares, 500)
        for attack, shares in (("FGSM", (0.75, 0.5, 0.2)), ("PGD", (0.75, 0.4, 0.05)))
    ]  # fmt: skip


def test_the_training_page_says_what_it_gives_and_what_it_costs() -> None:
    said = photograph_training.heading(curves(), "s", "t")
    assert said == (
        "Photographs: under PGD at ε = 1/255 the robust network is right on 40\u00a0%, the "
        "standard network on 0\u00a0%"
    )
    price = photograph_training.price(curves(), "s", "t")
    assert "90.0\u00a0% become 75.0\u00a0%" in price and "right on 5.0\u00a0%" in price
    assert "1/255" not in photograph_training.heading([], "s", "t")


def test_a_robust_networks_rounds_are_drawn_against_the_crops_it_has_seen() -> None:
    rounds = trained.history(ROBUST)
    assert [row["crops"] for row in rounds] == sorted({row["crops"] for row in rounds})
    assert rounds[-1]["crops"] == trained.card(ROBUST).images_seen
    drawn = training_rounds.plot(rounds)
    assert [line.name for line in drawn.data] == ["without attack", "FGSM, 1/255", "PGD, 1/255"]
    assert drawn.data[1].y[-1] == 100 * rounds[-1]["accuracy_under_fgsm"]
    assert trained.history("conv") == []


def test_the_command_measures_the_check_set(
    tmp_path: Path, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    from tests.training.test_photograph_networks import write_archive

    standard = models.card("efficientnet-lite0")
    monkeypatch.setattr(models, "MODELS", (standard,))
    monkeypatch.setattr(photograph_accuracy, "CURVE", (0.0, 8.0))
    archive = write_archive(tmp_path / "check.tar", gallery.of(1000)[:2])
    words = ["photographs", "--check", str(archive), "--out", str(tmp_path)]
    assert main(words) == 0
    found = photograph_accuracy.recorded(
        {standard.name: str(standard.sha256)}, tmp_path / photograph_accuracy.FILE
    )
    assert [c.images for c in found] == [2, 2] and found[0].accuracies[0] == 1.0
    assert found[1].accuracies[1] <= found[1].accuracies[0]
    assert main(["photographs", "--check", str(tmp_path / "none.tar")]) == 2
    assert "There is no" in capsys.readouterr().err


ROBUST = photograph_recipes.IMAGENET_ROBUST.name


def test_the_robust_networks_card_is_what_its_outcomes_say() -> None:
    card = models.card(ROBUST)
    path = models.ASSETS / "weights" / f"{ROBUST}.outcomes.json"
    outcomes = json.loads(path.read_text(encoding="utf-8"))
    assert card.accuracy is not None
    shares = {a.attack: a.share for a in (card.accuracy, *card.under_attack)}
    assert {name: right.count("1") / len(right) for name, right in outcomes.items()} == (
        pytest.approx(shares)
    )


@pytest.mark.slow
@pytest.mark.skipif(not CHECK.is_file(), reason="the check set is not here: the card is not tested")
def test_the_standard_networks_stated_accuracy_holds_on_the_first_hundred() -> None:
    """95 of the first 100 are right, 449 of all 500; the card states the latter."""
    some = photographs.measured_on(photographs.some_of(photographs.at(CHECK), range(100)))
    network = models.load("efficientnet-lite0", torch.device("cpu"))
    assert abs(digit_accuracy.run(network, some, "none", 0.0).errors - 5) <= 1
    stated = models.card("efficientnet-lite0").accuracy
    assert stated is not None and stated.share == 449 / 500


@pytest.mark.slow
@pytest.mark.skipif(not CHECK.is_file(), reason="the check set is not here: the card is not tested")
def test_the_robust_networks_outcomes_hold_on_a_hundred_photographs() -> None:
    """The first hundred of the check set: at most two differ from what was recorded."""
    some = photographs.measured_on(photographs.some_of(photographs.at(CHECK), range(100)))
    found = photograph_accuracy.outcomes(models.load(ROBUST, torch.device("cpu")), some)
    path = models.ASSETS / "weights" / f"{ROBUST}.outcomes.json"
    recorded = json.loads(path.read_text(encoding="utf-8"))
    for name, right in found.items():
        then = [int(c) for c in recorded[name][:100]]
        now = right.int().tolist()
        assert abs(sum(then) - sum(now)) <= 2, name
