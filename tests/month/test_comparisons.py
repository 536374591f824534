"""Comparisons with a month that lacks a district use the districts that both months cover."""

from __future__ import annotations

import duckdb
from deliver import OCTOBER
from month_installation import Installation

from orchestration.modelling.building import build
from orchestration.modelling.stamp import set_stamp
from orchestration.publication.bulletin.model import load_bulletin
from orchestration.publication.database.publish import publish_statistics
from orchestration.publication.issue.html import render_page
from orchestration.publication.newsletter.drafted_text import drafted_statistics
from orchestration.publication.newsletter.editorial import Article
from orchestration.publication.newsletter.fact_check import check_prose
from orchestration.publication.newsletter.facts import facts_of
from orchestration.reference.deadlines import suzhou_now

#: September as October, less one building in each district but 昆山市, which delivered nothing.
SEPTEMBER_WITHOUT_KUNSHAN = """
    insert into marts.rpt_district_monthly by name
    select
        * replace (
            date '2022-09-01' as month,
            case district_id
                when 'kunshan' then null
                when 'city' then surveyed_building_count - 110926 - 9
                else surveyed_building_count - 1
            end as surveyed_building_count,
            if(district_id = 'kunshan', null, surveyed_floor_area_m2) as surveyed_floor_area_m2,
            if(district_id = 'kunshan', 'missing', survey_basis) as survey_basis
        )
    from marts.rpt_district_monthly
"""


def test_a_district_missing_in_september_causes_no_growth_in_october(
    after_october: Installation,
) -> None:
    settings = after_october.settings
    with duckdb.connect(str(settings.warehouse)) as connection:
        connection.execute(SEPTEMBER_WITHOUT_KUNSHAN)
    build(settings, ["--select", "int_coverage", "rpt_measure_change_monthly"])
    # a build of two models leaves no stamp
    set_stamp(settings)
    publish_statistics(settings)
    [city] = after_october.rows(
        "from marts.rpt_measure_change_monthly where month = '2022-10-01'"
        " and district_id = 'city' and metric_id = 'surveyed_building_count'"
    )
    # the two totals differ by 18.73 %
    assert city["measure_value"] - city["previous_value"] == 110926 + 9
    assert city["mom_difference"] == 9
    assert city["mom_base_value"] == 703260 - 110926 - 9
    assert city["mom_note"] == "不含昆山市（上月没有数据）"
    assert "kunshan" not in city["mom_district_ids"].split("|")
    bulletin = load_bulletin(settings.statistics, OCTOBER)
    page = render_page(bulletin, suzhou_now())
    assert "环比▲不足0.01%，不含昆山市（上月没有数据）" in page
    assert "18.7" not in page
    drafted = drafted_statistics(bulletin)
    assert "已排查幢数较上月增加9幢" in drafted[-1]
    assert drafted[-1].endswith("以上比较中，已排查幢数、面积不含昆山市（上月没有数据）。")
    article = Article("数据统计", "", drafted)
    assert check_prose([article], facts_of(bulletin), OCTOBER, []) == ()
