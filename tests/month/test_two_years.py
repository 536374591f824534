"""The identities of all marts hold in consecutive months of the simulated city, up to 24.

Reading and judging are left out: the drafts of each month are recorded as accepted, and the
platform's own run inputs and models do the rest. dbt builds the first month; the SQL that it
compiled then makes each later month as its materialisations would, and its singular tests are
asked every month: dbt itself would cost ten seconds a month. ``FANGAN_TWO_YEARS_SCALE=1`` asks the
whole city, ``FANGAN_TWO_YEARS_MONTHS=24`` both years: without it, the months from November 2022 on,
which hold a change of the year, of codes, and every month of 2023.
"""

from __future__ import annotations

import json
import os
from pathlib import Path
from typing import Any

import duckdb
import pyarrow as pa
import pyarrow.parquet as pq
import pytest
from mart_totals import broken_totals

from orchestration.judgement.storing import place
from orchestration.modelling.building import build
from orchestration.modelling.run_inputs import write_run_inputs
from orchestration.modelling.stamp import mark_audited, set_stamp
from orchestration.publication.database.totals import WITH_TOTALS
from orchestration.reference.months import Month
from orchestration.settings import Settings
from orchestration.simulation.city import month_drafts
from orchestration.simulation.drafts import Draft
from orchestration.simulation.reports import Report
from orchestration.store.files import sha256_of
from orchestration.store.ledger import Ledger
from orchestration.store.records import Arrival, DeliveredFile, Judgement, StoredFile

MONTHS = int(os.environ.get("FANGAN_TWO_YEARS_MONTHS", "14"))
FIRST = Month(2024, 1).shift(-MONTHS)
SCALE = float(os.environ.get("FANGAN_TWO_YEARS_SCALE", "0.02"))


def accept(settings: Settings, ledger: Ledger, draft: Draft) -> Judgement:
    """Keep a draft's rows as those of a delivery that was wholly accepted."""
    part = DeliveredFile(f"{draft.kind}.parquet", f"{draft.month} {draft.area_id} {draft.kind}")
    arrival = ledger.record_arrival(draft.month, draft.area_id, draft.kind, part.sha256, 1, (part,))
    rows = accepted_rows(draft, arrival)
    path = place(settings.accepted, arrival, "")
    path.parent.mkdir(parents=True, exist_ok=True)
    pq.write_table(rows, path)
    return Judgement(
        month=draft.month,
        district_id=draft.area_id,
        kind=draft.kind,
        delivery_id=arrival.delivery_id,
        fingerprint="accepted",
        state="accepted",
        as_at=draft.month.last_day.isoformat(),
        row_count=rows.num_rows,
        accepted_count=rows.num_rows,
        quarantined_count=0,
        itemised_count=0,
        files={"accepted": StoredFile(str(path.relative_to(settings.home)), sha256_of(path))},
        verdicts=(),
    )


def accepted_rows(draft: Draft, arrival: Arrival) -> pa.Table:
    """Return a draft's rows as judgement keeps them: where they come from, then text."""
    rows = (
        pa.Table.from_pylist(list(draft.rows.rows))
        if isinstance(draft.rows, Report)
        else draft.rows
    )
    count = rows.num_rows
    provenance = {
        "month": pa.repeat(pa.scalar(draft.month.first_day, pa.date32()), count),
        "district_id": pa.repeat(draft.area_id, count),
        "delivery_id": pa.repeat(pa.scalar(arrival.delivery_id, pa.int64()), count),
        "file_name": pa.repeat(arrival.file_name, count),
        "sheet": pa.repeat("模拟", count),
        "row_number": pa.array(range(2, count + 2), pa.int32()),
    }
    nothing = pa.nulls(count, pa.string())
    texts = {
        name: _text(rows[name]) if name in rows.column_names else nothing
        for name in draft.contract.fields
    }
    return pa.table(provenance | texts)


def _text(column: pa.ChunkedArray) -> pa.ChunkedArray:
    values = column.type.value_type if pa.types.is_dictionary(column.type) else column.type
    return column.cast(values).cast(pa.string())


