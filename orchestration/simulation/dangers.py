"""Dangerous buildings on their way through the closed loop 发现—鉴定—治理—消险.

A case's whole course is drawn at once, into the future; a ledger shows as much of it as has
happened by its date. The rows of ``danger_cases`` and what the building ledger says of the same
buildings both come from here.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date

import numpy as np

from orchestration.simulation.buildings import District
from orchestration.simulation.draws import Ints
from orchestration.simulation.figures import rounded
from orchestration.simulation.files.columns import day_of
from orchestration.simulation.places import pilot_communities
from orchestration.simulation.traits import sizes

_SHARE = 0.0006
_MIN_CASES = 2
#: Share of a district's cases in its pilot communities, if it has any.
_PILOT_SHARE = 0.2
_FOUND_BY = ("排查", "巡查", "投诉", "监测")
_TREATMENTS = ("加固", "拆除", "翻建", "选址新建")
_CONTROLS = ("人员撤离、设置围挡", "设置警示标志、限制使用", "临时支撑、专人看护")
_MEASURES = {
    "加固": "增设构造柱、钢板包角",
    "拆除": "整幢拆除、清运建筑垃圾",
    "翻建": "原址翻建、重做基础",
    "选址新建": "另行选址新建、原房拆除",
}
#: Invented: units of a district that lead a case where the town does not.
_BUREAUS = ("农业农村局", "文商旅集团", "住房和城乡建设局")
Row = dict[str, str | int | date | None]


@dataclass(frozen=True)
class DangerCase:
    """The whole course of one case; days may lie after any given month.

    ``appraisals`` are (day, grade) in order; ``closing`` is the reason and the day.
    """

    number: int
    slot: int
    found_on: int
    found_by: str
    appraisals: tuple[tuple[int, str], ...]
    treatment: str | None
    started_on: int
    due_on: int
    accepted_on: int | None
    closing: tuple[str, int]
    control: str

    def grade(self, as_at: int) -> tuple[int, str] | None:
        """Return day and grade of the last appraisal by a date, or None before the first."""
        known = [appraisal for appraisal in self.appraisals if appraisal[0] <= as_at]
        return known[-1] if known else None

    def closed_on(self, as_at: int) -> int | None:
        """Return the day of closing if it has come by a date."""
        return self.closing[1] if self.closing[1] <= as_at else None


def danger_cases(district: District) -> list[DangerCase]:
    """Return the courses of all cases of a district, whatever the month."""
    count = min(
        max(_MIN_CASES, rounded(district.figures.buildings * _SHARE)), len(district.lives.lasting)
    )
    slots = _slots(district, count)
    draws = district.draws
    chances = np.stack([draws.uniform(f"danger/{n}", slots) for n in range(8)], axis=1)
    surveyed = district.surveyed_on(slots)
    return [
        _course(number, int(slot), int(day), chance)
        for number, (slot, day, chance) in enumerate(
            zip(slots, surveyed, chances, strict=True), start=1
        )
    ]


def _slots(district: District, count: int) -> Ints:
    """Return the slots of the cases: lasting buildings, a share of them in pilot communities."""
    lasting = district.lives.lasting
    pilots = pilot_communities(district.district_id)
    if not pilots:
        return lasting[:count]
    places = district.places
    community = sizes(district.draws, places, lasting).community
    in_pilot = np.isin(np.array(places.community_codes)[community], pilots)
    chosen = lasting[in_pilot][: max(1, rounded(count * _PILOT_SHARE))]
    return np.concatenate([chosen, lasting[~in_pilot][: count - len(chosen)]])


def _course(number: int, slot: int, surveyed_on: int, chance: np.ndarray) -> DangerCase:
    found_by = _FOUND_BY[int(chance[0] * 4)]
    found_on = surveyed_on + (0 if found_by == "排查" else int(chance[1] * 520))
    first = found_on + 10 + int(chance[2] * 50)
    again = first + 60 + int(chance[3] * 150)
    appraisals: tuple[tuple[int, str], ...]
    treatment: str | None = None
    if chance[4] < 0.08:
        appraisals, closing = ((first, "B"),), ("误报", first + 5)
    elif chance[4] < 0.16:
        appraisals, closing = ((first, "C"), (again, "B")), ("复鉴降级", again + 7)
    else:
        treatment = _TREATMENTS[int(chance[5] * 6) % 4]
        grade = "C" if chance[4] < 0.72 else "D"
        appraisals = ((first, "C"), (again, "D")) if chance[4] < 0.36 else ((first, grade),)
        closing = ("消险", 0)
    started = appraisals[-1][0] + 15 + int(chance[6] * 120)
    accepted = started + 40 + int(chance[7] * 420)
    return DangerCase(
        number=number,
        slot=slot,
        found_on=found_on,
        found_by=found_by,
        appraisals=appraisals,
        treatment=treatment,
        started_on=started,
        due_on=started + 90 + int(chance[3] * 200),
        accepted_on=accepted if treatment else None,
        closing=closing if treatment is None else ("消险", accepted + 6),
        control=_CONTROLS[int(chance[1] * 3)],
    )


def survey_of(cases: list[DangerCase], as_at: int) -> dict[int, DangerCase]:
    """Return, by slot, the cases found by a date."""
    return {case.slot: case for case in cases if case.found_on <= as_at}


def danger_rows(
    cases: list[DangerCase], building_of: dict[int, Row], prefix: str, as_at: int
) -> list[Row]:
    """Return one row a case and appraisal as known at a date, in the fields of the contract.

    ``building_of`` gives, by slot, the fields that describe the building.
    """
    rows: list[Row] = []
    for case in cases:
        if case.found_on > as_at:
            continue
        known = [a for a in case.appraisals if a[0] <= as_at]
        building = building_of[case.slot]
        base = building | _finding(case, prefix) | {"lead_unit": _lead_unit(case, building)}
        if not known:
            rows.append(
                base | {"appraisal_no": 0} | _next_step(case, "委托鉴定", case.found_on, as_at)
            )
        for number, (day, grade) in enumerate(known, start=1):
            row = base | {
                "appraisal_no": number,
                "appraised_on": day_of(day),
                "appraiser": "模拟房屋安全鉴定有限公司",
                "appraisal_grade": grade,
            }
            rows.append(row | (_treatment(case, as_at) if number == len(known) else {}))
    return rows


def _finding(case: DangerCase, prefix: str) -> Row:
    return {
        "danger_case_id": f"{prefix}WF{case.number:05d}",
        "found_on": day_of(case.found_on),
        "found_by": case.found_by,
        "interim_control": case.control,
        "responsible_person": "模拟责任人",
        "is_monitored": "是" if case.number % 3 == 0 else "否",
        "monitor_unit": "模拟监测技术有限公司" if case.number % 3 == 0 else None,
    }


def _lead_unit(case: DangerCase, building: Row) -> str:
    """Return the unit that leads a case: its town's government, now and then a bureau."""
    if case.number % 4 == 0:
        return f"{building['district']}{_BUREAUS[case.number // 4 % len(_BUREAUS)]}"
    town = str(building["town"])
    if town.endswith("街道"):
        return town + "办事处"
    return town + ("人民政府" if town.endswith("镇") else "管理委员会")


