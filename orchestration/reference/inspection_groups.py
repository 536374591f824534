"""Which group and contractor inspect a district, from the seed ``inspection_groups.csv``.

A row of the seed is a district and a span of months; another grouping is new rows. ``sampling``
draws what is inspected, dbt counts the results.
"""

from __future__ import annotations

from dataclasses import dataclass
from functools import cache
from pathlib import Path

from orchestration.reference.months import Month
from orchestration.reference.seeds import read_rows
from orchestration.settings import SEEDS_DIR

GROUPS_SEED = "inspection_groups.csv"


@dataclass(frozen=True)
class InspectionGroup:
    """One row of the seed: who inspects a district from ``first_month`` to ``last_month``."""

    district_id: str
    inspection_group: str
    contractor: str
    first_month: Month
    last_month: Month | None

    def holds_in(self, month: Month) -> bool:
        """Whether this row holds in ``month``."""
        return self.first_month <= month and (self.last_month is None or month <= self.last_month)


@cache
def load_inspection_groups(path: Path = SEEDS_DIR / GROUPS_SEED) -> tuple[InspectionGroup, ...]:
    """Read the seed; raise ValueError naming the line that cannot be read."""
    rows = []
    for number, row in enumerate(read_rows(path), start=2):
        try:
            rows.append(
                InspectionGroup(
                    district_id=row["district_id"],
                    inspection_group=row["inspection_group"],
                    contractor=row["contractor"],
                    first_month=Month.parse(row["first_month"]),
                    last_month=Month.parse(row["last_month"]) if row["last_month"] else None,
                )
            )
        except (KeyError, ValueError) as error:
            raise ValueError(f"{path.name} line {number}: {error}") from error
    return tuple(rows)


def groups_in(month: Month) -> dict[str, InspectionGroup]:
    """Return who inspects each district in ``month``, by district id.

    Raises ValueError if two rows of a district are valid at once.
    """
    holding = [row for row in load_inspection_groups() if row.holds_in(month)]
    groups = {row.district_id: row for row in holding}
    if len(groups) < len(holding):
        raise ValueError(f"{GROUPS_SEED}: a district has two groups in {month}")
    return groups
