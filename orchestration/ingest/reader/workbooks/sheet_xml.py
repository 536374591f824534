"""The facts of one large worksheet, by a streaming scan of its XML before the reader opens it.

Whole rows are cut from the stream; nearly all rows of a ledger are plain (``plain_rows``) and
only counted, a tenth of the cost of an XML parser. What is left goes to ``sheet_cells``, which
also says whether there is anything that the fast reader (calamine) might not read as it is
meant. Cell values are not kept here.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import IO

from orchestration.ingest.reader.sheet import LAST_COLUMN, LAST_ROW, SheetFacts, column_position
from orchestration.ingest.reader.workbooks.cell_taking import SHOWN_END
from orchestration.ingest.reader.workbooks.plain_rows import without_plain_rows
from orchestration.ingest.reader.workbooks.shared_strings import SharedStrings
from orchestration.ingest.reader.workbooks.sheet_cells import OUTSIDE, SheetParser, unsafe_sheet
from orchestration.ingest.reader.workbooks.styles import Style

#: Small enough that the memory of one block serves the next (see ``reader_pool``).
_CHUNK_BYTES = 128 << 10
_MAX_ROW_BYTES = 32 << 20
_TAIL_BYTES = 256 << 10
_ROOT = re.compile(rb"<((?:\w+:)?)worksheet\b[^>]*>")


def scan_sheet(
    stream: IO[bytes],
    name: str,
    styles: list[Style] | None = None,
    strings: SharedStrings | None = None,
    is_epoch_1904: bool = False,
) -> SheetFacts:
    """Read a worksheet part and return its facts, with an ``oddity`` if it is not plain.

    Raises UNPARSABLE for what is no XML; Refusal (unsafe_workbook) for a document type, a row
    too long to hold, more merges or hidden columns than a sheet can have, or a far cell that
    would make the reader allocate the whole sheet.
    """
    styles, strings = styles or [], strings or SharedStrings()
    parser = SheetParser(name, styles, strings, is_epoch_1904, keep_values=False)
    head = stream.read(_CHUNK_BYTES)
    root = _ROOT.search(head)
    prefix = root[1] if root else b""
    odd = _odd_cells(prefix, styles, strings)
    numbers = _Numbers(prefix, styles)
    reference = re.compile(rb"<" + re.escape(prefix) + rb"v\b[^>]*>[^<&]*&")
    tail = b""
    for block in _whole_rows(head, stream, b"</" + prefix + b"row>", name):
        facts = parser.facts
        is_odd = odd is not None and odd.search(block)
        rest = block if is_odd else without_plain_rows(block, prefix, facts)
        parser.parser.Parse(rest, False)
        numbers.note(block, facts)
        if reference.search(rest):
            facts.oddity = "reference in a value"
        if facts.last_row > LAST_ROW or facts.last_column > LAST_COLUMN:
            raise unsafe_sheet(name, OUTSIDE)
        tail = (tail + block)[-_TAIL_BYTES:] if len(block) < _TAIL_BYTES else block[-_TAIL_BYTES:]
    parser.parser.Parse(b"", True)
    facts = parser.finish()
    if facts.serial_columns & facts.number_columns:
        facts.oddity = "dates among numbers"
    if root and not facts.oddity:
        last = SheetParser(name, styles, strings, is_epoch_1904, keep_values=False)
        last.parser.Parse(_last_rows(tail, root), True)
        first = facts.last_row - SHOWN_END
        shown = last.finish().dates_shown.items()
        facts.dates_shown |= {cell: text for cell, text in shown if cell[0] > first}
    return facts


class _Numbers:
    """Notes in which columns numbers stand, and dates that calamine takes for numbers.

    Looks only where a workbook has a format of such dates: it takes a second for a large ledger.
    """

    def __init__(self, prefix: bytes, styles: list[Style]) -> None:
        p = re.escape(prefix.decode())
        self._serial = {str(n).encode() for n, style in enumerate(styles) if style.is_serial}
        self._dates = {str(n).encode() for n, style in enumerate(styles) if style.format.is_date}
        self._cell = re.compile(
            rf'<{p}c r="([A-Z]{{1,3}})[0-9]+"(?: s="([0-9]+)")?(?: t="n")?>'
            rf"(?:<{p}f[^<]*(?:</{p}f>|/>))?<{p}v>".encode()
        )

    def note(self, block: bytes, facts: SheetFacts) -> None:
        """Note the columns of a block's numbers, written as plain rows have them."""
        if not self._serial:
            return
        for letters, style in set(self._cell.findall(block)):
            column = column_position(letters.decode())
            if style in self._serial:
                facts.serial_columns.add(column)
            elif style not in self._dates:
                facts.number_columns.add(column)


def _odd_cells(
    prefix: bytes, styles: list[Style], strings: SharedStrings
) -> re.Pattern[bytes] | None:
    """Return a pattern of the cells that show another thing than they hold, None if none can."""
    numbers = "|".join(str(n) for n, style in enumerate(styles) if not style.shows_stored)
    texts = "|".join(map(str, strings.marked))
    p = re.escape(prefix.decode())
    found = [rf'\ss\s*=\s*["\'](?:{numbers})["\']'] if numbers else []
    found += [rf"<{p}v>(?:{texts})</"] if texts else []
    return re.compile("|".join(found).encode()) if found else None


def _last_rows(tail: bytes, root: re.Match[bytes]) -> bytes:
    """Return the last rows of a sheet as a sheet of their own."""
    p = root[1]
    end = tail.rfind(b"</" + p + b"row>")
    starts = [match.start() for match in re.finditer(b"<" + p + rb"row[\s>]", tail[: max(end, 0)])]
    rows = tail[starts[-SHOWN_END:][0] : end] + b"</" + p + b"row>" if starts else b""
    data = b"<" + p + b"sheetData>" + rows + b"</" + p + b"sheetData>"
    return root[0].rstrip(b"/>") + b">" + data + b"</" + p + b"worksheet>"


def _whole_rows(head: bytes, stream: IO[bytes], row_end: bytes, name: str) -> Iterator[bytes]:
    """Cut the stream behind row ends, so that no cell is ever seen in two halves."""
    rest = head
    while chunk := stream.read(_CHUNK_BYTES):
        if (end := rest.rfind(row_end)) >= 0:
            end += len(row_end)
            yield rest[:end]
            rest = rest[end:]
        rest += chunk
        if len(rest) > _MAX_ROW_BYTES:
            raise unsafe_sheet(name, "有一行（或表头之外的一段）超过 32 MB")
    yield rest
