"""One person: picks, drags, switches, uploads, in an order that a seed decides."""

import random
import time
import urllib.parse
from dataclasses import dataclass, field

from streamlit.proto.ForwardMsg_pb2 import ForwardMsg
from streamlit.proto.WidgetStates_pb2 import WidgetState

from demo import models
from demo.data import gallery
from demo.data.digits import EMBEDDED_COUNT
from demo.experiments.attack import gallery_flips
from demo.web.controls import link
from tests.client import Client
from tests.load import alone
from tests.load.alone import UPLOAD, Question, Shown

ACTIONS = {"photograph": 6, "digit": 8, "switch": 6, "upload": 7, "drag": 10}
"""How often each is done, among others: about one pick in six is a photograph of one's own."""
UPLOADS = 500
"""Different pictures that are uploaded, by all together: nearly each is new to the server."""
PHOTOGRAPHS = link.OPENS
FIRST = {"photographs": gallery_flips.opening_of(PHOTOGRAPHS), "digits": "digit-1505"}
GALLERY = gallery.of(models.card(PHOTOGRAPHS).classes)
PAIR = ("conv", "conv-adversarial")


@dataclass(frozen=True)
class Pick:
    """One action that asks the server. pictures, finished: seconds after asking.

    line: the longest waiting line that was said, None if none was.
    """

    action: str
    question: Question
    shown: Shown
    pictures: float
    finished: float
    line: int | None


@dataclass
class Diary:
    """What happened to one person. drags: how many; drag_messages: what came meanwhile."""

    picks: list[Pick] = field(default_factory=list)
    drags: int = 0
    drag_messages: int = 0
    bytes: int = 0
    complaints: list[str] = field(default_factory=list)


class Person:
    """Somebody at one tab; what is looked at is known from what was done, not from the page."""

    def __init__(self, client: Client, seed: int) -> None:
        self.client, self.diary = client, Diary()
        self._dice = random.Random(seed)
        self._kind: models.Kind = "photographs"
        self._picture: dict[str, str] = dict(FIRST)
        self._switched = False

    @property
    def question(self) -> Question:
        """What should be on the page."""
        network = PHOTOGRAPHS if self._kind == "photographs" else PAIR[self._switched]
        return Question(self._kind, network, self._picture[self._kind])

    def arrive(self) -> None:
        """The first view of the page."""
        self._ask("arrive")

    def act(self, longest_drag: float = 3.0) -> None:
        """Do the next thing, whatever it is."""
        action = self._dice.choices(list(ACTIONS), list(ACTIONS.values()))[0]
        if action == "drag":
            self._settle()
            self.diary.drag_messages += self.client.quiet(self._dice.uniform(0.3, 1) * longest_drag)
            self.diary.drags += 1
            return
        self._turn_to("photographs" if action in ("photograph", "upload") else "digits")
        if action == "photograph":
            name = self._picture["photographs"] = self._dice.choice(GALLERY).name
            self._ask(action, self.client.trigger("thumbnails", "picked", name))
        elif action == "digit":
            name = self._picture["digits"] = f"digit-{self._dice.randrange(EMBEDDED_COUNT)}"
            self._ask(action, self.client.trigger("digits", "picked", name))
        elif action == "switch":
            self._switched = not self._switched
            training = "adversarial" if self._switched else "standard"
            self._ask(action, self.client.trigger("viewer", "switched", training))
        else:
            seed = self._dice.randrange(UPLOADS)
            self._picture["photographs"] = f"{UPLOAD}{seed}"
            file = self.client.upload("upload_photographs", f"{seed}.jpg", alone.uploaded(seed))
            self._ask(action, file)

    def back_by_link(self, client: Client) -> None:
        """After the server was lost: the view of the client's link, in a new tab.

        What was asked for and never answered is not in the link; nor is an uploaded picture.
        """
        self.client = client
        asked = dict(urllib.parse.parse_qsl(client.query))
        self._kind = "digits" if asked.get("kind") == "digits" else "photographs"
        self._picture = dict(FIRST) | ({self._kind: asked["picture"]} if "picture" in asked else {})
        self._switched = asked.get("training") == "adversarial"
        self._ask("back")

    def _turn_to(self, kind: models.Kind) -> None:
        if self._kind != kind:
            self._kind = kind
            choice = kind.capitalize()
            self._ask("kind", self.client.widget("kind", string_array_value=[choice]))

    def _settle(self) -> None:
        """What is still on its way from the last run is not the drag's."""
        while self.client.quiet(0.25):
            pass

    def _ask(self, action: str, *states: WidgetState) -> None:
        client, longest = self.client, 0

        def look(message: ForwardMsg) -> bool:
            nonlocal longest
            line = client.said_in_line()
            longest = max(longest, int(line.split()[0]) if line else 0)
            return _is_viewer(message)

        asked = client.run(*states, wait=False)
        client.until(look)
        pictures = time.monotonic() - asked
        client.until_finished()
        finished = time.monotonic() - asked
        self.diary.bytes = client.bytes
        self.diary.complaints += [t for t in client.texts.values() if "went wrong" in t.lower()]
        self.diary.picks.append(
            Pick(action, self.question, alone.shown(client.components), pictures, finished,
                 longest or None)
        )  # fmt: skip


def _is_viewer(message: ForwardMsg) -> bool:
    if message.WhichOneof("type") != "delta":
        return False
    element = message.delta.new_element
    return element.WhichOneof("type") == "bidi_component" and element.bidi_component.id.endswith(
        "-viewer"
    )
