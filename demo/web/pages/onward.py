"""Links between the attack page and the growth page, for the photograph that is looked at.

Each of the two leads to the other; by its address alone, so that neither imports the other.
"""

import streamlit as st

from demo.web.controls import Choices, growth_photograph, link


def _elsewhere() -> None:
    """A page of another module: for a link, its address is enough."""


def to_growth(choices: Choices) -> None:
    """Draw the link to the growth page, which opens with this photograph; none for a digit."""
    if choices.kind != "photographs":
        return
    usual = choices.picture.name in (link.OWN, link.FIRST_PICTURE["photographs"])
    st.page_link(
        st.Page(_elsewhere, title="Growth against dimension", url_path="growth"),
        label="How the attack grows with the number of pixels",
        icon=":material/arrow_forward:",
        query_params=None if usual else {"picture": choices.picture.name},
    )


def to_attack() -> None:
    """Draw the link to the attack page, which shows the growth page's photograph; not for digits.

    A link, for a page that is switched to while sections run again by themselves stays empty.
    """
    if growth_photograph.is_the_attack_pages():
        st.page_link(
            st.Page(_elsewhere, title="See it", default=True),
            label="See this photograph attacked", icon=":material/arrow_back:",
        )  # fmt: skip
