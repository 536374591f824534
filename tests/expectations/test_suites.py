"""A user of Great Expectations lists, prints and runs the suites as any others."""

from __future__ import annotations

import json
import re
from pathlib import Path
from typing import Any

import great_expectations as gx
import pytest
from click.testing import CliRunner
from deliver import OCTOBER, report

import expectations
from orchestration.cli import cli
from orchestration.ingest.reader_pool import ReaderPool
from orchestration.judgement.delivery_suites import delivery_suites
from orchestration.judgement.district import judge_district_month
from orchestration.reference.contracts import kinds_of
from orchestration.reference.districts import CITY_ID
from orchestration.settings import Settings
from orchestration.store.ledger import Ledger

README = (Path(expectations.__file__).parent / "README.md").read_text(encoding="utf-8")


@pytest.mark.parametrize("district_id", ["gusu", CITY_ID])
def test_every_expectation_says_what_it_asks_and_for_which_rule(district_id: str) -> None:
    for kind in kinds_of(district_id):
        suites = delivery_suites(district_id, kind, OCTOBER)
        assert suites[0].name == f"{district_id}.{kind}"
        asked = [one for suite in suites for one in suite.expectations]
        assert all(one.severity and one.description and one.meta["rule_id"] for one in asked)
        keys = [(one.meta["rule_id"], one.meta["field"]) for one in asked]
        assert len(set(keys)) == len(keys)


def _printed(*arguments: str) -> str:
    result = CliRunner().invoke(cli, ["rules", "--month", "2022-10", *arguments])
    assert result.exit_code == 0, result.output
    return result.output


def test_what_is_printed_as_json_is_a_suite_of_the_library() -> None:
    printed = json.loads(_printed("--suite", "gusu", "building_survey", "--json"))
    [rows, *_] = delivery_suites("gusu", "building_survey", OCTOBER)
    suite = gx.ExpectationSuite(**printed[0])
    assert suite.to_json_dict() == rows.to_json_dict()
    assert len(suite.expectations) == len(rows.expectations)


def test_suites_are_listed_and_printed_for_people() -> None:
    assert "gusu.building_survey.totals" in _printed("--suite", "姑苏区")
    printed = _printed("--suite", "gusu", "monthly_report")
    assert "MR-101" in printed
    assert "not_be_null" in printed
    wrong = CliRunner().invoke(cli, ["rules", "--suite", "gusu", "doorplates"])
    assert wrong.exit_code == 2


def test_the_readme_runs_a_suite_by_hand(
    settings: Settings, ledger: Ledger, readers: ReaderPool, capsys: pytest.CaptureFixture[str]
) -> None:
    report(settings.raw, "gusu")
    judge_district_month(settings, ledger, readers.read, OCTOBER, "gusu")
    [block] = re.findall(r"```python\n(.*?)```", README, re.DOTALL)
    done: dict[str, Any] = {}
    exec(block.replace("var/landing", str(settings.landing)), done)
    assert done["result"].success
    assert '"evaluated_expectations": 23' in capsys.readouterr().out
