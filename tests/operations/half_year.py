"""A half-year of deliveries and the ticks of sensor and schedule in it, at given times.

The sensor, the schedule, the ledger and the judging are the real ones; the clock is the test's. A
run is what ``Runner`` says: here one that judges and records, in ``tests/reliability`` the real job
in a process that can be killed.
"""

from __future__ import annotations

from collections.abc import Callable, Collection
from dataclasses import dataclass, field
from datetime import datetime, timedelta

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

from orchestration.defs import automation
from orchestration.operations.unplaced import unplaced
from orchestration.reference.deadlines import SUZHOU
from orchestration.reference.districts import district_ids
from orchestration.reference.months import Month
from orchestration.settings import Settings
from orchestration.store.ledger import Ledger

#: Does a run of a month with these districts; True if it succeeded, False if it was killed.
Runner = Callable[[Month, Collection[str]], bool]
LOOK = timedelta(seconds=30)


@dataclass
class HalfYear:
    """A home, a clock, and what was run and told, in order."""

    settings: Settings
    instance: DagsterInstance
    stored: DagsterInstance
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
        for one in unplaced(self.settings, Ledger(self.settings.ledger), self.now):
            self._tell(f"{one.fault} {one.path} -> {one.right}")

    def schedule(self) -> None:
        """Evaluate the month's schedule as of now."""
        context = build_schedule_context(instance=self.stored, scheduled_execution_time=self.now)
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
