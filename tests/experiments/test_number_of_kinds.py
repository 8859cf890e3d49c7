"""Fewer kinds to choose from: the same rivals for all, and an attack that knows no others."""

import itertools
import json
from pathlib import Path

import pytest
import torch
from torch import Tensor, nn

from demo import models
from demo.__main__ import main
from demo.data import gallery
from demo.data.labelled import Labelled
from demo.experiments.adversarial_training import number_of_kinds
from demo.experiments.adversarial_training.number_of_kinds import KINDS, Among
from demo.web.pages import photograph_training

CLASSES = 40


class Grey(nn.Module):
    """Class k's logit falls with its distance from the mean grey, in 255ths."""

    def forward(self, images: Tensor) -> Tensor:
        grey = 255 * images.mean(dim=(1, 2, 3))
        return -(grey[:, None] - 6 * torch.arange(CLASSES)).abs()


def labelled(above: float) -> Labelled:
    """A picture of each class, so many levels above its own grey."""
    labels = torch.arange(CLASSES)
    greys = (6 * labels + above) / 255
    return Labelled(greys.view(-1, 1, 1, 1).expand(-1, 3, 4, 4), labels)


@pytest.fixture(autouse=True)
def few(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(number_of_kinds, "KINDS", (2, 10, CLASSES))


def test_with_all_classes_it_is_the_network_itself_and_fewer_rivals_leave_more() -> None:
    rows = list(number_of_kinds.run(Grey(), labelled(2.5), CLASSES))
    assert [(row.kinds, row.photographs, row.right) for row in rows] == [
        (kinds, CLASSES, CLASSES) for kinds in number_of_kinds.KINDS
    ]
    # One level of grey carries each of them over the middle to the class above, but the last,
    # which has none above, if that class may be answered.
    assert rows[-1].under_pgd == 1
    kept = [row.under_pgd for row in rows]
    assert kept == sorted(kept, reverse=True) and kept[0] > kept[1] > kept[2]
    assert rows[-1].margin == pytest.approx(1.0, abs=1e-4)
    margins = [row.margin for row in rows]
    assert margins == sorted(margins, reverse=True)
    assert rows == list(number_of_kinds.run(Grey(), labelled(2.5), CLASSES))


def test_what_was_wrong_without_attack_counts_as_wrong() -> None:
    rows = list(number_of_kinds.run(Grey(), labelled(3.5), CLASSES))
    assert rows[-1].right == 1 and rows[0].right > CLASSES // 2


def test_the_command_records_it_by_weights(
    tmp_path: Path, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    from tests.training.test_photograph_networks import write_archive

    standard = models.card("efficientnet-lite0")
    monkeypatch.setattr(models, "MODELS", (standard,))
    monkeypatch.setattr(number_of_kinds, "KINDS", (2,))
    archive = write_archive(tmp_path / "check.tar", gallery.of(1000)[:2])
    words = ["photographs", "--check", str(archive), "--kinds", "--out", str(tmp_path)]
    assert main(words) == 0
    path = tmp_path / number_of_kinds.RECORDED.name
    (row,) = number_of_kinds.recorded(str(standard.sha256), path)
    assert (row.kinds, row.photographs, row.right) == (2, 2, 2)
    assert number_of_kinds.recorded("other weights", path) == []
    assert number_of_kinds.recorded("any", tmp_path / "none.json") == []
    assert main(["photographs", "--kinds"]) == 2
    assert "--kinds goes with --check" in capsys.readouterr().err


def test_the_page_says_what_was_recorded_of_the_weights_that_ship() -> None:
    among = [
        number_of_kinds.recorded(str(models.card(name).sha256))
        for name in ("efficientnet-lite0", "efficientnet-lite0-adversarial")
    ]
    assert [[row.kinds for row in rows] for rows in among] == [list(KINDS)] * 2
    said = photograph_training.few_kinds(*among)
    at = KINDS.index(29)
    standard, robust = (rows[at] for rows in among)
    assert (
        f"the robust network keeps {100 * robust.under_pgd / robust.photographs:.0f}\xa0% and"
        in said
    )
    assert (
        f"the standard network keeps {100 * standard.under_pgd / robust.photographs:.0f}\xa0%."
        in said
    )
    # What the sentence claims in words.
    for few, more in itertools.pairwise(among[1]):
        assert few.margin > more.margin and few.under_pgd > more.under_pgd
    assert all(row.under_pgd < row.photographs / 10 for row in among[0])
    assert photograph_training.few_kinds([], among[1]) == ""
    written = json.loads(number_of_kinds.RECORDED.read_text(encoding="utf-8"))
    assert all(Among(**row) for rows in written["networks"].values() for row in rows)
