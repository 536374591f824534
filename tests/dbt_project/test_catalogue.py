"""The catalogue of marts is of one form: names beside ids, one type a suffix, words for all."""

from __future__ import annotations

from collections.abc import Mapping

import pytest
from mart_totals import contracts
from month_installation import Installation

#: By the end of a column's name, the longest that fits, the one type that it has.
TYPES = {
    "_id": "varchar",
    "_ids": "varchar",
    "_code": "varchar",
    "_name": "varchar",
    "_reason": "varchar",
    "_basis": "varchar",
    "_on": "date",
    "month": "date",
    "_at": "timestamp",
    "as_at": "date",
    "_count": "bigint",
    "_order": "integer",
    "_rank": "integer",
    "_m2": "decimal(18,2)",
    "_10k_m2": "decimal(14,2)",
    "_share": "decimal(9,6)",
    "_share_low": "decimal(9,6)",
    "_share_high": "decimal(9,6)",
    "_factor": "decimal(9,6)",
    "_difference": "decimal(18,2)",
    "_median": "decimal(9,1)",
    "_p90": "decimal(9,1)",
}
#: Counts that are estimated and have a fraction.
ESTIMATED = {"estimated_correct_match_count", "estimated_matchable_code_count"}
#: Columns that need a name beside them.
NAMED = {
    "district_id": "district_name",
    "district_code": "district_name",
    "town_code": "town_name",
    "town_series_code": "town_name",
    "community_code": "community_name",
    "community_series_code": "community_name",
    "grade_code": "grade_name",
    "indicator_id": "indicator_name",
}
Columns = Mapping[str, str]


def wrong_columns(columns: Columns) -> list[str]:
    """Return what is not of the one form in a table of ``{column: type}``."""
    return [
        *(
            f"{name} is {data_type} and not {wanted}"
            for name, data_type in columns.items()
            if (wanted := wanted_type(name)) and data_type.lower() != wanted
        ),
        *(f"{named} is not beside {name}" for name, named in NAMED.items()
          if name in columns and named not in columns),
        *("a metric is named metric_id, not measure" for name in columns if name == "measure"),
    ]  # fmt: skip


def wanted_type(column: str) -> str | None:
    """Return the type that a column's name asks for; None where it asks for none."""
    if column.startswith("is_"):
        return "boolean"
    if column in ESTIMATED:
        return "double"
    ends = [end for end in TYPES if column.endswith(end)]
    return TYPES[max(ends, key=len)] if ends else None


@pytest.mark.parametrize("mart", contracts())
def test_a_contract_is_of_the_one_form(mart: str) -> None:
    columns = contracts()[mart]["columns"]
    assert wrong_columns({column["name"]: column["data_type"] for column in columns}) == []
    assert all(column.get("description") for column in columns)


def test_so_are_the_published_tables_and_those_of_releases(october: Installation) -> None:
    tables: dict[str, dict[str, str]] = {}
    for row in october.rows(
        "select table_name, column_name, data_type from duckdb_columns()"
        " where schema_name = 'marts' order by table_name, column_index"
    ):
        tables.setdefault(row["table_name"], {})[row["column_name"]] = row["data_type"]
    assert tables.keys() > contracts().keys()
    assert {
        name: wrong for name, columns in tables.items() if (wrong := wrong_columns(columns))
    } == {}
    undescribed = october.rows(
        "select table_name, column_name from duckdb_columns()"
        " where schema_name = 'marts' and comment is null"
    )
    assert undescribed == []
