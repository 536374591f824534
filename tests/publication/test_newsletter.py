"""The issue as docx and pdf: October to the digit, read back from the files themselves."""

from __future__ import annotations

import shutil
import subprocess
from collections.abc import Callable
from dataclasses import replace
from io import BytesIO
from pathlib import Path

import pytest
from docx import Document
from docx.enum.text import WD_ALIGN_PARAGRAPH
from docx.oxml.ns import qn
from publication.october import RELEASED_AT, golden_rows

from orchestration.masthead import BEFORE, Masthead
from orchestration.publication.bulletin.model import Bulletin
from orchestration.publication.issue import pdf
from orchestration.publication.issue.docx import render_document
from orchestration.publication.issue.pdf import NoChineseFontError, chinese_family, render_pdf
from orchestration.publication.newsletter.editorial import (
    Editorial,
    load_editorial,
    parse_editorial,
)
from orchestration.publication.newsletter.issue_text import Newsletter
from orchestration.publication.newsletter.page_plan import plan_pages
from orchestration.publication.newsletter.title_lines import title_lines
from orchestration.settings import PROJECT_ROOT

TEXTS = PROJECT_ROOT / "raw" / "2022-10" / "editorial.md"
HEADLINE = "截至10月，苏州市既有建筑已排查70.33万幢、面积12.83亿平方米，具体数字如下："


@pytest.fixture(scope="module")
def chinese_font() -> None:
    try:
        chinese_family()
    except NoChineseFontError as error:
        pytest.skip(f"LOUD: no pdf was made here. {error}")


@pytest.fixture(scope="module")
def newsletter(bulletin: Bulletin) -> Newsletter:
    return Newsletter(bulletin, load_editorial(TEXTS))


def test_octobers_own_texts_agree_with_the_figures(newsletter: Newsletter) -> None:
    assert newsletter.problems == ()


def test_the_document_has_the_bureaus_form_and_figures(newsletter: Newsletter) -> None:
    document = Document(BytesIO(render_document(newsletter, RELEASED_AT)))
    texts = [paragraph.text for paragraph in document.paragraphs]
    first = texts.index("本期要目")
    assert texts[first + 1] == "★建设“一房一码” 实现信息互通"
    places = [texts.index(f"【{name}】") for name in ("部门动态", "地区动态", "数据统计")]
    assert places == sorted(places)
    assert HEADLINE in texts
    assert any(text.startswith("▲11月8日、10日，昆山市") for text in texts)
    (table,) = document.tables
    rows = [[cell.text for cell in row.cells] for row in table.rows]
    assert rows[0][3] == rows[0][4] == "受理疑似违法拆改投诉（起）"
    assert rows[1][3:5] == ["投诉举报", "巡查发现"]
    assert rows[2:] == golden_rows()


def test_the_document_names_its_fonts_for_chinese_and_keeps_the_official_page(
    newsletter: Newsletter,
) -> None:
    document = Document(BytesIO(render_document(newsletter, RELEASED_AT)))
    section = document.sections[0]
    margins = (section.top_margin, section.bottom_margin, section.left_margin, section.right_margin)
    assert [round(margin.mm) for margin in margins if margin] == [37, 35, 28, 26]
    runs = [run for paragraph in document.paragraphs for run in paragraph.runs]
    east_asian = "{http://schemas.openxmlformats.org/wordprocessingml/2006/main}eastAsia"
    assert all(run._element.rPr.rFonts.get(east_asian) == run.font.name for run in runs)


def test_masthead_and_end_matter_are_the_offices(bulletin: Bulletin) -> None:
    masthead = Masthead(
        name="既有建筑安全",
        number="{年}年第{月}期（总第{期}期）",
        first_month="2022-01",
        publisher="市住建局",
        reported_to="市委",
        issued_to="各地区",
        copies=80,
    )
    issue = Newsletter(bulletin, Editorial(), masthead=masthead)
    document = Document(BytesIO(render_document(issue, RELEASED_AT)))
    first = [paragraph.text for paragraph in document.paragraphs[:3]]
    assert first == ["既有建筑安全", "2022年第10期（总第10期）", "市住建局\t2022年11月6日"]
    last = document.sections[-1]
    for footer in (last.footer, last.even_page_footer):
        (table,) = footer.tables
        lines = [list(dict.fromkeys(cell.text for cell in row.cells)) for row in table.rows]
        assert lines == [
            ["报：市委"],
            ["发：各地区"],
            ["市住建局", "2022年11月6日印发　共印80份"],
            ["下次发布：2022年12月12日（2022年11月数据）"],
        ]


def test_the_sentence_above_the_table_is_next_to_it(bulletin: Bulletin) -> None:
    after = plan_pages(Newsletter(bulletin, Editorial()))
    assert after.above == (HEADLINE,)
    assert after.below[0].startswith("10月，全市受理疑似违法拆改274起")
    before = plan_pages(Newsletter(bulletin, Editorial(), masthead=Masthead(sentences=BEFORE)))
    assert before.above == (*after.below, HEADLINE)
    assert before.below == ()
    own = parse_editorial("# 数据统计\n\n本期数据如下：\n\n另有说明。\n", "editorial.md")
    assert plan_pages(Newsletter(bulletin, own)).above == ("本期数据如下：",)


