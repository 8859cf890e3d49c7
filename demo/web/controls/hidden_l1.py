"""What the hidden L1 is shown for: the picture of the attack page, and a network of this page."""

from dataclasses import dataclass

import streamlit as st

from demo import models
from demo.web.controls import choose, kind_widget, link, remembered
from demo.web.controls.photographs import Chosen

NETWORKS = ("conv", "conv-adversarial", "conv-fgsm", "maxout", "maxout-adversarial", "softmax",
            "softmax-adversarial", "logistic", "logistic-adversarial")  # fmt: skip
"""Those that are trained with this objective, and those that are not: J is their own loss."""
PHOTOGRAPHS = models.MODELS[0].name
NETWORK = "l1_network"
ONE, BATCH = "one", "batch"
ALPHA = 0.5
EPSILON = {"digits": 0.25, "photographs": 0.007}
_OURS = ("epsilon", "alpha", "of", link.STEP)
"""In the URL, written by the component and the guided lecture."""


@dataclass(frozen=True)
class Choices:
    """All that is chosen here.

    of: `ONE` or `BATCH`, what the link opens on.  alpha, epsilon: where the link has them.
    """

    kind: models.Kind
    network: str
    picture: Chosen
    of: str
    alpha: float
    epsilon: float


def read(networks: list[str]) -> Choices:
    """Draw the sidebar; the URL fills in what has not been touched yet, nonsense gets defaults.

    networks: the digit networks that are here. The picture and its kind are the attack page's.
    """
    if "kind" not in st.session_state and networks and not _asks_for_a_photograph():
        st.session_state["kind"] = "digits"
    link.start()
    with st.sidebar:
        kind = kind_widget(bool(networks))
        place = st.container()
        network = _network(networks) if kind == "digits" else PHOTOGRAPHS
        with place:
            chosen = choose(kind, network)
    _write(kind, network, networks)
    of = BATCH if st.query_params.get("of") == BATCH and kind == "digits" else ONE
    return Choices(
        kind, network, chosen, of, remembered.number("alpha", 0.0, 1.0, ALPHA),
        remembered.number("epsilon", 0.0, 1.0, EPSILON[kind]),
    )  # fmt: skip


def _asks_for_a_photograph() -> bool:
    asked = st.query_params
    return asked.get("kind") == "photographs" or link.is_there(
        "photographs", asked.get("picture", "")
    )


def _network(networks: list[str]) -> str:
    if st.session_state.get(NETWORK) not in networks:
        asked = st.query_params.get("network", _attacked())
        st.session_state[NETWORK] = asked if asked in networks else networks[0]
    return st.selectbox(
        "Network", networks, key=NETWORK, format_func=lambda name: models.card(name).title,
        persist_state="session",
    )  # fmt: skip


def _attacked() -> str:
    """The network of the attack page, with its switch."""
    name = str(st.session_state.get("network_digits"))
    return f"{name}-adversarial" if st.session_state.get("switch_digits") else name


def _write(kind: models.Kind, network: str, networks: list[str]) -> None:
    """The URL: what differs from the defaults, and what the component wrote there."""
    asked = st.query_params.to_dict()
    wanted = {key: asked[key] for key in _OURS if key in asked}
    if kind == "photographs":
        wanted["kind"] = kind
    elif network != networks[0]:
        wanted["network"] = network
    picture = st.session_state[f"picture_{kind}"]
    if picture not in (link.FIRST_PICTURE[kind], link.OWN):
        wanted["picture"] = picture
    if wanted != asked:
        st.query_params.from_dict(wanted)
