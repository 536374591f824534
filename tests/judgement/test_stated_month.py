"""What a delivery states as its month, held against the month it was delivered for."""

from __future__ import annotations

import datetime
from collections.abc import Sequence
from dataclasses import replace
from pathlib import Path

import pytest
from decisions import Gusu, correction, verdict_of
from deliver import OCTOBER, building, folder, report_row, workbook
from hypothesis import given, settings
from hypothesis import strategies as st

from orchestration.ingest.reader.stated.titles import read_titles
from orchestration.ingest.reading import Claim, Reading
from orchestration.judgement.reports.month_checks import as_delivered
from orchestration.reference.contracts import load_contracts
from orchestration.reference.months import Month
from orchestration.store.records import Arrival, DeliveredFile

SEPTEMBER, NOVEMBER = OCTOBER.previous, OCTOBER.shift(1)
FLOWS = load_contracts()["monthly_report"].flows


def _delivered(
    titles: Sequence[str] = (),
    footers: Sequence[str] = (),
    sheet: str = "Sheet1",
    *,
    column: str | None = None,
    name: str = "monthly_report.xlsx",
    month: Month = OCTOBER,
    kind: str = "monthly_report",
) -> Reading:
    """Return the reading of a file with these texts as 姑苏区's delivery of the month."""
    claims = [
        replace(claim, row=None, cell=None) for claim in read_titles(titles, footers, sheet).claims
    ]
    if column is not None:
        day = datetime.date.fromisoformat(column)
        claims.append(Claim("column", column, "marked", day.year, day.month, day.day))
    part = DeliveredFile(name, "0" * 64)
    area = "city" if kind == "quality_inspection" else "gusu"
    arrival = Arrival(1, month, area, kind, 1, name, "0" * 64, 1, (part,), "")
    return as_delivered(arrival, Reading(kind=kind, sheet=sheet, claims=claims))


def _codes(reading: Reading) -> list[str]:
    return [problem.code for problem in reading.problems]


PLACES = {
    "title": lambda text, month: _delivered([f"姑苏区{text}月报表"], month=month),
    "footer": lambda text, month: _delivered(["姑苏区月报表"], [text], month=month),
    "sheet": lambda text, month: _delivered(["姑苏区月报表"], sheet=text, month=month),
    "file": lambda text, month: _delivered(["月报表"], name=f"{text}月报表.xlsx", month=month),
}
WORDS = {"title": "表题", "footer": "表尾", "sheet": "工作表名", "file": "文件名"}


@pytest.mark.parametrize("has_year", [True, False])
@pytest.mark.parametrize("place", PLACES)
@given(
    month=st.builds(Month, st.integers(2020, 2039), st.integers(1, 12)),
    shift=st.integers(-11, 11),
)
@settings(deadline=None, max_examples=25)
def test_another_month_refuses_wherever_it_stands(
    place: str, has_year: bool, month: Month, shift: int
) -> None:
    other = Month(month.year, (month.number - 1 + shift) % 12 + 1)
    text = other.chinese if has_year else f"{other.number}月"
    reading = PLACES[place](text, month)
    if other == month:
        assert reading.as_at == month.last_day.isoformat()
        # a file's name does not travel with the table
        assert _codes(reading) == (["no_as_at"] if place == "file" else [])
    else:
        assert _codes(reading) == ["foreign_month"]
        message = reading.problems[0].message
        assert all(word in message for word in (WORDS[place], other.chinese, month.chinese))


def test_only_where_nothing_like_a_date_stands_it_is_said_that_none_is_stated() -> None:
    [nothing] = _delivered(["姑苏区月报表"]).problems
    assert "没有注明" in nothing.message
    for reading in (
        _delivered(["姑苏区月报表"], ["填报日期：2022年11月3日"]),
        _delivered(["姑苏区月报表"], ["注：与2022年9月相比减少3幢。"]),
        _delivered(["姑苏区月报表"], name="姑苏区2022年10月月报表.xlsx"),
        _delivered(["姑苏区月报表"], name="月报表20221103.xlsx"),
    ):
        [problem] = reading.problems
        assert problem.code == "no_as_at"
        assert "没有注明" not in problem.message


@pytest.mark.parametrize(
    ("titles", "footers", "as_at"),
    [
        (["2022年10月月报表", "截至2022年10月28日"], [], "2022-10-28"),
        (["2022年10月月报表", "2022年10月30日"], [], "2022-10-30"),
        (["10月月报表"], ["截至10月28日"], "2022-10-28"),
        (["截至2022年11月1日0时"], [], "2022-10-31"),
        (["截至日期\t2022-10-31 00:00:00"], [], "2022-10-31"),
    ],
)
def test_a_marked_day_wins_over_a_day_and_that_over_a_month(
    titles: list[str], footers: list[str], as_at: str
) -> None:
    reading = _delivered(titles, footers)
    assert (reading.as_at, _codes(reading)) == (as_at, [])


def test_the_columns_day_wins_over_a_titles_month() -> None:
    reading = _delivered(["2022年10月月报表"], column="2022-10-28")
    assert (reading.as_at, reading.as_at_source) == ("2022-10-28", "column")
    assert _codes(_delivered(["2022年10月月报表"], column="2022-09-30")) == ["foreign_month"]


