"""``bulletin.xlsx``: the table as the bureau prints it, its front matter, and sheets people use.

Everything in it is Chinese and prints on whole pages; what programs read is in ``data/``
(``open_data``). Further sheets are in ``xlsx_topics``, their tables in ``xlsx_tables``, formats and
page set-up in ``xlsx_styles``, sentences in the ``*wording`` modules. The same bulletin, masthead
and release time give the same bytes.
"""

from __future__ import annotations

from datetime import datetime
from io import BytesIO

import xlsxwriter

from orchestration.formats.xlsx import TEXT_STAYS_TEXT, shown_width
from orchestration.masthead import STANDARD_MASTHEAD, Masthead
from orchestration.publication.bulletin import wording
from orchestration.publication.bulletin.model import Bulletin
from orchestration.publication.bulletin.next_issue import next_issue
from orchestration.publication.bulletin.printed_table import HEADER_CELLS, PRINTED_HEADERS
from orchestration.publication.issue.html_layout import Topic
from orchestration.publication.issue.xlsx_styles import Styles, set_up_page
from orchestration.publication.issue.xlsx_tables import add_topic
from orchestration.publication.issue.xlsx_topics import CONTENTS, people_sheets
from orchestration.reference import vocabulary
from orchestration.reference.months import chinese_date

REPORT_SHEET = "公报表"
_SHEETS = {
    REPORT_SHEET: "各地区排查上报数据及违法拆改行为处理情况统计表（印发格式）",
    "封面": "标题、数据截至日期、状态和主要数据",
    "目录": "各工作表的内容",
    "说明": "所列指标的口径、数据来源、缺报情况、待核实的数据、舍入规则、更正和豁免",
}
_DATA_NOTE = "供程序读取的统计表（CSV、Parquet）在 data 目录，全部统计表在 statistics.duckdb。"
_COLUMN_WIDTHS = (15, 15, 19, 15, 15, 26, 28)
_LAST_COLUMN = len(_COLUMN_WIDTHS) - 1
_TITLE_ROW, _HEADLINE_ROW, _SUBLINE_ROW, _HEADER_ROW, _FIRST_BODY_ROW = 0, 1, 2, 3, 5
_AREA_COLUMN = 2
#: The table's width for the small print of its notes, in halves of a character.
_NOTE_LINE = int(sum(_COLUMN_WIDTHS) * 1.6)
_NOTE_WIDTHS = (26, 14, 12, 80)
#: More notes would make the table too small to read.
_NOTES_ON_ONE_PAGE = 12


def render_workbook(
    bulletin: Bulletin, released_at: datetime, masthead: Masthead = STANDARD_MASTHEAD
) -> bytes:
    """Return the bytes of ``bulletin.xlsx``; ``released_at`` is printed and stored as created."""
    topics = people_sheets(bulletin)
    buffer = BytesIO()
    with xlsxwriter.Workbook(buffer, {**TEXT_STAYS_TEXT, "in_memory": True}) as book:
        book.set_properties(
            {
                "title": bulletin.title,
                "subject": "".join(bulletin.marks),
                "author": masthead.publisher or "房安 Fang'an",
                "created": released_at,
            }
        )
        styles = Styles(book)
        _add_report(book, styles, bulletin, released_at)
        _add_cover(book, styles, bulletin, released_at, masthead)
        _add_contents(book, styles, bulletin, topics)
        _add_notes(book, styles, bulletin, topics)
        for topic in topics:
            add_topic(book, styles, topic, bulletin.marks)
    return buffer.getvalue()


