"""Proof that a release is what it was: its files, its inputs, and that they give the same again.

Everything the manifest names is hashed; then the release is made once more in a scratch place,
from the rows that were kept and at the time it was made, and must come out byte for byte.
"""

from __future__ import annotations

import hashlib
import tempfile
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import duckdb

from orchestration.deadlines import SUZHOU
from orchestration.publication.issue import render_issue
from orchestration.publication.manifest import code_versions
from orchestration.publication.publish import build_statistics
from orchestration.publication.release_files import ReleaseFiles
from orchestration.publication.released import EDITORIAL, ReleaseSet
from orchestration.publication.released_cache import load_rows
from orchestration.publication.row_files import kept_rows, verified_rows
from orchestration.publication.statistics import MARTS, logical_hash
from orchestration.settings import Settings
from orchestration.sql import literal, quoted
from orchestration.store.archive import ArchiveDamageError, checked_version
from orchestration.store.files import StoredFileDamageError, verified
from orchestration.store.ledger import Ledger
from orchestration.store.manifests import MANIFEST, read_manifest, release_folder
from orchestration.store.releases import Vintage


@dataclass(frozen=True)
class Verified:
    """What was compared of a release, and everything that is not as it was made.

    ``changed_code`` names what of the code, by the manifest's keys, is another by now: outputs
    that differ then show what the change does, no damage.
    """

    vintage: Vintage
    checked_count: int
    faults: tuple[str, ...]
    changed_code: tuple[str, ...]


def verify_release(settings: Settings, ledger: Ledger, vintage: Vintage) -> Verified:
    """Verify one release; whatever is wrong is a fault in the report, nothing is raised."""
    try:
        manifest = read_manifest(settings, vintage)
    except StoredFileDamageError as error:
        return Verified(vintage, 1, (str(error),), ())
    files = list(_files(settings, vintage, manifest))
    faults = [*_damage(files), *_lost_inputs(settings, manifest)]
    count = 1 + len(files) + len(manifest["inputs"])
    if not faults:
        made = _made_again(settings, ledger, vintage, manifest)
        count += len(made)
        faults = [f"{name} does not come out the same again" for name, same in made if not same]
    code = code_versions(settings)
    changed = [key for key, value in manifest["code"].items() if code.get(key) != value]
    return Verified(vintage, count, tuple(faults), tuple(changed))


def _files(
    settings: Settings, vintage: Vintage, manifest: dict[str, Any]
) -> Iterator[tuple[Path, str]]:
    """Yield every file of the release with its hash: the kept ones, then the published copies."""
    named = [*manifest["marts"].values(), *manifest["context"]["marts"].values()]
    named += filter(None, [manifest["editorial"], manifest["sample"]])
    named += [file for place in manifest["rows"].values() for file in place.values()]
    for file in named:
        yield settings.home / file["path"], file["sha256"]
    published = settings.published / str(vintage.month) / f"v{vintage.number}"
    kept = release_folder(settings, vintage.month, vintage.number) / "outputs"
    for name, output in manifest["outputs"].items():
        yield kept / name, output["sha256"]
        yield published / name, output["sha256"]
    yield published / MANIFEST, str(vintage.release.manifest_sha256)


def _damage(files: list[tuple[Path, str]]) -> Iterator[str]:
    for path, sha256 in files:
        try:
            verified(path, sha256)
        except StoredFileDamageError as error:
            yield f"{path}: {error}"


def _lost_inputs(settings: Settings, manifest: dict[str, Any]) -> Iterator[str]:
    for delivery in manifest["inputs"]:
        for sha256 in delivery["parts"]:
            try:
                checked_version(settings.archive, sha256)
            except ArchiveDamageError as error:
                yield str(error)


def _made_again(
    settings: Settings, ledger: Ledger, vintage: Vintage, manifest: dict[str, Any]
) -> list[tuple[str, bool]]:
    """Make the release again in a scratch place; return what was compared, and if it is equal."""
    released_at = vintage.release.decided_at.astimezone(SUZHOU)
    with tempfile.TemporaryDirectory(prefix="fangan-verify-") as folder:
        scratch = Settings(raw=Path(folder) / "raw", home=Path(folder) / "home").prepare()
        _restore_warehouse(settings, scratch, vintage, manifest)
        standings = ledger.standings(vintage.release.decision_id)
        rows = load_rows(settings, standings, scratch.releases / "released.duckdb")
        build_statistics(
            scratch.warehouse,
            scratch.statistics,
            ReleaseSet(standings, rows, ledger.audit_head()),
            released_at.replace(tzinfo=None),
        )
        texts = release_folder(settings, vintage.month, vintage.number) / EDITORIAL
        kept = verified_rows(settings, kept_rows(manifest))
        outputs = render_issue(scratch.statistics, texts, vintage.month, kept, released_at).contents
        marts = ReleaseFiles.started(scratch, vintage.month, vintage.number).keep_marts()
        content = logical_hash(scratch.statistics, manifest["marts"].keys(), vintage.month)
    return [
        ("statistics.duckdb", content == manifest["logical_hash"]),
        *(
            (f"{name}.parquet", name in marts and marts[name].sha256 == file["sha256"])
            for name, file in manifest["marts"].items()
        ),
        *(
            (name, hashlib.sha256(outputs.get(name, b"")).hexdigest() == output["sha256"])
            for name, output in manifest["outputs"].items()
        ),
    ]


def _restore_warehouse(
    settings: Settings, scratch: Settings, vintage: Vintage, manifest: dict[str, Any]
) -> None:
    """Write a warehouse of what was kept: the month's rows and the context they were shown in."""
    with duckdb.connect(str(scratch.warehouse)) as connection:
        connection.execute(f"create schema {MARTS}; create schema run")
        connection.execute("create table run.month (month date)")
        connection.execute("insert into run.month values (?)", [vintage.month.first_day])
        # comments are no part of what is compared
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
