"""What the page shows of the assessment: scores, ranks, and why there are none."""

from __future__ import annotations

from decimal import Decimal
from typing import Any

from publication.topic_rows import MakeBulletin, Row, page


def assessed(district_id: str, score: str | None, rank: int | None, **values: Any) -> Row:
    return {
        "district_id": district_id,
        "total_score": None if score is None else Decimal(score),
        "survey_entry_score": None if score is None else Decimal(score),
        "score_rank": rank,
        "same_rank_count": 1,
        "available_weight_share": Decimal("0.9"),
        "missing_indicator_names": "抽检合格率（本月没有可用的数据）",
        "missing_rule": "缺项不计分，其权重由其余指标按比例分摊",
        "is_example": True,
    } | values


def test_assessment_shows_ranks_examples_and_what_is_missing(make_bulletin: MakeBulletin) -> None:
    rows = [
        assessed("gusu", "71.8472", 1, same_rank_count=2, score_change=Decimal("0.0012")),
        assessed("sip", "71.8472", 1, same_rank_count=2, score_change=Decimal("-13.5")),
        assessed(
            "gaoxin",
            None,
            None,
            available_weight_share=Decimal("0.15"),
            no_score_code="too_little_weight",
            no_score_reason="有数据的指标只占权重的15.0%，低于50.0%，不计总分、不排名",
        ),
        assessed("city", "57.2354", None, score_change_reason="两月计分的地区或指标不同"),
    ]
    shown = page(make_bulletin(topics={"rpt_district_assessment_monthly": rows}))
    missing = "抽检合格率（本月没有可用的数据）"
    gusu = ["姑苏区", "1（并列）", "71.85", "▲不足0.01", "71.85", "—", "90.00%", missing]
    assert gusu in shown.rows
    assert ["高新区", *["—"] * 5, "15.00%", missing] in shown.rows
    assert "高新区：有数据的指标只占权重的15.0%，低于50.0%，不计总分、不排名。" in shown.text
    assert "▼13.50" in shown.text
    assert "得分不与上月比较（两月计分的地区或指标不同）：全市。" in shown.text
    assert "绩效评价〔示例〕" in shown.text
    assert "缺项规则：缺项不计分，其权重由其余指标按比例分摊。" in shown.text


def test_scores_of_little_weight_are_not_ranked(make_bulletin: MakeBulletin) -> None:
    little = {
        "available_weight_share": Decimal("0.1"),
        "no_score_code": "too_little_weight",
        "no_score_reason": "有数据的指标只占权重的10.0%，低于50.0%，不计总分、不排名",
    }
    rows = [assessed("gusu", "100", 1), assessed("city", None, None, **little)]
    shown = page(make_bulletin(topics={"rpt_district_assessment_monthly": rows}))
    told = "本月不列得分和名次：全市有数据的指标只占权重的10.0%，低于50.0%，不计总分、不排名。"
    assert told in shown.text
    assert "100.00" not in shown.text
