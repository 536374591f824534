"""The commands of dbt_project/README.md work as they stand there."""

from __future__ import annotations

import os
import re
import shlex
import shutil
from collections.abc import Iterator
from pathlib import Path
from typing import Any
from unittest.mock import patch

import duckdb
import pytest
from dbt.adapters.duckdb.connections import DuckDBConnectionManager
from dbt.cli.main import dbtRunner
from month_installation import Installation

from orchestration.library_patches.dbt_in_process import load_manifest
from orchestration.settings import DBT_PROJECT_DIR, Settings

README = (DBT_PROJECT_DIR / "README.md").read_text(encoding="utf-8")
BLOCK = re.search(r"^```sh\ncd dbt_project\n(.+?)^```", README, re.DOTALL | re.MULTILINE)
COMMANDS = [line.split("#")[0].strip() for line in BLOCK[1].splitlines()] if BLOCK else []


@pytest.fixture(scope="module")
def home(october: Installation, installation) -> Settings:
    settings: Settings = installation("dbt by hand").settings
    shutil.copy(october.settings.warehouse, settings.warehouse)
    return settings


@pytest.fixture(scope="module")
def manifest(home: Settings) -> Any:
    """The parsed project: what dbt finds in its target folder when it is run twice."""
    manifest = load_manifest(home.dbt / "target")
    # dbt does it when it reads the project
    manifest.build_flat_graph()
    return manifest


@pytest.fixture
def _in_the_folder(home: Settings, monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    monkeypatch.chdir(DBT_PROJECT_DIR)
    here = {
        "FANGAN_HOME": str(home.home),
        "DBT_TARGET_PATH": str(home.dbt / "target"),
        "DBT_LOG_PATH": str(home.dbt / "logs"),
    }
    with patch.dict(os.environ, here):
        os.environ.pop("FANGAN_WAREHOUSE", None)
        yield
        DuckDBConnectionManager.close_all_connections()


def test_the_readme_names_what_a_dbt_user_would_try() -> None:
    tried = {tuple(shlex.split(command))[1] for command in COMMANDS}
    assert tried == {"build", "test", "show", "ls", "docs"}


@pytest.mark.usefixtures("_in_the_folder")
@pytest.mark.parametrize("command", COMMANDS)
def test_a_command_of_the_readme_works(manifest: Any, home: Settings, command: str) -> None:
    program, *arguments = shlex.split(command)
    assert program == "dbt"
    done = dbtRunner(manifest).invoke(arguments)
    assert done.success, done.exception or done.result
    if arguments[0] == "docs":
        assert (home.dbt / "target" / "static_index.html").stat().st_size > 100_000


@pytest.mark.usefixtures("_in_the_folder")
def test_a_warehouse_without_a_run_says_what_to_do(
    manifest: Any, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capfd
) -> None:
    monkeypatch.setenv("FANGAN_HOME", str(tmp_path))
    done = dbtRunner(manifest).invoke(["build", "--select", "stg_monthly_report"])
    assert not done.success
    told = capfd.readouterr().out
    assert f"the warehouse {tmp_path}/warehouse.duckdb was prepared by no run" in told
    assert "fangan month 2022-10" in told


@pytest.mark.usefixtures("_in_the_folder")
def test_a_full_refresh_keeps_the_earlier_months(manifest: Any, home: Settings) -> None:
    with duckdb.connect(str(home.warehouse)) as connection:
        connection.execute(
            "create temp table earlier as"
            " select * replace (date '2022-09-01' as month) from marts.rpt_delivery"
        )
        connection.execute("insert into marts.rpt_delivery from earlier")
    dbtRunner(manifest).invoke(["run", "--full-refresh", "--select", "rpt_delivery"])
    DuckDBConnectionManager.close_all_connections()
    with duckdb.connect(str(home.warehouse)) as connection:
        months = connection.execute(
            "select distinct month::varchar from marts.rpt_delivery order by 1"
        ).fetchall()
    assert months[0] == ("2022-09-01",)
    assert len(months) == 2
