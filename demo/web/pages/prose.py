"""The pages' longer words: `assets/prose/<topic>.md`, a section for each part of a page.

A section begins with a line `## name` and goes on to the next such line.
"""

import functools
import re
from pathlib import Path

FOLDER = Path(__file__).parents[3] / "assets" / "prose"


def section(topic: str, name: str) -> str:
    """The Markdown of one section, without its heading. Raises KeyError where there is none."""
    return sections(topic)[name]


@functools.cache
def sections(topic: str) -> dict[str, str]:
    """All sections of a topic, in the file's order. Raises KeyError where there is no such file."""
    path = FOLDER / f"{topic}.md"
    if not path.is_file():
        raise KeyError(topic)
    parts = re.split(r"^## (.+)$", path.read_text(encoding="utf-8"), flags=re.MULTILINE)[1:]
    return {name.strip(): text.strip() for name, text in zip(parts[::2], parts[1::2], strict=True)}
