"""A comparison counts what both of its sides cover, or is null and says why.

``int_coverage`` and ``rpt_measure_change_monthly`` are asked directly on a table of few rows,
without dbt: their macros are plain Jinja.
"""

from __future__ import annotations

from collections.abc import Iterable
from datetime import date
from decimal import Decimal
from typing import Any

import duckdb
import plain_jinja
import pytest

from orchestration.settings import DBT_PROJECT_DIR

MODELS = DBT_PROJECT_DIR / "models"
MEASURES = (
    "surveyed_building_count",
    "surveyed_floor_area_m2",
    "suspected_complaint_count",
    "suspected_patrol_count",
    "verified_count",
    "completed_count",
)
SEPTEMBER, OCTOBER = date(2022, 9, 1), date(2022, 10, 1)
Row = dict[str, Any]
Changes = dict[tuple[date, str], Row]


def rendered(model: str) -> str:
    """Return a model's SQL over tables of the models' own names."""
    (path,) = MODELS.glob(f"**/{model}.sql")
    macros = ("coverage", "figures_by_measure", "is_total", "share_of")
    return plain_jinja.rendered(
        path.read_text("utf-8"), macros, ref=lambda name: name, config=lambda **_: ""
    )


def district(month: date, district_id: str, count: int | None, **values: Any) -> Row:
    """One district of the table: every measure is ``count``, reported, or missing."""
    basis = "missing" if count is None else "reported"
    row: Row = {"month": month, "district_id": district_id, "district_code": "320500"}
    row |= {"district_name": district_id, "sort_order": 1}
    row |= dict.fromkeys(MEASURES, count)
    return row | {"survey_basis": basis, "case_basis": basis} | values


def changes_of(rows: Iterable[Row], metric_id: str = "completed_count") -> Changes:
    """Return the comparisons of one measure by month and place; the city is summed up here."""
    rows = list(rows)
    for month in sorted({row["month"] for row in rows}):
        of_month = [row for row in rows if row["month"] == month]
        city = district(month, "city", None, sort_order=11)
        for name in MEASURES:
            known = [row[name] for row in of_month if row[name] is not None]
            city[name] = sum(known) if known else None
        rows.append(city)
    with duckdb.connect() as connection:
        connection.execute("create table metrics (metric_id varchar, kind varchar)")
        kinds = [
            (name, "stock" if name.startswith("surveyed") else "flow")
            for name in (*MEASURES, "suspected_count")
        ]
        connection.executemany("insert into metrics values (?, ?)", kinds)
        connection.execute(
            "create table rpt_district_monthly (month date, district_id varchar, district_code"
            " varchar, district_name varchar, sort_order integer,"
            f" {', '.join(f'{name} decimal(18, 2)' for name in MEASURES)},"
            " survey_basis varchar, case_basis varchar)"
        )
        marks = ", ".join("?" * len(rows[0]))
        connection.executemany(
            f"insert into rpt_district_monthly values ({marks})",
            [list(row.values()) for row in rows],
        )
        connection.execute(f"create table int_coverage as {rendered('int_coverage')}")
        found = connection.execute(rendered("rpt_measure_change_monthly"))
        names = [column[0] for column in found.description]
        made = [dict(zip(names, row, strict=True)) for row in found.fetchall()]
    assert len(made) == len(rows) * 7
    return {(r["month"], r["district_id"]): r for r in made if r["metric_id"] == metric_id}


def test_a_district_that_was_missing_last_month_is_on_neither_side() -> None:
    """With it on one side the city would grow by 37.55 % where nothing grew by more than 0.19 %."""
    found = changes_of(
        [
            district(SEPTEMBER, "gusu", 500_000),
            district(SEPTEMBER, "kunshan", None, sort_order=2),
            district(OCTOBER, "gusu", 500_950),
            district(OCTOBER, "kunshan", 186_800, sort_order=2),
        ],
        "surveyed_building_count",
    )
    city = found[OCTOBER, "city"]
    naive = (city["measure_value"] - city["previous_value"]) / city["previous_value"]
    assert round(float(naive), 4) == 0.3755
    assert city["mom_share"] == Decimal("0.0019")
    assert city["mom_difference"] == 950
    assert (city["mom_covered_value"], city["mom_base_value"]) == (500_950, 500_000)
    assert city["mom_district_ids"] == "gusu"
    assert city["mom_note"] == "不含kunshan（上月没有数据）"
    assert city["mom_reason"] is None
    kunshan = found[OCTOBER, "kunshan"]
    assert (kunshan["mom_share"], kunshan["mom_difference"]) == (None, None)
    assert (kunshan["mom_reason_code"], kunshan["mom_reason"]) == ("no_base_value", "上月没有数据")


