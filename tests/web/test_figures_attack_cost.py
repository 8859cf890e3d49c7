"""`demo.web.figures.attack_cost` and its cards: the data, the axes' titles, what is escaped."""

from typing import Any

import numpy as np
import pytest

from demo.experiments.attack.one_step import Answer
from demo.experiments.attack_cost.race import Point, Row
from demo.web.figures import attack_cost, attack_cost_cards
from tests.experiments.test_attack_cost import COST

POINTS: Any = {
    "FGSM": [Point(1, 0.01, 5.0, 0.02, True)],
    "BIM": [Point(1, 0.02, 1.0, 0.9, False), Point(2, 0.03, 2.0, 0.6, False)],
    "L-BFGS": [
        Point(1, 0.1, 0.0, 1.0, False), Point(2, 0.2, 3.0, 0.0, True),
        Point(3, 0.3, 1.5, 0.4, True), Point(4, 0.4, 0.5, 0.7, False),
    ],
}  # fmt: skip


def lines(figure: Any, name: str) -> list[Any]:
    return [trace for trace in figure.data if trace.name == name]


@pytest.mark.parametrize(("against", "x"), [("passes", [1, 2]), ("seconds", [0.02, 0.03])])
def test_each_attack_is_drawn_above_and_below_against_its_cost(
    against: str, x: list[float]
) -> None:
    figure = attack_cost.plot(POINTS, against, "wallaby")
    above, below = lines(figure, "BIM")
    assert list(above.x) == list(below.x) == x
    assert list(above.y) == [90, 60] and list(below.y) == [1.0, 2.0]
    assert figure.layout.xaxis2.title.text.startswith(against)
    assert figure.layout.xaxis.type == figure.layout.yaxis2.type == "log"
    assert figure.layout.yaxis.title.text == "“wallaby”, %"
    assert figure.layout.yaxis2.title.text == "‖r‖₂"


def test_what_an_attack_gives_is_ringed_if_it_is_what_it_wanted() -> None:
    figure = attack_cost.plot(POINTS, "passes", "3")
    assert [list(t.x) for t in lines(figure, "FGSM, reached")] == [[1], [1]]
    assert not lines(figure, "BIM, reached")
    assert [list(t.y) for t in lines(figure, "L-BFGS, reached")] == [[40], [1.5]]


def test_a_change_of_nothing_has_no_place_on_a_logarithmic_axis() -> None:
    _, below = lines(attack_cost.plot(POINTS, "passes", "3"), "L-BFGS")
    assert list(below.y) == [None, 3.0, 1.5, 0.5]


def test_no_two_attacks_look_alike_and_pgd_is_hollow() -> None:
    styles = attack_cost.STYLES.values()
    assert len({colour for colour, _, _ in styles}) == len({mark for _, mark, _ in styles}) == 4
    assert attack_cost.STYLES["PGD"][1].endswith("-open")
    assert not attack_cost.STYLES["FGSM"][1].endswith("-open")


def test_a_plot_without_points_can_be_drawn() -> None:
    assert not attack_cost.plot({"FGSM": []}, "passes", "3").data


def test_the_loop_s_bars_are_its_minutes() -> None:
    figure = attack_cost.loop(COST)
    assert [bar.x[0] for bar in figure.data] == pytest.approx([1, 2, 10_180 / 60])
    assert [bar.text[0] for bar in figure.data] == ["1 min", "2 min", "2.83 h"]
    assert figure.layout.xaxis.title.text == "minutes" and figure.layout.xaxis.type == "log"


@pytest.mark.parametrize(
    ("seconds", "words"), [(0.0123, "12.3 ms"), (1.5, "1.5 s"), (90, "1.5 min"), (9000, "2.5 h")]
)
def test_a_duration_has_the_unit_that_a_person_takes(seconds: float, words: str) -> None:
    assert attack_cost.duration(seconds) == words


def row(**more: Any) -> Row:
    blank = np.zeros((2, 2, 3), np.uint8)
    given: dict[str, Any] = {
        "attack": "PGD", "passes": 1040, "forward_only": 3, "seconds": 2.0, "forward_seconds": 0.01,
        "norm": 1.25, "largest": 0.1, "answer": Answer(1, 0.9996), "reached": True,
        "pixels": blank, "change": blank,
    }  # fmt: skip
    return Row(**(given | more))


def test_a_card_holds_what_the_attack_cost_and_found() -> None:
    text = attack_cost_cards.card(row(), "timber <wolf>")
    for words in ("1,040", "3 forward only", "200 forward passes", "25.5/255",
                  "‖r‖<sub>2</sub> = 1.25",
                  "timber &lt;wolf&gt;", "&gt; 99.9 %"):  # fmt: skip
        assert words in text
    assert "<wolf>" not in text


def test_a_card_says_that_an_attack_failed() -> None:
    assert "failed: <b>still 3</b>" in attack_cost_cards.card(row(reached=False), "3")
    search = row(reached=False, attack="L-BFGS")
    assert "failed: <b>not there, but 3</b>" in attack_cost_cards.card(search, "3")


def test_every_picture_has_its_words() -> None:
    blank = np.zeros((2, 2, 1), np.uint8)
    text = attack_cost_cards.card(row(), "7") + attack_cost_cards.clean(blank, "3", 0.5, 0.001)
    assert text.count("<img") == text.count(' alt="') == 3 and 'alt=""' not in text
