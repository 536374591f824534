"""Each row of the bulletin is its mart's: columns, their order, types, and which may be missing."""

from __future__ import annotations

import re
from dataclasses import fields, is_dataclass
from datetime import date, datetime
from decimal import Decimal
from types import ModuleType, NoneType
from typing import Any, Literal, get_args, get_origin, get_type_hints

import pytest
from mart_totals import contracts

from orchestration.publication.bulletin import matching_rows, rows, topic_rows

TYPES = {
    "bigint": int,
    "boolean": bool,
    "date": date,
    "double": float,
    "integer": int,
    "timestamp": datetime,
    "varchar": str,
}
#: Of these a bulletin needs some columns only.
IN_PART = {"Metric", "Inspection"}


def row_classes(module: ModuleType) -> list[type[Any]]:
    """Return the row classes that a module defines."""
    found = (value for value in vars(module).values() if is_dataclass(value))
    return [one for one in found if isinstance(one, type) and one.__module__ == module.__name__]


ROW_CLASSES = [one for module in (rows, topic_rows, matching_rows) for one in row_classes(module)]


def mart_of(row_class: type[Any]) -> str:
    """Return the mart that a row class names in its docstring; the table's own says it is that."""
    named = re.search(r"``((?:rpt|dim)_\w+)``", row_class.__doc__ or "")
    return named[1] if named else "rpt_district_monthly"


@pytest.mark.parametrize("row_class", ROW_CLASSES, ids=lambda one: one.__name__)
def test_a_row_has_its_marts_columns(row_class: type[Any]) -> None:
    columns = {column["name"]: column for column in contracts()[mart_of(row_class)]["columns"]}
    names = [field.name for field in fields(row_class)]
    wanted = [name for name in columns if name in names or row_class.__name__ not in IN_PART]
    assert names == wanted
    hints = get_type_hints(row_class)
    for name in names:
        allowed = (
            {hints[name]} if get_origin(hints[name]) is Literal else set(get_args(hints[name]))
        )
        kinds = (allowed or {hints[name]}) - {NoneType}
        found = {str if get_origin(kind) is Literal else kind for kind in kinds}
        data_type = columns[name]["data_type"].lower()
        assert found == {Decimal if data_type.startswith("decimal") else TYPES[data_type]}, name
        if NoneType not in allowed:
            constraints = columns[name].get("constraints", [])
            assert {"type": "not_null"} in constraints, f"{name} can be null"


def test_every_mart_that_a_bulletin_reads_has_its_class() -> None:
    assert len(ROW_CLASSES) == len({mart_of(one) for one in ROW_CLASSES}) == 17
