"""The URL and the session: what a link restores, and the defaults behind it."""

import time
from collections.abc import Sequence
from dataclasses import dataclass

import streamlit as st
from streamlit.runtime.scriptrunner import get_script_run_ctx

from demo import models
from demo.data import gallery, pictures
from demo.data.digits import EMBEDDED_COUNT
from demo.experiments.attack import gallery_flips
from demo.web.controls import remembered

OWN = "own picture"
OWN_ANSWER = "the network's own answer"
RUNNER_UP = "the runner-up"
AWAY, TOWARD = "away", "toward"
ONE, TEN = "one", "ten"
DIGIT = "digit-"
"""Before a digit's number, 0 to 4,999, as a picture's name."""
OPENS = gallery_flips.opening_network()
"""The network behind the first page's bare address; links that name none mean the first network."""
FIRST_PICTURE = {
    "photographs": gallery_flips.opening_of(models.MODELS[0].name), "digits": DIGIT + "1505",
}  # fmt: skip
FIRST_EPSILON = {"photographs": 0.007, "digits": 0.25}
LARGEST_EPSILON = {"photographs": 16 / 255, "digits": 0.5}
SHARED = {"goal": (AWAY, TOWARD), "method": (ONE, TEN)}
"""Choices that both kinds of picture have in common; the first one is the default."""
OWN_TO_A_KIND = ("picture", "network", "switch", "label", "target")
IN_THE_URL = ("kind", "training", *SHARED, *(key for key in OWN_TO_A_KIND if key != "switch"))
STEP = "step"
"""In the URL of every page: where the guided lecture stands."""
FOLLOWED = "links followed"
"""In the session: how many were chosen whole, so that the viewer takes over their epsilon."""
WRITTEN = "link as written"
SETTLED = 2.0
"""Seconds after writing the URL for which the browser may still tell of the one before."""


@dataclass(frozen=True)
class _Written:
    """What stood in the URL, on which page, for which choices, and since when (monotonic)."""

    page: str
    query: dict[str, str]
    chosen: tuple[object, ...]
    at: float


def start(opens: str | None = None) -> None:
    """Fill the session once: from the URL where it makes sense, else with the defaults.

    Once more where the browser went back or forward to another URL of this page.
    opens: the photograph network where the URL says nothing; None: the first one.
    """
    asked = st.query_params.to_dict()
    elsewhere = _went_elsewhere(asked)
    if opens is not None and not {*IN_THE_URL, "epsilon", STEP} & {*asked}:
        asked["network"] = opens
    kind = _kind(asked)
    if elsewhere:
        _follow(kind, asked)
    written: _Written | None = st.session_state.get(WRITTEN)
    if written is not None and written.page != _page() and st.session_state.get("kind"):
        st.session_state.kind = st.session_state.kind  # or the widget of a new page forgets it
    st.session_state.setdefault("kind", kind)
    for each in models.KINDS:
        if models.offered(each):
            for key, value in _sound(each, asked if each == kind else {}).items():
                st.session_state.setdefault(f"{key}_{each}", value)
    for key, options in SHARED.items():
        value = asked.get(key)
        st.session_state.setdefault(key, value if value in options else options[0])
    st.session_state.setdefault("crop", pictures.DEFAULT_CROP)


def follow(asked: dict[str, str]) -> None:
    """Choose all that a link says, on whichever page; what it leaves out is as at first."""
    remembered.forget()
    if "kind" in st.session_state:  # else the page's first drawing reads the link itself
        _follow(_kind(asked), asked)
    st.session_state[FOLLOWED] = st.session_state.get(FOLLOWED, 0) + 1


def _went_elsewhere(asked: dict[str, str]) -> bool:
    """Whether the URL is another than was written though nothing else was chosen meanwhile."""
    written: _Written | None = st.session_state.get(WRITTEN)
    return (
        written is not None
        and written.page == _page()
        and written.query != _ours(asked)
        and written.chosen == _chosen()
        and time.monotonic() - written.at > SETTLED
    )


def _follow(kind: models.Kind, asked: dict[str, str]) -> None:
    """Choose what the URL says; where it names no picture, an own one is what stood there."""
    state = st.session_state
    found = _sound(kind, asked)
    if "picture" not in asked and f"own_{kind}" in state:
        found["picture"] = OWN
    if state.get(f"picture_{kind}") != found["picture"]:
        state.crop = pictures.DEFAULT_CROP
    state.update({f"{key}_{kind}": value for key, value in found.items()})
    for key, options in SHARED.items():
        state[key] = asked[key] if asked.get(key) in options else options[0]
    state.update(kind=kind, complaint=None)


