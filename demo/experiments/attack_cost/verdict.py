"""What the four attacks say together, in sentences: was the network really robust here?"""

from collections.abc import Mapping

from demo.experiments.attack_cost.race import Row
from demo.experiments.attack_cost.smallest import Smallest
from demo.experiments.attack_cost.walks import Attack, Question

Rows = Mapping[Attack, Row]


def seen_as(said: str, true: str | None) -> str:
    """The clean picture in words: what the network says, and what it is where that is known better.

    true: the class it is labelled with, None where nobody knows.
    """
    return said if true in (None, said) else f"{true} (taken for {said})"


def heading(rows: Rows, question: Question, clean: str, found: str) -> str:
    """The page in one sentence, with what is known so far.

    clean, found: the names of the clean answer and of the answer after FGSM.
    """
    one, search, strong = rows["FGSM"], rows.get("L-BFGS"), rows.get("PGD")
    if one.reached:
        if search is None or not search.reached:
            return f"FGSM needs one pass: {clean} becomes {found}"
        times = one.norm / search.norm
        smaller = f"{times:.1f} times smaller" if times >= 1.05 else "no smaller"
        return (
            f"FGSM finds an adversarial example in one pass; L-BFGS needs {search.passes:,}, and "
            f"its change is {smaller}"
        )
    if strong is None:
        return f"FGSM fails on this {clean}: that alone proves nothing"
    if strong.reached:
        return f"FGSM fails on this {clean}; PGD succeeds after {strong.passes} passes"
    return (
        f"Neither FGSM nor PGD, after {strong.passes} passes, changes this {clean} within ε = "
        f"{short(question.epsilon)}"
    )


def robust(rows: Rows, question: Question) -> str:
    """Whether the network withstood, by the strongest attack that has ended. Empty before PGD."""
    strong, search = rows.get("PGD"), rows.get("L-BFGS")
    if strong is None:
        return ""
    within = f"within ε = {short(question.epsilon)}"
    one = rows["FGSM"].reached
    if strong.reached and not one:
        return (
            f"**Not robust.** FGSM fails {within} and PGD succeeds, after {strong.passes} passes: "
            "tested with FGSM alone, this network would have seemed robust here."
        )
    if strong.reached:
        return f"**Not robust** {within}: one pass of FGSM is enough, and PGD succeeds too."
    if one or rows["BIM"].reached:
        which = "FGSM" if one else "BIM"
        return (
            f"**Not robust** {within}: {which} succeeds although PGD, run to its end, does not. "
            "No attack includes all others."
        )
    if search is not None and search.reached and search.largest <= question.epsilon:
        return (
            f"**Not robust** {within}: FGSM, BIM and PGD fail, but L-BFGS's example lies there, "
            f"with a max-norm of {short(search.largest)}."
        )
    starts = f"{question.restarts} random start{'s' if question.restarts > 1 else ''}"
    return (
        f"**It withstood** {within}: PGD, run to its end from {starts}, fails as FGSM and BIM do. "
        "That is evidence, not proof: an attack that fails says nothing about those not tried."
    )


def smallest(
    found: Mapping[Attack, Smallest], rows: Rows, question: Question, grid_end: float
) -> list[tuple[str, str, str]]:
    """(attack, smallest epsilon found, what the search for it cost), of those that have ended.

    Where the attack already worked at the chosen epsilon, below the grid's, that one counts.
    L-BFGS has no epsilon: its own max-norm stands there, and it did not try to keep that small.
    """
    told: list[tuple[str, str, str]] = []
    for attack, result in found.items():
        works = [e for e in (result.epsilon, _chosen(attack, rows, question)) if e is not None]
        size = levels(min(works)) if works else f"none up to {short(grid_end)}"
        plural = "pass" if result.passes == 1 else "passes"
        cost = f"{result.passes:,} {plural} and {result.forward_only} forward"
        told.append((attack, size, cost))
    search = rows.get("L-BFGS")
    if search is not None:
        size = levels(search.largest) if search.reached else "did not arrive"
        told.append(("L-BFGS", size, f"{search.passes} passes; it makes the 2-norm small"))
    return told


def _chosen(attack: Attack, rows: Rows, question: Question) -> float | None:
    row = rows.get(attack)
    return question.epsilon if row is not None and row.reached else None


def levels(epsilon: float) -> str:
    """As a fraction of the range and in 8-bit levels."""
    return f"{short(epsilon)} ({255 * epsilon:.3g}/255)"


def short(value: float) -> str:
    """Three digits, without the zero before the point."""
    text = f"{value:.3g}"
    return text.removeprefix("0") if 0 < value < 1 else text
