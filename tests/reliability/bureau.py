"""A bureau whose services run, are killed, and are waited for, on a clock that is moved.

What a half-year brings is in ``test_services.py``; how services start is in ``services``.
"""

from __future__ import annotations

import os
import random
import signal
import sqlite3
from collections.abc import Iterator
from contextlib import closing, contextmanager
from datetime import datetime, timedelta
from functools import cached_property
from pathlib import Path

from dagster import DagsterInstance, DagsterRun, DagsterRunStatus, RunsFilter
from dagster._core.scheduler.instigation import InstigatorTick, TickStatus
from dagster._core.storage.dagster_run import NOT_FINISHED_STATUSES
from reliability.machine import Machine
from reliability.services import Services

from orchestration.console.exit_codes import FINDINGS, FINE
from orchestration.messages.letters import letters
from orchestration.operations.dead_runs import PROCESS_TAG
from orchestration.reference.months import Month
from orchestration.settings import Settings

_SENSORS = {"delivery_sensor", "dead_run_sensor", "failed_run_sensor", "finished_run_sensor"}
_SCHEDULE = "monthly_statistics_schedule"
_DAEMONS = ("SENSOR", "SCHEDULER", "QUEUED_RUN_COORDINATOR", "MONITORING", "BACKFILL")
#: Events; the shortest run, of a month that is judged already, has more.
_KILLED_AFTER = (5, 200)
#: Seconds; a machine that does much else is no reason to fail.
_LONGEST_RUN = 7200
#: One more than the longest interval of a sensor.
_LOOK = timedelta(seconds=61)
_QUIET_LOOKS = 3
#: Older heartbeats than this are told by a look (``silent_after_minutes`` is 10).
_FRESH = timedelta(minutes=5)


