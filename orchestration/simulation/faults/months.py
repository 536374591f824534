"""Faults that show beside other deliveries: another ledger of the month, or last month's.

Some change which rows there are, so that these faults are planted first: the others go by row
numbers. Add a function here, list it in ``WRITERS`` and name it in an entry's ``plant``.
"""

from __future__ import annotations

from dataclasses import replace

import pyarrow as pa
import pyarrow.compute as pc

from orchestration.reference.kinds import (
    BUILDING_CHANGES,
    BUILDING_SURVEY,
    DANGER_CASES,
    MONTHLY_REPORT,
)
from orchestration.reference.months import Month
from orchestration.simulation.drafts import Draft
from orchestration.simulation.faults.form import Place, Setting, Spot, Writer, last_row
from orchestration.simulation.reports import FIRST_ROW

_FLOWS = (
    "suspected_complaint_count",
    "suspected_patrol_count",
    "verified_count",
    "completed_count",
)
_ENDED = ("不属实", "重复受理")
#: A finding about a delivery as a whole names the district instead of a record.
_WHOLE = "本地区"


def exempt_positions(draft: Draft) -> list[int]:
    """Return the positions of the buildings that need no survey and are never counted."""
    status = draft.table["survey_status"].combine_chunks().cast(pa.string())
    found: list[int] = pc.indices_nonzero(pc.equal(status, "无需排查")).to_pylist()
    return found


def remove_a_building(draft: Draft, _: Setting) -> Spot | None:
    """Drop an exempt building without registering why."""
    exempt = exempt_positions(draft)
    if not exempt:
        return None
    key = draft.table["building_id"][exempt[-1]].as_py()
    draft.rows = _without(draft.table, exempt[-1])
    return Spot(None, "building_id", key)


def remove_an_open_case(draft: Draft, _: Setting) -> Spot | None:
    """Drop a confirmed case that is still open."""
    position = _open_since_before(draft)
    if position is None:
        return None
    key = draft.table["case_id"][position].as_py()
    draft.rows = _without(draft.table, position)
    return Spot(None, "case_id", key)


def add_an_unknown_open_case(draft: Draft, _: Setting) -> Spot | None:
    """Add a case that claims to have been open when the month began."""
    position = _open_since_before(draft)
    if position is None:
        return None
    row = draft.table.slice(position, 1).to_pylist()[0] | {"case_id": "MNCG999999"}
    return _added(draft, row, "verified_on", "case_id")


def _open_since_before(draft: Draft) -> int | None:
    """Return a confirmed case of an earlier month that nothing has happened to since."""
    for position, row in enumerate(draft.table.to_pylist()):
        if row["verification_result"] != "属实" or Month.of(row["verified_on"]) == draft.month:
            continue
        if not any(row.get(name) for name in ("completed_on", "withdrawn_on", "reopened_on")):
            return position
    return None


def list_a_completed_case_as_open(draft: Draft, setting: Setting) -> Spot | None:
    """List a case that was completed last month as if it had never been."""
    listed = set(draft.table["case_id"].to_pylist())
    for row in setting.before()[draft.kind].table.to_pylist():
        if row.get("completed_on") and row["case_id"] not in listed:
            undone = row | {"completed_on": None, "resolution": None, "transferred_on": None}
            return _added(draft, undone, "reopened_on", "case_id")
    return None


def demolish_a_listed_building(draft: Draft, setting: Setting) -> Spot | None:
    """Register the demolition of a building that stands in the ledger."""
    survey = setting.drafts.get(BUILDING_SURVEY)
    exempt = exempt_positions(survey) if survey else []
    if survey is None or not exempt:
        return None
    row = draft.table.slice(draft.row_count - 1, 1).to_pylist()[0] | {
        "change_id": "MNBG999999",
        "old_building_id": survey.table["building_id"][exempt[-1]].as_py(),
        "new_building_id": None,
        "change_type": "拆除",
    }
    return _added(draft, row, "old_building_id", "change_id")


