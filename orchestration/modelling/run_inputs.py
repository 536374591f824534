"""What a run gives dbt: the month, and views over exactly the rows the ledger names.

Writes the schemas ``run``, ``exports`` (the month's accepted rows) and ``before`` (those of the
month before it) of the working DuckDB, for one month at a time. The month reaches dbt as a
one-row table because ``--vars`` and ``env_var`` would cost a re-parse. The shape of these tables
is declared in ``dbt_project/models/run.yml``.
"""

from __future__ import annotations

import json
from datetime import datetime
from pathlib import Path

import duckdb
import pyarrow as pa
import pyarrow.parquet as pq

from orchestration.formats.sql import insert_rows, literals
from orchestration.ingest.reader.privacy import mask
from orchestration.judgement.storing import CORRECTIONS, FINDINGS, WAIVERS
from orchestration.matching.month import result_file
from orchestration.modelling.dbt import manifest_file
from orchestration.modelling.descriptions import write_descriptions
from orchestration.modelling.place_series import spelling_table, spelt_communities, spelt_towns
from orchestration.modelling.shape import fit_warehouse
from orchestration.modelling.stamp import begin_build, take_back
from orchestration.modelling.up_to_date import built_inputs, month_code_version
from orchestration.reference.contracts import load_contracts, owed_deliveries
from orchestration.reference.deadlines import could_be_in_time, deadline, suzhou_clock
from orchestration.reference.kinds import BUILDING_SURVEY
from orchestration.reference.months import Month
from orchestration.settings import Settings
from orchestration.store.files import verified
from orchestration.store.ledger import Ledger
from orchestration.store.match_decisions import MatchDecisions
from orchestration.store.records import Judgement

_PROVENANCE = {
    "month": "date",
    "district_id": "varchar",
    "delivery_id": "bigint",
    "file_name": "varchar",
    "sheet": "varchar",
    "row_number": "integer",
}
#: What a judgement keeps beside its rows, by the name of the run's view.
_KEPT = {
    "finding": ("findings", FINDINGS),
    "waiver": ("waivers", WAIVERS),
    "correction": ("corrections", CORRECTIONS),
}
#: What dbt gets of a drawn building; where it stands is for the contractors.
_SAMPLE = {
    "sample_month": "date",
    "district_id": "varchar",
    "building_id": "varchar",
    "building_category": "varchar",
    "initial_risk": "varchar",
    "stratum_frame_count": "bigint",
    "stratum_sample_count": "bigint",
}
#: The stratum of a building in a sample that was kept before small strata were joined.
_OLD_STRATUM = "building_category || '·' || initial_risk"
#: Results of matching, by the name of their view: the file and its columns that dbt reads.
_MATCHED = {
    "code": (
        "codes",
        {
            "building_code": "varchar",
            "building_id": "varchar",
            "district_id": "varchar",
            "is_valid": "boolean",
            "outcome": "varchar",
            "doorplate_code": "varchar",
            "score": "double",
            "candidate_count": "bigint",
            "reason": "varchar",
            "is_new_match": "boolean",
            "machine_outcome": "varchar",
            "machine_doorplate_code": "varchar",
        },
    ),
    "plate": (
        "plates",
        {"doorplate_code": "varchar", "district_id": "varchar", "is_candidate": "boolean"},
    ),
}
_DUCKDB_TYPES = {
    pa.date32(): "date",
    pa.string(): "varchar",
    pa.int32(): "integer",
    pa.int64(): "bigint",
}
_TABLES = {
    "run.month": "month date",
    "run.delivery": (
        "month date, district_id varchar, kind varchar, state varchar, due_at timestamp,"
        " could_be_in_time boolean,"
        " version integer, sha256 varchar, file_name varchar, as_at date, arrived_at timestamp,"
        " first_arrived_at timestamp, days_late integer, is_late boolean, row_count bigint,"
        " accepted_count bigint, quarantined_count bigint, itemised_count bigint"
    ),
    "run.verdict": (
        "month date, district_id varchar, kind varchar, rule_id varchar, dimension varchar,"
        " severity varchar, outcome varchar, failing_count bigint, checked_count bigint,"
        " reason varchar"
    ),
    "matching.decision": "building_code varchar, doorplate_code varchar, verdict varchar",
}


