"""The quick event log keeps what Dagster's own would keep, in the same files."""

from __future__ import annotations

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
