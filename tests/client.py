"""A browser without a screen: Streamlit's websocket protocol, its messages and its uploads."""

import base64
import contextlib
import http.cookiejar
import json
import re
import time
import urllib.parse
import uuid
from collections.abc import Callable, Iterable
from dataclasses import dataclass, field
from typing import Any, Self

import requests
from streamlit.proto.BackMsg_pb2 import BackMsg
from streamlit.proto.ForwardMsg_pb2 import ForwardMsg
from streamlit.proto.WidgetStates_pb2 import WidgetState
from websockets.exceptions import ConnectionClosed
from websockets.sync.client import ClientConnection, connect

LOCAL = requests.Session()
LOCAL.trust_env = False  # a proxy has no business here
LOCAL.cookies.set_policy(http.cookiejar.DefaultCookiePolicy(allowed_domains=[]))  # each its own


FINISHED = ForwardMsg.FINISHED_SUCCESSFULLY
MESSAGES_KEPT = 24
"""Large ones, which the server then does not send again: as a browser does."""
PATIENCE = 900.0
"""Seconds that a person waits for an answer: in a hall of fifty on two processors it takes long."""


class Gone(ConnectionError):
    """The server has ended the connection, or cannot be reached."""


@dataclass
class Answer:
    """What one run of a page sent. elements: (type, message) of each, in turn, folds too.

    status: how the run ended, 0 where it ended well.
    """

    elements: list[tuple[str, Any]] = field(default_factory=list)
    query: str = ""
    status: int = -1

    def of(self, kind: str) -> list[Any]:
        """The elements of that type: "exception", "alert", "bidi_component", "selectbox"."""
        return [element for name, element in self.elements if name == kind]

    @property
    def text(self) -> str:
        """All words of markdown, headings and alerts."""
        return "\n".join(str(e.body) for _, e in self.elements if hasattr(e, "body"))

    def identity(self, key: str) -> str:
        """The identity of the widget with that key."""
        ids = (str(getattr(element, "id", "")) for _, element in self.elements)
        return next(name for name in ids if name.endswith(f"-{key}"))

    def take(self, message: ForwardMsg) -> bool:
        """Write down what a message says; whether the run has ended that nothing came between."""
        kind = message.WhichOneof("type")
        if kind == "new_session":
            self.elements.clear()
        elif kind == "page_info_changed":
            self.query = message.page_info_changed.query_string
        elif kind == "delta" and message.delta.WhichOneof("type") == "new_element":
            element = message.delta.new_element
            name = str(element.WhichOneof("type"))
            self.elements.append((name, getattr(element, name)))
        elif kind == "delta" and message.delta.add_block.WhichOneof("type") == "expandable":
            self.elements.append(("expander", message.delta.add_block.expandable))
        elif kind == "script_finished":
            self.status = message.script_finished
        ended = (FINISHED, ForwardMsg.FINISHED_WITH_COMPILE_ERROR)
        return kind == "script_finished" and self.status in ended


