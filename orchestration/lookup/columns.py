"""The columns that the look-up shows: an allow-list, checked against the contracts' privacy.

This is the only place that allows a delivered column to be looked up. Names are those of dbt's
staging; texts, types and units come from the contract. A personal or free-text column in the list
raises an error before anything is built or served. The columns of cases are listed here too; they
come from marts, which have no personal column.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache

from orchestration.reference.contracts import Contract, ContractColumn, load_contracts
from orchestration.reference.kinds import BUILDING_CODES, BUILDING_SURVEY

#: Basic information: published name and field of the building ledger.
BASIC = {
    "town_name": "town",
    "community_name": "community",
    "address": "address",
    "building_name": "building_name",
    "building_category": "building_category",
    "building_use": "use",
    "structure_type": "structure_type",
    "floors_above_count": "floors_above",
    "floors_below_count": "floors_below",
    "height_m": "height_m",
    "floor_area_m2": "floor_area_m2",
    "built_year": "built_year",
}
#: Safety information of the building ledger.
SAFETY = {
    "survey_status": "survey_status",
    "surveyed_on": "surveyed_on",
    "is_altered": "is_altered",
    "altered_on": "altered_on",
    "is_visibly_defective": "visible_defect",
    "initial_risk": "initial_risk",
    "hazard_due_on": "hazard_due_on",
    "hazard_resolved_on": "hazard_resolved_on",
    "appraisal_grade": "appraisal_grade",
    "appraised_on": "appraised_on",
}
#: Columns of the register of codes, for a code without a building in the ledger.
OF_CODE = {"town_name": "town", "community_name": "community", "address": "address"}
#: Columns of ``rpt_danger_case_monthly`` and ``fct_alteration_case_monthly``, with labels.
DANGER_CASE = {
    "danger_case_id": "危房编号",
    "stage_name": "所处阶段",
    "stage_since_on": "进入该阶段日期",
    "last_grade": "最近鉴定等级",
    "last_appraised_on": "最近鉴定日期",
    "found_on": "发现日期",
    "due_on": "计划完成日期",
    "is_open": "是否未关闭",
    "is_overdue": "是否逾期",
}
ALTERATION_CASE = {
    "case_id": "受理编号",
    "alteration_type_name": "疑似类型",
    "received_on": "受理日期",
    "verified_on": "核实日期",
    "ordered_on": "责令整改日期",
    "is_awaiting_verification": "是否待核实",
}
_YES_OR_NO = ({"是": True, "否": False}, {"有": True, "无": False})
#: SQL from accepted text to the stored type; a date stays ISO text.
_CASTS = {
    "integer": "try_cast({} as bigint)",
    "decimal": "try_cast({} as double)",
    "date": "cast(try_cast({} as date) as varchar)",
}


class PersonalColumnError(ValueError):
    """A column that may not be shown: its contract calls it private or does not allow it."""


@dataclass(frozen=True)
class Shown:
    """One shown column: its published name, its contract column, and its type."""

    name: str
    column: ContractColumn
    python_type: type
    expression: str

    @property
    def label(self) -> str:
        """The Chinese header."""
        return self.column.header

    def text(self, value: object) -> str | None:
        """Return a value as the contract writes it, without its unit; None stays None."""
        if isinstance(value, bool):
            return self.column.codes[0 if value else 1]
        return None if value is None else str(value)

    @property
    def is_boolean(self) -> bool:
        """Whether it is stored as 0 or 1."""
        return self.python_type is bool


def shown_columns(contract: Contract, listed: Mapping[str, str]) -> tuple[Shown, ...]:
    """Return the listed columns of a kind, typed; raise PersonalColumnError for one not allowed."""
    shown = []
    for name, field in listed.items():
        column = contract.column(field)
        if not column.may_be_looked_up:
            raise PersonalColumnError(
                f"{contract.kind}.{field} may not be looked up: it is private"
            )
        shown.append(_typed(name, column))
    return tuple(shown)


def _typed(name: str, column: ContractColumn) -> Shown:
    """Return the column with its type and the SQL that converts the accepted text."""
    for codes in _YES_OR_NO:
        if set(column.codes) == set(codes):
            cases = " ".join(f"when '{code}' then {value}" for code, value in codes.items())
            return Shown(name, column, bool, f"case {column.name} {cases} end")
    python_type = {"integer": int, "decimal": float}.get(column.type, str)
    cast = _CASTS.get(column.type, "nullif({}, '')").format(column.name)
    return Shown(name, column, python_type, cast)


@cache
def basic_columns() -> tuple[Shown, ...]:
    """Return the columns of basic information, in the order shown."""
    return shown_columns(load_contracts()[BUILDING_SURVEY], BASIC)


@cache
def safety_columns() -> tuple[Shown, ...]:
    """Return the columns of the ledger's safety information, in the order shown."""
    return shown_columns(load_contracts()[BUILDING_SURVEY], SAFETY)


@cache
def code_columns() -> tuple[Shown, ...]:
    """Return the columns of the register of codes, for codes without a building in the ledger."""
    return shown_columns(load_contracts()[BUILDING_CODES], OF_CODE)


def select_list(columns: tuple[Shown, ...]) -> str:
    """Return the columns as a SQL select list over accepted rows."""
    return ", ".join(f"{shown.expression} as {shown.name}" for shown in columns)
