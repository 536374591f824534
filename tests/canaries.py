"""Invented personal data to plant in deliveries, and the search for it in every file.

A canary's number says where it was planted: ``plant`` returns the text of the next one in one of
the spellings that people use. ``hits`` looks into every file of a folder, also inside Parquet,
SQLite, DuckDB, zip, pdf and compressed bytes, and names file, table, column and row of each.
"""

from __future__ import annotations

import io
import json
import re
import shutil
import sqlite3
import subprocess
import zipfile
import zlib
from collections.abc import Iterable, Iterator
from contextlib import closing
from dataclasses import dataclass
from pathlib import Path

import duckdb
import pyarrow.compute as pc
import pyarrow.parquet as pq

from orchestration.ingest.reader.personal import has_check_digit, is_card

_FULL_WIDTH = str.maketrans("0123456789@.", "０１２３４５６７８９＠．")
_HAN = str.maketrans("0123456789", "零一二三四五六七八九")
#: What is the same in every canary of a spelling, and then its number, spelt the same way.
_CORES = (
    "1397391", "139 7391 ", "139-7391-", "139.7391.", "1 3 9 7 3 9 1 ", "１３９７３９１",
    "一三九七三九一", "32052319310713", "320523 19310713 ", "３２０５２３１９３１０７１３",
    "320523310713", "canary", "ｃａｎａｒｙ", "622588739100", "6225 8873 9100 ", "E7391",
    "0512-6739", "甄丝雀",
)  # fmt: skip
_FOUND = re.compile(
    "|".join(rf"{re.escape(core)}(?:[ ]?[0-9０-９零一二三四五六七八九X]){{3,5}}" for core in _CORES)
    + "|甄丝雀"
)
_CORE_BYTES = tuple(core.encode() for core in _CORES)
#: Where JSON writes what is not ASCII as escapes; what begins with a fixed text is found quickly.
_ESCAPED = re.compile(r"\\u[0-9a-f]{4}(?:\\u[0-9a-f]{4})*")


@dataclass(frozen=True)
class Hit:
    """A leaked canary: its text, its file and its place in the file."""

    file: str
    place: str
    text: str

    def __str__(self) -> str:
        return f"{self.file}: {self.place}: {self.text}"


class Canaries:
    """Gives out canaries and remembers where each was planted."""

    def __init__(self) -> None:
        self.planted: dict[str, str] = {}

    def plant(self, place: str) -> str:
        """Return the next canary; the spellings take turns."""
        number = len(self.planted)
        spellings = list(_spellings(number))
        text = spellings[number % len(spellings)]
        self.planted[text] = place
        return text

    def every(self, place: str) -> list[str]:
        """Return one canary in each of the spellings."""
        return [self.plant(place) for _ in _spellings(0)]


def _spellings(number: int) -> Iterator[str]:
    serial = f"{number:04d}"
    phone = f"1397391{serial}"
    identity = f"32052319310713{serial[1:]}"
    identity += next(c for c in "0123456789X" if has_check_digit(identity + c))
    card = f"622588739100{serial}"
    card = next(card[:-1] + c + d for c in card[-1] for d in "0123456789" if is_card(card + d))
    yield from (
        phone,
        f"{phone[:3]} {phone[3:7]} {phone[7:]}",
        f"{phone[:3]}-{phone[3:7]}-{phone[7:]}",
        f"{phone[:3]}.{phone[3:7]}.{phone[7:]}",
        " ".join(phone),
        phone.translate(_FULL_WIDTH),
        phone.translate(_HAN),
        identity,
        f"{identity[:6]} {identity[6:14]} {identity[14:]}",
        identity.translate(_FULL_WIDTH),
        f"320523310713{serial[1:]}",
        f"canary{serial}@example.cn",
        f"ｃａｎａｒｙ{serial}@example.cn".translate(_FULL_WIDTH),
        card,
        f"{card[:4]} {card[4:8]} {card[8:12]} {card[12:]}",
        f"E7391{serial}",
        f"0512-6739{serial}",
    )


