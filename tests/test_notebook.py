"""`docs/fgsm_by_hand.ipynb`: it runs, its exercise is open, its check tells right from wrong."""

import json
import re
from pathlib import Path
from typing import Any

import pytest

PATH = Path(__file__).parent.parent / "docs" / "fgsm_by_hand.ipynb"
CELLS: list[dict[str, Any]] = json.loads(PATH.read_text(encoding="utf-8"))["cells"]
Names = dict[str, Any]


def source(cell: dict[str, Any]) -> str:
    return "".join(cell["source"])


def place(tag: str) -> int:
    (found,) = (i for i, cell in enumerate(CELLS) if tag in cell["metadata"].get("tags", ()))
    return found


EXERCISE, CHECK = place("exercise"), place("check")
(SOLUTION,) = (
    code
    for cell in CELLS
    if "<details>" in source(cell)
    for code in re.findall(r"```python\n(.*?)```", source(cell), re.DOTALL)
)
STEP = "(image + epsilon * gradient.sign()).clamp(0, 1)"


def test_the_notebook_ships_without_results_and_with_an_open_exercise() -> None:
    code = [cell for cell in CELLS if cell["cell_type"] == "code"]
    assert all(cell["outputs"] == [] and cell["execution_count"] is None for cell in code)
    assert "...  # write it here" in source(CELLS[EXERCISE]) and STEP in SOLUTION


@pytest.fixture(scope="module")
def prepared() -> Names:
    """What there is when the reader comes to the exercise."""
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("DEMO_DEVICE", "cpu")
        names: Names = {}
        for i, cell in enumerate(CELLS[:EXERCISE]):
            if cell["cell_type"] == "code":
                exec(compile(source(cell), f"cell {i}", "exec"), names)
    return names


def checked(prepared: Names, answer: str) -> None:
    names = dict(prepared)
    exec(compile(answer, "the answer", "exec"), names)
    exec(compile(source(CELLS[CHECK]), "the check", "exec"), names)


@pytest.mark.slow
def test_the_notebook_runs_and_its_solution_is_right(
    prepared: Names, capsys: pytest.CaptureFixture[str]
) -> None:
    assert prepared["answer"](prepared["image"]) != prepared["answer"](prepared["adversarial"])
    assert len(prepared["figure"].data) > 1
    checked(prepared, SOLUTION)
    assert capsys.readouterr().out.startswith("Right: ")


WRONG = {
    "nothing": (source(CELLS[EXERCISE]), "returns no tensor yet"),
    "no clip": (SOLUTION.replace(".clamp(0, 1)", ""), "leave the range from 0 to 1"),
    "no sign": (SOLUTION.replace("gradient.sign()", "gradient / gradient.abs().max()"),
                "take the gradient's sign"),
    "downhill": (SOLUTION.replace("image + epsilon", "image - epsilon"), "go up the gradient"),
    "too far": (SOLUTION.replace("image + epsilon", "image + 2 * epsilon"), "is 16.00/255"),
    "one row": (SOLUTION.replace(STEP, f"{STEP}[0]"), "It returns the shape (3, 224, 224)"),
    "in place": (SOLUTION.replace(STEP, "image.add_(epsilon * gradient.sign()).clamp_(0, 1)"),
                 "work on a copy"),
    "elsewhere": (SOLUTION.replace("image.clone()", "(image * 0.2)"), "at the image itself"),
}  # fmt: skip
"""A mistake -> the answer that makes it, and a part of what the check says."""


@pytest.mark.slow
@pytest.mark.parametrize("mistake", WRONG)
def test_a_wrong_answer_is_refused_with_what_is_wrong(mistake: str, prepared: Names) -> None:
    answer, said = WRONG[mistake]
    assert mistake == "nothing" or answer != SOLUTION
    with pytest.raises(AssertionError) as refusal:
        checked(prepared, answer)
    assert said in str(refusal.value)
