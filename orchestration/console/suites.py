"""``fangan rules --suite``: the Great Expectations suites of a district, listed or printed."""

from __future__ import annotations

import json
from datetime import date
from typing import Any

import click

from orchestration.console.output import Record, print_json, print_table
from orchestration.judgement.delivery_suites import delivery_suites
from orchestration.reference.contracts import kinds_of
from orchestration.reference.months import Month

#: What a table of expectations shows in columns of its own.
_SHOWN_APART = ("column", "column_A", "column_B", "column_list", "row_condition")


def chosen_suites(district_id: str, kind: str | None, month: Month | None) -> list[Any]:
    """Return a district's suites of a kind, or all; the month before this one if none is given.

    Raises click.UsageError for a kind that the district does not deliver.
    """
    kinds = kinds_of(district_id)
    if kind is not None and kind not in kinds:
        raise click.UsageError(f"{district_id} has no suite of {kind!r}; it has {', '.join(kinds)}")
    today = date.today()
    of_month = month or Month(today.year, today.month).previous
    return [
        suite
        for one in ([kind] if kind else kinds)
        for suite in delivery_suites(district_id, one, of_month)
    ]


def show(suites: list[Any], kind: str | None, as_json: bool) -> None:
    """Print suites: as Great Expectations writes them, as tables, or without a kind as a list."""
    if as_json:
        print_json([suite.to_json_dict() for suite in suites])
    elif kind is None:
        print_table(
            f"{len(suites)} suites",
            [{"suite": suite.name, "expectations": len(suite.expectations)} for suite in suites],
        )
    else:
        for suite in suites:
            print_table(suite.name, [_shown(one.configuration) for one in suite.expectations])


def _shown(configuration: Any) -> Record:
    arguments = configuration.to_json_dict()["kwargs"]
    columns = [arguments[name] for name in _SHOWN_APART[:-1] if name in arguments]
    others = {name: value for name, value in arguments.items() if name not in _SHOWN_APART}
    return {
        "rule": configuration.meta["rule_id"],
        "severity": configuration.meta["severity"],
        "expectation": configuration.type.removeprefix("expect_"),
        "column": ", ".join(str(name) for name in columns),
        "where": _condition(arguments.get("row_condition")),
        "arguments": json.dumps(others, ensure_ascii=False) if others else "",
        "description": configuration.description,
    }


def _condition(condition: dict[str, Any] | None) -> str:
    """Return a row condition in words.

    >>> _condition({"type": "nullity", "column": {"name": "use"}, "is_null": False})
    'use is filled'
    """
    if condition is None:
        return ""
    name = condition["column"]["name"]
    if condition["type"] == "nullity":
        return f"{name} is filled"
    negation = "not " if condition["operator"] == "NOT_IN" else ""
    return f"{name} {negation}in {', '.join(condition['parameter'])}"
