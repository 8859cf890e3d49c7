"""What `deploy/` says of the app is so: its packages, its content policy, its limits."""

import base64
import hashlib
import re
from pathlib import Path

import streamlit

ROOT = Path(__file__).parent.parent
NGINX = (ROOT / "deploy" / "nginx" / "demo.conf").read_text(encoding="utf-8")


def test_the_image_has_what_the_app_needs_and_no_more() -> None:
    """The Dockerfile cuts requirements.txt at the tests' heading."""
    text = (ROOT / "requirements.txt").read_text(encoding="utf-8")
    app = text.split("# Its tests")[0]
    assert "# Its tests" in text and "torch==" in app and "streamlit==" in app
    assert "pytest" not in app and "playwright" not in app
    dockerfile = (ROOT / "deploy" / "Dockerfile").read_text(encoding="utf-8")
    assert "'/^# Its tests/,$d'" in dockerfile


def test_the_policys_hash_is_that_of_streamlits_inline_script() -> None:
    """A new Streamlit may write another line: then the configuration needs its hash."""
    page = Path(streamlit.__file__).parent / "static" / "index.html"
    scripts = re.findall(r"<script>(.*?)</script>", page.read_text(encoding="utf-8"), re.DOTALL)
    hashes = [
        "sha256-" + base64.b64encode(hashlib.sha256(s.encode()).digest()).decode() for s in scripts
    ]
    assert hashes and all(f"'{each}'" in NGINX for each in hashes)


def test_the_upload_limits_agree() -> None:
    configuration = (ROOT / ".streamlit" / "config.toml").read_text(encoding="utf-8")
    limit = re.search(r"maxUploadSize = (\d+)", configuration)
    size = re.search(r"client_max_body_size (\d+)m", NGINX)
    assert limit and size and int(limit[1]) < int(size[1]) <= int(limit[1]) + 1


def test_files_with_a_hash_in_their_names_are_kept_for_a_year() -> None:
    """Streamlit's own, and those under `static/`, which it serves as `app/static/`."""
    block = re.search(r"location ~ (\S+) \{([^}]*expires +1y[^}]*)\}", NGINX)
    assert block and "proxy_cache " in block[2]
    for path in ("/static/js/index.x.js", "/app/static/plotly.js"):
        assert re.match(block[1], path)
    assert not re.match(block[1], "/_stcore/static/x")


def test_text_goes_compressed() -> None:
    types = re.search(r"gzip_types ([^;]+);", NGINX)
    assert re.search(r"gzip +on;", NGINX) and types
    assert {"text/css", "text/javascript", "application/javascript", "application/json"} <= set(
        types[1].split()
    )
