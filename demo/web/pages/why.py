"""Why do they exist? Six hypotheses, each with numbers that test it, and the page that goes on."""

from collections.abc import Callable

import streamlit as st

from demo.models import trained
from demo.web.pages import (
    activation_growth,
    adversarial_training,
    attack,
    hidden_l1,
    paper,
    prose,
    three_against_seven,
)
from demo.web.store import why as store

TOPIC = "why"
NETWORK, ROBUST, LINEAR = "conv", "conv-adversarial", "softmax"
"""The networks that the numbers are of."""
Link = tuple[Callable[[], None], str, str]
"""A page, its title and its address."""


def page() -> None:
    """One hypothesis after the other, each as soon as it is computed."""
    st.title("Why do adversarial examples exist? Six guesses, each tested", anchor=False)
    st.markdown(prose.section(TOPIC, "lead"))
    for name, (told, where) in HYPOTHESES.items():
        st.subheader(name, anchor=False)
        try:
            st.markdown(told())
        except (trained.Absent, ValueError) as error:
            st.error(str(error))
        following, title, address = where
        st.page_link(
            st.Page(following, title=title, url_path=address, default=not address),
            label=title, icon=":material/arrow_forward:",
        )  # fmt: skip
    st.markdown(prose.section(TOPIC, "what is left"))


def boundary() -> str:
    """How sure the network was of what FGSM changes."""
    found = store.boundary(NETWORK)
    return (
        f"**No.** Of {found.digits:,} digits the network is right on {found.sure:,} and more "
        f"than 99.9 % sure. FGSM at ε = .25 changes **{found.changed:,}** of these {found.sure:,}."
    )


def nonlinearity() -> str:
    """A linear model falls too."""
    clean, attacked = store.right(LINEAR)
    return (
        "**Not needed.** Softmax regression is linear in x: one weight per pixel and class. It is "
        f"right on {_share(clean)} of the digits without attack, under FGSM on "
        f"**{_share(attacked)}**."
    )


def dimension() -> str:
    """The aimed step against random signs."""
    found = store.aimed(NETWORK)
    return (
        f"**This matters.** FGSM changes {_share(found.by_fgsm)} of the answers, random signs of "
        f"the same ε {_share(found.by_chance)}. To first order FGSM moves the loss "
        f"**{found.advantage:.0f} times** as far as random signs (median); with n = {found.n} "
        f"values it can be at most √n = {found.n**0.5:.0f} times."
    )


def manifold() -> str:
    """Random signs leave the digits as far and change little."""
    found, answers = store.off_the_digits(NETWORK), store.aimed(NETWORK)
    return (
        "**Leaving it is not enough.** The nearest other digit is at a distance of "
        f"{found.clean:.1f} (median). After FGSM it is at {found.by_fgsm:.1f}, after random signs "
        f"at **{found.by_chance:.1f}**: as far away, but random signs change only "
        f"{_share(answers.by_chance)} of the answers."
    )


def condition() -> str:
    """The largest singular value against random signs, and that of the robust network."""
    found, robust = map(store.condition, (NETWORK, ROBUST))
    return (
        "**Part of it.** A change of x of length 1 moves the logits by up to the largest singular "
        f"value of their Jacobian: {found.worst:.1f} (median). Random signs move them by "
        f"{found.by_chance:.2g} (root mean square), **{found.worst / found.by_chance:.0f} times** "
        f"less. In the robust network, trained against many small steps of FGSM (PGD), the largest "
        f"is {robust.worst:.1f}."
    )


def initialisation() -> str:
    """Two trainings, their examples exchanged."""
    found = store.exchanged(NETWORK)
    return (
        "**No accident of one start.** The same network was trained again from other initial "
        f"weights, on the digits in another order. It is right on {_share(found.clean)} without "
        f"attack, on {_share(found.of_its_own)} of its own adversarial examples, and on "
        f"**{_share(found.of_the_other)}** of those made on the first network."
    )


def _share(share: float) -> str:
    return f"{100 * share:.1f}\u00a0%"


HYPOTHESES: dict[str, tuple[Callable[[], str], Link]] = {
    "Are attacked pictures boundary cases, hard to tell even before?": (
        boundary, (attack.page, "See it", "")),
    "Are neural networks too nonlinear?": (
        nonlinearity, (three_against_seven.page, "Three against seven", "three-against-seven")),
    "Is it the high dimension of pictures?": (
        dimension, (activation_growth.page, "Growth against dimension", "growth")),
    "Does the attack leave the manifold of digits?": (
        manifold, (adversarial_training.page, "Adversarial training", "adversarial-training")),
    "Is the network badly conditioned?": (
        condition, (hidden_l1.page, "The hidden L1", "hidden-l1")),
    "Was it an unlucky initialisation?": (
        initialisation, (paper.page, "The paper's numbers", "paper")),
}  # fmt: skip
"""The question -> its answer in a sentence, and the page that goes on."""
