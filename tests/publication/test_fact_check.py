"""Every number in words is one that the tables bear out: each way it can go wrong is found."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from datetime import date

import pytest
from publication.inspected import inspection
from publication.october import OCTOBER

from orchestration.publication.bulletin.model import Bulletin
from orchestration.publication.bulletin.sentences import (
    CITY_PLACE,
    DateText,
    FigureText,
    Sentence,
    carrying,
)
from orchestration.publication.newsletter.drafted_text import drafted_sentences, drafted_statistics
from orchestration.publication.newsletter.editorial import Article, QuotedFigures
from orchestration.publication.newsletter.fact_check import check_prose
from orchestration.publication.newsletter.facts import facts_of
from orchestration.reference.months import Month

MakeBulletin = Callable[..., Bulletin]
CASES = (
    "suspected_complaint_count",
    "suspected_patrol_count",
    "verified_count",
    "completed_count",
)
AS_AT = (date(2022, 10, 31),)
FLOW = "10月，全市受理疑似违法拆改274起，其中投诉举报141起、巡查发现133起；核实75起，处理完成73起。"


def problems(bulletin: Bulletin, *paragraphs: str, quoted: tuple[str, ...] = ()) -> list[str]:
    """Check paragraphs of 数据统计 against October; ``quoted`` figures have another source."""
    sources = (QuotedFigures(quoted, "别处"),) if quoted else ()
    article = Article("数据统计", "", paragraphs, sources)
    return [str(p) for p in check_prose([article], facts_of(bulletin), OCTOBER, AS_AT)]


@pytest.mark.parametrize(
    "sentence",
    [
        FLOW,
        "截至10月，苏州市既有建筑已排查70.33万幢、面积12.83亿平方米，具体数字如下：",
        "昆山市投诉举报15起，巡查发现67起，处理完成9起；姑苏区处理完成31起。",
        "截至2022年10月31日，已排查703,260幢。",
        "根据苏府〔2021〕76号文件，自2021年8月起，第3期起每月5日前报送。",
    ],
)
def test_figures_that_agree_with_the_tables_pass(bulletin: Bulletin, sentence: str) -> None:
    assert problems(bulletin, sentence) == []


def test_drafted_texts_agree_with_the_tables(bulletin: Bulletin) -> None:
    drafted = drafted_statistics(bulletin)
    assert len(drafted) == 2
    assert problems(bulletin, *drafted) == []


@pytest.mark.parametrize(
    ("sentence", "reason"),
    [
        (FLOW.replace("141", "133", 1), "“投诉举报”应为 141起"),
        ("其中投诉举报133起、巡查发现141起。", "“巡查发现”应为 133起"),
        ("姑苏区处理完成30起。", "姑苏区的“处理完成”应为 31起"),
        ("已排查70.32万幢。", "应为 70.33万幢"),
        ("已排查70.33万幢。累计已排查70.3万幢。", "小数位数前后不一"),
        ("投诉举报141起，投诉举报141起。", "出现了两次"),
        ("截至9月，已排查70.33万幢。", "截至日期与本期数据不符"),
        ("截至11月2日，已排查70.33万幢。", "截至日期与本期数据不符"),
        ("共有3名人员参加。", "没有已发布的指标与它对应"),
        ("抽检合格率为82.68%。", "没有已发布的指标与它对应"),
    ],
)
def test_each_way_to_be_wrong_is_found(bulletin: Bulletin, sentence: str, reason: str) -> None:
    found = problems(bulletin, sentence)
    assert len([text for text in found if reason in text]) == 1, found


def test_the_wrong_figure_is_shown_with_its_clause(bulletin: Bulletin) -> None:
    (found,) = problems(bulletin, "本月有序推进。姑苏区处理完成违法拆改行为32起。")
    assert "“姑苏区处理完成违法拆改行为32起”" in found
    (found,) = problems(bulletin, f"本月{'有序' * 12}推进处理完成32起。")
    assert "“…有序" in found


def test_a_quoted_figure_passes_and_a_source_for_no_figure_does_not(bulletin: Bulletin) -> None:
    sentence = "截至11月2日，抽检1368幢。"
    assert problems(bulletin, sentence, quoted=("截至11月2日", "1368幢")) == []
    (found,) = problems(bulletin, sentence, quoted=("截至11月2日", "1368幢", "82.68%"))
    assert "82.68%" in found
    assert "正文里却没有这个数字" in found


def test_a_district_that_is_left_out_announces_nothing(make_bulletin: MakeBulletin) -> None:
    """「（不含高新区），其中投诉举报」 is the city's, whether we or an editor wrote it."""
    bulletin = make_bulletin(
        changes={"gaoxin": dict.fromkeys(CASES) | {"case_basis": "missing", "is_partial": True}}
    )
    flow = drafted_statistics(bulletin)[1]
    assert "受理疑似违法拆改274起（不含高新区），其中投诉举报141起" in flow
    assert problems(bulletin, *drafted_statistics(bulletin)) == []
    assert problems(bulletin, str(flow).replace("经现场核实", "核实")) == []
    assert problems(bulletin, str(flow).replace("（不含高新区）", "，不含高新区")) == []
    assert len(problems(bulletin, str(flow).replace("141", "140"))) == 1


def test_every_number_of_our_own_is_carried_and_none_is_guessed(
    make_bulletin: MakeBulletin,
) -> None:
    """Held against no words at all, our sentences are still borne out; and wrong ones are found."""
    bulletin = make_bulletin(inspections=[inspection()])
    facts = [replace(fact, labels=()) for fact in facts_of(bulletin)]
    dates = [*AS_AT, date(2022, 11, 2)]
    told = drafted_sentences(bulletin)
    assert len(told) == 3
    article = Article("数据统计", "", told)
    assert check_prose([article], facts, OCTOBER, dates) == ()
    wrong = [replace(fact, value=fact.value + 10**7) for fact in facts]
    assert len(check_prose([article], wrong, OCTOBER, dates)) == 12
    (late,) = check_prose([article], facts, OCTOBER, AS_AT)
    assert "本期数据截至2022年10月31日" in late.reason


def test_a_sentence_of_ours_is_ours_within_an_editors_text(bulletin: Bulletin) -> None:
    own = Sentence(
        "记为", FigureText("99.99%", CITY_PLACE, "rpt_district_monthly.verified_count"), "。"
    )
    text = carrying(f"前文。{own}后文。", [own])
    assert text == f"前文。{own}后文。"
    (found,) = problems(bulletin, text)
    assert "应为 75.00起（marts.rpt_district_monthly.verified_count，全市）" in found
    assert carrying("他文99.99%。", [own]) == "他文99.99%。"
    dated = Sentence("截至", DateText("1月2日", date(2023, 1, 2)), "。")
    assert "截至日期与本期数据不符" in problems(bulletin, dated)[0]


@pytest.mark.parametrize("words", ["截至1月2日", "截至2023年1月2日", "截至2022年12月31日"])
@pytest.mark.parametrize("is_true", [True, False])
def test_a_day_without_a_year_is_that_of_the_data(words: str, is_true: bool) -> None:
    december, as_at = Month(2022, 12), [date(2023, 1, 2)]
    text = (
        f"{words}，情况如下。"
        if is_true
        else f"{words.replace('1日', '0日').replace('2日', '3日')}。"
    )
    found = check_prose([Article("部门动态", "", (text,))], [], december, as_at)
    assert (found == ()) == is_true
