"""The first layers' weights as pictures: a section of the adversarial training page."""

import streamlit as st

from demo.experiments.adversarial_training.weights_as_pictures import Pictures
from demo.models import trained
from demo.web.controls import remembered
from demo.web.pages import gradient_lengths, waiting
from demo.web.store import adversarial_training as store

PAIRS = ("softmax", "logistic", "conv", "maxout")
"""Networks of which there is a standard and an adversarially trained one."""


def section(cards: list[trained.Card]) -> None:
    """The first layer of a network and of its adversarially trained counterpart."""
    waiting.line("layers")
    by_name = {card.name: card for card in cards}
    both = [name for name in PAIRS if {name, f"{name}-adversarial"} <= set(by_name)]
    st.header("What adversarial training does to the weights", anchor=False)
    if not both:
        st.info("No network is here both with and without adversarial training.")
        return
    at = both.index(remembered.first("layer", both, both[0]))
    name = st.selectbox(
        "First layer of", both, at, key="layer", format_func=lambda name: by_name[name].title
    )
    remembered.keep("layer", both[0])
    pair = [by_name[name], by_name[f"{name}-adversarial"]]
    try:
        pictures = store.pictures(*((card.name, card.sha256) for card in pair))
    except ValueError as error:
        st.error(str(error))
        return
    st.markdown(closer_to_grey(*pictures).replace(" %", "\u00a0%"))
    words = ("Standard training", f"Trained against {gradient_lengths.adversary(pair[1].name)}")
    for column, word, one in zip(st.columns(2, gap="medium"), words, pictures, strict=True):
        with column:
            _sheet(word, one)
    st.markdown(
        ":small[One grey scale for both: mid grey is a weight of 0, "
        f"black −{pictures[0].white:.2g}, white +{pictures[0].white:.2g}, and beyond "
        "for one weight in a thousand. Almost grey: |w| below a tenth of that.]"
    )


def _sheet(word: str, one: Pictures) -> None:
    shown = len(one.weights)
    which = "" if shown == one.units else f", {shown} of {one.units:,}"
    st.markdown(f"**{word}{which}**")
    if one.units == 1:
        columns = st.columns(2)
        columns[0].image(one.sheet(1), "w", "stretch", output_format="PNG", alt=f"{word}: w")
        columns[1].image(
            one.signs(), "sign(w)", "stretch", output_format="PNG", alt=f"{word}: sign of w"
        )
    else:
        across = 5 if shown == 10 else 8
        st.image(
            one.sheet(across), width="stretch", output_format="PNG",
            alt=f"{word}: the weights of the first layer, {shown} pictures",
        )  # fmt: skip
    st.markdown(
        f"mean |w| {one.mean_magnitude:.4f}; {100 * one.small:.1f} % of the weights almost grey"
    )


def closer_to_grey(standard: Pictures, adversarial: Pictures) -> str:
    """Whether adversarial training brought the weights closer to zero, in numbers."""
    first, second = standard.mean_magnitude, adversarial.mean_magnitude
    now = "closer to grey" if second < first else "no closer to grey"
    return (
        f"With adversarial training they are **{now}**: mean |w| {first:.4f} → {second:.4f}, "
        f"almost grey {100 * standard.small:.1f} % → {100 * adversarial.small:.1f} % of them."
    )
