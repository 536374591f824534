"""``fangan lookup``: finds a building, or builds the look-up file.

Files and answers are made in ``orchestration.lookup``.
"""

from __future__ import annotations

import sqlite3

import click

from orchestration.console.output import Record, print_table
from orchestration.lookup.answers import SCHEMES, SOURCES, Refusal
from orchestration.lookup.columns import ALTERATION_CASE, DANGER_CASE, basic_columns, safety_columns
from orchestration.lookup.file_reading import LookupFiles, NotPublishedError, clean_key
from orchestration.lookup.file_tables import NothingToLookUpError
from orchestration.lookup.file_writing import Assembled, assemble_lookup, lookup_file, renew_lookup
from orchestration.lookup.problems import key_problem
from orchestration.reference.kinds import ALTERATION_CASES, DANGER_CASES
from orchestration.reference.months import Month
from orchestration.settings import Settings


def build(settings: Settings, month: Month) -> Record:
    """Build the month's look-up file; raise click.UsageError if the month has no ledgers."""
    try:
        made = assemble_lookup(settings, month)
    except NothingToLookUpError as error:
        raise click.UsageError(str(error)) from error
    return _record(month, made)


def build_if_any(settings: Settings, month: Month) -> Record | None:
    """Build the look-up file of a month; return None if the month has no ledgers.

    The caller holds the month's lock.
    """
    try:
        return _record(month, renew_lookup(settings, month))
    except NothingToLookUpError:
        return None


def _record(month: Month, made: Assembled) -> Record:
    return {
        "month": str(month),
        "file": str(made.path),
        "building_count": made.subject_count,
        "key_count": made.identifier_count,
    }


def find(settings: Settings, key: str, month: Month | None) -> Record:
    """Return the answer to a key, or the problem with it, as the service does.

    Raises click.UsageError if there is no look-up file, click.ClickException if it is damaged.
    """
    try:
        file = LookupFiles(settings.lookups).file(month)
        found = file.find(clean_key(key))
    except NotPublishedError as error:
        raise click.UsageError(
            "没有查询库。There is no look-up file; fangan release builds it, or"
            f" fangan lookup --build --month {month or '2022-10'}"
        ) from error
    except sqlite3.DatabaseError as error:
        path = lookup_file(settings, month or "*")
        raise click.ClickException(
            f"查询库损坏，请重新生成。{path} is damaged; build it again: fangan lookup --build"
        ) from error
    if isinstance(found, Refusal):
        return {"as_of": file.as_of, "problem": key_problem(found)}
    return {"key": clean_key(key), "as_of": file.as_of, "building": found}


def show(record: Record) -> None:
    """Print an answer, or the problem with the key."""
    click.echo(record["as_of"]["note"])
    if "problem" in record:
        problem = record["problem"]
        click.echo(f"{problem['title']}：{problem['detail']}")
        print_table(
            "",
            [
                {"编码种类": SCHEMES[c["scheme"]], "编码": c["key"], "地址": c["address"] or ""}
                for c in problem["candidates"]
            ],
        )
        return
    building = record["building"]
    facts = {"地区": building["district_name"], "截至日期": building["as_at"]}
    values = building["basic"] | building["safety"]
    facts |= {c.label: c.text(values[c.name]) for c in (*basic_columns(), *safety_columns())}
    if not building["is_in_ledger"]:
        click.echo("本月排查台账中没有这幢房屋，以下仅为一房一码库的登记信息。")
    print_table("", [{"项目": k, "内容": _shown(v)} for k, v in facts.items()])
    for title, name, labels in (
        ("危房案件", DANGER_CASES, DANGER_CASE),
        ("未办结的违法拆改案件", ALTERATION_CASES, ALTERATION_CASE),
    ):
        cases = building["safety"][name]
        if cases:
            print_table(title, [{labels[f]: _shown(v) for f, v in c.items()} for c in cases])
        else:
            click.echo(f"{title}：{'不掌握' if cases is None else '无'}")
    print_table(
        "编码",
        [
            {"种类": SCHEMES[i["scheme"]], "编码": i["value"], "来源": SOURCES[i["source"]]}
            for i in building["identifiers"]
        ],
    )


def _shown(value: object) -> str:
    if isinstance(value, bool):
        return "是" if value else "否"
    return "—" if value is None else str(value)
