"""A district's month: receive, read, judge, cross-check, record.

The one path from ``raw`` to recorded verdicts, used by the Dagster assets. Work whose inputs
are unchanged is not done again; bad input never raises, only our own faults do.
"""

from __future__ import annotations

import hashlib
import json
from collections import defaultdict
from collections.abc import Callable
from dataclasses import asdict, dataclass, replace
from pathlib import Path

import pandas as pd

from expectations.rulebook import DELIVERY, RuleBook, Sql, load_rulebooks
from orchestration.contracts import Contract, load_contracts
from orchestration.ingest.deliveries import Received, receive
from orchestration.ingest.reading import ConservationError, Problem, Reading
from orchestration.judgement import crossing
from orchestration.judgement.absent import absent_judgements, empty_judgement
from orchestration.judgement.corrections import Outcome, correct, not_applied
from orchestration.judgement.delivery import DeliveryJudgement, judge_delivery, not_applicable
from orchestration.judgement.findings import NO_FINDINGS
from orchestration.judgement.month_checks import month_problems, whole_month_problems
from orchestration.judgement.month_decisions import (
    MonthDecisions,
    load_month_decisions,
    store_outcomes,
)
from orchestration.judgement.parquet import StoredRows, place, store_findings, store_rows
from orchestration.judgement.reference import judge_version, reader_version, rule_context
from orchestration.judgement.waivers import Passed, let_pass
from orchestration.months import Month
from orchestration.settings import Settings
from orchestration.store.archive import checked_version
from orchestration.store.files import sha256_of, verified
from orchestration.store.ledger import Ledger
from orchestration.store.records import Arrival, Judgement, StoredFile, Verdict

#: Reads a file: (archived path, contract, landing path, notes path) -> receipt.
ReadFile = Callable[[Path, Contract, Path, Path], Reading]


@dataclass(frozen=True)
class DistrictMonth:
    """What a district's asset reports: its judgements, and whether anything was new."""

    judgements: tuple[Judgement, ...]
    is_new: bool


@dataclass
class _Draft:
    """One delivery on its way to a judgement."""

    arrival: Arrival
    book: RuleBook
    reading: Reading
    result: DeliveryJudgement
    stored: StoredRows
    decisions: MonthDecisions
    corrected: tuple[Outcome, ...]


@dataclass(frozen=True)
class _Inputs:
    """What a district's judgement of a month is computed from."""

    received: Received
    earlier: dict[str, list[StoredFile]]
    decisions: MonthDecisions
    fingerprint: str


def judge_district_month(
    settings: Settings, ledger: Ledger, read: ReadFile, month: Month, district_id: str
) -> DistrictMonth:
    """Bring the ledger up to date with what a district has delivered for a month."""
    inputs = _inputs(settings, ledger, month, district_id)
    if _is_judged(ledger, month, district_id, inputs):
        return DistrictMonth(tuple(ledger.judgements(month, district_id)), is_new=False)
    drafts = {
        kind: _draft(settings, ledger, read, arrival, inputs.decisions.of_kind(kind))
        for kind, arrival in inputs.received.arrivals.items()
    }
    crossed = _cross(settings, drafts, inputs.earlier, month, district_id)
    judgements = [
        _judgement(settings, draft, inputs.fingerprint, verdicts, findings)
        for draft, verdicts, findings, _ in crossed
    ]
    judgements += absent_judgements(month, district_id, set(drafts), inputs.fingerprint)
    outcomes = store_outcomes(
        settings,
        (month, district_id, DELIVERY),
        inputs.decisions,
        {draft.arrival.kind: passed for draft, _, _, passed in crossed},
        {kind: draft.corrected for kind, draft in drafts.items()},
    )
    judgements.append(_whole(settings, month, district_id, inputs, outcomes))
    ledger.record_judgements(judgements)
    return DistrictMonth(tuple(ledger.judgements(month, district_id)), is_new=True)


def is_judged(settings: Settings, ledger: Ledger, month: Month, district_id: str) -> bool:
    """Whether the ledger's verdicts are those of what lies there now; archives what is new."""
    inputs = _inputs(settings, ledger, month, district_id)
    return _is_judged(ledger, month, district_id, inputs)


def _is_judged(ledger: Ledger, month: Month, district_id: str, inputs: _Inputs) -> bool:
    current = ledger.judgements(month, district_id)
    return bool(current) and all(j.fingerprint == inputs.fingerprint for j in current)


def _inputs(settings: Settings, ledger: Ledger, month: Month, district_id: str) -> _Inputs:
    received = receive(settings, ledger, month, district_id)
    earlier = _earlier(ledger, month, district_id)
    decisions = load_month_decisions(settings, month, district_id)
    return _Inputs(received, earlier, decisions, _fingerprint(received, earlier, decisions))


def _earlier(ledger: Ledger, month: Month, district_id: str) -> dict[str, list[StoredFile]]:
    """Return the accepted rows of earlier months by the name of the view they are read as."""
    files: dict[str, list[StoredFile]] = defaultdict(list)
    first = month.shift(-crossing.HISTORY_MONTHS)
    for accepted in ledger.accepted_before(month, district_id, first):
        if accepted.month == month.previous:
            files[crossing.PREVIOUS + accepted.kind].append(accepted.file)
        if accepted.kind in crossing.HISTORY_KINDS:
            files[crossing.HISTORY + accepted.kind].append(accepted.file)
    return files


