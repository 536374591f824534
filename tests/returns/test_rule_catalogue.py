"""The catalogue of rules: every rule once, as JSON and as a workbook with constant bytes."""

from __future__ import annotations

import json
from pathlib import Path

import openpyxl
import pytest
from click.testing import CliRunner

from expectations.rule_files import load_rulebooks
from expectations.rulebook import (
    AtMost,
    Coded,
    Named,
    NotAfterAsAt,
    Patterned,
    Plausible,
    Sql,
    Typed,
    Within,
)
from orchestration.cli import cli, main
from orchestration.console.exit_codes import USAGE
from orchestration.returns.rule_catalogue import listed_rules, write_catalogue


def _ids(kind: str | None = None) -> list[str]:
    return [listed.rule.id for listed in listed_rules(kind)]


def test_every_rule_of_the_book_is_listed_once() -> None:
    every = {rule.id for book in load_rulebooks().values() for rule in book.rules}
    assert sorted(_ids()) == sorted(every)
    assert len(every) >= 80
    assert set(_ids("monthly_report")) == {
        rule.id for rule in load_rulebooks()["monthly_report"].rules
    }


def test_the_command_prints_the_rules_as_json() -> None:
    done = CliRunner().invoke(cli, ["rules", "alteration_cases", "--json"], standalone_mode=False)
    printed = json.loads(done.output)
    assert [rule["id"] for rule in printed] == _ids("alteration_cases")
    assert {rule["kind"] for rule in printed} == {"every", "alteration_cases"}
    [backlog] = [rule for rule in printed if rule["id"] == "AC-501"]
    assert backlog["severity"] == "warn"
    assert backlog["remedy"] == "补报该案件，已结的填处理完成或撤销日期"


def test_an_unknown_kind_is_a_usage_error(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("sys.argv", ["fangan", "rules", "nothing"])
    with pytest.raises(SystemExit) as left:
        main()
    assert left.value.code == USAGE


def test_the_workbook_has_the_same_rules_and_constant_bytes(tmp_path: Path) -> None:
    first, second = tmp_path / "first.xlsx", tmp_path / "second.xlsx"
    for path in (first, second):
        write_catalogue(path, listed_rules())
    assert first.read_bytes() == second.read_bytes()
    sheet = openpyxl.load_workbook(first).active
    header, *rows = list(sheet.iter_rows(min_row=3, values_only=True))
    assert header[:2] == ("规则", "报表")
    assert [row[0] for row in rows] == _ids()
    assert {row[5] for row in rows} == {"退回", "隔离", "提醒", "提示"}
    assert all(row[3] and row[7] for row in rows)
    assert sheet.freeze_panes == "A4"
    assert sheet.auto_filter.ref == f"A3:J{3 + len(rows)}"
    assert {cell.data_type for row in sheet.iter_rows() for cell in row} <= {"s", "n"}


@pytest.mark.parametrize(
    ("rule_id", "words"),
    [
        ("BS-151", "房屋编号：11 至 20 位数字"),
        ("BS-115", "在 1 至 1,000,000 之间"),
        ("BS-105", "待排查、排查中、已排查、无需排查"),
        ("MR-202", "相差不多于 0.005×（行数＋1）"),
        ("ST-020", "1%"),
        ("BS-108", "截至日期"),
        ("BS-303", "不多于 0.5（实测面积个位为0或5的约占五分之一）"),
        ("MR-203", "姑苏区 在 770 至 3,083 平方米之间"),
        ("MR-221", "姑苏区 不多于 993,660 幢"),
        ("BS-222", "姑苏区 在 1 至 89,429 幢之间"),
        ("MR-521", "在 0.8 至 1.25 之间"),
        ("MR-102", "整数部分不超过 12 位"),
        ("MR-103", "不少于 0"),
    ],
)
def test_the_catalogue_has_every_limit(rule_id: str, words: str) -> None:
    [listed] = [listed for listed in listed_rules() if listed.rule.id == rule_id]
    assert words in listed.limits


def test_every_rule_with_a_limit_shows_it() -> None:
    limited = (Within, Plausible, Patterned, Coded, Typed, Named, NotAfterAsAt, AtMost)
    silent = [
        listed.rule.id
        for listed in listed_rules()
        if not listed.limits
        and (
            isinstance(listed.rule.test, limited)
            or (isinstance(listed.rule.test, Sql) and "band_" in listed.rule.sql_path.read_text())
        )
    ]
    assert silent == []
