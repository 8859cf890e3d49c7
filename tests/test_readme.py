"""The map in the README and in the package's docstring is the house as it stands."""

import json
import re
from pathlib import Path

import pytest

import demo
from tests.test_architecture import shelves

ROOT = Path(__file__).parent.parent
HERE = ROOT / "demo"


def standing() -> set[str]:
    """The rooms that there are: the files and folders of `demo`; of `web`, its folders."""
    files = {p.name for p in HERE.glob("*.py")} - {"__init__.py"}
    folders = [p.parent.relative_to(HERE).as_posix() + "/" for p in HERE.glob("*/__init__.py")]
    inside = [p.parent.relative_to(HERE).as_posix() + "/" for p in HERE.glob("web/*/__init__.py")]
    return {*files, *folders, *inside} - {"web/"}


def test_the_map_is_the_house_and_the_readmes_is_the_same() -> None:
    mapped = shelves(demo.__doc__ or "")
    assert set(mapped) == standing()
    assert shelves((ROOT / "README.md").read_text(encoding="utf-8")) == mapped


def test_every_command_and_file_that_the_readme_names_exists() -> None:
    text = (ROOT / "README.md").read_text(encoding="utf-8")
    targets = re.findall(r"^make ([\w-]+)", text, re.MULTILINE)
    makefile = (ROOT / "Makefile").read_text(encoding="utf-8")
    assert targets and all(re.search(rf"^{t}:", makefile, re.MULTILINE) for t in targets)
    links = [x for x in re.findall(r"\]\(([^)#]+)\)", text) if not x.startswith("http")]
    assert links and all((ROOT / x).exists() for x in links), links


CARDS = sorted(p for p in (ROOT / "assets" / "weights").glob("*.json") if "." not in p.stem)


@pytest.mark.parametrize("path", CARDS, ids=lambda path: path.stem)
def test_the_accuracies_of_the_trained_networks_are_those_of_their_cards(path: Path) -> None:
    facts = json.loads(path.read_text(encoding="utf-8"))
    shares = " | ".join(f"{100 * share:.2f} %" for share in facts["test"].values())
    row = f"| `{path.stem}` | {facts['title']} | {shares} |"
    assert row in (ROOT / "README.md").read_text(encoding="utf-8").splitlines()
