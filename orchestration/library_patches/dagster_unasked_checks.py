"""Taking back the plan of checks that had nothing to check, in a run that failed elsewhere.

Dagster 1.13 plans every check of a run, and shows one without a result as skipped if the run ends
well, but as failed if any step of the run fails: a district that owes no case ledger would stand
red because a mart's test failed.

- Gain: no check is red that nobody failed.
- Relies on a planned check being one row of ``AssetCheckExecutionsTable``, in both databases.
- Test: ``tests/library_patches/test_dagster_unasked_checks.py`` asks Dagster's own interface.
- Remove it when a check may stay without a result: https://github.com/dagster-io/dagster/issues/28461
"""

from __future__ import annotations

from dagster import AssetCheckKey, DagsterEvent, DagsterEventType, DagsterInstance
from dagster._core.storage.asset_check_execution_record import AssetCheckExecutionRecordStatus
from dagster._core.storage.event_log import SqlEventLogStorage
from dagster._core.storage.event_log.schema import AssetCheckExecutionsTable


def forget_unasked_checks(instance: DagsterInstance, run_id: str) -> list[AssetCheckKey]:
    """Forget the checks of a run's finished steps that gave no result; return them.

    Checks of steps that failed or never began stay as they are: they were to be asked.
    """
    finished = {
        event.step_key for event in _events(instance, run_id, DagsterEventType.STEP_SUCCESS)
    }
    asked = {
        event.asset_check_evaluation_data.asset_check_key
        for event in _events(instance, run_id, DagsterEventType.ASSET_CHECK_EVALUATION)
    }
    planned = DagsterEventType.ASSET_CHECK_EVALUATION_PLANNED
    unasked = [
        event.asset_check_planned_data.asset_check_key
        for event in _events(instance, run_id, planned)
        if event.step_key in finished
        and event.asset_check_planned_data.asset_check_key not in asked
    ]
    storage = instance.event_log_storage
    assert isinstance(storage, SqlEventLogStorage)  # SQLite and PostgreSQL are
    columns = AssetCheckExecutionsTable.c
    with storage.index_connection() as connection:
        for key in unasked:
            connection.execute(
                AssetCheckExecutionsTable.delete().where(
                    columns.run_id == run_id,
                    columns.asset_key == key.asset_key.to_string(),
                    columns.check_name == key.name,
                    columns.execution_status == AssetCheckExecutionRecordStatus.PLANNED.value,
                )
            )
    return unasked


def _events(
    instance: DagsterInstance, run_id: str, of_type: DagsterEventType
) -> list[DagsterEvent]:
    records = instance.get_records_for_run(run_id, of_type=of_type).records
    events = (record.event_log_entry.dagster_event for record in records)
    return [event for event in events if event is not None]
