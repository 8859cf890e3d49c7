"""Debian's nginx with the very configuration of `deploy/`, before servers of this machine."""

import contextlib
import os
import re
import shutil
import signal
import socket
import subprocess
import time
from pathlib import Path
from typing import Self

from tests import PATIENCE
from tests.server import ROOT, Server, free_port

CONFIGURATION = ROOT / "deploy" / "nginx" / "demo.conf"
AROUND = """daemon off;
{user}pid {home}/nginx.pid;
error_log {home}/error.log;
worker_processes 2;
events {{ worker_connections 1024; }}
http {{
    types {{ text/html html; text/css css; application/javascript js; }}
    log_format who '$person $upstream_addr $status $request_uri';
    access_log {home}/access.log who;
    client_body_temp_path {home}/body; proxy_temp_path {home}/proxy;
    fastcgi_temp_path {home}/fastcgi; uwsgi_temp_path {home}/uwsgi; scgi_temp_path {home}/scgi;
    include {home}/demo.conf;
}}
"""


def missing() -> str | None:
    """Why there is no nginx to test with; None if there is."""
    if shutil.which("nginx", path=f"{os.environ['PATH']}:/usr/sbin") is None:
        return "nginx is not on this machine: apt-get install nginx-light"
    return None


def adapted(ports: list[int], listen: int, cache: Path) -> str:
    """The configuration with this machine's addresses in the place of the containers'."""
    text = CONFIGURATION.read_text(encoding="utf-8")
    lines = re.findall(r"    server replica-\d+:8501 (.+);\n", text)
    assert len(lines) == 3 and len(set(lines)) == 1
    servers = [f"    server 127.0.0.1:{port} {lines[0]};\n" for port in ports]
    text = re.sub(r"(    server replica-\d+:8501 .+;\n)+", "".join(servers), text)
    for old, new in ((f"listen {8080};", f"listen 127.0.0.1:{listen};"),
                     ("/var/cache/nginx/static", str(cache))):  # fmt: skip
        assert text.count(old) == 1
        text = text.replace(old, new)
    return text


class Balancer:
    """A running nginx before these servers."""

    def __init__(self, home: Path, servers: list[Server]) -> None:
        self.home, self.servers = home / f"nginx-{os.urandom(3).hex()}", servers
        self.port = free_port()
        self.address = f"http://127.0.0.1:{self.port}"
        self.home.mkdir()
        text = adapted([server.port for server in servers], self.port, self.home / "static")
        (self.home / "demo.conf").write_text(text, encoding="utf-8")
        user = "user root;\n" if os.geteuid() == 0 else ""
        whole = AROUND.format(home=self.home, user=user)
        (self.home / "nginx.conf").write_text(whole, encoding="utf-8")
        program = shutil.which("nginx", path=f"{os.environ['PATH']}:/usr/sbin")
        self._command = [program or "nginx", "-c", str(self.home / "nginx.conf"), "-p", self.home]

    def check(self) -> str:
        """What nginx itself says of the configuration; RuntimeError where it refuses it."""
        done = subprocess.run([*self._command, "-t"], capture_output=True, text=True, check=False)
        if done.returncode:
            raise RuntimeError(done.stderr)
        return done.stderr

    def __enter__(self) -> Self:
        self.check()
        self.process = subprocess.Popen(self._command, stderr=subprocess.DEVNULL)
        end = time.monotonic() + PATIENCE
        while True:
            with contextlib.suppress(OSError):
                socket.create_connection(("127.0.0.1", self.port), timeout=1).close()
                return self
            if time.monotonic() > end or self.process.poll() is not None:
                raise RuntimeError((self.home / "error.log").read_text(encoding="utf-8"))
            time.sleep(0.02)

    def __exit__(self, *error: object) -> None:
        self.process.send_signal(signal.SIGTERM)
        self.process.wait(10)

    def replicas(self) -> dict[str, set[int]]:
        """Person's cookie -> the ports of the replicas that answered their websockets."""
        served: dict[str, set[int]] = {}
        for person, ports, status, uri in self.log():
            if uri == "/_stcore/stream" and status == 101:
                served.setdefault(person, set()).add(ports[-1])
        return served

    def log(self) -> list[tuple[str, list[int], int, str]]:
        """(person, ports of the replicas that were tried, status, path), one a request."""
        lines = (self.home / "access.log").read_text(encoding="utf-8").splitlines()
        found = []
        for line in lines:
            match = re.fullmatch(r"(\S+) (.+) (\d{3}) (\S+)", line)
            assert match, line
            ports = [int(port) for port in re.findall(r"127\.0\.0\.1:(\d+)", match[2])]
            found.append((match[1], ports, int(match[3]), match[4]))
        return found

    def server_of(self, person: str) -> Server:
        """The replica on which that person's websocket is, by the port that is asked for."""
        for who, ports, _, _ in reversed(self.log()):
            if who == person and ports:
                return next(s for s in self.servers if s.port == ports[-1])
        raise LookupError(person)
