"""Every number in words is one that the tables bear out: each way it can go wrong is found."""

from __future__ import annotations

from datetime import date

import pytest
from publication.october import OCTOBER

from orchestration.publication.bulletin import Bulletin
from orchestration.publication.drafting import drafted_statistics
from orchestration.publication.editorial import Article, QuotedFigures
from orchestration.publication.facts import facts_of
from orchestration.publication.prose import check_prose

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
def test_figures_that_the_tables_bear_out_pass(bulletin: Bulletin, sentence: str) -> None:
    assert problems(bulletin, sentence) == []


def test_what_is_drafted_is_borne_out(bulletin: Bulletin) -> None:
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


def test_a_quoted_figure_passes_and_a_source_for_no_figure_does_not(bulletin: Bulletin) -> None:
    sentence = "截至11月2日，抽检1368幢。"
    assert problems(bulletin, sentence, quoted=("截至11月2日", "1368幢")) == []
    (found,) = problems(bulletin, sentence, quoted=("截至11月2日", "1368幢", "82.68%"))
    assert "82.68%" in found
    assert "正文里却没有这个数字" in found
