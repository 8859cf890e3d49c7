"""An opened row of the paper's numbers: what was run, a picture of it, and "run it here"."""

from html import escape
from typing import Any

import numpy as np
import streamlit as st

from demo.experiments.paper_numbers import at_hand, claims, measures, rows
from demo.web.figures import paper as figures
from demo.web.figures import paper_digits
from demo.web.pages import plotted
from demo.web.store import paper as store

TRANSFER = ("P2", "P7", "P8", "P6")
"""Made on the standard network: tested on it, on the other; made on the other: the same."""


def table(numbers: tuple[rows.Number, ...]) -> str:
    """What, here, paper: a line for each number; without the paper's, a column for each."""
    if all(number.paper is None and number.unit == "%" for number in numbers):
        return _side_by_side(numbers)
    cell = "border:0;padding:.1rem 0;vertical-align:top"
    lines = "".join(
        f'<tr><th scope="row" style="{cell};font-weight:400;text-align:left">'
        f"{escape(number.what)}</th>"
        f'<td style="{cell};width:6.5rem;text-align:right;font-weight:700">'
        f"{rows.shown(number.ours, number.unit)}</td>"
        f'<td style="{cell};width:8rem;text-align:right">{_papers(number)}</td></tr>'
        for number in numbers
    )
    return f'<table style="{_TABLE}">{lines}</table>'


_TABLE = "width:100%;border-collapse:collapse;margin:.35rem 0 0"


def _side_by_side(numbers: tuple[rows.Number, ...]) -> str:
    cell = "border:0;padding:0 .5rem 0 0;text-align:left;width:33%"
    heads = "".join(
        f'<th scope="col" style="{cell};font-weight:400;font-size:.875rem">{escape(n.what)}</th>'
        for n in numbers
    )
    values = "".join(
        f'<td style="{cell};font-weight:700">{rows.shown(n.ours, n.unit)}</td>' for n in numbers
    )
    return f'<table style="{_TABLE}"><tr>{heads}</tr><tr>{values}</tr></table>'


def _papers(number: rows.Number) -> str:
    return "" if number.paper is None else f"paper {rows.shown(number.paper, number.unit)}"


def told(claim: claims.Claim, row: rows.Row | None) -> None:
    """What was run, in words and as a command."""
    st.markdown(claim.setting)
    st.markdown(f"Target: {claim.target}.")
    if row is None:
        st.code(f"python -m demo reproduce --only {claim.id}", language=None, wrap_lines=True)
        return
    if row.not_run:
        st.markdown(row.not_run[0].upper() + row.not_run[1:])
        return
    seeds = ", ".join(map(str, row.seeds))
    st.markdown(
        f"{row.digits:,} digits, seed{'s' if len(row.seeds) > 1 else ''} {seeds}, "
        f"{row.device}, {row.seconds:,.0f} s. Networks: {at_hand.named(claim.networks)}."
    )
    for words in rows.parts_in_words(row):
        st.markdown(words[0].upper() + words[1:] + ".")
    st.code(row.command, language=None, wrap_lines=True)
    if store.stale(row):
        st.warning("The networks have been trained anew since: run the command again.")


def picture(claim: claims.Claim, found: dict[str, rows.Row]) -> None:
    """A picture of the row: of the numbers where the networks are not here."""
    missing = store.missing(claim)
    row = found.get(claim.id)
    if claim.id in ("P7", "P8"):
        _plot(
            figures.transfer(_errors(found), ("standard", "adversarially trained")),
            "Errors by the network that the examples were made on and the one that answers",
            claim,
        )
    elif claim.id == "P4" and row is not None and row.parts:
        both = (("standard", measures.STANDARD), ("adversarially trained", measures.ADVERSARIAL))
        errors = {word: row.parts[name] for word, name in both}
        papers = {name: paper for name, (_, paper, _) in zip(errors, claim.numbers, strict=True)}
        figure = figures.seeds(errors, {k: v for k, v in papers.items() if v is not None})
        _plot(figure, "Clean errors of three seeds without and with adversarial training", claim)
    elif missing or claim.id in ("P4", "P5", "P12", "P13", "B10") or not claim.networks:
        numbers = rows.numbers(claim, None) if row is None else row.numbers
        if any(number.ours is not None or number.paper is not None for number in numbers):
            figure = figures.beside(
                *zip(*((n.what, n.ours, n.paper) for n in numbers), strict=True)
            )
            _plot(figure, f"Ours beside the paper's for {claim.id}", claim)
    elif claim.id == "P16":
        _lines(claim)
    else:
        _digits(claim)


