"""Proves that a release is unchanged: its files, its inputs, and that they give the same result.

Everything in the manifest is hashed; then the release is made again in a scratch folder, from the
kept rows and with its original time. Its marts must have the same rows and types (equal rows do
not always give equal Parquet), its outputs the same bytes. If the code has changed, differences
show the effect of the change and are reported apart from damage.
"""

from __future__ import annotations

import hashlib
from collections.abc import Iterator
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any, NamedTuple

import duckdb

from orchestration.formats.sql import literal, quoted
from orchestration.masthead import MASTHEAD, kept_masthead
from orchestration.publication.database.publish import build_statistics
from orchestration.publication.database.reading import MARTS, logical_hash
from orchestration.publication.database.released_cache import load_rows
from orchestration.publication.database.released_rows import EDITORIAL, ReleaseSet
from orchestration.publication.database.row_comparison import file_difference
from orchestration.publication.database.row_files import kept_rows, verified_rows
from orchestration.publication.issue.placing import render_issue
from orchestration.publication.release.manifest import code_versions
from orchestration.publication.release.release_files import ReleaseFiles
from orchestration.reference.deadlines import SUZHOU, suzhou_clock
from orchestration.settings import Settings
from orchestration.store.archive import ArchiveDamageError, checked_version
from orchestration.store.files import StoredFileDamageError, scratch_folder, verified
from orchestration.store.ledger import Ledger
from orchestration.store.manifests import MANIFEST, read_manifest, release_folder
from orchestration.store.records import StoredFile
from orchestration.store.releases import Vintage

#: Keys of the manifest's code that do not affect the result.
_BESIDE_THE_POINT = {"git_commit", "package_version", "decisions", "rules", "code_sha256"}


class DamagedFile(NamedTuple):
    """A damaged file of a release and its problem."""

    path: Path
    problem: str


@dataclass(frozen=True)
class Verified:
    """The result of verifying a release.

    ``damaged`` are files that differ from the manifest, ``inputs`` deliveries that the archive has
    lost, ``remade`` results that differ. ``changed_code`` lists the manifest's keys whose code has
    changed; differences are then in ``otherwise`` and are no faults. ``files`` are all files of the
    release.
    """

    vintage: Vintage
    checked_count: int
    files: tuple[Path, ...]
    damaged: tuple[DamagedFile, ...] = ()
    inputs: tuple[str, ...] = ()
    remade: tuple[str, ...] = ()
    changed_code: tuple[str, ...] = ()
    otherwise: tuple[str, ...] = ()

    @property
    def faults(self) -> tuple[str, ...]:
        """All faults, one sentence each."""
        damaged = tuple(f"{file.path}: {file.problem}" for file in self.damaged)
        return (*damaged, *self.inputs, *self.remade)


def verify_release(
    settings: Settings, ledger: Ledger, vintage: Vintage, *, shows_change: bool = True
) -> Verified:
    """Verify one release; problems become faults in the report, nothing is raised.

    Without ``shows_change`` a release made by other code is not made again: that takes seconds and
    proves nothing about the release.
    """
    path = release_folder(settings, vintage.month, vintage.number) / MANIFEST
    try:
        manifest = read_manifest(settings, vintage)
    except StoredFileDamageError as error:
        # other files there belong to the release, although nobody can say which ones should exist
        all_there = (path, *path.parent.rglob("*"))
        return Verified(vintage, 1, all_there, (DamagedFile(path, str(error)),))
    files = list(_files(settings, vintage, manifest))
    code = code_versions(settings)
    changed = tuple(key for key, value in manifest["code"].items() if code.get(key) != value)
    found = Verified(
        vintage,
        checked_count=1 + len(files) + len(manifest["inputs"]),
        files=(path, *(file for file, _ in files)),
        damaged=tuple(_damage(files)),
        inputs=tuple(_lost_inputs(settings, manifest)),
        changed_code=changed,
    )
    is_same_code = not set(changed) - _BESIDE_THE_POINT
    if found.faults or not (is_same_code or shows_change):
        return found
    made = _made_again(settings, ledger, vintage, manifest)
    differing = tuple(
        f"{name} 重做后不同 does not come out the same again: {difference}"
        for name, difference in made
        if difference
    )
    return replace(
        found,
        checked_count=found.checked_count + len(made),
        remade=differing if is_same_code else (),
        otherwise=() if is_same_code else differing,
    )


