"""Widgets and the URL -> one frozen `Choices`. Nothing else reads either of them."""

import base64
import math
from dataclasses import dataclass
from typing import Any

import streamlit as st

from demo import gallery, models, picker, pictures
from demo.store import attack as store

OWN = "own picture"
OWN_ANSWER = "the network's own answer"
RUNNER_UP = "the runner-up"
AWAY, TOWARD = "away", "toward"
ONE, TEN = "one", "ten"
DEFAULTS = {
    "picture": gallery.GALLERY[0].name,
    "network": models.MODELS[0].name,
    "training": "standard",
    "goal": AWAY,
    "label": OWN_ANSWER,
    "target": RUNNER_UP,
    "method": ONE,
}
DEFAULT_EPSILON = 0.007
NETWORKS = tuple(card.name for card in models.MODELS if card.training == "standard")


@dataclass(frozen=True)
class Choices:
    """All that a person has chosen. label, target: class names, or `OWN_ANSWER`, `RUNNER_UP`."""

    network: str
    data: bytes
    picture: str
    title: str
    credit: str
    crop: pictures.Crop
    label: str
    target: str | None
    method: str
    epsilon: float


def read(class_names: tuple[str, ...]) -> Choices:
    """Draw the sidebar, and say what is chosen in it.

    class_names: what the network can answer. The URL fills in what has not been touched yet;
    nonsense in it falls back to the defaults.
    """
    _start(class_names)
    with st.sidebar:
        _picture_widgets()
        network = _network_widgets()
        label, target = _goal_widgets(class_names)
        method = st.radio(
            "How many steps", (ONE, TEN), key="method",
            format_func={ONE: "One step: FGSM", TEN: "Ten steps: its iteration (BIM)"}.get,
        )  # fmt: skip
    _write_url()
    return _choices(network, label, target, method)


def _start(class_names: tuple[str, ...]) -> None:
    """Fill the session once: from the URL where it makes sense, else with the defaults."""
    known = {
        "picture": [p.name for p in gallery.GALLERY],
        "network": NETWORKS,
        "training": ("standard", "adversarial"),
        "goal": (AWAY, TOWARD),
        "label": class_names,
        "target": class_names,
        "method": (ONE, TEN),
    }
    for key, default in DEFAULTS.items():
        asked = st.query_params.get(key, default)
        st.session_state.setdefault(key, asked if asked in known[key] else default)
    st.session_state.setdefault("crop", pictures.DEFAULT_CROP)


def epsilon() -> float:
    """The epsilon in the URL, where the viewer keeps it, 0 to 16/255; .007 if there is none."""
    try:
        asked = float(st.query_params.get("epsilon", DEFAULT_EPSILON))
    except ValueError:
        return DEFAULT_EPSILON
    return min(max(asked, 0.0), 16 / 255) if math.isfinite(asked) else DEFAULT_EPSILON


def _picture_widgets() -> None:
    state = st.session_state
    picker.thumbnails(_photographs(), state.picture, _pick)
    st.button("The paper's panda: toward “gibbon”", on_click=_panda, width="stretch")
    st.file_uploader(
        "Your own picture", type=["jpg", "jpeg", "png", "webp", "gif", "bmp", "tif", "tiff",
        "avif", "heic", "heif"], key="upload", on_change=_take, args=("upload",),
        help="Up to 10 MB and 50 megapixels. It stays in the server's memory; nothing is stored.",
    )  # fmt: skip
    if st.toggle("Use the camera", key="use_camera"):
        st.camera_input("Take a picture", key="camera", on_change=_take, args=("camera",))
    if state.get("complaint"):
        st.error(state.complaint)
    with st.expander("Crop"):
        small, size = store.preview(_data(), 400)
        picker.crop(_uri(small), size, _as_dict(state.crop), _cut)


