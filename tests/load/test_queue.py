"""The queue as people meet it: several tabs at one running server, through Streamlit's protocol."""

import time
from collections.abc import Iterator
from contextlib import ExitStack
from pathlib import Path

import pytest

from tests import PATIENCE
from tests.client import Client
from tests.server import serving

pytestmark = pytest.mark.slow


class Queue:
    """A running server whose worker waits at a gate."""

    def __init__(self, address: str, folder: Path, tabs: ExitStack) -> None:
        self.address, self.folder, self.tabs = address, folder, tabs

    def shut(self) -> None:
        """Whoever begins from now on does not end."""
        (self.folder / "begun").write_text("", encoding="utf-8")
        (self.folder / "shut").touch()

    def open(self) -> None:
        """Let everybody through."""
        (self.folder / "shut").unlink()

    def begun(self) -> list[str]:
        """Whose work has begun, in turn."""
        return (self.folder / "begun").read_text(encoding="utf-8").split()

    def tab(self) -> Client:
        """A person who has seen the page once, and asks for nothing yet."""
        tab = self.tabs.enter_context(Client(self.address))
        tab.run()
        assert answer(tab) == "answer nobody"
        return tab

    def first(self) -> Client:
        """A person whose work has begun, and stands at the gate."""
        tab = self.tab()
        self.shut()
        ask(tab, "first")
        end = time.monotonic() + PATIENCE
        while self.begun() != ["first"]:
            assert time.monotonic() < end
            time.sleep(0.01)
        return tab


def ask(tab: Client, name: str) -> None:
    tab.run(tab.widget("name", string_value=name), wait=False)


def answer(tab: Client) -> str | None:
    return next((text for text in tab.texts.values() if text.startswith("answer")), None)


def until_line(tab: Client, line: str | None) -> None:
    tab.until(lambda message: tab.said_in_line() == line, PATIENCE)


def until_answer(tab: Client, name: str) -> None:
    tab.until(lambda message: answer(tab) == f"answer {name}", PATIENCE)
    tab.until_finished()


@pytest.fixture(scope="module")
def served(tmp_path_factory: pytest.TempPathFactory) -> Iterator[tuple[str, Path]]:
    folder = tmp_path_factory.mktemp("queue")
    with serving(folder, program="tests/load/queue_app.py", QUEUE_FOLDER=str(folder)) as (server,):
        yield server.address, folder
        assert server.tracebacks() == 0, server.written()[-4000:]


@pytest.fixture
def queue(served: tuple[str, Path]) -> Iterator[Queue]:
    with ExitStack() as tabs:
        yield Queue(*served, tabs)
        (served[1] / "shut").unlink(missing_ok=True)


def test_the_page_says_how_many_are_before_and_then_shows_the_answer(queue: Queue) -> None:
    second, third = queue.tab(), queue.tab()
    first = queue.first()
    ask(second, "second")
    until_line(second, "1 before you")
    ask(third, "third")
    until_line(third, "2 before you")
    queue.open()
    for tab, name in ((first, "first"), (second, "second"), (third, "third")):
        until_answer(tab, name)
        assert tab.said_in_line() is None
    assert queue.begun() == ["first", "second", "third"]


def test_who_closes_the_page_leaves_the_queue(queue: Queue) -> None:
    second, third = queue.tab(), queue.tab()
    queue.first()
    ask(second, "second")
    until_line(second, "1 before you")
    ask(third, "third")
    until_line(third, "2 before you")
    second.close()
    until_line(third, "1 before you")
    queue.open()
    until_answer(third, "third")
    assert queue.begun() == ["first", "third"]


def test_who_asks_something_else_is_served_that_alone(queue: Queue) -> None:
    second = queue.tab()
    queue.first()
    for name in ("a", "b", "c", "d"):
        ask(second, name)
        until_line(second, None)
        until_line(second, "1 before you")
    queue.open()
    until_answer(second, "d")
    assert queue.begun() == ["first", "d"]


def test_the_same_question_is_worked_on_once_and_the_line_is_not_kept_with_it(
    queue: Queue,
) -> None:
    tabs = [queue.tab() for _ in range(5)]
    queue.first()
    ask(tabs[0], "kept")  # the one that stands in the queue for all
    until_line(tabs[0], "1 before you")
    for tab in tabs[1:]:
        ask(tab, "kept")
    queue.open()
    for tab in tabs:
        until_answer(tab, "kept")
        assert tab.said_in_line() is None
    assert queue.begun() == ["first", "kept"]
    late, lines = queue.tab(), []
    ask(late, "kept")
    late.until(lambda message: lines.append(late.said_in_line()) or answer(late) == "answer kept")
    assert set(lines) == {None}


def test_who_waits_for_the_one_that_leaves_gets_an_answer_all_the_same(queue: Queue) -> None:
    one, other = queue.tab(), queue.tab()
    queue.first()
    ask(one, "kept-too")
    until_line(one, "1 before you")
    ask(other, "kept-too")
    one.close()
    queue.open()
    until_answer(other, "kept-too")
    assert queue.begun() == ["first", "kept-too"]
