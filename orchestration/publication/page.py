"""``bulletin.html``: the month on one self-contained page, without script or network.

Prepares what the template shows; add a section in the template and, if it needs facts, here.
Text is escaped by ``templating``, only our own pictures go in as markup, and the page's policy
forbids scripts and loading. What sentences say is ``wording``'s.
"""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime

from orchestration.publication import subject_wording, wording
from orchestration.publication.bulletin import Bulletin
from orchestration.publication.pictures import draw
from orchestration.publication.quality import summarise
from orchestration.publication.subjects import subjects_of
from orchestration.publication.templating import render
from orchestration.publication.vega import PALETTE


def render_page(bulletin: Bulletin, released_at: datetime) -> str:
    """Return ``bulletin.html``; the same bulletin and release time give the same text."""
    return render(
        "bulletin.html.j2",
        bulletin=bulletin,
        released_at=released_at,
        title_phrases=wording.title_phrases(bulletin.month),
        key_figures=_key_figures(bulletin),
        pictures=draw(bulletin),
        subjects=subjects_of(bulletin),
        palette=PALETTE,
        quality=summarise(bulletin),
        headers=wording.MEASURE_NAMES,
        suspected_header=wording.SUSPECTED_HEADER,
        metric_kind_names=wording.METRIC_KIND_NAMES,
        rounding_rules=wording.rounding_rules(),
        reading_notes=wording.reading_notes(),
    )


def _key_figures(bulletin: Bulletin) -> Sequence[tuple[str, str, str, str, str]]:
    """Return (name, figure, unit, remark, 环比) of the city's main figures."""
    city = bulletin.city
    count, area = wording.survey_totals(city) or (None, None)
    channels = (
        ""
        if city.suspected_count is None
        else f"投诉举报{city.suspected_complaint_count}，巡查发现{city.suspected_patrol_count}"
    )
    since = f"截至{bulletin.month.number}月"
    printed = wording.printed_value
    changes = bulletin.city_changes

    def moved(measure: str) -> str:
        return subject_wording.month_on_month(changes.get(measure))

    return (
        ("已排查幢数", printed(count), "万幢", since, moved("surveyed_building_count")),
        ("已排查面积", printed(area), "亿平方米", since, moved("surveyed_floor_area_m2")),
        (
            "受理疑似违法拆改",
            printed(city.suspected_count),
            "起",
            channels,
            moved("suspected_count"),
        ),
        ("经现场核实存在", printed(city.verified_count), "起", "本月", moved("verified_count")),
        (
            "处理完成",
            printed(city.completed_count),
            "起",
            "本月，含以前月份核实的",
            moved("completed_count"),
        ),
    )