def _network_widgets() -> str:
    chosen = st.selectbox(
        "Network", NETWORKS, key="network", format_func=lambda name: models.card(name).title
    )
    twin = models.card(chosen).twin
    if twin is None:
        return str(chosen)
    state = st.session_state
    state.setdefault("switch", state.training == "adversarial")
    st.toggle("Adversarially trained model", key="switch", persist_state="session")
    state.training = "adversarial" if state.switch else "standard"
    return twin if state.switch else str(chosen)


def _goal_widgets(class_names: tuple[str, ...]) -> tuple[str, str | None]:
    state = st.session_state
    goal = st.radio(
        "The step goes", (AWAY, TOWARD), key="goal",
        format_func={AWAY: "away from a label", TOWARD: "toward a target"}.get,
    )  # fmt: skip
    key, first = ("label", OWN_ANSWER) if goal == AWAY else ("target", RUNNER_UP)
    options = (first, *class_names)
    words = {"label": "Label in J: what it moves away from", "target": "Target: what it shall see"}
    state.setdefault(f"{key}_widget", state[key] if state[key] in options else first)
    chosen = st.selectbox(
        words[key], options, key=f"{key}_widget", help="Type to search the 1,000 names.",
    )  # fmt: skip
    state[key] = chosen
    return (chosen, None) if goal == AWAY else (OWN_ANSWER, chosen)


def _photographs() -> list[dict[str, str]]:
    return [
        {
            "name": p.name,
            "title": p.title,
            "src": _uri(store.preview(store.gallery_bytes(p.name), 120)[0]),
        }
        for p in gallery.GALLERY
    ]


def _pick(name: Any) -> None:
    if name in [p.name for p in gallery.GALLERY]:
        st.session_state.update(picture=name, crop=pictures.DEFAULT_CROP, complaint=None)


def _panda() -> None:
    _pick("panda")
    st.session_state.update(goal=TOWARD, target="gibbon", target_widget="gibbon", method=TEN)


def _take(source: str) -> None:
    """An upload or a photograph just taken: taken over if it opens, complained of if not."""
    file = st.session_state[source]
    if file is None:
        return
    data = file.getvalue()
    try:
        store.clean_pixels(data, 224, pictures.DEFAULT_CROP)
    except ValueError as error:
        st.session_state.complaint = str(error)
        return
    st.session_state.update(
        picture=OWN, own=data, own_title=file.name, crop=pictures.DEFAULT_CROP, complaint=None
    )


def _cut(asked: Any) -> None:
    try:
        crop = pictures.Crop(*(float(asked[k]) for k in ("x", "y", "zoom")))
        store.clean_pixels(_data(), 224, crop)
    except (TypeError, KeyError, ValueError):
        return
    st.session_state.crop = crop


def _data() -> bytes:
    state = st.session_state
    return state.own if state.picture == OWN else store.gallery_bytes(state.picture)


def _choices(network: str, label: str, target: str | None, method: str) -> Choices:
    state = st.session_state
    title, credit = state.get("own_title", ""), "Your own picture; it is not stored."
    if state.picture != OWN:
        photo = gallery.card(state.picture)
        title, credit = photo.title, f"{photo.author}, {photo.licence}, [source]({photo.source})"
    return Choices(
        network=network, data=_data(), picture=state.picture, title=title, credit=credit,
        crop=state.crop, label=label, target=target, method=method, epsilon=epsilon(),
    )  # fmt: skip


def _write_url() -> None:
    """What differs from the default, and the epsilon that the viewer wrote."""
    wanted = {k: st.session_state[k] for k, v in DEFAULTS.items() if st.session_state[k] != v}
    if wanted.get("picture") == OWN:
        del wanted["picture"]
    if "epsilon" in st.query_params:
        wanted["epsilon"] = st.query_params["epsilon"]
    if wanted != st.query_params.to_dict():
        st.query_params.from_dict(wanted)


def _as_dict(crop: pictures.Crop) -> dict[str, float]:
    return {"x": crop.x, "y": crop.y, "zoom": crop.zoom}


def _uri(jpeg: bytes) -> str:
    return "data:image/jpeg;base64," + base64.b64encode(jpeg).decode()
