"""What the bulletin says of the sampling inspection, and the scorecard of its factor."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date
from decimal import Decimal

import pytest
from publication.html_page import Page
from publication.inspected import inspection
from publication.october import RELEASED_AT, score

from orchestration.publication.bulletin.model import Bulletin
from orchestration.publication.issue.html import render_page
from orchestration.publication.newsletter.editorial import Editorial, parse_editorial
from orchestration.publication.newsletter.issue_text import Newsletter
from orchestration.publication.quality.model import load_quality_report
from orchestration.publication.quality.page import render_quality_page
from orchestration.settings import Settings

MakeBulletin = Callable[..., Bulletin]
#: As the bureau printed it in the bulletin of October 2022.
PUBLISHED = (
    "截至11月2日，全市已完成抽检核查的既有建筑1368幢、建筑面积306.64万平方米，"
    "按幢数统计总体进度为39.37%。其中初步通过核查的建筑数量为1131幢，整体合格率为82.68%。"
)
HEADING = "抽检核查"


def test_the_sentence_is_the_published_one(make_bulletin: MakeBulletin) -> None:
    bulletin = make_bulletin(inspections=[inspection()])
    assert bulletin.inspection_text == (
        PUBLISHED,
        "以上为初步数据：计划3475幢，尚有2107幢未核查；不通过的237幢中117幢未完成整改。",
        "合格率按初检结论计，95%置信区间为80.58%至84.59%。",
    )
    text = Page(render_page(bulletin, RELEASED_AT)).text
    assert text.index(f"【部门动态】{HEADING}") < text.index(PUBLISHED) < text.index("一、统计表")


@pytest.mark.parametrize("rows", [[], [inspection(inspected_count=0, passed_count=0)]])
def test_without_inspections_there_is_no_sentence(
    make_bulletin: MakeBulletin, rows: list[tuple[object, ...]]
) -> None:
    bulletin = make_bulletin(inspections=rows)
    assert bulletin.inspection_text == ()
    assert "部门动态" not in Page(render_page(bulletin, RELEASED_AT)).text


def test_final_figures_are_not_called_preliminary_and_halves_round_up(
    make_bulletin: MakeBulletin,
) -> None:
    bulletin = make_bulletin(
        inspections=[
            inspection(
                as_at=date(2022, 12, 31),
                planned_count=20_000,
                inspected_count=1,
                passed_count=1,
                is_preliminary=False,
                pass_share_low=None,
                inspected_floor_area_10k_m2=Decimal("0.01"),
            )
        ]
    )
    assert bulletin.inspection_text == (
        "截至12月31日，全市已完成抽检核查的既有建筑1幢、建筑面积0.01万平方米，"
        "按幢数统计总体进度为0.01%。其中通过核查的建筑数量为1幢，整体合格率为100%。",
    )


def test_overdue_rectification_is_mentioned(make_bulletin: MakeBulletin) -> None:
    bulletin = make_bulletin(inspections=[inspection(rectification_overdue_count=3)])
    assert "117幢未完成整改，其中3幢逾期。" in bulletin.inspection_text[1]


def test_the_issue_has_the_sentence_and_traces_every_number(make_bulletin: MakeBulletin) -> None:
    drafted = Newsletter(make_bulletin(inspections=[inspection()]), Editorial())
    assert drafted.department[0].paragraphs == (PUBLISHED,)
    assert drafted.department[0].title in drafted.contents
    assert drafted.problems == ()


def test_a_day_of_the_next_year_has_its_year_and_nearly_all_is_not_all(
    make_bulletin: MakeBulletin,
) -> None:
    """Told as 99.99 %, which is not 99.996 % rounded; and more than was planned is no 99.99 %."""
    row = inspection(
        as_at=date(2023, 1, 2), planned_count=20_000, inspected_count=25_000, passed_count=24_999
    )
    issue = Newsletter(make_bulletin(inspections=[row]), Editorial())
    (text,) = issue.department[0].paragraphs
    assert text.startswith("截至2023年1月2日，全市已完成抽检核查")
    assert "总体进度为125.00%" in text
    assert "合格率为99.99%" in text
    assert issue.problems == ()


def test_the_editors_own_sentences_are_checked_against_the_figures(
    make_bulletin: MakeBulletin,
) -> None:
    bulletin = make_bulletin(inspections=[inspection()])
    own = f"# 部门动态\n\n## {HEADING}\n\n{PUBLISHED}\n"
    assert Newsletter(bulletin, parse_editorial(own, "editorial.md")).problems == ()
    wrong = own.replace("1368", "1369").replace("82.68", "82.67").replace("11月2日", "11月3日")
    issue = Newsletter(bulletin, parse_editorial(wrong, "editorial.md"))
    assert len(issue.department) == 1
    assert len(issue.problems) == 3
    assert Newsletter(make_bulletin(), Editorial()).department == ()


def test_the_factor_is_a_line_of_its_own_and_shown_as_a_bound(
    make_bulletin: MakeBulletin, settings: Settings
) -> None:
    sampled = score(1131, 1368, district_id="city", dimension=("verification", "抽检核实", 6))
    bound = {**sampled, "score": Decimal("0.805791")}
    few = score(0, 0, dimension=("verification", "抽检核实", 6), reason="房屋太少")
    bulletin = make_bulletin(scores=[bound, few, score(1, 1, district_id="city")])
    report = load_quality_report(settings.statistics, bulletin)
    text = " ".join(Page(render_quality_page(report, RELEASED_AT)).text.split())
    assert "全市抽检核实≥80.58%1131 / 1368" in text
    assert "全市规范性100%1 / 1" in text
    assert "抽检核实—注1" in text
