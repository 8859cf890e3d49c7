"""Sections of a page that run again by themselves while there is something to do.

A section is short each time, so that a click is heard soon. When it begins or ends to go on, the
whole page must be drawn once; but never before its last line: Streamlit forgets what was chosen
in the widgets that a run did not get to.
"""

from collections.abc import Callable
from dataclasses import dataclass, field

import streamlit as st

from demo.web.pages import waiting


def stop_button(stopped: str, key: str) -> None:
    """One button that stops and resumes, so that the keyboard stays on it.

    stopped: where the session has it.  key: of the button.
    """
    state = st.session_state
    now = state.get(stopped, False)
    st.button(
        "Resume" if now else "Stop", key=key, on_click=state.update, args=({stopped: not now},)
    )


@dataclass
class Page:
    """One drawing of the whole page. drawn_with: key -> whether that section went on then."""

    drawn_with: dict[str, bool] = field(default_factory=dict)
    complete: bool = False

    def section(self, key: str, seconds: float, draw: Callable[[], None]) -> None:
        """Draw it; again after so many seconds, as long as the session's `key` is true.

        Until the page is drawn once more after that, an element of class `*-goes-on` says so.
        """
        going = self.drawn_with[key] = st.session_state.setdefault(key, False)

        def again() -> None:
            waiting.line(f"{key}-goes-on" if going else key)
            draw()
            if self.complete and st.session_state[key] != going:
                st.rerun()

        st.fragment(again, run_every=seconds if going else None, key=f"section-{key}")()

    def end(self) -> None:
        """After the last line: draw the page again if a section began or ended to go on."""
        self.complete = True
        if any(st.session_state[key] != going for key, going in self.drawn_with.items()):
            st.rerun()