def test_whole_months_are_compared_without_a_note() -> None:
    rows = [district(month, name, 4) for month in (SEPTEMBER, OCTOBER) for name in ("a", "b")]
    city = changes_of(rows)[OCTOBER, "city"]
    assert (city["mom_share"], city["mom_difference"], city["mom_note"]) == (0, 0, None)
    assert city["mom_district_ids"] == "a|b"
    assert city["mom_reason_code"] is None


@pytest.mark.parametrize(
    ("september", "october", "code", "note"),
    [
        (None, district(OCTOBER, "b", 9), "base_not_listed", "不含b（上月不在地区名录）"),
        (district(SEPTEMBER, "b", 9), None, None, "不含b（本月不在地区名录）"),
        (
            district(SEPTEMBER, "b", 9),
            district(OCTOBER, "b", None),
            "no_value",
            "不含b（本月没有数据）",
        ),
        (
            district(SEPTEMBER, "b", 9),
            district(OCTOBER, "b", 7, case_basis="ledger"),
            "basis_changed",
            "不含b（与上月依据不同）",
        ),
    ],
    ids=["new", "gone", "missing now", "other basis"],
)
def test_who_cannot_be_compared_is_left_out_by_name(
    september: Row | None, october: Row | None, code: str | None, note: str
) -> None:
    rows = [district(SEPTEMBER, "a", 4), district(OCTOBER, "a", 5), september, october]
    found = changes_of([row for row in rows if row])
    city = found[OCTOBER, "city"]
    assert (city["mom_base_value"], city["mom_covered_value"], city["mom_share"]) == (4, 5, 0.25)
    assert (city["mom_district_ids"], city["mom_note"]) == ("a", note)
    if october:
        assert found[OCTOBER, "b"]["mom_reason_code"] == code
        assert found[OCTOBER, "b"]["mom_difference"] is None


def test_a_renamed_district_with_another_code_is_the_same() -> None:
    old = district(SEPTEMBER, "sip", 4, district_name="工业园区", district_code="320571")
    new = district(OCTOBER, "sip", 5, district_name="园区", district_code="320576")
    found = changes_of([old, new])
    for place in ("sip", "city"):
        assert found[OCTOBER, place]["mom_share"] == 0.25
    assert found[OCTOBER, "city"]["mom_note"] is None


def test_a_split_district_is_on_neither_side() -> None:
    rows = [district(SEPTEMBER, "a", 4), district(OCTOBER, "a", 4)]
    rows += [district(SEPTEMBER, "whole", 10, sort_order=2)]
    rows += [district(OCTOBER, name, 5, sort_order=n) for n, name in ((2, "east"), (3, "west"))]
    city = changes_of(rows)[OCTOBER, "city"]
    assert (city["mom_difference"], city["mom_district_ids"]) == (0, "a")
    assert city["mom_note"] == "不含east、west（上月不在地区名录）、whole（本月不在地区名录）"


@pytest.mark.parametrize(
    ("before", "now", "code", "reason", "difference"),
    [
        (0, 5, "base_zero", "上月为零", 5),
        (-4, 5, "base_negative", "上月为负数", 9),
        (0, 0, "base_zero", "上月为零", 0),
    ],
)
def test_nothing_is_divided_by_zero_or_less(
    before: int, now: int, code: str, reason: str, difference: int
) -> None:
    found = changes_of([district(SEPTEMBER, "a", before), district(OCTOBER, "a", now)])
    for place in ("a", "city"):
        row = found[OCTOBER, place]
        assert (row["mom_share"], row["mom_difference"]) == (None, difference)
        assert (row["mom_reason_code"], row["mom_reason"]) == (code, reason)


def test_a_change_beyond_a_thousandfold_is_given_without_a_share() -> None:
    """A share has three digits before its point; one more would break the run of the month."""
    for now, share in ((1000, 999), (1001, None)):
        found = changes_of([district(SEPTEMBER, "a", 1), district(OCTOBER, "a", now)])
        for place in ("a", "city"):
            row = found[OCTOBER, place]
            assert (row["mom_share"], row["mom_difference"]) == (share, now - 1)
    assert (row["mom_reason_code"], row["mom_reason"]) == (
        "change_too_large",
        "比上月变化超过999倍",
    )


