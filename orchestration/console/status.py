"""``fangan status``: what each district has delivered for a month and what became of it.

Gathers the records, those of one district with more detail; ``status_page`` draws them.
"""

from __future__ import annotations

from dataclasses import asdict
from datetime import datetime, timedelta

from expectations.rule_files import DELIVERY, load_rulebooks
from expectations.rulebook import Rule
from orchestration.console.output import Record
from orchestration.ingest.reader.privacy import mask
from orchestration.reference.contracts import load_contracts, owed_deliveries
from orchestration.reference.deadlines import SUZHOU, deadline
from orchestration.reference.districts import district_in
from orchestration.reference.months import Month
from orchestration.settings import Settings
from orchestration.store.files import verified
from orchestration.store.ledger import Ledger
from orchestration.store.records import Arrival, Judgement, Verdict, Version

_HOUR = timedelta(hours=1)


def judged_months(settings: Settings) -> list[Month]:
    """Return the months for which anything was judged, the latest one last."""
    return Ledger(settings.ledger).months()


def month_status(settings: Settings, month: Month, district_id: str | None = None) -> list[Record]:
    """Return one record a district (or one of them) and kind, delivered or missing.

    In bulletin order, the city last; ``days_late`` goes by the first version, 0 or less in time,
    and None where nothing arrived or nobody could be in time. Those of a single district also hold
    ``versions``, every arrival, and ``failures``, the failed rules with count and remedy.
    """
    ledger = Ledger(settings.ledger)
    judged = {(j.district_id, j.kind): j for j in ledger.judgements(month)}
    arrivals, itemised = ledger.arrivals(month), ledger.itemised_by_role(month)
    late = ledger.days_late(month)
    records = []
    for place in owed_deliveries(month):
        if district_id not in (None, place[0]):
            continue
        judgement = judged.get(place)
        number = judgement.delivery_id if judgement else None
        arrival = arrivals[number] if number is not None else None
        roles = itemised.get(number, {}) if number is not None else {}
        record = _place(month, *place) | _facts(judgement, arrival, roles)
        days = late[place] if arrival is not None else None
        record |= {"days_late": days, "is_late": None if days is None else days > 0}
        versions = ledger.versions(month, *place) if district_id else []
        if arrival is not None and arrival.version > 1:
            versions = versions or ledger.versions(month, *place)
            record["redelivery"] = _redelivery(settings, versions, arrival)
        if district_id:
            record["versions"] = [_version(version) for version in versions]
            record["failures"] = _failures(settings, judgement)
        records.append(record)
    return records


def _place(month: Month, district_id: str, kind: str) -> Record:
    return {
        "district_id": district_id,
        "district_name": district_in(district_id, month).district_name,
        "kind": kind,
        "title": load_contracts()[kind].title,
        "due_at": deadline(month).isoformat(timespec="minutes"),
    }


def _facts(judgement: Judgement | None, arrival: Arrival | None, roles: dict[str, int]) -> Record:
    """Return what is known of one delivery; ``roles`` counts its rows that are no data rows."""
    itemised_count = judgement.itemised_count if judgement else None
    return {
        "state": judgement.state if judgement else "missing",
        "version": arrival.version if arrival else None,
        "file_name": mask(arrival.file_name) if arrival else None,
        "arrived_at": arrival.arrived_at if arrival else None,
        "as_at": judgement.as_at if judgement else None,
        "row_count": judgement.row_count if judgement else None,
        "accepted_count": judgement.accepted_count if judgement else None,
        "quarantined_count": judgement.quarantined_count if judgement else None,
        "itemised_count": itemised_count,
        "itemised": roles,
        "is_conserved": judgement is None
        or (judgement.is_conserved and sum(roles.values()) == (itemised_count or 0)),
        "failed_rules": [v.rule_id for v in _failed(judgement) if v.asks_for_action],
        "told_rules": [v.rule_id for v in _failed(judgement) if not v.asks_for_action],
        "redelivery": None,
    }


def _failed(judgement: Judgement | None) -> list[Verdict]:
    verdicts = judgement.verdicts if judgement else ()
    return [verdict for verdict in verdicts if verdict.outcome in ("fail", "error")]


