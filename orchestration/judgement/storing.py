"""Where a judgement's rows, findings and applied decisions lie; writing and examining them there.

Each file is replaced whole and named by its delivery; the ledger keeps its hash. What a row or
a finding means is decided before.
"""

from __future__ import annotations

from collections.abc import Iterable
from contextlib import ExitStack
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pandas as pd
import pyarrow as pa
import pyarrow.compute as pc
import pyarrow.parquet as pq

from orchestration.ingest.landing import landing_chunks, read_landing
from orchestration.judgement import cross_delivery
from orchestration.judgement.chunks.asking import rows_at_once
from orchestration.judgement.findings import FINDING_COLUMNS
from orchestration.judgement.parts.joining import FILE_NAME, FILE_ROW
from orchestration.judgement.within_delivery import DeliveryJudgement
from orchestration.reference.contracts import load_contracts
from orchestration.reference.months import Month
from orchestration.settings import Settings
from orchestration.store.files import is_whole, sha256_of
from orchestration.store.ledger import Ledger
from orchestration.store.objects.shared import sharing
from orchestration.store.records import Arrival, StoredFile

#: Dictionaries are how text lies in memory here: whoever reads the file gets text. Nobody asks for
#: the smallest and largest values of a column.
_AS_PARQUET: dict[str, Any] = {
    "compression": "zstd",
    "store_schema": False,
    "write_statistics": False,
}
_PLACE = [("month", pa.date32()), ("district_id", pa.string()), ("kind", pa.string())]
FINDINGS = pa.schema(
    [
        *_PLACE,
        ("file_name", pa.string()),
        *((name, pa.int32() if name == "row_number" else pa.string()) for name in FINDING_COLUMNS),
    ]
)
WAIVERS = pa.schema(
    [
        *_PLACE,
        ("rule_id", pa.string()),
        ("record_key", pa.string()),
        ("reason", pa.string()),
        ("waived_by", pa.string()),
        ("waived_on", pa.date32()),
        ("valid_from", pa.date32()),
        ("valid_until", pa.date32()),
        ("status", pa.string()),
        ("row_count", pa.int64()),
    ]
)
CORRECTIONS = pa.schema(
    [
        *_PLACE,
        ("record_key", pa.string()),
        ("field", pa.string()),
        ("old_value", pa.string()),
        ("new_value", pa.string()),
        ("reason", pa.string()),
        ("corrected_by", pa.string()),
        ("corrected_on", pa.date32()),
        ("status", pa.string()),
        ("detail", pa.string()),
        ("file_name", pa.string()),
        ("sheet", pa.string()),
        ("row_number", pa.int32()),
        ("cell", pa.string()),
    ]
)


@dataclass(frozen=True)
class StoredRows:
    """What was written of a delivery's rows: the files by name, and the rows in each."""

    files: dict[str, StoredFile]
    accepted_count: int = 0
    quarantined_count: int = 0


def place(folder: Path, arrival: Arrival, ending: str) -> Path:
    """Return the path of a delivery's file in ``folder``."""
    name = f"{arrival.kind}-{arrival.delivery_id}{ending}.parquet"
    return folder / str(arrival.month) / arrival.district_id / name


def store_rows(
    settings: Settings, arrival: Arrival, landing: Path, result: DeliveryJudgement
) -> StoredRows:
    """Write accepted and quarantined rows; return where they lie and how many they are.

    An accepted delivery of no rows has its file too: its figures are zero, not missing. In
    accepted rows a cell that is no number or date is blank: no cast down the line reads 1e3.
    """
    if result.state == "refused" and not len(result.quarantined_by):
        return StoredRows({})
    if len(result.quarantined_by) > rows_at_once(load_contracts()[arrival.kind]):
        return _store_chunks(settings, arrival, landing, result)
    accepted, quarantined = _sorted_out(read_landing(landing), arrival, result, 0)
    files = {"quarantine": _store(settings, place(settings.quarantine, arrival, ""), quarantined)}
    if result.state == "refused":
        return StoredRows(files, quarantined_count=quarantined.num_rows)
    files["accepted"] = _store(settings, place(settings.accepted, arrival, ""), accepted)
    return StoredRows(files, accepted.num_rows, quarantined.num_rows)


def _store_chunks(
    settings: Settings, arrival: Arrival, landing: Path, result: DeliveryJudgement
) -> StoredRows:
    """Do what ``store_rows`` does with a bounded number of rows at a time."""
    paths = {"quarantine": place(settings.quarantine, arrival, "")}
    if result.state != "refused":
        paths["accepted"] = place(settings.accepted, arrival, "")
    counts = dict.fromkeys(("accepted", "quarantine"), 0)
    with ExitStack() as stack:
        temporary = {name: stack.enter_context(sharing(path)) for name, path in paths.items()}
        writers: dict[str, pq.ParquetWriter] = {}
        with ExitStack() as written:
            rows = rows_at_once(load_contracts()[arrival.kind])
            for first, chunk in landing_chunks(landing, rows):
                tables = zip(counts, _sorted_out(chunk, arrival, result, first), strict=True)
                for name, table in tables:
                    if name not in paths:
                        continue
                    if name not in writers:
                        writer = pq.ParquetWriter(temporary[name], table.schema, **_AS_PARQUET)
                        writers[name] = written.enter_context(writer)
                    writers[name].write_table(table)
                    counts[name] += table.num_rows
    files = {name: _stored(settings, path) for name, path in paths.items()}
    return StoredRows(files, counts["accepted"], counts["quarantine"])


