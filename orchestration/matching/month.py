"""A month's matching: from the accepted rows that the ledger names to results in the home.

Results are Parquet files in ``matching/<month>``, with a receipt of their hashes. The next month
starts from them and matches only what could have changed. A month without codes or plates has
no results and costs nothing. How codes are matched is ``matcher``'s.
"""

from __future__ import annotations

import hashlib
import json
from dataclasses import asdict, dataclass
from pathlib import Path

import duckdb
import pyarrow as pa

from orchestration.formats.sql import in_memory, literal
from orchestration.matching.matcher import load_inputs, match_codes
from orchestration.reference.code_version import code_version
from orchestration.reference.districts import CITY_ID
from orchestration.reference.kinds import BUILDING_CODES, DOORPLATES
from orchestration.reference.months import Month
from orchestration.settings import Settings
from orchestration.store.files import is_whole, replacing, sha256_of, spill_folder, verified
from orchestration.store.ledger import Ledger
from orchestration.store.match_decisions import MatchDecisions
from orchestration.store.records import StoredFile

_MEMORY = "2500MB"
_THREADS = 2
RESULTS = {
    # unsorted: sorting two million rows costs half as much again as writing them
    "codes": "from outcome union all by name from untouched",
    "plates": "from every_plate",
    "pairs": "from pair_to_keep order by building_code, place",
    "variants": "from variant_to_keep order by all",
}


@dataclass(frozen=True)
class Receipt:
    """What a month's results were made from and where they lie.

    ``fingerprint`` stands for everything they depend on; ``parsed_count`` addresses were new,
    ``examined_count`` of ``code_count`` codes were matched.
    """

    fingerprint: str
    version: str
    files: dict[str, StoredFile]
    code_count: int
    plate_count: int
    parsed_count: int
    examined_count: int


def match_month(settings: Settings, ledger: Ledger, month: Month) -> Receipt | None:
    """Match a month's codes with its plates and return the receipt of the results.

    None if one of the two registers was not accepted: matching is not applicable then. Does
    nothing if the results are undamaged and their inputs unchanged. Damaged results are rebuilt,
    also those of the month before.
    """
    folder = settings.matching / str(month)
    inputs = _inputs(ledger, month)
    if inputs is None:
        (folder / "receipt.json").unlink(missing_ok=True)
        return None
    former = read_receipt(settings, month.previous)
    if former is not None and not _is_whole(settings, former):
        former = match_month(settings, ledger, month.previous)
    can_build_on = former is not None and former.version == matcher_version()
    decisions = MatchDecisions(settings.ledger).binding()
    fingerprint = _fingerprint(inputs, former, decisions)
    known = read_receipt(settings, month)
    if known is not None and known.fingerprint == fingerprint and _is_whole(settings, known):
        return known
    folder.mkdir(parents=True, exist_ok=True, mode=0o700)
    with in_memory(spill_folder(settings.scratch)) as connection:
        connection.execute(f"set memory_limit = '{_MEMORY}'; set threads = {_THREADS}")
        for view, file in zip(("raw_code", "raw_plate"), inputs, strict=True):
            _view(connection, view, verified(settings.home / file.path, file.sha256))
        if former is not None:
            for name in RESULTS:
                former_file = _checked(settings, former, name)
                _view(connection, f"former_{name.removesuffix('s')}", former_file)
        parsed_count = load_inputs(
            connection, settings.matching / "parsed", month.last_day, can_build_on=can_build_on
        )
        _load_decisions(connection, decisions)
        examined_count = match_codes(
            connection, has_former=former is not None, can_build_on=can_build_on
        )
        files = {name: _store(connection, settings, folder, name) for name in RESULTS}
        code_count, plate_count = (
            _count(connection, literal(settings.home / files[name].path))
            for name in ("codes", "plates")
        )
    receipt = Receipt(
        fingerprint, matcher_version(), files, code_count, plate_count, parsed_count, examined_count
    )
    with replacing(folder / "receipt.json") as temporary:
        temporary.write_text(json.dumps(asdict(receipt)), encoding="utf-8")
    return receipt


