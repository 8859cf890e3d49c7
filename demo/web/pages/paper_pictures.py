"""The picture of an opened row of the paper's numbers: plots, digits, noise, lines."""

from typing import Any

import numpy as np
import streamlit as st

from demo.experiments.paper_numbers import measures, outside, rows, straight_lines
from demo.experiments.paper_numbers.claim import Claim
from demo.experiments.paper_numbers.examples import Examples
from demo.web.components import plotted
from demo.web.figures import paper as figures
from demo.web.figures import paper_digits
from demo.web.pages import paper_rubbish
from demo.web.store import paper as store

BESIDE = ("P4", "P5", "P12", "P13", "P20", "P22", "B10")
"""Rows whose picture is their numbers; P4 where it has no seeds."""


def picture(claim: Claim, found: dict[str, rows.Row]) -> None:
    """A picture of the row: of the numbers where the networks are not here."""
    row = found.get(claim.id)
    if claim.id == "P7":
        _transfer(claim, found)
    elif claim.id == "P4" and row is not None and row.parts:
        _seeds(claim, row)
    elif store.missing(claim) or claim.id in BESIDE or not claim.networks:
        _beside(claim, row)
    elif claim.id == "P16":
        _lines(claim)
    elif claim.id in ("P17", "P18"):
        paper_rubbish.noise(tuple(name for name, _ in claim.networks))
    elif claim.id == "P19":
        _aimed(claim, row)
    elif claim.id == "P21":
        _rotated(claim)
    else:
        _digits(claim)


def _transfer(claim: Claim, found: dict[str, rows.Row]) -> None:
    """Made on the standard network: tested on it, on the other; made on the other: the same."""
    places = (("P2", 0), ("P7", 0), ("P7", 1), ("P6", 0))
    ours = [found[i].numbers[k].ours if i in found else None for i, k in places]
    errors = np.array([np.nan if error is None else error for error in ours]).reshape(2, 2)
    alt = "Errors by the network that the examples were made on and the one that answers"
    _plot(figures.transfer(errors, ("standard", "adversarially trained")), alt, claim)


def _seeds(claim: Claim, row: rows.Row) -> None:
    both = (("standard", measures.STANDARD), ("adversarially trained", measures.ADVERSARIAL))
    errors = {word: row.parts[name] for word, name in both}
    papers = {name: paper for name, (_, paper, _) in zip(errors, claim.numbers, strict=True)}
    figure = figures.seeds(errors, {k: v for k, v in papers.items() if v is not None})
    _plot(figure, "Clean errors of three seeds without and with adversarial training", claim)


def _beside(claim: Claim, row: rows.Row | None) -> None:
    numbers = rows.numbers(claim, None) if row is None else row.numbers
    shares = [n for n in numbers if n.unit == "%" and (n.ours, n.paper) != (None, None)]
    if shares:
        figure = figures.beside(*zip(*((n.what, n.ours, n.paper) for n in shares), strict=True))
        _plot(figure, f"Ours beside the paper's for {claim.id}", claim)


def _aimed(claim: Claim, row: rows.Row | None) -> None:
    paper_rubbish.aimed()
    if row is not None and outside.AFTER in row.parts:
        figure = figures.aimed(row.parts[outside.BEFORE], row.parts[outside.AFTER])
        _plot(figure, "For each digit, noise taken for it without and with the step", claim)


def _rotated(claim: Claim) -> None:
    shown = store.turned(claim.networks[0][0])
    st.markdown(
        "Shipped digits as they are, and after 10 and 20 degrees toward the gradient, with the "
        "network's answer and its confidence. Wrong answers are bold and framed. Shown from black "
        "to white; the network gets the values outside too."
    )
    _strip_of(shown, ["clean", *(f"rotated by {e.attack}" for e in shown[1:])])


def _plot(figure: Any, alt: str, claim: Claim) -> None:
    plotted.show(figure, f"plot-{claim.id}", alt)


def _lines(claim: Claim) -> None:
    digit = st.segmented_control(
        "Digit", list(range(10)), default=4, required=True, key="digit", bind="query-params"
    )
    lines = store.line(measures.STANDARD, int(digit or 0))
    figure = figures.logits(lines.epsilons, lines.logits[0], lines.fit[0], int(lines.labels[0]))
    _plot(figure, f"Ten logits of a {digit} against epsilon from -15 to 15", claim)
    st.markdown(
        f"Points are logits, lines their three straight pieces: R² {lines.r_squared[0]:.4f} for "
        f"this digit. One wrong answer holds over {lines.held[0]:.4g} of the 30. The pictures "
        "themselves, ε above, the answer below; wrong ones are bold and framed. They are shown "
        "from black to white; the network gets the values outside too."
    )
    strip = store.strip(measures.STANDARD, int(digit or 0))
    shown = zip(
        straight_lines.STRIP, strip.pixels, map(int, strip.answers), map(float, strip.confidence),
        map(bool, strip.right), strict=True,
    )  # fmt: skip
    st.html(paper_digits.along(int(digit or 0), list(shown)))


def _digits(claim: Claim) -> None:
    name = claim.networks[0][0]
    shown = store.shown(name, ("none", "FGSM", "PGD") if claim.beyond else ("none", "FGSM"))
    attacks = measures.ATTACKS[: len(shown)]
    st.markdown(
        f"Shipped digits {', '.join(attacks[:-1])} and {attacks[-1]}, with the network's answer "
        "and its confidence. Wrong answers are bold and framed."
    )
    _strip_of(shown, ["clean" if e.attack == "none" else f"under {e.attack}" for e in shown])
    if name.startswith("logistic"):
        st.markdown("The weights: white speaks for a 7, black for a 3, grey is zero; one scale.")
        standard, adversarial = store.weights()
        pictures = (
            (standard.sheet(1), "standard training"),
            (standard.signs(), "their signs: nothing in it looks like a 3 or a 7"),
            (adversarial.sheet(1), "adversarial training"),
        )
        st.html(paper_digits.strip([paper_digits.captioned(*each) for each in pictures]))


def _strip_of(shown: tuple[Examples, ...], states: list[str]) -> None:
    """Each digit in all its states, side by side."""
    st.html(
        paper_digits.strip(
            [
                paper_digits.digit(
                    int(label),
                    [(state, e.pixels[i], int(e.answers[i]), float(e.confidence[i]),
                      bool(e.right[i])) for state, e in zip(states, shown, strict=True)],
                )
                for i, label in enumerate(shown[0].labels)
            ]
        )
    )  # fmt: skip
