"""The documents: what they name exists, their map is the house, their example runs."""

import importlib.util
import json
import re
from pathlib import Path
from typing import Any

import pytest

import demo
from demo import models
from demo.experiments.adversarial_training import photograph_accuracy
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


def record(name: str) -> Any:
    """What a measurement wrote."""
    return json.loads((ROOT / "assets" / "results" / f"{name}.json").read_text(encoding="utf-8"))


def test_the_readmes_figures_are_the_recorded_ones() -> None:
    rows, hall = record("benchmarks")["rows"], record("load_gallery")["stages"][0]
    photographs = [e for e in rows["fgsm-1"]["entries"] if e["network"] == "efficientnet-lite0"]
    theirs = [e["ratio"] for e in photographs if e["against"].endswith("their users' network")]
    same = [e["ratio"] for e in photographs if e["against"].endswith("the same network")]
    digits = {
        (row["network"], row["attack"]): 100 * row["accuracy"]
        for row in record("digit_accuracy")["rows"]
        if row["epsilon"] == 0.25 and row["images"] == 10_000
    }
    files = [part for part in record("abuse").values() if "deaths" in part]
    apart = 100 * max(entry["mean"] for entry in rows["agreement"]["entries"])
    said = [
        f"all but {apart:.4f} % of the values",
        f"FGSM at .25 leaves `conv` {digits['conv', 'FGSM']:.2f} %",
        f"trained against PGD, {digits['conv-adversarial', 'FGSM']:.2f} %",
        f"(PGD: {digits['conv-adversarial', 'PGD']:.2f} %)",
        f"takes {min(theirs):.2f} to {max(theirs):.2f} of the peers' time on their users' network",
        f"{min(same):.2f} to {max(same):.2f} on the same network",
        f"in {record('page')['drag']['p95_ms']:.1f} ms (95 %), without a message to the server",
        f"after {hall['to_pictures']['median']:.2f} s (median)",
        f"{hall['to_pictures']['p95']:.2f} s (95 %)",
        f"{sum(part['files'] for part in files):,} damaged or hostile files",
    ]
    text = README.read_text(encoding="utf-8")
    assert [words for words in said if re.sub(r"\b0\.", ".", words) not in text] == []
    assert hall["wrong_answers"] == [] and record("page")["drag"]["server_messages"] == 0
    assert not any(part["deaths"] for part in files)


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


def test_the_document_on_networks_says_what_each_switch_was_recorded_to_keep() -> None:
    text = (ROOT / "docs" / "networks.md").read_text("utf-8").replace("\n", " ")
    for pair in models.photograph_pairs():
        fgsm, pgd = photograph_accuracy.recorded_kept(*(str(card.sha256) for card in pair))
        shares = [f"{100 * found.kept / found.lost:.0f} %" for found in (fgsm, pgd)]
        assert (
            f"FGSM takes {fgsm.lost} right answers from the standard network, and its counterpart "
            f"keeps {fgsm.kept} of them under FGSM ({shares[0]}); PGD takes {pgd.lost}, and it "
            f"keeps {pgd.kept} under PGD ({shares[1]})"
        ) in text
