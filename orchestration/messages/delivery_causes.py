"""Causes in deliveries: missing at the deadline, late, refused, or with rows that cannot count.

One cause a district and month, so that a district is talked to once. Months whose deadline is long
past are left alone, except for what was judged just now. The facts are those of the status board.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from datetime import datetime, timedelta
from itertools import groupby

from expectations.rule_files import load_rulebooks
from orchestration.messages.causes import Cause
from orchestration.messages.reminders import missing_of, moment, reminder_path
from orchestration.publication.status.facts import MonthStatus, Place, board_months, month_status
from orchestration.reference import vocabulary
from orchestration.reference.contracts import load_contracts
from orchestration.reference.deadlines import punctuality
from orchestration.store.ledger import Ledger
from orchestration.store.records import Judgement, Verdict

#: Beginnings of the keys of all causes found here.
KEYS = ("missing/", "late/", "returned/")
_RULES_TOLD = 12


def recent_statuses(ledger: Ledger, now: datetime, remind_for: timedelta) -> list[MonthStatus]:
    """Return the months that somebody is still to be told of, the latest one last."""
    statuses = [month_status(ledger, month, now) for month in board_months(ledger, now)]
    return [
        status
        for status in statuses
        if max(status.calendar.deadline, status.latest_at or status.calendar.deadline)
        > now - remind_for
    ]


def delivery_causes(
    ledger: Ledger, statuses: Iterable[MonthStatus], now: datetime, remind_for: timedelta
) -> list[Cause]:
    """Return what is wrong with the deliveries of these months, by month and district."""
    found: list[Cause] = []
    for status in statuses:
        for _, grouped in groupby(status.places, key=lambda place: place.district_id):
            places = list(grouped)
            if now - status.calendar.deadline < remind_for:
                found += _unpunctual(status, places)
            found += _returned(ledger, status, places, now - remind_for)
    return found


def _unpunctual(status: MonthStatus, places: list[Place]) -> Iterator[Cause]:
    if not (status.is_closed and status.is_judged_for_lateness):
        return
    month, first = status.month, places[0]
    missing = missing_of(status, places)
    if missing:
        yield Cause(
            key=f"missing/{month}/{first.district_id}",
            subject=f"【{month}】{first.district_name} 逾期未报 {len(missing)} 项",
            first_line=(
                f"请催报：催报函草稿在 {reminder_path(month, first.district_id)}，核对后发出。"
            ),
            body=(
                f"截止时间 {moment(status.calendar.deadline)}，仍未收到：\n"
                + "\n".join(f"· {place.title}" for place in missing)
            ),
        )
    late = [place for place in places if place.is_late]
    if late:
        yield Cause(
            key=f"late/{month}/{first.district_id}",
            subject=f"【{month}】{first.district_name} 逾期报送 {len(late)} 项",
            first_line=f"迟报已收到，该月会重新统计；结果见 fangan status {month}。",
            body="\n".join(f"· {place.title}：{punctuality(place.days_late)}" for place in late),
            severity="info",
            happened_once=True,
        )


def _returned(
    ledger: Ledger, status: MonthStatus, places: list[Place], since: datetime
) -> Iterator[Cause]:
    """Yield the cause of a district with rules that refuse a delivery or quarantine its rows."""
    if not any(place.judged_at and place.judged_at > since for place in places):
        return
    month, first = status.month, places[0]
    failed = [
        (judgement, verdict)
        for judgement in ledger.judgements(month, first.district_id)
        for verdict in judgement.verdicts
        if verdict.asks_for_action
        and (verdict.severity in ("refuse", "quarantine") or verdict.outcome == "error")
    ]
    if not failed:
        return
    refused = [place.title for place in places if place.state == "refused"]
    returned = f"{vocabulary.SEVERITIES['refuse']} {len(failed)} 项"
    yield Cause(
        key=f"returned/{month}/{first.district_id}",
        subject=f"【{month}】{first.district_name} {returned}",
        first_line=(
            f"请把退回包发给{first.district_name}，请其更正后重新报送："
            f"fangan return {month} {first.district_name}"
        ),
        body="\n".join(_lines(status, failed, refused)),
        severity="error" if refused else "warning",
    )


def _lines(
    status: MonthStatus, failed: list[tuple[Judgement, Verdict]], refused: list[str]
) -> Iterator[str]:
    if status.is_simulated:
        yield f"{vocabulary.DEMONSTRATION}：该月含模拟报送。"
    if refused:
        yield f"整份退回、不计入统计：{'、'.join(refused)}。"
    for judgement, verdict in failed[:_RULES_TOLD]:
        yield f"· {_title(judgement.kind)} {verdict.rule_id}：{_sentence(judgement, verdict)}"
    if len(failed) > _RULES_TOLD:
        yield f"……其余 {len(failed) - _RULES_TOLD} 项见 fangan status {status.month}"


def _title(kind: str) -> str:
    contract = load_contracts().get(kind)
    return contract.title if contract else vocabulary.WHOLE_TITLE


def _sentence(judgement: Judgement, verdict: Verdict) -> str:
    """Return what the rule demands and how many rows fail it; never what a cell holds."""
    rules = {rule.id: rule for rule in load_rulebooks()[judgement.kind].rules}
    rule = rules.get(verdict.rule_id)
    counts = f"（{verdict.failing_count} 处）" if verdict.failing_count else ""
    if verdict.outcome == "error":
        return f"{vocabulary.OUTCOMES['error']}，没有判定"
    level = vocabulary.SEVERITIES[verdict.severity]
    return f"{rule.sentence if rule else '规则已停用'}{counts}，{level}"
