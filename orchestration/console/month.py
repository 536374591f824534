"""``fangan month``: run a month through the Dagster job, then show what came of it."""

from __future__ import annotations

import csv
import gc
import logging
import os
import shutil
import sys
import uuid
from contextlib import redirect_stdout
from dataclasses import dataclass
from decimal import Decimal
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click
from rich.console import Console
from rich.progress import BarColumn, Progress, SpinnerColumn, TextColumn, TimeElapsedColumn

from orchestration.console.output import Record, print_table
from orchestration.modelling.up_to_date import is_current
from orchestration.reference import vocabulary
from orchestration.reference.districts import CITY_ID
from orchestration.reference.measures import PRINTED_MEASURES
from orchestration.reference.metrics import short_header
from orchestration.reference.months import Month
from orchestration.settings import PROJECT_ROOT, SEEDS_DIR, Settings
from orchestration.store.ledger import Ledger
from orchestration.store.locks import BusyError, holding, open_elsewhere
from orchestration.store.tidying import tidy_home

if TYPE_CHECKING:
    import duckdb

#: A month makes few cycles, and the frames that take memory are no part of any.
GC_THRESHOLDS = (100_000, 50, 50)


class RunFailedError(RuntimeError):
    """The run failed through a fault of ours; the message says in which step and why."""


def prepare_dagster(settings: Settings) -> None:
    """Give Dagster its home: our instance file, copied on every start."""
    os.environ["DAGSTER_HOME"] = str(settings.dagster)
    shutil.copyfile(
        PROJECT_ROOT / "orchestration" / "dagster.yaml", settings.dagster / "dagster.yaml"
    )


def run_month(settings: Settings, month: Month, *, again: bool = False) -> bool:
    """Run the month's job in this process, with progress on a terminal.

    Returns False, having run nothing, if what is published already says what the deliveries
    and the code would make of the month (unless ``again``). Raises BusyError if another run
    holds the month or the warehouse, RunFailedError otherwise.
    """
    prepare_dagster(settings)
    with holding(settings.locks, "month"):
        tidy_home(settings)
        if not again and is_current(settings, Ledger(settings.ledger), month):
            return False

        # half a million objects are made for good: looking among them for garbage costs a sixth
        gc.disable()
        from dagster import DagsterInstance

        from orchestration.definitions import defs
        from orchestration.defs.automation import JOB_NAME

        logging.getLogger("dagster").setLevel(logging.CRITICAL)
        job = defs().resolve_job_def(JOB_NAME)
        gc.freeze()
        gc.set_threshold(*GC_THRESHOLDS)
        gc.enable()
        run_id = str(uuid.uuid4())
        steps = len(job.nodes_in_topological_order)
        log = (settings.dagster / "month.log").open("w", encoding="utf-8")
        # dbt's own lines go to the log; a terminal shows the steps instead
        with (
            DagsterInstance.get() as instance,
            _Watcher(steps) as watcher,
            log,
            redirect_stdout(log),
        ):
            instance.add_event_listener(run_id, watcher.see)
            result = job.execute_in_process(
                partition_key=str(month),
                instance=instance,
                run_id=run_id,
                raise_on_error=False,
                run_config={"loggers": {"console": {"config": {"log_level": "CRITICAL"}}}},
            )
        if not result.success:
            # DuckDB lists all that Python did not take apart at its end
            gc.unfreeze()
            raise _failure(result)
        # all of it goes with the process, which would look through it once more at its end
        gc.freeze()
        return True


class _Watcher:
    """Shows the steps of a run as they finish, on a terminal only."""

    def __init__(self, steps: int) -> None:
        self._progress = Progress(
            SpinnerColumn(),
            TextColumn("{task.description}"),
            BarColumn(),
            TextColumn("{task.completed}/{task.total}"),
            TimeElapsedColumn(),
            console=Console(file=sys.stdout),
            transient=True,
            disable=not sys.stdout.isatty(),
        )
        self._task = self._progress.add_task("…", total=steps)

    def __enter__(self) -> _Watcher:
        self._progress.start()
        return self

    def __exit__(self, *_: object) -> None:
        self._progress.stop()

    def see(self, entry: Any) -> None:
        """Take one entry of Dagster's event log."""
        event = entry.dagster_event
        if event is None or event.step_key is None:
            return
        if event.event_type_value == "STEP_START":
            self._progress.update(self._task, description=event.step_key)
        elif event.event_type_value in ("STEP_SUCCESS", "STEP_FAILURE"):
            self._progress.advance(self._task)


def _failure(result: Any) -> Exception:
    """Return the cause of a failed run: busy if somebody holds the warehouse."""
    failures = [event for event in result.all_events if event.is_step_failure]
    reasons = []
    for event in failures:
        error = event.step_failure_data.error
        while error.cause is not None:
            error = error.cause
        message = error.message.strip()
        if error.cls_name == BusyError.__name__:
            return BusyError(message.removeprefix("orchestration.store.locks.BusyError: "))
        if busy := open_elsewhere(message):
            return busy
        reasons.append(f"{event.step_key}: {message}")
    return RunFailedError("; ".join(reasons) or "the run failed before its first step")


