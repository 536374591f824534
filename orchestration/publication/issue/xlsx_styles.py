"""Cell formats and page set-up shared by the sheets of ``bulletin.xlsx``.

Fonts are named, not embedded: the bureau's Windows and WPS have 宋体 and 黑体. Add a format here
when a second sheet needs it or when it keeps a sheet's code readable.
"""

from __future__ import annotations

import xlsxwriter

from orchestration.formats.colours import HEADER_GROUND, LINK, REMARK
from orchestration.formats.xlsx import A4

_BODY_FONT = {"font_name": "宋体", "font_size": 11}
_MIDDLE = {"align": "center", "valign": "vcenter"}


class Styles:
    """The workbook's formats by what they are for."""

    def __init__(self, book: xlsxwriter.Workbook) -> None:
        def style(**properties: object) -> xlsxwriter.format.Format:
            return book.add_format({**_BODY_FONT, **properties})

        boxed = {**_MIDDLE, "border": 1, "text_wrap": True, "font_size": 12}
        heading = {"font_name": "黑体"}
        self.title = style(**_MIDDLE, **heading, font_size=20, text_wrap=True)
        self.mark = style(**_MIDDLE, **heading, font_size=13, font_color=REMARK)
        self.sentence = style(align="left", valign="vcenter", font_size=12)
        self.subline = style(align="right", valign="vcenter", font_size=10.5)
        self.header = style(**boxed, **heading)
        self.signatures = style(align="left", valign="vcenter")
        self.note = style(align="left", valign="vcenter", font_size=9, text_wrap=True)
        self.heading = style(**heading, font_size=13, valign="vcenter")
        self.label = style(**heading, border=1, valign="vcenter", indent=1)
        self.text = style(border=1, valign="vcenter", text_wrap=True, indent=1)
        self.plain = style(align="left", valign="vcenter", text_wrap=True)
        self.plain_line = style(align="left", valign="vcenter")
        self.link = style(border=1, valign="vcenter", indent=1, font_color=LINK, underline=1)
        self.small_heading = style(**heading, valign="vcenter")
        small = {**_MIDDLE, "border": 1, "text_wrap": True, "font_size": 10}
        self.column_header = style(**small, **heading, bg_color=HEADER_GROUND)
        self._texts = {
            (is_total, is_quoted): style(
                **{**small, "align": "left", "indent": 1}, bold=is_total, quote_prefix=is_quoted
            )
            for is_total in (False, True)
            for is_quoted in (False, True)
        }
        self._figures = {
            (decimals, is_total, is_percent): style(
                **{**small, "align": "right", "indent": 1},
                bold=is_total,
                num_format="0" + "." * (decimals > 0) + "0" * decimals + "%" * is_percent,
            )
            for decimals in range(3)
            for is_total in (False, True)
            for is_percent in (False, True)
        }
        self._cells = {is_total: style(**boxed, bold=is_total) for is_total in (False, True)}
        self._numbers = {
            (is_total, is_area): style(
                **boxed, bold=is_total, num_format="0.00" if is_area else "0"
            )
            for is_total in (False, True)
            for is_area in (False, True)
        }

    def cell(self, is_total: bool) -> xlsxwriter.format.Format:
        """Return the format of a text cell of the printed table."""
        return self._cells[is_total]

    def number(self, is_total: bool, *, is_area: bool) -> xlsxwriter.format.Format:
        """Return the format of a figure of the printed table: areas 0.00, counts 0."""
        return self._numbers[is_total, is_area]

    def table_text(self, *, is_total: bool, is_quoted: bool) -> xlsxwriter.format.Format:
        """Return the format of a text in a table; a quoted one looks like a formula."""
        return self._texts[is_total, is_quoted]

    def table_figure(
        self, decimals: int, *, is_total: bool, is_percent: bool
    ) -> xlsxwriter.format.Format:
        """Return the format of a figure with at most two decimals."""
        return self._figures[min(decimals, 2), is_total, is_percent]


def set_up_page(
    sheet: xlsxwriter.worksheet.Worksheet,
    marks: tuple[str, ...],
    repeat_rows: tuple[int, int] | None = None,
    *,
    is_one_page: bool = False,
) -> None:
    """A4 landscape, one page wide, headers on every page; ``is_one_page`` also one page long.

    ``marks`` are in the page header of every sheet, the page number in the footer.
    """
    sheet.set_paper(A4)
    sheet.set_landscape()
    sheet.fit_to_pages(1, 1 if is_one_page else 0)
    sheet.set_margins(left=0.7, right=0.7, top=0.8, bottom=0.8)
    sheet.center_horizontally()
    sheet.set_header(f"&R{''.join(marks)}")
    sheet.set_footer("&C— &P —")
    if repeat_rows:
        sheet.repeat_rows(*repeat_rows)
