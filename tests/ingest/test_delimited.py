from __future__ import annotations

import pytest
from ingest.builders import FLAT_HEADER, GUSU, TITLE

HEADER = ",".join(FLAT_HEADER)
ROW = ",".join(str(value) for value in GUSU)


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "gb18030"])
@pytest.mark.parametrize("delimiter", [",", "\t", ";"])
def test_encodings_and_delimiters(read, tmp_path, encoding, delimiter):
    path = tmp_path / "a.csv"
    lines = [TITLE, HEADER.replace(",", delimiter), ROW.replace(",", delimiter)]
    path.write_bytes("\r\n".join([*lines, ""]).encode(encoding))
    result = read(path)
    assert [row["surveyed_floor_area_10k_m2"] for row in result.rows] == ["7658.27"]
    assert (result.reading.file_format, result.reading.encoding) == ("csv", encoding)
    assert (result.reading.sheet, result.rows[0]["row_number"]) == ("", 3)
    assert result.reading.as_at == "2022-10-31"
    assert result.reading.columns["completed_count"] == "G"


def test_rare_character_of_gb18030(read, tmp_path):
    path = tmp_path / "a.csv"
    path.write_bytes(f"{HEADER},镇街\n{ROW},𠮷庆街\n".encode("gb18030"))
    result = read(path)
    assert result.rows[0]["town"] == "𠮷庆街"
    assert result.reading.encoding == "gb18030"


def test_quoted_line_break_and_line_separator_stay_in_their_cell(read, tmp_path):
    path = tmp_path / "a.csv"
    path.write_text(f'{HEADER},说明\n{ROW},"一\n二"\n{ROW},三\u2028四\n', encoding="utf-8")
    result = read(path)
    assert [(row["row_number"], row["note"]) for row in result.rows] == [(2, "一 二"), (3, "三 四")]


def test_short_footer_and_blank_lines_are_no_ragged_rows(read, tmp_path):
    path = tmp_path / "a.csv"
    path.write_text(f"{HEADER}\n{ROW},,\n\n合计,49683\n填报人：张三\n", encoding="utf-8")
    result = read(path)
    assert len(result.rows) == 1
    assert [i.role for i in result.reading.itemised] == ["header", "blank", "total", "footer"]


@pytest.mark.parametrize(
    ("content", "code"),
    [
        (b"", "empty_file"),
        (b"\xef\xbb\xbf\r\n", "empty_file"),
        (f"{HEADER}\n{ROW}\n".encode("utf-16"), "bad_encoding"),
        (f"{HEADER}\n{ROW}\n".encode("big5", "replace") + b"\xff\xfe\x80", "bad_encoding"),
        ("d\u00e9partement,\u00e9tage\nx,y\n".encode("latin-1"), "bad_encoding"),
        (f"{HEADER}\n{ROW},9\n".encode(), "bad_csv"),
        (f"{HEADER}\n姑苏区,1\n{ROW}\n".encode(), "bad_csv"),
        (f'{HEADER}\n"姑苏区,{ROW}\n'.encode(), "bad_csv"),
        (f"{HEADER}\n{ROW}\n".encode() * 40 + b"\x00", "bad_csv"),
        (f"{HEADER}\n{ROW}\n姑苏区,496".encode(), "truncated"),
        ("甲,乙\n1,2\n".encode(), "no_header"),
        (b"%PDF-1.7\n%\xe2\xe3", "not_a_workbook"),
        (bytes(range(256)) * 8, "not_a_workbook"),
        (b"<html><table><tr><td>1</td></tr></table></html>", "html_as_xls"),
        (
            b'<?xml version="1.0"?><Workbook '
            b'xmlns="urn:schemas-microsoft-com:office:spreadsheet"/>',
            "xml_spreadsheet",
        ),
    ],
)
def test_unreadable_text_is_refused_with_one_finding(read, tmp_path, content, code):
    path = tmp_path / "a.csv"
    path.write_bytes(content)
    result = read(path)
    assert result.codes == [code]
    assert result.rows == []


def test_ragged_row_is_named(read, tmp_path):
    path = tmp_path / "a.csv"
    path.write_text(f"{HEADER}\n{ROW}\n{ROW},9\n", encoding="utf-8")
    problem = read(path).reading.problems[0]
    assert (problem.code, problem.row) == ("bad_csv", 3)
    assert "第 3 行有 8 列，表头有 7 列" in problem.message
