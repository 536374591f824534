"""The ledger's deliveries over time: when each version came and what was decided about it.

One query for a whole month, since status board, ``fangan status`` and messages ask for many
months at once. Verdicts in detail are in ``judgements``.
"""

from __future__ import annotations

from dataclasses import dataclass

from orchestration.reference.months import Month
from orchestration.store.ledger_database import LedgerDatabase

#: The latest judgement of every version, how many of its verdicts ask the district to act.
_VERSIONS = """
with latest as (
    select max(judgement_id) as judgement_id, delivery_id, min(judged_at) as judged_at
    from judgement where month = ? and delivery_id is not null group by delivery_id
), asking as (
    select latest.delivery_id, count(*) as asking_count
    from latest join verdict using (judgement_id)
    where outcome = 'error' or (outcome = 'fail' and severity <> 'info')
    group by latest.delivery_id
)
select a.district_id, a.kind, a.version, a.file_name, a.arrived_at, w.withdrawn_at,
    latest.judged_at, j.state, coalesce(asking.asking_count, 0) as asking_count
from arrival a
left join withdrawal w using (delivery_id)
left join latest using (delivery_id)
left join asking using (delivery_id)
left join judgement j on j.judgement_id = latest.judgement_id
where a.month = ?
order by a.district_id, a.kind, a.version
"""


@dataclass(frozen=True)
class DeliveredVersion:
    """One version that arrived. Times are ISO, UTC; None where it did not happen.

    ``judged_at`` is when it was first judged, ``state`` what was decided last, ``asking_count``
    how many rules it failed that ask the district to act.
    """

    version: int
    file_name: str
    arrived_at: str
    withdrawn_at: str | None
    judged_at: str | None
    state: str | None
    asking_count: int


class DeliveryHistory(LedgerDatabase):
    """What arrived of a month, version by version."""

    def delivered_versions(self, month: Month) -> dict[tuple[str, str], list[DeliveredVersion]]:
        """Return every version of a month by (district, kind), the first one first."""
        with self._connection() as connection:
            rows = connection.execute(_VERSIONS, (str(month), str(month))).fetchall()
        found: dict[tuple[str, str], list[DeliveredVersion]] = {}
        for row in rows:
            district_id, kind, *facts = tuple(row)
            found.setdefault((district_id, kind), []).append(DeliveredVersion(*facts))
        return found
