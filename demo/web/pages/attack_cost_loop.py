"""Train, attack everything, train again: what that costs beside FGSM, from measured pieces."""

import streamlit as st

from demo import models
from demo.experiments.attack_cost import loop
from demo.experiments.attack_cost.loop import LoopCost, Measurement
from demo.web.components import plotted
from demo.web.figures import attack_cost as figure
from demo.web.pages import going_on, prose
from demo.web.store import attack_cost as store

TOPIC = "attack_cost"
SECONDS = 0.6
MEASURING, RUN = "cost_measures", "cost_measurement"


def section(whole: going_on.Page) -> None:
    """Draw it; it goes on while something is being measured."""
    whole.section(MEASURING, 0.1, _section)


def _section() -> None:
    state = st.session_state
    run: Measurement | None = state.get(RUN)
    if run is None or run.result is not None:
        state[MEASURING] = False
    cost = store.measured()
    st.header(heading(cost), anchor=False)
    st.markdown(prose.section(TOPIC, "loop"))
    if state[MEASURING] and run is not None:
        st.progress(run.share, f"Measuring: {run.share:.0%} of the pieces")
        st.button("Stop", key="loop_button", on_click=_stop)
        store.advance_measurement(run, SECONDS)
    else:
        st.button(
            "Measure it here" if cost is None else "Measure again", key="loop_button",
            on_click=_start, help="Some seconds: 30 training steps, and L-BFGS on ten digits.",
        )  # fmt: skip
    if cost is not None:
        _shown(cost)


def _start() -> None:
    try:
        st.session_state[RUN] = store.begun_measurement()
        st.session_state[MEASURING] = True
    except models.Unavailable as error:
        st.error(str(error))


def _stop() -> None:
    st.session_state[MEASURING] = False


def heading(cost: LoopCost | None) -> str:
    """The section in one sentence."""
    if cost is None:
        return "The old way: train, attack everything, train again"
    return (
        f"One round of train, attack everything, train again: {figure.duration(cost.loop)}; "
        f"training against FGSM: {figure.duration(cost.adversarial)}"
    )


def _shown(cost: LoopCost) -> None:
    plotted.show(
        figure.loop(cost), "loop",
        "Minutes of standard training, of training against FGSM, and of the loop",
    )  # fmt: skip
    for line in formulas(cost):
        st.markdown(line)
    st.markdown(f":small[{prose.section(TOPIC, 'loop measured')}]")


def formulas(cost: LoopCost) -> list[str]:
    """The sums with their numbers."""
    step, fgsm = 1e3 * cost.standard_step, 1e3 * cost.fgsm_step
    epochs = f"{cost.epochs} epochs × {loop.IMAGES // cost.batch} steps"
    return [
        f"**Standard**: {epochs} × {step:.3g} ms = {figure.duration(cost.standard)}.",
        f"**Against FGSM**: {epochs} × {fgsm:.3g} ms = {figure.duration(cost.adversarial)}; "
        f"{cost.fgsm_step / cost.standard_step:.2f} times standard training.",
        f"**The loop**: {figure.duration(cost.standard)} to train + {loop.IMAGES:,} digits × "
        f"{1e3 * cost.lbfgs_example:.3g} ms = {figure.duration(cost.attack_all)} for L-BFGS "
        f"({cost.lbfgs_passes:.0f} passes a digit) + 2 × {figure.duration(cost.standard)} to train "
        f"again on twice as many = {figure.duration(cost.loop)}; each further round "
        f"{figure.duration(cost.loop - cost.standard)}.",
        f"**To be fair**: SciPy takes one digit after the other. If {cost.batch} could run "
        f"together, the same passes would take {loop.IMAGES:,} × {cost.lbfgs_passes:.0f} × "
        f"{1e6 * cost.pass_in_batch:.3g} µs = {figure.duration(cost.attack_all_in_batches)}: "
        f"{cost.attack_all_in_batches / cost.adversarial:.1f} times the whole training against "
        "FGSM, for weights that the next step changes.",
    ]