def test_notes_that_do_not_fit_go_to_the_last_page(
    make_bulletin: Callable[..., Bulletin],
) -> None:
    few = plan_pages(Newsletter(make_bulletin(), Editorial()))
    assert few.notes
    assert not few.last_notes
    absent = ["changshu", "taicang", "kunshan", "wujiang", "wuzhong", "xiangcheng", "gusu"]
    many = plan_pages(Newsletter(make_bulletin(absent=absent), Editorial()))
    assert not many.notes
    assert many.last_notes[0].startswith("注1：")


def test_page_numbers_stand_outside_and_the_text_is_chinese(newsletter: Newsletter) -> None:
    document = Document(BytesIO(render_document(newsletter, RELEASED_AT)))
    assert document.settings.odd_and_even_pages_header_footer
    for section in document.sections:
        odd, even = section.footer.paragraphs[-1], section.even_page_footer.paragraphs[-1]
        assert (odd.alignment, even.alignment) == (
            WD_ALIGN_PARAGRAPH.RIGHT,
            WD_ALIGN_PARAGRAPH.LEFT,
        )
        assert "PAGE" in odd._p.xml
    language = document.styles.element.find(".//" + qn("w:lang"))
    assert language.get(qn("w:eastAsia")) == language.get(qn("w:val")) == "zh-CN"
    headings = [p.text for p in document.paragraphs if p.style.name == "Heading 2"]
    assert headings[1] == "市住建局拟启动“危房数字化智能\n监管场景建设”研究应用工作"
    assert [p.text for p in document.paragraphs if p.style.name == "Heading 1"] == [
        "本期要目", "【部门动态】", "【地区动态】", "【数据统计】",
    ]  # fmt: skip


@pytest.mark.parametrize("title", ["字" * 60, "", "abc", "“" * 30, "甲乙丙丁戊己庚辛壬癸" * 4])
def test_a_title_of_any_kind_keeps_its_letters(title: str) -> None:
    assert "".join(title_lines(title, 19)) == title


def test_the_same_issue_gives_the_same_bytes(newsletter: Newsletter) -> None:
    assert render_document(newsletter, RELEASED_AT) == render_document(newsletter, RELEASED_AT)


@pytest.mark.usefixtures("chinese_font")
def test_the_same_issue_gives_the_same_pdf(newsletter: Newsletter) -> None:
    assert render_pdf(newsletter, RELEASED_AT) == render_pdf(newsletter, RELEASED_AT)


@pytest.mark.usefixtures("chinese_font")
def test_the_pdf_says_the_same_with_its_fonts_embedded(
    newsletter: Newsletter, tmp_path: Path
) -> None:
    if shutil.which("pdftotext") is None:
        pytest.skip("LOUD: pdftotext (poppler-utils) is not installed, the pdf was not read back")
    path = tmp_path / "bulletin.pdf"
    path.write_bytes(render_pdf(newsletter, RELEASED_AT))
    text = subprocess.run(
        ["pdftotext", "-layout", path, "-"],
        capture_output=True, text=True, check=True,
    ).stdout  # fmt: skip
    words = text.replace(" ", "").replace("\n", "")
    assert HEADLINE in words
    assert "★地区动态" in words
    lines = [line.split() for line in text.splitlines()]
    for row in golden_rows():
        assert row in lines
    fonts = subprocess.run(
        ["pdffonts", path],
        capture_output=True, text=True, check=True,
    ).stdout.splitlines()[2:]  # fmt: skip
    assert fonts
    assert all(line.split()[-5] == "yes" for line in fonts)


def test_markup_in_a_text_is_text(bulletin: Bulletin) -> None:
    hostile = "# 地区动态\n\n- #let x = 1 *粗* <script>alert(1)</script> $x$ \\input{y}\n"
    issue = Newsletter(bulletin, parse_editorial(hostile, "editorial.md"))
    assert "1" in issue.problems[0]
    document = Document(BytesIO(render_document(issue, RELEASED_AT)))
    assert any("<script>alert(1)</script>" in p.text for p in document.paragraphs)


@pytest.mark.usefixtures("chinese_font")
def test_markup_in_a_text_is_text_in_the_pdf_too(bulletin: Bulletin) -> None:
    hostile = '# 地区动态\n\n- #let x = 1 *粗* $x$ #read("/etc/passwd")\n'
    issue = Newsletter(bulletin, parse_editorial(hostile, "editorial.md"))
    assert render_pdf(issue, RELEASED_AT).startswith(b"%PDF")


def test_simulated_data_is_marked(bulletin: Bulletin) -> None:
    issue = Newsletter(replace(bulletin, is_simulated=True), Editorial())
    document = Document(BytesIO(render_document(issue, RELEASED_AT)))
    assert "〔演示数据〕" in document.sections[0].header.paragraphs[0].text


def test_without_a_chinese_font_there_is_a_message_and_no_pdf(
    newsletter: Newsletter, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(pdf, "FAMILIES", ("No Such Family",))
    chinese_family.cache_clear()
    try:
        with pytest.raises(NoChineseFontError, match=r"apt-get install .* pip install"):
            render_pdf(newsletter, RELEASED_AT)
    finally:
        chinese_family.cache_clear()
