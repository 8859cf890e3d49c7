"""Ten attacked digits for the reader to read: a section of "Three against seven"."""

import streamlit as st

from demo.models import trained
from demo.web.pages import prose
from demo.web.store import three_against_seven as store

PLACES = (103, 214, 331, 428, 540, 655, 761, 872, 909, 986)
"""Of the 1,000 digits, even ones threes: five of each, in no order."""
EPSILON = 0.25
NAMES = ("3", "7")
WIDTH = 96


def section(card: trained.Card) -> None:
    """Draw the digits, a choice under each, and the score. card: of the network attacked."""
    shown = store.attacked(card.name, PLACES, EPSILON)
    place = st.container()
    st.markdown(prose.section("ten_digits", "lead"))
    with st.container(horizontal=True):
        said = [_asked(number, png) for number, (png, _, _) in enumerate(shown, 1)]
    labels = [NAMES[label] for _, label, _ in shown]
    answers = [NAMES[answer] for _, _, answer in shown]
    with place:
        st.header(heading(said, labels, answers), anchor=False)


def _asked(number: int, png: bytes) -> str | None:
    """One digit, and what the reader takes it for."""
    with st.container(width=WIDTH, gap="small"):
        st.image(png, width=WIDTH, output_format="PNG", alt=f"Attacked digit {number} of 10")
        said: str | None = st.segmented_control(
            f"Digit {number} of 10", NAMES, key=f"ten_digits_{number}",
            label_visibility="collapsed", width="stretch",
        )  # fmt: skip
    return said


def heading(said: list[str | None], labels: list[str], answers: list[str]) -> str:
    """The question; when all are answered, both scores. said: the reader's, None where not yet."""
    done = sum(answer is not None for answer in said)
    if done < len(said):
        return f"Can you still read them? {done} of {len(said)} answered"
    yours = sum(given == label for given, label in zip(said, labels, strict=True))
    models = sum(given == label for given, label in zip(answers, labels, strict=True))
    return f"You read {yours} of {len(labels)} rightly, the model {models}"
