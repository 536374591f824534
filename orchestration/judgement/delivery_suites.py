"""The Great Expectations suites of a district, to be listed, printed and run by hand.

A run asks the same expectations (``judged_rules``), against the as-at date of the file. Add here
what a user of the suites needs; how a rule looks in one is ``expectations.suites``'.
"""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pandas as pd

from expectations.rule_files import load_rulebooks
from expectations.rulebook import Sql
from expectations.suites import PARTS, Part, expectation_suite, part_of, suite_name
from orchestration.judgement.frames import rows_frame
from orchestration.judgement.reference import rule_context
from orchestration.reference.contracts import load_contracts
from orchestration.reference.months import Month


def delivery_suite(district_id: str, kind: str, month: Month, part: Part = "rows") -> Any:
    """Return the ``ExpectationSuite`` about one part of a delivery, dated the month's last day.

    Raises KeyError for an unknown kind.
    """
    contract, book = load_contracts()[kind], load_rulebooks()[kind]
    rules = [r for r in book.rules if not isinstance(r.test, Sql) and part_of(r) == part]
    context = rule_context(contract, month, district_id, None)
    return expectation_suite(suite_name(district_id, kind, part), rules, context)


def delivery_suites(district_id: str, kind: str, month: Month) -> list[Any]:
    """Return the suites about all parts of a delivery that rules are asked of, its rows first."""
    suites = [delivery_suite(district_id, kind, month, part) for part in PARTS]
    return [suite for suite in suites if suite.expectations]


def read_rows(landing: Path, kind: str) -> pd.DataFrame:
    """Return the table that the suite of a kind's rows is about, from a landing file."""
    return rows_frame(landing, load_contracts()[kind], load_rulebooks()[kind])
