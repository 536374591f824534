"""The bulletin's model and sentences."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date
from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st
from publication.october import OCTOBER, difference, finding, golden_rows, verdict

from orchestration.publication.bulletin import model as bulletin_module
from orchestration.publication.bulletin import wording
from orchestration.publication.bulletin.model import Bulletin, BulletinError, load_bulletin
from orchestration.publication.bulletin.rows import DistrictFigures
from orchestration.reference.districts import reporting_districts
from orchestration.reference.measures import PRINTED_MEASURES
from orchestration.reference.months import Month
from orchestration.settings import Settings

MakeBulletin = Callable[..., Bulletin]
DISTRICTS = [district.district_id for district in reporting_districts(OCTOBER)]
NO_ADJUSTMENT = "未作机械调整"


def figures(count: int, area_m2: Decimal) -> DistrictFigures:
    return DistrictFigures(
        month=date(2022, 10, 1),
        district_id="city",
        district_code="320500",
        district_name="苏州市",
        sort_order=11,
        surveyed_building_count=count,
        surveyed_floor_area_10k_m2=None,
        surveyed_floor_area_m2=area_m2,
        suspected_complaint_count=0,
        suspected_patrol_count=0,
        verified_count=0,
        completed_count=0,
        survey_basis="reported",
        case_basis="reported",
        is_partial=False,
        status="provisional",
        vintage=0,
        is_total=True,
    )


def test_table_is_the_published_one(bulletin: Bulletin) -> None:
    printed = [
        [wording.row_name(row), *map(wording.printed_value, row.printed)] for row in bulletin.rows
    ]
    assert printed == golden_rows()


def test_title_headline_and_subline_read_as_the_seed(bulletin: Bulletin) -> None:
    assert bulletin.title == (
        "2022年10月苏州市房屋使用安全信息管理平台排查上报数据及违法拆改行为处理情况统计"
    )
    assert bulletin.headline == (
        "截至10月，苏州市既有建筑已排查70.33万幢、面积12.83亿平方米，具体数字如下："
    )
    assert bulletin.subline == ("〔初步数据〕数据截至：2022年10月31日　单位：幢、万平方米、起")
    assert bulletin.gaps == ()
    assert not bulletin.is_simulated


def test_headline_rounds_half_up_from_unrounded_figures() -> None:
    # 0.005 万幢 and 0.005 亿㎡ round up; from the rounded 万㎡ the area would round down.
    city = figures(50, Decimal("499999.99") + Decimal("0.01"))
    assert "已排查0.01万幢、面积0.01亿平方米" in wording.headline(OCTOBER, city, [])


@given(st.integers(0, 10**8), st.decimals(0, 10**12, places=2))
def test_headline_is_within_half_a_unit_of_the_figures(count: int, area: Decimal) -> None:
    totals = wording.survey_totals(figures(count, area))
    assert totals is not None
    assert abs(totals[0] * 10**4 - count) <= 50
    assert abs(totals[1] * 10**8 - area) <= 500_000


def test_missing_district_is_named_and_the_total_is_partial(make_bulletin: MakeBulletin) -> None:
    bulletin = make_bulletin(absent=["gusu"])
    assert bulletin.gaps == (
        "姑苏区：月报未报送，排查和违法拆改数据缺，以“—”表示。",
        "合计为部分合计，缺报的数据不计入，也不按零计：姑苏区。",
    )
    assert wording.row_name(bulletin.city) == "合计〔部分〕"
    assert bulletin.city.surveyed_building_count == 703260 - 49683
    assert "（不含姑苏区）" in bulletin.headline


def test_one_missing_basis_is_named_alone(make_bulletin: MakeBulletin) -> None:
    no_cases = {"case_basis": "missing", "is_partial": True, "verified_count": None}
    bulletin = make_bulletin(changes={"gusu": no_cases})
    assert bulletin.gaps[0] == "姑苏区：月报中没有可用的数据，违法拆改数据缺，以“—”表示。"


def test_city_without_any_district_has_no_invented_figure(make_bulletin: MakeBulletin) -> None:
    bulletin = make_bulletin(absent=DISTRICTS)
    assert bulletin.headline == "截至10月，尚无地区报送可用的既有建筑排查数据，具体情况如下："
    assert bulletin.city.printed == (None,) * 6


@pytest.mark.parametrize(
    ("ledger", "expected"),
    [
        ([], "各项数据均取自各地区月报表。"),
        (["sip"], "各项数据工业园区取自台账，其余地区取自月报表。"),
        (DISTRICTS, "各项数据均取自各地区台账。"),
    ],
)
def test_the_basis_is_named(make_bulletin: MakeBulletin, ledger: list[str], expected: str) -> None:
    assert make_bulletin(ledger=ledger).basis_notes == (expected,)


def test_no_adjustment_note_stands_only_where_rows_do_not_add_up(
    bulletin: Bulletin,
    make_bulletin: MakeBulletin,
) -> None:
    assert not any(NO_ADJUSTMENT in note for note in bulletin.notes)
    area = Decimal("128303.45")
    notes = make_bulletin(changes={"city": {"surveyed_floor_area_10k_m2": area}}).notes
    assert any(NO_ADJUSTMENT in note and "0.01万平方米" in note for note in notes)


def test_simulated_delivery_marks_the_bulletin(
    settings: Settings, make_bulletin: MakeBulletin
) -> None:
    assert not make_bulletin().is_simulated
    assert load_bulletin(settings.statistics, OCTOBER, is_simulated=True).is_simulated
    bulletin = make_bulletin(file_name="模拟_monthly_report.xlsx")
    assert bulletin.marks == ("〔演示数据〕", "〔初步数据〕")
    assert "不得引用" in bulletin.notes[0]


def test_findings_are_capped_and_all_counted(
    make_bulletin: MakeBulletin, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(bulletin_module, "FINDING_LIMIT", 2)
    findings = [finding(row_number=row) for row in (5, 6, 7)]
    bulletin = make_bulletin(findings=[*findings, finding(severity="refuse")])
    assert len(bulletin.findings) == 2
    assert bulletin.finding_count == 4
    assert bulletin.severity_counts == {"gusu": {"refuse": 1, "warn": 3}}


def test_rows_follow_bulletin_order(make_bulletin: MakeBulletin) -> None:
    verdicts = [verdict(), verdict(district_id="zhangjiagang", district_code="320582")]
    bulletin = make_bulletin(
        verdicts=verdicts, differences=[difference("verified_count", "30", "31")]
    )
    assert [row.district_id for row in bulletin.verdicts] == ["zhangjiagang", "gusu"]
    assert [m.metric_id for m in bulletin.metrics][:6] == list(PRINTED_MEASURES)
    assert bulletin.differences[0].difference == Decimal("-1")


def test_an_unpublished_month_is_reported(settings: Settings, make_bulletin: MakeBulletin) -> None:
    make_bulletin()
    with pytest.raises(BulletinError, match="no figures for 2022-11"):
        load_bulletin(settings.statistics, Month(2022, 11))
