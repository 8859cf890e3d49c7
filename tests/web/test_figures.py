"""`demo.web.figures`: the data, the axes' titles, and one colour for one thing."""

import json
from typing import Any

import numpy as np
import pytest

from demo.experiments.attack import failures
from demo.experiments.attack.confidence_sweep import EPSILON_GRID
from demo.web.figures import activation_growth, confidence_sweep, logits_line, palette, survival

LEVELS = 255 * np.array(EPSILON_GRID)
NAMES = {3: "giant panda", 5: "gibbon", 8: "indri"}
FALLING = np.linspace(1, 0, 65)
CURVES = {3: FALLING, 5: 1 - FALLING}
ANSWERS = np.array([3] * 20 + [8] * 2 + [5] * 43)


STYLES = palette.line(3, None, [3, 8, 5])


def curve(**more: Any) -> Any:
    return confidence_sweep.plot(LEVELS, CURVES, ANSWERS, NAMES, 3, STYLES, **more)


def traces(figure: Any) -> dict[str, Any]:
    return {trace.name: trace for trace in figure.data if trace.name}


def test_the_curve_holds_each_class_in_percent_at_every_stop() -> None:
    lines = traces(curve())
    assert list(lines) == ["giant panda", "gibbon"]
    np.testing.assert_allclose(lines["giant panda"].y, 100 * FALLING)
    np.testing.assert_allclose(lines["gibbon"].y, 100 - 100 * FALLING)
    for line in lines.values():
        assert list(line.x) == list(range(65))
        assert list(line.customdata) == [failures.amount(epsilon) for epsilon in EPSILON_GRID]


def test_the_curve_s_axes_say_what_they_measure() -> None:
    layout = curve().layout
    assert layout.xaxis.title.text == "255 × epsilon (stretched near 0)"
    assert layout.yaxis.title.text == "confidence, %"
    assert tuple(layout.yaxis.range) == (-2, 102)


def test_each_tick_stands_at_the_stop_that_it_names() -> None:
    axis = curve().layout.xaxis
    values = {"¼": 1 / 4, "½": 1 / 2} | {str(n): n for n in (0, 1, 2, 4, 8, 16)}
    assert list(axis.ticktext) == ["0", "¼", "½", "1", "2", "4", "8", "16"]
    for text, at in zip(axis.ticktext, axis.tickvals, strict=True):
        assert pytest.approx(values[text]) == LEVELS[round(at)]
        assert at == pytest.approx(round(at))


def test_a_shorter_sweep_has_no_ticks_beyond_its_end() -> None:
    figure = confidence_sweep.plot(
        np.array([0.0, 1, 2]), {3: np.ones(3)}, ANSWERS[:3], NAMES, 3, STYLES
    )
    assert list(figure.layout.xaxis.ticktext) == ["0", "¼", "½", "1", "2"]


def test_the_bands_cover_the_stops_once_in_the_answers_order() -> None:
    assert confidence_sweep.runs(ANSWERS) == [(3, 0, 19), (8, 20, 21), (5, 22, 64)]
    bands = curve().layout.shapes
    assert [(band.x0, band.x1) for band in bands] == [(-0.5, 19.5), (19.5, 21.5), (21.5, 64.5)]
    lines = traces(curve())
    assert bands[0].fillcolor == lines["giant panda"].line.color
    assert bands[1].fillcolor == STYLES[8][0]  # an answer without a line of its own
    assert bands[2].fillcolor == lines["gibbon"].line.color


def test_an_answer_that_comes_back_is_another_band() -> None:
    assert confidence_sweep.runs(np.array([1, 1, 2, 1])) == [(1, 0, 1), (2, 2, 2), (1, 3, 3)]


def test_only_wide_bands_are_named() -> None:
    words = [(a.text, a.x) for a in curve().layout.annotations]
    assert words == [("giant panda", 9.5), ("gibbon", 43.0)]


def test_the_control_is_a_mean_within_its_band_at_its_own_stops() -> None:
    seeds = np.array([[0.9, 0.8, 0.7], [0.9, 0.6, 0.5]])
    figure = curve(control=(LEVELS[[0, 24, 64]], seeds))
    mean = traces(figure)["giant panda, random signs"]
    np.testing.assert_allclose(mean.x, [0, 24, 64])
    np.testing.assert_allclose(mean.y, [90, 70, 60])
    top, bottom = (trace for trace in figure.data if trace.name is None)
    np.testing.assert_allclose(top.y, [90, 80, 70])
    np.testing.assert_allclose(bottom.y, [90, 60, 50])
    assert bottom.fill == "tonexty" and mean.line.color == palette.CONTROL


def test_the_logits_run_through_zero_with_one_line_a_class() -> None:
    levels = np.array([-16.0, 0.0, 16.0])
    styles = palette.line(3, 5, [3, 5])
    figure = logits_line.plot(levels, {3: np.array([1.0, 2, 3]), 5: np.zeros(3)}, NAMES, 3, styles)
    lines = traces(figure)
    assert list(lines["giant panda"].x) == [-16, 0, 16]
    assert list(lines["giant panda"].y) == [1, 2, 3]
    assert figure.layout.xaxis.title.text == "255 × epsilon, along the same signs"
    assert figure.layout.yaxis.title.text == "logit"
    assert lines["gibbon"].line.color == palette.TARGET


