"""No remedy turns a held-back figure into a wrong one: each is followed to the letter.

For every rule that holds rows back there is a row that breaks it, what the remedy says as an
edit, and the true rows. Followed, the delivery counts the true rows, or still holds some back.
Rules about totals, months and whole figures have their own tests.
"""

from __future__ import annotations

import re
from pathlib import Path

import pyarrow.parquet as pq
import pytest
from deliver import OCTOBER, Row, workbook
from expectations_breaks import BREAKS, CLEAN, FIRST_BROKEN, MAKERS

from expectations.rule_files import load_rule_files, load_rulebooks
from expectations.rulebook import Rule, Sql, Unique
from orchestration.ingest.reader_pool import ReaderPool
from orchestration.judgement.reference import rule_context
from orchestration.judgement.within_delivery import DeliveryJudgement, judge_delivery
from orchestration.reference.contracts import load_contracts
from orchestration.reference.districts import CITY_ID

#: What sends a clerk to the original data before anything is changed.
_LOOKS_FIRST = re.compile(
    "^(?:核对|补填|查实|对照|从原系统|按原始|清空单元格，按原始|填写该行自己)"
)
#: What makes a figure wrong where it is followed without thinking.
_BLIND = re.compile(
    "^(?:删除|改为|合并|改正)|没有发生时填 0|使其相等|改为本地区|改为非负|以台账为准$|取整(?!$)"
)
#: Rules of others, whose remedies have their own tests.
_ELSEWHERE = re.compile("MR-104|MR-202|MR-1[23][0-9]|MR-2[12][0-9]|..-(?:22|52)[0-9]|ST-.*")


def _holding_back(kind: str) -> list[Rule]:
    return [
        rule
        for rule in load_rulebooks()[kind].rules
        if rule.severity == "quarantine"
        and not isinstance(rule.test, Sql)
        and not _ELSEWHERE.fullmatch(rule.id)
    ]


def _judge(
    readers: ReaderPool, folder: Path, kind: str, rows: list[Row]
) -> tuple[DeliveryJudgement, list[Row]]:
    """Return a delivery's judgement and the rows it would count, places left out."""
    contract, landing = load_contracts()[kind], folder / "landing.parquet"
    path = workbook(folder / f"{kind}.xlsx", kind, rows)
    reading = readers.read(path, contract, landing, folder / "notes.parquet")
    district_id = CITY_ID if contract.delivered_by == "city" else "gusu"
    context = rule_context(contract, OCTOBER, district_id, reading.as_at)
    book = load_rulebooks()[kind]
    judged = judge_delivery(landing, reading, contract, book, context)
    landed = pq.read_table(landing, columns=list(contract.fields)).to_pylist()
    held = judged.quarantined_by
    return judged, [row for row, by in zip(landed, held, strict=True) if not by]


@pytest.mark.parametrize("kind", [kind for kind in MAKERS if kind != "monthly_report"])
def test_rows_mended_as_told_are_the_true_rows(
    kind: str, readers: ReaderPool, tmp_path: Path
) -> None:
    """A row held back is filled from the original data; what repeats is looked at, not deleted."""
    make, rules = MAKERS[kind], _holding_back(kind)
    true = [*CLEAN[kind], *(make(FIRST_BROKEN + number) for number in range(len(rules)))]
    broken = [*CLEAN[kind]]
    broken += [make(FIRST_BROKEN + n) | BREAKS[rule.id][0] for n, rule in enumerate(rules)]
    judged, counted = _judge(readers, tmp_path, kind, broken)
    assert {rule.id for rule in rules} <= set(judged.findings["rule_id"])
    _, expected = _judge(readers, tmp_path, kind, true)
    assert len(expected) == len(true)
    assert all(row in expected for row in counted)
    remedies = judged.findings[judged.findings["severity"] == "quarantine"]["remedy"]
    assert all(_LOOKS_FIRST.match(remedy) for remedy in remedies.unique()), set(remedies)
    assert not [remedy for remedy in remedies.unique() if _BLIND.search(remedy)]


