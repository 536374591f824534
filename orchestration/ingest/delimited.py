"""A csv as text columns: bytes, encoding, delimiter, records.

Strict throughout: a byte, quote or record that does not fit refuses the file, since a shifted
column is worse than none. Titles and footers may be shorter than the table, so the length of
records is judged only once it is known which of them are data.
"""

from __future__ import annotations

import csv
import io
from dataclasses import dataclass
from itertools import zip_longest
from pathlib import Path

import pyarrow as pa
import pyarrow.compute as pc

from orchestration.ingest.reading import Refusal, refuse
from orchestration.ingest.sheet import Sheet

_DELIMITERS = (",", "\t", ";")
_SEARCHED_LINES = 40
_RESAVE = "请在 Excel 或 WPS 中另存为“CSV UTF-8(逗号分隔)(*.csv)”后重新报送"


@dataclass(frozen=True)
class Delimited:
    """The one sheet of a csv, and its encoding."""

    sheet: Sheet
    encoding: str


def read_delimited(path: Path) -> Delimited:
    """Read a csv: UTF-8 with or without BOM, else GB18030; comma, tab or semicolon.

    Raises Refusal: bad_encoding for UTF-16 and anything undecodable, bad_csv for NUL bytes and
    unbalanced quotes.
    """
    text, encoding = _decode(path.read_bytes())
    if "\x00" in text:
        line = text.count("\n", 0, text.index("\x00")) + 1
        raise _bad_csv(f"第 {line} 行附近有空字符 (NUL)，文件可能已损坏", None)
    records = _records(text, _delimiter(text))
    columns = {
        position: _column(list(values))
        for position, values in enumerate(zip_longest(*records, fillvalue=""))
    }
    sheet = Sheet(
        name="",
        row_count=len(records),
        columns=columns,
        field_counts=[len(record) for record in records],
        is_cut_short=not text.endswith(("\n", "\r")),
    )
    return Delimited(sheet, encoding)


def refuse_ragged(sheet: Sheet, header_row: int, data_rows: pa.Int32Array) -> None:
    """Raise Refusal if a data row has fewer fields than the header, or more that are filled.

    Of the kind truncated if it is the last row of a file that is cut short, else bad_csv. A
    sheet of a workbook is never ragged.
    """
    counts = sheet.field_counts
    if counts is None:
        return
    expected = counts[header_row - 1]
    for row in data_rows.to_pylist():
        count = counts[row - 1]
        if count == expected or (count > expected and max(sheet.row(row)) < expected):
            continue
        if count < expected and row == len(counts) and sheet.is_cut_short:
            raise refuse(
                "truncated",
                f"文件在第 {row} 行中间断开，只有 {count} 列（应有 {expected} 列）",
                "请重新导出并完整传输后报送",
                row=row,
            )
        raise _bad_csv(f"第 {row} 行有 {count} 列，表头有 {expected} 列，各列无法对应", row)


def _decode(content: bytes) -> tuple[str, str]:
    if content.startswith((b"\xff\xfe", b"\xfe\xff")):
        raise refuse("bad_encoding", "csv 是 UTF-16（“Unicode 文本”）编码，本平台不读取", _RESAVE)
    encoding = "utf-8-sig" if content.startswith(b"\xef\xbb\xbf") else "utf-8"
    for candidate in (encoding, "gb18030"):
        try:
            return content.decode(candidate), candidate
        except UnicodeDecodeError:
            continue
    raise refuse("bad_encoding", "csv 既不是 UTF-8 也不是 GB18030 编码", _RESAVE)


def _delimiter(text: str) -> str:
    lines = text.split("\n", _SEARCHED_LINES)[:_SEARCHED_LINES]
    return max(_DELIMITERS, key=lambda mark: max(line.count(mark) for line in lines))


def _records(text: str, delimiter: str) -> list[list[str]]:
    reader = csv.reader(io.StringIO(text, newline=""), delimiter=delimiter, strict=True)
    records: list[list[str]] = []
    try:
        records.extend(reader)
    except csv.Error as error:
        row = len(records) + 1
        raise _bad_csv(f"第 {row} 行无法解析，多半是引号不成对", row) from error
    return records


def _column(values: list[str]) -> pa.StringArray:
    column = pa.array(values, pa.string())
    return pc.if_else(pc.equal(column, ""), pa.scalar(None, pa.string()), column)


def _bad_csv(message: str, row: int | None) -> Refusal:
    return refuse("bad_csv", message, f"请检查该处的引号和分隔符。{_RESAVE}", row=row)
