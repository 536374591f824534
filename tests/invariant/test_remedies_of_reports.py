"""Each remedy of a refused monthly report, followed to the letter, gives the true figures.

A case is what was delivered, the rule that holds it back, and what its remedy says as an edit.
Remedies for single cells and ledgers are followed in ``judgement/test_remedies``.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

from deliver import Row, report_row, workbook

from orchestration.console.check import check_files
from orchestration.settings import Settings

TOWNS = (
    {"town": "平江街道", "surveyed_building_count": 20000, "surveyed_floor_area_10k_m2": 3000.5},
    {"town": "金阊街道", "surveyed_building_count": 20000, "surveyed_floor_area_10k_m2": 3000.25},
    {"town": "沧浪街道", "surveyed_building_count": 9683, "surveyed_floor_area_10k_m2": 1657.52},
)
FLOWS = (
    {"suspected_complaint_count": 10, "suspected_patrol_count": 3, "verified_count": 10},
    {"suspected_complaint_count": 11, "suspected_patrol_count": 2, "verified_count": 12},
    {"suspected_complaint_count": 7, "suspected_patrol_count": 3, "verified_count": 8},
)
ROWS = [
    report_row("gusu", **town, **flows, completed_count=completed)
    for town, flows, completed in zip(TOWNS, FLOWS, (11, 10, 10), strict=True)
]
TRUE = {name: value for name, value in report_row("gusu").items() if name != "district"}
TOTAL: Row = report_row("gusu", town="合计")
OF_WHICH: Row = ROWS[0] | {"town": "其中：古城", "surveyed_building_count": 5000}
TITLE = "截至2022年10月31日"


@dataclass(frozen=True)
class Case:
    """Rows and title as delivered, the rule that holds them back, and both once mended."""

    rule_id: str
    rows: Sequence[Row]
    mended: Sequence[Row]
    title: str = TITLE


def _first(**changes: object) -> list[Row]:
    return [ROWS[0] | changes, *ROWS[1:]]


CASES = (
    # delete the row that is no town's
    Case("MR-131", [*ROWS, OF_WHICH], ROWS),
    # it is a total: call it one
    Case("MR-132", [*ROWS, TOTAL | {"town": "虎丘街道"}], [*ROWS, TOTAL]),
    # one town, one row
    Case("MR-201", [*ROWS, ROWS[0]], ROWS),
    # the total is the one that errs
    Case("MR-202", [*ROWS, TOTAL | {"verified_count": 31}], [*ROWS, TOTAL]),
    Case("MR-101", _first(verified_count=None), ROWS),
    Case("MR-102", _first(verified_count="10起"), ROWS),
    Case("MR-102", _first(verified_count="10①"), ROWS),
    Case("MR-102", _first(surveyed_building_count="2万"), ROWS),
    Case("MR-103", _first(verified_count=-10), ROWS),
    Case("MR-104", [row | {"district": "吴中区"} for row in ROWS], ROWS),
    # what the message says: ÷10,000
    Case("MR-221", _first(surveyed_floor_area_10k_m2=30005000), ROWS),
    # not the title alone: the month's own figures, and then its title
    Case("MR-120", _first(verified_count=95), ROWS, "2022年1—10月"),
    # October's report instead of September's
    Case("ST-007", _first(surveyed_building_count=19000), ROWS, "截至2022年9月30日"),
)


def _figures(settings: Settings, paths: Sequence[Path]) -> list[tuple[dict[str, object], set[str]]]:
    records = check_files(settings, paths, "monthly_report", "2022-10", "gusu")
    return [
        ({k: float(v) for k, v in r["figures"].items()}, set(r["failed_rules"])) for r in records
    ]


def test_a_remedy_followed_gives_the_true_figures(settings: Settings, tmp_path: Path) -> None:
    broken = [
        workbook(tmp_path / f"{n}.xlsx", "monthly_report", case.rows, title=case.title)
        for n, case in enumerate(CASES)
    ]
    mended = [
        workbook(tmp_path / f"mended{n}.xlsx", "monthly_report", case.mended, title=TITLE)
        for n, case in enumerate(CASES)
    ]
    for case, (figures, failed) in zip(CASES, _figures(settings, broken), strict=True):
        assert (figures, case.rule_id in failed) == ({}, True), (case.rule_id, failed)
    for case, (figures, failed) in zip(CASES, _figures(settings, mended), strict=True):
        assert figures == TRUE, case.rule_id
        assert failed == set(), case.rule_id
