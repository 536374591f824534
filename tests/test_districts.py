from __future__ import annotations

from pathlib import Path

import pytest

from orchestration.reference.districts import (
    district_in,
    districts_named_in,
    find_district,
    folder_codes,
    load_districts,
    reporting_districts,
)
from orchestration.reference.months import Month

HEADER = "district_id,district_code,district_name,sort_order,level,first_month,last_month,aliases\n"


def test_ten_districts_in_bulletin_order() -> None:
    names = " ".join(d.district_name for d in reporting_districts(Month.parse("2022-10")))
    assert names == "张家港市 常熟市 太仓市 昆山市 吴江区 吴中区 相城区 姑苏区 工业园区 高新区"


def test_a_code_is_a_dated_attribute() -> None:
    assert district_in("sip", Month.parse("2022-10")).district_code == "320571"
    assert district_in("sip", Month.parse("2023-06")).district_code == "320576"
    assert folder_codes("sip") == ("320571", "320576")


@pytest.mark.parametrize(
    ("name", "district_id"),
    [
        ("园区", "sip"),
        ("SIP", "sip"),
        ("虎丘区", "gaoxin"),
        ("沧浪区", "gusu"),
        ("吴江市", "wujiang"),
    ],
)
def test_aliases(name: str, district_id: str) -> None:
    assert find_district(name) == district_id


def test_the_longest_name_in_a_title_wins() -> None:
    assert districts_named_in("苏州工业园区2022年10月月报表") == {"sip"}
    assert districts_named_in("苏州市2022年10月") == set()


@pytest.mark.parametrize(
    ("row", "message"),
    [
        ("a,32058,甲市,1,district,2020-01,,", "six digits"),
        ("a,320582,甲市,1,town,2020-01,,", "level"),
        ("a,320582,甲市,1,district,2020-1,,", "YYYY-MM"),
        ("a,320582,甲市,1,district,2020-01,,乙\nb,320583,乙,2,district,2020-01,,", "both a and b"),
    ],
)
def test_a_bad_row_is_named(tmp_path: Path, row: str, message: str) -> None:
    path = tmp_path / "districts.csv"
    path.write_text(HEADER + row + "\n", encoding="utf-8")
    with pytest.raises(ValueError, match=message):
        load_districts(path)
