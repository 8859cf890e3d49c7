"""What no browser would say: files put by hand, events and states of any type."""

import http.client
import json
import urllib.parse
import uuid
from collections.abc import Mapping
from typing import Any

from streamlit.proto.WidgetStates_pb2 import WidgetState

from tests import PATIENCE
from tests.client import Client


def put(
    client: Client, data: bytes, name: str = "picture.png", *, session: str | None = None,
    token: bool = True, chunked: bool = False,
) -> tuple[int, str]:  # fmt: skip
    """PUT a file to the server's own address for uploads: (status, the file's number).

    token: with the token against cross-site requests.  chunked: without saying the length.
    """
    line = http.client.HTTPConnection(
        urllib.parse.urlsplit(client.address).netloc, timeout=PATIENCE
    )
    boundary, number = uuid.uuid4().hex, str(uuid.uuid4())
    start = (
        f'--{boundary}\r\nContent-Disposition: form-data; name="file"; filename="{name}"\r\n'
        "Content-Type: image/png\r\n\r\n"
    ).encode()
    body = start + data + f"\r\n--{boundary}--\r\n".encode()
    headers = {"Content-Type": f"multipart/form-data; boundary={boundary}"}
    if token:
        known = client.cookies["_streamlit_xsrf"]
        headers |= {"Cookie": f"_streamlit_xsrf={known}", "X-Xsrftoken": known}
    place = f"/_stcore/upload_file/{session or client.session}/{number}"
    pieces = (body[i : i + 65536] for i in range(0, len(body), 65536))
    try:
        line.request("PUT", place, pieces if chunked else body, headers, encode_chunked=chunked)
        status = line.getresponse().status
    except (BrokenPipeError, ConnectionResetError):
        status = 413  # the server answered before it had all, and closed
    finally:
        line.close()
    return status, number


def events(identity: str, said: Mapping[str, Any]) -> list[WidgetState]:
    """What a browser sends with a component's events, name -> value: its empty state, and they."""
    body = json.dumps([{"event": event, "value": value} for event, value in said.items()])
    sender = f"$$STREAMLIT_INTERNAL_KEY_{identity}__events"
    return [
        WidgetState(id=identity, json_value="{}"), WidgetState(id=sender, json_trigger_value=body)
    ]  # fmt: skip


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
