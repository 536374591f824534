"""The rows of a district's small registers: cases, changes, dangerous buildings.

Ties cases and events to buildings that stand in the ledger, and names them in the fields of the
contracts. What happens to cases, buildings and dangers is in their own modules.
"""

from __future__ import annotations

import calendar
from collections.abc import Iterator
from datetime import date

import numpy as np
import pyarrow as pa

from orchestration.reference.months import Month
from orchestration.simulation.buildings import Buildings, District
from orchestration.simulation.cases import COMPLAINT, CONFIRMED, TRANSFERRED, Case, cases_of_month
from orchestration.simulation.dangers import DangerCase, danger_rows
from orchestration.simulation.draws import Ints
from orchestration.simulation.files.columns import day_number
from orchestration.simulation.lives import month_index

Row = dict[str, str | int | date | None]

_ALTERATIONS = (
    "变动主体或承重结构",
    "改卫生间厨房位置",
    "扩大洞口或拆除阳台墙体",
    "损坏节能设施",
    "超设计荷载",
    "擅自改变用途",
    "违法加建扩建",
    "下挖",
    "其他",
)
_ALTERATION_WEIGHTS = (0.3, 0.08, 0.2, 0.03, 0.03, 0.12, 0.18, 0.03, 0.03)
_BASES = {
    "新增": "新登记入库",
    "拆除": "征收拆除公告",
    "合并": "不动产合并登记",
    "拆分": "不动产分割登记",
    "去重": "重复登记核销",
    "划转": "镇街区划调整",
    "重编": "编号规则调整",
}
_WITHDRAWAL = "经复核不属于违法拆改"
_REMARK = "模拟数据"


class Building:
    """Where the described buildings of one ledger are found: fields of a row by slot."""

    def __init__(self, buildings: Buildings, survey: pa.Table, district_name: str) -> None:
        self._buildings = buildings
        self._survey = survey
        self._district_name = district_name

    def of(self, slots: Ints) -> list[Row]:
        """Return id, district, town, community and address of each slot's building."""
        positions = pa.array(self._buildings.positions(slots))
        columns = {
            name: self._survey[name].take(positions).to_pylist()
            for name in ("building_id", "town", "community", "address")
        }
        return [
            {"district": self._district_name, **dict(zip(columns, values, strict=True))}
            for values in zip(*columns.values(), strict=True)
        ]


def case_ledger(
    district: District, building: Building, prefix: str, seed: int, month: Month
) -> list[Row]:
    """Return the rows of ``alteration_cases``; one case in eight names no building."""
    cases = cases_of_month(district.figures, district.district_id, seed, month)
    numbers = np.array([case.number for case in cases])
    lasting = district.lives.lasting
    slots = lasting[district.draws.below("case_building", numbers, len(lasting))]
    kinds = district.draws.pick("alteration", numbers, _ALTERATION_WEIGHTS)
    is_known = district.draws.uniform("case_known", numbers) < 0.875
    phones = district.draws.below("case_phone", numbers, 10_000)
    return [
        _case_row(case, place, prefix)
        | {
            "building_id": place["building_id"] if known else None,
            "alteration_type": _ALTERATIONS[kind],
            "reporter_name": "模拟群众" if case.channel == COMPLAINT else None,
            "reporter_phone": f"1380000{phone:04d}" if case.channel == COMPLAINT else None,
        }
        for case, place, kind, known, phone in zip(
            cases, building.of(slots), kinds, is_known, phones, strict=True
        )
    ]


def _case_row(case: Case, place: Row, prefix: str) -> Row:
    is_transferred = case.resolution == TRANSFERRED
    return {
        "case_id": _case_id(case.number, prefix),
        "district": place["district"],
        "town": place["town"],
        "address": place["address"],
        "source_channel": case.channel,
        "received_on": case.received_on,
        "verified_on": case.verified_on,
        "verification_result": case.result,
        "duplicate_of": _case_id(case.duplicate_of, prefix) if case.duplicate_of else None,
        "ordered_on": case.ordered_on if case.result == CONFIRMED else None,
        "completed_on": case.completed_on,
        "resolution": case.resolution,
        "transferred_on": case.completed_on if is_transferred else None,
        "withdrawn_on": case.withdrawn_on,
        "withdrawal_reason": _WITHDRAWAL if case.withdrawn_on else None,
        "reopened_on": case.reopened_on,
        "remark": _REMARK if case.reopened_on else None,
    }


def _case_id(number: int, prefix: str) -> str:
    return f"{prefix}CG{number:06d}"


def change_register(district: District, district_name: str, prefix: str, month: Month) -> list[Row]:
    """Return the rows of ``building_changes``: every building that came or went in a month."""
    changes = list(_changes(district, month_index(month)))
    numbers = np.arange(len(changes))
    last = calendar.monthrange(month.year, month.number)[1]
    days = district.draws.below(f"changed/{month}", numbers, last) + 1
    return [
        {
            "change_id": f"{prefix}BG{month.year}{month.number:02d}{number:05d}",
            "district": district_name,
            "old_building_id": old,
            "new_building_id": new,
            "change_type": change_type,
            "changed_on": month.first_day.replace(day=int(day)),
            "basis": _BASES[change_type],
        }
        for number, ((old, new, change_type), day) in enumerate(
            zip(changes, sorted(days), strict=True), start=1
        )
    ]


def _changes(district: District, index: int) -> Iterator[tuple[str | None, str | None, str]]:
    """Yield old id, new id and type of each change of a month."""
    for slot in district.lives.new_slots(index):
        yield None, district.building_id(slot), "新增"
    for event in district.lives.events:
        if event.month_index != index:
            continue
        comers = [district.successor_number(number) for number in event.coming]
        if event.keeper is not None:
            comers.append(event.keeper)
        for old in map(district.building_id, event.leaving):
            for new in map(district.building_id, comers):
                yield old, new, event.change_type
            if not comers:
                yield old, None, event.change_type


def danger_register(
    cases: list[DangerCase], building: Building, prefix: str, month: Month
) -> list[Row]:
    """Return the rows of ``danger_cases`` as known at the month's end."""
    as_at = day_number(month.last_day)
    found = [case for case in cases if case.found_on <= as_at]
    places = building.of(np.array([case.slot for case in found], np.int64))
    by_slot = {case.slot: place for case, place in zip(found, places, strict=True)}
    return danger_rows(found, by_slot, prefix, as_at)
