"""The month's data quality by district, as the bulletin's page shows it.

It turns a bulletin's deliveries, verdicts and finding counts into Chinese tiles and lists. Add
further summaries for readers here; ``judgement`` judges, the marts count.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping
from dataclasses import dataclass

from orchestration.publication.bulletin import wording
from orchestration.publication.bulletin.model import Bulletin
from orchestration.publication.bulletin.rows import Delivery, DistrictFigures, Verdict
from orchestration.reference import vocabulary
from orchestration.reference.contracts import load_contracts
from orchestration.reference.deadlines import punctuality

#: Page and workbook are readable up to about this many; data/rpt_verdict.csv has all of them.
_RULES_SHOWN = 60


@dataclass(frozen=True)
class DeliveryLine:
    """One delivery in a tile."""

    kind_name: str
    state: str
    state_name: str
    file_name: str | None
    counts: str


@dataclass(frozen=True)
class Tile:
    """One district: its deliveries, findings by severity and verdicts by outcome."""

    district_name: str
    deliveries: tuple[DeliveryLine, ...]
    findings: tuple[tuple[str, str, int], ...]
    verdicts: tuple[tuple[str, str, int], ...]

    @property
    def state_counts(self) -> Mapping[str, int]:
        """How many of its deliveries are in each state."""
        return Counter(line.state for line in self.deliveries)

    @property
    def failed_count(self) -> int:
        """How many rules its deliveries failed, or could not be checked against."""
        return sum(count for outcome, _, count in self.verdicts if outcome in ("fail", "error"))


@dataclass(frozen=True)
class FailedRule:
    """One rule that a district's delivery failed."""

    district_name: str
    kind_name: str
    rule_id: str
    severity: str
    severity_name: str
    counts: str
    what: str
    remedy: str


@dataclass(frozen=True)
class Quality:
    """The page's section on quality; ``not_shown`` failed rules are only in ``data/``."""

    tiles: tuple[Tile, ...]
    failed: tuple[FailedRule, ...]
    not_shown: int
    not_applicable: tuple[tuple[str, str, str], ...]

    @property
    def states(self) -> tuple[str, ...]:
        """The states that any district's deliveries are in, in their order."""
        found = {state for tile in self.tiles for state in tile.state_counts}
        return tuple(state for state in vocabulary.STATES if state in found)


def summarise(bulletin: Bulletin) -> Quality:
    """Return the month's quality by district, in bulletin order."""
    failed = [v for v in bulletin.verdicts if v.outcome in ("fail", "error")]
    return Quality(
        tiles=tuple(tile(bulletin, row) for row in bulletin.districts),
        failed=tuple(_failed_rule(bulletin, verdict) for verdict in failed[:_RULES_SHOWN]),
        not_shown=max(len(failed) - _RULES_SHOWN, 0),
        not_applicable=_not_applicable(bulletin),
    )


def tile(bulletin: Bulletin, row: DistrictFigures, *, every_kind: bool = False) -> Tile:
    """Return the tile of a district or of the city's own deliveries.

    It lists what was delivered and the monthly report; with ``every_kind`` all that is owed.
    """
    always = {kind for kind, c in load_contracts().items() if c.shown_when_missing}
    deliveries = [
        delivery
        for delivery in bulletin.deliveries
        if delivery.district_id == row.district_id
        and (every_kind or delivery.kind in always or delivery.state != "missing")
    ]
    severities = bulletin.severity_counts.get(row.district_id, {})
    outcomes: Counter[str] = Counter(
        v.outcome for v in bulletin.verdicts if v.district_id == row.district_id
    )
    return Tile(
        district_name=row.district_name,
        deliveries=tuple(_delivery_line(delivery) for delivery in deliveries),
        findings=tuple(
            (severity, name, severities[severity])
            for severity, name in vocabulary.SEVERITIES.items()
            if severities.get(severity)
        ),
        verdicts=tuple(
            (outcome, name, outcomes[outcome])
            for outcome, name in vocabulary.OUTCOMES.items()
            if outcomes[outcome]
        ),
    )


def _delivery_line(delivery: Delivery) -> DeliveryLine:
    counts = ""
    if delivery.row_count is not None:
        counts = f"{delivery.row_count}行：计入{delivery.accepted_count or 0}"
        counts += (
            f"，{vocabulary.ROW_OUTCOMES['quarantined']}{delivery.quarantined_count}"
            if delivery.quarantined_count
            else ""
        )
    if delivery.is_late:
        counts = "；".join(filter(None, (counts, punctuality(delivery.days_late))))
    return DeliveryLine(
        kind_name=wording.kind_name(delivery.kind),
        state=delivery.state,
        state_name=vocabulary.STATES[delivery.state],
        file_name=delivery.file_name,
        counts=counts,
    )


def _failed_rule(bulletin: Bulletin, verdict: Verdict) -> FailedRule:
    """Describe a failed rule by its first finding and its verdict."""
    first = next(
        (
            finding
            for finding in bulletin.findings
            if (finding.district_id, finding.kind, finding.rule_id)
            == (verdict.district_id, verdict.kind, verdict.rule_id)
        ),
        None,
    )
    message = first.message if first else None
    checked = "" if verdict.checked_count is None else f" / {verdict.checked_count}"
    return FailedRule(
        district_name=bulletin.district_name(verdict.district_id),
        kind_name=wording.kind_name(verdict.kind),
        rule_id=verdict.rule_id,
        severity=verdict.severity,
        severity_name=(
            vocabulary.OUTCOMES["error"]
            if verdict.outcome == "error"
            else vocabulary.SEVERITIES[verdict.severity]
        ),
        counts=f"{verdict.failing_count or 0}{checked}",
        what="；".join(dict.fromkeys(filter(None, (message, verdict.reason)))),
        remedy=(first.remedy if first else None) or "",
    )


def _not_applicable(bulletin: Bulletin) -> tuple[tuple[str, str, str], ...]:
    """Return (rule, reason, districts) of the rules that did not apply."""
    districts: dict[tuple[str, str], list[str]] = {}
    for verdict in bulletin.verdicts:
        if verdict.outcome == "not_applicable":
            names = districts.setdefault((verdict.rule_id, verdict.reason or ""), [])
            names.append(bulletin.district_name(verdict.district_id))
    everyone = len(bulletin.districts)
    return tuple(
        (rule_id, reason, "各地区" if len(set(names)) >= everyone else "、".join(names))
        for (rule_id, reason), names in sorted(districts.items())
    )
