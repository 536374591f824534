"""A delivery before it is written: its content can still be changed.

A draft combines rows with the file habits of the district. Planting a fault changes a draft;
``write`` saves it in the folder layout of ``raw``.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field, replace
from pathlib import Path

import pyarrow as pa
import pyarrow.compute as pc

from orchestration.reference.contracts import Contract
from orchestration.reference.districts import district_in
from orchestration.reference.kinds import BUILDING_SURVEY
from orchestration.reference.months import Month
from orchestration.simulation.files import layouts
from orchestration.simulation.files.delimited import write_delimited
from orchestration.simulation.files.layouts import Layout
from orchestration.simulation.files.sheets import Override, Sheet
from orchestration.simulation.files.workbook import write_workbook
from orchestration.simulation.reports import FIRST_ROW, Report, write_report


@dataclass
class Draft:
    """One future delivery: its rows as a table of contract fields, or a report.

    ``overrides`` maps (row from 0, field) to the value written instead, ``total_overrides`` does
    so for the 合计 row, ``headers`` maps a field to another header, ``left_out`` names columns
    that are missing; ``rewrite`` changes the written bytes, ``is_doubled`` delivers the file
    under two names.
    """

    area_id: str
    month: Month
    contract: Contract
    layout: Layout
    title: str
    rows: pa.Table | Report
    overrides: dict[tuple[int, str], Override] = field(default_factory=dict)
    total_overrides: dict[str, str] = field(default_factory=dict)
    headers: dict[str, str] = field(default_factory=dict)
    left_out: set[str] = field(default_factory=set)
    rewrite: Callable[[bytes], bytes] | None = None
    is_doubled: bool = False

    @property
    def kind(self) -> str:
        """The export kind."""
        return self.contract.kind

    @property
    def row_count(self) -> int:
        """Number of data rows."""
        return self.table.num_rows if isinstance(self.rows, pa.Table) else len(self.report.rows)

    @property
    def table(self) -> pa.Table:
        """The rows of a draft that is no report."""
        assert isinstance(self.rows, pa.Table)
        return self.rows

    @property
    def report(self) -> Report:
        """The rows of a report."""
        assert isinstance(self.rows, Report)
        return self.rows

    @property
    def sheet(self) -> Sheet:
        """The sheet that a draft which is no report becomes."""
        sheet = layouts.sheet_of(self.table, self.contract, self.layout, (self.title,), self.month)
        columns = tuple(
            replace(column, header=self.headers.get(column.field, column.header))
            for column in sheet.columns
            if column.field not in self.left_out
        )
        return replace(
            sheet,
            columns=columns,
            totals=self.totals | self.total_overrides,
            overrides=self.overrides,
        )

    @property
    def first_row(self) -> int:
        """Source row number of the first data row."""
        return FIRST_ROW if isinstance(self.rows, Report) else self.sheet.first_row

    @property
    def totals(self) -> dict[str, str]:
        """What the 合计 row says, by field; empty without such a row."""
        if self.kind != BUILDING_SURVEY or not self.layout.has_total:
            return {}
        areas = self.table["floor_area_m2"].cast(pa.decimal128(18, 2))
        return {"floor_area_m2": str(pc.sum(areas).as_py())}

    def path(self, out: Path) -> Path:
        """Return where the file goes below ``out``."""
        area = district_in(self.area_id, self.month)
        name = layouts.file_name(area.district_name, self.month, self.contract, self.layout)
        return out / str(self.month) / area.district_code / name

    def write(self, out: Path) -> Path:
        """Write the file, making its folder; return its path."""
        path = self.path(out)
        path.parent.mkdir(parents=True, exist_ok=True)
        if isinstance(self.rows, Report):
            write_report(path, self.rows, self.contract, self.title)
        elif self.layout.encoding is None:
            write_workbook(path, self.sheet)
        else:
            write_delimited(path, self.sheet, self.layout.encoding)
        if self.rewrite is not None:
            path.write_bytes(self.rewrite(path.read_bytes()))
        if self.is_doubled:
            path.with_stem(path.stem + "（另存）").write_bytes(path.read_bytes())
        return path


def draft(
    area_id: str,
    month: Month,
    contract: Contract,
    rows: pa.Table | Report,
    as_at: str | None = None,
) -> Draft:
    """Return the draft of an area's delivery in its own layout."""
    layout = layouts.layout_of(area_id, contract.kind)
    if isinstance(rows, Report):
        layout = replace(layout, encoding=None)
    elif rows.num_rows > layouts.SHEET_ROWS:
        layout = layouts.as_csv(layout)
    name = district_in(area_id, month).district_name
    return Draft(
        area_id, month, contract, layout, layouts.title(name, month, contract, as_at), rows
    )
