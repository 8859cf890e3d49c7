"""Train it yourself: a section of the adversarial training page that goes on by itself.

The run lives in the session. While it goes on, the section runs again and again and trains one
epoch each time, so that a click never waits for more than that.
"""

import streamlit as st

from demo.experiments.adversarial_training import live_training
from demo.experiments.adversarial_training.live_training import Kind, Plan, Run
from demo.training import loop, recipes
from demo.web.components import plotted
from demo.web.controls import remembered
from demo.web.figures import live_training as figure
from demo.web.pages import attack, going_on
from demo.web.store import adversarial_training as store

RUN, GOING, OWN = "training_run", "training_goes_on", "own_networks"
OWN_OF_THIS_RUN = "own_of_this_run"
OWN_KEPT = 3
CLEAN_WEIGHT = 0.5
"""Alpha in the paper."""

WORDS: dict[Kind, str] = {
    "logistic": "Logistic regression, 3 against 7: seconds",
    "conv": "Small convolutional network: a minute or two",
}


def section(whole: going_on.Page) -> None:
    """Draw it; ask for the next epoch as long as a run goes on."""
    whole.section(GOING, 0.1, _section)


def _section() -> None:
    state = st.session_state
    st.header("Train a network yourself, against FGSM", anchor=False)
    st.markdown(
        "On 400 of each class of the digits that ship; the accuracies are on the other 100. The "
        "adversary is FGSM, its examples made afresh at every step."
    )
    plan = _plan()
    run: Run | None = state.get(RUN)
    _buttons(run, plan)
    if run is None:
        st.markdown(
            ":small[Nothing is trained yet: Start begins with the network and numbers above.]"
        )
    else:
        _shown(run, plan)
        if state[GOING]:
            _one_epoch_more(run)


def _plan() -> Plan:
    kinds = live_training.KINDS
    at = kinds.index(remembered.first("train", kinds, kinds[0]))
    kind = st.radio("Network to train", kinds, at, key="train", format_func=WORDS.get)
    remembered.keep("train", kinds[0])
    left, right = st.columns(2)
    clean_weight = remembered.slider(
        left, "α, the weight of the clean loss", "alpha", (0.0, 1.0, 0.05), CLEAN_WEIGHT,
        "1 is standard training; 0 trains on adversarial examples alone.",
    )  # fmt: skip
    epsilon = remembered.slider(
        right, "ε of FGSM, in training and in the test", "against", (0.0, 0.5, 0.01),
        recipes.EPSILON, "1 is the whole range from black to white.",
    )  # fmt: skip
    return Plan(kind, clean_weight, epsilon)


def _buttons(run: Run | None, plan: Plan) -> None:
    """One button that starts, stops and resumes, so that the keyboard stays on it; one anew."""
    with st.container(horizontal=True):
        if run is None or run.finished:
            st.button("Start", key="training_button", on_click=_start, args=(plan,))
        elif st.session_state[GOING]:
            st.button("Stop", key="training_button", on_click=_stop)
        else:
            st.button("Resume", key="training_button", on_click=_resume)
        st.button(
            "Start over", key="training_again", on_click=_start, args=(plan,),
            disabled=run is None, help="Forget this run and begin with the numbers above.",
        )  # fmt: skip


def _start(plan: Plan) -> None:
    st.session_state.pop(OWN_OF_THIS_RUN, None)
    st.session_state[RUN] = store.begun(plan)
    st.session_state[GOING] = True


def _stop() -> None:
    st.session_state[GOING] = False
    _keep(st.session_state[RUN])


def _resume() -> None:
    st.session_state[GOING] = True


def _one_epoch_more(run: Run) -> None:
    store.advanced(run)
    if run.finished:
        st.session_state[GOING] = False
        _keep(run)


def _keep(run: Run) -> None:
    """Hand the network to the attack page; a run has one there, and the oldest of four goes."""
    if not run.history:
        return
    state = st.session_state
    kept = state.setdefault(OWN, {})
    kept.pop(state.get(OWN_OF_THIS_RUN, ""), None)
    own = store.own_network(run)
    kept[own.name] = own
    state[OWN_OF_THIS_RUN] = own.name
    while len(kept) > OWN_KEPT:
        del kept[next(iter(kept))]


def _shown(run: Run, plan: Plan) -> None:
    epochs, done = run.plan.settings.epochs, len(run.history)
    st.progress(done / epochs, status(run, st.session_state[GOING]))
    plotted.show(
        figure.plot(run.history, epochs, run.plan.clean_weight, run.plan.epsilon), "training",
        "Right answers on held-out digits after each epoch",
    )  # fmt: skip
    st.markdown(
        f":small[{run.plan.title}. PGD: {loop.PGD_STEPS} steps, on "
        f"{live_training.UNDER_PGD} of the held-out digits.]"
    )
    if plan != run.plan:
        st.markdown(":small[The numbers above have changed since: they belong to the next run.]")
    if st.session_state.get(OWN_OF_THIS_RUN) in st.session_state.get(OWN, {}):
        st.page_link(
            st.Page(attack.page, title="See it", default=True),
            label="Attack this network (kept until this tab closes)",
            icon=":material/check:",
        )


def status(run: Run, going: bool) -> str:
    """Where the run stands, in one line."""
    epochs, done = run.plan.settings.epochs, len(run.history)
    word = "Done" if run.finished else "Training" if going else "Stopped"
    if not done:
        return f"{word}: the first of {epochs} epochs"
    last = run.history[-1]
    return (
        f"{word}: epoch {done} of {epochs}, {run.seconds:.1f} s; right on "
        f"{100 * last.clean_accuracy:.1f} % without attack, {100 * last.accuracy_under_fgsm:.1f} % "
        f"under FGSM, {100 * last.accuracy_under_pgd:.1f} % under PGD"
    )
