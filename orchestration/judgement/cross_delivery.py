"""Asking a district's rules across deliveries and months, on its accepted rows.

Gives the SQL rules of ``expectations`` the views they read: this month's deliveries, those of
earlier months, limits, the official list of places, who inspects. A rule whose input is not there
is not applicable, and says why.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from functools import cache
from pathlib import Path
from typing import Any

import duckdb
import pandas as pd
import pyarrow as pa

from expectations.rulebook import Rule, Sql
from expectations.sql_rules import LISTED_BUILDINGS, SHARED_MACROS, ask
from orchestration.formats.sql import in_memory, insert_rows, literal, literals
from orchestration.ingest.reading import Reading
from orchestration.judgement.findings import FINDING_COLUMNS, NO_FINDINGS
from orchestration.judgement.judged_rules import not_applicable, rule_verdict
from orchestration.judgement.reference import FIGURES, district_names, plausibility_bands
from orchestration.reference.contracts import Contract, load_contracts
from orchestration.reference.districts import reporting_districts
from orchestration.reference.inspection_groups import groups_in
from orchestration.reference.months import Month
from orchestration.reference.places import (
    community_spellings,
    official_communities,
    town_spellings,
)
from orchestration.store.records import Verdict

#: Last month's accepted rows; those of earlier months; this month's rows, also quarantined ones.
PREVIOUS, HISTORY, LISTED = "previous_", "history_", "listed_"
#: The buildings that a district knows: its ledger lists them, or a registered change ended them.
#: All that rules about the city's deliveries see of the districts'.
KNOWN_BUILDINGS = "known_buildings"
_OF_ONE_FILE: Mapping[str, Any] = {}
#: The small tables that rules are asked against.
_REFERENCES = {
    "context": "month date, next_month date",
    "district_names": "district varchar, district_id varchar",
    "bands": "measure varchar, low double, high double",
    "inspection_groups": "district varchar, inspection_group varchar, contractor varchar",
    "official_towns": "district varchar, town varchar, town_key varchar",
    "official_communities": "town_key varchar, community varchar",
}


@contextmanager
def delivered_views(
    delivered: Mapping[str, list[Path]],
    month: Month,
    district_id: str,
    rows_before: Mapping[str, Mapping[str, int]] = _OF_ONE_FILE,
) -> Iterator[duckdb.DuckDBPyConnection]:
    """Give a connection on which SQL rules find what they read of an area's month.

    ``delivered`` maps the name of each view that holds any rows to their Parquet; the other views
    are empty. ``rows_before`` has, for the views of a delivery in parts, what the rows of each file
    are raised by to be numbered through all of them. All of an area's is temporary: nobody else
    sees it, and it ends with the connection.
    """
    contracts = _contracts_of_views()
    with _database().cursor() as connection:
        for name, files in delivered.items():
            query = _query(contracts[name], files, rows_before.get(name, {}))
            connection.execute(f"create temp view {name} as {query}")
        for name, rows in _references(month, district_id).items():
            connection.execute(f"create temp table {name} ({_REFERENCES[name]})")
            insert_rows(connection, name, rows)
        listed = LISTED_BUILDINGS.read_text(encoding="utf-8")
        connection.execute(f"create temp table listed_building as {listed}")
        yield connection


@cache
def _database() -> duckdb.DuckDBPyConnection:
    """Return the database of all areas: every view and table empty, and the macros.

    One a process: to open one and to fill it takes as long as ten rules. The empty ones are there
    because a macro is made only where all names in it are known.
    """
    connection = in_memory()
    for name, contract in _contracts_of_views().items():
        connection.execute(f"create view {name} as {_query(contract, [])}")
    for name, columns in _REFERENCES.items():
        connection.execute(f"create table {name} ({columns})")
    listed = LISTED_BUILDINGS.read_text(encoding="utf-8")
    connection.execute(f"create table listed_building as {listed}")
    connection.execute(SHARED_MACROS.read_text(encoding="utf-8"))
    return connection


def _contracts_of_views() -> dict[str, Contract | None]:
    """Return the contract of each view's rows by the view's name; known buildings have none."""
    contracts = load_contracts()
    of_every_kind = {
        name: contract
        for kind, contract in contracts.items()
        for name in (kind, PREVIOUS + kind, LISTED + kind)
    }
    of_history = {HISTORY + kind: c for kind, c in contracts.items() if c.history_months}
    return of_every_kind | of_history | {KNOWN_BUILDINGS: None}


def earlier_views(kind: str, earlier: Month, month: Month) -> list[str]:
    """Return the views in which the rules of a month see a kind's rows of an earlier month."""
    first = month.shift(-load_contracts()[kind].history_months)
    views = [PREVIOUS + kind] if earlier == month.previous else []
    return [*views, HISTORY + kind] if first <= earlier < month else views


def history_months() -> int:
    """Return how many earlier months the rules look at, whatever the kind."""
    return max(contract.history_months for contract in load_contracts().values())


