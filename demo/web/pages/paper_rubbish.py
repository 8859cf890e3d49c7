"""Noise that a network takes for a digit: ten draws, and one step toward a digit, live."""

import streamlit as st

from demo.experiments.paper_numbers import measures
from demo.experiments.paper_numbers.rubbish import TRIES, Fooled
from demo.web.figures import paper_digits
from demo.web.store import paper as store

TARGET, SERIES = "toward", "noise_series"


def noise(names: tuple[str, ...]) -> None:
    """The same ten draws for each network, with its answer and confidence below."""
    for name in names:
        st.markdown(f"What `{name}` says of ten draws of N(0, I), shown from −3 to +3:")
        found = store.rubbish_shown(name)
        st.html(
            paper_digits.strip(
                [
                    paper_digits.captioned(pixels, _said(int(answer), float(sure)), 72)
                    for pixels, answer, sure in zip(
                        found.pixels, found.answers, found.confidence, strict=True
                    )
                ]
            )
        )


def _said(answer: int, sure: float) -> str:
    return f"{'none of them' if answer == 10 else answer}, {paper_digits.share(sure)}"


def aimed() -> None:
    """Choose a digit; noise is drawn until one step makes the network sure of it."""
    target = st.segmented_control(
        "One step from noise toward", list(range(10)), default=8, required=True, key=TARGET,
        bind="query-params",
    )  # fmt: skip
    series = int(st.session_state.get(SERIES, 0))
    if st.button("Draw other noise", icon=":material/casino:", key="other-noise"):
        series += 1
        st.session_state[SERIES] = series
    found = store.fooled(measures.STANDARD, int(target or 0), series)
    st.markdown(sentence(found))
    first, second = (
        _said(answer, sure) for answer, sure in zip(found.answers, found.confidence, strict=True)
    )
    st.html(
        paper_digits.strip(
            [
                paper_digits.captioned(found.before, f"noise: {first}"),
                paper_digits.captioned(found.after, f"after one step of .25: {second}"),
            ]
        )
    )


def sentence(found: Fooled) -> str:
    """What the step did, said of this draw alone."""
    if found.answers[1] != found.target or found.reached <= 0.5:
        return (
            f"None of {TRIES} draws becomes {_with_article(found.target)} in one step. After the "
            f"last, the network gives it {paper_digits.share(found.reached)}."
        )
    tried = (
        "the first draw" if found.number == 1
        else f"draw {found.number}; the {found.number - 1} before it did not get there"
    )  # fmt: skip
    return (
        f"**The network is {paper_digits.share(found.reached)} sure that this is "
        f"{_with_article(found.target)}.** It is {tried}."
    )


def _with_article(digit: int) -> str:
    return f"an {digit}" if digit == 8 else f"a {digit}"
