"""The longer words come from files, a section a part of the page."""

from collections.abc import Iterator
from pathlib import Path

import pytest

from demo.web.pages import prose


@pytest.fixture
def folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Path]:
    monkeypatch.setattr(prose, "FOLDER", tmp_path)
    prose.sections.cache_clear()
    yield tmp_path
    prose.sections.cache_clear()


def test_a_section_goes_from_its_heading_to_the_next(folder: Path) -> None:
    (folder / "topic.md").write_text(
        "# Topic\n\nNot shown.\n\n"
        "## first\n\nOne.\n\n### Inside\n\nTwo ## three.\n\n"
        "## last\nEnd.\n",
        encoding="utf-8",
    )
    assert prose.section("topic", "first") == "One.\n\n### Inside\n\nTwo ## three."
    assert prose.section("topic", "last") == "End."
    assert list(prose.sections("topic")) == ["first", "last"]


@pytest.mark.parametrize(("topic", "name"), [("topic", "second"), ("nothing", "first")])
def test_what_is_not_written_is_a_key_error(folder: Path, topic: str, name: str) -> None:
    (folder / "topic.md").write_text("## first\n\nOne.\n")
    with pytest.raises(KeyError):
        prose.section(topic, name)


@pytest.mark.parametrize("path", sorted(prose.FOLDER.glob("*.md")), ids=lambda path: path.stem)
def test_no_section_that_ships_is_empty(path: Path) -> None:
    assert prose.sections(path.stem)
    assert all(prose.sections(path.stem).values())
