"""A month by two Celery workers, one of which is killed in the middle of a step.

Needs Debian's redis-server and the extra ``celery``; skipped with a message without them.
"""

from __future__ import annotations

import threading
from pathlib import Path
from typing import Any

import pytest
from awaiting import until
from dagster import DagsterEventType, DagsterInstance
from executors.month_elsewhere import environment, files_read, forget_what_was_read, run_october
from month_installation import Installation
from workers.redis_server import kill_whole, redis_server, require_celery, workers_of

from orchestration.executors.queue import BROKER
from orchestration.publication.database.reading import logical_hash

_APP = "orchestration.workers.celery_app"
_TAKEN = DagsterEventType.ENGINE_EVENT


@pytest.mark.slow
def test_a_month_by_two_workers_one_of_which_is_killed(
    after_october: Installation,
    tmp_path: Path,
    tmp_path_factory: pytest.TempPathFactory,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    require_celery()
    settings = after_october.settings
    first = forget_what_was_read(settings)
    monkeypatch.setenv("DAGSTER_HOME", str(settings.dagster))
    ended: list[Any] = []
    with redis_server(tmp_path_factory.mktemp("r")) as url, DagsterInstance.get() as instance:
        here = environment(after_october, tmp_path / "readings", "celery") | {BROKER: url}
        with workers_of(_APP, here) as start:
            killed = start(tmp_path / "1.log")
            start(tmp_path / "2.log")
            command = threading.Thread(target=lambda: ended.append(run_october(here)))
            command.start()
            step = until(lambda: _step_of(instance, "0@here"), "the first step")
            kill_whole(killed)
            command.join()
        taken = _workers(instance)
    assert ended[0].returncode == 0, ended[0].stdout + ended[0].stderr
    assert logical_hash(settings.statistics) == first
    assert taken[step] == ["0@here", "1@here"]
    assert [workers for workers in taken.values() if workers != ["1@here"]] == [taken[step]]
    # the step that was broken off may have begun to read
    read = files_read(tmp_path / "readings")
    assert len(set(read)) == len(list(settings.raw.glob("2022-10/*/*")))


def _step_of(instance: DagsterInstance, worker: str) -> str | None:
    """Return the first step that a worker took, if it has."""
    found = [step for step, workers in _workers(instance).items() if worker in workers]
    return found[0] if found else None


def _workers(instance: DagsterInstance) -> dict[str, list[str]]:
    """Return the workers of each step of the last run, in order."""
    taken: dict[str, list[str]] = {}
    [run] = instance.get_runs(limit=1)
    for record in instance.get_records_for_run(run.run_id, _TAKEN).records:
        event = record.event_log_entry.dagster_event
        assert event is not None
        worker = event.engine_event_data.metadata.get("Celery worker")
        if worker is not None:
            assert event.step_key is not None
            taken.setdefault(event.step_key, []).append(str(worker.value))
    return taken
