"""Checks what the public reads against the ledger, the stored rows of releases and the warehouse.

Files are compared with the hashes in the ledger, figures with the rows they were made from, so
that a wrong file is found even if its hash was recorded.
"""

from __future__ import annotations

import re
import sqlite3
from contextlib import closing
from dataclasses import replace
from pathlib import Path

import duckdb

from orchestration.formats.sql import in_memory, literal, quoted
from orchestration.lookup.file_writing import FILE_NAME as LOOKUP
from orchestration.matching.identifiers import FILE_NAME as IDENTIFIERS
from orchestration.modelling.up_to_date import month_fingerprint
from orchestration.publication.database.former_columns import columns_as_shown
from orchestration.publication.database.reading import MARTS, is_monthly, marts_of
from orchestration.publication.database.row_comparison import difference, types_of
from orchestration.publication.issue.site import DEFINITIONS, INDEX
from orchestration.publication.status.page import STATUS
from orchestration.reference.months import Month
from orchestration.settings import Settings
from orchestration.store.files import sha256_of
from orchestration.store.public_files import PublicFile
from orchestration.store.releases import Vintage
from orchestration.verification.damage import Damage, Examination, Fault, Remedy
from orchestration.verification.releases import kept_files

STATISTICS = "published/statistics.duckdb"
WAREHOUSE = "统计库 warehouse"
#: Columns of a published row that come from the ledger, not from the release's stored rows.
_LABELS = ("vintage", "status")
_LOOKUP_OF = re.compile(r"internal/lookup/(\d{4}-\d{2})/lookup\.sqlite")
_OF_MONTH = re.compile(r"published/(\d{4}-\d{2})/(?:v(\d+)/)?(.+)")


def examine_public_files(examination: Examination) -> None:
    """Compare every public file with the hash that the ledger recorded last."""
    for file in examination.ledger.public_files().values():
        damage = _public(examination, file)
        if file.sha256 is None or (examination.month and examination.month != damage.month):
            continue  # a removed file that is still there is reported as a stray
        if not examination.check_hash(file.sha256, damage):
            _mark_unfinished(examination, file)
    for month, state in examination.ledger.release_states().items():
        shown = state.shown
        if shown and not shown.withdrawn_at and examination.covers(month):
            _check_current_copies(examination, shown)


def _public(examination: Examination, file: PublicFile) -> Damage:
    """Return the damage to report for a public file; the remedy follows from its path."""
    of_month, remedy = _OF_MONTH.fullmatch(file.path), Remedy.SET_ASIDE
    month = Month.parse(of_month[1]) if of_month else None
    if of_lookup := _LOOKUP_OF.fullmatch(file.path):
        month, remedy = Month.parse(of_lookup[1]), Remedy.LOOKUP
    elif file.path == STATISTICS:
        remedy = Remedy.RUN
    elif file.path in (f"published/{name}" for name in (INDEX, DEFINITIONS, STATUS)):
        remedy = Remedy.SITE
    elif file.path == f"published/{IDENTIFIERS}":
        remedy = Remedy.IDENTIFIERS
    elif of_month and month:
        # provisional files of a month that is released by now are not made again
        is_past = of_month[2] == "0" and examination.ledger.release_state(month).shown is not None
        remedy = Remedy.SET_ASIDE if is_past else Remedy.ISSUE
    return Damage(
        "公开的文件 public file",
        file.path,
        Fault.LOST,
        remedy,
        f"{month or '各月 all months'} 公布的内容 what the public reads",
        since=f"写入于 written {file.written_at}",
        month=month,
    )


def _mark_unfinished(examination: Examination, file: PublicFile) -> None:
    """Report a file with its previous content as an interrupted publication."""
    damage = examination.damages[-1]
    path = examination.settings.home / file.path
    if damage.path == file.path and path.is_file() and sha256_of(path) in file.former:
        examination.damages[-1] = replace(damage, fault=Fault.UNFINISHED)


