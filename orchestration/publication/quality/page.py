"""``quality.html``: the month's data quality on one self-contained page beside the bulletin.

It prepares the values for the template. Add a section in the template and, if it needs facts, in
``quality.model``. ``templating`` escapes all text; the page has no script and loads nothing.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from orchestration.publication.bulletin import wording
from orchestration.publication.bulletin.model import Bulletin
from orchestration.publication.bulletin.rows import Delivery, DistrictFigures, Metric
from orchestration.publication.charts.sparkline import Sparkline, sparkline
from orchestration.publication.html.templating import render
from orchestration.publication.quality.model import QualityReport, Score
from orchestration.publication.quality.summary import Tile, tile
from orchestration.reference import vocabulary
from orchestration.reference.districts import CITY_ID
from orchestration.reference.metrics import metric_name

#: The metric of the sparklines; that of a dimension is ``<dimension>_score``.
_RATE_METRIC = "failing_per_10k_checks"
#: The dimension that is estimated from a sample: its score is shown as a lower bound.
_ESTIMATED = "verification"


@dataclass(frozen=True)
class ScoreLine:
    """One score as shown: its share, its change, and a mark that leads to a note."""

    dimension_name: str
    share: str
    counts: str
    change: str
    note_mark: str


@dataclass(frozen=True)
class Trend:
    """A district's sparkline; ``reading`` is the same in words."""

    line: Sparkline
    last: str
    reading: str


@dataclass(frozen=True)
class DistrictCard:
    """One district's tile with its scores and its trend."""

    tile: Tile
    scores: tuple[ScoreLine, ...]
    trend: Trend


@dataclass(frozen=True)
class Conservation:
    """The row counts of one delivered file and whether they add up."""

    delivery: Delivery
    district_name: str
    is_whole: bool | None


def render_quality_page(report: QualityReport, released_at: datetime) -> str:
    """Return ``quality.html``; the same report and release time give the same text."""
    bulletin = report.bulletin
    notes = _notes(report)
    return render(
        "quality.html.j2",
        bulletin=bulletin,
        report=report,
        released_at=released_at,
        headline=_headline(report),
        city=_card(report, bulletin.city, notes),
        cards=[_card(report, row, notes) for row in bulletin.districts],
        notes=notes,
        conservation=_conservation(bulletin),
        metrics=_metrics(report),
        months=f"{report.months[0].chinese}至{report.months[-1].chinese}",
        rate_name=metric_name("failing_per_10k_checks"),
        names=lambda district_ids: _names(bulletin, district_ids),
    )


def _headline(report: QualityReport) -> str:
    bulletin = report.bulletin
    states = [delivery.state for delivery in bulletin.deliveries]
    late = sum(bool(delivery.is_late) for delivery in bulletin.deliveries)
    asked = sum(verdict.outcome != "not_applicable" for verdict in bulletin.verdicts)
    failed = sum(len(rule.verdicts) for rule in report.failed) + len(report.unasked)
    return (
        f"{bulletin.month.chinese}{vocabulary.owed_text(states, late)}；"
        f"作出规则判定{asked}项，未通过{failed}项，指出问题{bulletin.finding_count}处。"
    )


def _notes(report: QualityReport) -> dict[str, str]:
    """Return the reasons for missing scores, each with its mark."""
    reasons = [score.reason for scores in report.scores.values() for score in scores]
    distinct = sorted({reason for reason in reasons if reason})
    return {reason: f"注{number}" for number, reason in enumerate(distinct, start=1)}


def _card(report: QualityReport, row: DistrictFigures, notes: dict[str, str]) -> DistrictCard:
    scores = report.scores.get(row.district_id, ())
    return DistrictCard(
        tile=tile(report.bulletin, row, every_kind=True),
        scores=tuple(_score_line(score, notes) for score in scores),
        trend=_trend(report, row.district_id),
    )


def _score_line(score: Score, notes: dict[str, str]) -> ScoreLine:
    if score.reason:
        return ScoreLine(score.dimension_name, wording.MISSING, "", "", notes[score.reason])
    share = wording.share_text(score.numerator, score.denominator)
    if score.dimension == _ESTIMATED and score.score is not None:
        share = f"≥{wording.percent_text(score.score)}"
    return ScoreLine(
        dimension_name=score.dimension_name,
        share=share,
        counts=f"{score.numerator} / {score.denominator}",
        change=_change(score),
        note_mark="",
    )


def _change(score: Score) -> str:
    """Return how a score changed, and which districts the city's change leaves out."""
    if score.change is None:
        return ""
    change = wording.change_text(score.change)
    return f"{change}，{score.change_note}" if score.change_note else change


def _trend(report: QualityReport, district_id: str) -> Trend:
    rates = report.failing_rates.get(district_id, (None,) * len(report.months))
    # a district covers itself
    coverage = report.coverage if district_id == CITY_ID else None
    text = "，".join(
        f"{month.chinese}{'无数据' if rate is None else f'{rate:.1f}'}"
        + (f"（{len(coverage[place])}个地区）" if coverage and rate is not None else "")
        for place, (month, rate) in enumerate(zip(report.months, rates, strict=True))
    )
    last = wording.MISSING if rates[-1] is None else f"{rates[-1]:.1f}"
    return Trend(
        sparkline(rates, coverage), last, f"近12个月{metric_name('failing_per_10k_checks')}：{text}"
    )


def _conservation(bulletin: Bulletin) -> list[Conservation]:
    return [
        Conservation(delivery, bulletin.district_name(delivery.district_id), _is_whole(delivery))
        for delivery in bulletin.deliveries
        if delivery.file_name is not None
    ]


def _is_whole(delivery: Delivery) -> bool | None:
    """Whether the file's row counts add up; None if no row could be read."""
    if not delivery.row_count:
        return None
    parts = (delivery.itemised_count, delivery.accepted_count, delivery.quarantined_count)
    return delivery.row_count == sum(part or 0 for part in parts)


def _metrics(report: QualityReport) -> list[Metric]:
    """Return the definitions of the metrics in the report, in its order."""
    dimensions = [f"{score.dimension}_score" for score in report.scores.get(CITY_ID, ())]
    known = {metric.metric_id: metric for metric in report.bulletin.metrics}
    return [known[name] for name in (*dimensions, _RATE_METRIC) if name in known]


def _names(bulletin: Bulletin, district_ids: Sequence[str]) -> str:
    """Return the names of districts, or one word for all of them."""
    if {row.district_id for row in bulletin.districts} <= set(district_ids):
        return "各地区"
    return "、".join(bulletin.district_name(district_id) for district_id in district_ids)
