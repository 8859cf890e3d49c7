"""The paper page's pictures: what is drawn is what was measured, and not by colour alone."""

import re

import numpy as np

from demo.web.figures import palette, paper, paper_digits


def by_name(figure: object) -> dict[str, object]:
    return {trace.name: trace for trace in figure.data}  # type: ignore[attr-defined]


def test_ours_is_filled_and_the_papers_hollow_and_what_is_unknown_is_not_drawn() -> None:
    traces = by_name(paper.beside(["error", "sure"], [0.5, None], [0.25, 0.75]))
    here, theirs = traces["here"], traces["paper"]
    assert here.x == (50.0,) and here.y == ("error",)  # type: ignore[attr-defined]
    assert theirs.x == (25.0, 75.0)  # type: ignore[attr-defined]
    assert here.marker.symbol == "circle"  # type: ignore[attr-defined]
    assert theirs.marker.symbol == "diamond-open"  # type: ignore[attr-defined]
    assert list(by_name(paper.beside(["error"], [None], [0.25]))) == ["paper"]


def test_numbers_stand_from_the_top_down_and_long_names_are_wrapped_for_a_phone() -> None:
    long = "softmax gives it, where both are wrong"
    figure = paper.beside([long, "error"], [0.5, 0.1], [0.25, 0.2])
    wrapped = "softmax gives it, where<br>both are wrong"
    assert figure.layout.yaxis.categoryarray == ("error", wrapped)
    assert by_name(figure)["here"].y == (wrapped, "error")  # type: ignore[attr-defined]


def test_every_seed_is_a_point_and_their_mean_a_line() -> None:
    figure = paper.seeds({"standard": [0.01, 0.02], "adversarial": [0.005]}, {"standard": 0.0094})
    drawn = [np.round(trace.x, 9).tolist() for trace in figure.data]
    assert drawn == [[1.0, 2.0], [0.5], [0.94]]
    lines = figure.layout.shapes
    assert [line.x0 for line in lines] == [1.5, 0.5]
    assert [line.line.dash for line in lines] == ["solid", "dash"]


def test_transfer_reads_from_made_on_to_tested_on() -> None:
    figure = paper.transfer(np.array([[0.9, 0.2], [np.nan, 0.18]]), ("a", "b"))
    (heat,) = figure.data
    assert [list(row) for row in heat.text] == [["90.0 %", "20.0 %"], ["–", "18.0 %"]]
    assert heat.y == ("made on:<br>a", "made on:<br>b") and heat.x[1] == "tested on:<br>b"
    assert figure.layout.yaxis.autorange == "reversed"


def test_fgsm_is_filled_and_pgd_hollow() -> None:
    figure = paper.attacks(["a network", "another"], np.array([[0.99, 0.9, 0.1], [0.98, 0.5, 0]]))
    traces = by_name(figure)
    assert traces["under FGSM"].x.tolist() == [90.0, 50.0]  # type: ignore[attr-defined]
    assert traces["under FGSM"].marker.symbol == "circle"  # type: ignore[attr-defined]
    assert traces["under PGD"].marker.symbol == "circle-open"  # type: ignore[attr-defined]
    assert figure.layout.xaxis.title.text == "accuracy, %"


def test_all_ten_logits_are_drawn_and_named_and_the_label_is_the_solid_blue_one() -> None:
    x = np.linspace(-15, 15, 121)
    slopes = np.arange(10) - 4.5
    curves = (np.outer(np.abs(x), slopes)).astype(np.float32)
    figure = paper.logits(x, curves, curves.T.astype(float), 3)
    lines = [trace for trace in figure.data if trace.mode == "lines"]
    points = [trace for trace in figure.data if trace.mode == "markers"]
    assert len(lines) == len(points) == 10
    label = next(line for line in lines if line.name == "3, the label")
    assert label.line.color == palette.LABEL and label.line.dash == "solid"
    assert sorted(a.text for a in figure.layout.annotations) == [str(k) for k in range(10)]
    legend = [line.name for line in lines if line.showlegend]
    assert len(legend) == len(set(legend)) and "the others" in legend
    assert set(points[9].y) <= set(curves[:, 9])


def test_a_strip_frames_and_emboldens_what_is_wrong_and_says_it_in_words() -> None:
    black = np.zeros((28, 28), np.uint8)
    shown = [("clean", black, 4, 0.9999, True), ("under FGSM", black, 9, 0.5, False)]
    html = paper_digits.strip([paper_digits.digit(4, shown)])
    assert 'alt="A 4, clean"' in html and 'alt="A 4, under FGSM"' in html
    assert "4, &gt;\u00a099.9\u00a0%" in html and "<b>9</b>, 50\u00a0%" in html
    assert html.count(palette.RIVALS[0]) == 1
    assert len(re.findall(r"src=\"data:image/png;base64,", html)) == 2


def test_the_strip_below_the_lines_says_epsilon_and_the_answer_of_each_picture() -> None:
    black = np.zeros((28, 28), np.uint8)
    html = paper_digits.along(4, [(-0.25, black, 4, 0.9, True), (15.0, black, 7, 1.0, False)])
    assert 'alt="The 4 at ε = -0.25"' in html and ">-0.25<" in html and ">15<" in html
    assert "4, 90\u00a0%" in html and "<b>7</b>, 100\u00a0%" in html
    assert html.count(palette.RIVALS[0]) == 1


def test_noise_aimed_at_a_digit_is_filled_and_without_the_step_hollow() -> None:
    traces = by_name(paper.aimed([0.1, 0.2], [0.5, 1.0]))
    before, after = traces["without the step"], traces["after one step toward it"]
    assert before.y == (10.0, 20.0) and after.y == (50.0, 100.0)  # type: ignore[attr-defined]
    assert before.marker.symbol == "circle-open"  # type: ignore[attr-defined]
    assert after.marker.symbol == "circle" and after.x == ("0", "1")  # type: ignore[attr-defined]


def test_a_caption_is_text_and_never_markup() -> None:
    html = paper_digits.captioned(np.zeros((28, 28), np.uint8), "<b>&")
    assert "&lt;b&gt;&amp;" in html and "<b>" not in html
