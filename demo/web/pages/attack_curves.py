"""What the viewer is handed after the pictures: every epsilon's answers, and the two figures."""

import json
from typing import Any

import numpy as np
import torch
from numpy.typing import NDArray

from demo import scores
from demo.attacks import sign_methods
from demo.experiments.attack import confidence_sweep, failures, logits_line
from demo.web.components.viewer.sent import Answers
from demo.web.figures import confidence_sweep as confidence_figure
from demo.web.figures import logits_line as logits_figure
from demo.web.figures import palette
from demo.web.pages.attack_view import View
from demo.web.store import attack as store

Logits = NDArray[np.float32]


def answers(
    view: View, logits: Logits, saved: Logits, saved_row: NDArray[np.int64],
    clipped: NDArray[np.float64], largest: NDArray[np.float64],
) -> Answers:  # fmt: skip
    """Every number that a drag can show, stop by stop.

    logits: (E, K).  saved: (S, K), of the pictures as a PNG holds them.  saved_row: (E,), the
    row of `saved` that belongs to each stop.  clipped: (E,), share of the values.  largest: (E,),
    the largest change of a value in 8-bit levels.
    """
    step, names, levels = view.step, view.names, view.levels
    shares, answers = probabilities(logits), logits.argmax(axis=1)
    wanted = step.target
    reach = failures.REACH[view.card.kind]
    steps = sign_methods.STEPS if view.ten else 1
    notes = failures.explain(step, answers, steps, lambda k: names[k], view.label, reach)
    return {
        "top": top(shares, 5), "saved": [t[0] for t in top(probabilities(saved), 1)],
        "roles": palette.roles(view.truth, wanted, _classes(view, logits)),
        "savedRow": saved_row.tolist(), "runs": confidence_figure.runs(answers),
        "loss": confidence_sweep.losses(logits, step.label).tolist(),
        "target": None if wanted is None else shares[:, wanted].tolist(),
        "flip": failures.first(answers != answers[0]),
        "notes": [*_unknown(view), *notes],
        "figure": early(view, logits, None),
        "csv": confidence_sweep.csv(levels, shares, names, step.label, wanted),
        "clipped": clipped.tolist(), "largest": largest.tolist(),
    }  # fmt: skip


def _unknown(view: View) -> list[str]:
    """A digit that the network has no class for."""
    true = view.choices.picture.true_label
    if true is None or true in view.names:
        return []
    known = " and ".join(view.names)
    return [f"This digit is labelled {true}, and the network knows only {known}: it must be wrong."]


def early(
    view: View, logits: Logits, other: confidence_figure.Counterpart | None
) -> dict[str, Any] | None:
    """The curve before all of it is there; of what is recorded, all comes at once."""
    return confidence(view, logits, other, None) if view.recorded is None else None


def confidence(
    view: View, logits: Logits, other: confidence_figure.Counterpart | None,
    control: tuple[NDArray[np.float64], NDArray[np.float64]] | None,
) -> dict[str, Any]:  # fmt: skip
    """The curve. other, control: drawn where they are there."""
    shares, answers = probabilities(logits), logits.argmax(axis=1)
    classes = _classes(view, logits)
    figure = confidence_figure.plot(
        view.levels, {k: shares[:, k] for k in _followed(view, logits)}, answers,
        _some(view.names, classes), view.step.label,
        palette.line(view.truth, view.step.target, classes), control, other, view.card.kind,
    )  # fmt: skip
    return _json(figure)


def _followed(view: View, logits: Logits) -> list[int]:
    return confidence_sweep.followed(logits, view.truth, view.step.target, least=0.01)


def _classes(view: View, logits: Logits) -> list[int]:
    """All that are answered, in the order in which they are, then all that have a line."""
    answered = (k for k, _, _ in confidence_figure.runs(logits.argmax(axis=1)))
    return list(dict.fromkeys([*answered, *_followed(view, logits)]))


def probabilities(logits: Logits) -> NDArray[np.float64]:
    """(E, K) float32 -> (E, K), 0 to 1."""
    result: NDArray[np.float64] = scores.probabilities(torch.from_numpy(logits)).numpy()
    return result


def top(shares: NDArray[np.float64], count: int) -> list[list[tuple[int, float]]]:
    """The likeliest classes of each row, (class, its share), so many."""
    order = np.argsort(-shares, axis=1)[:, :count]
    return [[(int(k), float(row[k])) for k in ks] for row, ks in zip(shares, order, strict=True)]


def logits(view: View) -> tuple[dict[str, Any], str]:
    """The line through zero and beyond, drawn and told."""
    name, pixels, step, kind = view.card.name, view.pixels, view.step, view.card.kind
    if kind == "digits":
        line = store.unclipped_line(name, pixels, step.direction)
    else:
        behind = tuple(-e for e in reversed(confidence_sweep.epsilon_grid(kind)[2::2]))
        line = store.line(name, pixels, step.direction, behind)
    by_class = {int(k): line.logits[:, i] for i, k in enumerate(line.classes)}
    classes = [*_classes(view, store.sweep(name, pixels, step.direction).logits), *by_class]
    styles = palette.line(view.truth, step.target, classes)
    figure = logits_figure.plot(
        255 * line.epsilons, by_class, _some(view.names, by_class), step.label, styles, kind
    )
    told = logits_line.told(line, lambda k: view.names[k])
    if kind == "digits":
        told += " Drawn without the clip, on both sides far beyond the slider's .5."
    return _json(figure), told


def _some(names: tuple[str, ...], classes: Any) -> dict[int, str]:
    return {int(k): names[k] for k in classes}


def _json(figure: Any) -> dict[str, Any]:
    return dict(json.loads(figure.to_json()))
