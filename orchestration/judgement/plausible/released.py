"""What was last released of a district before a month: what its new figures are held against.

A release is a fact, unlike what a run published meanwhile: only it is read here. A month's own
releases take no part, since a correction of the month is what replaces them.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from decimal import Decimal

import pyarrow.compute as pc
import pyarrow.parquet as pq

from orchestration.reference.months import Month
from orchestration.settings import Settings
from orchestration.store.files import verified
from orchestration.store.ledger import Ledger
from orchestration.store.manifests import stored_marts
from orchestration.store.records import StoredFile
from orchestration.store.releases import Vintage

#: The mart that holds the figures of all districts.
_MART = "rpt_district_monthly"


@dataclass(frozen=True)
class Released:
    """Figures of one district as they were last released, and of which month; none is left out."""

    month: Month
    figures: Mapping[str, Decimal]


@dataclass(frozen=True)
class ReleasedFile:
    """The month that was last released, and the file with its figures."""

    month: Month
    file: StoredFile


def last_released(settings: Settings, ledger: Ledger, month: Month) -> ReleasedFile | None:
    """Return the figures of the latest earlier month that has a valid release.

    Raises StoredFileDamageError if its manifest is gone or changed.
    """
    released = [
        vintage
        for earlier, state in ledger.release_states().items()
        if earlier < month and (vintage := _last_valid(state.vintages))
    ]
    if not released:
        return None
    vintage = max(released, key=lambda last: last.month)
    file = stored_marts(settings, vintage).get(_MART)
    return ReleasedFile(vintage.month, file) if file else None


def _last_valid(vintages: tuple[Vintage, ...]) -> Vintage | None:
    """Return a month's last release that was not withdrawn."""
    return next((last for last in reversed(vintages) if last.withdrawn_at is None), None)


def released_figures(
    settings: Settings, released: ReleasedFile | None, district_id: str
) -> Released | None:
    """Return what was released of a district; None if nothing was.

    Raises StoredFileDamageError if the file is gone or changed.
    """
    if released is None:
        return None
    path = verified(settings.home / released.file.path, released.file.sha256)
    table = pq.read_table(path)
    rows = table.filter(pc.equal(table["district_id"], district_id)).to_pylist()
    figures = {
        name: Decimal(value)
        for row in rows
        for name, value in row.items()
        if isinstance(value, int | Decimal) and not isinstance(value, bool)
    }
    return Released(released.month, figures) if figures else None