def write_run_inputs(settings: Settings, ledger: Ledger, month: Month) -> None:
    """Replace the run's inputs in the working DuckDB by those of ``month``.

    The month loses its stamp first. The caller holds the lock on the warehouse and has parsed the
    project. Raises StoredFileDamageError if a Parquet file that the ledger names is gone or
    changed, WarehouseShapeError if the warehouse was built for other marts.
    """
    judgements = ledger.judgements(month)
    nodes = list(json.loads(manifest_file(settings).read_bytes())["nodes"].values())
    with duckdb.connect(str(settings.warehouse)) as connection:
        connection.execute("begin")
        begin_build(connection, month, built_inputs(ledger, month), month_code_version())
        for schema in ("run", "exports", "before", "matching"):
            connection.execute(f"create schema if not exists {schema}")
        for table, columns in _TABLES.items():
            connection.execute(f"create or replace table {table} ({columns})")
        connection.execute("insert into run.month values (?)", [month.first_day])
        insert_rows(connection, "run.delivery", _deliveries(ledger, month, judgements))
        insert_rows(connection, "run.verdict", _verdicts(judgements))
        for name, (files, shape) in views_over_files(settings, ledger, month).items():
            _replace_view(connection, name, _parquet_query(files, shape))
        _write_places(connection, month, judgements)
        _replace_view(connection, "run.former_finding", _former_query(settings, ledger, month))
        _replace_view(connection, "run.sample", _sample_query(settings, ledger, month))
        insert_rows(connection, "matching.decision", MatchDecisions(settings.ledger).binding())
        write_descriptions(connection, nodes)
        fit_warehouse(connection, nodes)
        connection.execute("commit")
        take_back(connection, settings.statistics, month)


def views_over_files(
    settings: Settings, ledger: Ledger, month: Month
) -> dict[str, tuple[list[Path], dict[str, str]]]:
    """Return the files and columns of every view that is just the rows of files, by its name.

    The other tables of a run are small. Raises StoredFileDamageError.
    """
    judgements = ledger.judgements(month)
    views: dict[str, tuple[list[Path], dict[str, str]]] = {
        f"run.{name}": (_files(settings, judgements, file), _columns(schema))
        for name, (file, schema) in _KEPT.items()
    }
    for schema, judged in (("exports", judgements), ("before", ledger.judgements(month.previous))):
        for kind, contract in load_contracts().items():
            accepted = [judgement for judgement in judged if judgement.kind == kind]
            columns = _PROVENANCE | dict.fromkeys(contract.fields, "varchar")
            views[f"{schema}.{kind}"] = (_files(settings, accepted, "accepted"), columns)
    for name, (result, shape) in _MATCHED.items():
        matched = result_file(settings, month, result)
        views[f"matching.{name}"] = ([matched] if matched else [], shape)
    return views


def _write_places(
    connection: duckdb.DuckDBPyConnection, month: Month, judgements: list[Judgement]
) -> None:
    """Write the official places in every accepted spelling.

    Only a building ledger names communities: without one theirs would be work for nothing.
    """
    has_ledger = any(j.kind == BUILDING_SURVEY and "accepted" in j.files for j in judgements)
    spelt = {
        "run.town_spelling": ("district_id", spelt_towns(month)),
        "run.community_spelling": (
            "town_series_code",
            spelt_communities(month) if has_ledger else (),
        ),
    }
    for table, (parent, places) in spelt.items():
        connection.register("spelt", spelling_table(parent, places))
        connection.execute(f"create or replace table {table} as from spelt")
        connection.unregister("spelt")


