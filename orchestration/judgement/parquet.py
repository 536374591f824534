"""Where a judgement's rows and findings lie, and writing them there.

Each file is replaced whole and named by its delivery; the ledger keeps its hash. What a row or
a finding means is decided before.
"""

from __future__ import annotations

from pathlib import Path

import pandas as pd
import pyarrow as pa
import pyarrow.compute as pc
import pyarrow.parquet as pq

from orchestration.judgement.delivery import DeliveryJudgement
from orchestration.judgement.findings import FINDING_COLUMNS
from orchestration.months import Month
from orchestration.settings import Settings
from orchestration.store.files import replacing, sha256_of
from orchestration.store.records import Arrival, StoredFile

_FINDING_SCHEMA = pa.schema(
    [
        ("month", pa.date32()),
        ("district_id", pa.string()),
        ("kind", pa.string()),
        ("file_name", pa.string()),
        *((name, pa.int32() if name == "row_number" else pa.string()) for name in FINDING_COLUMNS),
    ]
)


def place(folder: Path, arrival: Arrival, ending: str) -> Path:
    """Return the path of a delivery's file in ``folder``."""
    name = f"{arrival.kind}-{arrival.delivery_id}{ending}.parquet"
    return folder / str(arrival.month) / arrival.district_id / name


def store_rows(
    settings: Settings, arrival: Arrival, landing: Path, result: DeliveryJudgement
) -> dict[str, StoredFile]:
    """Write accepted and quarantined rows; return where they lie, by name.

    An accepted delivery of no rows has its file too: its figures are zero, not missing.
    """
    if result.state == "refused" and not len(result.quarantined_by):
        return {}
    rows = pq.read_table(landing)
    provenance = {
        "month": pa.scalar(arrival.month.first_day, pa.date32()),
        "district_id": pa.scalar(arrival.district_id),
        "delivery_id": pa.scalar(arrival.delivery_id, pa.int64()),
        "file_name": pa.scalar(arrival.file_name),
    }
    table = pa.table(
        {name: pa.repeat(value, rows.num_rows) for name, value in provenance.items()}
        | {name: rows[name] for name in rows.column_names}
    )
    rule_ids = pa.array(result.quarantined_by, pa.string())
    is_accepted = pc.equal(rule_ids, "")
    quarantined = table.append_column("rule_ids", rule_ids).filter(pc.invert(is_accepted))
    stored = {"quarantine": _store(settings, place(settings.quarantine, arrival, ""), quarantined)}
    if result.state != "refused":
        accepted = table.filter(is_accepted)
        stored["accepted"] = _store(settings, place(settings.accepted, arrival, ""), accepted)
    return stored


def _store(settings: Settings, path: Path, table: pa.Table) -> StoredFile:
    with replacing(path) as temporary:
        pq.write_table(table, temporary, compression="zstd")
    return StoredFile(str(path.relative_to(settings.home)), sha256_of(path))


def store_findings(
    settings: Settings, path: Path, place: tuple[Month, str, str], findings: pd.DataFrame
) -> StoredFile:
    """Write the findings of one kind of a district's month; ``place`` says which."""
    month, district_id, kind = place
    table = pa.Table.from_pandas(
        findings.assign(month=month.first_day, district_id=district_id, kind=kind),
        _FINDING_SCHEMA,
        preserve_index=False,
    )
    return _store(settings, path, table)
