"""One month's bulletin as one model, read from the published DuckDB.

Workbook and page render only this model, so that they cannot disagree. Add a field here when a
rendering needs another fact; sentences belong in ``wording``, row classes in ``rows`` and
``topic_rows``.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, fields
from datetime import date
from pathlib import Path
from typing import TypeVar

import duckdb

from orchestration.publication.bulletin import wording
from orchestration.publication.bulletin.doubts import Doubt, open_doubts
from orchestration.publication.bulletin.history import History, load_history
from orchestration.publication.bulletin.inspection_wording import inspection_text
from orchestration.publication.bulletin.matching_rows import CodeMatching
from orchestration.publication.bulletin.open_texts import opened
from orchestration.publication.bulletin.rows import (
    Correction,
    Delivery,
    Difference,
    DistrictFigures,
    Finding,
    Inspection,
    Metric,
    Verdict,
    Waiver,
)
from orchestration.publication.bulletin.sentences import Sentence
from orchestration.publication.bulletin.topic_rows import (
    Assessment,
    CaseFlow,
    DangerClosure,
    ExplainedCase,
    MeasureChange,
    OpenCases,
    SupervisedCase,
)
from orchestration.publication.bulletin.trends import Trend, load_trends
from orchestration.publication.database.reading import MARTS, columns_of, open_statistics
from orchestration.reference.districts import CITY_ID
from orchestration.reference.measures import COUNT, MEASURED, PRINTED_MEASURES, REPORT
from orchestration.reference.months import Month, chinese_date

#: A sheet is usable up to about this many rows; the published DuckDB has all of them.
FINDING_LIMIT = 10_000
_Row = TypeVar("_Row")


class BulletinError(LookupError):
    """The published statistics have no complete table for the month."""


@dataclass(frozen=True)
class Bulletin:
    """Everything a month's bulletin shows.

    ``districts`` are in bulletin order, ``city`` is the total row. ``findings`` has the first
    FINDING_LIMIT of ``finding_count``. ``inspections`` and ``code_matchings`` are in bulletin
    order, the city last, and empty if none were delivered. ``severity_counts`` counts all findings
    by district and severity. ``notes`` and ``gaps`` are whole sentences; ``marks`` must appear
    wherever the figures do. Nobody has accepted the figures in ``doubts``.
    """

    month: Month
    as_at: date
    status: str
    vintage: int
    is_simulated: bool
    districts: tuple[DistrictFigures, ...]
    city: DistrictFigures
    deliveries: tuple[Delivery, ...]
    verdicts: tuple[Verdict, ...]
    findings: tuple[Finding, ...]
    finding_count: int
    severity_counts: Mapping[str, Mapping[str, int]]
    differences: tuple[Difference, ...]
    corrections: tuple[Correction, ...]
    waivers: tuple[Waiver, ...]
    inspections: tuple[Inspection, ...]
    code_matchings: tuple[CodeMatching, ...]
    case_flows: tuple[CaseFlow, ...]
    open_cases: tuple[OpenCases, ...]
    explained_cases: tuple[ExplainedCase, ...]
    danger_closures: tuple[DangerClosure, ...]
    supervised_cases: tuple[SupervisedCase, ...]
    assessments: tuple[Assessment, ...]
    measure_changes: tuple[MeasureChange, ...]
    metrics: tuple[Metric, ...]
    history: History
    doubts: tuple[Doubt, ...] = ()
    trends: tuple[Trend, ...] = ()

    @property
    def rows(self) -> tuple[DistrictFigures, ...]:
        """The table: the districts in bulletin order, then the city."""
        return (*self.districts, self.city)

    @property
    def title(self) -> str:
        """Title as the bureau prints it."""
        return "".join(wording.title_phrases(self.month))

    @property
    def headline(self) -> Sentence:
        """The sentence above the table, with its figures."""
        return wording.headline(self.month, self.city, self.districts)

    @property
    def subline(self) -> str:
        """Marks, as-at date and units."""
        marks, as_at = "".join(self.marks), chinese_date(self.as_at)
        return f"{marks}数据截至：{as_at}　单位：{wording.UNITS}"

    @property
    def marks(self) -> tuple[str, ...]:
        """〔演示数据〕, 〔初步数据〕 or 〔已撤回〕, where they apply."""
        return wording.marks(self.status, self.is_simulated)

    @property
    def gaps(self) -> tuple[str, ...]:
        """Which districts lack which figures and why, and what the total leaves out."""
        return wording.gaps(self.districts, self.deliveries)

    @property
    def basis_notes(self) -> tuple[str, ...]:
        """Which figures come from ledgers and which from reports."""
        return wording.basis_notes(self.districts)

    @property
    def rounding_notes(self) -> tuple[str, ...]:
        """未作机械调整, where the total differs from the sum of the printed rows."""
        return wording.rounding_notes(self.city, self.districts)

    @property
    def status_notes(self) -> tuple[str, ...]:
        """What the marks mean."""
        return wording.status_notes(self.status, self.is_simulated)

    @property
    def notes(self) -> tuple[str, ...]:
        """The notes below the table, in order of weight."""
        return (
            *self.status_notes,
            *self.gaps,
            *self.doubt_notes,
            *self.rounding_notes,
            *self.basis_notes,
            *self.decision_notes,
            *wording.reading_notes(),
        )

    @property
    def doubt_notes(self) -> tuple[str, ...]:
        """待核实: which printed figures cannot be believed yet, and why."""
        return tuple(doubt.sentence for doubt in self.doubts)

    @property
    def inspection_text(self) -> tuple[str, ...]:
        """Progress and results of the sampling inspection; empty before it has begun."""
        return inspection_text(self.inspections[-1]) if self.inspections else ()

    @property
    def city_changes(self) -> Mapping[str, MeasureChange]:
        """How the city's measures moved since last month, by measure."""
        return {r.metric_id: r for r in self.measure_changes if r.district_id == CITY_ID}

    @property
    def decision_notes(self) -> tuple[str, ...]:
        """How many cells were corrected and records waived; empty if there were none."""
        return wording.decision_notes(self.corrections, self.waivers)

    @property
    def decisions(self) -> tuple[str, ...]:
        """The month's corrections and waivers, one sentence each."""
        return (
            *wording.corrections_text(self.corrections, self.district_name),
            *wording.waivers_text(self.waivers, self.district_name),
        )

    def district_name(self, district_id: str) -> str:
        """Return a district's name in this month, or its id if it has no row."""
        names = {row.district_id: row.district_name for row in self.rows}
        return names.get(district_id, district_id)


