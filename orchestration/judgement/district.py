"""A district's month: receive, read, judge, cross-check, record.

The one path from ``raw`` to recorded verdicts, used by the Dagster assets. Work whose inputs
are unchanged is not done again; bad input never raises, only our own faults do.
"""

from __future__ import annotations

import json
from collections import defaultdict
from collections.abc import Iterator
from dataclasses import asdict, dataclass, replace
from pathlib import Path
from typing import Literal

from expectations.rule_files import DELIVERY, load_rulebooks
from orchestration.ingest.deliveries import Received, receive, received_before
from orchestration.ingest.reading import ConservationError, Problem, Reading
from orchestration.judgement import cross_delivery
from orchestration.judgement.month_decisions import (
    MonthDecisions,
    load_month_decisions,
    store_outcomes,
)
from orchestration.judgement.not_delivered import empty_judgement, missing_judgements
from orchestration.judgement.parts.located import with_files
from orchestration.judgement.plausible.released import ReleasedFile, last_released, released_figures
from orchestration.judgement.prefetch import ReadFile, read_arrival
from orchestration.judgement.reference import judge_version, reader_version, rule_context
from orchestration.judgement.reports.month_checks import whole_month_problems
from orchestration.judgement.steps import CrossChecked, OwnJudgement, cross_check, judge_arrival
from orchestration.judgement.storing import (
    damaged_before,
    damaged_former,
    is_stored,
    place,
    store_findings,
)
from orchestration.judgement.within_delivery import judge_delivery
from orchestration.reference.contracts import load_contracts
from orchestration.reference.districts import CITY_ID
from orchestration.reference.fingerprints import fingerprint, inputs_of
from orchestration.reference.kinds import MONTHLY_REPORT
from orchestration.reference.months import Month
from orchestration.settings import Settings
from orchestration.store.ledger import Ledger
from orchestration.store.records import Arrival, Judgement, StoredFile

#: Whether verdicts are those of what lies there: ``current``, ``stale`` (of that, but by another
#: version of the program) or ``due``.
Standing = Literal["current", "stale", "due"]


@dataclass(frozen=True)
class DistrictMonth:
    """What a district's asset reports: its judgements, and whether anything was new."""

    judgements: tuple[Judgement, ...]
    is_new: bool


@dataclass(frozen=True)
class _Inputs:
    """What a district's judgement of a month is computed from."""

    received: Received
    others: dict[str, list[StoredFile]]
    decisions: MonthDecisions
    released: ReleasedFile | None
    fingerprint: str


def judge_district_month(
    settings: Settings,
    ledger: Ledger,
    read: ReadFile,
    month: Month,
    district_id: str,
    *,
    again: bool = False,
) -> DistrictMonth:
    """Bring the ledger up to date with what a district has delivered for a month.

    What was stored of it, or of the earlier months that it is held against, and is gone or
    changed by now is made anew from the archive. ``again`` judges also where nothing is new.
    """
    for damaged in damaged_before(settings, ledger, month, district_id):
        judge_district_month(settings, ledger, read, damaged, district_id, again=True)
    for former in damaged_former(settings, ledger, month, district_id):
        judge_former(settings, ledger, read, former)
    inputs = _inputs(
        settings, ledger, month, district_id, receive(settings, ledger, month, district_id)
    )
    if not again and _is_judged(settings, ledger, month, district_id, inputs):
        return DistrictMonth(tuple(ledger.judgements(month, district_id)), is_new=False)
    _judge(settings, ledger, read, month, district_id, inputs)
    return DistrictMonth(tuple(ledger.judgements(month, district_id)), is_new=True)