def copy_last_survey(draft: Draft, setting: Setting) -> Spot:
    """Deliver last month's ledger, which registered changes and appraisals then contradict."""
    draft.rows = setting.before()[draft.kind].table
    changes = setting.drafts.get(BUILDING_CHANGES)
    dangers = setting.drafts.get(DANGER_CASES)
    return Spot(
        None,
        "survey_status",
        _WHOLE,
        elsewhere=(
            *(_contradicted(changes, draft) if changes else ()),
            *(_regraded(dangers, draft) if dangers else ()),
        ),
    )


def _contradicted(changes: Draft, survey: Draft) -> tuple[Place, ...]:
    ids = set(survey.table["building_id"].to_pylist())
    rows = changes.table.to_pylist()
    old, new = ({row.get(f"{age}_building_id") for row in rows} for age in ("old", "new"))
    return tuple(
        (changes.kind, number, field, row["change_id"])
        for number, row in enumerate(rows, start=changes.first_row)
        for field, is_wrong in (
            ("old_building_id", row["old_building_id"] in ids - new),
            ("new_building_id", row["new_building_id"] not in ids | old | {None}),
        )
        if is_wrong
    )


def _regraded(dangers: Draft, survey: Draft) -> tuple[Place, ...]:
    """Return the buildings of grade C or D whose case says otherwise this month or is not there."""
    rows = dangers.table.to_pylist()
    appraised = sorted((r for r in rows if r["appraised_on"]), key=lambda r: r["appraised_on"])
    last_grade = {row["building_id"]: row["appraisal_grade"] for row in appraised}
    unappraised = {row["building_id"] for row in rows} - last_grade.keys()
    graded = zip(
        survey.table["building_id"].to_pylist(),
        survey.table["appraisal_grade"].to_pylist(),
        strict=True,
    )
    return tuple(
        (dangers.kind, None, "building_id", building_id)
        for building_id, grade in graded
        if grade in ("C", "D")
        and last_grade.get(building_id) != grade
        and building_id not in unappraised
    )


def copy_last_cases(draft: Draft, setting: Setting) -> Spot | None:
    """Deliver last month's cases, of which the report then counts none of its own month."""
    table = setting.before()[draft.kind].table
    if not any(_has_ended(row) for row in table.to_pylist()):
        return None
    draft.rows = table
    report = setting.drafts.get(MONTHLY_REPORT)
    return Spot(None, "case_id", _WHOLE, elsewhere=_counted_flows(report) if report else ())


def _has_ended(row: dict[str, object]) -> bool:
    is_closed = bool(row.get("completed_on") or row.get("withdrawn_on"))
    return (is_closed and not row.get("reopened_on")) or row["verification_result"] in _ENDED


def _counted_flows(report: Draft) -> tuple[Place, ...]:
    return tuple(
        (report.kind, last_row(report), name, None)
        for name in _FLOWS
        if any(row[name] for row in report.report.rows)
    )


def copy_last_flows(draft: Draft, setting: Setting) -> Spot | None:
    """Repeat last month's case measures in a report that has a single row."""
    earlier = setting.before()[draft.kind].report.rows
    if len(earlier) != 1 or len(draft.report.rows) != 1:
        return None
    row = draft.report.rows[0]
    copied = {name: earlier[0][name] for name in _FLOWS}
    changed = tuple(name for name in _FLOWS if row[name] != copied[name] or name == _FLOWS[0])
    draft.rows = replace(draft.report, rows=(row | copied,))
    return Spot(
        FIRST_ROW,
        _FLOWS[0],
        None,
        changed,
        elsewhere=tuple((draft.kind, FIRST_ROW, name, None) for name in changed[1:]),
    )


def _added(draft: Draft, row: dict[str, object], field: str, key: str) -> Spot:
    """Append a row to a draft and say that a fault shows in it."""
    added = pa.Table.from_pylist([row], schema=draft.table.schema)
    draft.rows = pa.concat_tables([draft.table, added]).combine_chunks()
    return Spot(last_row(draft), field, str(row[key]))


def _without(table: pa.Table, position: int) -> pa.Table:
    rest = pa.concat_tables([table.slice(0, position), table.slice(position + 1)])
    return rest.combine_chunks()


WRITERS: tuple[Writer, ...] = (
    remove_a_building,
    copy_last_survey,
    remove_an_open_case,
    add_an_unknown_open_case,
    list_a_completed_case_as_open,
    copy_last_cases,
    demolish_a_listed_building,
    copy_last_flows,
)
