"""One Plotly for all charts: a file that ships, of the version that Python's package writes for."""

import hashlib
import re
import tomllib

from plotly.offline import get_plotlyjs_version

from tests.server import ROOT

STATIC = ROOT / "static"
SCRIPT = ROOT / "demo" / "web" / "components" / "shared" / "plotly.js"
BUNDLE = re.compile(r"plotly-cartesian-([\d.]+)-([0-9a-f]{12})\.min\.js")


def test_the_bundles_name_says_its_version_and_its_hash() -> None:
    (file,) = STATIC.glob("plotly-*.js")
    found = BUNDLE.fullmatch(file.name)
    assert found and f'"{file.name}"' in SCRIPT.read_text(encoding="utf-8")
    assert found[1] == get_plotlyjs_version()
    assert hashlib.sha256(file.read_bytes()).hexdigest().startswith(found[2])


def test_the_bundles_licence_is_beside_it() -> None:
    (licence,) = STATIC.glob("plotly-*LICENSE*")
    assert "MIT" in licence.read_text(encoding="utf-8")


def test_streamlit_serves_it_and_draws_no_chart_of_its_own() -> None:
    config = tomllib.loads((ROOT / ".streamlit" / "config.toml").read_text(encoding="utf-8"))
    assert config["server"]["enableStaticServing"]
    drawn = [p for p in (ROOT / "demo").rglob("*.py") if "st.plotly_chart" in p.read_text("utf-8")]
    assert drawn == []
