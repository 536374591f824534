"""Affected rows: of a csv, of a workbook too large to mark, and after a failed marking."""

from __future__ import annotations

from pathlib import Path

import openpyxl
import pyarrow as pa
import pyarrow.parquet as pq
from deliver import building, delimited, folder, report, workbook

from orchestration.formats.xlsx import SEVERITY_COLOURS
from orchestration.ingest.reader.pipeline import read_file
from orchestration.reference.contracts import load_contracts
from orchestration.returns import child
from orchestration.returns.affected import write_affected_rows
from orchestration.returns.findings import FINDINGS
from orchestration.settings import Settings

_KIND = "building_survey"


def _rows() -> list[dict[str, object]]:
    rows = [building(n) for n in range(1, 301)]
    rows[4] |= {"floor_area_m2": None, "address": '=HYPERLINK("http://x","平江路")'}
    rows[7] |= {"use": "住人"}
    return rows


def _body(path: Path) -> tuple[list[str], list[list[object]]]:
    sheet = openpyxl.load_workbook(path).active
    assert not any(cell.data_type == "f" for row in sheet.iter_rows() for cell in row)
    rows = [list(row) for row in sheet.iter_rows(min_row=3, values_only=True)]
    return [str(text) for text in rows[0]], rows[1:]


def test_of_a_csv_the_affected_rows_are_returned(settings: Settings, give_back) -> None:
    delimited(folder(settings.raw, "gusu") / f"{_KIND}.csv", _KIND, _rows(), encoding="gb18030")
    package = give_back()
    header, body = _body(package.folder / f"{_KIND}-问题行.xlsx")
    assert header[:5] == ["源文件行号", "存在的问题", "改法", "房屋编号", "地区"]
    assert [row[0] for row in body] == [6, 9]
    assert body[0][3] == "32050800000005"
    assert body[0][header.index("房屋地址")] == '=HYPERLINK("http://x","平江路")'
    assert "BS-102" in body[0][1]
    assert body[1][header.index("使用性质")] == "住人"


def test_the_cell_of_a_finding_is_filled(settings: Settings, give_back) -> None:
    delimited(folder(settings.raw, "gusu") / f"{_KIND}.csv", _KIND, _rows())
    path = give_back().folder / f"{_KIND}-问题行.xlsx"
    sheet = openpyxl.load_workbook(path).active
    filled = [
        (sheet.cell(3, cell.column).value, cell.row)
        for row in sheet.iter_rows(min_row=4)
        for cell in row
        if cell.fill.fill_type == "solid"
    ]
    assert ("建筑面积(平方米)", 4) in filled
    assert ("使用性质", 5) in filled


def test_an_unknown_header_of_a_csv_is_marked(settings: Settings, give_back) -> None:
    path = delimited(folder(settings.raw, "gusu") / f"{_KIND}.csv", _KIND, _rows())
    path.write_text(path.read_text().replace("房屋名称", "业主心情", 1))
    sheet = openpyxl.load_workbook(give_back().folder / f"{_KIND}-问题行.xlsx").active
    [cell] = [cell for cell in sheet[3] if cell.value == "业主心情"]
    assert cell.fill.fgColor.rgb[2:] == SEVERITY_COLOURS["refuse"]


def test_of_a_large_workbook_the_affected_rows_are_returned(settings: Settings, give_back) -> None:
    workbook(folder(settings.raw, "gusu") / f"{_KIND}.xlsx", _KIND, _rows())
    package = give_back(cell_limit=300)
    names = [path.name for path in package.paths]
    assert f"{_KIND}-问题行.xlsx" in names
    assert f"{_KIND}.xlsx" not in names
    _, body = _body(package.folder / f"{_KIND}-问题行.xlsx")
    assert [row[0] for row in body] == [7, 10]


