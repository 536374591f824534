"""A small home with a file of every kind, and the damages that tests apply to it."""

from __future__ import annotations

import os
import sqlite3
from collections.abc import Callable
from contextlib import closing
from pathlib import Path
from typing import NamedTuple

import duckdb
import pyarrow as pa
import pyarrow.parquet as pq
from deliver import OCTOBER, folder, report
from publication.releasing import Office

from orchestration.ingest.reader_pool import ReaderPool
from orchestration.judgement.district import judge_district_month
from orchestration.publication.issue.placing import write_bulletin
from orchestration.publication.issue.site import write_site
from orchestration.reference.calendar import SUZHOU
from orchestration.reference.deadlines import suzhou_now
from orchestration.settings import Settings
from orchestration.store.files import sha256_of
from orchestration.store.ledger import Ledger
from orchestration.store.public_files import record_public
from orchestration.store.records import StoredFile

NOW = suzhou_now()
GUSU, SIP = "2022-10/gusu", "2022-10/sip"


def store_everything(office: Office, readers: ReaderPool) -> None:
    """Deliver, judge, draw, publish and release, with as little data as possible."""
    settings, ledger = office.settings, office.ledger
    for district_id in ("gusu", "sip", "gaoxin", "xiangcheng"):
        report(settings.raw, district_id)
    (folder(settings.raw, "gusu") / "何物.xlsx").write_bytes(b"nobody knows what this is")
    report(settings.raw, "gusu", verified_count=29)
    for district_id in ("gusu", "sip", "gaoxin", "xiangcheng"):
        judge_district_month(settings, ledger, readers.read, OCTOBER, district_id)
    report(settings.raw, "gusu")
    judge_district_month(settings, ledger, readers.read, OCTOBER, "gusu")
    for seed in (1, 2):
        _draw(office, seed)
    office.run()
    write_bulletin(settings, OCTOBER, NOW)
    office.release()
    office.run()
    _make_lookup(settings)
    write_site(settings, ledger, NOW.replace(tzinfo=SUZHOU))
    with closing(sqlite3.connect(settings.ledger)) as file:
        file.execute("pragma wal_checkpoint(truncate)")


def _draw(office: Office, seed: int) -> None:
    path = office.settings.samples / "2022-10" / f"sample-{seed}.parquet"
    path.parent.mkdir(exist_ok=True)
    pq.write_table(pa.table({"building_id": ["1"]}), path)
    stored = StoredFile(str(path.relative_to(office.settings.home)), sha256_of(path))
    office.ledger.record_sample(
        OCTOBER, size=1, seed=seed, frame_sha256="f", frame_count=9, absent=(), file=stored
    )


def _make_lookup(settings: Settings) -> None:
    path = settings.lookups / "2022-10" / "lookup.sqlite"
    path.parent.mkdir(parents=True)
    with sqlite3.connect(path) as file:
        file.execute("create table about (month, vintage)")
        file.execute("insert into about values ('2022-10', 1)")
        file.execute("create table subject (n, text)")
        file.executemany("insert into subject values (?, ?)", [(n, "x" * 50) for n in range(999)])
    record_public(settings, {path: sha256_of(path)})


def one(home: Path, pattern: str) -> Path:
    """Return the first file of a pattern below the home; archived files by their district."""
    if "archive" in pattern:
        ledger = Ledger(Settings(home, home).ledger)
        named = {a.district_id: a.sha256 for a in ledger.arrivals(OCTOBER).values()}
        unplaced = {p.name for p in home.glob("archive/*/*")} - ledger.archived_hashes()
        pattern = pattern.format(**named, unplaced=unplaced.pop())
    return sorted(home.glob(pattern))[0]


def lose(pattern: str) -> Callable[[Path], Path]:
    """Return a damage: delete a file."""

    def damage(home: Path) -> Path:
        path = one(home, pattern)
        path.unlink()
        return path

    return damage