def _files(
    settings: Settings, vintage: Vintage, manifest: dict[str, Any]
) -> Iterator[tuple[Path, str]]:
    """Yield every file of the release with its hash: the kept ones, then the published copies."""
    named = [*manifest["marts"].values(), *manifest["context"]["marts"].values()]
    # a release made before there was a masthead has none
    named += filter(None, [manifest["editorial"], manifest["sample"], manifest.get("masthead")])
    named += [file for place in manifest["rows"].values() for file in place.values()]
    for file in named:
        yield settings.home / file["path"], file["sha256"]
    published = settings.published / str(vintage.month) / f"v{vintage.number}"
    kept = release_folder(settings, vintage.month, vintage.number) / "outputs"
    for name, output in manifest["outputs"].items():
        yield kept / name, output["sha256"]
        yield published / name, output["sha256"]
    yield published / MANIFEST, str(vintage.release.manifest_sha256)


def _damage(files: list[tuple[Path, str]]) -> Iterator[DamagedFile]:
    for path, sha256 in files:
        try:
            verified(path, sha256)
        except StoredFileDamageError as error:
            yield DamagedFile(path, str(error))


def _lost_inputs(settings: Settings, manifest: dict[str, Any]) -> Iterator[str]:
    for delivery in manifest["inputs"]:
        for sha256 in delivery["parts"]:
            try:
                checked_version(settings.archive, sha256)
            except ArchiveDamageError as error:
                yield str(error)


def _made_again(
    settings: Settings, ledger: Ledger, vintage: Vintage, manifest: dict[str, Any]
) -> list[tuple[str, str | None]]:
    """Make the release again in a scratch folder; return what was compared, and how it differs."""
    released_at = vintage.release.decided_at.astimezone(SUZHOU)
    with scratch_folder(settings.scratch, "verify") as folder:
        scratch = Settings(raw=folder / "raw", home=folder / "home").prepare()
        _restore_warehouse(settings, scratch, vintage, manifest)
        release_states = ledger.release_states(vintage.release.decision_id)
        rows = load_rows(settings, release_states, scratch.releases / "released.duckdb")
        build_statistics(
            scratch.warehouse,
            scratch.statistics,
            ReleaseSet(release_states, rows, ledger.audit_head()),
            suzhou_clock(released_at),
        )
        own = release_folder(settings, vintage.month, vintage.number)
        kept = verified_rows(settings, kept_rows(manifest))
        outputs = render_issue(
            *(scratch.statistics, own / EDITORIAL, vintage.month, kept, released_at),
            masthead=kept_masthead(own / MASTHEAD),
        ).contents
        marts = ReleaseFiles.started(scratch, vintage.month, vintage.number).keep_marts()
        content = logical_hash(scratch.statistics, manifest["marts"].keys(), vintage.month)
        compared = [
            (f"{name}.parquet", mart_difference(settings, scratch, marts.get(name), file["path"]))
            for name, file in manifest["marts"].items()
        ]
    same_content = content == manifest["logical_hash"]
    return [
        ("statistics.duckdb", None if same_content else "its rows are others"),
        *compared,
        *(
            (name, _output_difference(outputs.get(name), output["sha256"]))
            for name, output in manifest["outputs"].items()
        ),
    ]


def mart_difference(
    settings: Settings, scratch: Settings, made: StoredFile | None, kept: str
) -> str | None:
    """Return how the rows of a remade mart differ from the kept ones, or None."""
    if made is None:
        return "it is made no more"
    return file_difference(settings.home / kept, scratch.home / made.path)


def _output_difference(made: bytes | None, sha256: str) -> str | None:
    if made is None:
        return "it is made no more"
    found = hashlib.sha256(made).hexdigest()
    return None if found == sha256 else f"SHA-256 {sha256[:12]}… → {found[:12]}…"


def _restore_warehouse(
    settings: Settings, scratch: Settings, vintage: Vintage, manifest: dict[str, Any]
) -> None:
    """Write a warehouse from the kept rows of the month and of its context."""
    with duckdb.connect(str(scratch.warehouse)) as connection:
        connection.execute(f"create schema {MARTS}; create schema run")
        connection.execute("create table run.month (month date)")
        connection.execute("insert into run.month values (?)", [vintage.month.first_day])
        # comments are not compared
        connection.execute(
            "create table run.description"
            " (table_name varchar, column_name varchar, description varchar)"
        )
        for table, context in manifest["context"]["marts"].items():
            kept = [context, *filter(None, [manifest["marts"].get(table)])]
            parts = [f"from read_parquet({literal(str(settings.home / f['path']))})" for f in kept]
            connection.execute(
                f"create table {MARTS}.{quoted(table)} as {' union all by name '.join(parts)}"
            )