def load_bulletin(statistics: Path, month: Month, *, is_simulated: bool = False) -> Bulletin:
    """Read ``month``'s bulletin from the published DuckDB.

    It is simulated with ``is_simulated``, or if the name of an accepted file contains 模拟. Raises
    FileNotFoundError without a published file, BulletinError if it lacks the month or its total.
    """
    with open_statistics(statistics) as connection:
        *districts, city = _table(connection, month)
        deliveries = _select(connection, Delivery, "rpt_delivery", month)
        severity_counts = _severity_counts(connection, month)
        supervised = _select(connection, SupervisedCase, "rpt_d_grade_supervision", month)
        return Bulletin(
            month=month,
            as_at=_as_at(deliveries, month),
            status=city.status,
            vintage=city.vintage,
            is_simulated=is_simulated or any(row.is_simulated for row in deliveries),
            districts=tuple(districts),
            city=city,
            deliveries=deliveries,
            verdicts=_select(connection, Verdict, "rpt_verdict", month),
            findings=_select(connection, Finding, "rpt_finding", month, limit=FINDING_LIMIT),
            finding_count=sum(sum(counts.values()) for counts in severity_counts.values()),
            severity_counts=severity_counts,
            differences=_select(connection, Difference, "rpt_reconciliation", month),
            corrections=_select(connection, Correction, "rpt_correction", month),
            waivers=_select(connection, Waiver, "rpt_waiver", month),
            inspections=_select(connection, Inspection, "rpt_inspection_progress", month),
            code_matchings=_select(connection, CodeMatching, "rpt_code_matching_monthly", month),
            case_flows=_select(connection, CaseFlow, "rpt_alteration_flow_monthly", month),
            open_cases=_select(connection, OpenCases, "rpt_alteration_ageing_monthly", month),
            explained_cases=_select(
                connection, ExplainedCase, "rpt_alteration_explanation_monthly", month
            ),
            danger_closures=_select(connection, DangerClosure, "rpt_danger_closure_monthly", month),
            supervised_cases=opened(supervised),
            assessments=_select(connection, Assessment, "rpt_district_assessment_monthly", month),
            measure_changes=_select(connection, MeasureChange, "rpt_measure_change_monthly", month),
            metrics=load_metrics(connection),
            history=load_history(connection, month),
            doubts=open_doubts(connection, month, "statistics", "statistics"),
            trends=load_trends(connection, month),
        )