def flip(pattern: str) -> Callable[[Path], Path]:
    """Return a damage: flip one bit in the middle of a file, keeping its time."""

    def damage(home: Path) -> Path:
        path = one(home, pattern)
        before = path.stat()
        content = bytearray(path.read_bytes())
        content[len(content) // 2] ^= 1
        path.chmod(0o600)
        path.write_bytes(content)
        os.utime(path, ns=(before.st_atime_ns, before.st_mtime_ns))
        return path

    return damage


def cut(pattern: str) -> Callable[[Path], Path]:
    """Return a damage: cut a file in half."""

    def damage(home: Path) -> Path:
        path = one(home, pattern)
        path.chmod(0o600)
        path.write_bytes(path.read_bytes()[: path.stat().st_size // 2])
        return path

    return damage


def add(path: str, content: bytes = b"planted") -> Callable[[Path], Path]:
    """Return a damage: add a file that the platform did not write."""

    def damage(home: Path) -> Path:
        planted = home / path
        planted.parent.mkdir(parents=True, exist_ok=True)
        planted.write_bytes(content)
        return planted

    return damage


def link(path: str) -> Callable[[Path], Path]:
    """Return a damage: add a symbolic link."""

    def damage(home: Path) -> Path:
        (home / path).symlink_to("/etc/hostname")
        return home / path

    return damage


def sql(database: str, statement: str) -> Callable[[Path], Path]:
    """Return a damage: change rows of a DuckDB or SQLite file."""

    def damage(home: Path) -> Path:
        path = home / database
        path.chmod(0o600)
        if database.endswith(".duckdb"):
            with duckdb.connect(str(path)) as connection:
                connection.execute(statement)
        else:
            with closing(sqlite3.connect(path)) as file:
                file.executescript(statement)
        return path

    return damage


def ledger(statement: str, guard: str = "") -> Callable[[Path], Path]:
    """Return a damage: change the ledger while its guarding trigger is dropped."""

    def damage(home: Path) -> Path:
        path = home / "ledger.sqlite"
        with closing(sqlite3.connect(path)) as file, file:
            made = file.execute("select sql from sqlite_master where name = ?", (guard,))
            trigger = made.fetchone()
            file.execute(f"drop trigger if exists {guard or 'none'}")
            file.executescript(statement)
            if trigger:
                file.execute(trigger[0])
        return path

    return damage


class Case(NamedTuple):
    """A damage, the function that causes it, and whether ``--repair`` repairs it."""

    name: str
    damage: Callable[[Path], Path]
    is_mended: bool


#: Damages that are applied to one home together.
FILES = (
    Case("key of masked names changed", flip("name.key"), False),
    Case("archived delivery lost", lose("archive/*/{gaoxin}"), False),
    Case("archived delivery changed", flip("archive/*/{xiangcheng}"), False),
    Case("archived unknown file changed", flip("archive/*/{unplaced}"), False),
    Case("landing rows lost", lose(f"landing/{GUSU}/monthly_report-5.parquet"), True),
    Case("landing notes changed", flip(f"landing/{GUSU}/monthly_report-5.notes.parquet"), True),
    Case("landing of a former version changed", flip(f"landing/{GUSU}/*-1.parquet"), True),
    Case("accepted rows lost", lose(f"accepted/{GUSU}/monthly_report-5.parquet"), True),
    Case("accepted rows changed", flip(f"accepted/{SIP}/monthly_report-*.parquet"), True),
    Case("quarantined rows cut", cut(f"quarantine/{GUSU}/monthly_report-5.parquet"), True),
    Case("findings lost", lose(f"quarantine/{SIP}/monthly_report-*.findings.parquet"), True),
    Case("findings of a former version", lose(f"quarantine/{GUSU}/*-1.findings.parquet"), True),
    Case("findings of a whole month", flip(f"quarantine/{SIP}/delivery.findings.parquet"), True),
    Case("drawn sample lost", lose("samples/2022-10/sample-2.parquet"), False),
    Case("former sample changed", flip("samples/2022-10/sample-1.parquet"), False),
    Case("stray file in accepted rows", add(f"accepted/{GUSU}/other.parquet"), False),
    Case("half-made file of a dead process", add(f"landing/{GUSU}/.x.parquet.4194303.tmp"), True),
    Case("half-made public file", add("published/2022-10/.bulletin.pdf.4194303.tmp"), True),
    Case("page of the site changed", flip("published/index.html"), True),
    Case("page of the site lost", lose("published/definitions.html"), True),
    Case("forged public file", add("published/2022-10/v2/bulletin.pdf"), True),
    Case("forged version for rollback", add("published/.versions/names.xlsx"), True),
    Case("link among public files", link("published/2022-10/data"), True),
    Case("provisional public file changed", flip("published/2022-10/v0/bulletin.xlsx"), True),
)
RELEASED = (
    Case("released mart changed", flip("releases/2022-10/v1/marts/rpt_district*.parquet"), False),
    Case("released mart lost", lose("releases/2022-10/v1/marts/rpt_verdict.parquet"), False),
    Case("released output lost", lose("releases/2022-10/v1/outputs/bulletin.html"), False),
    Case("context of a release cut", cut("releases/2022-10/v1/context/dim_metric.parquet"), False),
    Case(
        "rows behind a release", lose("releases/2022-10/v1/rows/gaoxin-*.accepted.parquet"), False
    ),
)
PUBLIC = (
    Case("public output of a release lost", lose("published/2022-10/v1/bulletin.docx"), True),
    Case("public manifest changed", flip("published/2022-10/v1/manifest.json"), True),
    Case("current public copy changed", flip("published/2022-10/bulletin.html"), True),
    Case("look-up file changed", flip("internal/lookup/2022-10/lookup.sqlite"), True),
    Case("copy of released rows: figure edited", sql(
        "releases/released.duckdb", "update marts.rpt_district_monthly set verified_count = 99"
    ), True),
    Case("published figure edited", sql(
        "published/statistics.duckdb", "update marts.rpt_district_monthly set verified_count = 99"
    ), True),
)  # fmt: skip
#: Damages that are looked at one by one: they are of the same file, or hide others.
ALONE = (
    Case("key of masked names lost", lose("name.key"), False),
    Case("key of masked names of another home", add("name.key", bytes(32)), False),
    Case("manifest of a release changed", flip("releases/2022-10/v1/manifest.json"), False),
    Case("copy of released rows cut", cut("releases/released.duckdb"), True),
    Case("published figures lost", lose("published/statistics.duckdb"), True),
    Case("published figures cut", cut("published/statistics.duckdb"), True),
    Case("look-up file of another vintage", sql(
        "internal/lookup/2022-10/lookup.sqlite", "update about set vintage = 7"
    ), True),
    Case("warehouse lost", lose("warehouse.duckdb"), True),
    Case("warehouse overwritten", add("warehouse.duckdb"), True),
    Case("ledger lost", lose("ledger.sqlite"), False),
    Case("ledger overwritten", add("ledger.sqlite"), False),
    Case("ledger cut", cut("ledger.sqlite"), False),
    Case("ledger: figure of a judgement changed", ledger(
        "update judgement set accepted_count = 7 where judgement_id = 1",
        "judgement_refuses_update",
    ), False),
    Case("ledger: verdict deleted", ledger(
        "delete from verdict where judgement_id = 1 and rule_id = 'MR-101'",
        "verdict_refuses_delete",
    ), False),
    Case("ledger: audit log cut short", ledger(
        "delete from audit where entry_id = (select max(entry_id) from audit)",
        "audit_refuses_delete",
    ), False),
    Case("ledger: JSON broken", ledger(
        "update judgement set files = '{' where judgement_id = 1", "judgement_refuses_update"
    ), False),
    Case("ledger: row that refers to none", ledger(
        "insert into withdrawal values (77, '2022-11-01', '无')"
    ), False),
    Case("ledger: trigger taken away", ledger("drop trigger arrival_refuses_delete"), False),
    Case("ledger: table taken away", ledger("drop table publication"), False),
)  # fmt: skip