class Client:
    """One browser tab. Not for more than one thread.

    texts: the words shown by place.  components: name -> newest arguments, with files instead of
    their addresses.  files: address -> in base64, each fetched once.  ids: widget's key -> its id.
    pages: path -> its number.  page: the number of the one that is shown.  messages: how many have
    come.  bytes: how much that was, and the files.
    """

    def __init__(self, address: str, query: str = "", cookies: dict[str, str] | None = None):
        self.address, self.query = address, query
        self.cookies: dict[str, str] = dict(cookies or {})
        self.components: dict[str, Any] = {}
        self.files: dict[str, str] = {}
        self.ids: dict[str, str] = {}
        self.texts: dict[tuple[int, ...], str] = {}
        self.pages: dict[str, str] = {}
        self.session, self.messages, self.bytes = "", 0, 0
        self._kept: dict[str, ForwardMsg] = {}
        self._states: dict[str, WidgetState] = {}
        self._drawn: set[str] = set()
        self.page = ""
        self._socket: ClientConnection | None = None
        self._opened = contextlib.ExitStack()

    def __enter__(self) -> Self:
        self.open()
        return self

    def __exit__(self, *error: object) -> None:
        self.close()

    def open(self) -> None:
        """Fetch the page, as a browser does first, and connect. Raises `Gone`."""
        try:
            for path in ("/", "/_stcore/health"):  # the page's cookies, then Streamlit's own
                page = LOCAL.get(self.address + path, cookies=self.cookies, timeout=30)
                page.raise_for_status()
                self.cookies |= page.cookies.get_dict()
            cookies = "; ".join(f"{name}={value}" for name, value in self.cookies.items())
            self._socket = self._opened.enter_context(connect(
                self.address.replace("http", "ws", 1) + "/_stcore/stream",
                subprotocols=["streamlit", self.cookies.get("_streamlit_xsrf", "")],  # type: ignore[list-item]
                additional_headers={"Cookie": cookies},
                origin=self.address,  # type: ignore[arg-type]
                max_size=None, compression=None, proxy=None, open_timeout=60, ping_interval=None,
            ))  # fmt: skip
        except (OSError, ConnectionClosed, TimeoutError, requests.RequestException) as error:
            raise Gone(str(error)) from error
        except Exception as error:  # a handshake that was refused
            raise Gone(str(error)) from error

    def close(self) -> None:
        """Close the tab."""
        self._opened.close()

    def run(self, *states: WidgetState, wait: bool = True) -> float:
        """Ask for a run with these widgets changed; the time of asking. wait: for its end."""
        asked = time.monotonic()
        self.ask(*states)
        if wait:
            self.until_finished()
        return asked

    def look(self, query: str = "", page: str = "", states: Iterable[WidgetState] = ()) -> Answer:
        """What that page sends. query: empty leaves the client's."""
        if page and not self.pages:
            self.run()
        self.ask(*states, query=query, page=page)
        return self.answer()

    def answer(self) -> Answer:
        """What comes until a run ends that nothing came in between."""
        found = Answer()
        self.until(found.take)
        return found

    def ask(self, *states: WidgetState, query: str = "", page: str = "", tick: str = "") -> None:
        """Ask for a run with these widgets changed.

        query, page: empty leaves the client's.  tick: the fragment that runs by itself, alone.
        """
        self.query = query or self.query
        self.page = self.pages[page] if page else self.page
        triggers = [state for state in states if state.WhichOneof("value") == "json_trigger_value"]
        self._states |= {state.id: state for state in states if state not in triggers}
        while len(self._kept) > MESSAGES_KEPT:
            self._kept.pop(next(iter(self._kept)))
        message = BackMsg()
        message.rerun_script.query_string = self.query
        message.rerun_script.page_script_hash = self.page
        message.rerun_script.fragment_id, message.rerun_script.is_auto_rerun = tick, bool(tick)
        message.rerun_script.widget_states.widgets.extend([*self._states.values(), *triggers])
        message.rerun_script.cached_message_hashes.extend(self._kept)
        self.send(message)

    def until_finished(self, seconds: float = PATIENCE) -> None:
        """Read until a run ends that was not ended by another."""

        def ended(message: ForwardMsg) -> bool:
            kind = message.WhichOneof("type")
            return kind == "script_finished" and message.script_finished == FINISHED

        self.until(ended, seconds)

    def until(self, met: Callable[[ForwardMsg], bool], seconds: float = PATIENCE) -> ForwardMsg:
        """Read until such a message comes. Raises TimeoutError, `Gone`."""
        end = time.monotonic() + seconds
        while not met(message := self.read(max(0.01, end - time.monotonic()))):
            pass
        return message

    def read(self, seconds: float) -> ForwardMsg:
        """The next message, taken in. Raises TimeoutError, `Gone`."""
        assert self._socket is not None
        try:
            data = self._socket.recv(timeout=seconds)
        except ConnectionClosed as error:
            raise Gone(str(error)) from error
        message = ForwardMsg()
        message.ParseFromString(data)  # type: ignore[arg-type]
        self.messages, self.bytes = self.messages + 1, self.bytes + len(data)
        return self._take(message)

    def quiet(self, seconds: float) -> int:
        """Stay for so long and do what needs no server; how many messages came nevertheless."""
        before, end = self.messages, time.monotonic() + seconds
        while (left := end - time.monotonic()) > 0:
            try:
                self.read(left)
            except TimeoutError:
                break
        return self.messages - before

    def trigger(self, key: str, event: str, value: Any) -> WidgetState:
        """What a component of ours says when somebody has chosen something in it."""
        self._states.setdefault(self.ids[key], WidgetState(id=self.ids[key], json_value="{}"))
        name = f"$$STREAMLIT_INTERNAL_KEY_{self.ids[key]}__events"
        return WidgetState(
            id=name, json_trigger_value=json.dumps([{"event": event, "value": value}])
        )

    def widget(self, key: str, **value: Any) -> WidgetState:
        """One of Streamlit's widgets, by its key, with that value of its kind."""
        state = WidgetState(id=self.ids[key])
        for name, content in value.items():
            if name == "string_array_value":
                state.string_array_value.data.extend(content)
            else:
                setattr(state, name, content)
        return state

    def upload(self, key: str, name: str, data: bytes) -> WidgetState:
        """Put a file into an uploader through the server's own endpoint."""
        message = BackMsg()
        message.file_urls_request.request_id = str(uuid.uuid4())
        message.file_urls_request.file_names.append(name)
        message.file_urls_request.session_id = self.session
        self.send(message)
        answer = self.until(lambda m: m.WhichOneof("type") == "file_urls_response", 60)
        (place,) = answer.file_urls_response.file_urls
        response = LOCAL.put(
            urllib.parse.urljoin(self.address, place.upload_url), files={"file": (name, data)},
            headers={"X-Xsrftoken": self.cookies.get("_streamlit_xsrf", "")},
            cookies=self.cookies, timeout=60,
        )  # fmt: skip
        response.raise_for_status()
        state = WidgetState(id=self.ids[key])
        info = state.file_uploader_state_value.uploaded_file_info.add()
        info.name, info.size, info.file_id = name, len(data), place.file_id
        info.file_urls.CopyFrom(place)
        return state

    def said_in_line(self) -> str | None:
        """The waiting line, if it is shown."""
        return next((t for t in self.texts.values() if t.endswith(" before you")), None)

    def send(self, message: BackMsg | bytes) -> None:
        """Say anything at all. Raises `Gone`."""
        assert self._socket is not None
        try:
            self._socket.send(
                message if isinstance(message, bytes) else message.SerializeToString()
            )
        except ConnectionClosed as error:
            raise Gone(str(error)) from error

    def _take(self, message: ForwardMsg) -> ForwardMsg:
        kind = message.WhichOneof("type")
        if kind == "ref_hash":
            whole = ForwardMsg()
            whole.CopyFrom(self._kept[message.ref_hash])
            whole.metadata.CopyFrom(message.metadata)
            message, kind = whole, whole.WhichOneof("type")
        elif message.metadata.cacheable and message.hash:
            self._kept[message.hash] = message
        if kind == "new_session":
            self._drawn.clear()
            self.page = message.new_session.page_script_hash
            self.session = message.new_session.initialize.session_id
        elif kind == "script_finished" and message.script_finished == FINISHED:
            # A browser forgets the widgets that are not on the page any more.
            self._states = {k: v for k, v in self._states.items() if k in self._drawn}
        elif kind == "navigation":
            self.pages = {p.url_pathname: p.page_script_hash for p in message.navigation.app_pages}
        elif kind == "page_info_changed":
            self.query = message.page_info_changed.query_string
        elif kind == "delta" and message.delta.WhichOneof("type") == "new_element":
            self._element(tuple(message.metadata.delta_path), message.delta.new_element)
        return message

    def _element(self, place: tuple[int, ...], element: Any) -> None:
        kind = element.WhichOneof("type")
        content = getattr(element, kind)
        self.texts.pop(place, None)
        if kind in ("markdown", "alert", "exception"):
            self.texts[place] = getattr(content, "body", "") or getattr(content, "message", "")
        identity = getattr(content, "id", "")
        if identity.startswith("$$ID-"):
            self.ids[identity.split("-", 2)[2]] = identity
            self._drawn.add(identity)
        if kind == "bidi_component" and content.json:
            key = identity.split("-", 2)[2]
            whole = re.sub(r'(?<=")/media/[^"]+(?=")', self._file, content.json)
            self.components[key] = json.loads(whole)

    def _file(self, found: re.Match[str]) -> str:
        address = found[0]
        if address not in self.files:
            answer = LOCAL.get(self.address + address, cookies=self.cookies, timeout=PATIENCE)
            answer.raise_for_status()
            self.bytes += len(answer.content)
            self.files[address] = base64.b64encode(answer.content).decode()
        return self.files[address]
