"""The bulletin's sentences on the sampling inspection (抽检核查), made from the city's counts.

Add further sentences on the inspection here; the figures come from ``rpt_inspection_progress``.
"""

from __future__ import annotations

from orchestration.publication.bulletin import wording
from orchestration.publication.bulletin.rows import Inspection
from orchestration.publication.bulletin.sentences import CITY_PLACE, DateText, FigureText, Sentence
from orchestration.reference.metrics import prose_names


def inspection_text(city: Inspection) -> tuple[str, ...]:
    """Return the sentence on the sampling inspection and its qualifications.

    Empty if no building has been inspected. Shares are computed from the counts and rounded once.
    A date in another year than the bulletin's is written with its year.
    """
    if not city.inspected_count:
        return ()
    passed = "初步通过" if city.is_preliminary else "通过"
    year = f"{city.as_at.year}年" if city.as_at.year != city.month.year else ""
    area = f"{city.inspected_floor_area_10k_m2}万平方米"
    sentence = Sentence(
        *("截至", DateText(f"{year}{city.as_at.month}月{city.as_at.day}日", city.as_at)),
        *(
            f"，全市{prose_names('inspected_count')[0]}的既有建筑",
            _figure("inspected_count", f"{city.inspected_count}幢"),
        ),
        *(
            f"、{prose_names('inspected_floor_area_m2')[0]}",
            _figure("inspected_floor_area_m2", area),
        ),
        "，按幢数统计总体进度为",
        _figure("progress_share", wording.share_text(city.inspected_count, city.planned_count)),
        *(f"。其中{passed}核查的建筑数量为", _figure("passed_count", f"{city.passed_count}幢")),
        "，整体合格率为",
        _figure("pass_share", wording.share_text(city.passed_count, city.inspected_count)),
        "。",
    )
    return (sentence, *_inspection_qualified(city))


def _figure(field: str, text: str) -> FigureText:
    return FigureText(text, CITY_PLACE, f"rpt_inspection_progress.{field}")


def _inspection_qualified(city: Inspection) -> tuple[str, ...]:
    notes = []
    if city.is_preliminary:
        waiting = city.planned_count - city.inspected_count
        unmended = city.rectification_required_count - city.rectification_done_count
        overdue = city.rectification_overdue_count
        notes.append(
            f"以上为初步数据：计划{city.planned_count}幢，尚有{waiting}幢未核查；"
            f"不通过的{city.rectification_required_count}幢中{unmended}幢未完成整改"
            + (f"，其中{overdue}幢逾期。" if overdue else "。")
        )
    if city.pass_share_low is not None and city.pass_share_high is not None:
        notes.append(
            "合格率按初检结论计，95%置信区间为"
            f"{wording.percent_text(city.pass_share_low)}至{wording.percent_text(city.pass_share_high)}。"
        )
    return tuple(notes)
