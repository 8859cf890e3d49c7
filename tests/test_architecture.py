"""The house's law: data flows one way, rooms have names, functions and files stay short."""

import ast
import graphlib
import re
import sys
from pathlib import Path

import demo

ROOT = Path(__file__).parent.parent

ROW = re.compile(r"^\| *(\d+) *\| *`(?:demo/)?([\w/.]+)`", re.MULTILINE)


def shelves(text: str) -> dict[str, int]:
    """Room -> shelf, as a map says: "web/pages/" -> 10."""
    return {room: int(shelf) for shelf, room in ROW.findall(text)}


SHELVES = {**shelves(demo.__doc__ or ""), "app.py": 11}
"""A room imports from lower shelves only; `__init__` is the map and imports none."""

LONGEST_FUNCTION = 40
LONGEST_FILE = 220
LONGER_FILES = {
    "demo/models/__init__.py": 300, "demo/commands/train_photographs.py": 240,
    "demo/web/store/attack.py": 240,
    "demo/web/pages/attack.py": 240, "demo/web/components/viewer/sent.py": 260,
    "demo/training/loop.py": 270,
}  # fmt: skip
"""Tables, many file formats, a page that lays out everything, one whole loop."""

FILES = sorted([*(ROOT / "demo").rglob("*.py"), ROOT / "app.py"])


def address(path: Path) -> str:
    return path.relative_to(ROOT).as_posix()


def room(path: Path) -> str:
    """The room of the map that a file is in: "experiments/", "web/pages/", "fgsm.py"."""
    within = path.relative_to(ROOT).as_posix().removeprefix("demo/")
    inside = (there for there in SHELVES if there.endswith("/") and within.startswith(there))
    return next(inside, within)


def module(path: Path) -> str:
    return ".".join(path.relative_to(ROOT).with_suffix("").parts).removesuffix(".__init__")


MODULES = {module(path): path for path in FILES}


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


def modules_imported(path: Path) -> set[str]:
    """Those of this package among them."""
    names = {name if name in MODULES else name.rpartition(".")[0] for name in imported(path)}
    return {name for name in names if name in MODULES}


def packages_imported(path: Path) -> set[str]:
    return {name.split(".")[0] for name in imported(path)}


DOORS = {"__init__.py": -1, "web/__init__.py": -1}
"""They say what lives behind them, and import nothing."""


def test_a_room_imports_only_from_lower_shelves() -> None:
    unshelved = {room(path) for path in FILES} - {*SHELVES, *DOORS}
    assert not unshelved, "give each a shelf"
    upward = [
        f"{address(path)} must not import {name}"
        for path in FILES
        for name in modules_imported(path)
        if (there := room(MODULES[name])) != (here := room(path))
        and (SHELVES | DOORS)[there] >= (SHELVES | DOORS)[here]
    ]
    assert upward == []


def test_no_module_imports_itself_by_way_of_others() -> None:
    graphlib.TopologicalSorter(
        {name: modules_imported(path) for name, path in MODULES.items()}
    ).prepare()


SMALL_PROCESS = {"PIL", "numpy", "pi_heif", "demo"} | sys.stdlib_module_names
"""All that the process which opens pictures loads."""


def strays(path: Path) -> set[str]:
    """Packages that a file imports and that have no business on its shelf."""
    here, within, packages = room(path), address(path), packages_imported(path)
    if within.startswith(("demo/data/decoding/", "demo/data/isolation/")):
        return packages - SMALL_PROCESS
    if here in ("fgsm.py", "scores.py"):
        return packages - {"torch", "collections", "math", "demo"}
    banned = set() if here in ("web/figures/", "web/components/") else {"plotly"}
    if not here.startswith("web/") and here != "app.py":
        banned |= {"streamlit"}
    if here == "web/figures/":
        banned |= {"torch", "timm", "torchvision", "streamlit"}
    return packages & banned


def test_streamlit_plotly_and_torch_stay_on_their_shelves() -> None:
    assert {address(path): strays(path) for path in FILES if strays(path)} == {}


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