class Bureau(Services):
    """A home, its services, and everybody who lays files there; ``log`` is what was done."""

    def __init__(self, settings: Settings, folder: Path, now: datetime, seed: int) -> None:
        super().__init__(settings, Machine(folder / "machine", now), folder)
        self.log: list[str] = []
        self._dice = random.Random(seed)
        # what is read here is read by this process, too
        os.environ["DAGSTER_HOME"] = str(settings.dagster)

    # what is killed

    def kill(self, name: str) -> None:
        """Kill -9 a service's process, and nothing that it started."""
        self.note(f"kill -9 {name}")
        super().kill(name)

    def kill_worker(self) -> None:
        """Kill -9 the next run after a random number of its events."""
        run = self._next_run()
        self.note(f"kill -9 worker of {_month(run)}")
        os.kill(int(run.tags[PROCESS_TAG].split(":")[1]), signal.SIGKILL)

    def power_off(self) -> None:
        """Kill -9 everything at once, as a machine that loses its power does, in the next run."""
        run = self._next_run()
        self.note(f"power off during {_month(run)}")
        self.kill_all()

    def power_on(self) -> None:
        """Start the machine and its services again."""
        self.machine.boot()
        self.note("power on")
        self.start()

    def _next_run(self) -> DagsterRun:
        """Return the next run once its process is noted and it has a random number of events."""
        event_count = self._dice.randrange(*_KILLED_AFTER)
        found: list[DagsterRun] = []

        def has_come() -> bool:
            if not self._live_runs():
                self.wait_for(timedelta(seconds=31))
            for run in self._instance.get_runs(RunsFilter(statuses=[DagsterRunStatus.STARTED])):
                if PROCESS_TAG in run.tags and self._event_count(run) >= event_count:
                    found.append(run)
            return bool(found)

        self.wait(has_come, f"a run with {event_count} events")
        return found[0]

    def _event_count(self, run: DagsterRun) -> int:
        path = self.settings.dagster / "history" / "runs" / f"{run.run_id}.db"
        with closing(sqlite3.connect(path)) as connection:
            return int(connection.execute("select count(*) from event_logs").fetchone()[0])

    @cached_property
    def _instance(self) -> DagsterInstance:
        return DagsterInstance.get()

    # time

    def wait_for(self, pause: timedelta) -> None:
        """Let time pass; whoever is to do something then begins to."""
        self.machine.set(self.machine.now + pause)

    def until(self, moment: datetime) -> None:
        """Let it become that time, and what the sensors find then happen."""
        self.machine.set(max(moment, self.machine.now))
        self.settle()

    def until_scheduled(self, moment: datetime) -> None:
        """The same for a time just after the schedule's, which wakes within a real minute."""
        self.machine.set(max(moment, self.machine.now))
        since = (moment - timedelta(hours=2)).timestamp()
        self.wait(lambda: _SCHEDULE in self._ended_ticks(since), "the schedule")
        self.settle()

    def watch(self) -> None:
        """Look as the timer does; a daemon that lives has had the time to say so."""
        if "daemon" in self.running:
            self.wait(self._all_daemons_beat, "the daemon's heartbeats")
        code = self.fangan("watch", "--once")
        assert code in (FINE, FINDINGS), f"watch ended with {code}"

    def _all_daemons_beat(self) -> bool:
        beats = self._instance.get_daemon_heartbeats()
        since = (self.machine.now - _FRESH).timestamp()
        return all(d in beats and beats[d].timestamp >= since for d in _DAEMONS)

    def settle(self) -> None:
        """Wait until runs have ended and the sensors find nothing more to do."""
        quiet = 0
        while quiet < _QUIET_LOOKS:
            self.wait(lambda: not self._live_runs(), "the end of the runs", _LONGEST_RUN)
            asked = self._look()
            quiet = 0 if asked or self._live_runs() else quiet + 1
        self._note_runs()

    def _look(self) -> bool:
        """Let every sensor look once; return whether one asked for a run."""
        self.wait_for(_LOOK)
        since = self.machine.now.timestamp()
        asked = False

        def have_looked() -> bool:
            nonlocal asked
            ended = self._ended_ticks(since)
            asked = asked or any(tick.run_ids for ticks in ended.values() for tick in ticks)
            return ended.keys() >= _SENSORS

        self.wait(have_looked, "every sensor to look")
        return asked

    def _ended_ticks(self, since: float) -> dict[str, list[InstigatorTick]]:
        """Return the ticks from then on that have ended, by sensor and schedule."""
        found = {}
        for state in self._instance.all_instigator_state():
            ticks = self._instance.get_ticks(
                state.instigator_origin_id, state.selector_id, after=since - 1, limit=9
            )
            if ended := [tick for tick in ticks if tick.status is not TickStatus.STARTED]:
                found[state.instigator_name] = ended
        return found

    def _live_runs(self) -> list[DagsterRun]:
        return list(self._instance.get_runs(RunsFilter(statuses=NOT_FINISHED_STATUSES)))

    # what was done and told

    def note(self, what: str) -> None:
        """Add a line to the log, and print it."""
        line = f"{self.machine.now:%m-%d %H:%M} {what}"
        self.log.append(line)
        print(line, flush=True)

    def _note_runs(self) -> None:
        for record in self._instance.get_run_records(ascending=True):
            run = record.dagster_run
            line = f"run {run.run_id[:8]} {_month(run)} {run.status.value}"
            if not any(line in known for known in self.log):
                self.note(line)

    def runs(self, month: Month) -> str:
        """Return how the runs of a month ended, a letter each: S for success, F for failure."""
        records = self._instance.get_run_records(
            RunsFilter(tags={"dagster/partition": str(month)}), ascending=True
        )
        return "".join(record.dagster_run.status.value[0] for record in records)

    def told(self) -> list[str]:
        """Return the messages but the daily digests: day, what became of the cause, subject."""
        return [
            f"{datetime.fromisoformat(letter.written_at):%m-%d} {letter.event} {letter.subject}"
            for letter in letters(self.settings)
            if letter.event != "digest"
        ]


@contextmanager
def opened(settings: Settings, folder: Path, now: datetime, seed: int) -> Iterator[Bureau]:
    """Yield a bureau, and end what it has started."""
    bureau = Bureau(settings, folder, now, seed)
    try:
        yield bureau
    finally:
        bureau.kill_all()


def _month(run: DagsterRun) -> str:
    return run.tags.get("dagster/partition", "no month")
