"""Writes a topic as a sheet of ``bulletin.xlsx``: its sentences, then its tables, on whole pages.

The tables are those of the page (``html_topics``, ``html_revisions``) and of ``xlsx_topics``, made
of finished text; a text that is a figure is written as the number, so that people can calculate
with it. Text is never a formula.
"""

from __future__ import annotations

import re

import xlsxwriter

from orchestration.formats.spreadsheet_text import looks_like_formula
from orchestration.formats.xlsx import LONGEST_TEXT, shown_width
from orchestration.publication.issue.html_layout import Table, Topic
from orchestration.publication.issue.xlsx_styles import Styles, set_up_page

_FIGURE = re.compile(r"(?P<number>[-+]?\d{1,15}(?P<decimals>\.\d+)?)(?P<percent>%)?")
_NARROWEST, _WIDEST, _FIRST = 9, 34, 14
#: A4 landscape has about so many half-width characters a line and lines a page.
_PAGE_WIDTH, _PAGE_LINES = 150, 34
_LINE = 16


def add_topic(
    book: xlsxwriter.Workbook, styles: Styles, topic: Topic, marks: tuple[str, ...]
) -> None:
    """Add a sheet named like the topic."""
    sheet = book.add_worksheet(topic.title)
    widths = _widths(topic)
    for column, width in enumerate(widths):
        sheet.set_column(column, column, width)
    sheet.set_row(0, 26)
    sheet.write_string(0, 0, "".join((topic.title, *topic.marks)), styles.heading)
    row = 1
    for text in filter(None, (topic.note, *topic.sentences)):
        sheet.set_row(row, 4 + _LINE * -(-shown_width(text) // sum(widths)))
        sheet.merge_range(row, 0, row, len(widths) - 1, text, styles.plain)
        row += 1
    for table in topic.tables:
        row = _write_table(sheet, styles, table, row + 1, widths)
    repeated = _repeated(topic)
    set_up_page(sheet, marks, repeat_rows=repeated, is_one_page=row <= _PAGE_LINES)


def _repeated(topic: Topic) -> tuple[int, int] | None:
    """Return the row of the header that is repeated on each page, if there is one table."""
    if len(topic.tables) != 1:
        return None
    header = len(tuple(filter(None, (topic.note, *topic.sentences)))) + 3
    return header, header


def _write_table(
    sheet: xlsxwriter.worksheet.Worksheet,
    styles: Styles,
    table: Table,
    row: int,
    widths: tuple[int, ...],
) -> int:
    """Write a table with its title from ``row`` on; return the row after it."""
    sheet.set_row(row, 20)
    sheet.write_string(row, 0, table.title, styles.small_heading)
    row += 1
    sheet.set_row(row, _height(table.headers, widths))
    for column, header in enumerate(table.headers):
        sheet.write_string(row, column, header, styles.column_header)
    for place, cells in enumerate(table.rows):
        row += 1
        is_total = table.has_total and place == len(table.rows) - 1
        sheet.set_row(row, _height(cells, widths))
        for column, text in enumerate(cells):
            is_figure = column > 0 and column not in table.texts
            _write(sheet, styles, row, column, text, is_figure=is_figure, is_total=is_total)
    return row + 1


def _write(
    sheet: xlsxwriter.worksheet.Worksheet,
    styles: Styles,
    row: int,
    column: int,
    text: str,
    *,
    is_figure: bool,
    is_total: bool,
) -> None:
    figure = _FIGURE.fullmatch(text) if is_figure else None
    if figure is None:
        style = styles.table_text(is_total=is_total, is_quoted=looks_like_formula(text))
        sheet.write_string(row, column, text[:LONGEST_TEXT], style)
        return
    decimals = len(figure["decimals"] or ".") - 1
    style = styles.table_figure(decimals, is_total=is_total, is_percent=bool(figure["percent"]))
    value = float(figure["number"]) if decimals else int(figure["number"])
    sheet.write_number(row, column, value / 100 if figure["percent"] else value, style)


def _widths(topic: Topic) -> tuple[int, ...]:
    """Return the columns' widths, wide enough for the figures and for most texts."""
    if not topic.tables:
        return (_PAGE_WIDTH // 5,) * 5
    count = max(len(table.headers) for table in topic.tables)
    widths = [_FIRST] + [_NARROWEST] * (count - 1)
    for table in topic.tables:
        for cells in (table.headers, *table.rows):
            for column, text in enumerate(cells):
                wanted = shown_width(text) + 2
                if cells is table.headers:
                    # headers may take two lines
                    wanted = wanted // 2 + 2
                widths[column] = max(widths[column], min(wanted, _WIDEST))
    if sum(widths) < _PAGE_WIDTH // 2:
        widths[-1] += _PAGE_WIDTH // 2 - sum(widths)
    return tuple(widths)


def _height(cells: tuple[str, ...], widths: tuple[int, ...]) -> int:
    lines = max(
        -(-shown_width(text) // (width - 1)) or 1
        for text, width in zip(cells, widths, strict=False)
    )
    return min(5 + _LINE * lines, 400)
