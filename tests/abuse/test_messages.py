"""What a hostile client says to the server: links, events, states, files, noise."""

import contextlib
import math
import random
import urllib.parse
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from streamlit.proto.BackMsg_pb2 import BackMsg
from streamlit.proto.Common_pb2 import FileUploaderState, UploadedFileInfo
from streamlit.proto.WidgetStates_pb2 import WidgetState

from demo.data import decoding
from demo.web.controls.photographs import CROPPING
from tests.abuse.seeds import drawn, saved
from tests.abuse.speech import events, put, state
from tests.client import Answer, Client, Gone
from tests.server import Server

pytestmark = pytest.mark.slow
PAGES = ("", "growth", "three-against-seven", "adversarial-training", "hidden-l1", "cost", "paper")
KEYS = ("kind", "picture", "network", "training", "switch", "label", "target", "goal", "method",
        "epsilon", "alpha", "of", "n", "m", "sheet", "by", "train", "against", "layer",
        "digit_epsilon", "networks", "under", "measured", "P1", "B2", "embed")  # fmt: skip
NONSENSE = ("", "nan", "-inf", "1e999", "-1", "0", "1_0", "٣", "9" * 400, "conv", "digits", "rbf",
            "photographs", "panda", "digit-4999", "digit-5000", "digit--1", "own picture",
            "../../etc/passwd", "\0", "<script>alert(1)</script>", "x" * 5000, "true", "toward",
            "gibbon", "logistic", "adversarial", "batch", "%ff%fe", "😀")  # fmt: skip
TIMES = settings(
    max_examples=7,
    suppress_health_check=[HealthCheck.function_scoped_fixture, HealthCheck.too_slow],
)


def sound(answer: Answer) -> None:
    """A page was drawn to its end, and nothing on it is an exception."""
    assert answer.of("exception") == [] and answer.status == 0
    assert len(answer.elements) > 1
    assert "Traceback" not in answer.text


def without_details(answer: Answer) -> None:
    """If there is an error on the page, it does not tell what is inside the server."""
    for error in answer.of("exception"):
        assert (error.type, list(error.stack_trace)) == ("", [])
        assert "redacted" in error.message


@pytest.mark.parametrize("page", PAGES)
@TIMES
@given(
    asked=st.dictionaries(
        st.sampled_from(KEYS), st.sampled_from(NONSENSE) | st.text(max_size=20), min_size=4
    )
)
def test_whatever_a_link_says_a_page_comes(quiet: Server, page: str, asked: dict[str, str]) -> None:
    if page in ("", "cost", "hidden-l1"):
        asked |= {"kind": "digits"}  # photographs would take seconds each
    with Client(quiet.address) as client:
        sound(client.look(urllib.parse.urlencode(asked, errors="surrogatepass"), page))


@pytest.mark.parametrize(
    "query", ["%", "=&=&=", "a=1&" * 3000, "picture=%FF%FE", "epsilon=1" * 9999]
)
def test_a_link_that_is_no_query_gets_the_first_view(quiet: Server, query: str) -> None:
    with Client(quiet.address) as client:
        answer = client.look("kind=digits&" + query)
        sound(answer)
        assert "Picture: " in answer.text


class Wild:
    """Values that JSON can carry and no component sends."""

    CROPS = ({"x": math.nan, "y": 0.5, "zoom": 1}, {"x": 10**400, "y": 0, "zoom": 1},
             {"x": "0.5", "y": [], "zoom": None}, {"x": 0.5},
             {"x": 1e308, "y": -1e308, "zoom": 9})  # fmt: skip
    VALUES = (None, True, -1, 1.5, 1e308, math.nan, math.inf, 10**400, "", "x" * 100_000,
              "digit-9999", "digit-٣", "../../etc/passwd", "é" * 8, "====", "AAAA", [], [[]] * 50,
              {}, {"a": {}}, *CROPS)  # fmt: skip


