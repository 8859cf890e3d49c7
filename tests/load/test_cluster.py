"""The configuration of `deploy/` under a real nginx: affinity, a replica killed, headers, limits.

Where nginx is missing these tests fail, and say what to install.
"""

import re
from collections.abc import Iterator

import pytest
import requests
from playwright.sync_api import Browser, Page, expect

from tests.browser.conftest import MILLISECONDS
from tests.browser.reading import at_rest, complete, contents, drawn, switch
from tests.client import LOCAL, Client, Gone
from tests.load import alone, balancer
from tests.load.balancer import Balancer
from tests.load.person import Person
from tests.server import serving

pytestmark = pytest.mark.slow


@pytest.fixture(scope="module")
def cluster(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Balancer]:
    assert (why := balancer.missing()) is None, why
    home = tmp_path_factory.mktemp("cluster")
    with serving(home, 2) as servers, Balancer(home, servers) as nginx:
        yield nginx


def digits_only(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("tests.load.person.ACTIONS", {"digit": 2, "switch": 1})


def test_a_person_stays_with_one_replica(
    cluster: Balancer, monkeypatch: pytest.MonkeyPatch
) -> None:
    digits_only(monkeypatch)
    cookies = []
    for seed in range(6):
        with Client(cluster.address) as client:
            person = Person(client, seed)
            person.arrive()
            cookies.append(client.cookies["replica"])
            client.upload("upload_photographs", "0.jpg", alone.uploaded(0))
        with Client(cluster.address, cookies={"replica": cookies[-1]}) as again:
            again.run()
    served = cluster.replicas()
    assert len(set(cookies)) == 6
    assert all(len(served[cookie]) == 1 for cookie in cookies)
    assert {port for cookie in cookies for port in served[cookie]} == {
        server.port for server in cluster.servers
    }
    uploads = [(p, ports, s) for p, ports, s, uri in cluster.log() if "upload_file" in uri]
    assert len(uploads) == 6 and {status for _, _, status in uploads} == {204}
    assert all({*ports} == served[person] for person, ports, _ in uploads)


def test_a_cookie_that_is_not_ours_is_replaced(cluster: Balancer) -> None:
    for value in ("x" * 32, "0" * 31, "0" * 500):
        answer = LOCAL.get(cluster.address, cookies={"replica": value}, timeout=30)
        assert re.search(r"replica=[0-9a-f]{32}; Path=/; HttpOnly", answer.headers["Set-Cookie"])
    kept = LOCAL.get(cluster.address, cookies={"replica": "0" * 32}, timeout=30)
    assert "replica=" not in kept.headers.get("Set-Cookie", "")


def test_every_answer_has_the_security_headers_once(cluster: Balancer) -> None:
    script = re.search(r"static/js/index\.[\w-]+\.js", LOCAL.get(cluster.address, timeout=30).text)
    assert script
    for path in ("/", f"/{script[0]}", "/_stcore/health", "/_stcore/metrics", "/nowhere.js"):
        headers = LOCAL.get(f"{cluster.address}/{path.lstrip('/')}", timeout=30).headers
        assert headers["X-Content-Type-Options"] == "nosniff", path
        assert headers["X-Frame-Options"] == "SAMEORIGIN", path
        policy = headers["Content-Security-Policy"]
        assert "default-src 'none'" in policy and "frame-ancestors 'self'" in policy
        assert "'unsafe-eval'" not in policy
        assert "unsafe-inline" not in policy.split("script-src")[1].split(";")[0]
        assert policy.count("default-src") == 1 and headers["Server"] == "nginx"


def test_static_files_are_kept_and_small(cluster: Balancer) -> None:
    script = re.search(r"static/js/index\.[\w-]+\.js", LOCAL.get(cluster.address, timeout=30).text)
    assert script
    for _ in range(3):
        answer = LOCAL.get(f"{cluster.address}/{script[0]}", timeout=30)
    assert answer.headers["Content-Encoding"] == "gzip"
    assert int(re.findall(r"max-age=(\d+)", answer.headers["Cache-Control"])[0]) >= 31_000_000
    asked = [ports for _, ports, _, uri in cluster.log() if uri == f"/{script[0]}"]
    assert sum(map(len, asked)) == 1  # of all these, one went to a replica


@pytest.mark.parametrize("path", ["/_stcore/metrics", "/_stcore/agent", "/_stcore/agent/x"])
def test_what_nobody_outside_needs_is_not_there(cluster: Balancer, path: str) -> None:
    assert LOCAL.get(cluster.address + path, timeout=30).status_code == 404


def test_a_file_that_is_too_large_is_refused_at_the_door(cluster: Balancer) -> None:
    with Client(cluster.address) as client:
        client.run()
        with pytest.raises(requests.HTTPError, match="413"):
            client.upload("upload_photographs", "large.jpg", bytes(12 * 1024 * 1024))


def opened(browser: Browser, said: list[str]) -> Page:
    page = browser.new_page(viewport={"width": 1280, "height": 900})
    page.set_default_timeout(MILLISECONDS)
    page.on("console", lambda m: said.append(f"{m.type}: {m.text}"))
    page.on("pageerror", lambda error: said.append(f"error: {error}"))
    return page


WITHOUT_A_CHART = ("why",)
BASE_GUESSES = "Failed to load resource"
"""Streamlit's page asks for its base path first, where a link leads to a page not the first."""


@pytest.mark.parametrize("path", contents())
def test_every_page_keeps_to_the_content_policy(
    cluster: Balancer, browser: Browser, path: str
) -> None:
    said: list[str] = []
    page = opened(browser, said)
    page.add_init_script(
        "window.broken = []; document.addEventListener('securitypolicyviolation',"
        " (e) => window.broken.push(`${e.violatedDirective}: ${e.blockedURI} ${e.sourceFile}`));"
    )
    page.goto(f"{cluster.address}/{path}?guess=skipped")
    if path not in WITHOUT_A_CHART:
        page.locator(".main-svg").first.wait_for(state="attached")
    drawn(page)
    assert page.evaluate("window.broken") == []
    assert [line for line in said if BASE_GUESSES not in line] == []
    page.close()


CONNECTIONS = """() => {
    const [state, seen] = ["data-test-connection-state", window.states = []];
    const note = ([{ target }]) => seen.push(target.getAttribute(state));
    new MutationObserver(note).observe(document.querySelector(`[${state}]`),
        { attributeFilter: [state] });
}"""
"""Notes each change of the page's connection."""


def test_who_was_on_the_replica_that_dies_goes_on_at_another(
    cluster: Balancer, browser: Browser, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The last test of this cluster: it kills one of the two."""
    digits_only(monkeypatch)
    said: list[str] = []
    page = opened(browser, said)
    page.goto(f"{cluster.address}/?kind=digits&picture=digit-77&training=adversarial")
    complete(page)
    heading = page.locator(".fgsm .say").inner_text()
    cookie = next(c["value"] for c in page.context.cookies() if c["name"] == "replica")
    dying = cluster.server_of(cookie)
    page.evaluate(CONNECTIONS)
    client = Client(cluster.address, cookies={"replica": cookie})
    with client:
        person = Person(client, 5)
        person.arrive()
        for _ in range(3):
            person.act()
        dying.kill()
        with pytest.raises(Gone):
            for _ in range(5):
                person.act()
    # By its link, in a new tab: the same view on the other replica.
    with Client(cluster.address, query=client.query, cookies=client.cookies) as other:
        person.back_by_link(other)
        person.act()
    wrong = [alone.mistake(pick.shown, pick.question) for pick in person.diary.picks]
    assert wrong == [None] * len(wrong) and len(wrong) >= 5
    assert cluster.server_of(cookie) is not dying
    # The real browser reconnects and asks for itself again: from then on each click is heard.
    page.wait_for_function("window.states.at(-1) == 'CONNECTED'")
    at_rest(page)
    expect(page.locator(".fgsm .say")).to_have_text(heading)
    for training, wanted in (("Standard", False), ("Robust", True)):
        switch(page, training).click()
        page.wait_for_function(
            "wanted => location.search.includes('digit-77')"
            " && location.search.includes('training') == wanted",
            arg=wanted,
        )
        complete(page)
        at_rest(page)
    expect(page.locator(".fgsm .say")).to_have_text(heading)
    page.close()
