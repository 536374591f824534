"""No mart has a total beside its parts that is not marked, so that a sum counts once."""

from __future__ import annotations

from pathlib import Path

import duckdb
import pytest
from mart_totals import WITHOUT_TOTALS, broken_totals, contracts
from month_installation import Installation

from orchestration.publication.database.totals import WITH_TOTALS, with_totals


def test_the_marts_with_totals_are_those_whose_contract_marks_them() -> None:
    marked = {
        name
        for name, contract in contracts().items()
        if any(column["name"] == "is_total" for column in contract["columns"])
    }
    assert marked == WITH_TOTALS
    for name in marked:
        (column,) = [c for c in contracts()[name]["columns"] if c["name"] == "is_total"]
        assert column["data_type"] == "boolean"
        assert column["constraints"] == [{"type": "not_null"}]


@pytest.fixture
def marts(october: Installation, tmp_path: Path) -> duckdb.DuckDBPyConnection:
    """The real month's marts, to be written to."""
    connection = duckdb.connect(str(tmp_path / "copy.duckdb"))
    connection.execute(f"attach '{october.settings.warehouse}' as october (read_only)")
    connection.execute("create schema marts")
    for (name,) in connection.execute(
        "select table_name from duckdb_tables() where database_name = 'october'"
        " and schema_name = 'marts'"
    ).fetchall():
        connection.execute(f"create table marts.{name} as from october.marts.{name}")
    return connection


def test_octobers_totals_are_marked_and_add_up(marts: duckdb.DuckDBPyConnection) -> None:
    assert broken_totals(marts) == []
    doubled, once = marts.execute(
        "from marts.rpt_district_monthly select sum(completed_count),"
        " sum(completed_count) filter (where not is_total)"
    ).fetchall()[0]
    assert (doubled, once) == (146, 73)


@pytest.mark.parametrize(
    ("change", "words"),
    [
        (
            "update marts.rpt_district_monthly set is_total = false",
            "rpt_district_monthly marks other rows",
        ),
        (
            "update marts.rpt_district_monthly set verified_count = 76 where is_total",
            "rpt_district_monthly.verified_count",
        ),
        (
            "insert into marts.rpt_reconciliation by name select month, 'city' as district_id,"
            " 'verified_count' as metric_id from marts.rpt_district_monthly limit 1",
            "rpt_reconciliation holds totals and does not mark them",
        ),
    ],
)
def test_an_unmarked_or_wrong_total_is_noticed(
    marts: duckdb.DuckDBPyConnection, change: str, words: str
) -> None:
    marts.execute(change)
    assert any(words in told for told in broken_totals(marts))


def test_the_published_tables_of_releases_mark_their_totals(october: Installation) -> None:
    unmarked = october.rows(
        "select table_name from duckdb_columns() where schema_name = 'marts' group by table_name"
        " having bool_or(column_name = 'district_code')"
        " and not bool_or(column_name = 'is_total') order by all"
    )
    held = [
        row["table_name"]
        for row in unmarked
        if october.rows(f"from marts.{row['table_name']} where district_code = '320500' limit 1")
    ]
    assert set(held) <= WITHOUT_TOTALS
    published = october.rows(
        "select distinct table_name from duckdb_columns() where column_name = 'is_total'"
    )
    assert {row["table_name"] for row in published} == WITH_TOTALS | {
        "rpt_district_monthly_vintage",
        "rpt_mean_revision",
        "rpt_revision",
        "rpt_revision_triangle",
    }


def test_rows_kept_before_the_column_are_given_it() -> None:
    rows = "select * from (values ('gusu', 'C'), ('gusu', 'all'), ('city', 'C')) as t ({})"
    with duckdb.connect() as connection:

        def filled(table: str, columns: str, given: str) -> list[object]:
            query = with_totals(table, columns.split(", "), given)
            return [row[-1] for row in connection.execute(query).fetchall()]

        both = "district_id, grade_code"
        kept = rows.format(both)
        assert filled("rpt_danger_closure_monthly", both, kept) == [False, True, True]
        half = f"select *, if(grade_code = 'C', null, true) as is_total from ({kept})"
        assert filled("rpt_danger_closure_monthly", f"{both}, is_total", half) == [
            False,
            True,
            True,
        ]
        # a delivery of the city's own office is no total
        assert with_totals("rpt_delivery", ["district_id"], kept) == kept
