"""A district with only refused files is shown as refused and not ranked first."""

from __future__ import annotations

from collections.abc import Callable

from deliver import OCTOBER, folder, inspection, workbook
from month_installation import Installation, deliver_all
from publication.html_page import Page

from orchestration.reference.districts import CITY_ID, reporting_districts

REFUSED = ("monthly_report", "building_survey", "alteration_cases")


def test_a_district_with_only_refused_files_is_not_ranked_first(
    installation: Callable[[str], Installation],
) -> None:
    """Its buildings passed the city's inspection: that alone is too little for a score."""
    made = installation("refused")
    raw = made.settings.raw
    deliver_all(raw, but=("kunshan",))
    for kind in REFUSED:
        (folder(raw, "kunshan") / f"{kind}.xlsx").write_bytes(b"")
    inspected = [
        inspection(
            number,
            district=district.district_name,
            conclusion="通过" if district.district_id == "kunshan" else "不通过",
        )
        for number, district in enumerate(reporting_districts(OCTOBER), start=1)
    ]
    workbook(folder(raw, CITY_ID) / "quality_inspection.xlsx", "quality_inspection", inspected)
    done = made.fangan("month", str(OCTOBER))
    assert done.returncode == 1, done.stdout + done.stderr

    [scored] = made.rows("from marts.rpt_district_assessment_monthly where district_id = 'kunshan'")
    assert (scored["total_score"], scored["score_rank"]) == (None, None)
    assert scored["no_score_code"] == "too_little_weight"
    # 报送及时率 10, 录入完整率 10 and 抽检合格率 15 of 100
    assert "只占权重的35.0%，低于50.0%" in scored["no_score_reason"]
    assert not made.rows(
        "from marts.rpt_district_assessment_monthly where score_rank is not null"
        " and available_weight_share < 0.5"
    )
    [timely] = made.rows(
        "from marts.fct_assessment_indicator_monthly where district_id = 'kunshan'"
        " and indicator_id = 'delivery_timeliness'"
    )
    assert [timely[name] for name in ("numerator", "denominator", "indicator_score")] == [0, 3, 0]

    states = made.rows("from marts.rpt_delivery where district_id = 'kunshan'")
    assert {row["kind"] for row in states if row["state"] == "refused"} == set(REFUSED)
    summary = "应报53份，已接收10份，已退回3份，未报送40份"
    assert summary in made.fangan("status", str(OCTOBER)).stdout
    page, quality = (
        Page((made.settings.published / str(OCTOBER) / f"{name}.html").read_text("utf-8"))
        for name in ("bulletin", "quality")
    )
    assert summary in quality.text
    gap = "昆山市：既有建筑排查台账已退回，违法拆改受理台账已退回，月报已退回，排查和违法拆改数据缺"
    assert gap in page.text
    assert "昆山市：月报未报送" not in page.text
