"""The rows of ``building_survey``: what a district's ledger says of its buildings at a date.

Turns buildings into columns of the contract and hides what had not happened yet. How columns
are spelt in a file is the writers' business.
"""

from __future__ import annotations

from typing import Any

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from orchestration.simulation import traits
from orchestration.simulation.addresses import addresses, names, written
from orchestration.simulation.buildings import (
    EXEMPT,
    SURVEYED,
    WAITING,
    Buildings,
    District,
)
from orchestration.simulation.dangers import DangerCase
from orchestration.simulation.draws import Draws, Ints
from orchestration.simulation.files.columns import (
    Shown,
    constant,
    days,
    hundredths,
    join,
    only,
    texts,
    wholes,
    words,
)

STATUSES = ("待排查", "排查中", "已排查", "无需排查")
_REASONS = ("已列入征收拆迁范围", "在建工程尚未竣工", "临时建筑", "文物保护单位另行管理")
_SURNAMES = "赵钱孙李周吴郑王冯陈蒋沈韩杨朱秦许何吕张曹严金魏陶姜"
_OWNERS = tuple(f"{name}模拟" for name in _SURNAMES)
_FIRMS = tuple(f"模拟{name}实业有限公司" for name in ("东", "南", "西", "北", "中"))
_SURVEYORS = tuple(f"{name}演示" for name in _SURNAMES[:12])
RISKS = ("未发现隐患", "一般隐患", "重大隐患")
_GRADES = ("A", "B", "C", "D")
_PHONES = 10_000


def building_ids(buildings: Buildings) -> pa.StringArray:
    """Return ids: nine digits of the town, seven of the building."""
    codes = texts(buildings.places.town_codes, buildings.towns)
    return join(codes, pc.utf8_lpad(wholes(buildings.numbers), 7, "0"))


def phones(draws: Draws, index: Ints, shown: Shown) -> pa.DictionaryArray:
    """Return telephone numbers of a block that is nobody's."""
    labels = [f"1380000{number:04d}" for number in range(_PHONES)]
    return words(labels, draws.below("phone", index, _PHONES), shown)


def survey_table(
    district: District,
    buildings: Buildings,
    dangers: dict[int, DangerCase],
    district_name: str,
    as_at: int,
) -> pa.Table:
    """Return the ledger at a date, one row a building, columns as the contract's fields."""
    found, draws, slots = buildings.traits, district.draws, buildings.slots
    is_surveyed = buildings.status == SURVEYED
    is_known = buildings.status != WAITING
    parts = addresses(draws, buildings)
    other = len(traits.STRUCTURES) - 1
    columns: dict[str, Any] = {
        "building_id": building_ids(buildings),
        "district": constant(district_name, len(slots)),
        "town": words(buildings.places.town_names, buildings.towns),
        "community": words(buildings.places.community_names, buildings.community),
        "address": written(draws, buildings, parts),
        "building_name": names(buildings, parts),
        "building_category": words(traits.CATEGORIES, found.category),
        "structure_type": words(traits.STRUCTURES, found.structure),
        "structure_note": words(
            traits.STRUCTURE_NOTES,
            draws.below("structure_note", slots, len(traits.STRUCTURE_NOTES)),
            found.structure == other,
        ),
        "floors_above": wholes(found.floors),
        "floors_below": wholes(found.floors_below, is_known),
        "height_m": hundredths(found.height_cents, is_known),
        "floor_area_m2": hundredths(buildings.area_cents, is_known),
        "built_year": wholes(_built_years(buildings)),
        "use": words(traits.USES, found.use),
        **_owners(draws, buildings),
        "survey_status": words(STATUSES, buildings.status),
        "no_survey_reason": words(
            _REASONS, draws.below("reason", slots, len(_REASONS)), buildings.status == EXEMPT
        ),
        "surveyed_on": days(buildings.surveyed_on, is_surveyed),
        "surveyor": words(_SURVEYORS, draws.below("surveyor", slots, len(_SURVEYORS)), is_surveyed),
    }
    return pa.table(columns | _findings(draws, buildings, dangers, as_at))