def test_merged_headers_keep_their_rows(settings: Settings, give_back) -> None:
    report(settings.raw, "gusu", verified_count=None)
    path = give_back(cell_limit=1).folder / "monthly_report-问题行.xlsx"
    rows = list(openpyxl.load_workbook(path).active.iter_rows(min_row=3, values_only=True))
    assert (rows[0][0], *rows[0][3:5]) == (2, "地区", "已排查幢数")
    assert rows[1][6:8] == ("投诉举报", "巡查发现")
    assert (rows[2][0], *rows[2][3:5]) == (4, "姑苏区", "49683")


def test_affected_rows_are_refused_as_a_delivery(settings: Settings, give_back, tmp_path) -> None:
    delimited(folder(settings.raw, "gusu") / f"{_KIND}.csv", _KIND, _rows())
    path = give_back().folder / f"{_KIND}-问题行.xlsx"
    reading = read_file(path, load_contracts()[_KIND], tmp_path / "l", tmp_path / "n")
    assert "unknown_column" in [problem.code for problem in reading.problems]


def test_if_marking_fails_the_affected_rows_are_returned(settings: Settings, give_back) -> None:
    path = folder(settings.raw, "gusu") / f"{_KIND}.xlsx"
    workbook(path, _KIND, _rows())
    book = openpyxl.load_workbook(path)
    cell = book.active.cell(row=20, column=book.active.max_column)
    cell.value, cell.number_format = 99_999_999, "yyyy-mm-dd"
    book.save(path)
    names = [path.name for path in give_back().paths]
    assert f"{_KIND}-问题行.xlsx" in names


def test_if_the_child_dies_only_the_copy_is_missing(
    settings: Settings, give_back, monkeypatch
) -> None:
    report(settings.raw, "gusu", verified_count=None)
    monkeypatch.setattr("orchestration.returns.copies._MEMORY_BYTES", 1 << 20)
    names = [path.name for path in give_back(in_child=True).paths]
    assert names == ["退回说明.docx", "问题清单.xlsx"]


def test_characters_that_a_document_cannot_contain_are_replaced(tmp_path: Path) -> None:
    path = delimited(tmp_path / "x.csv", _KIND, [building(1, address="平江\x01路\ufffe")])
    findings = [{"row_number": 2, "cell": None, "sheet": "", "severity": "warn"}]
    findings[0] |= {"rule_id": "BS-102", "message": "问题", "remedy": "改"}
    target = tmp_path / "rows.xlsx"
    assert write_affected_rows(path, load_contracts()[_KIND], findings, target)
    header, body = _body(target)
    assert body[0][header.index("房屋地址")] == "平江�路�"


def test_a_long_text_is_shortened(tmp_path: Path) -> None:
    path = delimited(tmp_path / "x.csv", _KIND, [building(1, address="长" * 40_000)])
    findings = [{"row_number": 2, "cell": "E2", "sheet": "", "severity": "info"}]
    findings[0] |= {"rule_id": "BS-102", "message": "问题", "remedy": "改"}
    target = tmp_path / "rows.xlsx"
    assert write_affected_rows(path, load_contracts()[_KIND], findings, target)
    header, body = _body(target)
    text = body[0][header.index("房屋地址")]
    assert (len(text), text[-1]) == (32_767, "…")


def test_an_unreadable_file_gives_no_copy(tmp_path: Path) -> None:
    (tmp_path / "broken").write_bytes(b"PK\x03\x04 and then nothing")
    pq.write_table(pa.Table.from_pylist([{"row_number": 1, "sheet": ""}], FINDINGS), tmp_path / "f")
    form = child.serve(
        {
            "delivered": str(tmp_path / "broken"),
            "contract": load_contracts()[_KIND].model_dump_json(),
            "findings": str(tmp_path / "f"),
            "target": str(tmp_path / "t.xlsx"),
            "name_key": "",
            "cell_limit": 10,
        }
    )
    assert form is None
    assert not (tmp_path / "t.xlsx").exists()
