"""Growth against dimension, part 3: the attack page's photograph at 32 to 448 pixels a side."""

import numpy as np
import streamlit as st

from demo import models
from demo.experiments.activation_growth import activation_growth
from demo.experiments.activation_growth.growth_on_a_photograph import EPSILONS, SIDES, Row
from demo.web.components import plotted
from demo.web.controls import growth_photograph, remembered
from demo.web.figures import growth_on_a_photograph as figure
from demo.web.figures.growth_on_a_photograph import Measured
from demo.web.pages import going_on, prose
from demo.web.store import activation_growth as store

OPEN, STOPPED = "photograph_growth_open", "photograph_growth_stopped"
CHANGED = "photograph_growth_changed"
"""Another picture was chosen: the part on colours, drawn outside of this section, shall know."""
SECONDS = 0.8
LEVELS = {"0.0625": "1/16", "0.25": "1/4", "1": "1", "1.785": "1.785"}
BY_LEVEL = dict(zip(LEVELS, EPSILONS, strict=True))
WORDS = {"gap": "logit gap", "loss": "loss J"}
SHOWN = 224


def section(whole: going_on.Page) -> None:
    """Draw it; go on with the sizes until they are there or somebody stops."""
    whole.section(OPEN, 0.1, lambda: _section(whole))


def _section(whole: going_on.Page) -> None:
    top, state = st.container(), st.session_state
    left, middle, right = st.columns([3, 4, 3], vertical_alignment="bottom")
    with left:
        chosen = growth_photograph.choose(_other_picture)
    with middle:
        epsilon = BY_LEVEL[_chosen("levels", "255 × ε", LEVELS, "0.0625")]
    with right:
        loss = _chosen("moves", "What moves", WORDS, "gap") == "loss"
    measured: Measured = "loss" if loss else "gap"
    photo = store.photograph(chosen.data, chosen.crop)
    name = models.class_names(models.card(store.NETWORK))[photo.label]
    rows = store.rows(photo, epsilon)
    with top:
        st.header(heading(rows, measured, name), anchor=False)
        places = st.columns(2, gap="medium")
    with places[0]:
        plotted.show(
            figure.change(rows, measured), "photograph-change",
            "Change for each unit of epsilon, under FGSM and random signs, against n",
        )  # fmt: skip
    with places[1]:
        plotted.show(
            figure.ratio(rows, measured), "photograph-ratio",
            "FGSM's change over that of random signs, against n",
        )  # fmt: skip
    _progress(rows)
    if len(rows) == len(SIDES):
        st.markdown(formula(rows, measured, name))
    st.markdown(prose.section("activation_growth", "photograph"))
    st.session_state[OPEN] = len(rows) < len(SIDES) and not state.get(STOPPED)
    if whole.complete and state.pop(CHANGED, False):
        st.rerun()
    if whole.complete and state[OPEN]:
        store.compute(photo, epsilon, SECONDS)


def _chosen(key: str, label: str, words: dict[str, str], usual: str) -> str:
    first = remembered.first(key, list(words), usual)
    value = st.segmented_control(
        label, list(words), key=key, default=first, format_func=words.__getitem__, required=True
    )
    remembered.keep(key, usual)
    return value or usual


def _progress(rows: list[Row]) -> None:
    """Where it stands, and the button."""
    done, stopped = len(rows), st.session_state.get(STOPPED, False)
    if done == len(SIDES):
        return
    word = "Stopped at" if stopped else "Measuring"
    st.progress(done / len(SIDES), f"{word} size {done + 1} of {len(SIDES)}: {SIDES[done]} pixels")
    going_on.stop_button(STOPPED, "photograph_growth_button")


def _other_picture() -> None:
    st.session_state.update({STOPPED: False, CHANGED: True})


def heading(rows: list[Row], measured: Measured, name: str) -> str:
    """The part in one sentence, with its numbers."""
    if not rows:
        return f"How far does FGSM move a network on this {name}, and random signs?"
    ratios = figure.by_fgsm(rows, measured) / figure.root_mean_square(
        figure.by_chance(rows, measured)
    )
    last = rows[-1]
    return (
        f"At n = {last.n:,} FGSM moves a network {ratios[-1]:,.0f} times as far as random signs; "
        f"at n = {rows[0].n:,}, {ratios[0]:,.0f} times"
    )


def formula(rows: list[Row], measured: Measured, name: str) -> str:
    """The linear prediction, what FGSM really did, and the fitted slopes."""
    at = [row.side for row in rows].index(SHOWN)
    epsilon = rows[at].epsilon
    l1, l2 = figure.linear(rows, measured)
    fgsm, chance = figure.by_fgsm(rows, measured), figure.by_chance(rows, measured)
    predicted, real = epsilon * l1[at], epsilon * fgsm[at]
    what = f"log(p/(1−p)) of “{name}”" if measured == "gap" else f"J of “{name}”"
    return (
        f"At {SHOWN} pixels a side, {what}: ε‖∇‖₁ = {epsilon:.3g} × {l1[at]:.4g} = "
        f"**{predicted:.3g}** if the network were linear; FGSM really moves it by **{real:.3g}**, "
        f"{100 * real / predicted:.1f} % of that. Random signs: ε‖∇‖₂ = {epsilon * l2[at]:.2g}, "
        f"really {epsilon * figure.root_mean_square(chance)[at]:.2g} (root mean square of "
        f"{chance.shape[1]}).  \n{slopes(rows, measured)}"
    )


def slopes(rows: list[Row], measured: Measured) -> str:
    """How the sizes go with n, fitted."""
    n = np.array([row.n for row in rows], float)
    l1, l2 = figure.linear(rows, measured)
    found = (("m = ‖∇‖₁/n", l1 / n), ("‖∇‖₁", l1), ("‖∇‖₁/‖∇‖₂", l1 / l2))
    fits = ((what, activation_growth.straight(n, values)) for what, values in found)
    return f"Fitted slopes against n: {'; '.join(f'{what} {fit:+.2f}' for what, fit in fits)}."