def judge_former(settings: Settings, ledger: Ledger, read: ReadFile, arrival: Arrival) -> None:
    """Judge once more a delivery that another has taken the place of, then the one that counts.

    For when what was stored of the former is damaged: its findings are still reported.
    """
    month, district_id = arrival.month, arrival.district_id
    inputs = _inputs(
        settings, ledger, month, district_id, receive(settings, ledger, month, district_id)
    )
    former = Received({arrival.kind: arrival}, ())
    _judge(settings, ledger, read, month, district_id, replace(inputs, received=former))
    # the last judgement is the one that counts
    judge_district_month(settings, ledger, read, month, district_id, again=True)


def _judge(
    settings: Settings,
    ledger: Ledger,
    read: ReadFile,
    month: Month,
    district_id: str,
    inputs: _Inputs,
) -> None:
    """Judge what was received and record it."""
    own = list(_judged(settings, ledger, read, inputs, district_id))
    checked = cross_check(settings, own, inputs.others, month, district_id)
    judgements = [_judgement(settings, one, inputs.fingerprint) for one in checked]
    delivered = set(inputs.received.arrivals)
    judgements += missing_judgements(month, district_id, delivered, inputs.fingerprint)
    outcomes = store_outcomes(
        settings,
        (month, district_id, DELIVERY),
        inputs.decisions,
        {one.own.arrival.kind: one.passed for one in checked},
        {one.arrival.kind: one.corrected for one in own},
    )
    judgements.append(_whole(settings, month, district_id, inputs, outcomes))
    ledger.record_judgements(judgements)


def is_judged(settings: Settings, ledger: Ledger, month: Month, district_id: str) -> bool:
    """Whether the ledger's verdicts are those of what lies there now; writes nothing."""
    return judgement_standing(settings, ledger, month, district_id) == "current"


def judgement_standing(
    settings: Settings, ledger: Ledger, month: Month, district_id: str
) -> Standing:
    """Return how the ledger's verdicts stand to what lies there now; writes nothing."""
    received = received_before(settings, ledger, month, district_id)
    if received is None:
        return "due"
    inputs = _inputs(settings, ledger, month, district_id, received)
    if _is_judged(settings, ledger, month, district_id, inputs):
        return "current"
    current = ledger.judgements(month, district_id)
    is_stale = bool(current) and all(
        _is_of(judgement, inputs) and is_stored(settings, judgement.files.values())
        for judgement in current
    )
    return "stale" if is_stale else "due"


def _is_of(judgement: Judgement, inputs: _Inputs) -> bool:
    """Whether a judgement was made from these inputs, by whichever version of the program."""
    made_from = inputs_of(judgement.fingerprint)
    if made_from is not None:
        return made_from == inputs_of(inputs.fingerprint)
    # made before fingerprints had parts: then it is known of which file it was
    arrival = inputs.received.arrivals.get(judgement.kind)
    return judgement.delivery_id == (arrival.delivery_id if arrival else None)


def _is_judged(
    settings: Settings, ledger: Ledger, month: Month, district_id: str, inputs: _Inputs
) -> bool:
    current = ledger.judgements(month, district_id)
    return bool(current) and all(
        j.fingerprint == inputs.fingerprint and is_stored(settings, j.files.values())
        for j in current
    )


def _inputs(
    settings: Settings, ledger: Ledger, month: Month, district_id: str, received: Received
) -> _Inputs:
    others = _others(ledger, month, district_id)
    decisions = load_month_decisions(settings, month, district_id)
    released = last_released(settings, ledger, month) if district_id != CITY_ID else None
    made_from = _fingerprint(received, others, decisions, released)
    return _Inputs(received, others, decisions, released, made_from)


def _others(ledger: Ledger, month: Month, district_id: str) -> dict[str, list[StoredFile]]:
    """Return what else is looked at, by the name of the view it is read as.

    The accepted rows of earlier months and, for the city, the buildings that districts know.
    """
    files: dict[str, list[StoredFile]] = defaultdict(list)
    first = month.shift(-cross_delivery.history_months())
    for accepted in ledger.accepted_before(month, district_id, first):
        for view in cross_delivery.earlier_views(accepted.kind, accepted.month, month):
            files[view].append(accepted.file)
    if district_id == CITY_ID and (known := ledger.files(month, cross_delivery.KNOWN_BUILDINGS)):
        files[cross_delivery.KNOWN_BUILDINGS] = known
    return files