def _treatment(case: DangerCase, as_at: int) -> Row:
    """Return treatment and closing for a case's last appraisal row."""
    closed_on, last = case.closed_on(as_at), case.grade(as_at)
    assert last is not None
    appraised_on, grade = last
    patrolled_on = min(as_at, closed_on or as_at) - case.number * 5 % 24
    row: Row = {"last_patrol_on": day_of(max(patrolled_on, appraised_on))}
    if case.treatment and case.started_on <= as_at:
        is_accepted = case.accepted_on is not None and case.accepted_on <= as_at
        row |= {
            "treatment": case.treatment,
            "measures": _MEASURES[case.treatment],
            "progress": "已完成" if is_accepted else "正在施工",
            "treatment_started_on": day_of(case.started_on),
            "due_on": day_of(case.due_on),
            "accepted_on": day_of(case.accepted_on) if is_accepted and case.accepted_on else None,
        }
    elif grade == "D":
        row |= {"progress": "已落实临时管控，正在编制治理方案", "due_on": day_of(case.due_on)}
    if closed_on is not None:
        return row | {"closed_reason": case.closing[0], "closed_on": day_of(closed_on)}
    return row | _next_step(case, "落实治理措施", case.started_on, as_at)


def _next_step(case: DangerCase, step: str, after: int, as_at: int) -> Row:
    return {"next_step": step, "next_step_on": day_of(max(after, as_at) + case.number * 7 % 40)}
