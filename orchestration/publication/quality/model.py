"""One month's quality report as one model, read from the published DuckDB.

``quality.page`` renders only this model. Add a field here when the report needs another fact.
Scores come from the mart; deliveries, verdicts and marks come from the ``Bulletin``, so that
bulletin and report cannot disagree. SQL counts and limits the findings: a month can have a
hundred thousand.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping
from dataclasses import dataclass, fields
from decimal import Decimal
from itertools import groupby
from pathlib import Path

import duckdb

from expectations.rule_files import load_rulebooks
from orchestration.publication.bulletin.model import Bulletin
from orchestration.publication.bulletin.quality_trend import failing_rates, rate_coverage
from orchestration.publication.bulletin.rows import Verdict
from orchestration.publication.database.reading import MARTS, columns_of, open_statistics
from orchestration.reference import vocabulary
from orchestration.reference.months import Month

#: Failing cells shown per rule; every district's first cell comes before any second one.
CELLS_SHOWN = 6
MONTHS_SHOWN = 12


@dataclass(frozen=True)
class Score:
    """One dimension of the scorecard of a district or the city.

    The score is ``numerator`` of ``denominator``, or a lower bound if it rests on a sample; 0 of 0
    is no score, and ``reason`` says why. ``change`` is a share, None if this month or the previous
    one has no score.
    """

    dimension: str
    dimension_name: str
    numerator: int
    denominator: int
    score: Decimal | None
    change: Decimal | None
    change_note: str | None
    reason: str | None


@dataclass(frozen=True)
class FailingCell:
    """The place of one finding and what is wrong there, never the cell's value."""

    kind: str
    rule_id: str
    district_id: str
    file_name: str | None
    sheet: str | None
    row_number: int | None
    cell: str | None
    record_key: str | None
    message: str | None
    remedy: str | None


@dataclass(frozen=True)
class FailedRule:
    """One rule that deliveries of one kind failed, with the verdicts in bulletin order.

    ``sentence`` is empty if the rule book no longer has the rule. ``cells`` are the first of
    ``finding_count`` findings; ``remedy`` is None if their remedies differ.
    """

    kind: str
    rule_id: str
    sentence: str
    verdicts: tuple[Verdict, ...]
    finding_count: int
    remedy: str | None
    cells: tuple[FailingCell, ...]

    @property
    def severity(self) -> str:
        """What failing does."""
        return self.verdicts[0].severity

    @property
    def dimension(self) -> str:
        """The rule book's dimension."""
        return self.verdicts[0].dimension

    @property
    def failing_count(self) -> int:
        """Failing rows or cells in all districts."""
        return sum(verdict.failing_count or 0 for verdict in self.verdicts)

    @property
    def not_shown(self) -> int:
        """How many findings are in the complete lists only."""
        return self.finding_count - len(self.cells)


@dataclass(frozen=True)
class NotApplicable:
    """Rules of one kind that were not applied in these districts, all for the same reason."""

    kind: str
    reason: str | None
    rule_ids: tuple[str, ...]
    is_every_rule: bool
    district_ids: tuple[str, ...]


@dataclass(frozen=True)
class QualityReport:
    """Everything a month's quality report shows.

    ``scores`` and ``failing_rates`` are by district id, the whole city's under ``city``. Rates are
    failed checks per ten thousand, the oldest of ``months`` first, None for a month without data;
    ``coverage`` has the districts behind the city's rate of each month. ``unasked`` are verdicts
    on rules that ended in an error: they are our fault and not passed.
    """

    bulletin: Bulletin
    months: tuple[Month, ...]
    scores: Mapping[str, tuple[Score, ...]]
    failing_rates: Mapping[str, tuple[float | None, ...]]
    coverage: tuple[frozenset[str], ...]
    failed: tuple[FailedRule, ...]
    unasked: tuple[Verdict, ...]
    not_applicable: tuple[NotApplicable, ...]


def load_quality_report(statistics: Path, bulletin: Bulletin) -> QualityReport:
    """Read the quality report of ``bulletin``'s month from the published DuckDB.

    Raises FileNotFoundError without a published file.
    """
    month = bulletin.month
    months = tuple(month.shift(-n) for n in reversed(range(MONTHS_SHOWN)))
    with open_statistics(statistics) as connection:
        return QualityReport(
            bulletin=bulletin,
            months=months,
            scores=_scores(connection, month),
            failing_rates=failing_rates(connection, months),
            coverage=rate_coverage(connection, months),
            failed=_failed(connection, bulletin),
            unasked=tuple(v for v in bulletin.verdicts if v.outcome == "error"),
            not_applicable=_not_applicable(bulletin),
        )


