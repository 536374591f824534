"""The folders that a command uses, and its errors if one is missing."""

from __future__ import annotations

import json
import shutil
from pathlib import Path

import click
import pytest
from dagster import DagsterInstance, build_sensor_context
from deliver import report

from orchestration.cli import cli
from orchestration.console.exit_codes import FINE
from orchestration.defs.automation import delivery_sensor
from orchestration.ingest.deliveries import receive
from orchestration.reference.districts import district_ids
from orchestration.reference.months import Month
from orchestration.settings import (
    PROJECT_ROOT,
    SEEDS_DIR,
    MissingFolderError,
    Settings,
    load_settings,
)
from orchestration.store.ledger import Ledger

OCTOBER = Month(2022, 10)


def _run(*arguments: str) -> int:
    code = cli.main(list(arguments), standalone_mode=False)
    assert isinstance(code, int)
    return code


@pytest.mark.parametrize(
    "arguments", [("month", "2022-10"), ("month", "2022-10", "--again"), ("rebuild",)]
)
def test_a_missing_raw_folder_is_named_and_no_home_is_created(
    arguments: tuple[str, ...], settings: Settings, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    shutil.rmtree(settings.home)
    monkeypatch.setenv("FANGAN_RAW", str(tmp_path / "nowhere"))
    with pytest.raises(click.UsageError, match="nowhere"):
        _run(*arguments)
    assert not settings.home.exists()


def test_a_file_instead_of_the_raw_folder_is_an_error(
    settings: Settings, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    (tmp_path / "raw.zip").write_bytes(b"")
    monkeypatch.setenv("FANGAN_RAW", str(tmp_path / "raw.zip"))
    with pytest.raises(click.UsageError, match=r"raw\.zip"):
        _run("month", "2022-10")


def test_an_automatic_run_without_raw_folder_fails_too(settings: Settings, ledger: Ledger) -> None:
    settings.raw.rmdir()
    for district_id in district_ids():
        with pytest.raises(MissingFolderError, match=str(settings.raw)):
            receive(settings, ledger, OCTOBER, district_id)
    with (
        DagsterInstance.ephemeral() as instance,
        pytest.raises(MissingFolderError, match=str(settings.raw)),
    ):
        delivery_sensor(build_sensor_context(instance=instance))


def test_relative_paths_in_the_environment_start_in_the_current_folder(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    here = tmp_path / "here"
    here.mkdir()
    monkeypatch.chdir(here)
    for variable in ("FANGAN_RAW", "FANGAN_HOME", "FANGAN_DECISIONS"):
        monkeypatch.setenv(variable, variable.lower())
    made = load_settings()
    assert made.raw == here / "fangan_raw"
    assert made.home == here / "fangan_home"
    assert made.decisions == here / "fangan_decisions"
    # what is started from here works elsewhere
    monkeypatch.chdir(tmp_path)
    assert load_settings() == made


def test_default_paths_are_in_the_project(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    for variable in ("FANGAN_RAW", "FANGAN_HOME", "FANGAN_DECISIONS"):
        monkeypatch.delenv(variable, raising=False)
    settings = load_settings()
    assert settings.raw == PROJECT_ROOT / "raw"
    assert settings.home == PROJECT_ROOT / "var"
    assert settings.decisions == SEEDS_DIR


def test_relative_arguments_start_in_the_current_folder(
    lent_readers: None,
    settings: Settings,
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
) -> None:
    path = report(settings.raw, "gusu")
    monkeypatch.chdir(path.parent)
    assert _run("check", path.name, "--json") == FINE
    assert [r["month"] for r in json.loads(capsys.readouterr().out)] == ["2022-10"]
    assert (
        _run("template", "monthly_report", "gusu", "--month", "2022-10", "--out", "blank.xlsx")
        == FINE
    )
    assert (path.parent / "blank.xlsx").is_file()


@pytest.mark.parametrize("sql", ["", "  ", ";", "-- 没有", "/* 没有 */"])
def test_a_query_without_a_statement_is_a_usage_error(sql: str) -> None:
    with pytest.raises(click.UsageError, match="没有查询语句"):
        _run("query", "--", sql)
