"""``fangan lookup`` and ``fangan serve``, run as commands."""

from __future__ import annotations

import http.client
import json
import os
import re
import shutil
import signal
import subprocess
from pathlib import Path
from typing import Any

import click
import pytest
from lookup.city import EVERYTHING, building, write_city
from month_installation import FANGAN

from orchestration.cli import cli
from orchestration.settings import Settings

SWAPS = 20


def run(*arguments: str) -> int:
    code = cli.main(["lookup", *arguments], standalone_mode=False)
    assert isinstance(code, int)
    return code


@pytest.fixture
def city(settings: Settings) -> Path:
    return write_city(settings.home, **EVERYTHING)


def test_a_building_is_printed_as_table_and_as_json(
    city: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    assert run("Ｍ１") == 0
    shown = capsys.readouterr().out
    for words in ("正式数据（第1版）", "平江路00001号", "已排查", "治理中", "违法加建扩建", "F2"):
        assert words in shown
    assert run("M1", "--json") == 0
    assert json.loads(capsys.readouterr().out)["building"]["building_id"] == "00001"


def test_a_key_without_an_answer_exits_with_findings_and_a_reason(
    city: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    assert run("F6") == 1
    shown = capsys.readouterr().out
    assert "编码已换发" in shown
    assert "F7" in shown
    assert run("M2", "--json") == 1
    assert json.loads(capsys.readouterr().out)["problem"]["reason"] == "several_buildings"


@pytest.mark.parametrize(
    "arguments",
    [(), ("--build",), ("M1", "--build", "--month", "2022-10"), ("M1", "--month", "2021-01")],
)
def test_wrong_arguments_are_usage_errors(city: Path, arguments: tuple[str, ...]) -> None:
    with pytest.raises(click.UsageError):
        run(*arguments)


def test_a_month_without_ledgers_has_no_file(settings: Settings) -> None:
    with pytest.raises(click.UsageError, match="fangan month 2022-10"):
        run("--build", "--month", "2022-10")


def test_a_damaged_file_is_reported_with_its_remedy(city: Path) -> None:
    city.chmod(0o644)
    city.write_bytes(b"no database" * 1_000)
    with pytest.raises(click.ClickException, match="--build"):
        run("M1")


@pytest.mark.parametrize("host", ["0.0.0.0", "::", "example.com"])
def test_serving_other_machines_needs_a_token(host: str) -> None:
    with pytest.raises(click.UsageError, match="FANGAN_LOOKUP_TOKEN"):
        cli.main(["serve", "--host", host], standalone_mode=False)


def test_a_weak_token_stops_the_start(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("FANGAN_LOOKUP_TOKEN", "secret")
    with pytest.raises(click.UsageError, match="openssl"):
        cli.main(["serve"], standalone_mode=False)


def test_an_address_in_use_is_reported(settings: Settings) -> None:
    import socket

    with socket.create_server(("127.0.0.1", 0)) as taken:
        port = str(taken.getsockname()[1])
        with pytest.raises(click.UsageError, match=port):
            cli.main(["serve", "--port", port], standalone_mode=False)


def test_the_real_service_survives_swaps_under_load(settings: Settings, tmp_path: Path) -> None:
    """Every request is answered from one whole file, the old one or the new one."""
    uses = ("居住", "工业")
    made = [
        write_city(tmp_path / use, buildings=[building(str(n), use=use) for n in range(50)])
        for use in uses
    ]
    path = write_city(settings.home, buildings=[building(str(n)) for n in range(50)])
    keys = [str(n) for n in range(50)]
    server = subprocess.Popen(
        [FANGAN, "serve", "--port", "0", "--rate", "100000"],
        env=os.environ,
        stderr=subprocess.PIPE,
        text=True,
    )
    try:
        assert server.stderr is not None
        address = server.stderr.readline()
        match = re.search(r":(\d+)/$", address.strip())
        assert match, address
        client = http.client.HTTPConnection("127.0.0.1", int(match[1]), timeout=20)
        seen = set()
        for swap in range(SWAPS):
            # asked before the swap, answered after it
            client.request("POST", "/api/v1/batch", *_body(keys))
            shutil.copyfile(made[swap % 2], path.with_suffix(".next"))
            os.replace(path.with_suffix(".next"), path)
            response = client.getresponse()
            items = json.loads(response.read())["items"]
            assert (response.status, len(items)) == (200, len(keys))
            found = {item["answer"]["building"]["basic"]["building_use"] for item in items}
            assert len(found) == 1
            client.request("GET", "/api/v1/buildings/7")
            after: dict[str, Any] = json.loads(client.getresponse().read())
            assert after["building"]["basic"]["building_use"] == uses[swap % 2]
            seen |= found
        assert seen == set(uses)
    finally:
        server.send_signal(signal.SIGINT)
        assert server.stderr is not None
        rest = server.stderr.read()
        server.wait(timeout=20)
    # neither a traceback nor DuckDB's list of what was not taken apart
    assert rest.strip() == "interrupted"
    lines = (settings.home / "logs" / "lookup.jsonl").read_text().splitlines()
    assert len(lines) == 2 * SWAPS


def _body(keys: list[str]) -> tuple[str, dict[str, str]]:
    return json.dumps({"keys": keys}), {"content-type": "application/json"}