def _check_current_copies(examination: Examination, shown: Vintage) -> None:
    """Compare the current copies beside a release's folder with the stored files."""
    damage = Damage(
        "公开的文件 public file",
        "",
        Fault.LOST,
        Remedy.ISSUE,
        f"{shown.month} 现行公报 the current bulletin",
        since=f"发布于 released {shown.release.decided_at.isoformat()}",
        month=shown.month,
    )
    known = {damage.path for damage in examination.damages}
    for name, output in kept_files(examination, shown, "outputs").items():
        path = f"published/{shown.month}/{name}"
        if path not in known:
            examination.check_hash(output["sha256"], replace(damage, path=path))


def examine_statistics(examination: Examination) -> None:
    """Compare published figures with the rows of releases and, if current, with the marts."""
    settings, ledger = examination.settings, examination.ledger
    if not settings.statistics.exists():
        return
    damage = Damage(
        "发布库 published figures",
        STATISTICS,
        Fault.UNREADABLE,
        Remedy.RUN,
        "公布的全部数字 every published figure",
        month=max(ledger.months(), default=None),
    )
    examination.known.add(settings.statistics)
    with examination.catching(damage), in_memory() as connection:
        connection.execute(f"attach {literal(str(settings.statistics))} as published (read_only)")
        published = marts_of(connection, "published")
        shown = {m: s.shown for m, s in ledger.release_states().items() if s.shown}
        for month, vintage in shown.items():
            if examination.covers(month) and vintage:
                _compare_release(examination, connection, published, vintage)
        if settings.warehouse.exists():
            _compare_marts(examination, connection, published, set(shown))


def _compare_release(
    examination: Examination,
    connection: duckdb.DuckDBPyConnection,
    published: dict[str, dict[str, str]],
    vintage: Vintage,
) -> None:
    """Compare a month's published rows with the stored rows of its release, mart by mart."""
    of_month = f"where month = {literal(vintage.month.first_day)}"
    damage = Damage(
        "发布库 published figures",
        STATISTICS,
        Fault.DIFFERS,
        Remedy.RUN,
        f"{vintage.month} 第{vintage.number}版公布的数字 published figures of the release",
        month=vintage.month,
    )
    known = {damage.path for damage in examination.damages}
    with examination.catching(damage):
        for mart, file in kept_files(examination, vintage, "marts").items():
            if file["path"] in known:
                continue  # reported with the release
            examination.checked_count += 1
            kept = f"read_parquet({literal(str(examination.settings.home / file['path']))})"
            types = types_of(connection, f"from {kept}")
            labels = _LABELS if "vintage" in types else ()
            columns = columns_as_shown(mart, types, published.get(mart, {}), labels)
            if columns is None:
                examination.report(replace(damage, detail=f"{mart} or its columns are missing"))
                continue
            found = difference(
                connection,
                f"select {', '.join(columns)} from published.{MARTS}.{quoted(mart)} {of_month}",  # noqa: S608 - our names
                f"select {', '.join(columns.values())} from {kept}",  # noqa: S608 - our names
            )
            if found:
                examination.report(replace(damage, detail=f"{mart}: {found}"))


