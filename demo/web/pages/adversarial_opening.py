"""How the page on adversarial training opens: its heading, the old way, the objective."""

import streamlit as st

from demo.models import trained
from demo.web.pages import attack_cost, attack_cost_loop, prose
from demo.web.store import attack_cost as store

TOPIC = "adversarial_training"
TRAINED_SO = ("conv-fgsm", "maxout-adversarial", "softmax-adversarial", "logistic-adversarial")
"""Networks of the formula below, J~ with FGSM; the heading has the first that is here."""
AGAINST_PGD = "conv-adversarial"
"""The one in which PGD stands for FGSM."""


def draw(cards: list[trained.Card]) -> None:
    """The opening. cards: of the digit networks that are here."""
    st.title(unbroken(heading(cards)), anchor=False)
    _old_way()
    _objective()


def heading(cards: list[trained.Card]) -> str:
    """The page in one sentence: a network of the formula, and the one trained against PGD."""
    here = {card.name: card for card in cards}
    first = next((here[name] for name in TRAINED_SO if name in here), None)
    if first is None:
        return "Adversarial training puts the attack into the loss"
    fgsm, pgd = attacked(first)
    said = (
        f"Trained against FGSM, a network is right on {fgsm} % of digits attacked by FGSM at "
        f"ε = .25, and on {pgd} % under PGD"
    )
    if AGAINST_PGD in here:
        fgsm, pgd = attacked(here[AGAINST_PGD])
        said += f"; trained against PGD, on {fgsm} % and {pgd} %"
    return said


def attacked(card: trained.Card) -> list[str]:
    """Right answers under FGSM and under PGD at .25, percent, three digits."""
    shares = {words.split()[1]: share for words, share in card.test.items()}
    return [f"{100 * shares[attack_]:.3g}" for attack_ in ("FGSM", "PGD")]


def unbroken(text: str) -> str:
    """The same with numbers that stay beside their sign and their unit."""
    return text.replace(" %", "\u00a0%").replace(" = ", "\u00a0=\u00a0")


def _old_way() -> None:
    """Generate, add, train again: what came before, and where its cost is measured."""
    st.markdown(prose.section(TOPIC, "old way"))
    if (cost := store.measured()) is not None:
        st.markdown(f":small[{attack_cost_loop.heading(cost)} (measured on this machine).]")
    st.page_link(
        st.Page(attack_cost.page, title="What it costs", url_path="cost"),
        label="What the loop costs, measured", icon=":material/arrow_forward:",
    )  # fmt: skip


def _objective() -> None:
    """In inline mathematics, line by line: a display of its own would scroll on a phone."""
    lines = (
        r"$\tilde J(\theta, x, y) = \alpha\, J(\theta, x, y)$",
        r"$\qquad +\ (1-\alpha)\, J(\theta, \tilde x, y),$",
        r"$\tilde x = x + \epsilon\,\mathrm{sign}(\nabla_x J(\theta, x, y))$",
    )
    st.container(key="objective").markdown("  \n".join(lines))
    st.markdown(prose.section(TOPIC, "objective"))
