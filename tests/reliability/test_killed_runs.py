"""The real job killed by SIGKILL at random points, for a month and for the half-year."""

from __future__ import annotations

import os
import random
import shutil
import signal
import subprocess
import sys
from collections.abc import Collection
from pathlib import Path

import pytest
from deliver import OCTOBER, report
from operations.half_year import MONTHS, begun, live_through

from orchestration.modelling.up_to_date import is_current
from orchestration.publication.database.reading import open_statistics
from orchestration.reference.districts import district_ids
from orchestration.reference.months import Month
from orchestration.settings import Settings
from orchestration.store.ledger import Ledger

#: Runs the job for a month and districts as a run worker does, and prints a line an event.
_PROGRAM = """
import sys, uuid
from dagster import AssetKey, DagsterInstance
from orchestration.console.monthly.month_run import prepare_dagster
from orchestration.settings import load_settings
prepare_dagster(load_settings().prepare())
from orchestration.definitions import defs
job = defs().resolve_job_def("monthly_statistics")
asked = {f"deliveries/{d}" for d in sys.argv[2:]}
keys = [k for k in job.asset_layer.executable_asset_keys
        if k.path[0] != "deliveries" or k.to_user_string() in asked]
with DagsterInstance.get() as instance:
    run_id = str(uuid.uuid4())
    instance.add_event_listener(run_id, lambda _: print("event", flush=True))
    result = job.execute_in_process(partition_key=sys.argv[1], instance=instance, run_id=run_id,
                                    asset_selection=keys, raise_on_error=False)
sys.exit(not result.success)
"""
#: A whole month has more events than this: the last kills come while it publishes.
_EVENTS = 700


class RealRuns:
    """A run in a process of its own session, killed with all its children where asked."""

    def __init__(self, settings: Settings, seed: int) -> None:
        self._settings = settings
        self._dice = random.Random(seed)
        self.kills = 0
        #: After how many events each run was killed.
        self.killed_after: list[int] = []

    def __call__(self, month: Month, districts: Collection[str]) -> bool:
        environment = os.environ | {
            "FANGAN_RAW": str(self._settings.raw),
            "FANGAN_HOME": str(self._settings.home),
        }
        process = subprocess.Popen(
            [sys.executable, "-c", _PROGRAM, str(month), *districts],
            env=environment,
            stdout=subprocess.PIPE,
            stderr=subprocess.DEVNULL,
            text=True,
            start_new_session=True,
        )
        assert process.stdout is not None
        last = self._dice.randrange(1, _EVENTS) if self.kills else None
        self.kills -= bool(self.kills)
        count = 0
        for line in process.stdout:
            count += line == "event\n"
            if count == last:
                os.killpg(process.pid, signal.SIGKILL)
                self.killed_after.append(count)
                break
        return process.wait() == 0


@pytest.mark.slow
def test_a_month_killed_three_times_ends_published(
    settings: Settings, parsed_project: Path
) -> None:
    shutil.copytree(parsed_project, settings.dbt, dirs_exist_ok=True)
    report(settings.raw, "gusu")
    runs = RealRuns(settings, seed=3)
    runs.kills = 3
    assert [runs(OCTOBER, district_ids()) for _ in range(4)] == [False, False, False, True]
    assert len(runs.killed_after) == 3
    assert is_current(settings, Ledger(settings.ledger), OCTOBER)
    assert _completed(settings) == [("2022-10", 31)]


@pytest.mark.slow
@pytest.mark.parametrize("seed", [20])
def test_a_half_year_with_killed_runs_ends_published(
    settings: Settings,
    parsed_project: Path,
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
    seed: int,
) -> None:
    shutil.copytree(parsed_project, settings.dbt, dirs_exist_ok=True)
    runs = RealRuns(settings, seed)
    with begun(settings, runs, tmp_path, monkeypatch) as year:
        live_through(year, runs)
    print(f"seed {seed}, killed after {runs.killed_after} events")
    print("\n".join([*year.runs, *year.told]))
    ledger = Ledger(settings.ledger)
    assert [month for month in MONTHS if not is_current(settings, ledger, month)] == []
    # what was delivered last: gusu corrected July and December
    assert _completed(settings) == [
        (str(month), 32 if month in (MONTHS[0], MONTHS[-1]) else 31) for month in MONTHS
    ]


def _completed(settings: Settings) -> list[tuple[str, int]]:
    """Return what is published of 姑苏区 by month."""
    with open_statistics(settings.statistics) as connection:
        return connection.execute(
            "select strftime(month, '%Y-%m'), completed_count from marts.rpt_district_monthly"
            " where district_id = 'gusu' order by month"
        ).fetchall()
