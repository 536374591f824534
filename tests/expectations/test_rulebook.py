"""A rule file that cannot be trusted fails at load, with its file and key."""

from __future__ import annotations

from pathlib import Path

import pytest

from expectations.rule_files import RULES_DIR, RuleError, load_rulebooks
from orchestration.reference.contracts import load_contracts


def _changed(folder: Path, file: str, old: str, new: str) -> Path:
    for path in RULES_DIR.glob("*.yml"):
        text = path.read_text(encoding="utf-8")
        if path.name == file:
            assert old in text
            text = text.replace(old, new, 1)
        (folder / path.name).write_text(text, encoding="utf-8")
    return folder


@pytest.mark.parametrize(
    ("old", "new", "named"),
    [
        ("severity: quarantine", "severty: quarantine", "severty"),
        ("severity: quarantine", "severity: fatal", "severity"),
        ("dimension: 完整性", "dimension: 美观性", "dimension"),
        ("id: MR-101", "id: ST-001", "ST-001"),
        ("check: named", "check: nmaed", "test"),
        ("    missing: fail\n", "", "missing"),
        ("id: MR-401", "id: MR-499", "MR-499.sql"),
        ("kind: monthly_report", "kind: month_report", "month_report"),
    ],
)
def test_a_mistake_names_file_and_key(tmp_path: Path, old: str, new: str, named: str) -> None:
    folder = _changed(tmp_path, "monthly_report.yml", old, new)
    with pytest.raises(RuleError) as error:
        load_rulebooks(folder)
    assert "monthly_report.yml" in str(error.value)
    assert named in str(error.value)


def test_rules_name_only_columns_that_the_contract_or_the_book_has() -> None:
    for kind, contract in load_contracts().items():
        book = load_rulebooks()[kind]
        known = {*contract.fields, *book.ratios, *book.years, "total_excess"}
        for rule in book.rules:
            columns = getattr(rule.test, "columns", ())
            assert set(columns) <= known, rule.id


def test_completed_may_exceed_verified() -> None:
    """太仓, 昆山 and 姑苏 completed more than they verified in October 2022: no fault."""
    for rule in load_rulebooks()["monthly_report"].rules:
        columns = set(getattr(rule.test, "columns", ()))
        assert rule.test.check in ("filled", "typed", "within") or not (
            {"completed_count", "verified_count"} <= columns
        )
