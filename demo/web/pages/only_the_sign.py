"""Why only the sign: a section of the attack page, FGSM beside the gradient itself."""

import streamlit as st

from demo.experiments.attack import failures
from demo.experiments.attack.only_the_sign import Step, ThreeSteps
from demo.web.controls import link
from demo.web.figures.hidden_l1 import spoken
from demo.web.pages import prose
from demo.web.pages.attack_view import View
from demo.web.store import only_the_sign as store


def section(view: View) -> None:
    """Draw it for the view's picture and network, at the paper's epsilon."""
    kind, step = view.card.kind, view.step
    epsilon, toward = link.FIRST_EPSILON[kind], step.target is not None
    found = store.steps(view.card.name, view.pixels, step.label, epsilon, toward)
    st.header(heading(found), anchor=False)
    st.markdown(table(found, view.names, kind))
    st.markdown(prose.section("two_networks", "only the sign"))


def heading(found: ThreeSteps) -> str:
    """The section in one sentence: J after both steps of the same largest change."""
    return (
        f"Why only the sign? It changes J by {_signed(found.sign.real)} nats; the gradient "
        f"itself, with the same largest change, by {_signed(found.same_largest.real)}"
    )


def table(found: ThreeSteps, names: tuple[str, ...], kind: str) -> str:
    """The three steps in Markdown. names: of the classes.  kind: of picture."""
    rows = {
        "the sign: FGSM": found.sign,
        "the gradient, same largest change": found.same_largest,
        "the gradient, same length": found.same_length,
    }
    head = "| step η | max\\|η\\| | length ‖η‖₂ | J to first order | J measured | answer |"
    told = (f"| {what} | {_row(step, names, kind)} |" for what, step in rows.items())
    return "\n".join([head, "|---|---|---|---|---|---|", *told])


def _row(step: Step, names: tuple[str, ...], kind: str) -> str:
    answer = f"{names[step.answer.label]} ({100 * step.answer.confidence:.1f} %)"
    amount = failures.amount(step.largest, kind)
    moved = (_signed(step.promised), _signed(step.real))
    return " | ".join([amount, f"{step.length:.3g}", *moved, answer])


def _signed(nats: float) -> str:
    return ("−" if nats < 0 else "+") + spoken(abs(nats))