def test_two_as_at_days_are_told() -> None:
    reading = _delivered(["截至2022年10月31日"], ["截至日期：2022年10月28日"])
    assert _codes(reading) == ["doubtful_month"]
    assert "10月28日" in reading.problems[0].message
    assert "10月31日" in reading.problems[0].message


def test_a_day_soon_after_the_stated_month_is_told_and_refuses_nothing() -> None:
    assert _codes(_delivered(["截至2022年10月31日", "2022年11月5日"])) == ["doubtful_month"]
    assert _codes(_delivered(["2022年10月月报表", "2022年9月30日"])) == ["foreign_month"]


def test_a_bare_as_at_of_a_note_is_told_where_it_is_another_month() -> None:
    note = "注：截至2022年9月30日，全区已排查5万幢"
    assert _codes(_delivered(["2022年10月月报表"], [note])) == ["doubtful_month"]


@pytest.mark.parametrize("text", ["2022年13月", "截至2022年10月32日", "截至3/4/2022"])
def test_a_date_that_does_not_exist_or_can_be_read_twice_is_told(text: str) -> None:
    assert "impossible_date" in _codes(_delivered([text]))
    assert _delivered([text]).as_at is None


def test_the_inspection_keeps_its_as_at_day_in_the_next_month() -> None:
    titles = ["2022年10月抽检核查结果（截至2022年11月2日）"]
    reading = _delivered(titles, kind="quality_inspection")
    assert (reading.as_at, _codes(reading)) == ("2022-11-02", [])
    november = _delivered(["2022年11月抽检核查结果"], kind="quality_inspection")
    assert _codes(november) == ["foreign_month"]
    december = _delivered(
        ["12月抽检核查结果（截至1月2日）"],
        kind="quality_inspection",
        month=Month(2022, 12),
    )
    assert (december.as_at, _codes(december)) == ("2023-01-02", [])


CUMULATIVE = [
    *("2022年1—10月", "1-10月", "1至10月", "一至十月", "1~10月", "年初至10月", "累计至10月"),
    *("2022年1月1日至10月31日", "第四季度", "前十个月", "2022年10月（累计）", "今年以来"),
]


@pytest.mark.parametrize("text", CUMULATIVE)
@pytest.mark.parametrize("place", PLACES)
def test_flows_of_several_months_are_refused_and_stocks_are_not(text: str, place: str) -> None:
    assert "cumulative_period" in _codes(PLACES[place](text, OCTOBER))
    reading = _delivered([f"姑苏区{text}排查台账"], kind="building_survey")
    assert "foreign_month" not in _codes(reading)
    assert "cumulative_period" not in _codes(reading)


@pytest.mark.parametrize(
    ("text", "month"), [("1—1月", Month(2023, 1)), ("2023年1月1日至1月31日", Month(2023, 1))]
)
def test_january_alone_is_no_cumulation(text: str, month: Month) -> None:
    assert _codes(_delivered([text], month=month)) == []


@pytest.mark.parametrize("text", ["2022年1—9月", "前三季度", "上半年"])
def test_a_span_that_ends_before_the_month_is_another_months(text: str) -> None:
    assert _codes(_delivered([text])) == ["foreign_month", "cumulative_period"]


def test_a_month_from_the_26th_on_is_told() -> None:
    reading = _delivered(["统计期：2022年9月26日至10月25日"])
    assert (reading.as_at, _codes(reading)) == ("2022-10-25", ["doubtful_month"])


def _flows(**changes: int) -> list[dict[str, object]]:
    row = report_row("gusu")
    return [
        correction(
            kind="monthly_report",
            record_key=row["district"],
            field=field,
            old_value=str(row[field]),
            new_value=str(value),
        )
        for field, value in changes.items()
    ]


def test_corrections_of_every_flow_answer_a_cumulative_title(gusu: Gusu) -> None:
    path = folder(gusu.settings.raw, "gusu") / "monthly_report.xlsx"
    workbook(path, "monthly_report", [report_row("gusu")], title="姑苏区2022年1—10月月报表")
    judged = gusu.judge()["monthly_report"]
    assert (judged.state, verdict_of(judged, "MR-120").outcome) == ("refused", "fail")
    assert "accepted" not in judged.files
    gusu.decide(corrections=tuple(_flows(verified_count=3)))
    assert gusu.judge()["monthly_report"].state == "refused"
    gusu.decide(corrections=tuple(_flows(**{field: 3 for field in FLOWS})))
    judged = gusu.judge()["monthly_report"]
    assert (judged.state, verdict_of(judged, "MR-120").outcome) == ("accepted", "pass")
    [row] = gusu.stored(judged, "accepted")
    assert {row[field] for field in FLOWS} == {"3"}


def test_a_ledgers_month_is_heard_from_its_files_name(gusu: Gusu) -> None:
    place: Path = folder(gusu.settings.raw, "gusu")
    path = place / "姑苏区2022年9月既有建筑排查台账.xlsx"
    workbook(path, "building_survey", [building(1)])
    judged = gusu.judge()["building_survey"]
    assert (judged.state, verdict_of(judged, "ST-007").outcome) == ("refused", "fail")
