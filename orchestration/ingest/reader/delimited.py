"""A csv as text columns: bytes, encoding, delimiter, records.

Strict throughout: a byte, quote or record that does not fit refuses the file, since a shifted
column is worse than none. Titles and footers may be shorter than the table, so the length of
records is judged only once it is known which of them are data.

The file is never held as a whole: it is looked at by blocks, then Arrow's parser makes the
columns. Arrow forgives quotes that do not fit, so a file with any quote is first parsed by
Python's strict parser; without quotes nothing can be misread.
"""

from __future__ import annotations

import csv
import io
from collections import Counter
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass
from itertools import islice
from pathlib import Path

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc
from pyarrow import csv as arrow_csv

from orchestration.ingest.reader.encodings import RESAVE, csv_encoding, is_chinese_lost
from orchestration.ingest.reader.sheet import Sheet, at_rows, shows_something
from orchestration.ingest.reading import Refusal, refuse

_DELIMITERS = (",", "\t", ";", "|")
_SEARCHED_LINES = 40
#: Every block of this size must hold the end of a line.
_BLOCK_BYTES = 1 << 20
#: What Arrow parses at once; a quoted record must fit into it.
_PARSED_BYTES = 4 << 20
_MAX_FIELDS = 1_000
_MAX_ODD_ROWS = 10_000


@dataclass(frozen=True)
class Delimited:
    """The one sheet of a csv, its encoding, and whether its Chinese was lost at saving."""

    sheet: Sheet
    encoding: str
    is_chinese_lost: bool = False


@dataclass(frozen=True)
class _Dialect:
    """How the text of a csv is to be parsed; ``width`` is the usual number of fields."""

    encoding: str
    delimiter: str
    has_quotes: bool
    width: int


@dataclass(frozen=True)
class _OddRow:
    """A record whose number of fields is not the usual one."""

    number: int
    fields: list[str]


def read_delimited(path: Path, tell_rows: Callable[[int], None] = lambda _: None) -> Delimited:
    """Read a csv: UTF-8 with or without BOM, else GB18030; comma, tab, semicolon or stroke.

    How many lines it has is told before they are parsed, which may be too much.
    Raises Refusal: bad_encoding for UTF-16 and anything undecodable, bad_csv for NUL bytes,
    lines without end and unbalanced quotes.
    """
    has_quotes, is_cut_short, line_count = _look_at_bytes(path)
    tell_rows(line_count)
    dialect, is_lost = _dialect(path, csv_encoding(path), has_quotes)
    if has_quotes:
        with path.open(encoding=dialect.encoding, newline="") as lines:
            for _ in _records(lines, dialect.delimiter):
                pass
    columns, odd = _parse(path, dialect)
    counts = np.full(len(columns[0]), dialect.width, np.int32)
    for row in odd:
        counts[row.number - 1] = len(row.fields)
    sheet = Sheet(
        name="",
        row_count=len(counts),
        columns=columns,
        field_counts=pa.array(counts),
        is_cut_short=is_cut_short,
    )
    return Delimited(sheet, dialect.encoding, is_lost)


def refuse_ragged(sheet: Sheet, header_row: int, data_rows: pa.Int32Array) -> None:
    """Raise Refusal if a data row has fewer fields than the header, or more that are filled.

    Of the kind truncated if it is the last row of a file that is cut short, else bad_csv. A
    sheet of a workbook is never ragged.
    """
    if sheet.field_counts is None:
        return
    expected = sheet.field_counts[header_row - 1].as_py()
    is_ragged = pc.less(at_rows(sheet.field_counts, data_rows), expected)
    for position in range(expected, len(sheet.columns)):
        extra = shows_something(at_rows(sheet.columns[position], data_rows))
        is_ragged = pc.or_(is_ragged, extra)
    ragged = data_rows.filter(is_ragged)
    if len(ragged) == 0:
        return
    row = ragged[0].as_py()
    count = sheet.field_counts[row - 1].as_py()
    if count < expected and row == sheet.row_count and sheet.is_cut_short:
        raise refuse(
            "truncated",
            f"文件在第 {row} 行中间断开，只有 {count} 列（应有 {expected} 列）",
            "请重新导出并完整传输后报送",
            row=row,
        )
    raise _bad_csv(f"第 {row} 行有 {count} 列，表头有 {expected} 列，各列无法对应", row)


def _look_at_bytes(path: Path) -> tuple[bool, bool, int]:
    """Return whether there is any quote, whether the last line has no end, and how many have."""
    has_quotes, lines, last = False, 0, b""
    with path.open("rb") as handle:
        if handle.read(2) in (b"\xff\xfe", b"\xfe\xff"):
            message = "csv 是 UTF-16（“Unicode 文本”）编码，本平台不读取"
            raise refuse("bad_encoding", message, RESAVE)
        handle.seek(0)
        while block := handle.read(_BLOCK_BYTES):
            nul = block.find(b"\x00")
            if nul >= 0:
                line = lines + block.count(b"\n", 0, nul) + 1
                raise _bad_csv(f"第 {line} 行附近有空字符 (NUL)，文件可能已损坏", None)
            if len(block) == _BLOCK_BYTES and not (b"\n" in block or b"\r" in block):
                raise _bad_csv(f"第 {lines + 1} 行超过 1 MB，没有换行", lines + 1)
            has_quotes = has_quotes or b'"' in block
            lines += block.count(b"\n")
            last = block[-1:]
    return has_quotes, last not in (b"\n", b"\r"), lines


