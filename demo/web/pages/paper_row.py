"""A row of the paper's numbers in words: its table and criterion, what was run, "run it here"."""

from html import escape

import streamlit as st

from demo.experiments.paper_numbers import at_hand, rows
from demo.experiments.paper_numbers.claim import Claim
from demo.experiments.paper_numbers.verdicts import Judged
from demo.web.store import paper as store


def table(numbers: tuple[rows.Number, ...]) -> str:
    """What, here, paper: a line for each number; without the paper's, a column for each."""
    alone = all(number.paper is None and number.unit == "%" for number in numbers)
    if alone and len(numbers) <= 3:
        return _side_by_side(numbers)
    cell = "border:0;padding:.1rem 0;vertical-align:top"
    lines = "".join(
        f'<tr><th scope="row" style="{cell};font-weight:400;text-align:left">'
        f"{escape(number.what)}</th>"
        f'<td style="{cell};width:5.5rem;text-align:right;font-weight:700">'
        f"{rows.shown(number.ours, number.unit)}</td>"
        f'<td style="{cell};width:6.6rem;text-align:right">{_papers(number)}</td></tr>'
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


def criterion(claim: Claim, judged: Judged | None) -> str:
    """What the verdict takes, and what was found: small print below the numbers."""
    if not claim.criterion:
        return ""
    reason = "" if judged is None else f" <b>{escape(judged[1])}</b>"
    return (
        '<p style="font-size:.875rem;line-height:1.4;margin:.35rem 0 0">'
        f"{escape(claim.criterion)}{reason}</p>"
    )


def _papers(number: rows.Number) -> str:
    return "" if number.paper is None else f"paper {rows.shown(number.paper, number.unit)}"


def told(claim: Claim, row: rows.Row | None) -> None:
    """What was run, in words and as a command."""
    st.markdown(claim.setting)
    if row is None:
        st.code(f"python -m demo reproduce --only {claim.id}", language=None, wrap_lines=True)
        return
    if row.not_run:
        st.markdown(row.not_run[0].upper() + row.not_run[1:])
        return
    seeds = ", ".join(map(str, row.seeds))
    st.markdown(
        f"{row.digits:,} {claim.counted}, seed{'s' if len(row.seeds) > 1 else ''} {seeds}, "
        f"{row.device}, {row.seconds:,.0f} s. Networks: {at_hand.named(claim.networks)}."
    )
    for words in rows.parts_in_words(row):
        st.markdown(words[0].upper() + words[1:] + ".")
    st.code(row.command, language=None, wrap_lines=True)
    if store.stale(row):
        st.warning("The networks have been trained anew since: run the command again.")


def live(claim: Claim) -> None:
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
        f"Run {claim.id} here" + (", on shipped digits" if claim.counted == "digits" else ""),
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
        st.markdown(_on(claim, found.digits))
        st.html(table(rows.numbers(claim, found.values)))


def _on(claim: Claim, count: int) -> str:
    """What a live run was made on, in words."""
    if claim.counted == "draws":
        return f"On {count:,} draws, the error without attack on shipped digits:"
    start = ", PGD from one start" if claim.beyond else ""
    return f"On {count:,} of the 5,000 digits that ship, not the 10,000 test digits{start}:"
