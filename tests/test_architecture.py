"""The house's law: data flows one way, rooms have names, functions and files stay short."""

import ast
import sys
from pathlib import Path

ROOT = Path(__file__).parent.parent

SHELVES: dict[str, float] = {
    "fgsm": 0, "scores": 0, "device": 0, "downloads": 0, "prose": 0,
    "decoding": 0, "isolation": 0.5,
    "attacks": 1, "lbfgs": 1, "pictures": 1, "gallery": 1, "networks": 1, "folding": 1,
    "digits": 1,
    "resting_norms": 1.5, "weights": 1.5, "adversaries": 1.5, "batches": 1.5, "photographs": 1.5,
    "held_photographs": 1.52, "places": 1.5,
    "objective": 1.55, "matching": 1.55, "fused": 1.55,
    "training": 1.6, "efficientnet": 1.6,
    "recipes": 1.7, "twin_recipes": 1.7,
    "trained": 1.8, "checkpoints": 1.8, "twins": 1.9,
    "models": 2,
    "experiments": 3,
    "figures": 4,
    "store": 5, "picker": 5, "viewer": 5.1,
    "controls": 5.5,
    "pages": 6, "commands": 6,
    "app": 7, "__main__": 7,
}  # fmt: skip
"""Room -> shelf. A room imports from lower shelves only; `__init__` is the map and imports none."""

LONGEST_FUNCTION = 40
LONGEST_FILE = 220
LONGER_FILES = {
    "demo/models.py": 430, "demo/commands/train_twin.py": 240,
    "demo/store/attack.py": 230,
    "demo/pages/attack.py": 350,
    "demo/training.py": 270, "demo/experiments/paper_numbers/claims.py": 240,
}  # fmt: skip
"""Tables, many file formats, a page that lays out everything, one whole loop."""

FILES = sorted([*(ROOT / "demo").rglob("*.py"), ROOT / "app.py"])


def address(path: Path) -> str:
    return path.relative_to(ROOT).as_posix()


def room(path: Path) -> str:
    """fgsm for demo/fgsm.py, experiments for all in demo/experiments, app for app.py."""
    parts = path.relative_to(ROOT).with_suffix("").parts
    return parts[0] if len(parts) == 1 else parts[1]


def imported(path: Path) -> set[str]:
    """Every module that a file imports, anywhere in it, by its full name."""
    modules: set[str] = set()
    for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
        if isinstance(node, ast.Import):
            modules |= {alias.name for alias in node.names}
        elif isinstance(node, ast.ImportFrom):
            assert node.level == 0, "imports are absolute"
            modules |= {f"{node.module}.{alias.name}" for alias in node.names}
    return modules


def rooms_imported(path: Path) -> set[str]:
    return {name.split(".")[1] for name in imported(path) if name.startswith("demo.")}


def packages_imported(path: Path) -> set[str]:
    return {name.split(".")[0] for name in imported(path)}


def test_a_room_imports_only_from_lower_shelves() -> None:
    unshelved = {room(path) for path in FILES} - {*SHELVES, "__init__"}
    assert not unshelved, "give each a shelf"
    lowest = {"__init__": -1.0}  # the map imports none
    upward = [
        f"{address(path)} must not import {there}"
        for path in FILES
        for there in rooms_imported(path) - {room(path)}
        if SHELVES[there] >= (SHELVES | lowest)[room(path)]
    ]
    assert upward == []


SMALL_PROCESS = {"PIL", "numpy", "pi_heif", "demo"} | sys.stdlib_module_names
"""All that the process which opens pictures loads."""


def strays(path: Path) -> set[str]:
    """Packages that a file imports and that have no business on its shelf."""
    here, packages = room(path), packages_imported(path)
    if here in ("decoding", "isolation"):
        return packages - SMALL_PROCESS
    if here in ("fgsm", "scores"):
        return packages - {"torch", "collections", "math"}
    banned = set() if here in ("figures", "viewer") else {"plotly"}
    if SHELVES.get(here, 0) < 5 or here in ("commands", "__main__"):
        banned |= {"streamlit"}
    if here == "figures":
        banned |= {"torch", "timm", "torchvision"}
    return packages & banned


def test_streamlit_plotly_and_torch_stay_on_their_shelves() -> None:
    assert {address(path): strays(path) for path in FILES if strays(path)} == {}


def test_every_shelved_room_exists() -> None:
    houses = {here: ROOT if here == "app" else ROOT / "demo" for here in SHELVES}
    gone = [
        here
        for here, home in houses.items()
        if not (home / f"{here}.py").is_file() and not (home / here).is_dir()
    ]
    assert gone == []


def test_no_room_is_without_a_name_on_its_door() -> None:
    nameless = {"utils", "util", "helpers", "common", "misc", "types", "config"}
    assert not [address(path) for path in FILES if {*path.parts, path.stem} & nameless]


def functions(path: Path) -> list[ast.FunctionDef]:
    tree = ast.parse(path.read_text(encoding="utf-8"))
    return [node for node in ast.walk(tree) if isinstance(node, ast.FunctionDef)]


def public(path: Path) -> list[ast.Module | ast.ClassDef | ast.FunctionDef]:
    """The module, its public classes and functions, and those classes' public methods."""
    tree = ast.parse(path.read_text(encoding="utf-8"))
    found: list[ast.Module | ast.ClassDef | ast.FunctionDef] = [tree]
    for node in found:
        if not isinstance(node, ast.FunctionDef):
            inside = (n for n in node.body if isinstance(n, ast.ClassDef | ast.FunctionDef))
            found.extend(n for n in inside if not n.name.startswith("_"))
    return found


def test_functions_are_short() -> None:
    lengths = {
        f"{address(path)}: {f.name}": (f.end_lineno or 0) - f.lineno + 1
        for path in FILES
        for f in functions(path)
    }
    assert {name: n for name, n in lengths.items() if n > LONGEST_FUNCTION} == {}


def test_files_are_short() -> None:
    lengths = {address(path): len(path.read_text("utf-8").splitlines()) for path in FILES}
    assert {
        name: n for name, n in lengths.items() if n > LONGER_FILES.get(name, LONGEST_FILE)
    } == {}


def test_whatever_is_public_says_what_it_is() -> None:
    silent = [
        f"{address(path)}: {getattr(node, 'name', 'the module')}"
        for path in FILES
        for node in public(path)
        if not ast.get_docstring(node)
    ]
    assert silent == []