def hits(folder: Path, passing: Iterable[str] = ()) -> list[Hit]:
    """Return every canary below ``folder``; files below the ``passing`` folders are left out."""
    left_out = tuple(f"{name}/" for name in passing)
    return [
        Hit(name, place, found)
        for path in sorted(folder.rglob("*"))
        if path.is_file()
        and not path.is_symlink()
        and not (name := path.relative_to(folder).as_posix()).startswith(left_out)
        for place, text in (("its name", name), *texts_of(path))
        for found in hits_in(text)
    ]


def hits_in(content: str | bytes) -> list[str]:
    """Return the canaries in a text, or in the bytes of one."""
    if isinstance(content, bytes):
        # to look for each word in bytes is far quicker than to decode them
        if b"\\u" not in content and not any(core in content for core in _CORE_BYTES):
            return []
        content = content.decode(errors="replace")
    if "\\u" in content:
        content = _ESCAPED.sub(lambda found: json.loads(f'"{found[0]}"', strict=False), content)
    if not any(core in content for core in _CORES):
        return []
    return [found[0] for found in _FOUND.finditer(content)]


def texts_of(path: Path) -> Iterator[tuple[str, str | bytes]]:
    """Yield the texts of a file with their places; tables are read cell by cell."""
    content = path.read_bytes()
    yield from _of_bytes("bytes", content)
    if content.startswith(b"SQLite format 3"):
        yield from _of_sqlite(path)
    elif content[8:12] == b"DUCK":
        yield from _of_duckdb(path)
    elif content.startswith(b"PAR1"):
        table = pq.read_table(path)
        for name in table.column_names:
            yield f"column {name}", "\n".join(map(str, table[name].to_pylist()))
    elif content.startswith(b"%PDF") and shutil.which("pdftotext"):
        done = subprocess.run(["pdftotext", path, "-"], capture_output=True, check=True)
        yield "pages", done.stdout.decode()


def _of_bytes(place: str, content: bytes) -> Iterator[tuple[str, bytes]]:
    yield place, content
    if content.startswith(b"PK\x03\x04"):
        with zipfile.ZipFile(io.BytesIO(content)) as package:
            for member in package.namelist():
                yield from _of_bytes(f"{place} > {member}", package.read(member))
    elif content[:1] == b"\x78":
        try:
            yield f"{place} > zlib", zlib.decompress(content)
        except zlib.error:
            return


def _of_sqlite(path: Path) -> Iterator[tuple[str, str | bytes]]:
    with closing(sqlite3.connect(f"file:{path}?mode=ro", uri=True)) as connection:
        connection.text_factory = lambda content: content.decode(errors="replace")
        tables = connection.execute("select name from sqlite_master where type = 'table'")
        for (table,) in tables.fetchall():
            cursor = connection.execute(f'select * from "{table}"')
            names = [column[0] for column in cursor.description]
            for number, row in enumerate(cursor, start=1):
                for name, value in zip(names, row, strict=True):
                    place = f"table {table}, column {name}, row {number}"
                    if isinstance(value, bytes):
                        yield from _of_bytes(place, value)
                    elif value is not None:
                        yield place, str(value)


def _of_duckdb(path: Path) -> Iterator[tuple[str, str]]:
    """Yield each column of each table and view, its distinct texts in one."""
    # read as a whole: every query on a view computes it again
    with duckdb.connect(str(path), read_only=True) as connection:
        tables = connection.execute(
            "select distinct table_schema, table_name from information_schema.columns"
        ).fetchall()
        for schema, table in tables:
            cells = connection.sql(f'select columns(*)::varchar from "{schema}"."{table}"')
            for name, column in zip(cells.columns, cells.to_arrow_table().columns, strict=True):
                yield (
                    f"{schema}.{table}, column {name}",
                    "\n".join(map(str, pc.unique(column).to_pylist())),
                )
