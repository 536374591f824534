"""The quick event log keeps what Dagster's own would keep, in the same files."""

from __future__ import annotations

import sqlite3
import zlib
from contextlib import closing
from pathlib import Path

import pytest
from dagster import (
    AssetCheckResult,
    AssetKey,
    AssetsDefinition,
    DagsterInstance,
    asset,
    asset_check,
    materialize,
)

import orchestration.library_patches.dagster_event_log  # noqa: F401 - both logs pack alike
from orchestration.console.monthly.month_run import prepare_dagster
from orchestration.settings import Settings


@asset
def counted() -> None:
    """One asset."""


@asset_check(asset=counted)
def holds() -> AssetCheckResult:
    """Report a check that fails."""
    return AssetCheckResult(passed=False)


def _kept(instance: DagsterInstance) -> tuple[list[str | None], int]:
    assets: list[AssetsDefinition] = [counted, holds]
    run = materialize(assets, instance=instance)
    records = instance.get_records_for_run(run.run_id).records
    steps = [r.event_log_entry.dagster_event for r in records]
    latest = instance.get_latest_materialization_event(AssetKey("counted"))
    assert latest is not None
    assert latest.run_id == run.run_id
    checks = instance.event_log_storage.get_asset_check_execution_history(
        next(iter(holds.check_keys)), limit=10
    )
    return [step.event_type_value if step else None for step in steps], len(checks)


def test_same_events_in_the_same_files(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    settings = Settings(raw=tmp_path / "raw", home=tmp_path / "home").prepare()
    prepare_dagster(settings)
    plain = tmp_path / "plain"
    plain.mkdir()
    (plain / "dagster.yaml").write_text("telemetry: {enabled: false}\n", encoding="utf-8")
    kept = {}
    for name, home in (("quick", settings.dagster), ("plain", plain)):
        monkeypatch.setenv("DAGSTER_HOME", str(home))
        with DagsterInstance.get() as instance:
            names = {base.__name__ for base in type(instance.event_log_storage).__mro__}
            assert ("QuickEventLog" in names) == (name == "quick")
            kept[name] = [_kept(instance) for _ in range(2)]
        runs = list((home / "history" / "runs").glob("*.db"))
        assert len(runs) == 3, "an index and two runs"
    assert kept["quick"] == kept["plain"]


def test_a_log_is_packed_and_closed_and_what_was_not_packed_is_still_read(
    settings: Settings, monkeypatch: pytest.MonkeyPatch
) -> None:
    prepare_dagster(settings)
    monkeypatch.setenv("DAGSTER_HOME", str(settings.dagster))
    with DagsterInstance.get() as instance:
        run_id = materialize([counted], instance=instance).run_id
        events = [record.event_log_entry for record in instance.get_records_for_run(run_id).records]
    folder = settings.dagster / "history" / "runs"
    assert {path.name for path in folder.iterdir()} == {"index.db", f"{run_id}.db"}, "no .db-wal"
    for path in folder.glob("*.db"):
        with closing(sqlite3.connect(path)) as connection, connection:
            rows = connection.execute("select id, event from event_logs").fetchall()
            plain = [(zlib.decompress(event).decode(), row) for row, event in rows]
            connection.executemany("update event_logs set event = ? where id = ?", plain)
    with DagsterInstance.get() as instance:
        again = [record.event_log_entry for record in instance.get_records_for_run(run_id).records]
        assert instance.get_latest_materialization_event(AssetKey("counted")) is not None
    assert again == events