VIEWER = ("switched", "picked", "given")
CROP = "crop_window"
EVENTS = {
    "digits": (
        "", "kind=digits", {"digits": ("picked", "turned"), "pad": ("drawn",), "viewer": VIEWER},
    ),
    "photographs": (
        "", "", {"thumbnails": ("picked",), CROP: ("crop",), "viewer": VIEWER},
    ),
    "three against seven": (
        "three-against-seven", "", {"three_against_seven": ("turned", "drawn")},
    ),
}  # fmt: skip
"""Page, link, and the components on it with their events."""


@pytest.mark.parametrize("where", EVENTS)
def test_an_event_of_a_component_may_hold_anything(quiet: Server, where: str) -> None:
    page, query, senders = EVENTS[where]
    with Client(quiet.address) as client:
        first = client.look(query, page)
        sound(first)
        if CROP in senders:
            first = client.look(states=[state(first.identity(CROPPING), {"bool_value": True})])
        for value in random.Random(0).sample(Wild.VALUES, len(Wild.VALUES)):
            states = [
                each
                for key, names in senders.items()
                for each in events(first.identity(key), dict.fromkeys(names, value))
            ]
            answer = client.look(states=states)
            sound(answer)
        if where != "three against seven":
            captions = ([line for line in a.text.splitlines() if line.startswith("Picture: ")]
                        for a in (first, answer))  # fmt: skip
            assert next(captions) == next(captions)


def test_a_good_event_is_heard(quiet: Server) -> None:
    with Client(quiet.address) as client:
        client.look("kind=digits")
        answer = client.look(states=[client.trigger("digits", "picked", "digit-100")])
        assert "Picture: digit 100 of the gallery" in answer.text


WRONG_TYPES: tuple[dict[str, Any], ...] = (
    {"string_value": "x"}, {"int_value": 2**53}, {"double_value": math.nan}, {"bool_value": True},
    {"json_value": "[1,"}, {"bytes_value": b"\xff"}, {"string_array_value": ["\0"]},
    {"int_array_value": [-5]}, {"double_array_value": [math.inf]},
)  # fmt: skip


@pytest.mark.parametrize(
    "key", ["viewer", "network_digits", "goal", "upload_digits", "digits", "kind"]
)
def test_a_state_of_another_type_hurts_nobody_but_its_sender(served: Server, key: str) -> None:
    """Streamlit itself cannot read it: it says so without details, and to that session alone."""
    with Client(served.address) as other:
        sound(other.look("kind=digits"))
        for wrong in WRONG_TYPES:
            with Client(served.address) as hostile:
                identity = hostile.look("kind=digits").identity(key)
                answer = hostile.look("kind=digits", states=[state(identity, wrong)])
                without_details(answer)
        sound(other.look("kind=digits"))


def test_noise_on_the_line_ends_that_session_only(served: Server) -> None:
    with Client(served.address) as other, Client(served.address) as hostile:
        sound(other.look("kind=digits"))
        for noise in (b"\xff" * 100, b"", bytes(10_000), b"\x0a\xff\xff\xff\xff\x0f"):
            hostile.send(noise)
        sound(other.look("kind=digits"))


REQUESTS = tuple(field.name for field in BackMsg.DESCRIPTOR.fields if field.name != "rerun_script")
"""All that a client can ask for besides a run: Streamlit's own menu and its tests send these."""


@pytest.mark.parametrize("request_", REQUESTS)
def test_no_request_of_one_client_is_felt_by_another(quiet: Server, request_: str) -> None:
    """Not even one that empties the server's caches, or is meant to shut it down."""
    message = BackMsg()
    if message.DESCRIPTOR.fields_by_name[request_].message_type:
        getattr(message, request_).SetInParent()
    else:
        setattr(message, request_, True)
    with Client(quiet.address) as other, Client(quiet.address) as hostile:
        other.look("kind=digits")
        other.look(states=[other.trigger("digits", "picked", "digit-100")])
        hostile.look("kind=digits")
        for _ in range(3):
            other.ask()
            with contextlib.suppress(Gone):
                hostile.send(message)
            again = other.answer()
            sound(again)
            assert "Picture: digit 100 of the gallery" in again.text
    with Client(quiet.address) as next_one:
        sound(next_one.look("kind=digits"))


