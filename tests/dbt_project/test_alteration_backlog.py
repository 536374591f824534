"""The verified backlog has one meaning: dbt's macros and the rule book's agree on every state.

All states of a case whose dates fall on few days are made, of last month's ledger and of this
month's. The models' SQL is asked directly, without dbt: its macros are plain Jinja.
"""

from __future__ import annotations

import re

import duckdb
import pytest
from plain_jinja import rendered

from orchestration.settings import DBT_PROJECT_DIR, PROJECT_ROOT

MACROS = ("alteration_backlog", "in_run_month")
FACT = DBT_PROJECT_DIR / "models" / "marts" / "alteration" / "fct_alteration_case_monthly.sql"
RULES = PROJECT_ROOT / "expectations" / "sql"
#: Rules that return a case which does not balance with last month's ledger or with itself.
BALANCE = ("AC-301", "AC-501", "AC-502", "AC-504", "AC-505")
#: A row rule, which Great Expectations asks: completed before it was verified.
AC_213 = "select case_id from typed where completed_on < verified_on"
DAYS = "null, '2022-09-10', '2022-10-10', '2022-10-20', '2022-10-25'"
DATES = ("verified_on", "completed_on", "withdrawn_on", "reopened_on")


def _rendered(source: str) -> str:
    tables = {
        ("run", "month"): "run_month_row",
        "stg_alteration_cases": "(from typed union all by name from typed_before)",
        "int_alteration_opening_basis": "basis",
        "int_district_month": "(select 'gusu' as district_id, '姑苏区' as district_name)",
    }
    return rendered(
        source, MACROS, ref=lambda name: tables[name], source=lambda *name: tables[name]
    )


@pytest.fixture(scope="module")
def states() -> duckdb.DuckDBPyConnection:
    """Return a connection with all states as text (as rules see them) and typed (as dbt does)."""
    connection = duckdb.connect()
    connection.execute((RULES / "macros.sql").read_text("utf-8").split("-- The district's")[0])
    connection.execute(
        "create table context as select date '2022-10-01' as month, date '2022-11-01' as next_month"
    )
    connection.execute("create table run_month_row as select month from context")
    days = f"(select unnest([{DAYS}]) as day)"
    columns = ", ".join(f"{name}.day as {name}" for name in DATES)
    tables = " cross join ".join(f"{days} as {name}" for name in DATES)
    connection.execute(
        f"create table state as select row_number() over () as state_id, {columns},"
        f" result as verification_result from {tables}"
        " cross join (select unnest(['属实', '不属实', '无法入户', null]) as result)"
        " where (verified_on.day is null) = (result is null)"
    )
    return connection


def _pair(connection: duckdb.DuckDBPyConnection, earlier_days: str) -> None:
    """Make a case of every state, beside every state of last month's ledger that matters."""
    connection.execute(
        "create or replace table earlier_state as select * from state where"
        f" {earlier_days} union all select null, null, null, null, null, null"
    )
    fields = (
        "'镇' as town_name, null as building_id, '路' as address, '投诉举报' as source_channel,"
        " date '2022-09-01' as received_on, '其他' as alteration_type_name,"
        " null::date as ordered_on, null as resolution"
    )
    dates = ", ".join(f"{name}::date as {name}" for name in DATES)
    connection.execute(
        "create or replace table alteration_cases as select row_number() over () as row_number,"
        " 'C' || row_number() over () as case_id, state.*, earlier_state.state_id as earlier_id"
        " from state cross join earlier_state"
    )
    # what the delivery lists, quarantined rows included
    connection.execute(
        "create or replace view listed_alteration_cases as select case_id from alteration_cases"
    )
    connection.execute(
        "create or replace table previous_alteration_cases as"
        " select cases.case_id, earlier_state.* from alteration_cases as cases"
        " inner join earlier_state on cases.earlier_id = earlier_state.state_id"
    )
    for table, source, month in (
        ("typed", "alteration_cases", "2022-10-01"),
        ("typed_before", "previous_alteration_cases", "2022-09-01"),
    ):
        connection.execute(
            f"create or replace table {table} as"
            f" select date '{month}' as month, 'gusu' as district_id, case_id,"
            f" verification_result, {dates}, {fields}"
            f" from {source}"
        )


