"""The guided lecture: its file says what is there and what is true, and its links are the app's."""

import re
from collections.abc import Callable, Iterator
from pathlib import Path

import numpy as np
import pytest
import torch
from streamlit.testing.v1 import AppTest

from demo import models, scores
from demo.data import gallery
from demo.experiments.attack import (
    confidence_sweep,
    gallery_flips,
    gallery_record,
    record_files,
)
from demo.models import trained
from demo.web.controls import link
from demo.web.pages import activation_growth, adversarial_opening, guide, prose
from tests import PATIENCE
from tests.browser.reading import contents
from tests.server import ROOT

NETWORK = models.MODELS[0].name
NUMBER = re.compile(r"(?<![\w.])\.?\d[\d.]*(?:/255)?\b")
LECTURE = (ROOT / "docs" / "lecture.md").read_text(encoding="utf-8")
STEPS = guide.steps()


def bear() -> gallery_record.Recorded:
    """The polar bear's record."""
    card = models.card(NETWORK)
    pixels = gallery.pixels(gallery.card("polar-bear"), card.input_size)
    found = record_files.find(card.name, str(card.sha256), pixels)
    assert found is not None
    return found


def plain(number: float, digits: str) -> str:
    return f"{number:{digits}}".removeprefix("0")


def first_other_answer() -> list[str]:
    """From that epsilon on the answer is another one at every epsilon."""
    answers = bear().sweep.logits.argmax(axis=1)
    first = int(np.flatnonzero(answers != answers[0])[0])
    assert (answers[first:] != answers[0]).all()
    return [plain(255 * confidence_sweep.EPSILON_GRID[first], ".2f") + "/255"]


def aimed_and_not() -> list[str]:
    """The answer's confidence at the paper's epsilon under random signs, and under FGSM."""
    found, papers = bear(), confidence_sweep.THE_PAPERS_EPSILON
    logits = torch.tensor(found.sweep.logits[[confidence_sweep.EPSILON_GRID.index(papers)]])
    fgsm = float(scores.probabilities(logits)[0, found.step.label])
    random = found.control[:, gallery_record.CONTROL.index(papers)]
    return [plain(papers, "g"), f"{100 * random.mean():.0f}", f"{100 * fgsm:.1f}"]


def usual_epsilon() -> list[str]:
    return [plain(activation_growth.USUAL["epsilon"], "g")]


def right_answers() -> list[str]:
    cards = [trained.card(name) for name in ("conv-fgsm", "conv-adversarial")]
    (fgsm, pgd), against_pgd = (adversarial_opening.attacked(card) for card in cards)
    return [fgsm, ".25", plain(float(pgd), "g"), *against_pgd]


def holds() -> list[str]:
    """No stop of the slider changes the robust network's answer; the largest of them."""
    robust = str(models.counterpart(NETWORK))
    found = gallery_flips.recorded(robust, str(models.card(robust).sha256))
    (lemur,) = [flip for flip in found if flip.photograph == "lemur"]
    assert lemur.right and lemur.stop is None
    assert any(flip.stop is not None for flip in found)
    return [f"{255 * confidence_sweep.EPSILON_GRID[-1]:g}/255"]


MEASURED: dict[str, Callable[[], list[str]]] = {
    "A small change, another answer": first_other_answer,
    "Direction, not size": aimed_and_not,
    "Small changes add up": usual_epsilon,
    "Which attack was it trained against?": right_answers,
    "The robust model": holds,
}
"""A step -> the numbers in its text, in order, measured."""


@pytest.mark.parametrize("step", STEPS, ids=lambda step: step.title)
def test_every_number_that_a_step_says_is_measured(step: guide.Step) -> None:
    said = NUMBER.findall(" ".join(step.said).replace("(1 − α)", ""))
    assert said == MEASURED.get(step.title, list)()


