"""Files as districts deliver them, made for tests: the seed's report, ledgers, broken things."""

from __future__ import annotations

import zipfile
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Any

import xlsxwriter

from orchestration.ingest.reader.table.cells import Column
from orchestration.reference.contracts import ContractColumn

TITLE = "姑苏区2022年10月房屋使用安全月报表（截至2022年10月31日）"
GUSU = ("姑苏区", 49683, 7658.27, 28, 8, 30, 31)
FLAT_HEADER = (
    "地区",
    "已排查幢数",
    "已排查面积(万平方)",
    "投诉举报",
    "巡查发现",
    "经现场核实存在违法拆改（起）",
    "处理完成违法拆改行为数量（起）",
)
_CASES = "受理疑似违法拆改投诉（起）"

Extra = Callable[[Any, Any], None]


def report(
    path: Path,
    rows: Sequence[Sequence[Any]] = (GUSU,),
    *,
    title: str | None = TITLE,
    footer: Sequence[str] = ("填报人：张三", "", "", "审核人：李四"),
    extra: Extra | None = None,
    **options: Any,
) -> Path:
    """Write a monthly report with the seed's merged two-row header; data begin in row 4."""
    book = xlsxwriter.Workbook(str(path), options)
    sheet = book.add_worksheet("月报表")
    if title is not None:
        sheet.merge_range(0, 0, 0, 6, title)
    for column in (0, 1, 2, 5, 6):
        sheet.merge_range(1, column, 2, column, FLAT_HEADER[column])
    sheet.merge_range(1, 3, 1, 4, _CASES)
    sheet.write_row(2, 3, FLAT_HEADER[3:5])
    for number, row in enumerate([*rows, footer], start=3):
        write_row(sheet, number, row)
    if extra is not None:
        extra(book, sheet)
    book.close()
    return path


def table(
    path: Path,
    rows: Sequence[Sequence[Any]],
    *,
    name: str = "Sheet1",
    extra: Extra | None = None,
    **options: Any,
) -> Path:
    """Write rows as they are from A1 on."""
    book = xlsxwriter.Workbook(str(path), options)
    sheet = book.add_worksheet(name)
    for number, row in enumerate(rows):
        write_row(sheet, number, row)
    if extra is not None:
        extra(book, sheet)
    book.close()
    return path


def write_row(sheet: Any, number: int, row: Sequence[Any]) -> None:
    """Write strings as text (never as formula or link), numbers as numbers, skip None."""
    for column, value in enumerate(row):
        if isinstance(value, str):
            sheet.write_string(number, column, value)
        elif value is not None:
            sheet.write_number(number, column, value)


def rezip(
    source: Path, target: Path, change: dict[str, Callable[[bytes], bytes]], **added: bytes
) -> Path:
    """Copy a workbook with some parts changed and others added (``__`` stands for ``/``)."""
    with zipfile.ZipFile(source) as old, zipfile.ZipFile(target, "w", zipfile.ZIP_DEFLATED) as new:
        for entry in old.infolist():
            content = old.read(entry)
            new.writestr(entry.filename, change.get(entry.filename, bytes)(content))
        for name, content in added.items():
            new.writestr(name.replace("__", "/"), content)
    return target


def survey_row(header: Sequence[str], **values: Any) -> list[Any]:
    """Return a building_survey row in the order of ``header`` (field names)."""
    row = {
        "building_id": "032050801",
        "district": "姑苏区",
        "town": "平江街道",
        "community": "历史街区社区",
        "address": "某某路1号",
        "building_category": "城镇住宅",
        "structure_type": "砌体",
        "floors_above": 6,
        "floor_area_m2": 1234.5,
        "built_year": 1998,
        "use": "居住",
        "owner_name": "张三",
        "owner_phone": "13812345678",
        "survey_status": "已排查",
        "surveyed_on": "2022-10-31",
        "is_altered": "否",
        "visible_defect": "无",
        "initial_risk": "未发现隐患",
        **values,
    }
    return [row.get(name) for name in header]


def column(kind: str, *, is_key: bool = False, is_epoch_1904: bool = False) -> Column:
    """Return a column of one of the contract's types, with codes or digits where it has them."""
    contract = ContractColumn(
        name="field",
        description="",
        header="列",
        type=kind,
        codes=("有", "无", "A") if kind == "code" else (),
        precision=14 if kind == "decimal" else None,
        scale=2 if kind == "decimal" else None,
    )
    return Column(contract, is_key, is_epoch_1904)