def _compare_marts(
    examination: Examination,
    connection: duckdb.DuckDBPyConnection,
    published: dict[str, dict[str, str]],
    released: set[Month],
) -> None:
    """Compare published rows of unreleased months with the marts, if the month is up to date."""
    settings, ledger = examination.settings, examination.ledger
    damage = Damage(
        WAREHOUSE,
        settings.warehouse.name,
        Fault.UNREADABLE,
        Remedy.REBUILD,
        "以后的统计 every later run",
    )
    current = [
        month
        for month in ledger.months()
        if month not in released and examination.covers(month)
        if ledger.published_fingerprint(month) == month_fingerprint(settings, ledger, month)
    ]
    with examination.catching(damage):
        connection.execute(f"attach {literal(str(settings.warehouse))} as warehouse (read_only)")
        for mart, columns in marts_of(connection, "warehouse").items():
            examination.checked_count += 1
            query = f"from {{}}.{MARTS}.{quoted(mart)}"
            connection.execute(
                f"select count(*) from (select hash(columns(*)) {query.format('warehouse')})"  # noqa: S608 - our names
            )
            if not is_monthly(columns):
                continue
            days = ", ".join(literal(month.first_day) for month in current)
            if not days or mart not in published:
                continue
            sides = (
                f"{query.format(side)} where month in ({days})"
                for side in ("published", "warehouse")
            )
            if found := difference(connection, *sides):
                examination.report(
                    Damage(
                        "发布库 published figures",
                        STATISTICS,
                        Fault.DIFFERS,
                        Remedy.RUN,
                        "未锁定月份公布的数字 published figures of open months",
                        detail=f"{mart}: {found} (published, warehouse)",
                        month=current[-1],
                    )
                )


def examine_warehouse(examination: Examination) -> None:
    """Report a missing warehouse; ``examine_statistics`` compares its content."""
    settings = examination.settings
    examination.known |= {settings.warehouse, Path(f"{settings.warehouse}.wal")}
    if examination.ledger.months() and not settings.warehouse.exists():
        examination.report(
            Damage(
                WAREHOUSE,
                settings.warehouse.name,
                Fault.LOST,
                Remedy.REBUILD,
                "以后的统计 every later run",
            )
        )


def examine_lookups(examination: Examination) -> None:
    """Check each look-up file, and that it was made from the published vintage."""
    for path in sorted(examination.settings.lookups.glob(f"????-??/{LOOKUP}")):
        month = Month.parse(path.parent.name)
        if not examination.covers(month):
            continue
        damage = Damage(
            "查询库 look-up",
            _below(examination.settings, path),
            Fault.UNREADABLE,
            Remedy.LOOKUP,
            f"{month} 的查询 look-ups of the month",
            month=month,
        )
        examination.checked_count += 1
        examination.known.add(path)
        with (
            examination.catching(damage),
            closing(sqlite3.connect(f"{path.as_uri()}?mode=ro&immutable=1", uri=True)) as file,
        ):
            result = file.execute("pragma integrity_check(1)").fetchall()
            if result != [("ok",)]:
                examination.report(replace(damage, detail=str(result[0][0])))
                continue
            [(vintage,)] = file.execute("select vintage from about").fetchall()
            shown = examination.ledger.release_state(month).shown
            wanted = shown.number if shown else 0
            if vintage != wanted:
                detail = f"第{vintage}版，应为第{wanted}版 it has another vintage"
                examination.report(replace(damage, fault=Fault.DIFFERS, detail=detail))


def examine_identifiers(examination: Examination) -> None:
    """Compare the published identifiers with the latest history."""
    settings = examination.settings
    path = settings.published / IDENTIFIERS
    histories = sorted(settings.matching.glob("????-??/identifiers.parquet"))
    if not path.exists() or not histories or examination.month is not None:
        return
    damage = Damage(
        "房屋编码库 identifiers",
        _below(settings, path),
        Fault.UNREADABLE,
        Remedy.IDENTIFIERS,
        "公布的房屋编码 published identifiers",
    )
    examination.checked_count += 1
    examination.known.add(path)
    with examination.catching(damage), in_memory() as connection:
        connection.execute(f"attach {literal(str(path))} as published (read_only)")
        found = difference(
            connection,
            f"from published.{MARTS}.dim_building_identifier",
            f"from read_parquet({literal(str(histories[-1]))})",
        )
        if found:
            examination.report(replace(damage, fault=Fault.DIFFERS, detail=found))


def _below(settings: Settings, path: Path) -> str:
    return str(path.relative_to(settings.home))