def _dialect(path: Path, encoding: str, has_quotes: bool) -> tuple[_Dialect, bool]:
    """Return how to parse the text, and whether its top lines have lost their Chinese."""
    with path.open(encoding=encoding, newline="") as text:
        lines = list(islice(text, _SEARCHED_LINES))
    delimiter = max(_DELIMITERS, key=lambda mark: max(line.count(mark) for line in lines))
    # the last of these lines may end within quotes: not yet an error
    counts = Counter(len(fields) for fields in _records(lines, delimiter, strict=False))
    width = max(counts, key=lambda count: (counts[count], count))
    dialect = _Dialect(encoding, delimiter, has_quotes, max(width, 1))
    return dialect, is_chinese_lost("".join(lines))


def _records(
    lines: Iterable[str], delimiter: str, *, first_row: int = 1, strict: bool = True
) -> Iterator[list[str]]:
    """Yield the fields of each record; raise Refusal (bad_csv) naming the row that has none."""
    reader = csv.reader(lines, delimiter=delimiter, strict=strict)
    row = first_row
    try:
        for fields in reader:
            if len(fields) > _MAX_FIELDS:
                raise _bad_csv(f"第 {row} 行有 {len(fields)} 列，多于 {_MAX_FIELDS} 列", row)
            yield fields
            row += 1
    except csv.Error as error:
        raise _bad_csv(f"第 {row} 行无法解析，多半是引号不成对", row) from error


def _parse(path: Path, dialect: _Dialect) -> tuple[dict[int, pa.StringArray], list[_OddRow]]:
    """Return all columns, and the records whose number of fields is not the usual one."""
    found: list[tuple[int, str]] = []

    def set_aside(row: arrow_csv.InvalidRow) -> str:
        found.append((row.number, row.text))
        return "error" if len(found) > _MAX_ODD_ROWS else "skip"

    names = [str(position) for position in range(dialect.width)]
    try:
        table = arrow_csv.read_csv(
            path,
            arrow_csv.ReadOptions(
                column_names=names,
                block_size=_PARSED_BYTES,
                # rows are numbered only when they are parsed one block after the other
                use_threads=False,
                encoding="gb18030" if dialect.encoding == "gb18030" else "utf8",
            ),
            arrow_csv.ParseOptions(
                delimiter=dialect.delimiter,
                quote_char='"' if dialect.has_quotes else False,
                newlines_in_values=dialect.has_quotes,
                ignore_empty_lines=False,
                invalid_row_handler=set_aside,
            ),
            arrow_csv.ConvertOptions(
                column_types=dict.fromkeys(names, pa.string()),
                strings_can_be_null=True,
                null_values=[""],
            ),
        )
    except pa.ArrowInvalid as error:
        row = found[-1][0] if len(found) > _MAX_ODD_ROWS else None
        reason = (
            f"读到第 {row} 行，列数不一的行已多于" if row else "有一行超过 4 MB，或列数不一的行多于"
        )
        raise _bad_csv(f"{reason} {_MAX_ODD_ROWS} 行", row) from error
    odd = [_odd_row(number, text, dialect) for number, text in found]
    chunks = {position: table.column(position) for position in range(dialect.width)}
    row_count = table.num_rows
    del table
    return _columns(chunks, row_count, odd), odd


def _odd_row(number: int, text: str, dialect: _Dialect) -> _OddRow:
    records = _records(io.StringIO(text, newline=""), dialect.delimiter, first_row=number)
    return _OddRow(number, next(records, []))


def _columns(
    chunks: dict[int, pa.ChunkedArray], row_count: int, odd: list[_OddRow]
) -> dict[int, pa.StringArray]:
    """Return every column with the fields of the odd rows at their places.

    Takes each column's ``chunks`` away: a register of the city is too large to hold twice.
    """
    nothing = pa.chunked_array([pa.nulls(row_count, pa.string())])
    width = max([len(chunks), *(len(row.fields) for row in odd)])
    return {
        position: pa.concat_arrays(_pieces(chunks.pop(position, nothing), position, odd))
        for position in range(width)
    }


def _pieces(values: pa.ChunkedArray, position: int, odd: list[_OddRow]) -> list[pa.StringArray]:
    # begins with a piece of no row, since there must be one
    pieces: list[pa.StringArray] = [pa.array([], pa.string())]
    done = 0
    for before, row in enumerate(odd):
        end = row.number - 1 - before
        text = row.fields[position] if position < len(row.fields) else ""
        pieces += values.slice(done, end - done).chunks
        pieces.append(pa.array([text or None], pa.string()))
        done = end
    pieces += values.slice(done).chunks
    return pieces


def _bad_csv(message: str, row: int | None) -> Refusal:
    return refuse("bad_csv", message, f"请检查该处的引号和分隔符。{RESAVE}", row=row)
