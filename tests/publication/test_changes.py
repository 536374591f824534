"""What page and prose say of the change since last month, and of whom it leaves out."""

from __future__ import annotations

import re
from dataclasses import replace
from decimal import Decimal

import pytest
from publication.inspected import inspection
from publication.topic_rows import CHANGES, DANGER, FLOWS, MakeBulletin, change, page, problems

from orchestration.publication.bulletin.topic_wording import change_text, month_on_month
from orchestration.publication.newsletter.drafted_text import drafted_statistics


def test_key_figures_carry_their_change(make_bulletin: MakeBulletin) -> None:
    bulletin = make_bulletin(topics={"rpt_measure_change_monthly": CHANGES})
    text = page(bulletin).text
    told = re.findall(r"环比\S+", text)
    assert told == [
        "环比▲不足0.01%",
        "环比▲0.01%",
        "环比—（上月为零）",
        "环比▼6.25%",
        "环比—（上月没有数据）",
    ]
    assert "环比" not in page(make_bulletin()).text


def test_the_drafted_change_is_traced_and_a_wrong_one_is_found(
    make_bulletin: MakeBulletin,
) -> None:
    bulletin = make_bulletin(topics={"rpt_measure_change_monthly": CHANGES})
    *_, sentence = drafted = drafted_statistics(bulletin)
    assert sentence == (
        "全市已排查幢数较上月增加20幢，面积较上月增加14.12万平方米，核实违法拆改较上月减少5起。"
    )
    assert problems(bulletin, *drafted) == []
    assert len(problems(bulletin, sentence.replace("20幢", "21幢"))) == 1
    assert len(problems(bulletin, sentence.replace("减少", "增加"))) == 1


def test_a_comparison_names_the_districts_it_leaves_out(make_bulletin: MakeBulletin) -> None:
    """The figures are those of the districts that both months cover, never the two totals."""
    covered = {
        "measure_value": Decimal(703260),
        "is_previous_partial": True,
        "mom_note": "不含昆山市（上月没有数据）",
    }
    rows = [
        change("surveyed_building_count", "592334", "591210", **covered),
        change("surveyed_floor_area_m2", "1022939000", "1022939000", **covered),
        change("verified_count", "75", "80"),
    ]
    bulletin = make_bulletin(topics={"rpt_measure_change_monthly": rows})
    *_, sentence = drafted = drafted_statistics(bulletin)
    assert sentence == (
        "全市已排查幢数较上月增加1124幢，面积与上月持平，核实违法拆改较上月减少5起。"
        "以上比较中，已排查幢数、面积不含昆山市（上月没有数据）。"
    )
    assert problems(bulletin, *drafted) == []
    text = page(bulletin).text
    assert "环比▲0.19%，不含昆山市（上月没有数据）" in text
    assert "环比持平，不含昆山市（上月没有数据）" in text


def test_a_change_kept_without_its_districts_counts_for_complete_months_only(
    make_bulletin: MakeBulletin,
) -> None:
    old = {"mom_district_ids": None, "mom_base_value": None, "mom_covered_value": None}
    rows = [change("surveyed_building_count", "703260", "653577") | old]
    (kept,) = make_bulletin(topics={"rpt_measure_change_monthly": rows}).city_changes.values()
    assert month_on_month(kept) == "环比▲7.60%"
    for which in ("is_partial", "is_previous_partial"):
        partial = replace(kept, **{which: True})
        assert month_on_month(partial) == "环比—（两月地区不全）"
        assert change_text({kept.metric_id: partial}) is None


@pytest.mark.parametrize(
    ("sentence", "is_true"),
    [
        ("月初在办17起，月末在办19起。", True),
        ("姑苏区月初在办13起，月末在办12起。", True),
        ("姑苏区月末在办13起。", False),
        ("C级危房累计发现10起，C级危房累计消险5起；D级危房累计发现7起、D级累计消险4起。", True),
        ("D级危房累计消险5起。", False),
        ("计划3475幢，总体进度39.37%。", True),
    ],
)
def test_an_editors_sentence_on_a_topic_is_traced(
    make_bulletin: MakeBulletin, sentence: str, is_true: bool
) -> None:
    bulletin = make_bulletin(
        topics={"rpt_alteration_flow_monthly": FLOWS, "rpt_danger_closure_monthly": DANGER},
        inspections=[inspection()],
    )
    assert (problems(bulletin, sentence) == []) == is_true
