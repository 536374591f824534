"""``fangan status``: the records of what each district delivered for a month, and its state.

The records of a single district have more detail; ``delivery_status_tables`` prints them.
"""

from __future__ import annotations

from dataclasses import asdict
from datetime import datetime, timedelta

from expectations.rule_files import DELIVERY, load_rulebooks
from expectations.rulebook import Rule
from orchestration.console.output import Record
from orchestration.ingest.reader.privacy import mask
from orchestration.publication.status import facts
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
    """Return the months that have a judgement, the latest one last."""
    return Ledger(settings.ledger).months()


def month_status(settings: Settings, month: Month, district_id: str | None = None) -> list[Record]:
    """Return one record per district (or one district) and kind, delivered or missing.

    They are in bulletin order, the city last. ``days_late`` is that of the first version: 0 or
    less if it was in time, None if nothing arrived or the platform was set up after the deadline.
    ``history`` has the facts of the status board: when it came, came again and was accepted, how
    often it was refused or returned, how long the district took, the release it is in.
    Records of a single district also have ``versions`` (every arrival) and ``failures`` (the
    failed rules with count and remedy).
    """
    ledger = Ledger(settings.ledger)
    judged = {(j.district_id, j.kind): j for j in ledger.judgements(month)}
    arrivals, itemised = ledger.arrivals(month), ledger.itemised_by_role(month)
    late = ledger.days_late(month)
    board = facts.month_status(ledger, month, datetime.now(SUZHOU))
    places = {(place.district_id, place.kind): place for place in board.places}
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
        record["history"] = _history(board, places[place])
        versions = ledger.versions(month, *place) if district_id else []
        if arrival is not None and arrival.version > 1:
            versions = versions or ledger.versions(month, *place)
            record["redelivery"] = _redelivery(settings, versions, arrival)
        if district_id:
            record["versions"] = [_version(version) for version in versions]
            record["failures"] = _failures(settings, judgement)
        records.append(record)
    return records


def _history(board: facts.MonthStatus, place: facts.Place) -> Record:
    return {
        "delivered_at": _iso(place.delivered_at),
        "version_count": place.versions,
        "refused_count": place.refused_count,
        "returned_count": place.returned_count,
        "redelivered_at": _iso(place.redelivered_at),
        "turnaround_hours": place.turnaround_hours,
        "accepted_at": _iso(place.accepted_at),
        "released_as": board.release_state if place.is_accepted else None,
    }


def _iso(at: datetime | None) -> str | None:
    return at.isoformat(timespec="seconds") if at else None


def month_rates(settings: Settings) -> list[Record]:
    """Return each month's calendar, counts and rates over the status board, in order.

    A rate is None before the deadline; that of punctuality also for a month that was due before
    the platform received its first file.
    """
    ledger, now = Ledger(settings.ledger), datetime.now(SUZHOU)
    statuses = [facts.month_status(ledger, m, now) for m in facts.board_months(ledger, now)]
    return [
        {
            "month": str(status.month),
            "opens_on": _iso(status.calendar.opens_on),
            "deadline": _iso(status.calendar.deadline),
            "run": _iso(status.calendar.run),
            "review": _iso(status.calendar.review),
            "release": _iso(status.calendar.release),
            "unknown_holidays": list(status.calendar.unknown_years),
            "owed_count": status.owed_count,
            "delivered_count": status.delivered_count,
            "accepted_count": status.accepted_count,
            "on_time_rate": _rate(status.on_time_count, status.owed_count),
            "completeness_rate": _rate(status.complete_count, status.owed_count),
            "release_state": status.release_state,
            "is_simulated": status.is_simulated,
        }
        for status in statuses
    ]


def _rate(count: int | None, owed: int) -> float | None:
    return None if count is None or not owed else round(count / owed, 4)


def _place(month: Month, district_id: str, kind: str) -> Record:
    return {
        "district_id": district_id,
        "district_name": district_in(district_id, month).district_name,
        "kind": kind,
        "title": load_contracts()[kind].title,
        "due_at": deadline(month).isoformat(timespec="minutes"),
    }


def _facts(judgement: Judgement | None, arrival: Arrival | None, roles: dict[str, int]) -> Record:
    """Return the state and counts of one delivery; ``roles`` counts its non-data rows by role."""
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
        "info_rules": [v.rule_id for v in _failed(judgement) if not v.asks_for_action],
        "redelivery": None,
    }


def _failed(judgement: Judgement | None) -> list[Verdict]:
    verdicts = judgement.verdicts if judgement else ()
    return [verdict for verdict in verdicts if verdict.outcome in ("fail", "error")]


def _failures(settings: Settings, judgement: Judgement | None) -> list[Record]:
    """Return the failed rules of a judgement, including those for information only.

    Each has its first cell and its remedy. ``message`` is the rule's sentence, or for a rule
    about the whole file the message of its finding.
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
            **_message(rules.get(verdict.rule_id), found.get(verdict.rule_id, {})),
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


def _message(rule: Rule | None, first: Record) -> Record:
    """Return cell, message and remedy of a failed rule; from its finding if the rule is gone."""
    is_about_rows = rule is not None and rule.frame == "rows"
    found = first.get("message_first")
    return {
        "first_cell": first.get("cell_first"),
        "message": rule.sentence if rule and (is_about_rows or not found) else found,
        "remedy": first.get("remedy_first") or (rule.remedy if rule else None),
    }


def _redelivery(settings: Settings, versions: list[Version], arrival: Arrival) -> Record:
    """Return what the current version changed from the one before, and how soon it came.

    If the two cannot be compared, ``difference`` is None and ``reason`` says why.
    """
    # DuckDB is imported only if there is a redelivery
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


def month_failures(
    settings: Settings, month: Month, district_id: str | None = None
) -> list[Record]:
    """Return the failed rules about a district's whole month, each with its district."""
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
    """Return a time of the ledger in Suzhou time, to the minute."""
    return f"{datetime.fromisoformat(text).astimezone(SUZHOU):%Y-%m-%d %H:%M}"
