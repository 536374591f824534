"""``fangan status``: what each district has delivered for a month and what became of it."""

from __future__ import annotations

from orchestration import terms
from orchestration.console.output import Record, print_table
from orchestration.contracts import kinds_of, load_contracts
from orchestration.districts import reporting_districts
from orchestration.judgement.district import DELIVERY
from orchestration.months import Month
from orchestration.settings import Settings
from orchestration.store.ledger import Ledger
from orchestration.store.records import Judgement


def latest_month(settings: Settings) -> Month | None:
    """Return the latest month for which anything was judged."""
    months = Ledger(settings.ledger).months()
    return months[-1] if months else None


def month_status(settings: Settings, month: Month) -> list[Record]:
    """Return one record a district and kind, delivered or missing, in bulletin order."""
    ledger = Ledger(settings.ledger)
    known = {(j.district_id, j.kind): j for j in ledger.judgements(month)}
    return [
        _record(ledger, district.district_id, district.district_name, kind, known)
        for district in reporting_districts(month)
        for kind in kinds_of("district")
    ]


def _record(
    ledger: Ledger,
    district_id: str,
    name: str,
    kind: str,
    known: dict[tuple[str, str], Judgement],
) -> Record:
    judgement = known.get((district_id, kind))
    arrival = ledger.arrival(judgement.delivery_id) if judgement and judgement.delivery_id else None
    return {
        "district_id": district_id,
        "district_name": name,
        "kind": kind,
        "title": load_contracts()[kind].title,
        "state": judgement.state if judgement else "missing",
        "version": arrival.version if arrival else None,
        "file_name": arrival.file_name if arrival else None,
        "arrived_at": arrival.arrived_at if arrival else None,
        "as_at": judgement.as_at if judgement else None,
        "row_count": judgement.row_count if judgement else None,
        "accepted_count": judgement.accepted_count if judgement else None,
        "quarantined_count": judgement.quarantined_count if judgement else None,
        "itemised_count": judgement.itemised_count if judgement else None,
        "failed_rules": _failed(judgement),
    }


def _failed(judgement: Judgement | None) -> list[str]:
    verdicts = judgement.verdicts if judgement else ()
    return [v.rule_id for v in verdicts if v.outcome in ("fail", "error")]


def failed_wholes(settings: Settings, month: Month) -> list[str]:
    """Return the rules about districts' months as a whole that failed, with the district."""
    return [
        f"{judgement.district_id} {rule_id}"
        for judgement in Ledger(settings.ledger).judgements(month)
        if judgement.kind == DELIVERY
        for rule_id in _failed(judgement)
    ]


def show(month: Month, records: list[Record]) -> None:
    """Print what was delivered, and the reports that are missing."""
    print_table(
        f"{month.chinese} 报送情况",
        [
            {
                "地区": r["district_name"],
                "种类": r["title"],
                "状态": terms.STATES[r["state"]],
                "版本": r["version"],
                "行数": r["row_count"],
                "采用": r["accepted_count"],
                "隔离": r["quarantined_count"],
                "其他行": r["itemised_count"],
                "未通过的规则": "、".join(r["failed_rules"]),
            }
            for r in records
            if r["state"] != "missing" or r["kind"] == "monthly_report"
        ],
    )