def _failures(settings: Settings, judgement: Judgement | None) -> list[Record]:
    """Return the failed rules of a judgement, also those that only tell.

    Each comes with its first cell and its remedy. ``message`` is the rule's sentence, or, of a
    rule about the whole file, what was met in it.
    """
    failed = _failed(judgement)
    if judgement is None or not failed:
        return []
    rules = {rule.id: rule for rule in load_rulebooks()[judgement.kind].rules}
    found = _first_findings(settings, judgement)
    return [
        {
            "rule_id": verdict.rule_id,
            "severity": verdict.severity,
            "outcome": verdict.outcome,
            "asks_for_action": verdict.asks_for_action,
            "failing_count": verdict.failing_count,
            "checked_count": verdict.checked_count,
            "reason": verdict.reason,
            **_words(rules.get(verdict.rule_id), found.get(verdict.rule_id, {})),
        }
        for verdict in failed
    ]


def _first_findings(settings: Settings, judgement: Judgement) -> dict[str, Record]:
    import pyarrow.parquet as pq

    stored = judgement.files.get("findings")
    if stored is None:
        return {}
    path = verified(settings.home / stored.path, stored.sha256)
    rows = pq.read_table(path, columns=["rule_id", "cell", "message", "remedy"])
    first = rows.group_by("rule_id", use_threads=False).aggregate(
        [(name, "first") for name in ("cell", "message", "remedy")]
    )
    return {row["rule_id"]: row for row in first.to_pylist()}


def _words(rule: Rule | None, first: Record) -> Record:
    """Return what to tell of a failed rule; a rule that is no more is told by its finding."""
    is_about_rows = rule is not None and rule.frame == "rows"
    met = first.get("message_first")
    return {
        "first_cell": first.get("cell_first"),
        "message": rule.sentence if rule and (is_about_rows or not met) else met,
        "remedy": first.get("remedy_first") or (rule.remedy if rule else None),
    }


def _redelivery(settings: Settings, versions: list[Version], arrival: Arrival) -> Record:
    """Return what the version that counts changed against the one before, and how soon it came.

    ``difference`` is None where the two cannot be compared, with the ``reason``.
    """
    # DuckDB is imported only where somebody redelivered
    from orchestration.judgement.redelivery_diff import NotComparableError, compare

    present = versions[arrival.version - 1]
    former = versions[arrival.version - 2]
    difference, reason = None, None
    try:
        difference = asdict(compare(settings, load_contracts()[arrival.kind], former, present))
    except NotComparableError as error:
        reason = str(error)
    return {
        "former_version": former.arrival.version,
        "former_state": former.judgement.state if former.judgement else None,
        "hours_since_judged": _hours(former.judged_at, arrival.arrived_at),
        "difference": difference,
        "reason": reason,
    }


def _hours(since: str | None, until: str) -> float | None:
    if since is None:
        return None
    return round((datetime.fromisoformat(until) - datetime.fromisoformat(since)) / _HOUR, 1)


def _version(version: Version) -> Record:
    arrival = version.arrival
    return {
        "version": arrival.version,
        "file_name": mask(arrival.file_name),
        "arrived_at": arrival.arrived_at,
        "state": version.judgement.state if version.judgement else None,
        "accepted_count": version.judgement.accepted_count if version.judgement else None,
        "quarantined_count": version.judgement.quarantined_count if version.judgement else None,
        "withdrawn_at": version.withdrawn_at,
    }


def whole_failures(
    settings: Settings, month: Month, district_id: str | None = None
) -> list[Record]:
    """Return the failed rules about districts' months as a whole, with the district."""
    return [
        {
            "district_id": judgement.district_id,
            "district_name": district_in(judgement.district_id, month).district_name,
        }
        | failure
        for judgement in Ledger(settings.ledger).judgements(month, district_id)
        if judgement.kind == DELIVERY
        for failure in _failures(settings, judgement)
    ]


def local_time(text: str) -> str:
    """Return a time of the ledger as Suzhou's clock shows it, to the minute."""
    return f"{datetime.fromisoformat(text).astimezone(SUZHOU):%Y-%m-%d %H:%M}"
