"""What is released, and the queries that show it in place of a run's own rows.

A release keeps its month's rows of every monthly mart. They are facts: they are never computed
again, even if deliveries or code change. The ledger decides which release is shown;
``released_cache`` loads the rows.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

from orchestration.publication.database.former_columns import todays_rows
from orchestration.publication.database.reading import MARTS, is_monthly
from orchestration.publication.database.released_cache import (
    VINTAGE_COLUMN,
    cached_rows,
    candidate_rows,
)
from orchestration.publication.database.totals import with_totals
from orchestration.reference.months import Month
from orchestration.settings import Settings
from orchestration.store.ledger import Ledger
from orchestration.store.records import StoredFile
from orchestration.store.releases import ReleaseState

#: The manifest's key for the files that building codes were matched with.
MATCHED = "city/matching"
#: The editors' texts as printed, if there were any.
EDITORIAL = "editorial.md"


@dataclass(frozen=True)
class ReleaseSet:
    """What is released: the release state of each month, and the DuckDB with all released rows.

    ``audit_hash`` is the audit log's last hash; the published file records it, so that a
    truncated log is detected. ``candidate`` is the month of a release in progress, if any.
    """

    release_states: Mapping[Month, ReleaseState]
    rows: Path | None
    audit_hash: str
    candidate: Month | None = None


def load_release_set(settings: Settings, ledger: Ledger) -> ReleaseSet:
    """Return all that is released, and ``released.duckdb``.

    Raises StoredFileDamageError if a file that must be read is missing or changed.
    """
    release_states = ledger.release_states()
    return ReleaseSet(release_states, cached_rows(settings, release_states), ledger.audit_head())


@contextmanager
def release_set_with(
    settings: Settings, ledger: Ledger, state: ReleaseState, marts: Mapping[str, StoredFile]
) -> Iterator[ReleaseSet]:
    """Yield all that is released, with one month as it would be after its next release.

    ``marts`` are that release's files. Its rows are in a scratch file that is deleted when the
    block ends. Otherwise like ``load_release_set``.
    """
    decided = load_release_set(settings, ledger)
    with candidate_rows(settings, decided.rows, state.vintages[-1], marts) as rows:
        release_states = {**decided.release_states, state.month: state}
        yield ReleaseSet(release_states, rows, decided.audit_hash, state.month)


def shown_query(
    table: str,
    of_warehouse: Mapping[str, str],
    of_released: Mapping[str, str],
) -> str:
    """Return a query over the published rows of a mart, unordered.

    A released month comes from ``released``, any other month from ``warehouse``; ``releases``
    says which months are released and with what number and status. A side that does not have the
    mart is passed without columns.
    """
    parts = []
    if of_warehouse:
        is_open = "month not in (select month from releases where is_current)"
        condition = f" where {is_open}" if is_monthly(of_warehouse) else ""
        rows = f"from {todays_rows(f'warehouse.{MARTS}', table, of_warehouse)}{condition}"
        parts.append(with_totals(table, of_warehouse, rows))
    if of_released:
        shown = f"{released_rows(table, of_released)} where release.is_current"
        parts.append(with_totals(table, of_released, shown))
    return " union all by name ".join(parts)


def released_rows(table: str, columns: Mapping[str, str]) -> str:
    """Return a query over a mart's rows of all releases, joined to ``releases as release``.

    A mart with a column for the vintage has a column for its status too.
    """
    labels = (
        " replace (release.vintage as vintage, release.status as status)"
        if "vintage" in columns
        else ""
    )
    return (
        f"select kept.* exclude ({VINTAGE_COLUMN}){labels} "  # noqa: S608 - our names, quoted
        f"from {todays_rows(f'released.{MARTS}', table, columns)} as kept"
        " inner join releases as release "
        f"on kept.month = release.month and kept.{VINTAGE_COLUMN} = release.vintage"
    )
