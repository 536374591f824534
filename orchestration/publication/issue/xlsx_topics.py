"""The sheets of ``bulletin.xlsx`` that people use: revisions, comparisons, topics, deliveries.

Those that the page shows too come from it; here are the comparison over time and the deliveries.
Add a sheet here if people ask for it; what programs read is in ``data/`` (``open_data``).
"""

from __future__ import annotations

from collections.abc import Iterator
from decimal import Decimal

from orchestration.publication.bulletin import wording
from orchestration.publication.bulletin.model import Bulletin
from orchestration.publication.bulletin.topic_rows import MeasureChange
from orchestration.publication.issue.html_layout import Table, Topic
from orchestration.publication.issue.html_revisions import revisions_of
from orchestration.publication.issue.html_topics import written_topics
from orchestration.publication.quality.summary import summarise
from orchestration.reference import vocabulary
from orchestration.reference.districts import CITY_ID
from orchestration.reference.metrics import metric_name, metric_unit, short_name
from orchestration.reference.months import chinese_date

#: What each sheet says, for the table of contents.
CONTENTS = {
    "修订": "各版发布的时间和原因，各版之间修订的数",
    "环比同比": "全市各项指标与上月、上年同月相比和年内合计，各地区与上月相比",
    "一房一码": "编码与公安“数字门牌”的匹配和未匹配的原因",
    "案件流转": "违法拆改案件的月内流量",
    "抽检核查": "抽检核查的进度和合格率",
    "危房治理": "危房治理的进展和D级危房督查台账",
    "绩效评价": "各地区得分与名次",
    "报送情况": "各地区报送的报表，未通过的规则和处理办法",
}


def people_sheets(bulletin: Bulletin) -> tuple[Topic, ...]:
    """Return the sheets with anything to show, in their order."""
    topics = (
        revisions_of(bulletin),
        *_changes(bulletin),
        *(topic for topic in written_topics(bulletin) if not topic.is_empty),
        _deliveries(bulletin),
    )
    return topics


def _changes(bulletin: Bulletin) -> Iterator[Topic]:
    rows = bulletin.measure_changes
    of_city = [row for row in rows if row.district_id == CITY_ID]
    if not of_city:
        return
    measures = tuple(row.metric_id for row in of_city)
    city = Table(
        "全市",
        (
            "指标",
            "单位",
            "本月",
            "上月",
            metric_name("mom_difference"),
            "环比",
            "上年同月",
            "同比",
            metric_name("ytd_value"),
            "说明",
        ),
        tuple(
            (
                short_name(row.metric_id),
                metric_unit(row.metric_id),
                *map(
                    _shown,
                    (row.measure_value, row.previous_value, row.mom_difference),
                ),
                _share(row.mom_share),
                _shown(row.year_ago_value),
                _share(row.yoy_share),
                _shown(row.ytd_value),
                "；".join(dict.fromkeys(filter(None, _reasons(row)))),
            )
            for row in of_city
        ),
        metrics=("",) * 10,
        texts=frozenset({1, 9}),
    )
    differences = {(row.district_id, row.metric_id): row.mom_difference for row in rows}
    districts = Table(
        f"各地区{metric_name('mom_difference')}",
        ("地区", *map(short_name, measures)),
        tuple(
            (
                district.district_name,
                *(_shown(differences.get((district.district_id, name))) for name in measures),
            )
            for district in bulletin.districts
        ),
        metrics=measures,
    )
    yield Topic("changes", "环比同比", (), tables=(city, districts))


def _reasons(row: MeasureChange) -> tuple[str | None, ...]:
    return (
        row.mom_reason and f"环比：{row.mom_reason}",
        row.mom_note,
        row.yoy_reason and f"同比：{row.yoy_reason}",
        row.yoy_note,
    )


def _shown(value: Decimal | None) -> str:
    """Return a value as a whole number or with two decimals, as it is."""
    if value is None:
        return wording.MISSING
    return f"{value:.0f}" if value == value.to_integral_value() else wording.printed_value(value)


def _share(share: Decimal | None) -> str:
    return wording.MISSING if share is None else wording.percent_text(share)


def _deliveries(bulletin: Bulletin) -> Topic:
    """Return what each district delivered and which rules it failed; files are named elsewhere."""
    names = {row.district_id: row.district_name for row in bulletin.rows}
    table = Table(
        "报送的报表",
        (
            *("地区", "报表", "状态", "版本", "数据截至", "送达", "逾期天数", "行数", "计入"),
            vocabulary.ROW_OUTCOMES["quarantined"],
        ),
        tuple(
            (
                names.get(row.district_id, row.district_name),
                wording.kind_name(row.kind),
                vocabulary.STATES[row.state],
                wording.printed_value(row.version),
                wording.MISSING if row.as_at is None else chinese_date(row.as_at),
                wording.MISSING
                if row.arrived_at is None
                else f"{chinese_date(row.arrived_at)} {row.arrived_at:%H:%M}",
                wording.printed_value(row.days_late),
                *map(
                    wording.printed_value,
                    (row.row_count, row.accepted_count, row.quarantined_count),
                ),
            )
            for row in bulletin.deliveries
            if row.state != "missing"
        ),
        texts=frozenset({1, 2, 4, 5}),
    )
    summary = summarise(bulletin)
    failed = Table(
        "未通过的规则"
        + (
            f"（列前{len(summary.failed)}项，其余{summary.not_shown}项见 data/rpt_verdict.csv）"
            if summary.not_shown
            else ""
        ),
        ("地区", "报表", "级别", "规则", "问题/检查数", "问题", "处理办法"),
        tuple(
            (
                rule.district_name,
                rule.kind_name,
                rule.severity_name,
                rule.rule_id,
                rule.counts,
                rule.what,
                rule.remedy,
            )
            for rule in summary.failed
        ),
        texts=frozenset(range(1, 7)),
    )
    sentences = () if failed.rows else ("没有未通过的规则。",)
    return Topic(
        "deliveries", "报送情况", sentences, tables=(table, failed) if failed.rows else (table,)
    )
