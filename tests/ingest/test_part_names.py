"""Which part of how many a file's name says it is, however clerks write it."""

from __future__ import annotations

import pytest

from orchestration.ingest.part_names import are_all_parts, are_whole, part_of
from orchestration.ingest.reader.stated.titles import name_claims
from orchestration.store.records import DeliveredFile

NAMES = {
    "房屋排查台账_第1部分共3.xlsx": (1, 3),
    "房屋排查台账第３部分共３.xlsx": (3, 3),
    "排查台账（第一部分，共三部分）.csv": (1, 3),
    "排查台账 第 2 部分 共 3 个部分.csv": (2, 3),
    "building_survey_第十二部分（共二十部分）.csv": (12, 20),
    "排查台账第十部分共一百零二.csv": (10, 102),
    "2022年10月31日排查台账第2部分共3(改).csv": (2, 3),
    "第1部分共2_排查台账_第1部分共2.csv": (1, 2),
    "排查台账_第0部分共3.xlsx": (0, 3),
    "第1部分共2_排查台账_第2部分共2.csv": None,
    "排查台账第1部分.xlsx": None,
    "排查台账1-3.xlsx": None,
    "排查台账共3部分.xlsx": None,
}


@pytest.mark.parametrize("name", NAMES)
def test_a_name_says_which_part_of_how_many(name: str) -> None:
    assert part_of(name) == NAMES[name]


def test_the_number_of_a_part_is_no_date() -> None:
    assert name_claims("排查台账_第1部分共12.csv") == []
    [claim] = name_claims("2022年10月排查台账_第11部分共12.csv")
    assert (claim.year, claim.month, claim.day) == (2022, 10, None)


def test_files_are_one_delivery_alone_or_all_there() -> None:
    plain, first, second = (DeliveredFile("", "", *part) for part in ((), (1, 2), (2, 2)))
    assert are_whole([plain])
    assert are_whole([DeliveredFile("", "", 1, 1)])
    assert are_all_parts([second, first])
    for colliding in ([first], [plain, plain], [plain, first, second], [first, first]):
        assert not are_whole(colliding)
