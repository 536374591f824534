"""The tables and macros for releases, vintages and revisions in the published file.

They are built from the ledger's decisions and the rows that releases kept. dbt cannot build them:
it sees one month and no release. Their SQL is beside this module; add a table there.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

import duckdb

from orchestration.formats.sql import literal, quoted
from orchestration.publication.database.reading import MARTS
from orchestration.publication.database.released_cache import VINTAGE_COLUMN
from orchestration.publication.database.released_rows import released_rows
from orchestration.publication.database.totals import with_totals
from orchestration.reference.deadlines import suzhou_clock
from orchestration.reference.measures import MEASURED, REPORT
from orchestration.reference.metrics import metric_descriptions
from orchestration.reference.months import Month
from orchestration.store.releases import ReleaseState

FIGURES = "rpt_district_monthly"
VINTAGES = "rpt_district_monthly_vintage"
_SQL = Path(__file__).with_suffix(".sql").read_text(encoding="utf-8")
_COMMENTED = [
    "rpt_release",
    "rpt_release_decision",
    "rpt_accepted_difference",
    "rpt_revision_triangle",
    "rpt_revision",
    "rpt_mean_revision",
]
_SHARED_COLUMNS = {
    "month": "统计月份 · first day of the reporting month",
    "district_id": "地区编号 · stable id of the district, or city",
    "district_code": "地区代码 · six-digit code; 320500 is the city",
    "district_name": "地区 · name as the bulletin prints it",
    "metric_id": "指标 · metric_id in dim_metric",
    "vintage": "版次 · number of the release",
    "is_total": (
        "是否合计行 · whether the row sums up other rows; a sum over the mart leaves it out"
    ),
}
_RELEASES = (
    "month date, vintage integer, status varchar, released_at timestamp, note varchar,"
    " reason_code varchar, reviewer varchar, released_status varchar, withdrawn_at timestamp,"
    " is_current boolean"
)
_DECISIONS = (
    "month date, decision_number integer, vintage integer, action varchar, decided_at timestamp,"
    " reason_code varchar, note varchar, decided_by varchar"
)
_DIFFERENCES = (
    "month date, vintage integer, district_id varchar, metric_id varchar,"
    " ledger_value decimal(18, 2), reported_value decimal(18, 2), difference decimal(18, 2),"
    " note varchar, accepted_by varchar"
)
_KEPT_DELIVERIES = (
    "vintage integer, month date, district_id varchar, kind varchar, version integer,"
    " sha256 varchar, state varchar"
)


def write_releases(
    connection: duckdb.DuckDBPyConnection, release_states: Mapping[Month, ReleaseState]
) -> None:
    """Make the working tables ``releases``, ``decisions`` and ``accepted_differences``."""
    made = [d for state in release_states.values() for d in state.decisions]
    _fill(
        connection,
        "releases",
        _RELEASES,
        [row for s in release_states.values() for row in _rows(s)],
    )
    _fill(
        connection,
        "decisions",
        _DECISIONS,
        [
            (month.first_day, number, d.vintage, d.action, suzhou_clock(d.decided_at),
             d.reason_code, d.note, d.decided_by)
            for month, state in release_states.items()
            for number, d in enumerate(state.decisions, start=1)
        ],
    )  # fmt: skip
    _fill(
        connection,
        "accepted_differences",
        _DIFFERENCES,
        [
            (d.month.first_day, d.vintage, *difference.values(), d.note, d.decided_by)
            for d in made
            for difference in d.accepted_differences
        ],
    )


def _rows(state: ReleaseState) -> list[tuple[Any, ...]]:
    shown = state.shown
    return [
        (
            vintage.month.first_day,
            vintage.number,
            vintage.status,
            suzhou_clock(vintage.release.decided_at),
            vintage.release.note,
            vintage.release.reason_code,
            vintage.release.decided_by,
            vintage.release.status,
            vintage.withdrawn_at and suzhou_clock(vintage.withdrawn_at),
            vintage == shown,
        )
        for vintage in state.vintages
    ]


def _fill(
    connection: duckdb.DuckDBPyConnection, table: str, columns: str, rows: Sequence[Sequence[Any]]
) -> None:
    connection.execute(f"create or replace temp table {table} ({columns})")
    if rows:
        marks = ", ".join(f"({', '.join('?' for _ in row)})" for row in rows)
        connection.execute(
            f"insert into {table} values {marks}",  # noqa: S608 - our table
            [value for row in rows for value in row],
        )


def write_release_tables(
    connection: duckdb.DuckDBPyConnection, released: Mapping[str, Mapping[str, str]]
) -> None:
    """Write the tables and macros into the attached database ``publication``.

    ``released`` has the columns of each mart that releases kept. The published marts and the
    table ``releases`` exist already.
    """
    parts = [f"from publication.{MARTS}.{FIGURES} where vintage = 0"]
    if FIGURES in released:
        kept = released[FIGURES]
        parts.append(with_totals(FIGURES, kept, released_rows(FIGURES, kept)))
    connection.execute(
        f"create or replace temp table vintages as {' union all by name '.join(parts)}"
    )
    _fill(connection, "kept_deliveries", _KEPT_DELIVERIES, [])
    if "rpt_delivery" in released:
        connection.execute(
            f"insert into kept_deliveries by name select {VINTAGE_COLUMN} as vintage, kept.month,"  # noqa: S608 - our names, quoted
            f" district_id, kind, version, sha256, state from released.{MARTS}.rpt_delivery as kept"
            " inner join releases"
            f" on kept.month = releases.month and {VINTAGE_COLUMN} = releases.vintage"
        )
    _fill(
        connection,
        "measure_kinds",
        "metric_id varchar, kind varchar",
        [(name, kind) for name, m in MEASURED.items() for kind in (m.ledger, REPORT)],
    )
    connection.execute("use publication")
    names = ", ".join(MEASURED)
    figures = ", ".join(f"cast({name} as decimal(18, 2)) as {name}" for name in MEASURED)
    connection.execute(_SQL.replace("$figures", figures).replace("$measures", names))
    connection.execute("use memory")
    _comment_vintages(connection)
    _comment_columns(connection)


def _comment_vintages(connection: duckdb.DuckDBPyConnection) -> None:
    """Copy the comments of the table of current figures to the table of all vintages."""
    name = f"publication.{MARTS}.{VINTAGES}"
    connection.execute(
        f"comment on table {name} is '各地区月度统计（全部版次）。One row per month, district and"
        " vintage: every released figure, and vintage 0, the provisional ones of open months.'"
    )
    for column, comment in connection.execute(
        "select column_name, comment from duckdb_columns() where database_name = 'publication'"
        " and schema_name = ? and table_name = ? and comment is not null",
        [MARTS, FIGURES],
    ).fetchall():
        connection.execute(f"comment on column {name}.{quoted(column)} is {literal(comment)}")


def _comment_columns(connection: duckdb.DuckDBPyConnection) -> None:
    """Describe the columns that the SQL leaves: those of several tables, and metrics."""
    words = _SHARED_COLUMNS | metric_descriptions()
    for table, column in connection.execute(
        "select table_name, column_name from duckdb_columns() where database_name = 'publication'"
        " and schema_name = ? and list_contains(?, table_name) and comment is null",
        [MARTS, _COMMENTED],
    ).fetchall():
        if column in words:
            connection.execute(
                f"comment on column publication.{MARTS}.{quoted(table)}.{quoted(column)}"
                f" is {literal(words[column])}"
            )