def test_a_fall_below_zero_keeps_its_sign() -> None:
    found = changes_of([district(SEPTEMBER, "a", 4), district(OCTOBER, "a", -1)])
    assert found[OCTOBER, "a"]["mom_share"] == -1.25
    share = found[OCTOBER, "a"]
    assert (share["city_share"], share["city_share_reason"]) == (None, "全市为负数")


def test_a_city_without_a_shared_district_says_so() -> None:
    rows = [district(SEPTEMBER, "a", 4), district(SEPTEMBER, "b", None)]
    rows += [district(OCTOBER, "a", None), district(OCTOBER, "b", 4)]
    city = changes_of(rows)[OCTOBER, "city"]
    assert (city["mom_difference"], city["mom_share"], city["mom_note"]) == (None, None, None)
    assert city["mom_reason_code"] == "nothing_shared"
    assert city["mom_reason"] == "没有与上月可比的地区"
    first = changes_of(rows)[SEPTEMBER, "city"]
    assert (first["mom_reason_code"], first["mom_reason"]) == ("no_base_value", "上月没有数据")
    assert first["yoy_reason"] == "上年同月没有数据"


def test_the_year_before_is_compared_by_the_same_rule() -> None:
    year_ago = date(2021, 10, 1)
    rows = [district(year_ago, "a", 4), district(OCTOBER, "a", 5), district(OCTOBER, "b", 9)]
    city = changes_of(rows)[OCTOBER, "city"]
    assert (city["year_ago_value"], city["yoy_base_value"], city["yoy_share"]) == (4, 4, 0.25)
    assert city["yoy_note"] == "不含b（上年同月不在地区名录）"
    assert city["mom_share"] is None


def year(*months: int, without: tuple[tuple[int, str], ...] = ()) -> list[Row]:
    return [
        district(date(2022, month, 1), name, None if (month, name) in without else 1)
        for month in months
        for name in ("a", "b")
    ]


@pytest.mark.parametrize(
    ("rows", "value", "reason"),
    [
        (year(1, 2, 3), 6, None),
        (year(1, 2, 3, without=((2, "b"),)), None, "本年2月缺b"),
        (year(1, 3), None, "本年2月没有数据"),
        (year(3), None, "本年1、2月没有数据"),
        (
            year(1, 2, 3, without=((2, "b"), (3, "a"), (3, "b"))),
            None,
            "本年3月没有数据，2月缺b",
        ),
    ],
    ids=["whole", "a district lacks", "a month lacks", "two months lack", "both"],
)
def test_a_year_to_date_is_of_whole_months(
    rows: list[Row], value: int | None, reason: str | None
) -> None:
    city = changes_of(rows)[date(2022, 3, 1), "city"]
    assert (city["ytd_value"], city["ytd_reason"]) == (value, reason)
    assert (city["ytd_reason_code"] is None) == (reason is None)


def test_a_district_is_summed_up_over_its_own_months() -> None:
    found = changes_of(year(1, 2, 3, without=((2, "b"),)))
    march = date(2022, 3, 1)
    assert found[march, "a"]["ytd_value"] == 3
    assert (found[march, "b"]["ytd_value"], found[march, "b"]["ytd_reason"]) == (
        None,
        "本年2月没有数据",
    )
    stock = changes_of(year(1, 2, 3), "surveyed_building_count")[march, "a"]
    assert (stock["ytd_value"], stock["ytd_reason_code"]) == (None, "stock")


def test_shares_and_ranks_say_among_whom() -> None:
    rows = [district(OCTOBER, "a", 6), district(OCTOBER, "b", 2), district(OCTOBER, "c", None)]
    found = changes_of(rows)
    assert found[OCTOBER, "a"]["city_share"] == 0.75
    assert found[OCTOBER, "a"]["city_share_note"] == "占有数地区合计，不含c"
    ranks = [
        (found[OCTOBER, name]["value_rank"], found[OCTOBER, name]["ranked_count"]) for name in "abc"
    ]
    assert ranks == [(1, 2), (2, 2), (None, None)]
    whole = changes_of(rows[:2])
    assert whole[OCTOBER, "a"]["city_share_note"] is None


def test_only_the_city_is_a_total() -> None:
    found = changes_of([district(OCTOBER, "a", 6)])
    assert {place: row["is_total"] for (_, place), row in found.items()} == {
        "a": False,
        "city": True,
    }
