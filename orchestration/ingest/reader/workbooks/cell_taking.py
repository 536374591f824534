"""What a cell's elements come to: its text, the facts about it, and what its form hides.

Lives here: the types of cells and what a style makes of their values. Where a cell stands is
``sheet_cells``' business, how a value is spelt ``cell_values``'.
"""

from __future__ import annotations

import re
from collections import deque

from orchestration.ingest.reader.sheet import Cell, Mark, SheetFacts
from orchestration.ingest.reader.workbooks.cell_values import NUMBER, Content, spelt, spelt_moment
from orchestration.ingest.reader.workbooks.number_formats import moment, shown_date
from orchestration.ingest.reader.workbooks.shared_strings import SharedStrings, unescaped
from orchestration.ingest.reader.workbooks.styles import DEFAULT, Style, mark_of

_MAX_LISTED = 10_000
MAX_MARKS = 100_000
#: Rows at the top and at the end that may be titles and footers; their dates are kept as shown.
SHOWN_TOP, SHOWN_END = 40, 60
_SHOWN_CELLS = 4_000
_LONG_NUMBER = re.compile(r"(?:[0-9]{16,}|[0-9.]+[eE]\+?1[5-9])(?:\.0*)?")
_KINDS = frozenset({"n", "s", "str", "b", "e", "inlineStr"})
_BOOLEANS = {"1": "true", "0": "false"}


class CellTaker:
    """Takes the cells of a sheet one after the other and keeps what they come to in ``facts``.

    ``content`` holds the texts, or is None if they are not asked for; ``styles`` and ``strings``
    are the workbook's.
    """

    def __init__(
        self,
        facts: SheetFacts,
        content: Content | None,
        styles: list[Style],
        strings: SharedStrings,
        is_epoch_1904: bool,
    ) -> None:
        self._facts, self._content = facts, content
        self._styles, self._strings = styles, strings
        self._is_epoch_1904 = is_epoch_1904
        self._late_dates: deque[tuple[Cell, str]] = deque(maxlen=_SHOWN_CELLS)
        self._place: Cell = (0, 0)

    def finish(self) -> None:
        """Give the facts the dates in the last rows, once it is known which those are."""
        first = self._facts.last_row - SHOWN_END
        self._facts.dates_shown.update(shown for shown in self._late_dates if shown[0][0] > first)

    def take(
        self, place: Cell, attributes: dict[str, str], raw: str | None, has_formula: bool
    ) -> None:
        """Take a cell with the text of its ``v``, None if it has none."""
        kind = attributes.get("t", "n")
        self._place = place
        if kind not in _KINDS:
            self._facts.oddity = "type"
        if kind == "e":
            _list(self._facts.error_cells, place)
            self._put(None)
        elif has_formula and kind != "str" and not (raw and raw.strip()):
            _list(self._facts.bare_formulas, place)
        elif raw is not None and (raw or kind == "str"):
            self._facts.value_count += bool(raw)
            self._take_value(kind, raw, self._style(attributes))

    def take_joined(
        self, place: Cell, attributes: dict[str, str], plain: str, marked: str | None
    ) -> None:
        """Take a cell with a text of its own, and how that reads if a form hides a part of it."""
        self._place = place
        self._facts.value_count += 1
        if attributes.get("t") != "inlineStr":
            self._facts.oddity = "type"
        if marked is not None:
            self._mark("form", marked, marked)
        self._take_text(plain, self._style(attributes))

    def take_unknown(self) -> None:
        """Count a value where no program looks for one."""
        self._facts.value_count += 1
        self._lose()

    def _style(self, attributes: dict[str, str]) -> Style:
        number = attributes.get("s", "0")
        position = int(number) if number.isdecimal() and len(number) < 8 else 0
        return self._styles[position] if position < len(self._styles) else DEFAULT

    def _take_value(self, kind: str, raw: str, style: Style) -> None:
        if kind in ("str", "inlineStr", "d"):
            if kind == "inlineStr" or "_x" in raw:
                self._facts.oddity = "text"
            self._take_text(unescaped(raw), style)
        elif kind == "s":
            self._take_shared(raw, style)
        elif kind == "b":
            self._put(_BOOLEANS.get(raw.strip(), raw.strip()))
        else:
            self._take_number(raw, style)

    def _take_text(self, text: str, style: Style) -> None:
        if style.form and text.strip():
            self._mark_all(text, style)
        self._put(text)

    def _take_shared(self, raw: str, style: Style) -> None:
        number = raw.strip()
        if number != raw:
            self._facts.oddity = "white space"
        if not (number.isascii() and number.isdecimal()) or len(number) > 9:
            self._lose()
            return
        marked = self._strings.marked.get(int(number))
        if marked is not None:
            self._mark("form", marked, marked)
        elif style.form:
            # the text itself is not at hand where a large workbook's are only counted
            self._mark("form", f"〔{style.form}〕", f"〔{style.form}〕")
        if self._content is None:
            return
        if int(number) < len(self._strings.texts):
            self._put(self._strings.texts[int(number)])
        else:
            self._lose()

    def _take_number(self, raw: str, style: Style) -> None:
        stripped = raw.strip()
        if _LONG_NUMBER.fullmatch(stripped):
            _list(self._facts.long_numbers, self._place)
        if stripped != raw or not NUMBER.fullmatch(raw):
            self._facts.oddity = "white space"
        text = spelt(stripped)
        if text is None:
            self._lose()
        elif style.format.is_date:
            self._take_date(float(stripped), style)
        else:
            self._facts.number_columns.add(self._place[1])
            mark = mark_of(text, style)
            if mark:
                self._mark(*mark)
            self._put(text)

    def _take_date(self, serial: float, style: Style) -> None:
        if style.is_serial:
            self._facts.serial_columns.add(self._place[1])
        when = moment(serial, self._is_epoch_1904)
        if when is None:
            self._lose()
            return
        shown, text = shown_date(when.date(), style.format), spelt_moment(when)
        if shown:
            if self._place[0] <= SHOWN_TOP:
                self._facts.dates_shown[self._place] = shown
            self._late_dates.append((self._place, shown))
        if style.form:
            self._mark_all(text, style)
        elif not style.format.has_day:
            text = shown or "时刻"
            self._mark("no_day", f"{text}〔没有日〕", text)
        self._put(text)

    def _mark_all(self, text: str, style: Style) -> None:
        marked = f"〔{style.form}：{text}〕"
        self._mark("form", marked, marked)

    def _mark(self, kind: str, text: str, shown: str) -> None:
        if len(self._facts.marks) <= MAX_MARKS:
            self._facts.marks.append(Mark(*self._place, kind, text, shown))

    def _put(self, text: str | None) -> None:
        if self._content is not None:
            self._content.add(*self._place, text)

    def _lose(self) -> None:
        """Count a value that cannot be read."""
        self._facts.oddity = "unread"
        if self._content is not None:
            self._content.add(*self._place, None)
            self._content.unread_count += 1


def _list(cells: list[Cell], place: Cell) -> None:
    if len(cells) < _MAX_LISTED:
        cells.append(place)