def _sorted_out(
    landed: pa.Table, arrival: Arrival, result: DeliveryJudgement, first: int
) -> tuple[pa.Table, pa.Table]:
    """Return the accepted and the quarantined of landed rows, from the position ``first`` on."""
    rows = _in_their_files(landed, arrival)
    provenance = {
        "month": pa.scalar(arrival.month.first_day, pa.date32()),
        "district_id": pa.scalar(arrival.district_id),
        "delivery_id": pa.scalar(arrival.delivery_id, pa.int64()),
    }
    table = pa.table(
        {name: pa.repeat(value, rows.num_rows) for name, value in provenance.items()}
        | {name: rows[name] for name in rows.column_names}
    )
    here = slice(first, first + rows.num_rows)
    rule_ids = pa.array(result.quarantined_by[here], pa.string())
    is_accepted = pc.equal(rule_ids, "")
    all_accepted = pc.all(is_accepted).as_py()
    listed = table.append_column("rule_ids", rule_ids)
    # filtering copies every column, and in most deliveries there is nothing to take out
    quarantined = listed.slice(0, 0) if all_accepted else listed.filter(pc.invert(is_accepted))
    readable = _without_unreadable(table, result, here)
    return readable if all_accepted else readable.filter(is_accepted), quarantined


def _in_their_files(rows: pa.Table, arrival: Arrival) -> pa.Table:
    """Return landed rows with the file and the row that each is in, in this order."""
    if FILE_NAME in rows.column_names:
        names, numbers = rows[FILE_NAME], rows[FILE_ROW]
        rows = rows.drop_columns([FILE_NAME, FILE_ROW])
        index = rows.column_names.index("row_number")
        rows = rows.set_column(index, "row_number", numbers)
    else:
        names = pa.repeat(pa.scalar(arrival.file_name), rows.num_rows)
    return rows.add_column(0, FILE_NAME, names)


def _without_unreadable(table: pa.Table, result: DeliveryJudgement, here: slice) -> pa.Table:
    for name, is_unreadable in result.unreadable.items():
        column = table[name]
        position = table.column_names.index(name)
        read = pc.if_else(pa.array(is_unreadable[here]), pa.scalar(None, column.type), column)
        table = table.set_column(position, name, read)
    return table


def _store(settings: Settings, path: Path, table: pa.Table) -> StoredFile:
    with sharing(path) as temporary:
        pq.write_table(table, temporary, **_AS_PARQUET)
    return _stored(settings, path)


def _stored(settings: Settings, path: Path) -> StoredFile:
    return StoredFile(str(path.relative_to(settings.home)), sha256_of(path))


def store_known_buildings(settings: Settings, arrival: Arrival, known: pa.Table) -> StoredFile:
    """Write the numbers of the buildings that a district knows in a month."""
    return _store(settings, place(settings.accepted, arrival, ".known_buildings"), known)


def store_findings(
    settings: Settings, path: Path, place: tuple[Month, str, str], findings: pd.DataFrame
) -> StoredFile:
    """Write the findings of one kind of a district's month; ``place`` says which."""
    month, district_id, kind = place
    table = pa.Table.from_pandas(
        findings.assign(month=month.first_day, district_id=district_id, kind=kind),
        FINDINGS,
        preserve_index=False,
    )
    return _store(settings, path, table)


def store_decisions(
    settings: Settings, path: Path, month: Month, rows: list[dict[str, Any]], schema: pa.Schema
) -> StoredFile:
    """Write what became of the waivers or corrections of a district's month."""
    dated = [row | {"month": month.first_day} for row in rows]
    return _store(settings, path, pa.Table.from_pylist(dated, schema))


def is_stored(settings: Settings, files: Iterable[StoredFile]) -> bool:
    """Whether files of judgements lie there as they were written."""
    return all(is_whole(settings.home / file.path, file.sha256) for file in files)


def damaged_before(
    settings: Settings, ledger: Ledger, month: Month, district_id: str
) -> list[Month]:
    """Return the earlier months whose rows are looked at and are gone or changed, in order."""
    first = month.shift(-cross_delivery.history_months())
    return sorted(
        {
            accepted.month
            for accepted in ledger.accepted_before(month, district_id, first)
            if cross_delivery.earlier_views(accepted.kind, accepted.month, month)
            if not is_stored(settings, [accepted.file])
        }
    )


def damaged_former(
    settings: Settings, ledger: Ledger, month: Month, district_id: str
) -> list[Arrival]:
    """Return the former versions of what counts whose findings are gone or changed."""
    damaged = [
        ledger.arrival(judgement.delivery_id)
        for judgement in ledger.former_judgements(month)
        if judgement.district_id == district_id and judgement.delivery_id is not None
        if not is_stored(settings, judgement.files.values())
    ]
    return [arrival for arrival in damaged if arrival is not None]