class Compiled:
    """The models and singular tests of a manifest, in an order in which they can be run."""

    def __init__(self, target: Path) -> None:
        manifest = json.loads((target / "manifest.json").read_text(encoding="utf-8"))
        self._target = target
        nodes = manifest["nodes"]
        self.models = self._ordered({n: d for n, d in nodes.items() if n.startswith("model.")})
        self.tests = [
            node
            for name, node in nodes.items()
            if name.startswith("test.") and not node.get("test_metadata")
        ]

    @staticmethod
    def _ordered(models: dict[str, Any]) -> list[Any]:
        ordered: dict[str, Any] = {}

        def add(name: str) -> None:
            if name in models and name not in ordered:
                for parent in models[name]["depends_on"]["nodes"]:
                    add(parent)
                ordered[name] = models[name]

        for name in models:
            add(name)
        return list(ordered.values())

    def sql(self, node: Any) -> str:
        path = self._target / "compiled" / "fangan" / node["original_file_path"]
        return path.read_text(encoding="utf-8")

    def build(self, connection: duckdb.DuckDBPyConnection) -> None:
        """Do for every model what its materialisation does."""
        for model in self.models:
            table = f'"{model["schema"]}"."{model["name"]}"'
            materialized = model["config"]["materialized"]
            if materialized == "incremental":
                connection.execute(f"create or replace temp table made as {self.sql(model)}")
                connection.execute(
                    f"delete from {table} where month in (select month from run.month)"
                )
                connection.execute(f"insert into {table} by name from made")
            elif materialized == "table":
                connection.execute(f"create or replace table {table} as {self.sql(model)}")
            else:
                assert materialized == "view", materialized

    def failures(self, connection: duckdb.DuckDBPyConnection) -> dict[str, list[Any]]:
        """Return, by test, the first rows that break it."""
        found = {
            test["name"]: connection.execute(self.sql(test)).fetchmany(3) for test in self.tests
        }
        return {name: rows for name, rows in found.items() if rows}


@pytest.fixture(scope="module")
def two_years(installation) -> tuple[Settings, dict[str, Any]]:
    """A warehouse of all the months, and what failed by month."""
    settings: Settings = installation("two_years").settings
    ledger = Ledger(settings.ledger)
    compiled = None
    failures: dict[str, Any] = {}
    for index in range(MONTHS):
        month = FIRST.shift(index)
        drafts = month_drafts(month, scale=SCALE)
        ledger.record_judgements([accept(settings, ledger, draft) for draft in drafts])
        write_run_inputs(settings, ledger, month)
        if compiled is None:
            build(settings, ["--exclude", "test_type:generic"])
            compiled = Compiled(settings.dbt / "target")
        else:
            with duckdb.connect(str(settings.warehouse)) as connection:
                connection.execute("set TimeZone = 'Asia/Shanghai'")
                compiled.build(connection)
                if failed := compiled.failures(connection):
                    failures[str(month)] = failed
        set_stamp(settings)
        mark_audited(settings, month)
    return settings, failures


def asked(settings: Settings, query: str) -> list[tuple[Any, ...]]:
    with duckdb.connect(str(settings.warehouse), read_only=True) as connection:
        return connection.execute(query).fetchall()


def test_every_identity_holds_in_every_month(two_years: tuple[Settings, Any]) -> None:
    settings, failures = two_years
    assert failures == {}
    [(months,)] = asked(settings, "select count(distinct month) from marts.rpt_district_monthly")
    assert months == MONTHS


def test_a_months_opening_equals_the_previous_closing(
    two_years: tuple[Settings, Any],
) -> None:
    settings, _ = two_years
    broken = """
        select later.month, later.district_id
        from marts.rpt_ledger_change_monthly as later
        inner join marts.rpt_ledger_change_monthly as earlier
            on later.month = earlier.month + interval 1 month
            and later.district_id = earlier.district_id
        where
            later.opening_building_count != earlier.closing_building_count
            or later.opening_surveyed_building_count != earlier.closing_surveyed_building_count
    """
    assert asked(settings, broken) == []
    [(compared, explained)] = asked(
        settings,
        """
        select
            count(*) filter (where opening_building_count is not null),
            sum(vanished_building_count) filter (where vanished_without_reason_building_count = 0)
        from marts.rpt_ledger_change_monthly where district_id = 'city'
        """,
    )
    assert compared == MONTHS - 1
    assert explained > 0


def test_a_towns_series_continues_when_codes_change(two_years: tuple[Settings, Any]) -> None:
    settings, _ = two_years
    sip = asked(
        settings,
        """
        select town_series_code, count(*), count(distinct left(town_code, 6)),
            min(surveyed_building_count)
        from marts.rpt_town_monthly
        where district_id = 'sip' and not is_unmatched group by all order by all
        """,
    )
    assert [row[:3] for row in sip] == [(f"32057105{n}", MONTHS, 2) for n in range(5)]
    assert all(row[3] > 0 for row in sip)


def test_totals_are_marked_and_add_up_in_every_mart(two_years: tuple[Settings, Any]) -> None:
    settings, _ = two_years
    with duckdb.connect(str(settings.warehouse), read_only=True) as connection:
        assert broken_totals(connection) == []
        for mart in WITH_TOTALS - {"rpt_code_matching_monthly"}:
            held = connection.execute(f"select distinct is_total from marts.{mart}").fetchall()
            assert {is_total for (is_total,) in held} == {True, False}, mart


def test_a_year_to_date_is_the_sum_of_its_months(two_years: tuple[Settings, Any]) -> None:
    settings, _ = two_years
    [(december, whole)] = asked(
        settings,
        """
        select
            (select ytd_value from marts.rpt_measure_change_monthly
             where month = '2023-12-01' and district_id = 'city' and metric_id = 'suspected_count'),
            (select sum(suspected_complaint_count + suspected_patrol_count)
             from marts.rpt_district_monthly where year(month) = 2023 and district_id = 'city')
        """,
    )
    assert december == whole > 0
