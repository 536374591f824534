"""The drawn sample for the contractors: one workbook per group, one row per building.

The lists have no personal data, such as a building's owner. ``sampling`` draws the buildings; the
columns in which contractors report back are in the contract.
"""

from __future__ import annotations

from datetime import datetime
from pathlib import Path

import pyarrow as pa

from orchestration.formats.plain_text import printable
from orchestration.formats.xlsx import Sheet, new_workbook
from orchestration.reference import vocabulary
from orchestration.reference.districts import reporting_districts
from orchestration.reference.inspection_groups import InspectionGroup, groups_in
from orchestration.reference.months import Month
from orchestration.store.files import replacing

_COLUMNS = {
    "序号": 7,
    "地区": 11,
    "镇街": 16,
    "村社区": 20,
    "房屋地址": 44,
    "房屋名称": 22,
    "房屋编号": 20,
    "房屋类别": 12,
    "隐患初判": 12,
    "建筑面积(平方米)": 16,
}
_FIELDS = (
    "town",
    "community",
    "address",
    "building_name",
    "building_id",
    "building_category",
    "initial_risk",
)


#: The name of a building's district, and the building's row of the sample.
_Named = tuple[str, dict[str, object]]
_INSTRUCTION = (
    "核查结果按“抽检核查结果”的格式报送。无法核查的，以同地区同类别的房屋替换，"
    "并填写替换原样本房屋编号和替换原因。"
)


class NoGroupError(LookupError):
    """A district with drawn buildings that has no inspection group."""


def write_sample_lists(
    folder: Path, month: Month, rows: pa.Table, drawn_at: datetime, *, is_simulated: bool
) -> list[Path]:
    """Write a workbook for each group with drawn buildings to ``folder``; return the paths.

    ``rows`` is the stored sample of ``sampling.monthly_sample``. Every workbook is dated
    ``drawn_at``, so the same sample gives the same bytes. Raises NoGroupError before anything is
    written.
    """
    of_group: dict[tuple[str, str], list[_Named]] = {}
    for district_name, row in _in_order(_printable(rows).to_pylist(), month):
        group = _group(month, str(row["district_id"]))
        members = of_group.setdefault((group.inspection_group, group.contractor), [])
        members.append((district_name, row))
    paths = []
    for (name, contractor), members in of_group.items():
        mark = f"（{vocabulary.SIMULATED}）" if is_simulated else ""
        path = folder / f"抽检样本{month.chinese}{name}{mark}.xlsx"
        with replacing(path) as temporary:
            title = f"{month.chinese}抽检样本　{name}　{contractor}{mark}"
            _write(temporary, title, members, drawn_at)
        paths.append(path)
    return paths


def _group(month: Month, district_id: str) -> InspectionGroup:
    group = groups_in(month).get(district_id)
    if group is None:
        raise NoGroupError(district_id)
    return group


def _printable(rows: pa.Table) -> pa.Table:
    for name in ("town", "community", "address", "building_name"):
        place = rows.column_names.index(name)
        rows = rows.set_column(place, name, printable(rows[name]))
    return rows


def _in_order(rows: list[dict[str, object]], month: Month) -> list[_Named]:
    """Return (district name, row), ordered by district as in the bulletin, then by place."""
    districts = {district.district_id: district for district in reporting_districts(month)}
    named = [(districts[str(row["district_id"])], row) for row in rows]
    named.sort(key=lambda pair: (pair[0].sort_order, *(str(pair[1][f] or "") for f in _FIELDS)))
    return [(district.district_name, row) for district, row in named]


def _write(path: Path, title: str, rows: list[_Named], drawn_at: datetime) -> None:
    with new_workbook(path, title, created=drawn_at) as (book, styles):
        sheet = Sheet(book, "抽检样本", list(_COLUMNS.values()))
        sheet.line(title, styles.title, 30)
        sheet.line(_INSTRUCTION, styles.plain, 20)
        sheet.header(list(_COLUMNS), styles)
        sheet.keep_in_sight(len(rows))
        for number, (district_name, row) in enumerate(rows, start=1):
            texts = [None if row[field] is None else str(row[field]) for field in _FIELDS]
            sheet.row([number, district_name, *texts, str(row["floor_area_m2"])], styles)
