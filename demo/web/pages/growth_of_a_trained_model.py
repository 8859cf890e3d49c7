"""Growth against dimension, part 2: logistic regression, 3 against 7, from 16 to 12,544 values."""

import numpy as np
import streamlit as st

from demo.experiments.activation_growth import activation_growth
from demo.experiments.activation_growth.growth_of_a_trained_model import SIDES, Errors, Trained
from demo.experiments.attack import failures
from demo.web.components import plotted
from demo.web.controls import remembered
from demo.web.figures import growth_of_a_trained_model as figure
from demo.web.pages import going_on, prose
from demo.web.store import activation_growth as store

OPEN = "trained_models_open"
USUAL_EPSILON = 0.25


def section(whole: going_on.Page) -> None:
    """Draw it; train a size after the other, as long as one is missing."""
    whole.section(OPEN, 0.1, lambda: _section(whole))


def _section(whole: going_on.Page) -> None:
    trained = store.trained()
    place = st.container()
    epsilon = remembered.slider(
        st, "ε for the digits", "digit_epsilon", (0.01, 0.5, 0.01), USUAL_EPSILON,
        "1 is the whole range from black to white.",
    )  # fmt: skip
    errors = [store.errors(model.side, epsilon) for model in trained]
    with place:
        st.header(heading(trained, errors, epsilon), anchor=False)
        if len(trained) < len(SIDES):
            st.progress(len(trained) / len(SIDES), f"Training size {len(trained) + 1} of 6")
        _figures(trained, errors, epsilon)
    if trained:
        st.markdown(f"{formula(trained[-1], errors[-1], epsilon)} {advantage(trained)}")
    st.markdown(prose.section("activation_growth", "trained"))
    st.session_state[OPEN] = len(trained) < len(SIDES)
    if whole.complete and len(trained) < len(SIDES):
        store.train_one()


def _figures(trained: list[Trained], errors: list[Errors], epsilon: float) -> None:
    left, right = st.columns(2, gap="medium")
    with left:
        plotted.show(
            figure.growth(trained, epsilon), "trained-growth",
            "Growth under FGSM and random signs, the median margin, and m, against n",
        )  # fmt: skip
    with right:
        plotted.show(
            figure.errors(trained, errors), "trained-errors", "Wrong answers in percent against n"
        )


def heading(trained: list[Trained], errors: list[Errors], epsilon: float) -> str:
    """The part in one sentence, with its numbers."""
    if not trained:
        return "The weights of a trained linear model get smaller as n grows"
    largest = trained[-1]
    return (
        f"Trained weights get smaller as n grows: ε‖w‖₁ = {epsilon * largest.l1:.3g} against a "
        f"margin of {largest.median_margin:.2f} (median): {100 * errors[-1].fgsm:.0f}\u00a0% "
        "of the digits are wrong under FGSM"
    )


def formula(model: Trained, errors: Errors, epsilon: float) -> str:
    """The growth by the formula, what it predicts, what happened, and the difference."""
    total, below = len(model.margins), int((model.margins < epsilon * model.l1).sum())
    wrong = round(errors.fgsm * total)
    return (
        f"ε‖w‖₁ = ε · m · n = {failures.amount(epsilon, 'digits')} × {model.m:.4g} × {model.n:,} = "
        f"**{epsilon * model.l1:.4g}**. Below it lie the margins of **{below}** of {total} "
        f"held-out digits; under FGSM **{wrong}** are wrong ({round(errors.clean * total)} were "
        f"wrong before): difference {wrong - below}."
    )


def advantage(trained: list[Trained]) -> str:
    """How the aimed step's advantage over random signs goes with n, fitted."""
    if len(trained) < len(SIDES):
        return ""
    n = np.array([model.n for model in trained], float)
    fit = activation_growth.straight(n, np.array([model.l1 / model.l2 for model in trained]))
    return f"Fitted slope of ‖w‖₁/‖w‖₂ against n: {fit:.2f}."
