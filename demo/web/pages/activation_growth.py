"""The page "Growth against dimension": the growth is epsilon * m * n, the change stays epsilon."""

import json
import math

import numpy as np
import streamlit as st

from demo.experiments.activation_growth import activation_growth
from demo.web.components.viewer import activation_growth as viewer
from demo.web.components.viewer import sent
from demo.web.figures import activation_growth as plots
from demo.web.pages import (
    colours,
    going_on,
    growth_of_a_trained_model,
    growth_on_a_photograph,
    onward,
    prose,
)
from demo.web.store import activation_growth as store

MS = tuple(sorted({*(round(0.005 * 10 ** (k / 16), 6) for k in range(33)), 0.05}))
EPSILONS = tuple(sorted({*(round(0.001 * 10 ** (k / 16), 6) for k in range(44)), 0.007, 0.25, 0.5}))
USUAL = {"n": 150_528.0, "m": 0.05, "epsilon": 0.007}
DECISIVE = math.log(0.99 / 0.01)
"""The logit of 99 %: what takes an answer from 50 % there."""
JUMPS = (("a digit: 784", 784), ("a photograph: 150,528", 150_528))


def page() -> None:
    """Draw the page from top to bottom; the trainings and the sizes go on by themselves."""
    viewer.show(data())
    st.markdown(prose.section("activation_growth", "formula"))
    whole = going_on.Page()
    growth_of_a_trained_model.section(whole)
    growth_on_a_photograph.section(whole)
    onward.to_attack()
    colours.section()
    whole.end()


def data() -> sent.Growth:
    """What the component needs to answer every drag by itself."""
    drawn = store.draws()
    worst, blind = (np.array([getattr(d, k) for d in drawn]) for k in ("worst", "blind"))
    stops = {"n": activation_growth.stops(), "m": MS, "epsilon": EPSILONS}
    figure = plots.plot(activation_growth.stops(), worst[0], blind)
    return {
        "ns": stops["n"], "ms": MS, "epsilons": EPSILONS,
        "figure": json.loads(figure.to_json()), "first": drawn[0].first.tolist(),
        "slopes": {
            "worst": f"{activation_growth.slope(worst):.4f}",
            "blind": f"{activation_growth.slope(blind):.2f}",
        },
        "fitted": f"Slopes: straight lines through log(change) against log(n) from "
                  f"n = {activation_growth.FITTED_FROM} on, mean and standard error over "
                  f"{len(drawn)} drawn weight vectors. The first of them is drawn above; random "
                  "signs: root mean square of all, the band holds the middle 80 %.",
        "decisive": DECISIVE, "jumps": JUMPS,
        "usual": {key: nearest(stops[key], value) for key, value in USUAL.items()},
        "start": {key: nearest(stops[key], _asked(key)) for key in USUAL},
    }  # fmt: skip


def nearest(stops: tuple[float, ...], wanted: float) -> int:
    """The number of the stop that is nearest by ratio."""
    return min(range(len(stops)), key=lambda i: abs(math.log(stops[i] / wanted)))


def _asked(key: str) -> float:
    """The number in the URL, the usual one if there is none or it makes no sense."""
    try:
        asked = float(st.query_params.get(key, USUAL[key]))
    except ValueError:
        return USUAL[key]
    return asked if math.isfinite(asked) and asked > 0 else USUAL[key]
