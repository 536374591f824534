"""The rows of releases: kept as Parquet for ever, published in the place of a run's own.

A release keeps, of every mart that has months, the rows of its month. They are facts: nothing
computes them again once deliveries or code have changed. ``released.duckdb`` beside them holds
the same rows ready to be copied, so that publishing reads no file of an earlier release; it is
made anew from the Parquet files whenever it lacks one. Which release is shown is the ledger's.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

import duckdb

from orchestration.months import Month
from orchestration.publication.statistics import MARTS, is_monthly, marts_of
from orchestration.publication.totals import with_totals
from orchestration.settings import Settings
from orchestration.sql import literal, quoted
from orchestration.store.files import verified
from orchestration.store.ledger import Ledger
from orchestration.store.manifests import stored_marts
from orchestration.store.records import StoredFile
from orchestration.store.releases import Standing

#: The column of ``released.duckdb`` that says which release a row belongs to.
VINTAGE_COLUMN = "released_vintage"
#: Where the manifest names what building codes were matched with, beside the deliveries' rows.
MATCHED = "city/matching"
#: The editors' texts as they were printed, if there were any.
EDITORIAL = "editorial.md"


@dataclass(frozen=True)
class ReleaseSet:
    """What is released: where each month stands, and the DuckDB with the rows of all releases.

    ``audit_hash`` is what the audit log ended in; the published file notes it, so that a log cut
    short is found out.
    """

    standings: Mapping[Month, Standing]
    rows: Path | None
    audit_hash: str


@dataclass(frozen=True)
class Candidate:
    """A release that is being made: where its month would stand, and its marts' files."""

    standing: Standing
    marts: Mapping[str, StoredFile]


def load_release_set(
    settings: Settings, ledger: Ledger, candidate: Candidate | None = None
) -> ReleaseSet:
    """Return all that is released, with the candidate as if it were, and ``released.duckdb``.

    Raises StoredFileDamageError if a file that has to be read is gone or changed.
    """
    standings = ledger.standings()
    if candidate:
        standings |= {candidate.standing.month: candidate.standing}
    rows = settings.releases / "released.duckdb"
    marts = candidate.marts if candidate else {}
    return ReleaseSet(standings, load_rows(settings, standings, rows, marts), ledger.audit_head())


def load_rows(
    settings: Settings,
    standings: Mapping[Month, Standing],
    path: Path,
    candidate_marts: Mapping[str, StoredFile],
) -> Path | None:
    """Bring the DuckDB at ``path`` up to date with the releases; None where there are none."""
    vintages = [vintage for standing in standings.values() for vintage in standing.vintages]
    if not vintages:
        return None
    with duckdb.connect(str(path)) as connection:
        connection.execute(f"create schema if not exists {MARTS}")
        connection.execute(
            "create table if not exists loaded (month date, vintage integer, manifest_sha256 text)"
        )
        loaded = set(connection.execute("from loaded").fetchall())
        for vintage in vintages:
            row = (vintage.month.first_day, vintage.number, vintage.release.manifest_sha256)
            if row in loaded:
                continue
            marts = stored_marts(settings, vintage) if row[2] else candidate_marts
            paths = {
                mart: verified(settings.home / file.path, file.sha256)
                for mart, file in marts.items()
            }
            connection.execute("begin")
            _load(connection, vintage.month, vintage.number, paths)
            connection.execute("insert into loaded values (?, ?, ?)", row)
            connection.execute("commit")
    return path


def _load(
    connection: duckdb.DuckDBPyConnection, month: Month, vintage: int, paths: Mapping[str, Path]
) -> None:
    """Replace one release's rows. A mart may have gained or lost columns between releases."""
    place = f"month = date {literal(str(month.first_day))}"
    connection.execute(f"delete from loaded where {place} and vintage = {vintage}")  # noqa: S608 - our names, quoted
    tables = marts_of(connection, "released")
    for table in tables:
        connection.execute(
            f"delete from {MARTS}.{quoted(table)} where {place} and {VINTAGE_COLUMN} = {vintage}"  # noqa: S608 - our names, quoted
        )
    for mart, path in paths.items():
        name = f"{MARTS}.{quoted(mart)}"
        rows = f"select {vintage} as {VINTAGE_COLUMN}, * from read_parquet({literal(path)})"  # noqa: S608 - our names, quoted
        earlier = f"from {name} union all by name " if mart in tables else ""
        connection.execute(f"create or replace table {name} as {earlier}{rows}")


def shown_query(
    table: str,
    of_warehouse: Mapping[str, str],
    of_released: Mapping[str, str],
) -> str:
    """Return a query over what is published of a mart, in no order.

    A month whose release is shown comes from ``released``, every other one from ``warehouse``;
    ``releases`` says which those are, and what stands beside their figures. A mart of which
    either side knows nothing is given with no columns.
    """
    name = f"{MARTS}.{quoted(table)}"
    parts = []
    if of_warehouse:
        is_open = "month not in (select month from releases where is_current)"
        condition = f" where {is_open}" if is_monthly(of_warehouse) else ""
        parts.append(with_totals(table, of_warehouse, f"from warehouse.{name}{condition}"))
    if of_released:
        shown = f"{released_rows(table, of_released)} where release.is_current"
        parts.append(with_totals(table, of_released, shown))
    return " union all by name ".join(parts)


def released_rows(table: str, columns: Mapping[str, str]) -> str:
    """Return a query over a mart's rows of all releases, joined to ``releases as release``.

    Where a mart carries the number of the vintage, it carries its state beside it.
    """
    labels = (
        " replace (release.vintage as vintage, release.status as status)"
        if "vintage" in columns
        else ""
    )
    return (
        f"select kept.* exclude ({VINTAGE_COLUMN}){labels} "  # noqa: S608 - our names, quoted
        f"from released.{MARTS}.{quoted(table)} as kept inner join releases as release "
        f"on kept.month = release.month and kept.{VINTAGE_COLUMN} = release.vintage"
    )