def _built_years(buildings: Buildings) -> Ints:
    """Return years of building, none after the survey."""
    surveyed = buildings.surveyed_on.astype("datetime64[D]").astype("datetime64[Y]")
    return np.minimum(buildings.traits.built_year, surveyed.astype(np.int64) + 1970)


def _owners(draws: Draws, buildings: Buildings) -> dict[str, Any]:
    slots = buildings.slots
    is_home = buildings.traits.category % 2 == 0
    owner = np.where(
        is_home,
        draws.below("owner", slots, len(_OWNERS)),
        len(_OWNERS) + draws.below("owner", slots, len(_FIRMS)),
    )
    has_phone = draws.uniform("has_phone", slots) < 0.93
    return {
        "owner_name": words(_OWNERS + _FIRMS, owner),
        "owner_phone": phones(draws, slots, has_phone),
    }


def _findings(
    draws: Draws, buildings: Buildings, dangers: dict[int, DangerCase], as_at: int
) -> dict[str, Any]:
    """Return the columns of what the survey found, as far as it had happened."""
    found, surveyed_on = buildings.traits, buildings.surveyed_on
    is_surveyed = buildings.status == SURVEYED
    risk = initial_risk(buildings, dangers)
    resolved_on = surveyed_on + found.hazard_resolved_after
    graded_on = surveyed_on + found.appraised_after
    grade = draws.pick("grade", buildings.slots, (0.3, 0.7))
    is_graded = found.is_appraised & is_surveyed
    for position in _endangered(buildings, dangers):
        case = dangers[int(buildings.slots[position])]
        resolved_on[position] = case.closing[1]
        last = case.grade(as_at)
        is_graded[position] = last is not None
        if last:
            graded_on[position], grade[position] = last[0], _GRADES.index(last[1])
    is_graded &= graded_on <= as_at
    is_altered = found.is_altered & is_surveyed
    has_hazard = is_surveyed & (risk > 0)
    return {
        "is_altered": words(("否", "是"), is_altered.astype(np.int64), is_surveyed),
        "altered_on": days(_altered_on(buildings), is_altered),
        "visible_defect": words(("无", "有"), found.has_defect.astype(np.int64), is_surveyed),
        "initial_risk": words(RISKS, risk, is_surveyed),
        "hazard_due_on": days(surveyed_on + found.hazard_due_after, has_hazard),
        "hazard_resolved_on": days(resolved_on, has_hazard & (resolved_on <= as_at)),
        "appraisal_grade": words(_GRADES, grade, is_graded),
        "appraised_on": days(graded_on, is_graded),
        "remark": only(constant("模拟数据", len(risk)).cast(pa.string()), has_hazard),
    }


def initial_risk(buildings: Buildings, dangers: dict[int, DangerCase]) -> Ints:
    """Return positions in RISKS: as drawn, and 重大隐患 where there is a danger case."""
    risk = buildings.traits.risk.copy()
    risk[_endangered(buildings, dangers)] = 2
    return risk


def _endangered(buildings: Buildings, dangers: dict[int, DangerCase]) -> Ints:
    """Return the positions of surveyed buildings with a danger case."""
    own = np.isin(buildings.numbers, np.array(sorted(dangers), np.int64))
    return np.flatnonzero(own & (buildings.status == SURVEYED))


def _altered_on(buildings: Buildings) -> Ints:
    """Return days of alteration between the year after building, or 2000, and the survey."""
    years = np.maximum(_built_years(buildings), 2000) - 1970
    first = years.astype("datetime64[Y]").astype("datetime64[D]").astype(np.int64)
    span = np.maximum(buildings.surveyed_on - first, 0)
    return np.asarray(first + (buildings.traits.altered_share * span).astype(np.int64))
