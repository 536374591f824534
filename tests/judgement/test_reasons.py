"""Each kind of unreadable cell has its own cause, and none shows what may be personal."""

from __future__ import annotations

from pathlib import Path

import pandas as pd
import pyarrow.parquet as pq
import pytest
from deliver import building, workbook
from hypothesis import given, settings
from hypothesis import strategies as st

from expectations.rule_files import load_rulebooks
from orchestration.ingest.reader.privacy import mask
from orchestration.ingest.reader_pool import ReaderPool
from orchestration.judgement.plausible.bands import band_text
from orchestration.judgement.reasons import explain, pattern_text
from orchestration.judgement.reference import rule_context
from orchestration.judgement.within_delivery import DeliveryJudgement, judge_delivery
from orchestration.reference.contracts import ContractColumn, load_contracts
from orchestration.reference.months import Month

CASES = Path(__file__).parents[1] / "cases" / "files"


def _column(field: str) -> ContractColumn:
    return load_contracts()["building_survey"].column(field)


def _judged(
    name: str, kind: str, readers: ReaderPool, folder: Path
) -> tuple[DeliveryJudgement, list[dict[str, object]]]:
    contract, landing = load_contracts()[kind], folder / "landing.parquet"
    reading = readers.read(CASES / name, contract, landing, folder / "notes.parquet")
    context = rule_context(contract, Month.parse("2022-10"), "gusu", reading.as_at)
    book = load_rulebooks()[kind]
    judged = judge_delivery(landing, reading, contract, book, context)
    return judged, pq.read_table(landing).to_pylist()


@pytest.mark.parametrize("name", ["b18.xlsx", "d03_00.xlsx", "d03_02.xlsx", "d03_12.xlsx"])
def test_a_count_with_a_small_or_circled_digit_is_held_back(
    name: str, readers: ReaderPool, tmp_path: Path
) -> None:
    judged, _ = _judged(name, "monthly_report", readers, tmp_path)
    assert judged.state == "refused"
    found = judged.findings[judged.findings["rule_id"] == "MR-102"]
    assert list(found["field"]) == ["verified_count"]
    assert found["message"].str.contains("上标、带圈或其他文字的数字").all()


@pytest.mark.parametrize("name", ["m09.xlsx", "m10.csv"])
def test_of_thirty_ids_three_are_ids_and_one_repeats_another(
    name: str, readers: ReaderPool, tmp_path: Path
) -> None:
    judged, rows = _judged(name, "building_survey", readers, tmp_path)
    repeated = judged.findings[judged.findings["rule_id"] == "BS-107"]
    assert list(repeated["record_key"]) == ["32050800000001"] * 2
    ruined = judged.findings[judged.findings["rule_id"] == "BS-151"]
    ids = {"32050800000001", "03205080001"}
    assert sorted(ruined["record_key"]) == sorted(
        str(row["building_id"]) for row in rows if row["building_id"] not in ids
    )
    assert len(rows) == 29
    lost = ruined[ruined["record_key"].str.contains("E+1", regex=False)]
    assert lost["message"].str.contains("科学计数法，后几位已丢失").all()
    assert not judged.findings["remedy"].str.contains("^删除", regex=True).any()
    assert ruined["message"].nunique() > 15


def test_days_with_a_zone_are_the_days_they_show(readers: ReaderPool, tmp_path: Path) -> None:
    judged, rows = _judged("w18.xlsx", "building_survey", readers, tmp_path)
    assert {row["surveyed_on"] for row in rows} == {"2022-09-15"}
    assert judged.state == "accepted"
    assert len(judged.findings[judged.findings["field"] == "surveyed_on"]) == 0


