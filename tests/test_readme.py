"""The map in the README and in the package's docstring is the house as it stands."""

import json
import re
from pathlib import Path

import pytest

import demo

ROOT = Path(__file__).parent.parent
HERE = ROOT / "demo"


def rooms(text: str) -> set[str]:
    """The rooms named in a map's second column."""
    return set(re.findall(r"^\| *\d *\| *`(?:demo/)?([\w./]+)`", text, re.MULTILINE))


def standing() -> set[str]:
    """The rooms that there are."""
    files = {p.name for p in HERE.glob("*.py")} - {"__init__.py"}
    folders = {f"{p.name}/" for p in HERE.iterdir() if p.is_dir() and (p / "__init__.py").exists()}
    return files | folders


def test_the_docstrings_map_is_the_house() -> None:
    assert rooms(demo.__doc__ or "") == standing()


def test_the_readmes_map_is_the_house() -> None:
    assert rooms((ROOT / "README.md").read_text(encoding="utf-8")) == standing()


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
