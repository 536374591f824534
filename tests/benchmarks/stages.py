"""Where a month's CPU goes: pre-scan, read, judge, dbt, publish, each timed in this process.

Also how long all rules of the largest ledger take, clean and with every cell wrong. Reads the
files here, without the reading processes, so that their cost can be told apart. Prints JSON.
Run as ``python stages.py`` with FANGAN_RAW and a new FANGAN_HOME.
"""

from __future__ import annotations

import json
import resource
import sys
from collections.abc import Callable, Iterator
from contextlib import contextmanager, redirect_stdout
from datetime import datetime
from functools import partial
from typing import Any

import pyarrow as pa
import pyarrow.parquet as pq

from expectations.library_patches import great_expectations
from expectations.rule_files import load_rulebooks
from orchestration.ingest.reader import pipeline
from orchestration.ingest.reading import Reading
from orchestration.judgement.district import judge_district_month
from orchestration.judgement.reference import rule_context
from orchestration.judgement.within_delivery import judge_delivery
from orchestration.modelling.building import build
from orchestration.modelling.dbt import prepare_manifest
from orchestration.modelling.run_inputs import write_run_inputs
from orchestration.publication.database.publish import publish_statistics
from orchestration.publication.issue.placing import write_bulletin
from orchestration.reference.contracts import Contract, load_contracts
from orchestration.reference.districts import district_ids
from orchestration.reference.months import Month
from orchestration.settings import Settings, load_settings
from orchestration.store.ledger import Ledger

MONTH = Month.parse("2022-10")
KIND = "building_survey"
#: A value of each type that breaks what is asked of it but can be read where that is possible,
#: so that the rules behind the type are asked too. One key for all rows.
WRONG = {
    "identifier": "1",
    "text": "错",
    "free_text": "错",
    "code": "错",
    "integer": "999999",
    "decimal": "-1.5",
    "date": "2099-01-01",
}
SPENT: dict[str, float] = {}


def cpu() -> float:
    """Return user and system seconds of this process and of children that have ended."""
    used = [resource.getrusage(who) for who in (resource.RUSAGE_SELF, resource.RUSAGE_CHILDREN)]
    return sum(usage.ru_utime + usage.ru_stime for usage in used)


@contextmanager
def spending(stage: str) -> Iterator[None]:
    """Add the CPU seconds of the block to a stage."""
    before = cpu()
    yield
    SPENT[stage] = SPENT.get(stage, 0.0) + cpu() - before


def timed(stage: str, function: Callable[..., Any], *arguments: Any) -> Any:
    """Call a function and add its CPU to a stage."""
    with spending(stage):
        return function(*arguments)


def run(settings: Settings) -> None:
    """Take the month through its stages in order."""
    pipeline.prescan = partial(timed, "pre-scan", pipeline.prescan)  # type: ignore[assignment]
    ledger = Ledger(settings.ledger)
    with spending("Great Expectations import"):
        great_expectations()
    with spending("read and judge"):
        for district_id in district_ids():
            read = partial(timed, "read", pipeline.read_file)
            judge_district_month(settings, ledger, read, MONTH, district_id)
    SPENT["judge"] = SPENT.pop("read and judge") - SPENT["read"]
    SPENT["read"] -= SPENT["pre-scan"]
    prepare_manifest(settings)
    # stdout is for the JSON
    with spending("dbt"), redirect_stdout(sys.stderr):
        write_run_inputs(settings, ledger, MONTH)
        build(settings, [])
    with spending("publish"):
        publish_statistics(settings)
        write_bulletin(settings, MONTH, datetime(2022, 11, 5))


def largest_ledger(settings: Settings) -> None:
    """Time all rules within the largest ledger, as delivered and with every cell wrong."""
    landings = [p for p in settings.landing.rglob(f"{KIND}-*.parquet") if ".notes" not in p.name]
    landing = max(landings, key=lambda path: path.stat().st_size)
    table = pq.read_table(landing)
    contract = load_contracts()[KIND]
    wrong = {name: pa.array([WRONG[t]] * len(table)) for name, t in _types(contract).items()}
    kept = {name: table[name] for name in ("sheet", "row_number")}
    broken = settings.home / "broken.parquet"
    pq.write_table(pa.table(kept | wrong), broken)
    context = rule_context(contract, MONTH, landing.parent.name, None)
    for name, path in (("clean", landing), ("every cell wrong", broken)):
        reading = Reading(KIND, sheet="台账", file_rows=len(table), landed_rows=len(table))
        with spending(f"rules, {len(table):,} buildings, {name}"):
            result = judge_delivery(path, reading, contract, load_rulebooks()[KIND], context)
        sys.stderr.write(f"{name}: {len(result.findings):,} findings\n")


def _types(contract: Contract) -> dict[str, str]:
    return {column.name: column.type for column in contract.columns}


if __name__ == "__main__":
    here = load_settings().prepare()
    run(here)
    largest_ledger(here)
    sys.stdout.write(json.dumps(SPENT))
