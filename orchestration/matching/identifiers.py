"""Every identifier of every building, and since when: the history behind dim_building_identifier.

Built from a month's building codes, ledgers, matches and registered changes on top of the latest
earlier history. A month without building codes has no history and costs nothing. The rows are kept
as Parquet beside the month's matches and published as a DuckDB file of their own: two million rows
would slow down every publication of the small marts. Schemes are ``identifier_schemes.csv``.
"""

from __future__ import annotations

import json
from datetime import date
from pathlib import Path

import duckdb
import pyarrow as pa

from orchestration.formats.sql import in_memory, insert_rows, literal, literals
from orchestration.matching.internal_codes import issue
from orchestration.matching.matcher import run
from orchestration.matching.month import accepted_registers, read_receipt
from orchestration.matching.successions import Change, Successions, successions
from orchestration.reference.kinds import BUILDING_CHANGES, BUILDING_SURVEY
from orchestration.reference.months import FIRST_MONTH, Month
from orchestration.settings import PUBLIC_FILE, Settings
from orchestration.store.files import is_whole, replacing, sha256_of, spill_folder, verified
from orchestration.store.ledger import Ledger
from orchestration.store.public_files import record_written

SCHEMES = Path(__file__).with_name("identifier_schemes.csv")
FILE_NAME = "building_identifiers.duckdb"
_RESULTS = ("identifiers.parquet", "identifier_findings.parquet")
_STORAGE_VERSION = "v1.2.0"
_COLUMNS = (
    "building_id varchar, scheme varchar, value varchar, valid_from date, valid_to date,"
    " source varchar"
)
_COMMENTS = {
    "building_id": "房屋编号 · number of the building in the ledger of its district",
    "scheme": "编码方案 · which kind of identifier: see table identifier_scheme",
    "value": "编码 · the identifier",
    "valid_from": "启用日期 · first day on which it identifies the building",
    "valid_to": "失效日期 · first day on which it no longer does; null while it does",
    "source": "来源 · the delivery, matching, or the algorithm that gave it",
}


def build_identifiers(settings: Settings, ledger: Ledger, month: Month) -> bool:
    """Write a month's history and findings; return whether there was anything new to write.

    A month in which codes and plates were not both accepted has no history. Raises
    StoredFileDamageError if a stored file has changed.
    """
    folder = settings.matching / str(month)
    registers, receipt = (
        accepted_registers(settings, ledger, month),
        read_receipt(settings, month),
    )
    if registers is None or receipt is None:
        for name in (*_RESULTS, "identifiers.json"):
            (folder / name).unlink(missing_ok=True)
        return False
    former_month, former = _former(settings, month)
    reached = former_month.shift(1) if former_month else month
    changes = _accepted(settings, ledger, BUILDING_CHANGES, reached, month)
    ledgers = _accepted(settings, ledger, BUILDING_SURVEY, month, month)
    known = [*changes, *ledgers, *([former] if former else [])]
    made_from: list[object] = [receipt.fingerprint, [sha256_of(path) for path in known]]
    stamp = folder / "identifiers.json"
    if _is_made(stamp, made_from):
        return False
    found = successions(_changes(changes))
    with in_memory(spill_folder(settings.scratch)) as connection:
        _load(connection, month, former, found)
        _view(connection, "raw_code", [registers[0]])
        _view(connection, "matched", [settings.home / receipt.files["codes"].path])
        _view(connection, "surveyed", ledgers or [registers[0]])
        connection.execute(f"set variable has_ledger = {bool(ledgers)}")
        run(connection, "identifiers_asserted")
        collided = _issue(connection)
        run(connection, "identifiers_history")
        _load_findings(connection, found, collided)
        for name in _RESULTS:
            with replacing(folder / name) as temporary:
                table = name.removesuffix(".parquet")
                connection.execute(f"copy {table} to {literal(temporary)} (format parquet)")
    files = {name: sha256_of(folder / name) for name in _RESULTS}
    with replacing(stamp) as temporary:
        temporary.write_text(json.dumps({"made_from": made_from, "files": files}), encoding="utf-8")
    return True


def _is_made(stamp: Path, made_from: list[object]) -> bool:
    """Whether there is an undamaged history that was made from exactly this."""
    if not stamp.exists():
        return False
    content = json.loads(stamp.read_text(encoding="utf-8"))
    # an earlier version wrote a list, without hashes
    return (
        isinstance(content, dict)
        and content["made_from"] == made_from
        and all(is_whole(stamp.parent / name, hash_) for name, hash_ in content["files"].items())
    )


