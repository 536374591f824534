"""The rules as SQL on ledgers and reports against each other and earlier months."""

from __future__ import annotations

from pathlib import Path

import pytest
from asked_rules import KIND_OF, Asked, answer
from judgement.asked_of_buildings import OF_BUILDINGS
from judgement.asked_of_cases import OF_CASES
from judgement.asked_of_reports import OF_REPORTS

KINDS = ("monthly_report", "building_survey", "building_changes", "alteration_cases")
#: Asked about whole months in ``test_rules_of_months``.
ASKED_OF_MONTHS = {"AC-301", "MR-401", "MR-402", "MR-501"}
ASKED = [*OF_CASES, *OF_BUILDINGS, *OF_REPORTS]


@pytest.mark.parametrize("asked", ASKED, ids=lambda asked: f"{asked.rule_id} {asked.says}")
def test_the_rule_finds_what_is_wrong_and_nothing_else(asked: Asked, tmp_path: Path) -> None:
    assert answer(asked, tmp_path) == asked.findings


def test_every_sql_rule_of_these_kinds_passes_and_fails_somewhere() -> None:
    asked = {rule_id for rule_id, kind in KIND_OF.items() if kind in KINDS} - ASKED_OF_MONTHS
    assert {a.rule_id for a in ASKED if a.findings} == asked
    assert {a.rule_id for a in ASKED if not a.findings} == asked
