"""What `deploy/` says of the app is so: its packages, its content policy, its limits."""

import base64
import hashlib
import re
import time
import urllib.error
import urllib.request
from pathlib import Path

import kubernetes_validate
import streamlit
import yaml

from tests import PATIENCE
from tests.server import serving

ROOT = Path(__file__).parent.parent
TOLD = re.findall(r"`(demo_\w+)`", (ROOT / "deploy" / "README.md").read_text(encoding="utf-8"))
"""The metrics that the README speaks of."""
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


def test_the_manifest_keeps_to_kubernetes_schemas_and_asks_for_what_the_server_tells() -> None:
    text = (ROOT / "deploy" / "kubernetes.yaml").read_text(encoding="utf-8")
    objects = {each["kind"]: each for each in yaml.safe_load_all(text)}
    assert {*objects} == {"Deployment", "Service", "Ingress", "HorizontalPodAutoscaler"}
    for each in objects.values():
        kubernetes_validate.validate(each, "1.31", strict=True)
    served = (ROOT / "deploy" / "serve.py").read_text(encoding="utf-8")
    (pod,) = objects["Deployment"]["spec"]["template"]["spec"]["containers"]
    (metric,) = objects["HorizontalPodAutoscaler"]["spec"]["metrics"]
    told = [pod["readinessProbe"]["httpGet"]["path"], metric["pods"]["metric"]["name"], "/metrics"]
    assert all(f'"{word}"' in served for word in told)


def test_the_server_of_a_fleet_says_when_it_is_ready_and_how_many_wait(tmp_path: Path) -> None:
    def told(path: str) -> tuple[int, str]:
        try:
            with opener.open(one.address + path, timeout=PATIENCE) as answer:
                return answer.status, answer.read().decode()
        except urllib.error.HTTPError as refused:
            return refused.code, ""

    opener = urllib.request.build_opener(urllib.request.ProxyHandler({}))
    with serving(tmp_path, program="deploy/serve.py") as (one,):
        end = time.monotonic() + PATIENCE
        while told("/ready")[0] != 200:
            assert time.monotonic() < end and told("/ready")[0] in (200, 503)
            time.sleep(0.2)
        metrics = told("/metrics")[1]
        assert re.search(r"^demo_waiting 0\.0$", metrics, re.MULTILINE)
        computed = re.search(r"^demo_pieces_total (\S+)$", metrics, re.MULTILINE)
        assert computed and float(computed[1]) >= 1  # the first pass of the network
        assert len(set(TOLD)) == 4 and all(f"\n{name} " in metrics for name in TOLD)
        assert "process_resident_memory_bytes" in metrics
        assert told("/")[0] == told("/why")[0] == 200
        (plotly,) = (ROOT / "static").glob("plotly*.js")
        assert told(f"/app/static/{plotly.name}")[0] == 200
        assert one.tracebacks() == 0