def publish_identifiers(settings: Settings) -> Path:
    """Write ``published/building_identifiers.duckdb`` from the last history, in one rename."""
    path = settings.published / FILE_NAME
    source = max(settings.matching.glob("????-??/identifiers.parquet"))
    with replacing(path) as temporary:
        with in_memory(spill_folder(settings.scratch)) as connection:
            connection.execute(
                f"attach {literal(temporary)} as target (storage_version '{_STORAGE_VERSION}')"
            )
            connection.execute("create schema target.marts")
            table = "target.marts.dim_building_identifier"
            connection.execute(f"create table {table} ({_COLUMNS})")
            connection.execute(
                f"insert into {table} from read_parquet(?) order by all", [str(source)]
            )
            for column, comment in _COMMENTS.items():
                connection.execute(f"comment on column {table}.{column} is '{comment}'")
            connection.execute(
                "create table target.marts.identifier_scheme as"
                f" from read_csv({literal(SCHEMES)}, header = true)"
            )
            connection.execute("checkpoint target")
        temporary.chmod(PUBLIC_FILE)
        record_written(settings, temporary, path)
    return path


def _former(settings: Settings, month: Month) -> tuple[Month | None, Path | None]:
    earlier = month.previous
    while str(earlier) >= FIRST_MONTH:
        path = settings.matching / str(earlier) / "identifiers.parquet"
        if path.exists():
            return earlier, path
        earlier = earlier.previous
    return None, None


def _accepted(
    settings: Settings, ledger: Ledger, kind: str, first: Month, last: Month
) -> list[Path]:
    """Return the verified files of the districts' accepted deliveries of a kind, month by month."""
    paths = []
    while first <= last:
        for judgement in ledger.judgements(first):
            file = judgement.files.get("accepted")
            if judgement.kind == kind and file is not None:
                paths.append(verified(settings.home / file.path, file.sha256))
        first = first.shift(1)
    return paths


def _changes(paths: list[Path]) -> list[Change]:
    rows = [
        row
        for path in paths
        for row in duckdb.execute(
            "select try_cast(changed_on as date), change_id, change_type,"
            " nullif(old_building_id, ''), nullif(new_building_id, '') from read_parquet(?)"
            " where try_cast(changed_on as date) is not null",
            [str(path)],
        ).fetchall()
    ]
    return [Change(*row) for row in rows]


def _view(connection: duckdb.DuckDBPyConnection, name: str, paths: list[Path]) -> None:
    connection.execute(f"create temp view {name} as from read_parquet({literals(paths)})")


def _load(
    connection: duckdb.DuckDBPyConnection, month: Month, former: Path | None, found: Successions
) -> None:
    connection.execute(f"set variable first_day = date '{month.first_day}'")
    connection.execute(f"create table former ({_COLUMNS})")
    if former is not None:
        connection.execute("insert into former from read_parquet(?)", [str(former)])
    connection.execute(
        "create temp table unique_scheme as"
        " select scheme from read_csv($path, header = true) where is_unique",
        {"path": str(SCHEMES)},
    )
    connection.execute("create temp table ended (building_id varchar, ended_on date)")
    connection.execute(
        "create temp table heir (old_building_id varchar, building_id varchar, inherited_on date)"
    )
    insert_rows(connection, "ended", list(found.ended.items()))
    insert_rows(connection, "heir", found.heirs)


def _issue(connection: duckdb.DuckDBPyConnection) -> list[str]:
    """Fill ``issued`` (building_id, value) for buildings without a code; return the collisions."""
    wanted = [row[0] for row in connection.execute("from uncoded order by all").fetchall()]
    owners = dict(connection.execute("from code_owner").fetchall()) if wanted else {}
    codes, collided = issue(wanted, owners)
    table = pa.table(
        {
            "building_id": pa.array(list(codes), pa.string()),
            "value": pa.array(list(codes.values()), pa.string()),
        }
    )
    connection.register("issued_rows", table)
    connection.execute("create temp table issued as from issued_rows")
    connection.unregister("issued_rows")
    return collided


def _load_findings(
    connection: duckdb.DuckDBPyConnection, found: Successions, collided: list[str]
) -> None:
    """Add to ``identifier_findings`` what was found on the way to the history."""
    rows: list[tuple[str | date, ...]] = [
        ("ID-3", "district_building_id", str(change.old_building_id), str(change.new_building_id),
         f"变更登记{change.change_id}与其他变更首尾相接成环，这些变更均未采用")
        for change in found.cyclic
    ]  # fmt: skip
    rows += [
        ("ID-4", "internal_code", building, "", "首个编码已属另一幢房屋，按顺序取下一个")
        for building in collided
    ]
    insert_rows(connection, "identifier_findings", rows)


def history_file(settings: Settings, month: Month) -> Path | None:
    """Return the Parquet of a month's history, or None if it has none."""
    path = settings.matching / str(month) / "identifiers.parquet"
    return path if path.exists() else None


def identifier_findings(settings: Settings, month: Month) -> list[dict[str, str]] | None:
    """Return a month's findings on identifiers, or None if it has no history."""
    path = settings.matching / str(month) / "identifier_findings.parquet"
    if not path.exists():
        return None
    rows: list[dict[str, str]] = duckdb.read_parquet(str(path)).to_arrow_table().to_pylist()
    return rows
