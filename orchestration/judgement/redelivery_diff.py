"""What a redelivered file changed against the version before, asked of both landings.

Computed when somebody looks, not stored: both landings and quarantines stay, named by their
delivery. Rows are matched by the contract's key; rows that share a key, or have none, by their
order in the file. A row whose key was changed counts as removed and added. Personal columns are
states in a landing, so that a changed name or number shows only where its state changed.
"""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

import duckdb

from orchestration.formats.sql import in_memory, quoted
from orchestration.judgement.parts.joining import FILE_NAME, FILE_ROW
from orchestration.judgement.storing import place
from orchestration.reference.contracts import Contract
from orchestration.settings import Settings
from orchestration.store.files import StoredFileDamageError, scratch_folder, verified
from orchestration.store.records import Version

#: Two landings of a city's 1.85 million codes spill to disk under this; a district's do not.
_MEMORY = "1GB"
_THREADS = 2


class NotComparableError(ValueError):
    """Two versions of which one cannot be looked at; the message says why, in Chinese."""


@dataclass(frozen=True)
class Difference:
    """Rows of one version against those of the version before.

    ``changed_by_field`` counts the changed rows by field, most first, fields that did not change
    left out. Of the rows that the version before had in quarantine ``released_count`` are now
    accepted, ``kept_count`` still quarantined and ``dropped_count`` no longer in the file;
    ``newly_quarantined_count`` rows were not in quarantine before.
    """

    added_count: int
    removed_count: int
    changed_count: int
    unchanged_count: int
    changed_by_field: dict[str, int]
    released_count: int
    kept_count: int
    dropped_count: int
    newly_quarantined_count: int


def compare(
    settings: Settings, contract: Contract, former: Version, present: Version
) -> Difference:
    """Return what ``present`` changed against ``former``, both versions of one kind.

    Columns that only one of the landings has, the contract having changed between them, are
    left out. Raises NotComparableError.
    """
    with (
        scratch_folder(settings.scratch, "compare") as scratch,
        in_memory(scratch) as connection,
    ):
        connection.execute(f"set memory_limit = '{_MEMORY}'")
        connection.execute(f"set threads = {_THREADS}")
        for name, version in (("former", former), ("present", present)):
            _create_rows(connection, name, contract, settings, version)
        fields = _common_fields(connection, contract)
        cursor = connection.execute(_query(contract, fields))
        names = [column[0] for column in cursor.description]
        [row] = cursor.fetchall()
    counts = dict(zip(names, row, strict=True))
    by_field = {field: counts.pop(f"changed {field}") for field in fields}
    ranked = sorted(by_field.items(), key=lambda item: -item[1])
    return Difference(**counts, changed_by_field={field: count for field, count in ranked if count})


def _landing(settings: Settings, version: Version) -> Path:
    number = version.arrival.version
    if version.landing_sha256 is None:
        raise NotComparableError(f"第 {number} 版没有读取结果")
    return _whole(place(settings.landing, version.arrival, ""), version.landing_sha256, number)


def _quarantine(settings: Settings, version: Version) -> Path | None:
    """Return the quarantined rows of a version; None if it had no rows at all."""
    stored = version.judgement.files.get("quarantine") if version.judgement else None
    if stored is None:
        return None
    return _whole(settings.home / stored.path, stored.sha256, version.arrival.version)


def _whole(path: Path, sha256: str, number: int) -> Path:
    try:
        return verified(path, sha256)
    except StoredFileDamageError as error:
        raise NotComparableError(f"第 {number} 版保存的行已不在或已损坏") from error


def _create_rows(
    connection: duckdb.DuckDBPyConnection,
    name: str,
    contract: Contract,
    settings: Settings,
    version: Version,
) -> None:
    """Create the view ``name``: landed rows, which of its key each is, whether quarantined."""
    landed = connection.read_parquet(str(_landing(settings, version)))
    if not set(contract.key) <= set(landed.columns):
        raise NotComparableError(f"第 {version.arrival.version} 版按已不用的约定读取")
    landed.create_view(f"{name}_landing")
    quarantine = _quarantine(settings, version)
    if quarantine is None:
        connection.execute(
            f"create view {name}_quarantine as select '' as file_name, -1 as row_number"
        )
    else:
        connection.read_parquet(str(quarantine)).create_view(f"{name}_quarantine")
    # rows of a delivery in parts are numbered through, and say where they stand
    is_in_parts = FILE_NAME in landed.columns
    own, kept = (
        (f"({FILE_NAME}, {FILE_ROW})", "file_name, row_number")
        if is_in_parts
        else ("row_number", "row_number")
    )
    key = ", ".join(map(quoted, contract.key))
    connection.execute(
        f"create view {name} as select *,"  # noqa: S608 - names of ours
        f" {own} in (select {kept} from {name}_quarantine) as is_quarantined,"
        f" row_number() over (partition by {key} order by row_number) as occurrence"
        f" from {name}_landing"
    )


def _common_fields(connection: duckdb.DuckDBPyConnection, contract: Contract) -> list[str]:
    landed = [connection.table(f"{name}_landing").columns for name in ("former", "present")]
    return [field for field in contract.fields if all(field in names for names in landed)]


def _query(contract: Contract, fields: list[str]) -> str:
    """Return the query whose one row holds the counts, each named by its place."""
    matched = [
        *(f"f.{quoted(name)} is not distinct from p.{quoted(name)}" for name in contract.key),
        "f.occurrence = p.occurrence",
    ]
    both = "f.occurrence + p.occurrence is not null"
    differs = {name: f"f.{quoted(name)} is distinct from p.{quoted(name)}" for name in fields}
    any_differs = " or ".join(differs.values())
    conditions = {
        "added_count": "f.occurrence is null",
        "removed_count": "p.occurrence is null",
        "changed_count": f"{both} and ({any_differs})",
        "unchanged_count": f"{both} and not ({any_differs})",
        "released_count": "f.is_quarantined and not p.is_quarantined",
        "kept_count": "f.is_quarantined and p.is_quarantined",
        "dropped_count": "f.is_quarantined and p.occurrence is null",
        "newly_quarantined_count": "p.is_quarantined and f.is_quarantined is not true",
        **{f"changed {name}": f"{both} and {condition}" for name, condition in differs.items()},
    }
    counts = ", ".join(
        f"count(*) filter (where {condition}) as {quoted(name)}"
        for name, condition in conditions.items()
    )
    return f"select {counts} from former f full join present p on {' and '.join(matched)}"  # noqa: S608