def _facts(connection: duckdb.DuckDBPyConnection, opening_basis: str) -> None:
    connection.execute(
        "create or replace table basis as select 'gusu' as district_id, ? as opening_basis",
        [opening_basis],
    )
    query = _rendered(FACT.read_text("utf-8"))
    connection.execute(f"create or replace table fact as {query}")


def _found(connection: duckdb.DuckDBPyConnection, rules: tuple[str, ...]) -> str:
    queries = [(RULES / f"{rule}.sql").read_text("utf-8") for rule in rules]
    return (
        " union ".join(f"select record_key from ({query}) where is_failing" for query in queries)
        + f" union {AC_213}"
    )


@pytest.mark.parametrize("day", ["2022-10-01", "2022-11-01"])
def test_both_homes_put_the_same_cases_into_the_backlog(
    states: duckdb.DuckDBPyConnection, day: str
) -> None:
    dates = ", ".join(f"{name}::date as {name}" for name in DATES)
    macro = _rendered('{{ in_backlog("typed_state", "date \'' + day + "'\") }}")
    macro = re.sub(r"\s+", " ", macro)
    counted = states.execute(
        f"with typed_state as (select state_id, verification_result, {dates} from state)"
        f" select count(*), count(*) filter (where in_backlog(state, date '{day}')),"
        f" count(*) filter (where in_backlog(state, date '{day}') != {macro})"
        " from state inner join typed_state using (state_id)"
    ).fetchone()
    assert counted is not None
    total, inside, different = counted
    assert total > inside > 0
    assert different == 0


def test_a_case_out_of_balance_with_last_month_is_always_a_finding(
    states: duckdb.DuckDBPyConnection,
) -> None:
    _pair(states, "coalesce(greatest(verified_on, completed_on, withdrawn_on, reopened_on), '')"
          " < '2022-10'")  # fmt: skip
    _facts(states, "delivered")
    silent = states.execute(
        "select * from fact where adjustment_count != 0"
        f" and case_id not in ({_found(states, BALANCE)})"
    ).fetchall()
    assert silent == []
    [(adjusted, fine)] = states.execute(
        "select count(*) filter (where adjustment_count != 0), count(*) filter (where"
        " adjustment_count = 0 and (is_opening or is_closing)) from fact"
    ).fetchall()
    assert adjusted > 0
    assert fine > 0


def test_a_case_out_of_balance_with_itself_is_always_a_finding(
    states: duckdb.DuckDBPyConnection,
) -> None:
    _pair(states, "false")
    _facts(states, "derived")
    silent = states.execute(
        "select * from fact where adjustment_count != 0"
        f" and case_id not in ({_found(states, ('AC-301',))})"
    ).fetchall()
    assert silent == []


def test_flow_durations_and_open_cases_read_a_day_in_one_order(
    states: duckdb.DuckDBPyConnection,
) -> None:
    """Received, verified, ended, reopened: told here event by event, for every state of a case.

    A case completed and reopened on one day took as long as it was open, not no time at all.
    """
    dates = ", ".join(f"{name}::date as {name}" for name in DATES)
    waiting = '{{ waiting_since("typed_state", "typed_state.completed_on") }}'
    still = '{{ waiting_since("typed_state", "date \'2022-11-01\'") }}'
    inside = '{{ in_backlog("typed_state", "date \'2022-11-01\'") }}'
    rows = states.execute(
        f"with typed_state as (select {dates}, verification_result from state)"
        " select verified_on, completed_on, reopened_on,"
        f" {_rendered(waiting)}, {_rendered(still)}, {_rendered(inside)} from typed_state"
        " where verification_result = '属实' and verified_on is not null and withdrawn_on is null"
        " and (completed_on is null or completed_on >= verified_on)"
        " and (reopened_on is null or reopened_on >= verified_on)"
    ).fetchall()
    ties = 0
    for verified, completed, reopened, ended_since, open_since, is_open in rows:
        days = enumerate((verified, completed, reopened))
        events = sorted((day, order) for order, day in days if day is not None)
        opened = [(day, order) for day, order in events if order != 1]
        if completed:
            before = [event for event in opened if event < (completed, 1)]
            assert ended_since == before[-1][0], (verified, completed, reopened)
        assert is_open == (events[-1][1] != 1), (verified, completed, reopened)
        if is_open:
            assert open_since == events[-1][0], (verified, completed, reopened)
        ties += completed is not None and completed == reopened > verified
    assert ties > 0
