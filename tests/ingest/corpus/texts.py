"""Csv files that would shift, lose or swallow rows, and other things under a table's name."""

from __future__ import annotations

from pathlib import Path

from ingest.builders import FLAT_HEADER, GUSU
from ingest.corpus.case import Case, Make, refused

HEADER = ",".join(FLAT_HEADER)
ROW = ",".join(str(value) for value in GUSU)
_OLE2 = bytes.fromhex("d0cf11e0a1b11ae1") + b"\0" * 20_000


def _bytes(content: bytes) -> Make:
    def make(path: Path) -> None:
        path.write_bytes(content)

    return make


def _text(*lines: str, encoding: str = "utf-8", end: str = "\n") -> Make:
    return _bytes("".join(line + end for line in lines).encode(encoding))


CASES: dict[str, Case] = {
    "nothing at all": refused(_bytes(b""), "empty_file", "空"),
    "a byte order mark and a line end": refused(_bytes(b"\xef\xbb\xbf\r\n"), "empty_file", "空"),
    "UTF-16": refused(_text(HEADER, ROW, encoding="utf-16"), "bad_encoding", "UTF-16"),
    "Big5 cut in a character": refused(
        _bytes(f"{HEADER}\n{ROW}\n".encode("big5", "replace") + b"\xff\xfe\x80"),
        "bad_encoding",
        "既不是 UTF-8 也不是 GB18030",
    ),
    "Latin-1": refused(
        _text("d\u00e9partement,\u00e9tage", "x,y", encoding="latin-1"), "bad_encoding", "GB18030"
    ),
    "UTF-8 with a byte order mark": Case(
        _text(HEADER, ROW, encoding="utf-8-sig"), rows=({"row_number": 2},)
    ),
    "a rare character in GB18030": Case(
        _text(f"{HEADER},镇街", f"{ROW},𠮷庆街", encoding="gb18030"), rows=({"town": "𠮷庆街"},)
    ),
    "a field more in a row": refused(_text(HEADER, f"{ROW},9"), "bad_csv", "8 列，表头有 7 列", 2),
    "a field more in every row": refused(
        _text(HEADER, *[f"{ROW},9"] * 500), "bad_csv", "8 列，表头有 7 列", 2
    ),
    "fewer fields in a row": refused(_text(HEADER, "姑苏区,1", ROW), "bad_csv", "2 列", 2),
    "an unbalanced quote": refused(
        _text(HEADER, ROW, f'"{ROW}', *[ROW] * 12_000), "bad_csv", "引号不成对", 3
    ),
    "an unbalanced quote near the end": refused(
        _text(HEADER, ROW, f'"{ROW}', ROW), "bad_csv", "引号不成对", 3
    ),
    "text behind a closing quote": refused(
        _text(HEADER, f'"姑苏区"x{ROW[3:]}'), "bad_csv", "引号不成对", 2
    ),
    "NUL bytes": refused(_bytes(f"{HEADER}\n{ROW}\n".encode() * 40 + b"\0"), "bad_csv", "NUL"),
    "a field of three megabytes": refused(
        _text(HEADER, "x" * (3 << 20)), "bad_csv", "超过 1 MB", 2
    ),
    "ten thousand fields": refused(_text(HEADER, ROW + "," * 10_000), "bad_csv", "多于 1000 列", 2),
    "rows cut in the middle": refused(
        _bytes(f"{HEADER}\n{ROW}\n姑苏区,496".encode()), "truncated", "中间断开", 3
    ),
    "a whole last row without a line end": Case(
        _bytes(f"{HEADER}\n{ROW}".encode()), rows=({"completed_count": "31"},)
    ),
    "the last footer cut": Case(
        _bytes(f"{HEADER}\n{ROW}\n填报人：张".encode()), rows=({"row_number": 2},)
    ),
    "all lines end in a carriage return": Case(
        _text(HEADER, ROW, ROW, end="\r"), rows=({"row_number": 2}, {"row_number": 3})
    ),
    "another table": refused(_text("甲,乙", "1,2"), "no_header", "没有找到"),
    "a PDF": refused(_bytes(b"%PDF-1.7\n%\xe2\xe3"), "not_a_workbook", "PDF"),
    "a photograph": refused(_bytes(b"\xff\xd8\xff\xe0" + b"\1" * 99), "not_a_workbook", "图片"),
    "a RAR archive": refused(_bytes(b"Rar!\x1a\x07\0" + b"\1" * 99), "not_a_workbook", "RAR"),
    "noise": refused(_bytes(bytes(range(256)) * 8), "not_a_workbook", "二进制"),
    "a web page": refused(
        _bytes(b"<html><table><tr><td>1</td></tr></table></html>"), "html_as_xls", "HTML"
    ),
    "a saved web page": refused(
        _bytes(b"MIME-Version: 1.0\r\nX: Excel\r\n\r\n<html><table>"), "html_as_xls", "HTML"
    ),
    "an XML spreadsheet of 2003": refused(
        _bytes(
            b'<?xml version="1.0"?><Workbook xmlns="urn:schemas-microsoft-com:office:spreadsheet"/>'
        ),
        "xml_spreadsheet",
        "2003",
    ),
    "an encrypted workbook": refused(
        _bytes(_OLE2 + "EncryptedPackage".encode("utf-16-le")), "encrypted", "密码"
    ),
    "a workbook of Excel 97": refused(_bytes(_OLE2 + b"Book"), "old_xls", "97"),
}