@pytest.mark.parametrize("step", STEPS, ids=lambda step: step.title)
def test_the_app_accepts_every_steps_link(step: guide.Step) -> None:
    assert step.address in contents()
    kind = "digits" if step.query.get("kind") == "digits" else "photographs"
    known = {
        "kind": lambda value: value in models.KINDS,
        "picture": lambda value: link.is_there(kind, value),
        "network": lambda value: value in [card.name for card in models.offered(kind)],
        "epsilon": lambda value: 0 <= float(value) <= link.LARGEST_EPSILON[kind],
    }
    assert all(known[key](value) for key, value in step.query.items())


def test_there_are_ten_to_twelve_steps_each_in_a_few_sentences() -> None:
    assert 10 <= len(STEPS) <= 12
    assert all(len(step.said) == 2 and step.said[1][:5] in ("Look ", "Drag ") for step in STEPS)
    assert all(len(re.findall(r"[.?:](?= |$)", step.said[0])) <= 3 for step in STEPS)


def test_the_file_names_every_control_that_a_lecturer_may_light() -> None:
    head = (prose.FOLDER / "guide.md").read_text(encoding="utf-8").partition("\n## ")[0]
    named = head.partition("outlined: ")[2].partition(".\n")[0]
    words = re.sub(r"\s*\(first page\)", "", named.replace("\n", " ")).split(", ")
    assert words == list(guide.CONTROLS)


def test_the_lecture_with_its_minutes_has_the_same_order() -> None:
    rows = [line.strip("| ").split(" | ") for line in LECTURE.splitlines() if "|" in line][2:]
    titles = contents()
    assert [(row[0], row[2]) for row in rows] == [(s.title, titles[s.address]) for s in STEPS]
    assert sum(int(row[1]) for row in rows) == 45


def script() -> None:
    import collections

    import streamlit as st

    from demo.web.pages import guide

    page = st.Page(lambda: None, title="One for all", default=True)
    st.navigation([page])
    guide.stays(collections.defaultdict(lambda: page), page)
    for number in (0, 2, 99):
        st.button(str(number), on_click=guide.begin, args=(number,))


@pytest.fixture
def app() -> AppTest:
    return AppTest.from_function(script, default_timeout=PATIENCE)


@pytest.mark.parametrize("word", ["0", "13", "-1", "1.0", "x", "٣", "\0", ""])
def test_a_step_that_there_is_not_is_ignored(app: AppTest, word: str) -> None:
    app.query_params["step"] = word
    assert not app.run().exception and app.session_state[guide.AT] == 0


def test_a_link_of_nothing_but_a_step_leads_to_its_state_and_one_that_says_more_keeps_its_own(
    app: AppTest,
) -> None:
    app.query_params["step"] = "3"
    app.run()
    assert app.query_params == {"step": "3"} | STEPS[2].query
    other = AppTest.from_function(script, default_timeout=PATIENCE)
    other.query_params.update(step="3", epsilon="0.01")
    other.run()
    assert other.query_params == {"step": "3", "epsilon": "0.01"}


def test_leaving_keeps_the_state_and_a_step_beyond_the_last_is_ignored(app: AppTest) -> None:
    app.query_params["step"] = "1"
    app.run().button[1].click().run()
    assert app.query_params["step"] == "2"
    app.button[2].click().run()
    assert app.query_params["step"] == "2"
    app.button[0].click().run()
    assert app.query_params == STEPS[1].query


@pytest.fixture
def written(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Path]:
    """A file of steps in the place of the one that ships."""
    caches = (prose.sections, guide.steps)
    monkeypatch.setattr(prose, "FOLDER", tmp_path)
    for cached in caches:
        cached.cache_clear()
    yield tmp_path / "guide.md"
    for cached in caches:
        cached.cache_clear()


@pytest.mark.parametrize(
    "text", ["open: /?epsilon=0\n\nNo light.", "open: /\nlight: sun\n\nNo such control."]
)
def test_a_step_that_is_written_otherwise_is_a_sentence_and_the_page_stays(
    app: AppTest, written: Path, text: str
) -> None:
    written.write_text(f"## First\n\n{text}\n", encoding="utf-8")
    app.query_params["step"] = "1"
    app.run().button[1].click().run()
    assert not app.exception and len(app.button) == 3
    assert [error.value.partition(":")[0] for error in app.error] == ["guide.md, “First”"]
