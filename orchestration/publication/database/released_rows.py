"""What is released, and the queries that show it in the place of a run's own rows.

A release keeps, of every mart that has months, the rows of its month. They are facts: nothing
computes them again once deliveries or code have changed. Which release is shown is the ledger's,
how rows are loaded ``released_cache``'s.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

from orchestration.formats.sql import quoted
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

#: Where the manifest names what building codes were matched with, beside the deliveries' rows.
MATCHED = "city/matching"
#: The editors' texts as they were printed, if there were any.
EDITORIAL = "editorial.md"


@dataclass(frozen=True)
class ReleaseSet:
    """What is released: where each month stands, and the DuckDB with the rows of all releases.

    ``audit_hash`` is what the audit log ended in; the published file notes it, so that a log cut
    short is found out. ``candidate`` is the month of the release that is being made, if any.
    """

    release_states: Mapping[Month, ReleaseState]
    rows: Path | None
    audit_hash: str
    candidate: Month | None = None


def load_release_set(settings: Settings, ledger: Ledger) -> ReleaseSet:
    """Return all that is released, and ``released.duckdb``.

    Raises StoredFileDamageError if a file that has to be read is gone or changed.
    """
    release_states = ledger.release_states()
    return ReleaseSet(release_states, cached_rows(settings, release_states), ledger.audit_head())


@contextmanager
def release_set_with(
    settings: Settings, ledger: Ledger, state: ReleaseState, marts: Mapping[str, StoredFile]
) -> Iterator[ReleaseSet]:
    """Give all that is released, with a month where it would stand after its next release.

    ``marts`` are that release's files. Its rows are in a scratch file that is gone when the block
    ends. Otherwise as ``load_release_set``.
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
