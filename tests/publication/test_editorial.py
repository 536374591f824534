"""The editors' file: what it may hold, and what a mistake in it is answered with."""

from __future__ import annotations

from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from orchestration.publication.newsletter.editorial import (
    EditorialError,
    load_editorial,
    parse_editorial,
)
from orchestration.settings import PROJECT_ROOT

TEXT = """\
# 【部门动态】

## 建设“一房一码”
第一段，
同一段。

第二段 <b>约185万个</b>。

> 数字来源：185万、16万——信息管理系统

# 地区动态
- ▲昆山市专项督查。
- 高新区印发方案。

# 数据统计
截至10月，另行表述。
"""


def test_sections_articles_paragraphs_items_and_sources_are_read() -> None:
    editorial = parse_editorial(TEXT, "editorial.md")
    (article,) = editorial.department
    assert (article.title, article.line) == ("建设“一房一码”", 3)
    assert article.paragraphs == ("第一段，同一段。", "第二段 <b>约185万个</b>。")
    assert article.quoted[0].figures == ("185万", "16万")
    assert article.quoted[0].source == "信息管理系统"
    assert [item.paragraphs for item in editorial.district_news] == [
        ("昆山市专项督查。",),
        ("高新区印发方案。",),
    ]
    assert editorial.statistics is not None
    assert editorial.statistics.paragraphs == ("截至10月，另行表述。",)


def test_a_month_without_a_file_has_no_texts(tmp_path: Path) -> None:
    assert load_editorial(tmp_path / "editorial.md").articles == ()


@pytest.mark.parametrize(
    ("text", "reason"),
    [
        ("没有栏目", "第1行：文字不在任何栏目之下"),
        ("# 本期要闻\n\n## 篇\n\n文", "第1行：没有“本期要闻”这个栏目"),
        ("# 部门动态\n\n正文", "第3行：正文之前缺少篇名"),
        ("# 部门动态\n\n## 空篇\n\n## 次篇\n\n文", "第3行：“空篇”没有正文"),
        ("# 地区动态\n\n> 数字来源：1个——某处", "第3行：引用块只用来注明数字来源"),
        ("# 地区动态\n\n- 文\n\n> 随便一说", "第5行：引用块只用来注明数字来源"),
    ],
)
def test_a_mistake_is_named_with_its_line(text: str, reason: str) -> None:
    with pytest.raises(EditorialError, match=reason):
        parse_editorial(text, "editorial.md")


def test_a_file_that_is_no_text_is_named(tmp_path: Path) -> None:
    path = tmp_path / "editorial.md"
    path.write_bytes("部门动态".encode("gb18030"))
    with pytest.raises(EditorialError, match="UTF-8"):
        load_editorial(path)
    path.write_bytes(b"a" * 1_000_001)
    with pytest.raises(EditorialError, match="1 MB"):
        load_editorial(path)


@given(st.text(alphabet="#>-一房 185\n“”", max_size=60))
def test_any_text_is_read_or_refused_in_words(text: str) -> None:
    try:
        editorial = parse_editorial(text, "editorial.md")
    except EditorialError:
        return
    assert all(article.paragraphs for article in editorial.articles)


def test_octobers_texts_are_those_of_the_published_issue() -> None:
    editorial = load_editorial(PROJECT_ROOT / "raw" / "2022-10" / "editorial.md")
    assert len(editorial.department) == 3
    assert len(editorial.district_news) == 2
    inspection = editorial.department[2].paragraphs[0]
    assert "1368幢、建筑面积306.64万平方米，按幢数统计总体进度为39.37%" in inspection
