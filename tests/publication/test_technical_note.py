"""The technical note: every section, the month's own facts, the same in page and document."""

from __future__ import annotations

from collections.abc import Callable
from io import BytesIO

from docx import Document
from publication.html_page import Page
from publication.october import RELEASED_AT, difference, finding, verdict

from orchestration.masthead import STANDARD_MASTHEAD, Masthead
from orchestration.publication.bulletin.model import Bulletin
from orchestration.publication.issue.technical_note import note_sections
from orchestration.publication.issue.technical_note_files import (
    render_note_document,
    render_note_page,
)

OFFICE = Masthead(publisher="市住建局", contact="0512-1", licence="注明来源即可使用")
SECTIONS = [
    *("数据来源", "覆盖范围", "质量评估", "指标口径", "舍入", "修订办法", "披露控制"),
    *("数据许可", "联系方式", "下次发布"),
]


def test_page_and_document_say_the_same_in_every_section(bulletin: Bulletin) -> None:
    page = Page(render_note_page(bulletin, RELEASED_AT, OFFICE))
    document = Document(BytesIO(render_note_document(bulletin, RELEASED_AT, OFFICE)))
    headings = [p.text for p in document.paragraphs if p.style.name == "Heading 1"]
    assert [heading[2:] for heading in headings] == SECTIONS
    sentences = [p.text for p in document.paragraphs if p.paragraph_format.first_line_indent]
    assert len(sentences) > 10
    assert all(sentence in page.text for sentence in sentences)
    for table in document.tables:
        for row in table.rows:
            assert [cell.text for cell in row.cells] in page.rows
    assert "市住建局，0512-1。" in page.text
    assert "注明来源即可使用" in page.text


def test_the_months_facts_are_in_the_note(make_bulletin: Callable[..., Bulletin]) -> None:
    bulletin = make_bulletin(
        absent=["changshu"],
        verdicts=[verdict(), verdict(rule_id="other", outcome="pass")],
        findings=[finding()],
        differences=[difference("verified_count", "30", "31")],
    )
    told = {section.title: section for section in note_sections(bulletin, STANDARD_MASTHEAD)}
    assert "其中9个地区数据齐全" in told["覆盖范围"].sentences[0]
    assert told["覆盖范围"].sentences[1].startswith("常熟市：月报未报送")
    quality = told["质量评估"]
    assert "发现问题单元格：提醒1处。" in quality.sentences
    assert "台账与月报核对1个数，不一致1个。" in quality.sentences
    assert quality.table is not None
    assert quality.table.rows[0][:4] == ("准确性", "2", "1", "1")
    sources = told["数据来源"].table
    assert sources is not None
    assert sources.rows[0][:4] == ("月报表", "9", "0", "1")
    assert "联系方式" not in told
    assert "小于5的数不公布" in told["披露控制"].sentences[0]
