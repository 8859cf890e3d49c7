"""A client that speaks to the server without a browser, and may say what no browser would."""

import http.client
import json
import urllib.parse
import uuid
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from typing import Any, Self

from streamlit.proto.BackMsg_pb2 import BackMsg
from streamlit.proto.ForwardMsg_pb2 import ForwardMsg
from streamlit.proto.WidgetStates_pb2 import WidgetState
from websockets.sync.client import connect

LARGEST_MESSAGE = 200 * 2**20


@dataclass
class Answer:
    """What one run of a page sent. elements: (type, message) of each, in turn."""

    elements: list[tuple[str, Any]] = field(default_factory=list)
    title: str = ""
    query: str = ""
    status: int = -1

    def of(self, kind: str) -> list[Any]:
        """The elements of that type: "exception", "alert", "bidi_component", "selectbox"."""
        return [element for name, element in self.elements if name == kind]

    @property
    def text(self) -> str:
        """All words of markdown, headings and alerts."""
        return "\n".join(str(e.body) for _, e in self.elements if hasattr(e, "body"))

    @property
    def widgets(self) -> dict[str, str]:
        """Identity -> type of everything that takes a value."""
        return {e.id: name for name, e in self.elements if getattr(e, "id", "")}

    def identity(self, key: str) -> str:
        """The identity of the widget with that key."""
        return next(name for name in self.widgets if name.endswith(f"-{key}"))


class Client:
    """One session with the server."""

    def __init__(self, address: str, timeout: float = 30) -> None:
        """address: http://HOST:PORT.  timeout: seconds to wait for a message."""
        self.host, self.timeout, self.session = urllib.parse.urlsplit(address).netloc, timeout, ""
        self.pages: dict[str, str] = {}
        self._line = connect(
            f"ws://{self.host}/_stcore/stream", subprotocols=["streamlit"],  # type: ignore[list-item]
            max_size=LARGEST_MESSAGE, proxy=None,
        )  # fmt: skip

    def __enter__(self) -> Self:
        self.socket = self._line.__enter__()
        return self

    def __exit__(self, *error: Any) -> None:
        self._line.__exit__(*error)

    def send(self, message: BackMsg | bytes) -> None:
        """Say anything at all."""
        self.socket.send(message if isinstance(message, bytes) else message.SerializeToString())

    def ask(
        self, query: str = "", page: str = "", states: Mapping[str, Mapping[str, Any]] | None = None
    ) -> None:
        """Ask for a run of that page. states: identity -> the field of its state, and its value.

        A field of plain values is named as in `WidgetState`; `json_trigger_value` takes text.
        """
        message = BackMsg()
        message.rerun_script.query_string = query
        if page:
            message.rerun_script.page_script_hash = self.pages[page]
        for identity, values in (states or {}).items():
            message.rerun_script.widget_states.widgets.append(state(identity, values))
        self.send(message)

    def run(
        self, query: str = "", page: str = "", states: Mapping[str, Mapping[str, Any]] | None = None
    ) -> Answer:
        """Ask, and wait for the run's end."""
        if page and not self.pages:
            self.run()
        self.ask(query, page, states)
        return self.answer()

    def answer(self) -> Answer:
        """What comes until a run ends that nothing came in between."""
        found = Answer()
        for message in self.received():
            kind = message.WhichOneof("type")
            if kind == "new_session":
                found = Answer()
                self.session = message.new_session.initialize.session_id or self.session
            elif kind == "navigation":
                self.pages = {
                    p.url_pathname: p.page_script_hash for p in message.navigation.app_pages
                }
            elif kind == "page_info_changed":
                found.query = message.page_info_changed.query_string
            elif kind == "delta":
                _add(found, message.delta)
            elif kind == "script_finished":
                found.status = message.script_finished
                if message.script_finished in (0, 1):
                    return found
        raise AssertionError("the connection was closed before the run ended")

    def received(self) -> Iterator[ForwardMsg]:
        """Message after message; TimeoutError where none comes."""
        while True:
            data = self.socket.recv(self.timeout)
            assert isinstance(data, bytes)
            yield ForwardMsg.FromString(data)

    def trigger(self, key: str, answer: Answer, event: str, value: Any) -> Answer:
        """Set off an event of a component, as its JavaScript does."""
        return self.run(states=event_states(answer.identity(key), {event: value}))

    def upload(
        self, data: bytes, name: str = "picture.png", *, session: str | None = None,
        token: bool = True, chunked: bool = False,
    ) -> tuple[int, str]:  # fmt: skip
        """PUT a file to the server's own address for uploads: (status, the file's number).

        token: with the token against cross-site requests.  chunked: without saying the length.
        """
        line = http.client.HTTPConnection(self.host, timeout=self.timeout)
        line.request("GET", "/_stcore/health")
        answer = line.getresponse()
        answer.read()
        cookie = (answer.getheader("Set-Cookie") or "").split(";")[0]
        boundary, number = uuid.uuid4().hex, str(uuid.uuid4())
        start = (
            f'--{boundary}\r\nContent-Disposition: form-data; name="file"; filename="{name}"\r\n'
            "Content-Type: image/png\r\n\r\n"
        ).encode()
        body = start + data + f"\r\n--{boundary}--\r\n".encode()
        headers = {"Content-Type": f"multipart/form-data; boundary={boundary}"}
        if token:
            headers |= {"Cookie": cookie, "X-Xsrftoken": cookie.partition("=")[2]}
        place = f"/_stcore/upload_file/{session or self.session}/{number}"
        pieces = (body[i : i + 65536] for i in range(0, len(body), 65536))
        try:
            line.request("PUT", place, pieces if chunked else body, headers, encode_chunked=chunked)
            status = line.getresponse().status
        except (BrokenPipeError, ConnectionResetError):
            status = 413  # the server answered before it had all, and closed
        finally:
            line.close()
        return status, number


def event_states(identity: str, said: Mapping[str, Any]) -> dict[str, dict[str, str]]:
    """What a browser sends with a component's events, name -> value: its empty state, and they."""
    body = json.dumps([{"event": event, "value": value} for event, value in said.items()])
    return {
        identity: {"json_value": "{}"},
        f"$$STREAMLIT_INTERNAL_KEY_{identity}__events": {"json_trigger_value": body},
    }


def state(identity: str, values: Mapping[str, Any]) -> WidgetState:
    """A widget's state with one field of any type that the protocol has."""
    made = WidgetState(id=identity)
    for name, value in values.items():
        if name.endswith("_array_value"):
            getattr(made, name).data.extend(value)
        elif hasattr(value, "SerializeToString"):
            getattr(made, name).CopyFrom(value)
        else:
            setattr(made, name, value)
    return made


def _add(found: Answer, delta: Any) -> None:
    if delta.WhichOneof("type") == "new_element":
        kind = delta.new_element.WhichOneof("type")
        found.elements.append((kind, getattr(delta.new_element, kind)))
