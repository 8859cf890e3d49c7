"""An app that does nothing but wait for its turn: what is in the queue is decided by the test.

The work of everybody is noted in a file, and goes on only while the folder holds no "shut".
"""

import os
import time
from pathlib import Path

import streamlit as st

from demo.web.pages import waiting
from demo.web.store import worker

FOLDER = Path(os.environ["QUEUE_FOLDER"])


def work(name: str) -> str:
    """Note that it has begun; end when the gate is open."""
    with (FOLDER / "begun").open("a", encoding="utf-8") as file:
        file.write(f"{name}\n")
    while (FOLDER / "shut").exists():
        time.sleep(0.01)
    return name


@st.cache_data(show_spinner=False, max_entries=8)
def kept(name: str) -> str:
    """The same work, kept for everybody."""
    return worker.in_turn(work, name)


waiting.line("page")
name = st.text_input("Name", "nobody", key="name")
turn = kept if name.startswith("kept") else lambda name: worker.small(work, name)
st.markdown(f"answer {turn(name)}")
