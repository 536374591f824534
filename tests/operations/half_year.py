"""A half-year of deliveries and the ticks of sensor and schedule in it, at given times.

The sensor, the schedule, the ledger and the judging are the real ones; the clock is the test's. A
run is what ``Runner`` says: here one that judges and records, in ``tests/reliability`` the real job
in a process that can be killed.
"""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from pathlib import Path
from typing import Protocol

import pytest
from dagster import (
    DagsterInstance,
    DagsterRunStatus,
    Definitions,
    RunRecord,
    RunRequest,
    build_schedule_context,
    build_sensor_context,
)
from dagster._core.test_utils import create_run_for_test
from deliver import report

from orchestration.defs import automation
from orchestration.operations import attempts
from orchestration.operations.unplaced import unplaced
from orchestration.reference.deadlines import SUZHOU
from orchestration.reference.districts import district_ids
from orchestration.reference.months import Month
from orchestration.settings import Settings
from orchestration.store.ledger import Ledger

FIRST = Month(2022, 7)
MONTHS = [FIRST.shift(index) for index in range(6)]
STEP = timedelta(hours=12)
#: Does a run of a month with these districts; True if it succeeded, False if it was killed.
Runner = Callable[[Month, Collection[str]], bool]
LOOK = timedelta(seconds=30)


def at(month: Month, day: int, hour: int = 10) -> datetime:
    """Return an hour of a day in the month after ``month``, when it is delivered."""
    following = month.shift(1)
    return datetime(following.year, following.number, day, hour, tzinfo=SUZHOU)


@dataclass
class HalfYear:
    """A home, a clock, and what was run and told, in order."""

    settings: Settings
    instance: DagsterInstance
    definitions: Definitions
    run: Runner
    now: datetime
    runs: list[str] = field(default_factory=list)
    told: list[str] = field(default_factory=list)
    _cursor: str | None = None
    _ended: dict[str, datetime] = field(default_factory=dict)

    def until(self, end: datetime, every: timedelta) -> None:
        """Let time pass with a look of the sensor at every step."""
        while self.now < end:
            self.now = min(self.now + every, end)
            self.look()

    def settle(self) -> None:
        """Let the sensor look twice: what has just been laid is taken at the second."""
        for _ in range(2):
            self.now += LOOK
            self.look()

    def look(self) -> None:
        """Evaluate the delivery sensor and run what it asks for."""
        context = build_sensor_context(
            instance=self.instance,
            cursor=self._cursor,
            repository_def=self.definitions.get_repository_def(),
        )
        tick = automation.delivery_sensor.evaluate_tick(context)
        self._cursor = tick.cursor
        for request in tick.run_requests or []:
            self._start(request, "sensor")
        for reason in (tick.skip_message or "").split("；"):
            if "不再自动统计" in reason:
                self._tell(f"sensor: {reason}")
        for one in unplaced(self.settings, Ledger(self.settings.ledger), self.now):
            self._tell(f"{one.fault} {one.path} -> {one.right}")

    def schedule(self) -> None:
        """Evaluate the month's schedule as of now."""
        context = build_schedule_context(
            instance=self.instance,
            scheduled_execution_time=self.now,
            repository_def=self.definitions.get_repository_def(),
        )
        tick = automation.monthly_statistics_schedule.evaluate_tick(context)
        for request in tick.run_requests or []:
            self._start(request, "schedule")
        if tick.skip_message:
            self._tell(f"schedule: {tick.skip_message.split('。')[0]}")

    def ended_at(self, record: RunRecord) -> datetime:
        """Return when a run ended by this clock."""
        return self._ended[record.dagster_run.run_id]

    def _start(self, request: RunRequest, by: str) -> None:
        month = Month.parse(str(request.partition_key))
        asked = request.asset_selection
        districts = (
            district_ids()
            if asked is None
            else [key.path[1] for key in asked if key.path[0] == "deliveries"]
        )
        success = self.run(month, districts)
        run = create_run_for_test(
            self.instance,
            job_name=automation.JOB_NAME,
            status=DagsterRunStatus.SUCCESS if success else DagsterRunStatus.FAILURE,
            tags={"dagster/partition": str(month), **request.tags},
        )
        self._ended[run.run_id] = self.now
        at = self.now.astimezone(SUZHOU)
        who = "all" if set(districts) == set(district_ids()) else "+".join(sorted(districts))
        outcome = "" if success else " killed"
        self.runs.append(f"{at:%m-%d %H:%M} {month} {by} {who or 'marts'}{outcome}")

    def _tell(self, message: str) -> None:
        if message not in self.told:
            self.told.append(message)