def _add_report(
    book: xlsxwriter.Workbook, styles: Styles, bulletin: Bulletin, released_at: datetime
) -> None:
    """Add the table in the bureau's layout, to be printed and signed."""
    sheet = book.add_worksheet(REPORT_SHEET)
    for column, width in enumerate(_COLUMN_WIDTHS):
        sheet.set_column(column, column, width)
    for row, text, style, height in (
        (_TITLE_ROW, bulletin.title, styles.title, 54),
        (_HEADLINE_ROW, bulletin.headline, styles.sentence, 26),
        (_SUBLINE_ROW, bulletin.subline, styles.subline, 22),
    ):
        _write_across(sheet, row, text, style, height)
    _write_header(sheet, styles)
    for offset, figures in enumerate(bulletin.rows):
        row = _FIRST_BODY_ROW + offset
        sheet.set_row(row, 25)
        sheet.write_string(row, 0, wording.row_name(figures), styles.cell(figures.is_city))
        for column, value in enumerate(figures.printed, start=1):
            if value is None:
                sheet.write_string(row, column, wording.MISSING, styles.cell(figures.is_city))
            else:
                style = styles.number(figures.is_city, is_area=column == _AREA_COLUMN)
                sheet.write_number(row, column, value, style)
    last_row = _write_footer(
        sheet, styles, bulletin, released_at, _FIRST_BODY_ROW + len(bulletin.rows)
    )
    set_up_page(
        sheet,
        bulletin.marks,
        repeat_rows=(_HEADER_ROW, _FIRST_BODY_ROW - 1),
        is_one_page=len(bulletin.notes) <= _NOTES_ON_ONE_PAGE,
    )
    sheet.print_area(0, 0, last_row, _LAST_COLUMN)
    sheet.freeze_panes(_FIRST_BODY_ROW, 1)


def _write_header(sheet: xlsxwriter.worksheet.Worksheet, styles: Styles) -> None:
    """Write the printed table's two-row header."""
    top, bottom = _HEADER_ROW, _HEADER_ROW + 1
    sheet.set_row(top, 26)
    sheet.set_row(bottom, 26)
    for row, column, text, (last_row, last_column) in HEADER_CELLS:
        place = (top + row, column)
        if (last_row, last_column) == (row, column):
            sheet.write_string(*place, text, styles.header)
        else:
            sheet.merge_range(*place, top + last_row, last_column, text, styles.header)


def _write_footer(
    sheet: xlsxwriter.worksheet.Worksheet,
    styles: Styles,
    bulletin: Bulletin,
    released_at: datetime,
    row: int,
) -> int:
    """Write the line for signatures and the notes from ``row`` on; return the last row."""
    released_on = chinese_date(released_at.date())
    blank = "　" * 8
    signatures = f"制表：{blank}审核：{blank}负责人：{blank}报出日期：{released_on}"
    _write_across(sheet, row, signatures, styles.signatures, 30)
    for number, note in enumerate(bulletin.notes, start=1):
        row += 1
        prefix = "注：" if number == 1 else "　　"
        text = f"{prefix}{number}. {note}"
        _write_across(sheet, row, text, styles.note, _text_height(text, _NOTE_LINE))
    return row


def _write_across(
    sheet: xlsxwriter.worksheet.Worksheet, row: int, text: str, style: object, height: int
) -> None:
    sheet.set_row(row, height)
    sheet.merge_range(row, 0, row, _LAST_COLUMN, text, style)


def _add_cover(
    book: xlsxwriter.Workbook,
    styles: Styles,
    bulletin: Bulletin,
    released_at: datetime,
    masthead: Masthead,
) -> None:
    sheet = book.add_worksheet("封面")
    sheet.set_column(0, 0, 32)
    sheet.set_column(1, 1, 92)
    sheet.set_row(0, 60)
    sheet.merge_range(0, 0, 0, 1, bulletin.title, styles.title)
    sheet.set_row(1, 30)
    sheet.merge_range(1, 0, 1, 1, "".join(bulletin.marks), styles.mark)
    names = PRINTED_HEADERS.values()
    month = bulletin.month
    facts = [
        *(("刊名", masthead.name) for _ in [0] if masthead.name),
        *(("期号", number) for number in [masthead.number_of(month.year, month.number)] if number),
        *(("编印单位", masthead.publisher) for _ in [0] if masthead.publisher),
        ("数据月份", bulletin.month.chinese),
        ("数据截至", chinese_date(bulletin.as_at)),
        ("版次", f"{wording.vintage_name(bulletin.vintage)}{''.join(bulletin.marks)}"),
        ("报出日期", chinese_date(released_at.date())),
        ("下次发布", next_issue(bulletin.month)),
        ("报送地区", _coverage(bulletin)),
        ("主要数据", bulletin.headline.removesuffix("，具体数字如下：") + "。"),
        *(("抽检核查", sentence) for sentence in bulletin.inspection_text[:1]),
        *(
            (f"全市{name}", wording.printed_value(value))
            for name, value in zip(names, bulletin.city.printed, strict=True)
        ),
    ]
    for row, (label, text) in enumerate(facts, start=2):
        sheet.set_row(row, max(26, _text_height(text, 88)))
        sheet.write_string(row, 0, label, styles.label)
        sheet.write_string(row, 1, text, styles.text)
    set_up_page(sheet, bulletin.marks, is_one_page=True)


