"""Failing rows show keys and figures, and of staging nothing that a district wrote."""

from __future__ import annotations

import duckdb
import pytest

from orchestration.modelling.failing_rows import failing_rows

ROW = """
    select 'gusu' as district_id, 'C001' as case_id, '张三 138 1234 5678' as remark,
    3 as case_count, date '2022-10-01' as received_on
"""


@pytest.mark.parametrize(
    ("parent", "shown"),
    [
        ("model.fangan.stg_alteration_cases", "（文字，不显示）"),
        ("source.fangan.exports.alteration_cases", "（文字，不显示）"),
        ("model.fangan.rpt_finding", "张三 〔电话〕"),
    ],
)
def test_text_of_districts_and_personal_numbers_are_never_shown(parent: str, shown: str) -> None:
    with duckdb.connect() as connection:
        table = failing_rows(connection, {"depends_on": {"nodes": [parent]}}, ROW)
    assert table is not None
    assert table.splitlines()[-1] == f"| gusu | C001 | {shown} | 3 | 2022-10-01 |"


def test_the_tested_column_decides_about_its_value() -> None:
    sql = "select 'some words' as value_field, 4 as n_records"
    staged = {"depends_on": {"nodes": ["model.fangan.stg_danger_cases"]}}
    with duckdb.connect() as connection:
        hidden = failing_rows(connection, {**staged, "column_name": "remark"}, sql)
        public = failing_rows(connection, {**staged, "column_name": "district_id"}, sql)
    assert "some words" not in str(hidden)
    assert "some words" in str(public)


def test_the_table_is_bounded_and_a_query_that_cannot_run_shows_none() -> None:
    test = {"depends_on": {"nodes": ["model.fangan.dim_metric"]}}
    columns = ", ".join(f"i as c{n}" for n in range(30))
    with duckdb.connect() as connection:
        table = failing_rows(connection, test, f"select {columns} from range(1000) r(i)")
        assert failing_rows(connection, test, "from nowhere") is None
    assert table is not None
    lines = table.splitlines()
    assert len(lines) == 2 + 20
    assert lines[0].count("|") == 14 + 1
