"""Three against seven: a linear model, its weights, their sign, and what that sign does."""

import json
from typing import Any

import numpy as np
import streamlit as st
from numpy.typing import NDArray

from demo.experiments.adversarial_training.weights_as_pictures import Pictures
from demo.experiments.attack.confidence_sweep import round_half_up
from demo.experiments.three_against_seven import margins, weight_decay
from demo.models import trained
from demo.web.components.viewer import packed, sent
from demo.web.components.viewer import three_against_seven as viewer
from demo.web.controls import remembered
from demo.web.figures import three_against_seven as figure
from demo.web.pages import prose, ten_digits
from demo.web.store import three_against_seven as store

TOPIC = "three_against_seven"
SHEET, SHEET_KEPT = "sheet", f"{TOPIC}_sheet"
"""In the link, and in the session."""
EACH, SHEETS = 25, 40
"""Digits on a sheet, five by five, and sheets: all 1,000."""

WORDS = {
    "logistic": "Plain", "logistic-l1": "L1 weight decay", "logistic-adversarial": "Adversarial",
}  # fmt: skip


def page() -> None:
    """One component that answers every drag by itself; the server turns the sheets."""
    try:
        cards = store.cards()
        data = _data(cards, _sheet())
    except ValueError as error:
        st.title("Three against seven", anchor=False)
        st.error(str(error))
        return
    viewer.show(data, _turned)
    st.fragment(ten_digits.section)(cards[0])


def _sheet() -> int:
    """The sheet's number from 0, from the session or the link; nonsense is the first."""
    if SHEET_KEPT not in st.session_state:
        asked = st.query_params.get(SHEET, "1")
        sound = asked.isascii() and asked.isdigit() and len(asked) < 4
        st.session_state[SHEET_KEPT] = int(asked) - 1 if sound and 1 <= int(asked) <= SHEETS else 0
    sheet = int(st.session_state[SHEET_KEPT])
    remembered.write(SHEET, [str(sheet + 1)], ["1"])
    return sheet


def _turned(asked: Any) -> None:
    if isinstance(asked, int | float) and 0 <= asked < SHEETS:
        st.session_state[SHEET_KEPT] = int(asked)


def _data(cards: list[trained.Card], sheet: int) -> sent.Sheet:
    """All that the browser needs."""
    start = EACH * sheet
    shown = store.images(start, EACH)
    return {
        "id": "-".join([str(sheet), *(card.sha256[:12] for card in cards)]),
        "stops": list(margins.EPSILON_GRID),
        "levels": [round_half_up(255 * epsilon) for epsilon in margins.EPSILON_GRID],
        "sheet": sheet, "sheets": SHEETS, "start": start,
        "pixels": packed((shown.images.numpy() * 255).round().astype(np.uint8)),
        "labels": shown.labels.tolist(), "each": [EACH * SHEETS // 2] * 2,
        "networks": [
            _network(card, picture, start)
            for card, picture in zip(cards, store.pictures(), strict=True)
        ],
        "words": prose.sections(TOPIC),
    }  # fmt: skip


def _network(card: trained.Card, picture: Pictures, start: int) -> sent.Model:
    found = store.measured(card.name)
    decay = weight_decay.run(found)
    clean, attacked, *_ = card.test.values()
    return {
        "name": card.name, "word": WORDS[card.name], "title": card.title,
        "weights": packed(found.weights), "signs": packed(found.signs),
        "ownWhite": float(np.quantile(np.abs(found.weights), 0.99)), "white": picture.white,
        "small": picture.small,
        "l1": found.l1, "allWrong": found.all_wrong, "digits": len(found.labels),
        "formula": _counts(found, found.wrong_by_formula),
        "unclipped": _counts(found, found.wrong_unclipped),
        "clipped": _counts(found, found.wrong_clipped),
        "fall": _numbers(found.fall(found.clipped)),
        "freeFall": _numbers(found.fall(found.unclipped)),
        "difference": _numbers(found.largest_difference),
        "penalty": _numbers(decay.adversarial), "rise": _numbers(decay.measured),
        "faded": decay.faded.tolist(),
        "test": {"clean": 1 - clean, "fgsm": 1 - attacked, "digits": card.test_images},
        "left": packed(found.clipped[:, start : start + EACH].T.astype(np.float32)),
        "derivation": _derivation(card, start),
        "figure": json.loads(figure.plot(found.clean, found.labels, found.l1).to_json()),
    }  # fmt: skip


def _counts(found: margins.Margins, wrong: NDArray[np.bool_]) -> list[list[int]]:
    counts: list[list[int]] = found.errors(wrong).tolist()
    return counts


def _derivation(card: trained.Card, start: int) -> dict[str, Any]:
    lines = store.derived(card.name, start, EACH)
    losses = {
        "loss": packed(lines.loss.astype(np.float64)),
        "lossAtPoint": packed(lines.loss_at_point.astype(np.float64)),
    }
    others = {
        "margins": lines.margins, "oneMinusSigma": lines.one_minus_sigma,
        "sigmaOfMinus": lines.sigma_of_minus, "quotient": lines.quotient, "slope": lines.slope,
        "gradientDifference": lines.gradient_difference,
        "largestGradient": lines.largest_gradient, "normByAutograd": lines.norm_by_autograd,
        "norm": lines.norm,
    }  # fmt: skip
    return losses | {name: values.tolist() for name, values in others.items()}


def _numbers(values: NDArray[np.float64]) -> list[float]:
    """Seven digits are enough to be shown."""
    return [float(f"{value:.7g}") for value in values]
