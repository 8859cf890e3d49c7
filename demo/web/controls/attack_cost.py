"""What the cost page attacks: the attack page's picture and network, a target, an epsilon."""

from dataclasses import dataclass

import streamlit as st

from demo import models
from demo.web.controls import (
    choose,
    class_widget,
    kind_widget,
    link,
    network_widgets,
    remembered,
)
from demo.web.controls.photographs import Chosen
from demo.web.store import attack as store

EPSILONS = {
    "photographs": (*(level / 255 for level in (0.25, 0.5, 1)), 0.007, 2 / 255, 4 / 255,
                    8 / 255, 16 / 255),
    "digits": tuple(i / 20 for i in range(1, 11)),
}  # fmt: skip
RESTARTS = {"photographs": 2, "digits": 10}
BY = ("passes", "seconds")
OTHERS = " The other three attacks move away from the network's own answer, and may end anywhere."


@dataclass(frozen=True)
class Choices:
    """target: a class name, or `link.RUNNER_UP`.  restarts: random starts of PGD, at most."""

    kind: models.Kind
    network: str
    picture: Chosen
    target: str
    epsilon: float
    restarts: int


def read() -> Choices:
    """Draw the sidebar, and say what is chosen in it; the URL fills in what was not touched."""
    link.start()
    with st.sidebar:
        kind = kind_widget(bool(models.offered("digits")))
        picture = st.container()
        network = network_widgets(kind)
        with picture:
            chosen = choose(kind, network)
        target = class_widget(
            f"target_{kind}", "Class to reach (L-BFGS)", link.RUNNER_UP,
            store.class_names(network), OTHERS,
        )  # fmt: skip
        epsilon = _epsilon(kind)
    link.write(kind, kept=("epsilon", "by"))
    return Choices(kind, network, chosen, target, epsilon, RESTARTS[kind])


def by() -> str:
    """Draw what the plot is against: passes or seconds."""
    first = remembered.first("by", BY, BY[0])
    chosen = st.segmented_control("Plotted against", BY, key="by", default=first, required=True)
    remembered.keep("by", BY[0])
    return chosen or BY[0]


def _epsilon(kind: str) -> float:
    """The step of FGSM, BIM and PGD, at the nearest stop to the one in the URL."""
    key, options, asked = f"cost_epsilon_{kind}", EPSILONS[kind], link.epsilon(kind)
    if key not in st.session_state:
        st.session_state[key] = min(options, key=lambda stop: abs(stop - asked))
    chosen: float = st.select_slider(
        "ε of FGSM, BIM and PGD", options, key=key,
        format_func=_levels if kind == "photographs" else "{:g}".format,
        help="The largest change of a value; 1 is the whole range from black to white.",
    )  # fmt: skip
    if chosen == min(options, key=lambda stop: abs(stop - link.FIRST_EPSILON[kind])):
        st.query_params.pop("epsilon", None)
    elif st.query_params.get("epsilon") != f"{chosen:.6g}":
        st.query_params["epsilon"] = f"{chosen:.6g}"
    return chosen


def _levels(epsilon: float) -> str:
    return f"{255 * epsilon:.3g}/255"