@pytest.mark.parametrize("kind", [kind for kind in MAKERS if kind != "monthly_report"])
def test_of_what_repeats_nothing_is_counted_before_somebody_looked(
    kind: str, readers: ReaderPool, tmp_path: Path
) -> None:
    """Two buildings under one number are both held back; with their own numbers both count."""
    contract = load_contracts()[kind]
    [rule] = [r for r in _holding_back(kind) if isinstance(r.test, Unique)]
    first, second = MAKERS[kind](FIRST_BROKEN), MAKERS[kind](FIRST_BROKEN + 1)
    same = second | {name: first[name] for name in contract.key}
    judged, counted = _judge(readers, tmp_path, kind, [*CLEAN[kind], first, same])
    assert set(judged.findings["rule_id"]) >= {rule.id}
    key = {name: str(first[name]) for name in contract.key}
    assert not [row for row in counted if {name: row[name] for name in key} == key]
    assert "核对是否同一记录" in rule.remedy
    # they are two records: each gets its own number back
    _, counted = _judge(readers, tmp_path, kind, [*CLEAN[kind], first, second])
    assert len(counted) == len(CLEAN[kind]) + 2
    # they are one record: one line stays
    _, counted = _judge(readers, tmp_path, kind, [*CLEAN[kind], first])
    assert len(counted) == len(CLEAN[kind]) + 1


#: A cell as delivered, what its remedy says as an edit, and what a clerk in haste might leave
#: instead: the first must be the true number, the second must still be held back.
_EDITS = [
    ("surveyed_building_count", "'49683", "49683", "‘49683"),
    ("surveyed_building_count", "49683幢", "49683", "49683座"),
    ("surveyed_building_count", "4.9683万", "49683", "4.9683"),
    ("surveyed_building_count", "49 683", "49683", "49,683,"),
    ("surveyed_building_count", "49.683", "49683", "49.68"),
    ("surveyed_building_count", "49683①", "49683", "49683（1）"),
    ("surveyed_building_count", "4.9683E+04", "49683", "4.9683E4"),
    ("surveyed_building_count", "约49683", "49683", "49683左右"),
    ("surveyed_building_count", "49683/49700", "49683", "49683、49700"),
    ("surveyed_building_count", "4\u200b9683", "49683", "4\u00a09683"),
    ("surveyed_floor_area_10k_m2", "7658.27万㎡", "7658.27", "7658.27万"),
    ("surveyed_floor_area_10k_m2", "7.658,27", "7658.27", "7,658,27"),
    ("verified_count", "三十", "30", "叁拾"),
    ("verified_count", "同上", "30", "〃"),
    ("verified_count", "—", "30", "无"),
    ("verified_count", None, "30", "/"),
    ("completed_count", "-31", "31", "31-"),
]


@pytest.mark.parametrize(("field", "delivered", "followed", "hasty"), _EDITS)
def test_a_measure_mended_as_told_is_the_true_figure(
    field: str,
    delivered: str | None,
    followed: str,
    hasty: str,
    readers: ReaderPool,
    tmp_path: Path,
) -> None:
    true = CLEAN["monthly_report"][0]
    judged, counted = _judge(readers, tmp_path, "monthly_report", [true | {field: delivered}])
    assert counted == []
    told = judged.findings[judged.findings["field"] == field]["remedy"]
    assert len(told) == 1
    assert _LOOKS_FIRST.match(told.iloc[0]) or "换算" in told.iloc[0]
    _, [row] = _judge(readers, tmp_path, "monthly_report", [true | {field: followed}])
    _, [expected] = _judge(readers, tmp_path, "monthly_report", [true])
    assert row == expected
    _, counted = _judge(readers, tmp_path, "monthly_report", [true | {field: hasty}])
    assert counted == []


def test_no_remedy_of_the_book_tells_to_change_without_looking() -> None:
    rules = [rule for rules in load_rule_files().values() for rule in rules]
    asking_too_much = {
        rule.id: rule.remedy
        for rule in rules
        if rule.severity in ("refuse", "quarantine")
        and not _ELSEWHERE.fullmatch(rule.id)
        and _BLIND.search(rule.remedy)
    }
    assert asking_too_much == {}


def test_a_unit_in_a_header_is_not_mended_by_the_header_alone() -> None:
    [rule] = [rule for rule in load_rule_files()["every"] if rule.id == "ST-004"]
    assert "换算" in rule.remedy
    assert "不能只改表头" in rule.remedy