def _plot(figure: Any, alt: str, claim: claims.Claim) -> None:
    plotted.show(figure, f"plot-{claim.id}", alt)


def _errors(found: dict[str, rows.Row]) -> np.ndarray:
    """(made on, tested on), nan where nothing was run."""
    ours = [found[i].numbers[0].ours if i in found else None for i in TRANSFER]
    return np.array([np.nan if error is None else error for error in ours]).reshape(2, 2)


def _lines(claim: claims.Claim) -> None:
    digit = st.segmented_control(
        "Digit", list(range(10)), default=4, required=True, key="digit", bind="query-params"
    )
    lines = store.line(measures.STANDARD, int(digit or 0))
    figure = figures.logits(lines.epsilons, lines.logits[0], lines.fit[0], int(lines.labels[0]))
    _plot(figure, f"Ten logits of a {digit} against epsilon from -15 to 15", claim)
    st.markdown(
        f"Points are logits, lines their three straight pieces: R² {lines.r_squared[0]:.4f} for "
        f"this digit. One wrong answer holds over {lines.held[0]:.4g} of the 30."
    )


def _digits(claim: claims.Claim) -> None:
    name = claim.networks[0][0]
    shown = store.shown(name, ("none", "FGSM", "PGD") if claim.beyond else ("none", "FGSM"))
    attacks = measures.ATTACKS[: len(shown)]
    st.markdown(
        f"Shipped digits {', '.join(attacks[:-1])} and {attacks[-1]}, with the network's answer "
        "and its confidence. Wrong answers are bold and framed."
    )
    st.html(
        paper_digits.strip(
            [
                paper_digits.digit(
                    int(label),
                    [(e.attack, e.pixels[i], int(e.answers[i]), float(e.confidence[i]),
                      bool(e.right[i])) for e in shown],
                )
                for i, label in enumerate(shown[0].labels)
            ]
        )
    )  # fmt: skip
    if name.startswith("logistic"):
        st.markdown("The weights: white speaks for a 7, black for a 3, grey is zero; one scale.")
        standard, adversarial = store.weights()
        pictures = (
            (standard.sheet(1), "standard training"),
            (standard.signs(), "their signs: nothing in it looks like a 3 or a 7"),
            (adversarial.sheet(1), "adversarial training"),
        )
        st.html(paper_digits.strip([paper_digits.captioned(*each) for each in pictures]))


def live(claim: claims.Claim) -> None:
    """The button that measures the row again, here and now, on the digits that ship."""
    if claim.measure is None:
        return
    if not claim.live:
        st.caption("This row takes more than a minute, or MNIST itself: it has its command only.")
        return
    missing = store.missing(claim)
    if missing:
        st.caption(
            f"To run it here, {at_hand.named(missing)} must be trained first: "
            f"`python -m demo reproduce --only {claim.id}` does that."
        )
        return
    pressed = st.button(
        f"Run {claim.id} here, on shipped digits",
        key=f"run-{claim.id}",
        icon=":material/play_arrow:",
    )
    place = st.empty()
    found = store.lived(claim)
    if pressed and found is None:
        for share, found in store.live(claim):  # noqa: B007
            place.progress(share, f"{100 * share:.0f} % of the work is done")
        place.empty()
    if found is not None:
        st.markdown(
            f"On {found.digits:,} of the 5,000 digits that ship, not the 10,000 test digits"
            + (", PGD from one start" if claim.beyond else "")
            + ":"
        )
        st.html(table(rows.numbers(claim, found.values)))
