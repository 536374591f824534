"""Writes the files that a release keeps, before anybody can read them.

``marts/`` has the month's rows of every monthly mart; ``context/`` other rows that its outputs
show; ``rows/`` the accepted and quarantined rows behind the figures; ``outputs/`` the bulletin;
and there is ``manifest.json``. All files are read-only and listed with their hashes in the
manifest. ``database.released_rows`` publishes the rows.
"""

from __future__ import annotations

import shutil
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import duckdb
import pyarrow.parquet as pq

from orchestration.formats.sql import in_memory, literal, quoted
from orchestration.masthead import MASTHEAD
from orchestration.matching.month import result_file
from orchestration.publication.database.parquet_files import parquet_bytes
from orchestration.publication.database.publish import Published
from orchestration.publication.database.reading import MARTS, is_monthly, logical_hash, marts_of
from orchestration.publication.database.released_rows import EDITORIAL, MATCHED
from orchestration.publication.database.row_files import KEPT_ROWS
from orchestration.reference.months import Month
from orchestration.settings import Settings
from orchestration.store.files import replacing, sha256_of, spill_folder, sync_folder, verified
from orchestration.store.ledger import Ledger
from orchestration.store.manifests import release_folder
from orchestration.store.objects.shared import share, take_back
from orchestration.store.records import StoredFile

#: Earlier months whose figures the outputs may show.
CONTEXT_MONTHS = 12
_READ_ONLY = 0o400


@dataclass(frozen=True)
class ReleaseFiles:
    """The folder of a release in progress."""

    settings: Settings
    month: Month
    folder: Path

    @classmethod
    def started(cls, settings: Settings, month: Month, vintage: int) -> ReleaseFiles:
        """Return an empty folder for a vintage that the ledger does not have.

        Anything found there was left by a dead process.
        """
        folder = release_folder(settings, month, vintage)
        if folder.exists():
            shutil.rmtree(folder)
        folder.mkdir(parents=True, mode=0o700)
        return cls(settings, month, folder)

    def discard(self) -> None:
        """Remove the folder if the release was not made."""
        take_back(*self._files())
        shutil.rmtree(self.folder, ignore_errors=True)

    def share(self) -> None:
        """Put every file into the store that hosts share, before the ledger names them."""
        share(*self._files())

    def _files(self) -> list[Path]:
        return sorted(path for path in self.folder.rglob("*") if path.is_file())

    def keep(self, name: str, content: bytes) -> str:
        """Write one file; return its hash."""
        with replacing(self.folder / name) as temporary:
            temporary.write_bytes(content)
        (self.folder / name).chmod(_READ_ONLY)
        return sha256_of(self.folder / name)

    def keep_marts(self) -> dict[str, StoredFile]:
        """Write the month's rows of every monthly mart of the warehouse."""
        with in_memory(spill_folder(self.settings.scratch)) as connection:
            warehouse, day = literal(self.settings.warehouse), literal(self.month.first_day)
            connection.execute(f"attach {warehouse} as warehouse (read_only)")
            return {
                table: self._export(
                    connection,
                    f"marts/{table}",
                    f"from warehouse.{MARTS}.{quoted(table)} where month = {day}",
                    columns,
                )
                for table, columns in marts_of(connection, "warehouse").items()
                if is_monthly(columns)
            }

    def keep_content(
        self, published: Published, ledger: Ledger, outputs: Mapping[str, bytes]
    ) -> dict[str, Any]:
        """Keep everything else from the file to be published; return the manifest's entries."""
        marts = sorted(self.folder.glob("marts/*.parquet"))
        return {
            "logical_hash": logical_hash(published.path, {p.stem for p in marts}, self.month),
            "marts": {path.stem: self._described(path) for path in marts},
            "context": self._keep_context(published),
            "rows": self._keep_rows(ledger),
            "editorial": self._kept(EDITORIAL),
            "masthead": self._kept(MASTHEAD),
            "outputs": {
                name: {"sha256": self.keep(f"outputs/{name}", outputs[name])}
                for name in sorted(outputs)
            },
        }

    def _kept(self, name: str) -> dict[str, str] | None:
        """Return the office's own file that was printed, if any, as the manifest names it."""
        path = self.folder / name
        if not path.exists():
            return None
        return {"path": str(path.relative_to(self.settings.home)), "sha256": sha256_of(path)}

    def _keep_context(self, published: Published) -> dict[str, Any]:
        """Keep rows that no release keeps: marts without months, and unreleased earlier months.

        For released months the shown vintage is recorded.
        """
        first = self.month.shift(-CONTEXT_MONTHS).first_day
        with in_memory(spill_folder(self.settings.scratch)) as connection:
            connection.execute(f"attach {literal(published.path)} as published (read_only)")
            before = f"month >= {literal(first)} and month < {literal(self.month.first_day)}"
            shown = connection.execute(
                f"select month, vintage from published.{MARTS}.rpt_release"  # noqa: S608 - our names, quoted
                f" where is_current and {before} order by month"
            ).fetchall()
            released = ", ".join(literal(day) for day, _ in shown)
            open_months = f"{before} and not list_contains([{released}]::date[], month)"
            files = [
                self._export(
                    connection,
                    f"context/{table}",
                    f"from published.{MARTS}.{quoted(table)}"
                    + (f" where {open_months}" if is_monthly(columns) else ""),
                    columns,
                )
                for table, columns in marts_of(connection, "published").items()
                if table in published.row_counts
            ]
        return {
            "vintages": {str(Month.of(day)): number for day, number in shown},
            "marts": {
                Path(file.path).stem: self._described(self.settings.home / file.path)
                for file in files
            },
        }

    def _keep_rows(self, ledger: Ledger) -> dict[str, Any]:
        """Keep the rows of each delivery as judged, and the files that codes were matched with.

        They are hard links: they take no space until the delivery is judged again.
        """
        kept: dict[str, Any] = {}
        folder = self.folder / "rows"
        folder.mkdir(mode=0o700)
        for judgement in ledger.judgements(self.month):
            for name in KEPT_ROWS:
                if name in judgement.files:
                    file = judgement.files[name]
                    place = f"{judgement.district_id}/{judgement.kind}"
                    path = verified(self.settings.home / file.path, file.sha256)
                    kept.setdefault(place, {})[name] = self._second_name(path, place, name)
        matched = result_file(self.settings, self.month, "codes")
        if matched:
            kept[MATCHED] = {"outcomes": self._second_name(matched, MATCHED, "outcomes")}
        sync_folder(folder)
        return kept

    def _second_name(self, file: Path, place: str, name: str) -> dict[str, Any]:
        path = self.folder / "rows" / f"{place.replace('/', '-')}.{name}.parquet"
        path.hardlink_to(file)
        return self._described(path)

    def _export(
        self,
        connection: duckdb.DuckDBPyConnection,
        name: str,
        query: str,
        columns: Iterable[str],
    ) -> StoredFile:
        """Write a query's rows in a total order: the same rows give the same bytes."""
        path = self.folder / f"{name}.parquet"
        order = ", ".join(map(quoted, columns))
        rows = connection.sql(f"{query} order by {order}").to_arrow_table()
        with replacing(path) as temporary:
            temporary.write_bytes(parquet_bytes(rows))
        path.chmod(_READ_ONLY)
        return StoredFile(str(path.relative_to(self.settings.home)), sha256_of(path))

    def _described(self, path: Path) -> dict[str, Any]:
        """Return the manifest's entry for a Parquet file."""
        return {
            "path": str(path.relative_to(self.settings.home)),
            "sha256": sha256_of(path),
            "row_count": pq.read_metadata(path).num_rows,
        }