def _fingerprint(
    received: Received, earlier: dict[str, list[StoredFile]], decisions: MonthDecisions
) -> str:
    """Return what the judgement depends on: deliveries, earlier rows, decisions, reader, rules."""
    parts = {
        "arrivals": {kind: a.delivery_id for kind, a in received.arrivals.items()},
        "misdelivered": [asdict(item) for item in received.misdelivered],
        "earlier": {name: [file.sha256 for file in files] for name, files in earlier.items()},
        "decisions": decisions.fingerprint,
        "contracts": {kind: c.version for kind, c in load_contracts().items()},
        "reader": reader_version(),
        "judge": judge_version(),
    }
    return hashlib.sha256(json.dumps(parts, sort_keys=True).encode()).hexdigest()[:16]


def _draft(
    settings: Settings,
    ledger: Ledger,
    read: ReadFile,
    arrival: Arrival,
    decisions: MonthDecisions,
) -> _Draft:
    """Read, correct and judge one delivery and write its accepted and quarantined rows."""
    contract = load_contracts()[arrival.kind]
    book = load_rulebooks()[arrival.kind]
    reading, landing = _read(settings, ledger, read, arrival, contract)
    reading = replace(reading, problems=[*reading.problems, *month_problems(arrival, reading)])
    context = rule_context(contract, arrival.month, arrival.district_id, reading.as_at)
    target = place(settings.landing, arrival, ".corrected")
    rows, corrected = correct(arrival, reading, landing, target, decisions.corrections)
    result = judge_delivery(rows, reading, contract, book, context, decisions.waivers)
    if result.state == "refused":
        corrected = not_applied(decisions.corrections, "报送已退回")
    stored = store_rows(settings, arrival, rows, result)
    return _Draft(arrival, book, reading, result, stored, decisions, corrected)


def _read(
    settings: Settings, ledger: Ledger, read: ReadFile, arrival: Arrival, contract: Contract
) -> tuple[Reading, Path]:
    """Return the receipt and the landing of an arrival, reading the file only if it is new."""
    landing = place(settings.landing, arrival, "")
    if len(arrival.parts) > 1:
        return Reading(kind=arrival.kind), landing
    version = f"{contract.version}-{reader_version()}"
    known = ledger.reading(arrival.delivery_id, version)
    if known and landing.exists() and sha256_of(landing) == known[0]:
        return Reading.from_json(json.dumps(known[1])), landing
    delivered = checked_version(settings.archive, arrival.sha256)
    landing.parent.mkdir(parents=True, exist_ok=True)
    reading = read(delivered, contract, landing, place(settings.landing, arrival, ".notes"))
    ledger.record_reading(
        arrival.delivery_id, version, sha256_of(landing), json.loads(reading.to_json())
    )
    return reading, landing


def _cross(
    settings: Settings,
    drafts: dict[str, _Draft],
    earlier: dict[str, list[StoredFile]],
    month: Month,
    district_id: str,
) -> list[tuple[_Draft, list[Verdict], pd.DataFrame, Passed]]:
    """Ask the rules across deliveries.

    Returns each draft with all its verdicts and findings, and what waivers let pass.
    """
    present = {
        kind: [draft.stored.files["accepted"]]
        for kind, draft in drafts.items()
        if "accepted" in draft.stored.files
    }
    accepted = {
        name: [verified(settings.home / file.path, file.sha256) for file in files]
        for name, files in (earlier | present).items()
    }
    judged = []
    with crossing.accepted_views(load_contracts(), accepted, month, district_id) as connection:
        for kind, draft in drafts.items():
            rules = [rule for rule in draft.book.rules if isinstance(rule.test, Sql)]
            if kind in accepted:
                verdicts, findings = crossing.judge_across(
                    connection, rules, set(accepted), draft.reading
                )
            else:
                verdicts, findings = not_applicable(rules, "本月报送已退回"), NO_FINDINGS
            verdicts, findings, across = let_pass(verdicts, findings, draft.decisions.waivers)
            filled = [frame for frame in (draft.result.findings, findings) if len(frame)]
            joined = pd.concat(filled, ignore_index=True) if filled else NO_FINDINGS
            passed = {**draft.result.passed, **across}
            judged.append((draft, [*draft.result.verdicts, *verdicts], joined, passed))
    return judged


def _judgement(
    settings: Settings,
    draft: _Draft,
    fingerprint: str,
    verdicts: list[Verdict],
    findings: pd.DataFrame,
) -> Judgement:
    arrival = draft.arrival
    stored = store_findings(
        settings,
        place(settings.quarantine, arrival, ".findings"),
        (arrival.month, arrival.district_id, arrival.kind),
        findings.assign(file_name=arrival.file_name),
    )
    judgement = Judgement(
        month=arrival.month,
        district_id=arrival.district_id,
        kind=arrival.kind,
        delivery_id=arrival.delivery_id,
        fingerprint=fingerprint,
        state=draft.result.state,
        as_at=draft.reading.as_at,
        row_count=draft.reading.file_rows,
        accepted_count=draft.stored.accepted_count,
        quarantined_count=draft.stored.quarantined_count,
        itemised_count=draft.reading.itemised_rows,
        files={**draft.stored.files, "findings": stored},
        verdicts=tuple(verdicts),
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
    contract = load_contracts()["monthly_report"]
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
