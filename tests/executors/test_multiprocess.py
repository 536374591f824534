"""A month whose steps have processes of their own: each file read once, the same marts."""

from __future__ import annotations

from pathlib import Path

import pytest
from dagster import DagsterEventType, DagsterInstance
from executors.month_elsewhere import environment, files_read, forget_what_was_read, run_october
from month_installation import Installation

from orchestration.publication.database.reading import logical_hash
from orchestration.store.locks import held_locks, left_locks


def test_a_month_in_many_processes(
    after_october: Installation, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    settings = after_october.settings
    delivered = len(list(settings.raw.glob("2022-10/*/*")))
    first = forget_what_was_read(settings)
    run = run_october(environment(after_october, tmp_path / "readings", "multiprocess"))
    assert run.returncode == 0, run.stdout + run.stderr
    assert logical_hash(settings.statistics) == first

    read = files_read(tmp_path / "readings")
    assert len(read) == len(set(read)) == delivered
    said = run.stdout + run.stderr
    assert [word for word in ("OK created", "STEP_WORKER_STARTED") if word in said] == []
    assert held_locks(settings.locks) == left_locks(settings.locks) == {}

    monkeypatch.setenv("DAGSTER_HOME", str(settings.dagster))
    with DagsterInstance.get() as instance:
        [last] = instance.get_runs(limit=1)
        done, in_processes = (
            {record.event_log_entry.step_key for record in found.records}
            for kind in (DagsterEventType.STEP_SUCCESS, DagsterEventType.STEP_WORKER_STARTED)
            for found in [instance.get_records_for_run(last.run_id, of_type=kind)]
        )
    assert done == in_processes
