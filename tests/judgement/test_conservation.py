"""Whatever stands in a workbook, each of its rows is itemised, accepted or quarantined, once."""

from __future__ import annotations

from pathlib import Path
from tempfile import TemporaryDirectory

import pyarrow as pa
import pyarrow.parquet as pq
from deliver import OCTOBER, building, folder
from hypothesis import HealthCheck, given
from hypothesis import settings as hypothesis_settings
from hypothesis import strategies as st
from openpyxl import Workbook

from orchestration.ingest.reader.pipeline import read_file
from orchestration.judgement.district import judge_district_month
from orchestration.reference.contracts import load_contracts
from orchestration.settings import Settings
from orchestration.store.ledger import Ledger

CONTRACT = load_contracts()["building_survey"]
FIELDS = ("building_id", "district", "survey_status", "floor_area_m2", "surveyed_on", "built_year")
VALUE = st.sampled_from(
    [None, "", "—", "约五", "=1/0", 0, -3, 2**60, "１２", "2022.10.31", "姑苏区"]
)
ROW = st.one_of(
    st.just({}),
    st.dictionaries(st.sampled_from(FIELDS), VALUE, max_size=2),
    st.sampled_from([(), ("合计", 1), ("小计",), ("填报人：张三",), ("\u3000",)]),
)


def _workbook(path: Path, rows: list[object]) -> None:
    book = Workbook()
    sheet = book.active
    assert sheet is not None
    sheet.append(["既有建筑排查台账（截至2022年10月31日）"])
    sheet.append([column.header for column in CONTRACT.columns])
    for number, row in enumerate(rows, start=1):
        if isinstance(row, tuple):
            sheet.append(row)
        else:
            assert isinstance(row, dict)
            values = building(number) | row
            sheet.append([values.get(column.name) for column in CONTRACT.columns])
    book.save(path)


@hypothesis_settings(
    max_examples=20, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture]
)
@given(rows=st.lists(ROW, max_size=8), clean=st.sampled_from([0, 150]))
def test_every_row_of_a_workbook_has_one_place(rows: list[object], clean: int) -> None:
    with TemporaryDirectory() as base:
        settings = Settings(raw=Path(base) / "raw", home=Path(base) / "home").prepare()
        path = folder(settings.raw, "gusu") / "building_survey.xlsx"
        _workbook(path, [*rows, *({} for _ in range(clean))])
        readings = []

        def read(*arguments):
            readings.append(read_file(*arguments))
            return readings[-1]

        judged = judge_district_month(settings, Ledger(settings.ledger), read, OCTOBER, "gusu")
        own = next(j for j in judged.judgements if j.kind == "building_survey")
        tables = {
            name: pq.read_table(settings.home / own.files[name].path)
            for name in ("accepted", "quarantine")
            if name in own.files
        }
    [reading] = readings
    assert (own.row_count, own.kept_rows) == (reading.file_rows, reading.file_rows)
    placed = [number for table in tables.values() for number in table["row_number"].to_pylist()]
    for item in reading.itemised:
        placed += range(item.row, item.row + item.count)
    if own.row_count:
        assert sorted(placed) == list(range(1, reading.file_rows + 1))
    assert own.state == "refused" or own.accepted_count == tables["accepted"].num_rows
    assert own.state != "refused" or "accepted" not in tables
    assert all(
        rule_ids for rule_ids in tables.get("quarantine", pa.table({"rule_ids": []}))["rule_ids"]
    )
