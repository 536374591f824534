"""Asking a district's rules across deliveries and months, on its accepted rows.

Gives the SQL rules of ``expectations`` the views they read: this month's accepted deliveries,
last month's, and the context. A rule whose input is not there is not applicable, and says why.
"""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import duckdb
import pandas as pd

from expectations.crossing import SHARED_MACROS, CrossFailure, ask
from expectations.rulebook import Rule, Sql
from orchestration.contracts import Contract
from orchestration.ingest.reading import Reading
from orchestration.judgement.delivery import not_applicable
from orchestration.judgement.findings import FINDING_COLUMNS
from orchestration.months import Month
from orchestration.store.records import Verdict

PREVIOUS = "previous_"


@contextmanager
def accepted_views(
    contracts: dict[str, Contract], accepted: dict[str, Path], month: Month
) -> Iterator[duckdb.DuckDBPyConnection]:
    """Open a DuckDB with a view per kind, this month's and last month's, empty where not there.

    ``accepted`` maps ``<kind>`` and ``previous_<kind>`` to the Parquet of accepted rows.
    """
    with duckdb.connect() as connection:
        for kind, contract in contracts.items():
            for name in (kind, PREVIOUS + kind):
                connection.execute(_view(name, contract, accepted.get(name)))
        connection.execute(
            "create table context as select ?::date as month, ?::date as next_month",
            [month.first_day, month.shift(1).first_day],
        )
        connection.execute(SHARED_MACROS.read_text(encoding="utf-8"))
        yield connection


def _view(name: str, contract: Contract, parquet: Path | None) -> str:
    if parquet is not None:
        location = str(parquet).replace("'", "''")
        return f"create view {name} as from read_parquet('{location}')"
    fields = ", ".join(f"null::varchar as {field}" for field in contract.fields)
    return f"create view {name} as select null::integer as row_number, {fields} where false"


def judge_across(
    connection: duckdb.DuckDBPyConnection,
    rules: list[Rule],
    available: set[str],
    reading: Reading,
) -> tuple[list[Verdict], pd.DataFrame]:
    """Ask the SQL rules of one kind; return their verdicts and findings.

    ``available`` names the views that hold a delivery; ``reading`` is the receipt of the kind's
    own delivery, which tells the cells.
    """
    verdicts, findings = [], []
    for rule in rules:
        assert isinstance(rule.test, Sql)
        absent = [name for name in rule.test.needs if name not in available]
        if absent:
            verdicts += not_applicable([rule], "、".join(_reason(name) for name in absent))
            continue
        try:
            checked, failures = ask(connection, rule)
        except (duckdb.Error, ValueError) as error:
            verdicts.append(_verdict(rule, "error", None, None, str(error)))
            continue
        outcome = "fail" if failures else "pass"
        verdicts.append(_verdict(rule, outcome, len(failures), checked, None))
        findings.append(_findings(rule, failures, reading))
    return verdicts, pd.concat(findings, ignore_index=True) if findings else pd.DataFrame()


def _reason(name: str) -> str:
    if name.startswith(PREVIOUS):
        return f"上月没有采用的 {name.removeprefix(PREVIOUS)}"
    return f"本月没有采用的 {name}"


def _verdict(
    rule: Rule, outcome: str, failing: int | None, checked: int | None, reason: str | None
) -> Verdict:
    return Verdict(rule.id, rule.dimension, rule.severity, outcome, failing, checked, reason)


def _findings(rule: Rule, failures: list[CrossFailure], reading: Reading) -> pd.DataFrame:
    def cell(failure: CrossFailure) -> str | None:
        letter = reading.columns.get(failure.field)
        return f"{letter}{failure.row_number}" if letter and failure.row_number else None

    def message(failure: CrossFailure) -> str:
        header = reading.headers.get(failure.field, failure.field)
        return f"“{header}”（{failure.record_key}）：{rule.sentence}"

    return pd.DataFrame(
        {
            "rule_id": [rule.id] * len(failures),
            "severity": rule.severity,
            "dimension": rule.dimension,
            "sheet": reading.sheet,
            "row_number": [failure.row_number for failure in failures],
            "cell": [cell(failure) for failure in failures],
            "field": [failure.field for failure in failures],
            "record_key": [failure.record_key for failure in failures],
            "message": [message(failure) for failure in failures],
            "remedy": rule.remedy,
        }
    )[list(FINDING_COLUMNS)]