@contextmanager
def begun(
    settings: Settings, run: Runner, folder: Path, monkeypatch: pytest.MonkeyPatch
) -> Iterator[HalfYear]:
    """Yield a half-year at its beginning, whose clock is the platform's."""
    # it reads the manifest of the home that the environment names
    from orchestration.definitions import defs

    # a schedule is given a reference to the instance, which one in memory has not
    with DagsterInstance.local_temp(str(folder)) as instance:
        year = HalfYear(settings, instance, defs(), run, at(FIRST, 1, 0))
        monkeypatch.setattr(automation, "suzhou_time", lambda: year.now)
        monkeypatch.setattr(attempts, "_ended_at", year.ended_at)
        yield year


class Killable(Protocol):
    """A runner of which the next runs can be killed."""

    kills: int


def _deliver(settings: Settings, month: Month, *but: str) -> None:
    """Deliver what three districts report, but for those named."""
    for district_id in {"gusu", "sip", "wujiang"} - set(but):
        report(settings.raw, district_id, month)


def live_through(year: HalfYear, runs: Killable) -> None:
    """Let six months come in as they do: on time, late, wrong, twice, early, and be killed."""
    settings = year.settings
    july, august, september, october, november, december = MONTHS

    # on time, all at once; an hour later the first district corrects itself
    year.until(at(july, 3), STEP)
    _deliver(settings, july)
    year.settle()
    year.until(at(july, 3, 11), STEP)
    report(settings.raw, "gusu", july, completed_count=32)
    year.settle()
    year.until(at(july, 6, 6), STEP)
    year.schedule()

    # one district late, another's folder under the wrong names; the first run is killed twice
    year.until(at(august, 4), STEP)
    _deliver(settings, august, "gusu", "sip")
    runs.kills = 2
    year.settle()
    year.until(at(august, 4, 13), timedelta(minutes=5))
    wrong = settings.raw / "2022-8" / "320571"
    wrong.parent.mkdir()
    report(settings.raw, "sip", august)
    (settings.raw / "2022-08" / "320571").rename(wrong)
    year.settle()
    year.until(at(august, 6, 6), STEP)
    year.schedule()
    wrong.rename(settings.raw / "2022-08" / "320571")
    wrong.parent.rmdir()
    year.settle()
    year.until(at(august, 9), STEP)
    report(settings.raw, "gusu", august)
    year.settle()

    # a wrong file, then the right one; the next but one month is laid long before it comes
    year.until(at(september, 2), STEP)
    _deliver(settings, september, "gusu")
    (settings.raw / "2022-09" / "320508").mkdir()
    (settings.raw / "2022-09" / "320508" / "monthly_report.xlsx").write_bytes(b"no workbook")
    _deliver(settings, november)
    year.settle()
    year.until(at(september, 4), STEP)
    report(settings.raw, "gusu", september)
    year.settle()
    year.until(at(september, 6, 6), STEP)
    year.schedule()

    # delivered twice without a change, then taken out of the folder
    year.until(at(october, 3), STEP)
    _deliver(settings, october)
    year.settle()
    for path in (settings.raw / "2022-10").glob("*/*.xlsx"):
        path.touch()
    year.settle()
    next((settings.raw / "2022-10" / "320508").glob("*.xlsx")).unlink()
    year.settle()
    year.until(at(october, 6, 6), STEP)
    year.schedule()

    # killed whenever it is tried: given up, until a delivery changes
    year.until(at(december, 3), STEP)
    _deliver(settings, december)
    runs.kills = 9
    year.settle()
    year.until(at(december, 4), timedelta(minutes=30))
    runs.kills = 0
    year.until(at(december, 6, 6), STEP)
    year.schedule()
    report(settings.raw, "gusu", december, completed_count=32)
    year.settle()
    year.until(at(december, 20), STEP)