def _scores(connection: duckdb.DuckDBPyConnection, month: Month) -> dict[str, tuple[Score, ...]]:
    names = ("numerator", "denominator", "score", "score_change", "score_change_note", "reason")
    columns = ", ".join(columns_of(connection, "rpt_data_quality_monthly", names))
    rows = connection.execute(
        f"from {MARTS}.rpt_data_quality_monthly as rows select district_id, dimension, "
        f"dimension_name, {columns} where month = ? order by district_id, dimension_order",
        [month.first_day],
    ).fetchall()
    return {
        district_id: tuple(Score(*row[1:]) for row in of_district)
        for district_id, of_district in groupby(rows, key=lambda row: row[0])
    }


def _failed(connection: duckdb.DuckDBPyConnection, bulletin: Bulletin) -> tuple[FailedRule, ...]:
    """Return the failed rules by severity, then by number of failing cells."""
    sentences = {rule.id: rule.sentence for b in load_rulebooks().values() for rule in b.rules}
    counts, cells = _counts(connection, bulletin.month), _cells(connection, bulletin.month)
    verdicts: dict[tuple[str, str], list[Verdict]] = {}
    for verdict in bulletin.verdicts:
        if verdict.outcome == "fail":
            verdicts.setdefault((verdict.kind, verdict.rule_id), []).append(verdict)
    failed = []
    for (kind, rule_id), failing in verdicts.items():
        finding_count, remedy = counts.get((kind, rule_id), (0, None))
        failed.append(
            FailedRule(
                kind=kind,
                rule_id=rule_id,
                sentence=sentences.get(rule_id, ""),
                verdicts=tuple(failing),
                finding_count=finding_count,
                remedy=remedy,
                cells=tuple(cells.get((kind, rule_id), ())),
            )
        )
    gravity = list(vocabulary.SEVERITIES)
    return tuple(
        sorted(
            failed,
            key=lambda r: (gravity.index(r.severity), -r.failing_count, r.kind, r.rule_id),
        )
    )


def _counts(
    connection: duckdb.DuckDBPyConnection, month: Month
) -> dict[tuple[str, str], tuple[int, str | None]]:
    """Return the number of findings by kind and rule, and their common remedy if there is one."""
    rows = connection.execute(
        f"from {MARTS}.rpt_finding select kind, rule_id, count(*), "
        "case when min(remedy) = max(remedy) then min(remedy) end "
        "where month = ? group by kind, rule_id",
        [month.first_day],
    ).fetchall()
    return {(kind, rule_id): (count, remedy) for kind, rule_id, count, remedy in rows}


def _cells(
    connection: duckdb.DuckDBPyConnection, month: Month
) -> dict[tuple[str, str], list[FailingCell]]:
    """Return the first cells of each kind and rule, ordered by district and row."""
    columns = ", ".join(field.name for field in fields(FailingCell))
    place = "file_name, sheet, row_number, cell, field, record_key, message"
    rows = connection.execute(
        f"""
        with

        of_district as (

            from {MARTS}.rpt_finding
            select
                *,
                row_number() over (
                    partition by kind, rule_id, district_id order by {place}
                ) as nth
            where month = $month
            qualify nth <= $limit

        ),

        of_rule as (

            from of_district left join {MARTS}.rpt_district_monthly as district
                using (month, district_id)
            select
                of_district.*,
                district.sort_order
            qualify row_number() over (
                partition by kind, rule_id order by nth, district.sort_order
            ) <= $limit

        )

        from of_rule
        select {columns}
        order by kind, rule_id, sort_order, {place}
        """,  # noqa: S608 - our own column names
        {"month": month.first_day, "limit": CELLS_SHOWN},
    ).fetchall()
    cells: dict[tuple[str, str], list[FailingCell]] = {}
    for cell in (FailingCell(*row) for row in rows):
        cells.setdefault((cell.kind, cell.rule_id), []).append(cell)
    return cells


def _not_applicable(bulletin: Bulletin) -> tuple[NotApplicable, ...]:
    """Group the rules that were not applied by district, then districts with the same rules."""
    of_district: dict[tuple[str, str | None, str], list[str]] = {}
    for verdict in bulletin.verdicts:
        if verdict.outcome == "not_applicable":
            place = (verdict.kind, verdict.reason, verdict.district_id)
            of_district.setdefault(place, []).append(verdict.rule_id)
    alike: dict[tuple[str, str | None, tuple[str, ...]], list[str]] = {}
    for (kind, reason, district_id), rule_ids in of_district.items():
        alike.setdefault((kind, reason, tuple(rule_ids)), []).append(district_id)
    rule_counts = Counter(kind for kind, _ in {(v.kind, v.rule_id) for v in bulletin.verdicts})
    return tuple(
        NotApplicable(
            kind=kind,
            reason=reason,
            rule_ids=rule_ids,
            is_every_rule=len(rule_ids) == rule_counts[kind],
            district_ids=tuple(district_ids),
        )
        for (kind, reason, rule_ids), district_ids in sorted(
            alike.items(), key=lambda item: (item[0][0], item[0][1] or "", item[0][2])
        )
    )