def _deliveries(
    ledger: Ledger, month: Month, judgements: list[Judgement]
) -> list[tuple[object, ...]]:
    """Return one row for every district and kind that is owed, delivered or not."""
    known = {(judgement.district_id, judgement.kind): judgement for judgement in judgements}
    first, late = ledger.first_arrivals(month), ledger.days_late(month)
    due = (
        deadline(month).replace(tzinfo=None),
        could_be_in_time(month, ledger.opened_at()),
    )
    rows: list[tuple[object, ...]] = []
    for place in owed_deliveries(month):
        judgement = known.get(place)
        number = judgement.delivery_id if judgement else None
        arrival = ledger.arrival(number) if number is not None else None
        if judgement is None or arrival is None:
            rows.append((month.first_day, *place, "missing", *due, *[None] * 12))
            continue
        days = late[place]
        rows.append(
            (
                month.first_day,
                *place,
                judgement.state,
                *due,
                arrival.version,
                arrival.sha256,
                mask(arrival.file_name),
                judgement.as_at,
                suzhou_clock(datetime.fromisoformat(arrival.arrived_at)),
                suzhou_clock(datetime.fromisoformat(first[place])),
                None if days is None else max(0, days),
                None if days is None else days > 0,
                judgement.row_count,
                judgement.accepted_count,
                judgement.quarantined_count,
                judgement.itemised_count,
            )
        )
    return rows


def _verdicts(judgements: list[Judgement]) -> list[tuple[object, ...]]:
    return [
        (
            judgement.month.first_day,
            judgement.district_id,
            judgement.kind,
            *vars(verdict).values(),
        )
        for judgement in judgements
        for verdict in judgement.verdicts
    ]


def _files(settings: Settings, judgements: list[Judgement], name: str) -> list[Path]:
    return [
        _checked(settings, judgement, name) for judgement in judgements if name in judgement.files
    ]


def _columns(schema: pa.Schema) -> dict[str, str]:
    return {field.name: _DUCKDB_TYPES[field.type] for field in schema}


def _former_query(settings: Settings, ledger: Ledger, month: Month) -> str:
    """Return a query over the findings on earlier versions, each with its version."""
    columns = _columns(FINDINGS)
    queries = [_parquet_query([], {"version": "integer"} | columns)]
    for judgement in ledger.former_judgements(month):
        arrival = ledger.arrival(judgement.delivery_id) if judgement.delivery_id else None
        if arrival is not None and "findings" in judgement.files:
            findings = _parquet_query([_checked(settings, judgement, "findings")], columns)
            queries.append(f"select {arrival.version} as version, * from ({findings})")  # noqa: S608
    return " union all ".join(queries)


def _sample_query(settings: Settings, ledger: Ledger, month: Month) -> str:
    """Return a query over the drawn buildings of the sample that the month's inspection follows.

    A sample kept from before strata were joined has its strata by category and risk.
    """
    sample = ledger.sample_for(month)
    frame_count = f"{sample.frame_count if sample else 'null'}::bigint as frame_count"
    files = [verified(settings.home / sample.file.path, sample.file.sha256)] if sample else []
    if not files or "stratum" in pq.read_schema(files[0]).names:
        drawn, stratum = _parquet_query(files, _SAMPLE | {"stratum": "varchar"}), ""
    else:
        drawn, stratum = _parquet_query(files, _SAMPLE), f"{_OLD_STRATUM} as stratum, "
    return f"select *, {stratum}{frame_count} from ({drawn})"  # noqa: S608 - our names


def _parquet_query(files: list[Path], columns: dict[str, str]) -> str:
    """Return a query over the files, or of the same shape and no row if there are none."""
    if files:
        return f"select {', '.join(columns)} from read_parquet({literals(files)})"  # noqa: S608 - our paths
    typed = ", ".join(f"null::{kind} as {name}" for name, kind in columns.items())
    return f"select {typed} where false"


def _checked(settings: Settings, judgement: Judgement, name: str) -> Path:
    file = judgement.files[name]
    return verified(settings.home / file.path, file.sha256)


def _replace_view(connection: duckdb.DuckDBPyConnection, name: str, query: str) -> None:
    connection.execute(f"create or replace view {name} as {query}")
