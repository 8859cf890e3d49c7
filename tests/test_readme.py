"""The documents: what they name exists, their map is the house, their example runs."""

import importlib.util
import json
import re
from pathlib import Path

import pytest

import demo
from demo import models
from tests.test_architecture import shelves

ROOT = Path(__file__).parent.parent
HERE = ROOT / "demo"
README = ROOT / "README.md"


def standing() -> set[str]:
    """The rooms that there are: the files and folders of `demo`; of `web`, its folders."""
    files = {p.name for p in HERE.glob("*.py")} - {"__init__.py"}
    folders = [p.parent.relative_to(HERE).as_posix() + "/" for p in HERE.glob("*/__init__.py")]
    inside = [p.parent.relative_to(HERE).as_posix() + "/" for p in HERE.glob("web/*/__init__.py")]
    return {*files, *folders, *inside} - {"web/"}


def test_the_map_is_the_house_and_the_documents_is_the_same() -> None:
    mapped = shelves(demo.__doc__ or "")
    assert set(mapped) == standing()
    assert shelves((ROOT / "docs" / "architecture.md").read_text(encoding="utf-8")) == mapped


DOCUMENTS = [ROOT / "README.md", ROOT / "CONTRIBUTING.md", *sorted((ROOT / "docs").glob("*.md"))]


@pytest.mark.parametrize("path", DOCUMENTS, ids=lambda path: path.name)
def test_every_file_and_command_that_a_document_names_exists(path: Path) -> None:
    text = path.read_text(encoding="utf-8")
    makefile = (ROOT / "Makefile").read_text(encoding="utf-8")
    targets = re.findall(r"(?:^|`)make ([\w-]+)", text, re.MULTILINE)
    assert all(re.search(rf"^{target}:", makefile, re.MULTILINE) for target in targets)
    links = [x for x in re.findall(r"\]\(([^)#]+)\)", text) if not x.startswith("http")]
    assert [link for link in links if not (path.parent / link).exists()] == []
    modules = re.findall(r"python -m ((?:demo|tests)[\w.]*)", text)
    assert [name for name in modules if importlib.util.find_spec(name) is None] == []


def test_the_readme_is_short_and_links_to_every_document() -> None:
    text = README.read_text(encoding="utf-8")
    assert len(text.splitlines()) <= 120
    assert [
        p.name for p in DOCUMENTS[1:] if f"({p.relative_to(ROOT).as_posix()})" not in text
    ] == []


def test_the_readmes_example_runs_and_the_answer_changes(
    capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("DEMO_DEVICE", "cpu")
    (example,) = re.findall(r"```python\n(.*?)```", README.read_text(encoding="utf-8"), re.DOTALL)
    exec(compile(example, "README.md", "exec"), {})
    clean, adversarial = capsys.readouterr().out.splitlines()
    assert clean.split(",")[0] != adversarial.split(",")[0]


CARDS = sorted(p for p in (ROOT / "assets" / "weights").glob("*.json") if "." not in p.stem)


@pytest.mark.parametrize("path", CARDS, ids=lambda path: path.stem)
def test_the_accuracies_of_the_trained_networks_are_those_of_their_cards(path: Path) -> None:
    facts = json.loads(path.read_text(encoding="utf-8"))
    shares = " | ".join(f"{100 * share:.2f} %" for share in facts["test"].values())
    row = f"| `{path.stem}` | {facts['title']} | {shares} |"
    assert row in (ROOT / "docs" / "networks.md").read_text("utf-8").splitlines()


def test_the_document_on_networks_names_each_network() -> None:
    text = (ROOT / "docs" / "networks.md").read_text("utf-8")
    assert [card.name for card in models.MODELS if f"`{card.name}`" not in text] == []
