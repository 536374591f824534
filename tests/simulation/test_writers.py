"""Our workbook writer, read back by another library."""

from __future__ import annotations

import zipfile
from datetime import date, datetime
from pathlib import Path

import openpyxl
import pyarrow as pa
import pytest

from orchestration.simulation.files.sheets import RawCell, Sheet, SheetColumn, spelt_days
from orchestration.simulation.files.workbook import column_letters, write_workbook


def _sheet(**changes: object) -> Sheet:
    columns = (
        SheetColumn("name", "名称", "text", pa.array(["甲<乙>&丙", None, "  "])),
        SheetColumn("code", "类", "text", pa.array(["A", "B", "A"]).dictionary_encode()),
        SheetColumn("area", "面积", "number", pa.array(["12.5", "7", None])),
        SheetColumn("day", "日期", "day", pa.array([date(2022, 10, 31), None, date(1999, 1, 1)])),
    )
    return Sheet("台账", ("标题（截至2022年10月31日）",), columns, **changes)  # type: ignore[arg-type]


def _read(path: Path) -> list[list[object]]:
    sheet = openpyxl.load_workbook(path)["台账"]
    return [[cell.value for cell in row] for row in sheet.iter_rows()]


def test_a_workbook_holds_what_the_sheet_says(tmp_path: Path) -> None:
    path = tmp_path / "a.xlsx"
    write_workbook(path, _sheet(totals={"area": "19.5"}, footers=("备注：模拟",)))
    assert _read(path) == [
        ["标题（截至2022年10月31日）", None, None, None],
        ["名称", "类", "面积", "日期"],
        ["甲<乙>&丙", "A", 12.5, datetime(2022, 10, 31)],
        [None, "B", 7, None],
        ["  ", "A", None, datetime(1999, 1, 1)],
        ["合计", None, 19.5, None],
        ["备注：模拟", None, None, None],
    ]


def test_overrides_stand_at_their_cells_and_nowhere_else(tmp_path: Path) -> None:
    overrides = {(0, "area"): "约 12 平方", (1, "code"): None, (2, "area"): -3}
    write_workbook(tmp_path / "a.xlsx", _sheet(overrides=overrides))
    cells = _read(tmp_path / "a.xlsx")
    assert [row[2] for row in cells[2:]] == ["约 12 平方", 7, -3]
    assert [row[1] for row in cells[2:]] == ["A", None, "A"]


def test_a_raw_cell_is_an_error_or_a_formula(tmp_path: Path) -> None:
    overrides = {(0, "name"): RawCell(' t="e"><v>#N/A</v></c>')}
    write_workbook(tmp_path / "a.xlsx", _sheet(overrides=overrides))
    assert openpyxl.load_workbook(tmp_path / "a.xlsx")["台账"]["A3"].data_type == "e"


def test_a_workbook_has_no_clock(tmp_path: Path) -> None:
    write_workbook(tmp_path / "a.xlsx", _sheet())
    with zipfile.ZipFile(tmp_path / "a.xlsx") as archive:
        assert {entry.date_time[0] for entry in archive.infolist()} == {2022}


@pytest.mark.parametrize(
    ("spelling", "text"),
    [("%Y-%m-%d", "2022-03-05"), ("%Y.%-m.%-d", "2022.3.5"), ("%Y年%-m月%-d日", "2022年3月5日")],
)
def test_days_are_spelt(spelling: str, text: str) -> None:
    assert spelt_days(pa.array([date(2022, 3, 5), None]), spelling).to_pylist() == [text, None]


def test_columns_have_letters() -> None:
    assert [column_letters(n) for n in (0, 25, 26, 701, 702)] == ["A", "Z", "AA", "ZZ", "AAA"]
