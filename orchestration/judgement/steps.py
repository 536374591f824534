"""A delivery on its way to a judgement: corrected, judged by itself, then against the others.

What a month's run and a clerk's check have in common, so that both come to the same verdicts.
What arrived and what is recorded is ``district``'s; single rules are ``within_delivery``'s and
``cross_delivery``'s.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from pathlib import Path

import pandas as pd

from expectations.rule_files import RuleBook, load_rulebooks
from expectations.rulebook import Sql
from orchestration.ingest.reading import Reading
from orchestration.judgement import cross_delivery
from orchestration.judgement.corrections import Outcome, all_flows_corrected, correct, not_applied
from orchestration.judgement.findings import NO_FINDINGS
from orchestration.judgement.judged_rules import not_applicable
from orchestration.judgement.month_decisions import MonthDecisions
from orchestration.judgement.parts.located import outcomes_in_files
from orchestration.judgement.plausible.released import Released
from orchestration.judgement.reference import rule_context
from orchestration.judgement.reports.month_checks import as_delivered
from orchestration.judgement.reports.report_problems import row_problems
from orchestration.judgement.reports.stated_month import CUMULATIVE
from orchestration.judgement.storing import StoredRows, place, store_known_buildings, store_rows
from orchestration.judgement.waivers import Passed, let_pass
from orchestration.judgement.within_delivery import DeliveryJudgement, judge_delivery
from orchestration.reference.contracts import load_contracts
from orchestration.reference.districts import reporting_districts
from orchestration.reference.kinds import BUILDING_SURVEY
from orchestration.reference.months import Month
from orchestration.settings import Settings
from orchestration.store.files import verified
from orchestration.store.records import Arrival, StoredFile, Verdict


@dataclass(frozen=True)
class OwnJudgement:
    """One delivery judged by itself, and where its rows were written."""

    arrival: Arrival
    book: RuleBook
    reading: Reading
    result: DeliveryJudgement
    stored: StoredRows
    decisions: MonthDecisions
    corrected: tuple[Outcome, ...]


@dataclass(frozen=True)
class CrossChecked:
    """A delivery with all its verdicts and findings, what waivers let pass, and its files."""

    own: OwnJudgement
    verdicts: tuple[Verdict, ...]
    findings: pd.DataFrame
    passed: Passed
    files: Mapping[str, StoredFile]


def judge_arrival(
    settings: Settings,
    arrival: Arrival,
    reading: Reading,
    landing: Path,
    decisions: MonthDecisions,
    released: Released | None = None,
) -> OwnJudgement:
    """Correct and judge one delivery; write its accepted and quarantined rows.

    ``released`` is what was last released of its district.
    """
    contract = load_contracts()[arrival.kind]
    book = load_rulebooks()[arrival.kind]
    reading = as_delivered(arrival, reading)
    context = rule_context(contract, arrival.month, arrival.district_id, reading.as_at)
    target = place(settings.landing, arrival, ".corrected")
    rows, corrected = correct(arrival, reading, landing, target, decisions.corrections)
    reading = replace(reading, problems=[*reading.problems, *row_problems(arrival, reading, rows)])
    if all_flows_corrected(contract, rows, corrected):
        mended = [p for p in reading.problems if p.code != CUMULATIVE]
        reading = replace(reading, problems=mended)
    if reading.parts:
        corrected = outcomes_in_files(corrected, reading)
    result = judge_delivery(rows, reading, contract, book, context, decisions.waivers, released)
    if result.state == "refused":
        corrected = not_applied(decisions.corrections, "报送已退回")
    stored = store_rows(settings, arrival, rows, result)
    return OwnJudgement(arrival, book, reading, result, stored, decisions, corrected)


def cross_check(
    settings: Settings,
    judged: Sequence[OwnJudgement],
    others: Mapping[str, list[StoredFile]],
    month: Month,
    district_id: str,
) -> list[CrossChecked]:
    """Ask the rules across deliveries of what an area delivered in a month, at most one a kind.

    ``others`` holds, by the name of their view, the rows of earlier months and, for the city,
    the buildings that the districts know.
    """
    views = {**_views(judged), **others}
    files = {
        name: [verified(settings.home / file.path, file.sha256) for file in stored]
        for name, stored in views.items()
    }
    checked = []
    through = {view: _rows_before(own) for own in judged for view in _views([own])}
    with cross_delivery.delivered_views(files, month, district_id, through) as connection:
        unknown = _unknown(others, month)
        for own in judged:
            rules = [rule for rule in own.book.rules if isinstance(rule.test, Sql)]
            kept = dict(own.stored.files)
            if own.arrival.kind in views:
                verdicts, findings = cross_delivery.judge_across(
                    connection, rules, set(views), unknown, own.reading
                )
                if own.arrival.kind == BUILDING_SURVEY:
                    known = cross_delivery.known_buildings(connection, district_id)
                    kept[cross_delivery.KNOWN_BUILDINGS] = store_known_buildings(
                        settings, own.arrival, known
                    )
            else:
                verdicts, findings = not_applicable(rules, "本月报送已退回"), NO_FINDINGS
            verdicts, findings, across = let_pass(verdicts, findings, own.decisions.waivers)
            filled = [frame for frame in (own.result.findings, findings) if len(frame)]
            checked.append(
                CrossChecked(
                    own=own,
                    verdicts=(*own.result.verdicts, *verdicts),
                    findings=pd.concat(filled, ignore_index=True) if filled else NO_FINDINGS,
                    passed={**own.result.passed, **across},
                    files=kept,
                )
            )
    return checked


def _views(judged: Sequence[OwnJudgement]) -> dict[str, list[StoredFile]]:
    """Return the files of this month's views: accepted rows, and all that are listed."""
    views: dict[str, list[StoredFile]] = {}
    for own in judged:
        kind, stored = own.arrival.kind, own.stored
        if "accepted" in stored.files:
            views[kind] = [stored.files["accepted"]]
        listed = [file for name, file in stored.files.items() if name in ("accepted", "quarantine")]
        if listed:
            views[cross_delivery.LISTED + kind] = listed
    return views


def _rows_before(own: OwnJudgement) -> dict[str, int]:
    """Return by file name what the rows of parts are raised by to be numbered through."""
    return {part.file_name: part.rows_before for part in own.reading.parts}


def _unknown(others: Mapping[str, list[StoredFile]], month: Month) -> list[str]:
    """Return the names of the districts whose buildings are not known."""
    known = {Path(file.path).parent.name for file in others.get(cross_delivery.KNOWN_BUILDINGS, [])}
    return [d.district_name for d in reporting_districts(month) if d.district_id not in known]
