"""The value of one cell as text, and the columns that such texts make, without calamine.

Numbers are spelt with the 15 digits that Excel keeps, dates ``2022-10-31 00:00:00``, as in
``workbook``, so that nothing after it can tell which way a sheet was read. The XML is
``sheet_cells``' business, what a type accepts ``cells``'.
"""

from __future__ import annotations

import math
import re
from datetime import datetime
from decimal import Decimal

import numpy as np
import pyarrow as pa

from orchestration.ingest.reading import refuse

#: Digits of a number that Excel keeps.
EXCEL_DIGITS = 15
#: What Excel, whose sheets are ASCII there, takes for a number.
NUMBER = re.compile(r"[+-]?(?:[0-9]+(?:\.[0-9]*)?|\.[0-9]+)(?:[eE][+-]?[0-9]{1,5})?")
_PLAIN_WHOLE = re.compile(r"0|-?[1-9][0-9]{0,14}")
#: How many texts are Python objects at one time.
_BATCH = 200_000


def spelt(raw: str) -> str | None:
    """Return a stored number as plain decimal text, None for what is no number.

    >>> spelt("97656128.379999995"), spelt("1E-7"), spelt("abc")
    ('97656128.38', '0.0000001', None)
    """
    if _PLAIN_WHOLE.fullmatch(raw):
        return raw
    if not NUMBER.fullmatch(raw):
        return None
    value = float(raw)
    if not math.isfinite(value):
        return None
    if value.is_integer():
        return "-0" if str(value) == "-0.0" else str(int(value))
    text = f"{Decimal(repr(value)).normalize():f}"
    return fifteen_digits(value) if len(text) > EXCEL_DIGITS + 1 else text


def fifteen_digits(value: float) -> str:
    """Return a number as plain text with the digits that Excel keeps."""
    return f"{Decimal(f'{value:.{EXCEL_DIGITS}g}').normalize():f}"


def spelt_moment(moment: datetime) -> str:
    """Return a date cell's text, with milliseconds where there are any."""
    text = moment.isoformat(sep=" ", timespec="seconds")
    return f"{text}.{moment.microsecond // 1000:03d}" if moment.microsecond else text


class Content:
    """The texts of a sheet at their places; ``unread_count`` cells held something unreadable."""

    def __init__(self) -> None:
        self.row_count = 0
        self.unread_count = 0
        self._first, self._last = 1 << 20, -1
        self._rows: dict[int, list[int]] = {}
        self._texts: dict[int, list[str]] = {}
        self._done: dict[int, list[tuple[np.ndarray, pa.StringArray]]] = {}
        self._waiting = 0

    def add(self, row: int, column: int, text: str | None) -> None:
        """Put a text at its 1-based row and 0-based column; None only takes up the place."""
        self.row_count = max(self.row_count, row)
        if not self._first <= column <= self._last:
            self._first, self._last = min(self._first, column), max(self._last, column)
        if text is None:
            return
        if column not in self._rows:
            self._rows[column], self._texts[column] = [], []
        self._rows[column].append(row)
        self._texts[column].append(text)
        self._waiting += 1
        if self._waiting >= _BATCH:
            self._put_away()

    def columns(self) -> dict[int, pa.StringArray]:
        """Return the columns from the first to the last that holds something, of equal length.

        Raises Refusal (not_a_workbook) if a cell was given twice.
        """
        self._put_away()
        return {column: self._column(column) for column in range(self._first, self._last + 1)}

    def _put_away(self) -> None:
        for column, rows in self._rows.items():
            texts = pa.array(self._texts[column], pa.string())
            self._done.setdefault(column, []).append((np.array(rows, np.int32), texts))
        self._rows, self._texts, self._waiting = {}, {}, 0

    def _column(self, column: int) -> pa.StringArray:
        parts = self._done.pop(column, [])
        if not parts:
            return pa.nulls(self.row_count, pa.string())
        rows = np.concatenate([rows for rows, _ in parts]) - 1
        places = np.full(self.row_count, -1, np.int32)
        places[rows] = np.arange(len(rows), dtype=np.int32)
        if np.count_nonzero(places >= 0) != len(rows):
            raise refuse(
                "not_a_workbook",
                "工作表中有坐标相同的两个单元格，无法确定以哪一个为准",
                "请用 Excel 打开（会提示修复），核对内容后另存为新的 .xlsx 再报送",
            )
        texts = pa.concat_arrays([texts for _, texts in parts])
        return texts.take(pa.array(places, mask=places < 0))
