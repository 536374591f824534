from __future__ import annotations

import csv
import io
from pathlib import Path
from tempfile import TemporaryDirectory

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from ingest.builders import FLAT_HEADER, GUSU, TITLE, table

from orchestration.ingest.reader import delimited
from orchestration.ingest.reader.delimited import read_delimited
from orchestration.ingest.reader_pool import ReaderPool
from orchestration.ingest.reading import Refusal
from orchestration.reference.contracts import load_contracts

HEADER = ",".join(FLAT_HEADER)
ROW = ",".join(str(value) for value in GUSU)


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "gb18030"])
@pytest.mark.parametrize("delimiter", [",", "\t", ";", "|"])
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


@pytest.mark.parametrize("suffix", ["csv", "xlsx"])
def test_a_two_row_header_in_one_row_as_contracts_print_it(read, tmp_path, suffix):
    cases = "受理疑似违法拆改投诉（起）"
    header = [*FLAT_HEADER[:3], *(f"{cases}/{leaf}" for leaf in FLAT_HEADER[3:5]), *FLAT_HEADER[5:]]
    path = tmp_path / f"a.{suffix}"
    if suffix == "csv":
        path.write_text("\n".join([TITLE, ",".join(header), ROW]), encoding="utf-8")
    else:
        table(path, [[TITLE], header, GUSU])
    result = read(path)
    assert result.reading.problems == []
    assert result.reading.headers["suspected_patrol_count"] == f"{cases}/巡查发现"
    assert [row["suspected_patrol_count"] for row in result.rows] == ["8"]


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


def test_extra_empty_fields_are_no_columns_and_filled_ones_are_named(read, tmp_path):
    path = tmp_path / "a.csv"
    path.write_text(f"{HEADER}\n" + f"{ROW},, \u3000\n" * 3, encoding="utf-8")
    assert len(read(path).rows) == 3
    path.write_text(f"{HEADER}\n{ROW},,\n{ROW},,9\n", encoding="utf-8")
    problem = read(path).reading.problems[0]
    assert (problem.code, problem.row) == ("bad_csv", 3)


def test_a_file_of_two_tables_is_refused_before_it_fills_the_memory(read, tmp_path, monkeypatch):
    monkeypatch.setattr(delimited, "_MAX_ODD_ROWS", 2)
    path = tmp_path / "a.csv"
    path.write_text(f"{HEADER}\n" + f"{ROW}\n" * 60 + "a\n" * 3, encoding="utf-8")
    (problem,) = read(path).reading.problems
    assert (problem.code, problem.row) == ("bad_csv", 64)
    assert "列数不一的行" in problem.message


TEXT = st.text(st.sampled_from('姑a1 ,;"\n\r\t＂𠮷'), max_size=4)


@settings(deadline=None)
@given(
    records=st.lists(st.lists(TEXT, min_size=2, max_size=4), min_size=1, max_size=8),
    encoding=st.sampled_from(["utf-8", "utf-8-sig", "gb18030"]),
    end=st.sampled_from(["\n", "\r\n", "\r"]),
)
def test_fields_and_row_numbers_are_those_that_were_written(records, encoding, end):
    text = io.StringIO()
    # the writer quotes a lone \r only if it ends its lines
    quoting = csv.QUOTE_MINIMAL if end == "\r\n" else csv.QUOTE_ALL
    csv.writer(text, lineterminator=end, quoting=quoting).writerows(records)
    with TemporaryDirectory() as folder:
        path = Path(folder) / "a.csv"
        path.write_bytes(("," * 9 + end + text.getvalue()).encode(encoding))
        sheet = read_delimited(path).sheet
    assert sheet.row_count == len(records) + 1
    for row, fields in enumerate(records, start=1):
        read = [sheet.columns[position][row].as_py() or "" for position in range(len(fields))]
        assert (read, sheet.field_counts[row].as_py()) == (fields, len(fields))


def test_blocks_may_end_anywhere(tmp_path, monkeypatch):
    path = tmp_path / "a.csv"
    path.write_bytes(f'{HEADER}\r\n{ROW}\r\n"一𠮷",2,3,4,5,6,7\r\n'.encode("gb18030"))
    whole = read_delimited(path)
    monkeypatch.setattr(delimited, "_BLOCK_BYTES", 211)
    assert read_delimited(path) == whole
    path.write_bytes(path.read_bytes() + b"\x81")
    with pytest.raises(Refusal, match="bad_encoding"):
        read_delimited(path)


def test_a_register_needs_little_more_memory_than_its_text(tmp_path):
    contract = load_contracts()["building_codes"]
    names = [column.header for column in contract.columns]
    lines = (
        ",".join([f"FM{n:010d}", *(f"地址{n % 97}号" for _ in names[1:])]) for n in range(200_000)
    )
    path = tmp_path / "a.csv"
    path.write_text("\n".join([",".join(names), *lines, ""]), encoding="utf-8")
    with ReaderPool(memory_bytes=550 << 20) as pool:
        reading = pool.read(path, contract, tmp_path / "l.parquet", tmp_path / "n.parquet")
    assert (reading.problems, reading.landed_rows) == ([], 200_000)


@pytest.mark.parametrize("line", [1, 2, 3])
@pytest.mark.parametrize("end", ["\n", "\r\n", "\r"])
@pytest.mark.parametrize("bad", [b"\xff", b"\xe5", b"\x81", b"\xc4\xe3"])
def test_a_bad_byte_in_utf8_names_its_line_and_makes_it_no_gb18030(read, tmp_path, bad, end, line):
    lines = [text.encode() for text in (TITLE, HEADER, ROW)]
    lines[line - 1] = lines[line - 1][:3] + bad + lines[line - 1][3:]
    path = tmp_path / "a.csv"
    path.write_bytes(end.encode().join([*lines, b""]))
    (problem,) = read(path).reading.problems
    assert (problem.code, problem.row) == ("bad_encoding", line)
    assert f"第 {line} 行" in problem.message


@pytest.mark.parametrize("delimiter", [",", "|", ";"])
def test_chinese_that_was_lost_at_saving_is_never_guessed_by_position(read, tmp_path, delimiter):
    path = tmp_path / "a.csv"
    text = f"{HEADER}\n{ROW}\n".replace(",", delimiter).encode("ascii", "replace")
    path.write_bytes(text)
    (problem,) = read(path).reading.problems
    assert problem.code == "bad_encoding"
    assert "丢失了中文" in problem.message


def test_strokes_separate_and_commas_within_fields_stay(read, tmp_path):
    path = tmp_path / "a.csv"
    header, row = f"{HEADER},说明".replace(",", "|"), ROW.replace(",", "|")
    path.write_text(f"{header}\n{row}|一,二\n", encoding="utf-8")
    result = read(path)
    assert [row["note"] for row in result.rows] == ["一,二"]
    assert result.codes == []
