"""dbt in a thread tells what its own process tells, and ends when nobody listens any more."""

from __future__ import annotations

import json
import os
import shutil
import subprocess
from typing import Any

import pytest
from dbt.cli.main import dbtRunner
from month_installation import Installation

from orchestration.library_patches.dbt_in_process import DbtThread, load_manifest
from orchestration.modelling.dbt import DBT_EXECUTABLE, dbt_environment, manifest_file
from orchestration.settings import DBT_PROJECT_DIR, Settings

PLACE = ("--project-dir", str(DBT_PROJECT_DIR), "--profiles-dir", str(DBT_PROJECT_DIR))


@pytest.fixture
def home(october: Installation, installation) -> Settings:
    """A home with October's warehouse, which dbt's environment names."""
    settings: Settings = installation("dbt in process").settings
    shutil.copy(october.settings.warehouse, settings.warehouse)
    return settings


def _told(events: list[dict[str, Any]]) -> list[tuple[str, str, str]]:
    """Return event, node and status of each result that is told."""
    return [
        (event["info"]["name"], node["unique_id"], node["node_status"])
        for event in events
        if event["info"]["name"].startswith("Log") and event["info"]["name"].endswith("Result")
        for node in [event["data"]["node_info"]]
    ]


def test_the_results_are_those_of_dbts_own_process(home: Settings) -> None:
    environment = {**os.environ, **dbt_environment(home)}
    command = ["build", "--select", "populations", "dim_district", *PLACE]
    thread = DbtThread(command, load_manifest(manifest_file(home).parent))
    ours = _told(list(thread.events()))
    run = subprocess.run(
        [DBT_EXECUTABLE, "--log-format", "json", *command],
        env=environment,
        capture_output=True,
        text=True,
        check=False,
    )
    assert run.returncode == thread.wait() == 0, run.stdout
    theirs = _told([json.loads(line) for line in run.stdout.splitlines()])
    assert ours == theirs != []
    results = {(r.unique_id, r.status) for r in thread.results()}
    hooks = {result for result in results if result[0].startswith("operation.")}
    assert results - hooks == {row[1:] for row in ours}


def test_nodes_that_are_left_are_not_run_when_the_reader_goes(home: Settings) -> None:
    dbt_environment(home)
    thread = DbtThread(["build", *PLACE], load_manifest(manifest_file(home).parent))
    for event in thread.events():
        if event["info"]["name"] == "LogStartLine":
            break
    thread.stop()
    assert thread.wait() == 1
    # the one that ran when the reader went, and perhaps the next
    done = [
        result.unique_id
        for result in thread.results()
        if result.status in ("success", "pass") and not result.unique_id.startswith("operation.")
    ]
    assert len(done) <= 3
    assert any("interrupted" in result.message for result in thread.results())


def test_a_command_that_breaks_ends_and_is_no_success(monkeypatch) -> None:
    def breaks(*_: object) -> None:
        raise SystemExit("broken")

    monkeypatch.setattr(dbtRunner, "invoke", breaks)
    thread = DbtThread(["build"], None)
    assert list(thread.events()) == []
    assert thread.wait() == 2
    assert str(thread.exception) == "broken"
    assert thread.results() == []