def _table(connection: duckdb.DuckDBPyConnection, month: Month) -> tuple[DistrictFigures, ...]:
    rows = _select(connection, DistrictFigures, "rpt_district_monthly", month)
    if not rows:
        raise BulletinError(f"no figures for {month} in the published statistics")
    if [row.is_city for row in rows] != [False] * (len(rows) - 1) + [True]:
        raise BulletinError(f"the published table of {month} does not end in one total row")
    return rows


def _select(
    connection: duckdb.DuckDBPyConnection,
    row_class: Callable[..., _Row],
    table: str,
    month: Month,
    limit: int | None = None,
) -> tuple[_Row, ...]:
    """Read a mart's rows of the month in a total order, districts in bulletin order."""
    names = [field.name for field in fields(row_class)]  # type: ignore[arg-type]
    columns = columns_of(connection, table, names)
    found = connection.execute(
        f"from {MARTS}.{table} as rows "
        f"left join {MARTS}.rpt_district_monthly as place using (month, district_id) "
        f"select {', '.join(columns)} where rows.month = ? "
        f"order by place.sort_order, {', '.join(columns)} limit {limit or 'all'}",
        [month.first_day],
    ).fetchall()
    return tuple(row_class(*row) for row in found)


def load_metrics(connection: duckdb.DuckDBPyConnection) -> tuple[Metric, ...]:
    """Read the metric registry: the bulletin's columns in order, then all others."""
    columns = ", ".join(field.name for field in fields(Metric))
    metrics = [
        Metric(*row)
        for row in connection.execute(
            f"from {MARTS}.dim_metric select {columns} order by metric_id"
        ).fetchall()
    ]
    places = {name: place for place, name in enumerate(PRINTED_MEASURES)}
    return tuple(sorted(metrics, key=lambda m: places.get(m.metric_id, len(places))))


def _as_at(deliveries: tuple[Delivery, ...], month: Month) -> date:
    """Return the latest as-at date among the deliveries that feed the table."""
    kinds = (REPORT, MEASURED[COUNT].ledger)
    dates = [
        row.as_at
        for row in deliveries
        if row.kind in kinds and row.is_accepted and row.as_at is not None
    ]
    return max(dates, default=month.last_day)


def _severity_counts(
    connection: duckdb.DuckDBPyConnection, month: Month
) -> dict[str, dict[str, int]]:
    counts: dict[str, dict[str, int]] = {}
    asked = f"from {MARTS}.rpt_finding select district_id, severity, count(*) where month = ?"
    found = connection.execute(f"{asked} group by all order by all", [month.first_day])
    for district_id, severity, count in found.fetchall():
        counts.setdefault(district_id, {})[severity] = count
    return counts
