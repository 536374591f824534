"""Every way of stating a month, in every place, and what only looks like one."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from orchestration.ingest.reader.stated.titles import Titles, name_claims, read_titles
from orchestration.reference.months import Month

MONTHS = st.builds(Month, st.integers(2020, 2039), st.integers(1, 12))
_ONES = "〇一二三四五六七八九"
_ENGLISH = ("Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec")


def _chinese(number: int) -> str:
    ten, one = divmod(number, 10)
    tens = ("" if ten == 1 else _ONES[ten]) + "十" if ten else ""
    return tens + (_ONES[one] if one else "")


def _year(month: Month, ones: str = _ONES) -> str:
    return "".join(ones[int(digit)] for digit in str(month.year))


def _wide(text: str) -> str:
    return "".join(chr(ord(c) + 0xFEE0) if c.isdigit() else c for c in text)


Spelling = Callable[[Month], str]
#: How a month is written, with its year.
MONTH_SPELLINGS: dict[str, Spelling] = {
    "2022年10月": lambda m: m.chinese,
    "2022年10月份": lambda m: f"{m.chinese}份",
    "2022 年 10 月 份": lambda m: f"{m.year} 年 {m.number} 月 份",
    "2022年度10月": lambda m: f"{m.year}年度{m.number}月",
    "2022年第10月": lambda m: f"{m.year}年第{m.number}月",
    "22年10月": lambda m: f"{m.year % 100}年{m.number}月",
    "２０２２年１０月": lambda m: _wide(m.chinese),
    "二〇二二年十月": lambda m: f"{_year(m)}年{_chinese(m.number)}月",
    "二○二二年十月": lambda m: f"{_year(m).replace('〇', '○')}年{_chinese(m.number)}月",
    "贰零贰贰年10月": lambda m: f"{_year(m, '零壹贰叁肆伍陆柒捌玖')}年{m.number}月",
    "2022.10": lambda m: f"{m.year}.{m.number:02d}",
    "2022-10": str,
    "2022/10": lambda m: f"{m.year}/{m.number}",
    "202210": lambda m: f"{m.year}{m.number:02d}",
    "Oct 2022": lambda m: f"{_ENGLISH[m.number - 1]} {m.year}",
    "2022-Oct": lambda m: f"{m.year}-{_ENGLISH[m.number - 1]}",
}
#: How a month's last day is written, with its year; a span of days ends with its last.
DAY_SPELLINGS: dict[str, Spelling] = {
    "2022年10月31日": lambda m: f"{m.chinese}{m.last_day.day}日",
    "二〇二二年十月三十一日": lambda m: (
        f"{_year(m)}年{_chinese(m.number)}月{_chinese(m.last_day.day)}日"
    ),
    "2022年度10月31日": lambda m: f"{m.year}年度{m.number}月{m.last_day.day}日",
    "2022.10.31": lambda m: f"{m.year}.{m.number}.{m.last_day.day}",
    "2022-10-31": lambda m: m.last_day.isoformat(),
    "2022-10-31 00:00:00": lambda m: f"{m.last_day.isoformat()} 00:00:00",
    "20221031": lambda m: f"{m.last_day:%Y%m%d}",
    "31 Oct 2022": lambda m: f"{m.last_day.day} {_ENGLISH[m.number - 1]} {m.year}",
    "2022年10月31日24时": lambda m: f"{m.chinese}{m.last_day.day}日24时",
    "2022年10月31日24:00": lambda m: f"{m.chinese}{m.last_day.day}日24:00",
    "2022年11月1日0时": lambda m: f"{m.shift(1).chinese}1日0时",
    "2022年11月1日零时": lambda m: f"{m.shift(1).chinese}1日零时",
    "2022年10月1日至31日": lambda m: f"{m.chinese}1日至{m.last_day.day}日",
    "2022年10月1日—2022年10月31日": lambda m: f"{m.chinese}1日—{m.chinese}{m.last_day.day}日",
}
#: Where a month stands that is claimed, whole or as the month of a day.
MONTH_PLACES: dict[str, Callable[[str], Titles]] = {
    "title": lambda text: read_titles([text]),
    "within a title": lambda text: read_titles([f"姑苏区{text}月报表"]),
    "beside its label": lambda text: read_titles(["姑苏区月报表", f"统计月份\t{text}"]),
    "behind its label": lambda text: read_titles([f"所属期：{text}"]),
    "footer": lambda text: read_titles(["姑苏区月报表"], ["填报人：甲", text]),
    "labelled footer": lambda text: read_titles([], [f"报告期：{text}"]),
    "sheet": lambda text: read_titles([], [], text),
}
DAY_PLACES: dict[str, Callable[[str], Titles]] = {
    "title": lambda text: read_titles([text]),
    "marked title": lambda text: read_titles([f"姑苏区月报表（截至{text}）"]),
    "beside its label": lambda text: read_titles(["姑苏区月报表", f"截至日期\t{text}"]),
    "marked footer": lambda text: read_titles([], ["填报人：甲", f"截至日期：{text}"]),
    "marked note": lambda text: read_titles([], [f"注：本表数据截至{text}。"]),
    "marked sheet": lambda text: read_titles([], [], f"截至{text}"),
}
WORKED = [
    *(
        "填报",
        "填表",
        "制表",
        "制单",
        "审核",
        "复核",
        "审批",
        "签发",
        "打印",
        "修改",
        "更新",
        "生成",
    ),
    *("导出", "上报", "报送", "盖章", "签字"),
]
WORK_LABELS = ["{}日期：{}", "{}时间：{}", "{}日期\t{}", "{}时间\t{}", "{}于{}", "{}人：张三　{}"]


@pytest.mark.parametrize("place", MONTH_PLACES)
@pytest.mark.parametrize("spelling", MONTH_SPELLINGS)
@given(month=MONTHS)
@settings(deadline=None, max_examples=5)
def test_a_month_is_read_in_every_spelling_and_place(
    spelling: str, place: str, month: Month
) -> None:
    titles = MONTH_PLACES[place](MONTH_SPELLINGS[spelling](month))
    assert (titles.as_at, titles.months) == (month.last_day, (str(month),))


@pytest.mark.parametrize("place", DAY_PLACES)
@pytest.mark.parametrize("spelling", DAY_SPELLINGS)
@given(month=MONTHS)
@settings(deadline=None, max_examples=5)
def test_a_day_is_read_in_every_spelling_and_place(spelling: str, place: str, month: Month) -> None:
    titles = DAY_PLACES[place](DAY_SPELLINGS[spelling](month))
    assert (titles.as_at, titles.months) == (month.last_day, (str(month),))


@pytest.mark.parametrize("label", WORK_LABELS)
@pytest.mark.parametrize("work", WORKED)
@given(month=MONTHS, spelling=st.sampled_from([*MONTH_SPELLINGS, *DAY_SPELLINGS]))
@settings(deadline=None, max_examples=5)
def test_the_day_of_filling_in_claims_no_month(
    work: str, label: str, month: Month, spelling: str
) -> None:
    text = label.format(work, (MONTH_SPELLINGS | DAY_SPELLINGS)[spelling](month))
    assert read_titles(["姑苏区月报表", text]).months == ()
    assert read_titles([], [text]).months == ()


@given(month=MONTHS, spelling=st.sampled_from([*MONTH_SPELLINGS]))
@settings(deadline=None, max_examples=40)
def test_a_files_name_claims_a_month(month: Month, spelling: str) -> None:
    [claim] = name_claims(
        f"姑苏区_{MONTH_SPELLINGS[spelling](month)}_月报表.xlsx".replace("/", ".")
    )
    assert (claim.evidence, claim.year, claim.month) == ("month", month.year, month.number)


@pytest.mark.parametrize(
    ("text", "as_at", "months"),
    [
        ("截至2022年10月31日", date(2022, 10, 31), ("2022-10",)),
        ("数据截至：2022-10-31", date(2022, 10, 31), ("2022-10",)),
        ("统计日期 2022.10.31", date(2022, 10, 31), ("2022-10",)),
        ("2022年2月统计表", date(2022, 2, 28), ("2022-02",)),
        ("（2022-10）", date(2022, 10, 31), ("2022-10",)),
        ("2022年1—10月", date(2022, 10, 31), ("2022-10",)),
        ("2022\t年\t10\t月", date(2022, 10, 31), ("2022-10",)),
        ("2022年度姑苏区10月月报表", date(2022, 10, 31), ("2022-10",)),
        ("统计区间\t2022-10-01\t2022-10-31", date(2022, 10, 31), ("2022-10",)),
        (
            "统计区间：2022-10-01 00:00:00 至 2022-10-31 23:59:59",
            date(2022, 10, 31),
            ("2022-10",),
        ),
        ("姑苏区2022年9月既有建筑（住宅）台账，单位：幢", date(2022, 9, 30), ("2022-09",)),
        ("截至2022年10月底", date(2022, 10, 31), ("2022-10",)),
        ("填报单位：姑苏区住建局　2022年9月", date(2022, 9, 30), ("2022-09",)),
        ("报送月份：2022年9月", date(2022, 9, 30), ("2022-09",)),
        ("关于2022年9月房屋安全情况的报告", date(2022, 9, 30), ("2022-09",)),
        ("姑苏区月报数据2022年9月", date(2022, 9, 30), ("2022-09",)),
        ("姑苏区2022年9月月报表，单位：幢、万平方米", date(2022, 9, 30), ("2022-09",)),
        ("自2022年10月1日起至10月31日止", date(2022, 10, 31), ("2022-10",)),
        ("2022年10月月报 填表时间2022.11.03", date(2022, 10, 31), ("2022-10",)),
        ("2022年9月（截至2022年10月31日）", date(2022, 10, 31), ("2022-09", "2022-10")),
        ("截至2022年2月30日", None, ()),
        ("苏府〔2021〕76号", None, ()),
        ("2022年13月", None, ()),
        ("10月32日", None, ()),
        ("2022年1①月", None, ()),
    ],
)
def test_days_and_months(text: str, as_at: date | None, months: tuple[str, ...]) -> None:
    titles = read_titles([text])
    assert (titles.as_at, titles.months) == (as_at, months)


@pytest.mark.parametrize(
    "text",
    [
        "与2022年9月相比增加5幢",
        "注：本表由已公布的2022年9月统计表转录，不是原始报送文件。",
        "说明：较2022年9月减少3幢，系拆除",
        "注：上月数据截至2022年9月30日",
        "根据2021年12月1日起施行的《江苏省房屋使用安全管理条例》",
        "《江苏省房屋使用安全管理条例》（2021年12月1日施行）",
        "2021年10月文件要求",
        "按照《2022年9月工作方案》填报",
        "请于2022年11月5日前报送",
        "上报截止日期：2022年11月5日",
        "本表含2022年9月补报情况，其余为本月数据",
        "联系电话：0512-20221031",
        "附件10月报表",
        "有效期至：2023年12月",
        "（9月已核实案件不再列入）",
        "月报表（2022年9月修订版）",
    ],
)
def test_what_only_mentions_a_month_claims_none(text: str) -> None:
    for titles in (read_titles([text]), read_titles([], [text])):
        assert titles.months == ()
        assert all(claim.evidence == "mention" for claim in titles.claims)


@pytest.mark.parametrize(
    "text",
    [
        *("2022年1—10月", "1-10月", "1至10月", "一至十月", "1~10月", "1一10月", "年初至10月"),
        *("累计至10月", "2022年1月-10月", "2022年1月1日至10月31日", "2022.1-10", "202201-202210"),
        *("前三季度", "第四季度", "上半年", "前十个月", "2022年10月（累计）", "今年以来"),
    ],
)
@pytest.mark.parametrize("place", ["title", "label", "sheet", "file"])
def test_a_span_of_months_is_not_taken_for_a_month(text: str, place: str) -> None:
    claims = {
        "title": lambda: read_titles([f"姑苏区{text}月报表"]).claims,
        "label": lambda: read_titles([f"统计时间：{text}"]).claims,
        "sheet": lambda: read_titles([], [], text).claims,
        "file": lambda: name_claims(f"姑苏区{text}.xlsx"),
    }[place]()
    [claim] = claims
    assert claim.evidence == "period"
    assert claim.since is not None


@pytest.mark.parametrize("name", ["Sheet1", "表10", "第10页", "10", "月报表(10)", "10.31", ""])
def test_a_sheets_name_without_a_month_claims_none(name: str) -> None:
    assert read_titles([], [], name).claims == ()


@pytest.mark.parametrize(
    "name",
    ["月报表20221103.xlsx", "月报表（11月3日报）.xlsx", "monthly_report_20221103102233.xlsx"],
)
def test_the_day_in_a_files_name_is_that_of_sending(name: str) -> None:
    assert all(claim.evidence in ("hint", "mention") for claim in name_claims(name))


def test_months_without_a_year_are_claims_too() -> None:
    [claim] = read_titles(["姑苏区10月月报表"]).claims
    assert (claim.evidence, claim.year, claim.month) == ("month", None, 10)


def test_a_year_alone_in_a_title_row_is_that_of_the_month_beside_it() -> None:
    assert read_titles(["2021年度", "10月份"]).months == ("2021-10",)


def test_a_marked_day_wins_over_a_later_plain_one() -> None:
    titles = read_titles(["截至2022年10月31日", "2022年11月5日"])
    assert titles.as_at == date(2022, 10, 31)


def test_districts_in_bulletin_order_by_any_name() -> None:
    titles = read_titles(["苏州工业园区、昆山月报"])
    assert titles.districts == ("kunshan", "sip")
