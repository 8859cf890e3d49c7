"""The drag-epsilon component: its html, css, js, and the functions that mount it.

`show` mounts the viewer with one gradient's result; `feed` hands it what takes longer. Between
them the browser has everything that a drag needs, and asks the server for nothing.
"""

import base64
import gzip
import hashlib
from collections.abc import Callable, Mapping
from concurrent.futures import ThreadPoolExecutor
from typing import Any

import numpy as np
import streamlit as st
from numpy.typing import NDArray
from streamlit import runtime

from demo.web.components import linked, picker
from demo.web.components.viewer.sent import Opening

_view, _feed = linked.component("viewer/view"), linked.component("viewer/feed")
_html = linked.component("viewer/html")


PLACE = 900
"""Pixels held for the viewer until it comes; its style then lets it be as high as it is."""


def show(data: Opening, ears: Mapping[str, Callable[[Any], None]]) -> None:
    """Mount the viewer, or hand the one that is there another picture.

    ears: called with what was said. "switched": "standard" or "adversarial".  "picked": the name
    of a picture of the strip.  "given": a picture of the visitor's, as `picker.own_file` has it.
    """
    heard = {event: _heard(event, ear) for event, ear in ears.items()}
    calls: dict[str, Any] = {f"on_{event}_change": ear for event, ear in heard.items()}
    with st.container(key="viewer-place", height=PLACE, border=False):
        _view(data=data, key="viewer", **calls)
    picker.hear("viewer", heard)


def _heard(event: str, ear: Callable[[Any], None]) -> Callable[[], None]:
    return lambda: ear(picker.said("viewer", event))


def feed(kind: str, identity: str, data: Mapping[str, Any]) -> None:
    """Hand the viewer a later result for the picture of that identity.

    kind: "answers", "counterpart", "extra", "progress"; or "strip", for that kind of picture.
    data: JSON. The browser keeps the newest of each kind.
    """
    # A key keeps one element a kind; progress comes several times in one run, and may not have one.
    key = None if kind == "progress" else f"feed-{kind}"
    _feed(data={"kind": kind, "id": identity, **data}, key=key)


def html(packed: str, key: str) -> None:
    """Draw HTML that was packed."""
    _html(data={"html": packed}, key=key)


def packed(content: NDArray[np.generic] | str, keep: bool = False) -> str:
    """An array's bytes or a text, as the scripts unpack it.

    keep: it is the same for everybody and always: sent as an address, so that a browser asks for
    it once. It stays in the server's memory.
    """
    whole = content.encode() if isinstance(content, str) else content.tobytes()
    found = gzip.compress(whole, 4, mtime=0)
    return _address(found) if keep else base64.b64encode(found).decode()


def _address(file: bytes) -> str:
    """Where Streamlit's server has the file from now on; the same for the same bytes."""
    add, place = runtime.get_instance().media_file_mgr.add, hashlib.sha256(file).hexdigest()
    with ThreadPoolExecutor(1) as of_no_session:  # else it would go with this one's end
        return of_no_session.submit(add, file, "application/gzip", place).result()