def test_a_class_has_the_same_colour_in_both_figures() -> None:
    both = traces(curve()), traces(logits_line.plot(LEVELS, CURVES, NAMES, 3, STYLES))
    for name in ("giant panda", "gibbon"):
        first, second = (lines[name].line for lines in both)
        assert (first.color, first.dash, first.width) == (second.color, second.dash, second.width)


def test_label_and_target_keep_their_colours_and_no_two_lines_look_alike() -> None:
    styles = palette.line(3, 5, [1, 3, 2, 5, 4, 6])
    assert styles[3] == (palette.LABEL, "solid") and styles[5] == (palette.TARGET, "solid")
    assert len(set(styles.values())) == 6
    rivals = [styles[k] for k in (1, 2, 4, 6)]
    assert len({dash for _, dash in rivals}) == 4 and all(dash != "solid" for _, dash in rivals)


def test_a_target_that_is_the_label_is_drawn_as_the_target() -> None:
    assert palette.line(3, 3, [3])[3] == (palette.TARGET, "solid")


@pytest.mark.parametrize(
    ("training", "dashes"),
    [("adversarial", ("solid", "dash")), ("standard", ("dash", "solid"))],
)
def test_both_trainings_stand_in_one_plot_the_adversarial_one_dashed(
    training: str, dashes: tuple[str, str]
) -> None:
    other = confidence_sweep.Counterpart(training, np.linspace(1, 0.6, 65))
    own = "standard" if training == "adversarial" else "adversarial"
    lines = traces(curve(other=other, kind="digits"))
    mine, theirs = lines[f"giant panda, {own} training"], lines[f"giant panda, {training} training"]
    assert (mine.line.dash, theirs.line.dash) == dashes
    assert mine.line.color == theirs.line.color == palette.LABEL
    np.testing.assert_allclose(theirs.y, 100 * other.curve)
    np.testing.assert_allclose(mine.y, 100 * FALLING)


def test_a_digit_s_axis_is_epsilon_itself() -> None:
    levels = 255 * np.arange(65) / 128
    axis = confidence_sweep.plot(
        levels, CURVES, ANSWERS, NAMES, 3, STYLES, kind="digits"
    ).layout.xaxis
    assert axis.title.text == "epsilon"
    assert dict(zip(axis.ticktext, axis.tickvals, strict=True))[".25"] == pytest.approx(32)
    line = logits_line.plot(
        255 * np.linspace(-1, 1, 9), {3: np.arange(9)}, NAMES, 3, STYLES, kind="digits"
    ).layout.xaxis
    assert line.title.text == "epsilon, along the same signs, without the clip"
    assert dict(zip(line.ticktext, line.tickvals, strict=True))[".5"] == 127.5


def test_no_two_networks_curves_look_alike_and_they_hold_what_was_measured() -> None:
    ticks = ("0", ".125", ".25")
    curves = {f"network {i}": np.array([1, 0.5, i / 20]) for i in range(11)}
    figure = survival.plot(curves, ticks)
    assert {t.name: list(t.y) for t in figure.data} == {
        name: (100 * shares).tolist() for name, shares in curves.items()
    }
    assert len({(t.line.color, t.line.dash) for t in figure.data}) == len(curves)
    assert all("markers" in t.mode and list(t.customdata) == [*ticks] for t in figure.data)


def test_all_lines_of_the_growth_rise_but_the_last_and_each_is_named_at_one_point() -> None:
    n, worst = (1, 100, 10**5), np.array([1.5, 100, 10**5])
    blind = np.array([[1.0, -10, 300], [-1.0, 10, -300]])
    high, low, random, sign, bound = activation_growth.plot(n, worst, blind).data
    for band in (high, low, random):
        np.testing.assert_allclose(band.y, [1, 10, 300])
    assert [*sign.y] == [*worst] and [*bound.y] == [1, 1, 1]
    for line, name, at in (
        (random, "random signs", 2),
        (sign, "sign(w)", 2),
        (bound, "max|η| = ε", 2),
    ):
        assert [k for k, text in enumerate(line.text) if text] == [at] and line.text[at] == name


def test_the_growths_axes_are_logarithmic_and_stay_where_they_are() -> None:
    layout = activation_growth.plot((1, 10), np.ones(2), np.ones((2, 2))).layout
    assert (layout.xaxis.type, layout.xaxis.range) == ("log", (0, 7))
    assert (layout.yaxis.type, layout.yaxis.range) == ("log", (-6, 7))
    assert layout.xaxis.title.text == "n, the dimension" and layout.yaxis.title.text == "change"


def test_what_a_script_computes_with_is_sent_as_plain_numbers() -> None:
    figure = activation_growth.plot((1, 10), np.ones(2), np.ones((2, 2)))
    for trace in json.loads(figure.to_json())["data"]:
        assert isinstance(trace["x"], list) and isinstance(trace["y"], list)
