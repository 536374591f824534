"""A check that had nothing to check is not red because another step of its run failed."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import pytest
from dagster import (
    AssetCheckKey,
    AssetCheckResult,
    AssetCheckSpec,
    AssetKey,
    AssetSpec,
    DagsterInstance,
    Definitions,
    MaterializeResult,
    multi_asset,
)
from dagster._core.storage.asset_check_execution_record import AssetCheckExecutionRecordStatus

from orchestration.console.monthly.month_run import prepare_dagster
from orchestration.library_patches.dagster_unasked_checks import forget_unasked_checks
from orchestration.settings import Settings

_DELIVERY, _MART = AssetKey("delivery"), AssetKey("mart")


@multi_asset(
    specs=[AssetSpec(_DELIVERY)],
    check_specs=[AssetCheckSpec(name, asset=_DELIVERY) for name in ("asked", "unasked")],
    can_subset=True,
)
def delivery() -> Iterator[Any]:
    """Finish with a result of one check."""
    yield MaterializeResult(asset_key=_DELIVERY)
    yield AssetCheckResult(asset_key=_DELIVERY, check_name="asked", passed=False)


@multi_asset(
    specs=[AssetSpec(_MART, deps=[_DELIVERY])], check_specs=[AssetCheckSpec("sum", asset=_MART)]
)
def mart() -> Iterator[Any]:
    """Fail before anything is made."""
    yield from ()
    raise ValueError("on purpose")


def test_only_checks_of_finished_steps_are_forgotten(
    settings: Settings, monkeypatch: pytest.MonkeyPatch
) -> None:
    prepare_dagster(settings)
    monkeypatch.setenv("DAGSTER_HOME", str(settings.dagster))
    job = Definitions([delivery, mart]).resolve_implicit_global_asset_job_def()
    with DagsterInstance.get() as instance:
        run = job.execute_in_process(instance=instance, raise_on_error=False)

        def states() -> dict[str, list[str]]:
            storage = instance.event_log_storage
            keys = [AssetCheckKey(_DELIVERY, name) for name in ("asked", "unasked")]
            return {
                key.name: [
                    record.status.value
                    for record in storage.get_asset_check_execution_history(key, limit=9)
                ]
                for key in (*keys, AssetCheckKey(_MART, "sum"))
            }

        failed, planned = (
            AssetCheckExecutionRecordStatus.FAILED.value,
            AssetCheckExecutionRecordStatus.PLANNED.value,
        )
        assert states() == {"asked": [failed], "unasked": [planned], "sum": [planned]}
        unasked = [AssetCheckKey(_DELIVERY, "unasked")]
        assert forget_unasked_checks(instance, run.run_id) == unasked
        assert states() == {"asked": [failed], "unasked": [], "sum": [planned]}
