"""Does it survive: a fold of the attack page. Nothing is computed while it is closed."""

import contextlib
import json
from typing import Any

import numpy as np
import streamlit as st
import torch
from numpy.typing import NDArray

from demo import models
from demo.data import pictures
from demo.experiments.attack import failures, picture_changes, survival
from demo.experiments.attack.survival import Row
from demo.models import on_this_machine
from demo.web.components.viewer import sent
from demo.web.components.viewer import survival as component
from demo.web.figures import survival as figure
from demo.web.pages import attack_view, made_and_tested, prose
from demo.web.pages.attack_view import View
from demo.web.store import attack
from demo.web.store import survival as store

TITLE = "Does it survive? JPEG, blur, crop, noise; and other networks"
THROUGH = "through the blur"
Elsewhere = list[tuple[models.ModelCard, Row]]
"""Other networks and what they answer."""


def fold() -> Any:
    """The fold, closed at first."""
    return st.expander(TITLE, key="survives", on_change="rerun")


def fill(opened: Any, view: View) -> None:
    """Draw what is in the fold, if it is open."""
    if not opened.open:
        return
    with opened:
        strip, words, place = st.container(), st.container(), st.empty()
        saved, attacked = _saved(view)
        changed, elsewhere = _measured(view, saved, place)
    with words:
        _words(view, changed)
        curves = _curves(view, attacked, elsewhere)
        table = made_and_tested.table(view.card.kind)
    rows = [*_changes(view, attacked, changed), *_networks(elsewhere)]
    with strip:
        component.show(
            {
                "kind": view.card.kind, "ten": view.ten, "rows": rows, "table": table,
                "stops": [255 * epsilon for epsilon in survival.epsilon_grid(view.card.kind)],
                "attacked": _cells(view.card.name, attacked, [""] * len(attacked.answers)),
                "figure": curves, "said": _said(view, attacked, changed),
            }
        )  # fmt: skip


def _saved(view: View) -> tuple[NDArray[np.uint8], Row]:
    """The saved pictures at these epsilons, (L, H, W, C), and what the network says of them."""
    epsilons = survival.epsilon_grid(view.card.kind)
    at = [int(np.abs(view.levels - 255 * epsilon).argmin()) for epsilon in epsilons]
    if view.ten:
        logits = attack_view.after_ten(view, view.card.name).saved_logits[at]
    else:
        sweep = attack.sweep(view.card.name, view.pixels, view.step.direction)
        logits = sweep.saved_logits[sweep.saved[at]]
    return attack_view.saved(view, at), survival.read(torch.from_numpy(logits))


def _measured(view: View, saved: NDArray[np.uint8], place: Any) -> tuple[list[Row], Elsewhere]:
    """The rows of the changes and of the other networks; `place` says meanwhile how far it is."""
    changes = picture_changes.of(view.card.kind)
    others = on_this_machine.others(view.card.name)
    count = len(changes) + len(others)
    changed: list[Row] = []
    elsewhere: Elsewhere = []
    for i, change in enumerate(changes):
        place.progress(i / count, f"Asking the network: {change.title}")
        changed.append(store.changed(view.card.name, saved, change.name))
    for i, other in enumerate(others, len(changes)):
        place.progress(i / count, f"Asking another network: {other.title}")
        with contextlib.suppress(models.Unavailable):  # its file is broken
            elsewhere.append((other, store.elsewhere(other.name, saved)))
    place.empty()
    return changed, elsewhere


def _changes(view: View, attacked: Row, changed: list[Row]) -> list[sent.Row]:
    found = []
    for change, row in zip(picture_changes.of(view.card.kind), changed, strict=True):
        verdicts = survival.verdicts(row.answers, attacked.answers)
        found.append(_sent(view.card.name, change.title, row, verdicts))
        if change is picture_changes.BLUR and (own := _through(view)) is not None:
            title = "the blur, attacked through it"
            found.append(_sent(view.card.name, title, own, _own_verdicts(own)))
    return found


def _networks(elsewhere: Elsewhere) -> list[sent.Row]:
    found = [_sent(o.name, o.title, row, _own_verdicts(row)) for o, row in elsewhere]
    if found:
        found[0]["group"] = "The same picture, shown to other networks"
    return found


def _own_verdicts(row: Row) -> list[str]:
    """Of what is compared with its own answer to the clean picture."""
    return ["firm" if answer == row.answers[0] else "fooled" for answer in row.answers]


def _sent(name: str, title: str, row: Row, verdicts: list[str]) -> sent.Row:
    return {
        "title": title[0].upper() + title[1:], "cells": _cells(name, row, verdicts),
        "sheet": pictures.uri(row.sheet, "webp") if row.sheet else "",
    }  # fmt: skip


def _cells(name: str, row: Row, verdicts: list[str]) -> list[sent.Cell]:
    names = attack.class_names(name)
    return [
        (names[k], float(p), v)
        for k, p, v in zip(row.answers, row.confidences, verdicts, strict=True)
    ]


def _through(view: View) -> Row | None:
    """Behind the blur, one step that goes through it; where somebody asked for it."""
    if st.session_state.get(THROUGH) != view.identity:
        return None
    toward = view.step.target is not None
    return store.through(view.card.name, view.pixels, view.step.label, toward)


def _of(change: picture_changes.Change, view: View, changed: list[Row]) -> Row:
    return changed[picture_changes.of(view.card.kind).index(change)]


def _said(view: View, attacked: Row, changed: list[Row]) -> str:
    row = _of(picture_changes.JPEG, view, changed)
    verdicts = survival.verdicts(row.answers, attacked.answers)
    return survival.told(picture_changes.JPEG.title, verdicts, _amounts(view))


def _words(view: View, changed: list[Row]) -> None:
    st.markdown(prose.section("survival", "sources"))
    if (own := _through(view)) is None:
        st.button(
            "Attack through the blur", on_click=st.session_state.update,
            kwargs={THROUGH: view.identity},
        )  # fmt: skip
        return
    amounts = _amounts(view)
    blind = _fooled_at(_of(picture_changes.BLUR, view, changed), amounts)
    st.markdown(
        f"**Through the blur.** The attack that does not know of the blur changes the blurred "
        f"picture’s answer at {blind}; one step that goes through it, at "
        f"{_fooled_at(own, amounts)}. {prose.section('survival', 'hidden gradient')}"
    )


def _fooled_at(row: Row, amounts: list[str]) -> str:
    fooled = [a for a, k in zip(amounts, row.answers, strict=True) if k != row.answers[0]]
    return survival.listed(fooled) or "no measured ε"


def _amounts(view: View) -> list[str]:
    kind = view.card.kind
    return [failures.amount(epsilon, kind) for epsilon in survival.epsilon_grid(kind)]


def _curves(view: View, attacked: Row, elsewhere: Elsewhere) -> dict[str, Any] | None:
    if not elsewhere:
        return None
    st.markdown(prose.section("survival", "other networks"))
    curves = {view.card.title: attacked.shares}
    curves |= {other.title: row.shares for other, row in elsewhere}
    return dict(json.loads(figure.plot(curves, _amounts(view)).to_json()))
