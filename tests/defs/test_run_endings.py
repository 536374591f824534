"""The sensors on ended runs tell of a failure without its words, and of its end."""

from __future__ import annotations

from collections.abc import Iterator

import pytest
from dagster import (
    DagsterInstance,
    DagsterRunStatus,
    ExecuteInProcessResult,
    build_run_status_sensor_context,
    job,
    op,
)
from dagster._core.test_utils import create_run_for_test

from orchestration.defs.run_endings import failed_run_sensor, finished_run_sensor
from orchestration.executors.run_process import COMMAND_TAG
from orchestration.messages.letters import letters
from orchestration.settings import Settings
from orchestration.store.locks import BusyError

MONTH = {"dagster/partition": "2022-10"}


@op
def passes() -> None: ...


@op
def breaks() -> None:
    raise ValueError("张三 13812345678")


@op
def waits() -> None:
    raise BusyError("process 1 holds the home")


@job
def passing() -> None:
    passes()


@job
def breaking() -> None:
    breaks()


@job
def waiting() -> None:
    waits()


@pytest.fixture
def instance(settings: Settings, monkeypatch: pytest.MonkeyPatch) -> Iterator[DagsterInstance]:
    monkeypatch.setenv("FANGAN_HOME", str(settings.home))
    monkeypatch.setenv("FANGAN_RAW", str(settings.raw))
    with DagsterInstance.ephemeral() as instance:
        yield instance


def _tell(instance: DagsterInstance, result: ExecuteInProcessResult) -> None:
    sensor = finished_run_sensor if result.success else failed_run_sensor
    ended = result.get_run_success_event() if result.success else result.get_run_failure_event()
    context = build_run_status_sensor_context(sensor.name, ended, instance, result.dagster_run)
    sensor(context if result.success else context.for_run_failure())


def _subjects(settings: Settings) -> set[str]:
    return {letter.subject for letter in letters(settings) if "统计运行失败" in letter.subject}


def test_a_failure_is_told_without_its_words_and_then_its_end(
    instance: DagsterInstance, settings: Settings
) -> None:
    failed = breaking.execute_in_process(instance=instance, tags=MONTH, raise_on_error=False)
    _tell(instance, failed)
    [told] = [letter for letter in letters(settings) if "统计运行失败" in letter.subject]
    assert "breaks: ValueError" in told.text
    assert "1381234" not in told.text
    assert "张三" not in told.text
    # copied from the command's run, as Dagster does when it tries a run again
    copied = MONTH | {COMMAND_TAG: failed.run_id}
    _tell(instance, passing.execute_in_process(instance=instance, tags=copied))
    # both of one second
    assert _subjects(settings) == {"【2022-10】统计运行失败", "【2022-10】统计运行失败：已结束"}


def test_a_run_that_was_killed_is_told(instance: DagsterInstance, settings: Settings) -> None:
    run = create_run_for_test(instance, status=DagsterRunStatus.STARTED, tags=MONTH)
    ended = instance.report_run_failed(run, "process 1 of this run is gone")
    context = build_run_status_sensor_context(failed_run_sensor.name, ended, instance, run)
    failed_run_sensor(context.for_run_failure())
    [told] = [letter for letter in letters(settings) if "统计运行失败" in letter.subject]
    assert "killed, or ended from outside" in told.text


def test_a_run_that_found_the_home_busy_is_told_nobody(
    instance: DagsterInstance, settings: Settings
) -> None:
    _tell(instance, waiting.execute_in_process(instance=instance, tags=MONTH, raise_on_error=False))
    _tell(instance, breaking.execute_in_process(instance=instance, raise_on_error=False))
    assert list(letters(settings)) == []
