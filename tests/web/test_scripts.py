"""The scripts without a browser: their own tests, and what the server and they must agree on."""

import json
import os
import re
import subprocess
import typing
from pathlib import Path

import pytest
from deno import find_deno_bin

from demo.experiments.attack import confidence_sweep, failures
from demo.web.components import linked
from demo.web.components.viewer import sent
from tests import PATIENCE
from tests.server import ROOT

COMPONENTS = ROOT / "demo" / "web" / "components"


def deno(*asked: str, told: str = "") -> str:
    """What Deno prints; all of it is in the AssertionError where it fails."""
    done = subprocess.run(
        [find_deno_bin(), *asked], cwd=ROOT, input=told, capture_output=True, encoding="utf-8",
        timeout=PATIENCE, env=os.environ | {"DENO_NO_UPDATE_CHECK": "1", "NO_COLOR": "1"},
    )  # fmt: skip
    assert done.returncode == 0, done.stdout + done.stderr
    return done.stdout


def test_the_scripts_do_what_their_own_tests_say() -> None:
    said = deno("test", "--no-check", "tests/scripts")  # their types: make check
    found = re.search(r"ok \| (\d+) passed \| 0 failed", said)
    assert found and int(found[1]) >= 30, said


def test_an_epsilon_is_written_the_same_by_the_viewer_and_by_the_server() -> None:
    script = f"""
        import {{ amount }} from "{(COMPONENTS / "shared" / "numbers.js").as_uri()}";
        const asked = await new Response(Deno.stdin.readable).json();
        console.log(JSON.stringify(asked.map(([level, kind]) => amount(level, kind))));
    """
    asked = [(e, k) for k in ("photographs", "digits") for e in confidence_sweep.epsilon_grid(k)]
    said = deno("eval", script, told=json.dumps([(255 * e, kind) for e, kind in asked]))
    assert json.loads(said) == [failures.amount(epsilon, kind) for epsilon, kind in asked]


SENT = [one for one in vars(sent).values() if typing.is_typeddict(one)]


@pytest.mark.parametrize("parts", [one for one in SENT if one is not sent.FirstAnswer])
def test_what_is_sent_has_the_same_parts_on_both_sides(parts: type) -> None:
    text = (COMPONENTS / "viewer" / "sent.d.ts").read_text(encoding="utf-8")
    found = re.search(rf"(?ms)^export interface {parts.__name__}\b.*?\n}}", text)
    assert found
    assert re.findall(r"^  (\w+)\??:", found[0], re.MULTILINE) == [*parts.__annotations__]


def test_a_component_is_one_script_that_asks_for_nothing() -> None:
    entries = [path for path in COMPONENTS.rglob("*.js") if "export default" in path.read_text()]
    assert len(entries) >= 14
    for entry in entries:
        script = linked.script(entry)
        assert not re.search(r"\bimport\b", script), entry.name
        assert script.startswith(f"// {entry.name}\n")


def test_a_script_that_imports_what_is_not_there_is_named(tmp_path: Path) -> None:
    broken = tmp_path / "broken.js"
    broken.write_text('import { x } from "./gone.js";\nexport default x;\n')
    with pytest.raises(RuntimeError, match=r"broken\.js could not be linked(.|\n)*gone\.js"):
        linked.script(broken)
