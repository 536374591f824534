"""What the issue says of building codes, and that it says nothing without a matching."""

from __future__ import annotations

from collections.abc import Callable
from decimal import Decimal
from typing import Any

import pytest
from publication.html_page import Page
from publication.october import RELEASED_AT

from orchestration.publication.bulletin.model import Bulletin
from orchestration.publication.issue.html import render_page
from orchestration.publication.newsletter.editorial import Editorial, parse_editorial
from orchestration.publication.newsletter.issue_text import Newsletter

MakeBulletin = Callable[..., Bulletin]
CITY: dict[str, Any] = {
    "district_id": "city",
    "building_code_count": 1_849_637,
    "doorplate_count": 1_200_000,
    "matched_exact_code_count": 150_000,
    "matched_fuzzy_code_count": 11_204,
    "matched_code_count": 161_204,
    "code_matched_share": 161_204 / 1_849_637,
    "address_incomplete_code_count": 1_612_000,
    "no_candidate_code_count": 75_500,
    "multi_candidate_code_count": 0,
    "pending_review_code_count": 932,
    "conflicting_code_count": 1,
    "labelled_match_count": 0,
    "correct_match_count": 0,
}
REVIEWED = {
    "labelled_match_count": 400,
    "correct_match_count": 399,
    "matching_precision_share": 0.9975,
    "matching_precision_share_low": Decimal("0.985981"),
    "matching_precision_share_high": Decimal("0.999559"),
    "matching_recall_share": 0.98,
}
TOLD = (
    "截至10月底，全市一房一码库有效编码约185万个，与公安“数字门牌”匹配关联约16.1万个，"
    "匹配率8.72%。其余编码按原因分类：地址不全约161万个、没有相近门牌约7.6万个、"
    "待人工复核932个、编码冲突1个，补齐信息后再次匹配关联。"
)


@pytest.fixture
def make_issue(make_bulletin: MakeBulletin) -> Callable[..., Newsletter]:
    """Give a function that makes an issue with the city's row of codes changed."""

    def make(text: str = "", **values: Any) -> Newsletter:
        rows = {"rpt_code_matching_monthly": [CITY | values]}
        editorial = parse_editorial(text, "editorial.md") if text else Editorial()
        return Newsletter(make_bulletin(topics=rows), editorial)

    return make


def test_unmatched_codes_are_listed_by_cause_and_every_number_is_traced(
    make_issue: Callable[..., Newsletter],
) -> None:
    issue = make_issue()
    (article,) = issue.department
    assert article.paragraphs == (TOLD,)
    assert article.title in issue.contents
    assert issue.problems == ()
    assert TOLD in Page(render_page(issue.bulletin, RELEASED_AT)).text


def test_new_matches_and_the_reviewed_sample_are_mentioned(
    make_issue: Callable[..., Newsletter],
) -> None:
    issue = make_issue(**REVIEWED, new_matched_code_count=12)
    first, second = issue.department[0].paragraphs
    assert "匹配率8.72%，其中本月新增匹配12个。" in first
    assert second == "机器匹配的编码已人工复核400个，认定相同399个，匹配准确率99.75%。"
    assert issue.problems == ()
    shown = Page(render_page(issue.bulletin, RELEASED_AT)).text
    assert "95%置信区间（威尔逊法）为98.60%至99.96%" in shown
    assert "匹配召回率估计为98.00%" in shown


def test_too_few_labels_give_no_share(make_issue: Callable[..., Newsletter]) -> None:
    issue = make_issue(labelled_match_count=3, correct_match_count=3)
    assert issue.department[0].paragraphs[1].endswith("认定相同3个；复核太少，不计算准确率。")
    assert issue.problems == ()


def test_the_editors_own_sentences_are_checked_against_the_figures(
    make_issue: Callable[..., Newsletter],
) -> None:
    own = f"# 部门动态\n\n## 建设“一房一码”\n\n{TOLD}\n"
    assert make_issue(own).problems == ()
    wrong = make_issue(
        own.replace("185万", "186万").replace("932", "933").replace("10月底", "9月底")
    )
    assert len(wrong.department) == 1
    assert len(wrong.problems) == 3


def test_a_month_without_a_matching_says_nothing_of_codes(bulletin: Bulletin) -> None:
    assert Newsletter(bulletin, Editorial()).department == ()
    assert "一房一码" not in Page(render_page(bulletin, RELEASED_AT)).text


def test_a_register_without_a_valid_code_says_nothing(
    make_issue: Callable[..., Newsletter],
) -> None:
    assert make_issue(building_code_count=0).department == ()
