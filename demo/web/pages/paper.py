"""The page "The paper's numbers": ours beside the paper's, each row opening what was run."""

import numpy as np
import streamlit as st

from demo.experiments.paper_numbers import claims, measures, rows
from demo.web.figures import paper as figures
from demo.web.pages import paper_row, plotted
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
        "recomputed on MNIST's 10,000 test digits. Epsilon is .25 (63.75/255) unless said. FGSM is "
        "the fast gradient sign method, one step; confidence is what the network gives its answer, "
        "not how often it is right. **Open a row** for what was run, and a picture of it."
    )
    if found and (waiting := [row.id for row in found.values() if row.not_run]):
        st.markdown(f"Not run here, and not counted: {', '.join(waiting)}. Each says why.")
    if not found:
        st.info("Nothing has been recomputed here yet: `python -m demo reproduce` does it.")
    for claim in claims.PAPER:
        _row(claim, found)
    st.header("Beyond the paper: the same networks under a stronger attack", anchor=False)
    st.markdown(
        "FGSM is the weakest of the common attacks. PGD, projected gradient descent "
        "([arXiv:1706.06083](https://arxiv.org/abs/1706.06083)), takes 40 small steps from each of "
        "ten random starts, no further than the same epsilon. What stands under FGSM can fall here."
    )
    _beyond(found)
    for claim in claims.BEYOND:
        _row(claim, found)


def sentence(found: dict[str, rows.Row]) -> str:
    """The page in one sentence, with the numbers that there are."""
    judged = [row for row in found.values() if row.met is not None and row.id.startswith("P")]
    if not judged:
        return "The paper's numbers, and ours beside them."
    holds = sum(row.met is True for row in judged)
    first = f"{holds} of {len(judged)} of the paper's numbers hold when recomputed here"
    hollow = found.get("B5")
    if hollow is None or None in (ours := [number.ours for number in hollow.numbers]):
        return f"{first}."
    under_fgsm, under_pgd = (f"{100 * share:.0f}\u00a0%" for share in ours[1:] if share is not None)
    return f"{first}; its defence keeps {under_fgsm} right under FGSM, {under_pgd} under PGD."


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


def _row(claim: claims.Claim, found: dict[str, rows.Row]) -> None:
    row = found.get(claim.id)
    left, right = st.columns([4, 7])
    with left:
        box = st.expander(f"**{claim.id}**  {claim.what}", key=claim.id, bind="query-params")
    with right:
        numbers, verdict = st.columns([6, 1.4], vertical_alignment="center")
    with numbers:
        st.html(paper_row.table(rows.numbers(claim, None) if row is None else row.numbers))
    with verdict:
        _verdict(row)
    if not box.open:
        return
    with box:
        paper_row.told(claim, row)
    with right, st.container(border=True):
        try:
            paper_row.picture(claim, found)
            paper_row.live(claim)
        except ValueError as error:  # weights that are not what their card says
            st.error(str(error))


def _verdict(row: rows.Row | None) -> None:
    if row is None or row.not_run:
        st.badge("not run", icon=":material/pending:", color="gray")
    elif row.met is None:
        st.badge("no target", icon=":material/remove:", color="gray")
    elif row.met:
        st.badge("holds", icon=":material/check:", color="green")
    else:
        st.badge("missed", icon=":material/close:", color="orange")
