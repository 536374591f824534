"""Making deliveries as districts make them, from rows given by field name."""

from __future__ import annotations

import csv
import io
from collections.abc import Sequence
from pathlib import Path
from typing import Any

import xlsxwriter

from orchestration.reference.contracts import Contract, load_contracts
from orchestration.reference.districts import district_in
from orchestration.reference.months import Month

OCTOBER = Month.parse("2022-10")
GOLDEN = Path(__file__).parent / "golden"
Row = dict[str, Any]
#: The six measures of the table, in its order.
MEASURES = (
    "surveyed_building_count",
    "surveyed_floor_area_10k_m2",
    "suspected_complaint_count",
    "suspected_patrol_count",
    "verified_count",
    "completed_count",
)


def published() -> dict[str, Row]:
    """Return the published figures of October 2022 by district name, 合计 included."""
    with (GOLDEN / "published_2022-10.csv").open(encoding="utf-8-sig", newline="") as handle:
        return {row.pop("district"): row for row in csv.DictReader(handle)}


def folder(raw: Path, district_id: str, month: Month = OCTOBER) -> Path:
    path = raw / str(month) / district_in(district_id, month).district_code
    path.mkdir(parents=True, exist_ok=True)
    return path


def report_row(district_id: str, **changes: Any) -> Row:
    """Return a district's published row as numbers, with the given changes."""
    name = district_in(district_id, OCTOBER).district_name
    figures = published()[name]
    row: Row = {"district": name}
    for field, text in figures.items():
        row[field] = float(text) if "." in text else int(text)
    return row | changes


def report(raw: Path, district_id: str, month: Month = OCTOBER, **changes: Any) -> Path:
    """Deliver a district's monthly report with its published figures, with the given changes."""
    path = folder(raw, district_id, month) / "monthly_report.xlsx"
    return workbook(path, "monthly_report", [report_row(district_id, **changes)], month=month)


def report_fields(rows: Sequence[Row]) -> list[str]:
    """Return the columns of a monthly report that rows use, in contract order."""
    contract = load_contracts()["monthly_report"]
    return [c.name for c in contract.columns if not c.optional or any(c.name in r for r in rows)]


def workbook(
    path: Path,
    kind: str,
    rows: Sequence[Row],
    *,
    month: Month = OCTOBER,
    title: str | None = None,
    footer: Sequence[str] = ("填报人：　审核人：",),
) -> Path:
    """Write an xlsx of a kind: a title row with the as-at date, the header, rows, a footer."""
    contract = load_contracts()[kind]
    fields = report_fields(rows) if kind == "monthly_report" else _fields(contract, rows)
    day = month.last_day
    words = f"截至{day.year}年{day.month}月{day.day}日" if title is None else title
    with xlsxwriter.Workbook(str(path), {"strings_to_formulas": False}) as book:
        sheet = book.add_worksheet(contract.title)
        sheet.write_string(0, 0, words)
        start = 1 + _header(book, sheet, contract, fields)
        for number, row in enumerate(rows, start=start):
            for column, field in enumerate(fields):
                if row.get(field) is not None:
                    sheet.write(number, column, row[field])
        for number, text in enumerate(footer, start=start + len(rows)):
            sheet.write_string(number, 0, text)
    return path


def _fields(contract: Contract, rows: Sequence[Row]) -> list[str]:
    return [c.name for c in contract.columns if not c.optional or any(c.name in r for r in rows)]


def _header(book: Any, sheet: Any, contract: Contract, fields: list[str]) -> int:
    """Write the header, merged where it has two levels; return how many rows it takes."""
    paths = [contract.column(field).header.split("/") for field in fields]
    depth = max(map(len, paths))
    for column, path in enumerate(paths):
        if depth == 2 and len(path) == 1:
            sheet.merge_range(1, column, 2, column, path[0])
        elif depth == 1:
            sheet.write_string(1, column, path[0])
        else:
            sheet.write_string(2, column, path[1])
    parents = [path[0] if len(path) == 2 else None for path in paths]
    for parent in dict.fromkeys(filter(None, parents)):
        columns = [n for n, name in enumerate(parents) if name == parent]
        sheet.merge_range(1, columns[0], 1, columns[-1], parent)
    return depth