def _query(
    contract: Contract | None, files: list[Path], rows_before: Mapping[str, int] = _OF_ONE_FILE
) -> str:
    """Return the query of a view with at least the contract's fields, or of known buildings."""
    if contract is None:
        none = "(select null as district_id, null as building_id limit 0)"
        return f"select district_id, building_id from {_parquet(files) if files else none}"  # noqa: S608 - our own path
    fields = ", ".join(f"null::varchar as {field}" for field in contract.fields)
    rows = f"select null::date as month, null::integer as row_number, {fields} where false"
    if files:
        rows += f" union all by name {_numbered(files, rows_before)}"
    key = f"concat_ws(' ', {', '.join(contract.key)}) as record_key"
    return f"select *, {key} from ({rows})"  # noqa: S608 - a contract's names, our own quoted path


def _numbered(files: list[Path], rows_before: Mapping[str, int]) -> str:
    """Return the query of rows, those of a delivery in parts numbered through its files."""
    if not rows_before:
        return f"from {_parquet(files)}"
    raised = " ".join(f"when {literal(name)} then {n}" for name, n in rows_before.items())
    number = f"row_number + case file_name {raised} end"
    return f"select * replace (({number})::integer as row_number) from {_parquet(files)}"  # noqa: S608 - quoted names


def _parquet(files: list[Path]) -> str:
    return f"read_parquet({literals(files)}, union_by_name = true)"


def known_buildings(connection: duckdb.DuckDBPyConnection, district_id: str) -> pa.Table:
    """Return what the city's rules may see of a district: district_id, building_id, in order."""
    query = "select ? as district_id, building_id from district_buildings() order by building_id"
    return connection.sql(query, params=[district_id]).to_arrow_table()


def _references(month: Month, district_id: str) -> dict[str, list[tuple[object, ...]]]:
    """Return the rows of the small tables that rules are asked against."""
    places = official_communities(month, district_id)
    towns = {(place.district_id, place.town, place.town_key) for place in places}
    return {
        "context": [(month.first_day, month.shift(1).first_day)],
        "district_names": [
            (name, district.district_id)
            for district in reporting_districts(month)
            for name in district_names(district.district_id, month)
        ],
        "bands": [
            (measure, low, high)
            for kind in (FIGURES, *load_contracts())
            for measure, (low, high) in plausibility_bands(kind, district_id).items()
        ],
        "inspection_groups": [
            (name, group.inspection_group, group.contractor)
            for own_id, group in groups_in(month).items()
            for name in district_names(own_id, month)
        ],
        "official_towns": [
            (name, spelling, town_key)
            for own_id, town, town_key in sorted(towns)
            for name in district_names(own_id, month)
            for spelling in town_spellings(town)
        ],
        "official_communities": [
            (place.town_key, spelling)
            for place in places
            for spelling in community_spellings(place.community)
        ],
    }


def judge_across(
    connection: duckdb.DuckDBPyConnection,
    rules: list[Rule],
    available: set[str],
    unknown: list[str],
    reading: Reading,
) -> tuple[list[Verdict], pd.DataFrame]:
    """Ask the SQL rules of one kind; return their verdicts and findings.

    ``available`` names the views that hold a delivery; ``unknown`` the districts whose buildings
    are not known, so that a verdict about the others says so; ``reading`` is the receipt of the
    kind's own delivery, which tells the cells.
    """
    verdicts, findings = [], []
    for rule in rules:
        assert isinstance(rule.test, Sql)
        absent = [name for name in rule.test.needs if name not in available]
        if absent:
            verdicts += not_applicable([rule], "、".join(_reason(name) for name in absent))
            continue
        try:
            checked, failing = ask(connection, rule)
        except duckdb.Error as error:
            verdicts.append(rule_verdict(rule, "error", None, None, str(error)))
            continue
        outcome = "fail" if len(failing) else "pass"
        reason = _unasked(unknown) if KNOWN_BUILDINGS in rule.test.needs else None
        verdicts.append(rule_verdict(rule, outcome, len(failing), checked, reason))
        if len(failing):
            findings.append(_findings(rule, failing, reading))
    return verdicts, pd.concat(findings, ignore_index=True) if findings else NO_FINDINGS


def _unasked(unknown: list[str]) -> str | None:
    return f"本月没有采用的排查台账，未判：{'、'.join(unknown)}" if unknown else None


def _reason(name: str) -> str:
    if name == KNOWN_BUILDINGS:
        return "本月没有任何地区的排查台账被采用"
    if name.startswith(PREVIOUS):
        return f"上月没有采用的 {name.removeprefix(PREVIOUS)}"
    if name.startswith(HISTORY):
        return f"以往各月没有采用的 {name.removeprefix(HISTORY)}"
    return f"本月没有采用的 {name}"


def _findings(rule: Rule, failing: pd.DataFrame, reading: Reading) -> pd.DataFrame:
    """Return the failing records as findings; one that lies elsewhere has no cell."""
    field = failing["field"]
    compared = ("。" + failing["compared"]).fillna("")
    letter, header = field.map(reading.columns), field.map(reading.headers).fillna(field)
    return failing.assign(
        rule_id=rule.id,
        severity=rule.severity,
        dimension=rule.dimension,
        sheet=reading.sheet,
        cell=letter + failing["row_number"].astype("string"),
        message="“" + header + "”（" + failing["record_key"] + f"）：{rule.sentence}" + compared,
        remedy=rule.remedy,
    )[list(FINDING_COLUMNS)]