@pytest.mark.parametrize(
    ("field", "text", "words"),
    [
        ("floors_above", "30.5", "不是整数"),
        ("floors_above", "30①", "上标、带圈"),
        ("floors_above", "٣", "其他文字的数字"),
        ("floors_above", "30起", "带有单位"),
        ("floors_above", "1.2万", "带有单位"),
        ("floors_above", "约30", "约数"),
        ("floors_above", "30余", "约数"),
        ("floors_above", "三十", "中文数字"),
        ("floors_above", "28/30", "两个数"),
        ("floors_above", "28、30", "两个数"),
        ("floors_above", "28-30", "两个数"),
        ("floors_above", "'30", "撇号"),
        ("floors_above", "3\u200b0", "U+200B"),
        ("floors_above", "2022-10-31", "是日期"),
        ("floors_above", "同上", "省略的写法"),
        ("floors_above", "#N/A", "错误值"),
        ("floors_above", "=1+1", "公式的文字"),
        ("floors_above", "张三", "不是数字"),
        ("floor_area_m2", "1.234,56", "位置不对"),
        ("floor_area_m2", "1,23", "位置不对"),
        ("floor_area_m2", "49 683", "空格"),
        ("floor_area_m2", "3.2E+5", "科学计数法"),
        ("floor_area_m2", "1234567890123", "13 位"),
        ("surveyed_on", "2022-09-14T16:00:00.000Z", "按北京时间是 2022-09-15"),
        ("surveyed_on", "10/11/2022", "先后不明"),
        ("surveyed_on", "11-10-22", "先后不明"),
        ("surveyed_on", "2022/13/01", "没有这一天"),
        ("surveyed_on", "2022-10", "不完整"),
        ("surveyed_on", "12", "是数字"),
        ("surveyed_on", "二〇二二年十月", "中文数字"),
        ("building_id", "3.20508E+13", "后几位已丢失"),
        ("building_id", "32050800000003.0", "小数点"),
        ("building_id", "3205080000000l", "像数字的字母"),
        ("building_id", "320508 00000001", "空格"),
        ("building_id", "320508\u00a000000001", "U+00A0"),
        ("building_id", "320508", "6 位"),
        ("building_id", "〃", "省略的写法"),
        ("building_id", "见附件", "指向别处"),
        ("building_id", "无", "表示没有"),
        ("survey_status", "查过了", "待排查、排查中、已排查、无需排查"),
    ],
)
def test_each_kind_of_cell_has_its_own_cause(field: str, text: str, words: str) -> None:
    assert words in explain(text, _column(field))[0]


@pytest.mark.parametrize("field", ["floors_above", "surveyed_on", "building_id", "survey_status"])
@pytest.mark.parametrize(
    "text", ["张三 13812345678", "王小明", "李四3", "320508199001011234", "138 1234 5678"]
)
def test_no_name_and_no_phone_is_quoted(field: str, text: str) -> None:
    message, remedy = explain(text, _column(field))
    assert text not in message + (remedy or "")
    assert not any(name in message for name in ("张三", "王小明", "李四"))


@settings(deadline=None, max_examples=60)
@given(
    text=st.text(max_size=40)
    | st.text(st.sampled_from("0139 -,.:TZ年月日起约'\u200b"), max_size=60)
)
def test_every_text_has_a_cause_that_is_short_and_masked(text: str) -> None:
    for field in ("floors_above", "floor_area_m2", "surveyed_on", "building_id", "survey_status"):
        message, _ = explain(text, _column(field))
        assert 0 < len(message) < 100
        assert mask(message) == message
        assert message.isprintable()


def test_limits_are_said_in_words() -> None:
    assert band_text(1, 1_000_000) == "在 1 至 1,000,000 之间"
    assert band_text(None, 0.5) == "不多于 0.5"
    assert band_text(0, None) == "不少于 0"
    assert pattern_text("[0-9]{18}") == " 18 位数字"
    assert "[A-Z]" in pattern_text("[A-Z]{3}")


def test_a_finding_that_compares_says_both_sides(readers: ReaderPool, tmp_path: Path) -> None:
    rows = [
        building(1, floor_area_m2=2_000_000),
        building(2, surveyed_on="2022-11-02"),
        building(3, built_year=2023),
        building(4, is_altered="是", altered_on="2023-01-01"),
        *(building(number) for number in range(5, 300)),
    ]
    path = workbook(tmp_path / "survey.xlsx", "building_survey", rows)
    contract, landing = load_contracts()["building_survey"], tmp_path / "landing.parquet"
    reading = readers.read(path, contract, landing, tmp_path / "notes.parquet")
    context = rule_context(contract, Month.parse("2022-10"), "gusu", reading.as_at)
    book = load_rulebooks()["building_survey"]
    judged = judge_delivery(landing, reading, contract, book, context)
    said: dict[str, pd.Series] = dict(list(judged.findings.groupby("rule_id")["message"]))
    assert "2,000,000" in said["BS-115"].iloc[0]
    assert "是 2022-11-02，晚于截至日期 2022-10-31" in said["BS-108"].iloc[0]
    assert "是 2022-09-15，早于 2023-01-01" in said["BS-211"].iloc[0]
    assert "2023-01-01" in said["BS-114"].iloc[0]
