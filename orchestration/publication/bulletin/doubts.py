"""Printed figures that look implausible and that nobody has accepted yet.

They are read from the marts' verdicts: a plausibility rule that fails on the delivery behind a
printed figure, or a leap of the city's total. The sentences that every form of the bulletin shows,
and the reasons why a release cannot be final, are written here once. The rule book says which
rules count; ``judgement.waivers`` says how a record is accepted.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from decimal import Decimal
from functools import cache
from typing import Any

import duckdb

from expectations.rule_files import load_rulebooks
from orchestration.formats.sql import records
from orchestration.judgement.plausible.bands import band_text, is_within, number
from orchestration.judgement.reference import FIGURES, plausibility_bands
from orchestration.publication.database.reading import MARTS
from orchestration.reference import vocabulary
from orchestration.reference.contracts import load_contracts
from orchestration.reference.districts import CITY_ID
from orchestration.reference.measures import AREA, COUNT, MEASURED, REPORT
from orchestration.reference.metrics import metric_name, prose_unit
from orchestration.reference.months import Month
from orchestration.reference.seeds import WAIVERS_SEED

#: Records of one rule that are named; further ones are only counted.
_MAX_SHOWN = 3
_LEAPS = ("MR-521", "BS-521")
_CITY_RULE = "MR-521"


@dataclass(frozen=True)
class Doubt:
    """One open doubt: whose figure, which rule, and the sentence about it.

    ``record_key`` is the key that a waiver would name; None for the city's total, which is
    accepted together with its districts. ``more`` counts further records of the same rule.
    """

    district_id: str
    district_name: str
    kind: str
    rule_id: str
    record_key: str | None
    said: str
    more: int = 0

    @property
    def sentence(self) -> str:
        """The note under the bulletin's table."""
        title = load_contracts()[self.kind].title if self.record_key else ""
        rest = f"，另有 {self.more} 处" if self.more else ""
        where = f"{vocabulary.IN_DOUBT}：{self.district_name}{title}"
        return f"{where}，{self.said}{rest}（{self.rule_id}）。"

    def reason(self, month: Month) -> str:
        """Return why the month cannot be final, and how to accept the figure."""
        if self.record_key is None:
            return f"{self.sentence}随引起变化的各地区一并接受。It is accepted with its districts."
        row = ",".join(
            (
                self.rule_id,
                self.kind,
                self.district_id,
                self.record_key,
                *("理由", "姓名", "日期", str(month), str(month)),
            )
        )
        return (
            f"{self.sentence}改正后重新运行；确实如此的，在 {WAIVERS_SEED} 中写明：{row}。"
            "A figure to be verified: have it corrected, or waive it by name."
        )


def open_doubts(
    connection: duckdb.DuckDBPyConnection, month: Month, database: str, released: str
) -> tuple[Doubt, ...]:
    """Return the month's open doubts in ``database``, in bulletin order, the city last.

    ``released`` is the database with the published figures of earlier months.
    """
    rows = records(connection, _query(database), [month.first_day, list(_plausibility_rules())])
    doubts = tuple(_doubt(row) for row in rows if _is_printed(row))
    if any(doubt.rule_id in _LEAPS for doubt in doubts):
        doubts += _city_leaps(connection, month, database, released)
    return doubts


@cache
def _plausibility_rules() -> dict[str, str]:
    """Return the sentences of the plausibility rules by rule id."""
    return {
        rule.id: rule.sentence
        for book in load_rulebooks().values()
        for rule in book.rules
        if rule.is_plausibility
    }


def _doubt(row: Mapping[str, Any]) -> Doubt:
    """Return one record's doubt; a rule's last one says how many further records there are."""
    not_shown = row["record_count"] - _MAX_SHOWN if row["place_in_rule"] == _MAX_SHOWN else 0
    said = row["message"] or _plausibility_rules()[row["rule_id"]]
    return Doubt(
        district_id=row["district_id"],
        district_name=row["district_name"],
        kind=row["kind"],
        rule_id=row["rule_id"],
        record_key=row["record_key"] or vocabulary.WHOLE_DISTRICT,
        said=said.rstrip("。"),
        more=not_shown,
    )


def _query(database: str) -> str:
    place = f"{database}.{MARTS}"
    return f"""
        select
            verdict.district_id,
            place.district_name,
            verdict.kind,
            verdict.rule_id,
            finding.record_key,
            finding.field,
            finding.message,
            place.survey_basis,
            place.case_basis,
            row_number() over one_rule as place_in_rule,
            count(*) over (
                partition by verdict.district_id, verdict.kind, verdict.rule_id
            ) as record_count
        from {place}.rpt_verdict as verdict
        inner join {place}.rpt_district_monthly as place using (month, district_id)
        left join {place}.rpt_finding as finding using (month, district_id, kind, rule_id)
        where verdict.month = ? and verdict.outcome = 'fail' and list_contains(?, verdict.rule_id)
        window one_rule as (
            partition by verdict.district_id, verdict.kind, verdict.rule_id
            order by finding.row_number, finding.cell, finding.field, finding.message
        )
        qualify place_in_rule <= {_MAX_SHOWN}
        order by place.sort_order, verdict.kind, verdict.rule_id, place_in_rule
    """  # noqa: S608 - our names


def _is_printed(row: Mapping[str, Any]) -> bool:
    """Whether a printed figure comes from the delivery, and from ``field`` if one is named."""
    if row["kind"] != REPORT:
        of_kind = {how.basis for how in MEASURED.values() if how.ledger == row["kind"]}
        return any(row[basis] == "ledger" for basis in of_kind)
    field = row["field"]
    shown = {how.basis for how in MEASURED.values() if field in (None, how.reported)}
    return any(row[basis] == "reported" for basis in shown)


def _city_leaps(
    connection: duckdb.DuckDBPyConnection, month: Month, database: str, released: str
) -> tuple[Doubt, ...]:
    """Return the city's totals that leapt since the last release of the same districts."""
    bands = plausibility_bands(FIGURES, CITY_ID)
    doubts = []
    for measure in (COUNT, AREA):
        [(now, before, earlier)] = connection.execute(
            _shared_query(measure, database, released), [month.first_day, month.first_day, CITY_ID]
        ).fetchall()
        band = bands[f"{measure}_fold"]
        if not before or is_within(fold := Decimal(now) / Decimal(before), band):
            continue
        name, unit = metric_name(measure), prose_unit(measure)
        last = Month(earlier.year, earlier.month).chinese
        said = (
            f"{name}合计 {number(now)} {unit}，上次发布（{last}）的是 {number(before)} {unit}，"
            f"为其 {number(fold)} 倍，应{band_text(*band)}"
        )
        doubts.append(Doubt(CITY_ID, "全市", REPORT, _CITY_RULE, None, said))
    return tuple(doubts)


def _shared_query(measure: str, database: str, released: str) -> str:
    return f"""
        with earlier as (
            select *
            from {released}.{MARTS}.rpt_district_monthly
            where month < ? and vintage > 0 and status <> 'withdrawn'
            qualify month = max(month) over ()
        )
        select sum(present.{measure}), sum(earlier.{measure}), max(earlier.month)
        from {database}.{MARTS}.rpt_district_monthly as present
        inner join earlier on present.district_id = earlier.district_id
        where present.month = ? and present.district_id <> ?
            and present.{measure} is not null and earlier.{measure} is not null
    """  # noqa: S608 - our names
