"""What it costs: FGSM, BIM, PGD and L-BFGS side by side on one picture, as they go on."""

import numpy as np
import streamlit as st
from numpy.typing import NDArray

from demo import models
from demo.experiments.attack_cost import verdict
from demo.experiments.attack_cost.walks import ATTACKS, Question
from demo.web.components import plotted
from demo.web.controls import attack_cost as controls
from demo.web.controls.attack_cost import Choices
from demo.web.figures import attack_cost as figure
from demo.web.figures import attack_cost_cards as cards
from demo.web.pages import attack_cost_loop, fetching, going_on, prose
from demo.web.store import attack as pictures
from demo.web.store import attack_cost as store

TOPIC = "attack_cost"
SECONDS = 0.8
"""Of attacking before the page draws what it has, and hears a click."""
DONE = "All four have ended, and the smallest epsilon of each is found"
GOING, STOPPED, WORK = "cost_goes_on", "cost_stopped", "cost_work"


def page() -> None:
    """Draw the page; the attacks begin by themselves and go on until they end or are stopped."""
    top = st.container()
    choices = controls.read()
    whole = going_on.Page()
    name = fetching.network(choices.network, top)
    if name is None:
        return
    with top:
        try:
            work, pixels = _work(choices, name)
        except ValueError as error:
            st.error(str(error))
            return
        names = pictures.class_names(name)
        st.session_state[WORK] = work
        whole.section(GOING, 0.1, lambda: _race(choices, name, pixels, names))
    attack_cost_loop.section(whole)
    whole.end()


def _work(choices: Choices, name: str) -> tuple[store.Work, NDArray[np.uint8]]:
    """The attacks on that network as far as they have come. Raises ValueError: no such picture."""
    picture, names = choices.picture, pictures.class_names(name)
    pixels = pictures.seen(name, picture.data, picture.crop)
    label, runner_up = store.answers(name, pixels)
    target = names.index(choices.target) if choices.target in names else runner_up
    if target == label:
        raise ValueError(
            f"The network already says {names[label]}: choose another target for L-BFGS, or "
            "the runner-up."
        )
    question = Question(label, target, choices.epsilon, choices.restarts)
    return store.work(name, pixels, question), pixels


def _race(choices: Choices, name: str, pixels: NDArray[np.uint8], names: tuple[str, ...]) -> None:
    work: store.Work = st.session_state[WORK]  # not the page's own: "Start over" puts another there
    race, rows, question = work.race, work.race.rows, work.race.question
    clean = verdict.seen_as(names[question.label], choices.picture.true_label)
    found = names[rows["FGSM"].answer.label]
    st.title(verdict.heading(rows, question, clean, found), anchor=False)
    _button(work)
    shown = [
        cards.card(rows[attack], names[rows[attack].answer.label])
        if attack in rows else cards.waiting(attack, len(race.points.get(attack, ())))
        for attack in ATTACKS
    ]  # fmt: skip
    first = cards.clean(pixels, clean, race.clean.confidence, rows["FGSM"].forward_seconds)
    st.html(cards.cards(first, shown))
    st.markdown(
        f":small[{choices.picture.title}, {models.card(name).title}; L-BFGS toward "
        f"“{names[question.target]}”; ε = {verdict.levels(question.epsilon)}.] "
        f":small[{choices.picture.credit}]"
    )
    plotted.show(
        figure.plot(race.points, controls.by(), clean), "cost",
        "The probability of the clean answer, and the 2-norm of the change, against the cost",
    )  # fmt: skip
    st.markdown(f":small[{prose.section(TOPIC, 'spikes')}]")
    _verdict(work)
    _words(work)
    _go_on(work)


def _button(work: store.Work) -> None:
    """Where it stands, and one button that stops, resumes and begins anew."""
    stopped = st.session_state.get(STOPPED) is work
    with st.container(horizontal=True, vertical_alignment="center"):
        if work.finished:
            st.button("Start over", key="cost_button", on_click=_begin_again, args=(work,))
        elif stopped:
            st.button("Resume", key="cost_button", on_click=_set_stopped, args=(None,))
        else:
            st.button("Stop", key="cost_button", on_click=_set_stopped, args=(work,))
        word = "Stopped" if stopped else "Attacking"
        words = DONE if work.finished else f"{word}: {where(work)}"
        st.progress(1.0 if work.finished else work.share, words)


def _begin_again(work: store.Work) -> None:
    st.session_state[WORK] = store.anew(work)


def _set_stopped(work: store.Work | None) -> None:
    st.session_state[STOPPED] = work


def where(work: store.Work) -> str:
    """What is being done, in a few words."""
    for attack in ATTACKS:
        if attack not in work.race.rows:
            return f"{attack}, pass {len(work.race.points.get(attack, ())):,}"
    return "the smallest epsilon of each"


def _verdict(work: store.Work) -> None:
    rows, question = work.race.rows, work.race.question
    st.subheader("Was the network really robust here?", anchor=False)
    told = verdict.robust(rows, question)
    st.markdown(told or "PGD is still running; its result decides.")
    found = verdict.smallest(work.search.found, rows, question, work.search.grid[-1])
    lines = ["| attack | smallest ε found | cost of finding it |", "|---|---|---|"]
    lines += [f"| {attack} | {size} | {cost} |" for attack, size, cost in found]
    if found:
        st.markdown("\n".join(lines))


def _words(work: store.Work) -> None:
    st.markdown(prose.section(TOPIC, "formula"))
    st.markdown(prose.section(TOPIC, "lead"))
    with st.expander("How L-BFGS searches"):
        st.markdown(prose.section(TOPIC, "search"))


def _go_on(work: store.Work) -> None:
    """What ends now is not drawn yet: so it goes on once more."""
    going = not work.finished and st.session_state.get(STOPPED) is not work
    st.session_state[GOING] = going
    if going:
        store.advance(work, SECONDS)
