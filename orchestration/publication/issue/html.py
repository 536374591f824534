"""``bulletin.html``: the month on one self-contained page, without script or network.

It prepares the values for the template. Add a section in the template and, if it needs facts,
here. ``templating`` escapes all text, only our own charts are inserted as markup, and the page's
policy forbids scripts and loading. Sentences belong in the ``*wording`` modules.
"""

from __future__ import annotations

from collections.abc import Collection
from datetime import datetime

from orchestration.masthead import STANDARD_MASTHEAD, Masthead
from orchestration.publication.bulletin import topic_wording, wording
from orchestration.publication.bulletin.model import Bulletin
from orchestration.publication.bulletin.next_issue import next_issue
from orchestration.publication.bulletin.printed_table import PRINTED_HEADERS, SUSPECTED_HEADER
from orchestration.publication.bulletin.rows import Difference
from orchestration.publication.bulletin.sentences import FigureText
from orchestration.publication.charts.district_charts import draw
from orchestration.publication.charts.tile_map import tile_map
from orchestration.publication.charts.trend_charts import trend_charts
from orchestration.publication.explain.page import EXPLANATIONS
from orchestration.publication.html.templating import render
from orchestration.publication.issue.html_revisions import revisions_of
from orchestration.publication.issue.html_topics import topics_of
from orchestration.publication.quality.summary import summarise
from orchestration.reference.metrics import short_name

#: The files beside the page that readers can download, and their purpose.
_DOWNLOADS = {
    "bulletin.docx": "公报文档：文稿、统计表和说明，可编辑",
    "bulletin.pdf": "公报印刷版，内容同公报文档",
    "bulletin.xlsx": "印发格式的公报表，说明、修订和各专题的表",
    "technical_note.html": "技术说明：来源、覆盖、质量、口径、修订、披露控制",
    "technical_note.docx": "技术说明的文档版",
    "quality.html": "数据质量报告：各地区得分，问题单元格和处理办法",
    EXPLANATIONS: "数字的由来：每个数的定义、各版数值、报送文件和计入的行",
    "data/datapackage.json": "开放数据包的说明；各统计表的 CSV 和 Parquet 同在 data 目录",
}


def render_page(
    bulletin: Bulletin,
    released_at: datetime,
    issued: Collection[str] = (),
    masthead: Masthead = STANDARD_MASTHEAD,
) -> str:
    """Return ``bulletin.html``; ``issued`` names the files beside it.

    The same bulletin, names, masthead and release time give the same text.
    """
    month = bulletin.month
    # the month's flows are news, its stocks hardly change
    *stocks, suspected, closed = draw(bulletin)
    return render(
        "bulletin.html.j2",
        bulletin=bulletin,
        released_at=released_at,
        issuer=masthead.name,
        number=masthead.number_of(month.year, month.number),
        next_issue=next_issue(month),
        title_phrases=wording.title_phrases(month),
        key_figures=_key_figures(bulletin),
        trends=trend_charts(bulletin),
        trend_months=max((len(trend.points) for trend in bulletin.trends), default=0),
        lead_charts=(tile_map(bulletin), suspected, closed),
        more_charts=stocks,
        differences=_differences(bulletin),
        headline=_linked_headline(bulletin),
        explanations=EXPLANATIONS,
        revisions=revisions_of(bulletin),
        downloads=[(name, what) for name, what in _DOWNLOADS.items() if name in issued],
        topics=topics_of(bulletin),
        quality=summarise(bulletin),
        headers=PRINTED_HEADERS,
        suspected_header=SUSPECTED_HEADER,
        rounding_rules=wording.rounding_rules(),
    )


def _differences(bulletin: Bulletin) -> list[Difference]:
    """Return what ledgers and reports disagree on, in the order of the table's rows and columns."""
    measures = list(PRINTED_HEADERS)
    districts = [row.district_id for row in bulletin.rows]

    def place(row: Difference) -> tuple[int, int]:
        is_printed = row.metric_id in measures
        return (
            districts.index(row.district_id),
            measures.index(row.metric_id) if is_printed else len(measures),
        )

    return sorted((row for row in bulletin.differences if row.difference != 0), key=place)


def _linked_headline(bulletin: Bulletin) -> list[tuple[str, str | None]]:
    """Return the sentence above the table in pieces: text, and the measure it links to, if any."""
    return [
        (part.text, part.measure.rpartition(".")[2])
        if isinstance(part, FigureText)
        else (part if isinstance(part, str) else part.text, None)
        for part in bulletin.headline.parts
    ]


def _key_figures(bulletin: Bulletin) -> list[tuple[str, ...]]:
    """Return (name, figure, unit, remark, 环比, measure) of the city's main figures."""
    city = bulletin.city
    count, area = wording.survey_totals(city) or (None, None)
    channels = (
        ""
        if city.suspected_count is None
        else f"{short_name('suspected_complaint_count')}{city.suspected_complaint_count}，"
        f"{short_name('suspected_patrol_count')}{city.suspected_patrol_count}"
    )
    since = f"截至{bulletin.month.number}月"
    printed = wording.printed_value
    changes = bulletin.city_changes
    figures = (
        ("surveyed_building_count", printed(count), "万幢", since),
        ("surveyed_floor_area_m2", printed(area), "亿平方米", since),
        ("suspected_count", printed(city.suspected_count), "起", channels),
        ("verified_count", printed(city.verified_count), "起", "本月"),
        ("completed_count", printed(city.completed_count), "起", "本月，含以前月份核实的"),
    )
    return [
        (short_name(measure), *shown, topic_wording.month_on_month(changes.get(measure)), measure)
        for measure, *shown in figures
    ]