def delimited(
    path: Path, kind: str, rows: Sequence[Row], *, encoding: str = "utf-8", month: Month = OCTOBER
) -> Path:
    """Write a csv of a kind: the header, then rows with the as-at date in its column."""
    contract = load_contracts()[kind]
    rows = [row | {"as_at": str(month.last_day)} for row in rows]
    fields = _fields(contract, rows)
    text = io.StringIO()
    writer = csv.writer(text)
    writer.writerow([contract.column(field).header for field in fields])
    writer.writerows([[row.get(field) for field in fields] for row in rows])
    path.write_bytes(text.getvalue().encode(encoding))
    return path


def building(number: int, district: str = "姑苏区", **changes: Any) -> Row:
    """Return a clean surveyed building."""
    row: Row = {
        "building_id": f"320508{number:08d}",
        "district": district,
        "town": "平江街道",
        "community": "历史街区社区",
        "address": f"平江路{number}号",
        "building_category": "城镇住宅",
        "structure_type": "砌体",
        "floors_above": 2,
        "floors_below": 0,
        "height_m": 6.5,
        "floor_area_m2": 121.25,
        "built_year": 1985,
        "use": "居住",
        "owner_name": "张某",
        "owner_phone": "13800001111",
        "survey_status": "已排查",
        "surveyed_on": "2022-09-15",
        "surveyor": "李某",
        "is_altered": "否",
        "visible_defect": "无",
        "initial_risk": "未发现隐患",
    }
    return row | changes


def case(number: int, district: str = "姑苏区", **changes: Any) -> Row:
    """Return a clean case, received in October and not yet verified."""
    row: Row = {
        "case_id": f"GS2022{number:05d}",
        "district": district,
        "town": "平江街道",
        "address": f"平江路{number}号",
        "source_channel": "投诉举报",
        "received_on": "2022-10-08",
        "alteration_type": "变动主体或承重结构",
    }
    return row | changes


def change(number: int, district: str = "姑苏区", **changes: Any) -> Row:
    """Return a clean registered change: a building pulled down."""
    row: Row = {
        "change_id": f"BG{number:05d}",
        "district": district,
        "old_building_id": f"320508{number:08d}",
        "change_type": "拆除",
        "changed_on": "2022-10-12",
        "basis": "拆迁公告",
    }
    return row | changes


def danger(number: int, district: str = "姑苏区", **changes: Any) -> Row:
    """Return a clean case of a dangerous building: appraised once, its treatment under way."""
    row: Row = {
        "danger_case_id": f"WF{number:05d}",
        "appraisal_no": 1,
        "building_id": f"320508{number:08d}",
        "district": district,
        "town": "平江街道",
        "community": "历史街区社区",
        "address": f"平江路{number}号",
        "found_on": "2022-09-05",
        "found_by": "排查",
        "appraised_on": "2022-09-12",
        "appraiser": "某鉴定公司",
        "appraisal_grade": "C",
        "treatment": "加固",
        "treatment_started_on": "2022-09-20",
        "due_on": "2022-12-31",
        "lead_unit": "平江街道办事处",
        "is_monitored": "否",
    }
    return row | changes


def inspection(number: int, district: str = "姑苏区", **changes: Any) -> Row:
    """Return a clean first inspection of a sampled building, passed."""
    row: Row = {
        "inspection_id": f"CJ{number:05d}",
        "round": "初检",
        "district": district,
        "building_id": f"320508{number:08d}",
        "floor_area_m2": 120.25,
        "inspection_group": "第四核查组",
        "contractor": "模拟丁房屋安全技术有限公司",
        "inspected_on": "2022-09-20",
        "conclusion": "通过",
        "inspector": "王某",
    }
    return row | changes


def code(number: int, district: str = "姑苏区", **changes: Any) -> Row:
    """Return a clean building code in force."""
    row: Row = {
        "building_code": f"FM{number:010d}",
        "scheme": "一房一码2021",
        "building_id": f"320508{number:08d}",
        "district": district,
        "town": "平江街道",
        "community": "历史街区社区",
        "address": f"平江路{number}号",
        "valid_from": "2021-03-01",
    }
    return row | changes


def plate(number: int, district: str = "姑苏区", **changes: Any) -> Row:
    """Return a clean door plate in force."""
    row: Row = {
        "doorplate_code": f"MP{number:010d}",
        "district": district,
        "town": "平江街道",
        "community": "历史街区社区",
        "road": "平江路",
        "number": f"{number}号",
        "standard_address": f"{district}平江街道平江路{number}号",
        "valid_from": "2019-06-01",
    }
    return row | changes