def _fingerprint(
    received: Received,
    others: dict[str, list[StoredFile]],
    decisions: MonthDecisions,
    released: ReleasedFile | None,
) -> str:
    """Return what the judgement depends on: deliveries, other rows, decisions, releases, code."""
    inputs = {
        "arrivals": {kind: a.delivery_id for kind, a in received.arrivals.items()},
        "misdelivered": [asdict(item) for item in received.misdelivered],
        "others": {name: [file.sha256 for file in files] for name, files in others.items()},
        "decisions": decisions.fingerprint,
        "released": released.file.sha256 if released else None,
    }
    contracts = {kind: contract.version for kind, contract in load_contracts().items()}
    program = (json.dumps(contracts, sort_keys=True), reader_version(), judge_version())
    return fingerprint([json.dumps(inputs, sort_keys=True)], program)


def _judged(
    settings: Settings, ledger: Ledger, read: ReadFile, inputs: _Inputs, district_id: str
) -> Iterator[OwnJudgement]:
    """Read the deliveries and judge each by itself, one after the other."""
    released = released_figures(settings, inputs.released, district_id)
    for kind, arrival in inputs.received.arrivals.items():
        reading, landing = read_arrival(settings, ledger, read, arrival)
        decisions = inputs.decisions.of_kind(kind)
        yield judge_arrival(settings, arrival, reading, landing, decisions, released)


def _judgement(settings: Settings, judged: CrossChecked, fingerprint: str) -> Judgement:
    own = judged.own
    arrival = own.arrival
    stored = store_findings(
        settings,
        place(settings.quarantine, arrival, ".findings"),
        (arrival.month, arrival.district_id, arrival.kind),
        with_files(judged.findings, arrival, own.reading),
    )
    judgement = Judgement(
        month=arrival.month,
        district_id=arrival.district_id,
        kind=arrival.kind,
        delivery_id=arrival.delivery_id,
        fingerprint=fingerprint,
        state=own.result.state,
        as_at=own.reading.as_at,
        row_count=own.reading.file_rows,
        accepted_count=own.stored.accepted_count,
        quarantined_count=own.stored.quarantined_count,
        itemised_count=own.reading.itemised_rows,
        files={**judged.files, "findings": stored},
        verdicts=judged.verdicts,
    )
    if not judgement.is_conserved:
        raise ConservationError(
            f"{arrival.district_id} {arrival.kind}: {judgement.row_count} rows in the file, "
            f"{judgement.kept_rows} itemised, accepted or quarantined"
        )
    return judgement


def _whole(
    settings: Settings,
    month: Month,
    district_id: str,
    inputs: _Inputs,
    outcomes: dict[str, StoredFile],
) -> Judgement:
    """Judge the district's month as a whole: files nobody can place, nothing delivered at all.

    With it stays what became of the office's decisions.
    """
    problems: list[Problem] = whole_month_problems(month, district_id, inputs.received)
    reading = Reading(kind=DELIVERY, problems=problems)
    contract = load_contracts()[MONTHLY_REPORT]
    book = load_rulebooks()[DELIVERY]
    context = rule_context(contract, month, district_id, None)
    result = judge_delivery(Path(), reading, contract, book, context)
    path = settings.quarantine / str(month) / district_id / f"{DELIVERY}.findings.parquet"
    findings = store_findings(
        settings, path, (month, district_id, DELIVERY), result.findings.assign(file_name=None)
    )
    empty = empty_judgement(
        month, district_id, DELIVERY, inputs.fingerprint, "accepted", result.verdicts
    )
    return replace(empty, files={"findings": findings, **outcomes})