def _ours(query: dict[str, str]) -> dict[str, str]:
    return {key: value for key, value in query.items() if key in IN_THE_URL}


def _chosen() -> tuple[object, ...]:
    own = [f"{key}_{kind}" for key in OWN_TO_A_KIND for kind in models.KINDS]
    return tuple(st.session_state.get(key) for key in ("kind", *SHARED, *own))


def _page() -> str:
    """Which page is drawn; `st.context.url` may still be that of the page before."""
    context = get_script_run_ctx(suppress_warning=True)
    return "" if context is None else context.page_script_hash


def _kind(asked: dict[str, str]) -> models.Kind:
    digits = asked.get("kind") == "digits" or asked.get("picture", "").startswith(DIGIT)
    return "digits" if digits and models.offered("digits") else "photographs"


def _sound(kind: models.Kind, asked: dict[str, str]) -> dict[str, object]:
    """What is asked for, with the defaults in the place of what there is not."""
    defaults = _defaults(kind)
    network, adversarial = asked.get("network"), asked.get("training") == "adversarial"
    for card in models.offered(kind):
        if network is not None and network == card.robust:
            network, adversarial = card.name, True
    if network not in [card.name for card in models.offered(kind)]:
        network = str(defaults["network"])
    names = models.class_names(models.card(network))
    sound = _defaults(kind, network) | {"network": network, "switch": adversarial}
    if is_there(kind, asked.get("picture", "")):
        sound["picture"] = asked["picture"]
    for key in ("label", "target"):
        if asked.get(key) in names:
            sound[key] = asked[key]
    return sound


def _defaults(kind: models.Kind, network: str | None = None) -> dict[str, object]:
    """What is chosen where nobody chose; a photograph network opens on its own photograph."""
    own = kind == "photographs" and network is not None
    return {
        "picture": gallery_flips.opening_of(str(network)) if own else FIRST_PICTURE[kind],
        "network": models.offered(kind)[0].name,
        "switch": False, "label": OWN_ANSWER, "target": RUNNER_UP,
    }  # fmt: skip


def is_there(kind: str, picture: str) -> bool:
    """Whether the gallery of that kind has a picture of that name."""
    if kind == "photographs":
        return picture in [photo.name for photo in gallery.GALLERY]
    return digit_number(picture) is not None


def digit_number(picture: str) -> int | None:
    """The number in the name of a gallery's digit; None if that is not its name."""
    number = picture.removeprefix(DIGIT)
    sound = picture.startswith(DIGIT) and number.isascii() and number.isdigit() and len(number) < 5
    return int(number) if sound and int(number) < EMBEDDED_COUNT else None


def epsilon(kind: str) -> float:
    """The epsilon in the URL, where the viewer keeps it, cut to the range; the default else."""
    return remembered.number("epsilon", 0.0, LARGEST_EPSILON[kind], FIRST_EPSILON[kind])


def forget_epsilon() -> None:
    """The other kind of picture has another range: begin at its default."""
    st.query_params.pop("epsilon", None)
    st.session_state.complaint = None


def write(kind: models.Kind, kept: Sequence[str] = ("epsilon",), opens: str | None = None) -> None:
    """Write into the URL what differs from the default.

    kept: what stays there, beside `STEP`: the viewer's epsilon.  opens: as in `start`.
    """
    state = st.session_state
    defaults = _defaults(kind, state.get(f"network_{kind}"))
    wanted = {key: state[key] for key, options in SHARED.items() if state[key] != options[0]}
    if kind == "digits":
        wanted["kind"] = kind
    for key in OWN_TO_A_KIND:
        value = state.get(f"{key}_{kind}", defaults[key])
        if value not in (defaults[key], OWN):
            wanted[key] = value
    if wanted.get("network") not in [card.name for card in models.offered(kind)]:
        wanted.pop("network", None)  # one of this session's own: no link brings it back
    if wanted.pop("switch", False) and models.card(state[f"network_{kind}"]).robust:
        wanted["training"] = "adversarial"
    wanted |= {key: st.query_params[key] for key in (*kept, STEP) if key in st.query_params}
    if not wanted and opens not in (None, state[f"network_{kind}"]):
        wanted["network"] = state[f"network_{kind}"]
    before: _Written | None = state.get(WRITTEN)
    at = time.monotonic() if before is None else before.at
    if wanted != st.query_params.to_dict():
        st.query_params.from_dict(wanted)
        at = time.monotonic()
    state[WRITTEN] = _Written(_page(), _ours(wanted), _chosen(), at)
