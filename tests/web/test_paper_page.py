"""The page of the paper's numbers without a browser: verdicts, criteria, and noise, live."""

from collections.abc import Iterator

import pytest
import streamlit as st
from streamlit.testing.v1 import AppTest

from demo.experiments.paper_numbers import claims, rows
from demo.experiments.paper_numbers.bench import Measured
from demo.experiments.paper_numbers.rubbish import Fooled
from demo.experiments.paper_numbers.verdicts import CLEAN, VERDICTS
from demo.web.pages import paper, paper_row, paper_rubbish

pytestmark = pytest.mark.usefixtures("one_thread")


@pytest.fixture(autouse=True)
def fresh() -> Iterator[None]:
    st.cache_data.clear()
    st.cache_resource.clear()
    yield
    st.cache_data.clear()
    st.cache_resource.clear()


def opened(*names: str, **query: str) -> AppTest:
    def script() -> None:
        from demo.web.pages import paper

        paper.page()

    app = AppTest.from_function(script, default_timeout=120)
    for name in names:
        app.query_params[name] = "true"
    for key, value in query.items():
        app.query_params[key] = value
    app.run()
    assert not app.exception
    return app


def words(app: AppTest) -> str:
    return "\n".join(str(element.value) for element in [*app.markdown, *app.title, *app.header])


def row(number: str, *values: float, clean: float = 0.01) -> rows.Row:
    return rows.filled(claims.claim(number), Measured(values, 10_000, {CLEAN: (clean,)}))


def test_the_sentence_counts_each_verdict_and_a_row_can_differ() -> None:
    found = {"P1": row("P1", 0.999, 0.8), "P2": row("P2", 0.97, 0.9), "P9": row("P9", 0.1, 0.9)}
    assert paper.sentence(found) == (
        "Of 3 of the paper's results recomputed here, 1 gives the same number, 1 the same "
        "direction and 1 differs."
    )
    assert paper.sentence({}) == "The paper's numbers, and ours beside them."


def test_every_judged_row_shows_its_criterion_unopened_and_its_verdict() -> None:
    app = opened()
    shown = "\n".join(html.proto.body for html in app.get("html"))
    for claim in claims.PAPER:
        assert (
            not claim.judge
            or paper_row.criterion(claim, None).split(">", 1)[1].removesuffix("</p>") in shown
        )
    kept = {row.id: row for row in rows.read()}
    judged = [rows.judged(claims.claim(i), kept[i]) for i in kept]
    badges = words(app)
    for verdict in VERDICTS:
        count = sum(1 for each in judged if each is not None and each[0] == verdict)
        assert badges.count(f"{verdict}]") == count


def test_a_criterion_is_text_and_never_markup() -> None:
    claim = claims.claim("P1")
    html = paper_row.criterion(claim, ("differs", "1 < 2 & <i>"))
    assert "1 &lt; 2 &amp; &lt;i&gt;" in html


def test_noise_becomes_the_digit_that_is_chosen_and_another_draw_is_another() -> None:
    app = opened("P19", toward="8")
    first = next(m.value for m in app.markdown if "sure that this" in m.value)
    assert "an 8" in first
    app.button(key="other-noise").click().run()
    second = next(m.value for m in app.markdown if "sure that this" in m.value)
    assert "8" in second and second != first


def test_what_the_step_did_is_said_of_this_draw_alone() -> None:
    import numpy as np

    blank = np.zeros((28, 28), np.uint8)
    hit = Fooled(8, 12, blank, blank, (5, 8), (0.9, 0.993), 0.993)
    assert paper_rubbish.sentence(hit) == (
        "**The network is 99.3\u00a0% sure that this is an 8.** It is draw 12; the 11 before it "
        "did not get there."
    )
    missed = Fooled(8, 512, blank, blank, (5, 5), (0.9, 0.9), 0.02)
    assert paper_rubbish.sentence(missed) == (
        "None of 512 draws becomes an 8 in one step. After the last, the network gives it 2\u00a0%."
    )