def picked(uploader: str, session: str, number: str, name: str) -> WidgetState:
    """The state of the uploader of that identity in which that file was chosen."""
    base = f"/_stcore/upload_file/{session}/{number}"
    file = UploadedFileInfo(name=name, size=100, file_id=number)
    file.file_urls.file_id = number
    file.file_urls.upload_url = file.file_urls.delete_url = base
    chosen = FileUploaderState(uploaded_file_info=[file])
    return WidgetState(id=uploader, file_uploader_state_value=chosen)


def handed_in(client: Client, name: str, data: bytes) -> Answer:
    """The page after a file of that name was uploaded to it."""
    identity = client.look("kind=digits").identity("upload_digits")
    status, number = put(client, data, urllib.parse.quote(name, safe=" /.<>()[]!*_:$|#;="))
    assert status == 204
    return client.look(states=[picked(identity, client.session, number, name)])


def digit() -> bytes:
    """A picture that can be taken for a digit on paper."""
    picture = drawn(60, 60).convert("L").point(lambda level: 255)
    picture.paste(0, (26, 10, 34, 50))
    return saved(picture, "PNG")


def test_an_uploaded_digit_is_taken_and_its_name_is_shown(quiet: Server) -> None:
    with Client(quiet.address) as client:
        answer = handed_in(client, "my digit.png", digit())
        sound(answer)
        assert "Picture: my digit.png. Your own picture" in answer.text


def test_the_file_of_another_session_is_not_to_be_had(quiet: Server) -> None:
    with Client(quiet.address) as owner, Client(quiet.address) as thief:
        identity = owner.look("kind=digits").identity("upload_digits")
        status, number = put(owner, digit(), "secret.png")
        assert status == 204
        chosen = picked(identity, owner.session, number, "secret.png")
        thief.look("kind=digits")
        answer = thief.look(states=[chosen])
        sound(answer)
        assert "secret" not in answer.text and "digit 1,505" in answer.text


@pytest.mark.parametrize(
    "key", ["own_digits", "own_networks", "complaint", "picture_digits", "crop"]
)
def test_what_no_widget_holds_cannot_be_set_from_outside(served: Server, key: str) -> None:
    """Streamlit stumbles over an identity that it never gave: in that session, without details."""
    with Client(served.address) as other, Client(served.address) as client:
        first = client.look("kind=digits")
        prefix = first.identity("goal").removesuffix("goal")
        states = [state(name, {"string_value": "taken"}) for name in (key, prefix + key)]
        answer = client.look("kind=digits", states=states)
        without_details(answer)
        assert "taken" not in answer.text
        again = other.look("kind=digits")
        sound(again)
        assert "digit 1,505" in again.text


def test_a_hostile_name_reaches_the_page_only_so(quiet: Server) -> None:
    with Client(quiet.address) as client:
        answer = handed_in(client, "<b>![a](https://example.org/a.png)</b>.png", digit())
        sound(answer)
        assert "Picture: b a (https example.org a.png) b .png." in answer.text


def test_a_file_beyond_the_limit_is_refused_by_the_server_itself(quiet: Server) -> None:
    with Client(quiet.address) as client:
        client.look("kind=digits")
        allowed = bytes(decoding.MAX_BYTES - 2000)
        assert put(client, allowed)[0] == 204
        assert put(client, bytes(11 * 2**20))[0] == 413
        assert put(client, bytes(12 * 2**20), chunked=True)[0] == 413


def test_an_upload_needs_the_token_and_a_session_that_is_there(quiet: Server) -> None:
    with Client(quiet.address) as client:
        client.look("kind=digits")
        assert put(client, b"x", token=False)[0] == 403
        assert put(client, b"x", session="00000000-0000-0000-0000-000000000000")[0] == 400


def test_thirty_clicks_in_a_second_end_where_the_last_one_was(quiet: Server) -> None:
    with Client(quiet.address) as client:
        first = client.look("kind=digits")
        for number in range(30):
            client.ask(*events(first.identity("digits"), {"picked": f"digit-{100 + number}"}))
        answer = client.answer()
        while "digit 129 " not in answer.text:  # runs that were overtaken
            answer = client.answer()
        sound(answer)