def read_receipt(settings: Settings, month: Month) -> Receipt | None:
    """Return the receipt of a month's results, or None if it has none."""
    path = settings.matching / str(month) / "receipt.json"
    if not path.exists():
        return None
    content = json.loads(path.read_text(encoding="utf-8"))
    content["files"] = {name: StoredFile(**file) for name, file in content["files"].items()}
    return Receipt(**content)


def _is_whole(settings: Settings, receipt: Receipt) -> bool:
    return all(is_whole(settings.home / f.path, f.sha256) for f in receipt.files.values())


def result_file(settings: Settings, month: Month, name: str) -> Path | None:
    """Return the verified Parquet of a result (codes, plates or pairs), or None if there is none.

    Raises StoredFileDamageError if its bytes have changed.
    """
    receipt = read_receipt(settings, month)
    return None if receipt is None else _checked(settings, receipt, name)


def is_matched(ledger: Ledger, month: Month) -> bool:
    """Whether a month has both registers, so that its codes are matched."""
    return _inputs(ledger, month) is not None


def accepted_registers(
    settings: Settings, ledger: Ledger, month: Month
) -> tuple[Path, Path] | None:
    """Return the verified files of a month's accepted codes and plates, or None without both."""
    inputs = _inputs(ledger, month)
    if inputs is None:
        return None
    codes, plates = (verified(settings.home / file.path, file.sha256) for file in inputs)
    return codes, plates


def _inputs(ledger: Ledger, month: Month) -> tuple[StoredFile, StoredFile] | None:
    files = {
        judgement.kind: judgement.files["accepted"]
        for judgement in ledger.judgements(month, CITY_ID)
        if "accepted" in judgement.files
    }
    has_both = BUILDING_CODES in files and DOORPLATES in files
    return (files[BUILDING_CODES], files[DOORPLATES]) if has_both else None


def _fingerprint(
    inputs: tuple[StoredFile, ...],
    former: Receipt | None,
    decisions: list[tuple[str, str, str]],
) -> str:
    parts = [
        matcher_version(),
        *(file.sha256 for file in inputs),
        former.fingerprint if former else "",
        json.dumps(decisions),
    ]
    return hashlib.sha256("\n".join(parts).encode()).hexdigest()[:16]


def matcher_version() -> str:
    """Return the version of everything besides its inputs that decides an outcome."""
    return code_version("orchestration.matching")[:12]


def _view(connection: duckdb.DuckDBPyConnection, name: str, path: Path) -> None:
    connection.execute(f"create temp view {name} as from read_parquet({literal(path)})")


def _load_decisions(
    connection: duckdb.DuckDBPyConnection, decisions: list[tuple[str, str, str]]
) -> None:
    names = ("building_code", "doorplate_code", "verdict")
    columns = list(zip(*decisions, strict=True)) or [(), (), ()]
    schema = pa.schema([(name, pa.string()) for name in names])
    table = pa.table(dict(zip(names, map(list, columns), strict=True)), schema)
    connection.register("decision", table)


def _checked(settings: Settings, receipt: Receipt, name: str) -> Path:
    file = receipt.files[name]
    return verified(settings.home / file.path, file.sha256)


def _store(
    connection: duckdb.DuckDBPyConnection, settings: Settings, folder: Path, name: str
) -> StoredFile:
    path = folder / f"{name}.parquet"
    with replacing(path) as temporary:
        connection.execute(f"copy ({RESULTS[name]}) to {literal(temporary)} (format parquet)")
    return StoredFile(str(path.relative_to(settings.home)), sha256_of(path))


def _count(connection: duckdb.DuckDBPyConnection, table: str) -> int:
    return int(connection.execute(f"select count(*) from {table}").fetchall()[0][0])  # noqa: S608
