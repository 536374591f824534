"""What columns of marts were called, and of which type they were, when earlier versions kept them.

What a release kept is never rewritten: whoever reads it reads it through here, under the names and
types that the contracts have today. Add a column here when its contract gives it another name. A
column that is new is null where it was not kept, and needs nothing here.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping

from orchestration.formats.sql import quoted

#: By mart, the former name of each renamed column and the one it has today.
FORMER_NAMES: Mapping[str, Mapping[str, str]] = {
    "rpt_alteration_duration_monthly": {
        "median_day_count": "duration_days_median",
        "p90_day_count": "duration_days_p90",
    },
    "rpt_measure_change_monthly": {"measure": "metric_id"},
    "rpt_mean_revision": {"measure": "metric_id"},
    "rpt_reconciliation": {"measure": "metric_id"},
    "rpt_revision": {"measure": "metric_id"},
}
#: By the last word of a name, the type that a column was kept with and the one it has today. Not
#: here is what became wider: the rows of several versions, put together, are so of themselves.
_RETYPED = {
    "share": ("DOUBLE", "decimal(9, 6)"),
    "median": ("DOUBLE", "decimal(9, 1)"),
    "p90": ("DOUBLE", "decimal(9, 1)"),
    "order": ("BIGINT", "integer"),
}
_NUMBERS = ("INTEGER", "BIGINT", "DOUBLE", "DECIMAL")


def todays_rows(schema: str, table: str, columns: Mapping[str, str]) -> str:
    """Return SQL for the rows of a mart in ``schema``, under today's names and types."""
    named = todays_columns(table, columns)
    return f"(select {named} from {schema}.{quoted(table)})"  # noqa: S608 - our names, quoted


def todays_columns(table: str, columns: Mapping[str, str]) -> str:
    """Return SQL that selects a mart's kept columns, ``{name: type}``, as they are called today.

    Rows of several releases can lie together: where a column stands under both its names, the one
    that is not null counts. A share too large for its type becomes null.
    """
    return ", ".join(
        f"{_value(today, names, columns)} as {quoted(today)}"
        for today, names in names_by_todays(table, columns).items()
    )


def names_by_todays(table: str, columns: Iterable[str]) -> dict[str, list[str]]:
    """Return today's names of kept columns, each with the names they were kept under."""
    kept: dict[str, list[str]] = {}
    for name in columns:
        kept.setdefault(FORMER_NAMES.get(table, {}).get(name, name), []).append(name)
    return kept


def _value(today: str, names: list[str], columns: Mapping[str, str]) -> str:
    value = quoted(names[0]) if len(names) == 1 else f"coalesce({', '.join(map(quoted, names))})"
    former, retyped = _RETYPED.get(today.rsplit("_", 1)[-1], ("", ""))
    is_former = any(columns[name] == former for name in names)
    return f"try_cast({value} as {retyped})" if is_former else value


def columns_as_shown(
    table: str, kept: Mapping[str, str], shown: Mapping[str, str], without: Collection[str] = ()
) -> dict[str, str] | None:
    """Return the columns of a published file that a release kept, each with SQL for the kept one.

    ``kept`` and ``shown`` are ``{name: type}``; the file may be of the version that kept the rows
    or of a later one. Numbers get its type. None if it lacks a column but those ``without``.
    """
    former = FORMER_NAMES.get(table, {})
    names = {name if name in shown else former.get(name, name): name for name in kept}
    names = {today: name for today, name in names.items() if today not in without}
    if not names.keys() <= shown.keys():
        return None
    return {
        quoted(today): f"{_number(name, kept[name], shown[today])} as {quoted(today)}"
        for today, name in names.items()
    }


def _number(name: str, kept: str, shown: str) -> str:
    """Return SQL for a kept column; a number gets the type that it is shown with."""
    is_number = kept.startswith(_NUMBERS) and shown.startswith(_NUMBERS)
    return f"try_cast({quoted(name)} as {shown})" if is_number else quoted(name)
