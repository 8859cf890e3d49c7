"""The page "The paper's numbers": ours beside the paper's, each row opening what was run."""

from typing import Literal

import numpy as np
import streamlit as st

from demo.experiments.paper_numbers import claims, measures, rows, verdicts
from demo.experiments.paper_numbers.claim import Claim
from demo.experiments.paper_numbers.verdicts import Judged, Verdict
from demo.web.components import plotted
from demo.web.figures import paper as figures
from demo.web.pages import paper_pictures, paper_row
from demo.web.store import paper as store


def page() -> None:
    """Draw the page: the sentence, the table, what the paper did not know."""
    try:
        found = {row.id: row for row in store.results()}
    except rows.Unreadable as error:
        found = {}
        st.error(str(error))
    st.title(sentence(found), anchor=False)
    st.markdown(
        "Goodfellow, Shlens and Szegedy, [arXiv:1412.6572](https://arxiv.org/abs/1412.6572), "
        "recomputed on MNIST's 10,000 test digits. ε = .25 (63.75/255) unless said. FGSM is the "
        "fast gradient sign method, one step; confidence is what the network gives its answer, "
        "not how often it is right. Each row says its **criterion**: what it must measure to be "
        "the *same number* or the *same direction* as the paper's. Otherwise it *differs*; "
        "*undecided* means that the measurement cannot tell. **Open a row** for what was run, "
        "and a picture of it."
    )
    if found and (waiting := [row.id for row in found.values() if row.not_run]):
        st.markdown(f"Not run here, and not counted: {', '.join(waiting)}. Each says why.")
    if not found:
        st.info("Nothing has been recomputed here yet: `python -m demo reproduce` does it.")
    for claim in claims.PAPER:
        _row(claim, found)
    st.header(_beyond_in_a_sentence(found), anchor=False)
    st.markdown(
        "FGSM is usually the weakest of the common attacks. PGD, projected gradient descent "
        "([arXiv:1706.06083](https://arxiv.org/abs/1706.06083)), takes 40 small steps from each of "
        "ten random starts, no further than the same ε. What withstands FGSM can fall here. The "
        "paper has no such numbers, so these rows have no verdict."
    )
    _beyond(found)
    for claim in claims.BEYOND:
        _row(claim, found)


def sentence(found: dict[str, rows.Row]) -> str:
    """The page in one sentence, with the numbers that there are."""
    counts = _counts(found)
    total = sum(counts.values())
    if not total:
        return "The paper's numbers, and ours beside them."
    words = {
        "same number": "give" + "s" * (counts["same number"] == 1) + " the same number",
        "same direction": "the same direction",
        "differs": "differ" if counts["differs"] > 1 else "differs",
        "undecided": "are undecided" if counts["undecided"] > 1 else "is undecided",
    }
    shares = [f"{count} {words[verdict]}" for verdict, count in counts.items() if count]
    return f"Of {total} of the paper's results recomputed here, {_listed(shares)}."


def _counts(found: dict[str, rows.Row]) -> dict[Verdict, int]:
    all_judged = [rows.judged(c, found[c.id]) for c in claims.PAPER if c.id in found]
    got = [judged[0] for judged in all_judged if judged is not None]
    return {verdict: got.count(verdict) for verdict in verdicts.VERDICTS}


def _listed(words: list[str]) -> str:
    return " and ".join([", ".join(words[:-1]), words[-1]] if len(words) > 1 else words)


def _beyond_in_a_sentence(found: dict[str, rows.Row]) -> str:
    defended = found.get("B5")
    ours = [] if defended is None else [number.ours for number in defended.numbers]
    if not ours or None in ours:
        return "Beyond the paper: the same networks under a stronger attack"
    under_fgsm, under_pgd = (f"{100 * share:.0f}\u00a0%" for share in ours[1:] if share is not None)
    return (
        f"Beyond the paper: the adversarially trained maxout network is right on {under_fgsm} "
        f"under FGSM and on {under_pgd} under PGD"
    )


def _beyond(found: dict[str, rows.Row]) -> None:
    """All networks under all three attacks in one plot."""
    there = [
        (row.what, [number.ours for number in row.numbers])
        for claim in claims.BEYOND
        if (row := found.get(claim.id)) is not None
        and not row.not_run
        and len(row.numbers) == len(measures.ATTACKS)
    ]
    if there:
        names, accuracies = zip(*there, strict=True)
        figure = figures.attacks(names, np.array(accuracies, dtype=float))
        alt = "Accuracy of each network without attack, under FGSM and under PGD"
        plotted.show(figure, "plot-beyond", alt)


def _row(claim: Claim, found: dict[str, rows.Row]) -> None:
    row = found.get(claim.id)
    judged = None if row is None else rows.judged(claim, row)
    left, right = st.columns([4, 7])
    with left:
        number = ", ".join((claim.id, *claim.also))
        box = st.expander(f"**{number}**  {claim.what}", key=claim.id, bind="query-params")
    with right:
        numbers, verdict = st.columns([6, 1.6], vertical_alignment="center")
    with numbers:
        table = paper_row.table(rows.numbers(claim, None) if row is None else row.numbers)
        st.html(table + paper_row.criterion(claim, judged))
    with verdict:
        _verdict(row, judged)
    if not box.open:
        return
    with box:
        paper_row.told(claim, row)
    with right, st.container(border=True):
        try:
            paper_pictures.picture(claim, found)
            paper_row.live(claim)
        except ValueError as error:  # weights that are not what their card says
            st.error(str(error))


BADGES: dict[Verdict, tuple[str, Literal["green", "blue", "orange", "gray"]]] = {
    "same number": (":material/check:", "green"),
    "same direction": (":material/trending_up:", "blue"),
    "differs": (":material/close:", "orange"),
    "undecided": (":material/question_mark:", "gray"),
}
"""Verdict -> icon and colour."""


def _verdict(row: rows.Row | None, judged: Judged | None) -> None:
    if judged is not None:
        icon, colour = BADGES[judged[0]]
        st.badge(judged[0], icon=icon, color=colour)
    elif row is None or row.not_run:
        st.badge("not run", icon=":material/pending:", color="gray")
