"""The proxy asks for a login, and what it passes on is what the services need.

A real nginx with the filled file; behind it a server that answers with the headers it got.
"""

from __future__ import annotations

import base64
import json
import os
import runpy
import shutil
import ssl
import subprocess
import threading
import urllib.error
import urllib.request
from collections.abc import Iterator
from dataclasses import dataclass
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from socket import create_server

import pytest

from orchestration.settings import PROJECT_ROOT

TOKEN = "t" * 40
#: People by what they may do; the password is the name.
PEOPLE = {"users": ["reader", "operator"], "operators": ["operator"], "lookup-users": ["looker"]}


class _Echo(BaseHTTPRequestHandler):
    """Answers with the path and the headers of the request."""

    def do_GET(self) -> None:
        body = json.dumps({"path": self.path, **{k.lower(): v for k, v in self.headers.items()}})
        self.send_response(200)
        self.end_headers()
        self.wfile.write(body.encode())

    def log_message(self, *_: object) -> None:
        """Stay silent."""


@dataclass(frozen=True)
class Proxy:
    """The addresses of a running proxy."""

    pages: str
    lookup: str

    def get(self, url: str, person: str | None = None, **headers: str) -> tuple[int, str]:
        """Return status and body of a request, with the login of a person."""
        request = urllib.request.Request(url, headers=headers)
        if person:
            login = base64.b64encode(f"{person}:{person}".encode()).decode()
            request.add_header("Authorization", f"Basic {login}")
        own = ssl.create_default_context()
        own.check_hostname, own.verify_mode = False, ssl.CERT_NONE
        try:
            with urllib.request.urlopen(request, context=own) as response:
                return response.status, response.read().decode()
        except urllib.error.HTTPError as error:
            return error.code, ""


def _free_ports(count: int) -> list[int]:
    held = [create_server(("127.0.0.1", 0)) for _ in range(count)]
    ports = [one.getsockname()[1] for one in held]
    for one in held:
        one.close()
    return ports


@pytest.fixture(scope="module")
def proxy(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Proxy]:
    for program, package in (("nginx", "nginx-light"), ("openssl", "openssl")):
        if shutil.which(program) is None:
            pytest.skip(f"no {program}: apt-get install {package}")
    folder = tmp_path_factory.mktemp("proxy")
    (folder / "home" / "published").mkdir(parents=True)
    (folder / "home" / "published" / "index.html").write_text("全部月份", encoding="utf-8")
    backend = ThreadingHTTPServer(("127.0.0.1", 0), _Echo)
    threading.Thread(target=backend.serve_forever, daemon=True).start()
    ports = _free_ports(2)
    _fill(folder, ports, backend.server_port)
    command = ["nginx", "-c", str(folder / "main.conf"), "-e", str(folder / "error.log")]
    subprocess.run([*command, "-t"], check=True, capture_output=True)
    subprocess.run(command, check=True)
    try:
        pages, lookup = (f"https://127.0.0.1:{port}" for port in ports)
        yield Proxy(pages, lookup)
    finally:
        subprocess.run([*command, "-s", "stop"], check=True, capture_output=True)
        backend.shutdown()


def _fill(folder: Path, ports: list[int], backend: int) -> None:
    """Write the proxy's files: its site, who may do what, certificate and token."""
    options = {
        "home": folder / "home",
        "listen": f"127.0.0.1:{ports[0]}",
        "lookup-listen": f"127.0.0.1:{ports[1]}",
        "web-port": backend,
        "lookup-port": backend,
        "certificate": folder / "certificate.pem",
        "certificate-key": folder / "certificate.key",
        "lookup-token": folder / "token.conf",
        **{name: folder / name for name in PEOPLE},
    }
    arguments = [part for name, value in options.items() for part in (f"--{name}", str(value))]
    runpy.run_path(str(PROJECT_ROOT / "deploy" / "fill.py"))["main"]([str(folder), *arguments])
    for name, people in PEOPLE.items():
        (folder / name).write_text("".join(f"{one}:{{PLAIN}}{one}\n" for one in people))
    (folder / "token.conf").write_text(f'proxy_set_header Authorization "Bearer {TOKEN}";\n')
    key = ("-keyout", folder / "certificate.key", "-out", folder / "certificate.pem")
    command = ["openssl", "req", "-x509", "-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:P-256"]
    command += ["-nodes", "-subj", "/CN=localhost", "-days", "1", *map(str, key)]
    subprocess.run(command, check=True, capture_output=True)
    user = "user root;\n" if os.geteuid() == 0 else ""
    (folder / "main.conf").write_text(
        f"{user}pid {folder}/pid;\nevents {{}}\n"
        f"http {{ access_log off; include {folder}/nginx.conf; }}\n"
    )


@pytest.mark.parametrize(
    ("place", "stranger", "allowed"),
    [
        ("/", None, "reader"),
        ("/dagster/runs", None, "operator"),
        ("/dagster", "reader", "operator"),
    ],
)
def test_a_page_needs_the_login_of_who_may_see_it(
    proxy: Proxy, place: str, stranger: str | None, allowed: str
) -> None:
    assert proxy.get(proxy.pages + place, stranger)[0] == 401
    assert proxy.get(proxy.pages + place, "nobody")[0] == 401
    assert proxy.get(proxy.pages + place, allowed)[0] == 200


def test_published_pages_come_from_the_home(proxy: Proxy) -> None:
    assert proxy.get(f"{proxy.pages}/", "reader") == (200, "全部月份")
    assert proxy.get(f"{proxy.pages}/../ledger.sqlite", "reader")[0] in (400, 404)


def test_dagster_gets_its_websocket_and_no_password(proxy: Proxy) -> None:
    status, body = proxy.get(f"{proxy.pages}/dagster/graphql", "operator", Upgrade="websocket")
    seen = json.loads(body)
    assert (status, seen["path"]) == (200, "/dagster/graphql")
    assert (seen["upgrade"], seen["connection"]) == ("websocket", "upgrade")
    assert "authorization" not in seen


def test_the_look_up_gets_its_token_instead_of_the_login(proxy: Proxy) -> None:
    assert proxy.get(f"{proxy.lookup}/", "operator")[0] == 401
    status, body = proxy.get(f"{proxy.lookup}/building/1", "looker")
    assert (status, json.loads(body)["authorization"]) == (200, f"Bearer {TOKEN}")