def _coverage(bulletin: Bulletin) -> str:
    whole = sum(not row.is_partial for row in bulletin.districts)
    return f"{len(bulletin.districts)}个地区，其中{whole}个数据齐全"


def _add_contents(
    book: xlsxwriter.Workbook, styles: Styles, bulletin: Bulletin, topics: tuple[Topic, ...]
) -> None:
    sheet = book.add_worksheet("目录")
    sheet.set_column(0, 0, 24)
    sheet.set_column(1, 1, 80)
    sheet.write_string(0, 0, "目录", styles.heading)
    sheet.set_row(1, 24)
    sheet.write_row(1, 0, ("工作表", "内容"), styles.header)
    entries = {**_SHEETS, **{topic.title: CONTENTS[topic.title] for topic in topics}}
    for row, (name, content) in enumerate(entries.items(), start=2):
        sheet.set_row(row, 24)
        sheet.write_url(row, 0, f"internal:'{name}'!A1", styles.link, name)
        sheet.write_string(row, 1, content, styles.text)
    sheet.write_string(len(entries) + 3, 0, _DATA_NOTE, styles.plain_line)
    set_up_page(sheet, bulletin.marks, is_one_page=True)


def _add_notes(
    book: xlsxwriter.Workbook, styles: Styles, bulletin: Bulletin, topics: tuple[Topic, ...]
) -> None:
    """Add definitions of the printed measures, then what a reader must know about the month."""
    printed = {metric for topic in topics for table in topic.tables for metric in table.metrics}
    printed |= {*PRINTED_HEADERS, "suspected_count"}
    sheet = book.add_worksheet("说明")
    for column, width in enumerate(_NOTE_WIDTHS):
        sheet.set_column(column, column, width)
    sheet.write_string(0, 0, "一、指标口径", styles.heading)
    sheet.write_row(1, 0, ("指标", "单位", "类型", "口径"), styles.header)
    row = 2
    for metric in (metric for metric in bulletin.metrics if metric.metric_id in printed):
        kind = vocabulary.METRIC_KINDS[metric.kind]
        definition = f"{metric.definition}统计总体：{metric.population_name}。"
        sheet.set_row(row, _text_height(definition, _NOTE_WIDTHS[-1]))
        for column, text in enumerate((metric.chinese_name, metric.unit, kind, definition)):
            sheet.write_string(row, column, text, styles.text)
        row += 1
    for heading, sentences in (
        ("二、数据来源", bulletin.basis_notes),
        ("三、缺报情况", bulletin.gaps or ("无缺报。",)),
        ("四、待核实的数据", bulletin.doubt_notes or ("没有待核实的数据。",)),
        ("五、舍入", (*wording.rounding_rules(), *bulletin.rounding_notes)),
        ("六、读数须知", (*bulletin.status_notes, *wording.reading_notes())),
        ("七、更正和豁免", bulletin.decisions or ("无更正，无豁免。",)),
        ("八、抽检核查", bulletin.inspection_text or ("本月没有抽检核查结果。",)),
    ):
        sheet.write_string(row + 1, 0, heading, styles.heading)
        row += 2
        for sentence in sentences:
            sheet.set_row(row, _text_height(sentence, sum(_NOTE_WIDTHS)))
            sheet.merge_range(row, 0, row, 3, sentence, styles.plain)
            row += 1
    set_up_page(sheet, bulletin.marks)


def _text_height(text: str, width: int) -> int:
    """Return the height of a row whose text may wrap; spreadsheets do not adjust it."""
    lines = -(-shown_width(text) // (width - 2))
    return 6 + 16 * max(lines, 1)