@dataclass(frozen=True)
class MonthResult:
    """The published table of a month and what stands beside it."""

    rows: list[Record]
    finding_count: int
    corrections: dict[str, int]
    waivers: dict[str, int]
    is_simulated: bool
    missing: list[str]
    files: list[Path]
    differences: list[Record] | None
    text_problems: list[str]


def month_result(settings: Settings, month: Month) -> MonthResult:
    """Read back the published figures, findings and files of a month."""
    from orchestration.publication.database.reading import open_statistics
    from orchestration.publication.issue.placing import load_newsletter

    with open_statistics(settings.statistics) as connection:
        cursor = connection.execute(
            "select * from marts.rpt_district_monthly where month = ? order by sort_order",
            [month.first_day],
        )
        names = [column[0] for column in cursor.description or []]
        rows = [dict(zip(names, row, strict=True)) for row in cursor.fetchall()]
        failing = connection.execute(
            "select count(*) from marts.rpt_verdict where month = ?"
            " and (outcome = 'error' or (outcome = 'fail' and severity <> 'info'))",
            [month.first_day],
        ).fetchall()[0][0]
        simulated = connection.execute(
            "select count(*) from marts.rpt_delivery where month = ? and contains(file_name, ?)",
            [month.first_day, vocabulary.SIMULATED],
        ).fetchall()[0][0]
        corrections = _by_status(connection, "rpt_correction", month)
        waivers = _by_status(connection, "rpt_waiver", month)
    folder = settings.published / str(month)
    return MonthResult(
        rows=rows,
        finding_count=failing,
        corrections=corrections,
        waivers=waivers,
        is_simulated=simulated > 0,
        missing=[
            r["district_name"] for r in rows if r["is_partial"] and r["district_id"] != CITY_ID
        ],
        files=[settings.statistics, *sorted(folder.glob("[!.]*.*"))],
        differences=_differences(month, rows),
        text_problems=list(
            load_newsletter(settings.statistics, settings.editorial(str(month)), month).problems
        ),
    )


def _by_status(connection: duckdb.DuckDBPyConnection, mart: str, month: Month) -> dict[str, int]:
    """Count the month's corrections or waivers by what became of them."""
    rows = connection.execute(
        f"select status, count(*) from marts.{mart} where month = ? group by all order by all",  # noqa: S608 - our table
        [month.first_day],
    ).fetchall()
    return dict(rows)


def printed_rows(rows: list[Record]) -> list[Record]:
    """Return the table as the bulletin prints it: names, six measures, the city as 合计."""
    return [
        {"地区": "合计" if row["district_id"] == CITY_ID else row["district_name"]}
        | {short_header(measure): row[measure] for measure in PRINTED_MEASURES}
        for row in rows
    ]


def _differences(month: Month, rows: list[Record]) -> list[Record] | None:
    """Compare with the figures the bureau published; None if it published none we know of."""
    with (SEEDS_DIR / "published_figures.csv").open(encoding="utf-8", newline="") as handle:
        published = {
            r["district_id"]: r for r in csv.DictReader(handle) if r["month"] == str(month)
        }
    if not published:
        return None
    return [
        {
            "地区": row["district_name"],
            "指标": short_header(measure),
            "本次": row[measure],
            "公布": Decimal(published[row["district_id"]][measure]),
        }
        for row in rows
        for measure in PRINTED_MEASURES
        if row[measure] != Decimal(published[row["district_id"]][measure])
    ]


def show(month: Month, result: MonthResult) -> None:
    """Print a month's table, gaps, differences and files."""
    print_table(f"{month.chinese}（截至{month.chinese}末）", printed_rows(result.rows), missing="—")
    if result.missing:
        click.echo(f"缺报或不全：{'、'.join(result.missing)}；合计只含已报地区")
    if result.is_simulated:
        click.echo(
            f"{vocabulary.DEMONSTRATION}：含模拟报送，不是真实统计。Simulated: no real figures."
        )
    if result.differences == []:
        click.echo("与已公布的统计表逐格一致。Equal to the published table in every cell.")
    elif result.differences:
        print_table("与已公布的统计表不同之处", result.differences, missing="—")
    if result.finding_count:
        click.echo(f"{result.finding_count} 条规则未通过，详见 fangan status {month}")
    for problem in result.text_problems:
        click.echo(f"文稿：{problem}")
    _show_decisions(result)
    for path in result.files:
        click.echo(f"  {_short(path)}")


def _show_decisions(result: MonthResult) -> None:
    """Print what was corrected and waived, and which corrections need a person's look."""
    for label, states, names in (
        ("更正", result.corrections, vocabulary.CORRECTION_STATES),
        ("豁免", result.waivers, vocabulary.WAIVER_STATES),
    ):
        if states:
            counts = "，".join(f"{name} {states[s]}" for s, name in names.items() if s in states)
            click.echo(f"{label} {sum(states.values())} 条：{counts}")
    if result.corrections.keys() & {"not_applied", "stale"}:
        click.echo("注意：有更正未采用或已失效，逐条见 marts.rpt_correction 的 detail 栏")


def _short(path: Path) -> str:
    """Return a path as seen from here if it lies below, else whole."""
    here = Path.cwd()
    return str(path.relative_to(here)) if path.is_relative_to(here) else str(path)
