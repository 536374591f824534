"""Columns are read by the names and types of today, whichever they were kept under."""

from __future__ import annotations

import duckdb
import pytest
from mart_totals import contracts

from orchestration.publication.database.former_columns import (
    FORMER_NAMES,
    columns_as_shown,
    todays_columns,
)

MART = "rpt_measure_change_monthly"


def test_todays_names_are_the_contracts() -> None:
    """A name given up twice would need both steps here."""
    for mart, names in FORMER_NAMES.items():
        if mart in contracts():
            columns = {column["name"] for column in contracts()[mart]["columns"]}
            assert set(names.values()) <= columns
            assert not names.keys() & columns


def test_rows_under_both_names_are_one_column() -> None:
    kept = {"measure": "VARCHAR", "mom_share": "DOUBLE", "metric_id": "VARCHAR"}
    with duckdb.connect() as connection:
        found = connection.execute(
            f"select {todays_columns(MART, kept)} from (values ('a', 1 / 3, null),"
            " (null, 0.5, 'b'), ('c', 1234.5, null)) as kept (measure, mom_share, metric_id)"
        )
        assert [column[0] for column in found.description] == ["metric_id", "mom_share"]
        rows = [(name, None if share is None else str(share)) for name, share in found.fetchall()]
    assert rows == [("a", "0.333333"), ("b", "0.500000"), ("c", None)]


@pytest.mark.parametrize(
    ("shown", "columns"),
    [
        ({"measure": "VARCHAR", "mom_share": "DOUBLE"}, ["measure", "mom_share"]),
        ({"metric_id": "VARCHAR", "mom_share": "DECIMAL(9,6)"}, ["metric_id", "mom_share"]),
        ({"mom_share": "DOUBLE"}, None),
    ],
    ids=["by the version that kept them", "by a later one", "a column is lost"],
)
def test_a_published_file_of_either_version_is_held_against_what_was_kept(
    shown: dict[str, str], columns: list[str] | None
) -> None:
    kept = {"measure": "VARCHAR", "mom_share": "DOUBLE", "status": "VARCHAR"}
    found = columns_as_shown(MART, kept, shown, ("status",))
    assert (found and [name.strip('"') for name in found]) == columns
