"""The answers as HTML pages in the style of the bulletin, without scripts or external files.

It prepares the values for ``lookup.html.j2``; ``templating`` escapes them. Labels come from the
contracts, texts of problems from ``problems``.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from datetime import date, datetime
from typing import Any

from orchestration.lookup.answers import SCHEMES, SOURCES
from orchestration.lookup.columns import (
    ALTERATION_CASE,
    DANGER_CASE,
    Shown,
    basic_columns,
    safety_columns,
)
from orchestration.publication.html.templating import render
from orchestration.reference.kinds import ALTERATION_CASES, DANGER_CASES
from orchestration.reference.months import Month, chinese_date
from orchestration.reference.vocabulary import VINTAGE_STATES

_TITLE = "苏州市房屋查询"
_UNKNOWN = "不掌握：该地区本月未报这份台账，或房屋编号不明。"
_Pairs = list[tuple[str, str | None]]


def search_page(as_of: Mapping[str, Any]) -> str:
    """Return the page with the search form only."""
    return _page(as_of, "", _TITLE)


def problem_page(as_of: Mapping[str, Any] | None, key: str, problem: Mapping[str, Any]) -> str:
    """Return the page that explains why there is no answer; ``as_of`` may be None."""
    return _page(as_of, key, f"{problem['title']}　{_TITLE}", problem=problem)


def answer_page(answer: Mapping[str, Any]) -> str:
    """Return the page of one building."""
    building = answer["building"]
    safety = building["safety"]
    return _page(
        answer["as_of"],
        answer["key"],
        f"{building['basic']['address'] or answer['key']}　{_TITLE}",
        building=building,
        as_at=_as_at(building["as_at"]),
        basic=[
            (label, value)
            for label, value in _facts(basic_columns(), building["basic"])
            # the register of codes has only a few of these columns
            if building["is_in_ledger"] or value is not None
        ],
        safety=_facts(safety_columns(), safety),
        case_lists=[
            ("危房案件", *_cases(safety[DANGER_CASES], DANGER_CASE, "没有危房案件。")),
            (
                "未办结的违法拆改案件",
                *_cases(safety[ALTERATION_CASES], ALTERATION_CASE, "没有未办结的案件。"),
            ),
        ],
    )


def _page(as_of: Mapping[str, Any] | None, key: str, title: str, **shown: Any) -> str:
    version = (
        {
            "month": Month.parse(as_of["month"]).chinese,
            "state": VINTAGE_STATES[as_of["status"]],
            "built": f"{datetime.fromisoformat(as_of['built_at']):%Y-%m-%d %H:%M}",
        }
        if as_of
        else {}
    )
    absent = {"problem": None, "building": None}
    names = {"schemes": SCHEMES, "sources": SOURCES}
    return render(
        "lookup.html.j2",
        **absent | names | version | shown | {"as_of": as_of, "key": key, "title": title},
    )


def _as_at(text: str | None) -> str:
    return f"数据截至 {chinese_date(date.fromisoformat(text))}" if text else "没有截至日期"


def _facts(columns: Iterable[Shown], values: Mapping[str, Any]) -> _Pairs:
    return [(_without_unit(c.label), _value(values[c.name], c)) for c in columns]


def _without_unit(label: str) -> str:
    """Return a header without its unit, which is printed with the value."""
    return label.partition("(")[0]


def _value(value: Any, shown: Shown) -> str | None:
    if value and shown.column.type == "date":
        return chinese_date(date.fromisoformat(value))
    text = f"{value:,}" if isinstance(value, float) else shown.text(value)
    return f"{text} {shown.column.unit}" if text and shown.column.unit else text


def _cases(
    cases: list[dict[str, Any]] | None, labels: Mapping[str, str], none: str
) -> tuple[list[_Pairs] | None, str]:
    """Return the cases as label and value, and the text to show if there are none."""
    if cases is None:
        return None, _UNKNOWN
    rows = [
        [(label, _case_value(name, case[name])) for name, label in labels.items()] for case in cases
    ]
    return rows, none


def _case_value(name: str, value: Any) -> str | None:
    if isinstance(value, bool):
        return "是" if value else "否"
    return chinese_date(date.fromisoformat(value)) if value and name.endswith("_on") else value
