"""Missing, broken and refused deliveries of a month, and their replacement.

姑苏区 delivers nothing, 工业园区 a broken report, and every file of 昆山市 is refused. Then all
three deliver, and what stays refused is withdrawn. The month is run twice for all tests.
"""

from __future__ import annotations

import subprocess
from dataclasses import dataclass
from decimal import Decimal
from typing import Any

import duckdb
import pytest
from deliver import MEASURES, OCTOBER, folder, inspection, report, workbook
from month_installation import Installation, deliver_all
from publication.html_page import Page

from orchestration.reference.districts import CITY_ID, reporting_districts

ABSENT, BROKEN, REFUSED = "gusu", "sip", "kunshan"
REFUSED_KINDS = ("monthly_report", "building_survey", "alteration_cases")
#: What is withdrawn, as ``fangan withdraw`` names it.
WITHDRAWN = (
    "2022-10/kunshan/building_survey/1",
    "2022-10/kunshan/alteration_cases/1",
    "2022-10/city/quality_inspection/1",
)
VERIFIED = "select verified_count from marts.rpt_district_monthly where district_id = 'gusu'"


@dataclass(frozen=True)
class Replaced:
    """The installation before and after, both runs, and what an open reader saw after the second.

    ``broken`` is a copy, made after the first run.
    """

    broken: Installation
    mended: Installation
    first: subprocess.CompletedProcess[str]
    second: subprocess.CompletedProcess[str]
    old: list[tuple[Any, ...]]


@pytest.fixture(scope="module")
def replaced(installation, tmp_path_factory: pytest.TempPathFactory) -> Replaced:
    made: Installation = installation("refused")
    raw = made.settings.raw
    deliver_all(raw, but=(ABSENT, BROKEN, REFUSED))
    (folder(raw, BROKEN) / "monthly_report.xlsx").write_bytes(b"")
    for kind in REFUSED_KINDS:
        (folder(raw, REFUSED) / f"{kind}.xlsx").write_bytes(b"")
    inspected = [
        inspection(
            number,
            district=district.district_name,
            conclusion="通过" if district.district_id == REFUSED else "不通过",
        )
        for number, district in enumerate(reporting_districts(OCTOBER), start=1)
    ]
    workbook(folder(raw, CITY_ID) / "quality_inspection.xlsx", "quality_inspection", inspected)
    first = made.fangan("month", "2022-10")
    broken = made.copied(tmp_path_factory.mktemp("broken"))
    with duckdb.connect(str(made.settings.statistics), read_only=True) as held:
        for district_id in (ABSENT, BROKEN, REFUSED):
            report(raw, district_id)
        for delivery in WITHDRAWN:
            done = made.fangan("withdraw", delivery, "--note", "报错", "--yes")
            assert done.returncode == 0, done.stderr
        second = made.fangan("month", "2022-10")
        old = held.execute(VERIFIED).fetchall()
    return Replaced(broken, made, first, second, old)


def test_missing_and_broken_deliveries_are_gaps_and_named(replaced: Replaced) -> None:
    made, done = replaced.broken, replaced.first
    assert done.returncode == 1, done.stderr
    assert "姑苏区、工业园区" in done.stdout
    assert "Traceback" not in done.stdout + done.stderr
    table = made.table()
    assert len(table) == 11
    for district_id in (ABSENT, BROKEN, REFUSED):
        assert {table[district_id][measure] for measure in MEASURES} == {None}
        assert table[district_id]["survey_basis"] == "missing"
        assert table[district_id]["is_partial"]
    assert table["city"]["is_partial"]
    assert table["city"]["surveyed_building_count"] == 703260 - 49683 - 31670 - 110926
    assert table["city"]["surveyed_floor_area_10k_m2"] == Decimal("83308.20")
    states = made.rows(
        "select district_id, state from marts.rpt_delivery"
        " where kind = 'monthly_report' and state <> 'accepted' order by all"
    )
    assert [tuple(row.values()) for row in states] == [
        (ABSENT, "missing"),
        (REFUSED, "refused"),
        (BROKEN, "refused"),
    ]
    findings = made.rows("select distinct district_id, kind, rule_id from marts.rpt_finding")
    assert {
        (f["district_id"], f["rule_id"]) for f in findings if f["kind"] != "quality_inspection"
    } == {(ABSENT, "DL-002"), (BROKEN, "ST-001"), (REFUSED, "ST-001")}
    # an unreadable file passes nothing, a missing one is not scored
    scored = "select score, reason from marts.rpt_data_quality_monthly where district_id = "
    assert made.rows(f"{scored}'sip' and dimension = 'validity'") == [
        {"score": Decimal(0), "reason": None}
    ]
    assert made.rows(f"{scored}'gusu' and dimension = 'validity'") == [
        {"score": None, "reason": "本月未报送"}
    ]


def test_a_district_with_only_refused_files_is_not_ranked_first(replaced: Replaced) -> None:
    """Its buildings passed the city's inspection: that alone is too little for a score."""
    made = replaced.broken
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
    assert {row["kind"] for row in states if row["state"] == "refused"} == set(REFUSED_KINDS)
    summary = "应报53份，已接收8份，已退回4份，未报送41份"
    assert summary in made.fangan("status", "2022-10").stdout
    page, quality = (
        Page((made.settings.published / "2022-10" / f"{name}.html").read_text("utf-8"))
        for name in ("bulletin", "quality")
    )
    assert summary in quality.text
    gap = "昆山市：既有建筑排查台账已退回，违法拆改受理台账已退回，月报已退回，排查和违法拆改数据缺"
    assert gap in page.text
    assert "昆山市：月报未报送" not in page.text


def test_what_is_delivered_later_replaces_the_gaps(replaced: Replaced) -> None:
    made = replaced.mended
    assert replaced.second.returncode == 0, replaced.second.stdout + replaced.second.stderr
    assert replaced.old == [(None,)], "a reader keeps what it opened"
    assert made.table()["city"]["surveyed_building_count"] == 703260
    assert made.rows("from marts.rpt_finding") == []
    # the replacements correct the findings of the broken files; what is withdrawn is not counted
    corrected = made.rows(
        "select district_id, numerator, denominator from marts.rpt_data_quality_monthly"
        " where dimension = 'rectification' and score is not null order by all"
    )
    assert [tuple(row.values()) for row in corrected] == [
        ("city", 2, 2),
        (REFUSED, 1, 1),
        (BROKEN, 1, 1),
    ]
