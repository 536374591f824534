"""A month's stamp: taken away first, set last, and what happens to rows that have none."""

from __future__ import annotations

from contextlib import closing
from datetime import date
from pathlib import Path

import duckdb
import pytest
from deliver import OCTOBER

from orchestration.modelling.stamp import (
    begin_build,
    mark_audited,
    mark_published,
    read_stamp,
    set_stamp,
    take_back,
)
from orchestration.reference.months import Month
from orchestration.settings import Settings

SEPTEMBER, AUGUST = Month(2022, 9), Month(2022, 8)
MART = "marts.rpt_district_monthly"
_SHAPE = "(month date, completed_count bigint, vintage integer, status varchar)"


def _build(
    settings: Settings, month: Month, completed: int, *, passes: bool = True, audited: bool = True
) -> None:
    """Do what a run does: begin, replace the month's rows, and set the stamp if all passed."""
    with closing(duckdb.connect(str(settings.warehouse))) as connection:
        begin_build(connection, month, f"inputs of {month}", "code")
        take_back(connection, settings.statistics, month)
        connection.execute(
            f"create schema if not exists marts; create table if not exists {MART} {_SHAPE}"
        )
        connection.execute(f"delete from {MART} where month = ?", [month.first_day])
        connection.execute(
            f"insert into {MART} values (?, ?, 0, 'provisional')", [month.first_day, completed]
        )
    if passes:
        set_stamp(settings)
    if audited:
        mark_audited(settings, month)


def _publish(settings: Settings, rows: list[tuple[date, int, int, str]]) -> None:
    with closing(duckdb.connect(str(settings.statistics))) as connection:
        connection.execute(f"create schema marts; create table {MART} {_SHAPE}")
        connection.executemany(f"insert into {MART} values (?, ?, ?, ?)", rows)


def _rows(path: Path) -> list[tuple[date, int, int, str]]:
    with closing(duckdb.connect(str(path), read_only=True)) as connection:
        return connection.execute(f"from {MART} order by month").fetchall()


def test_a_stamp_says_what_was_built_and_whether_it_is_published(settings: Settings) -> None:
    assert read_stamp(settings, OCTOBER) is None
    _build(settings, OCTOBER, 1)
    stamp = read_stamp(settings, OCTOBER)
    assert stamp is not None
    assert (stamp.inputs, stamp.code_version) == ("inputs of 2022-10", "code")
    assert not stamp.is_published
    mark_published(settings)
    assert (read_stamp(settings, OCTOBER) or stamp).is_published
    assert read_stamp(settings, SEPTEMBER) is None


def test_a_build_that_begins_takes_only_its_own_stamp_away(settings: Settings) -> None:
    _build(settings, SEPTEMBER, 1)
    _build(settings, OCTOBER, 1)
    _build(settings, OCTOBER, 2, passes=False, audited=False)
    assert read_stamp(settings, OCTOBER) is None
    assert read_stamp(settings, SEPTEMBER) is not None


@pytest.mark.parametrize(
    "ends",
    [{"passes": False, "audited": False}, {"passes": True, "audited": False}],
    ids=["a test failed", "the audit refused it"],
)
@pytest.mark.parametrize(
    ("published", "kept"),
    [
        ([], []),
        # a release's number and status are not those of an open month
        ([(SEPTEMBER.first_day, 7, 2, "final")], [(SEPTEMBER.first_day, 7, 0, "provisional")]),
    ],
)
def test_rows_that_may_not_be_published_are_not_compared_with(
    settings: Settings,
    published: list[tuple[date, int, int, str]],
    kept: list[object],
    ends: dict[str, bool],
) -> None:
    _build(settings, AUGUST, 5)
    _build(settings, SEPTEMBER, 1007, **ends)
    if published:
        _publish(settings, published)
    _build(settings, OCTOBER, 3)
    assert _rows(settings.warehouse) == [
        (AUGUST.first_day, 5, 0, "provisional"),
        *kept,
        (OCTOBER.first_day, 3, 0, "provisional"),
    ]
    stamp = read_stamp(settings, SEPTEMBER)
    assert (stamp is not None) == bool(published)
    assert stamp is None or stamp.inputs is None
