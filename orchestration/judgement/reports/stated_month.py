"""Which month a delivery says it is of, held against the month it was delivered for.

The reader lists the dates around the table (``Claim``). Here a month without a year gets the
delivery's, the file's name is read, and what contradicts becomes a problem. How a date is written
from a claim is ``stated.titles``'s; districts and colliding files are ``month_checks``'s.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import date, timedelta

from orchestration.ingest.reader.stated.titles import CLAIMING, as_at_of, name_claims
from orchestration.ingest.reading import Claim, Problem, Reading
from orchestration.reference.contracts import load_contracts
from orchestration.reference.months import Month
from orchestration.store.records import Arrival

#: The problem of flows that may be those of several months.
CUMULATIVE = "cumulative_period"
#: A day so soon after the month is that of filling in, if the month itself is stated elsewhere.
_FILLING_IN = timedelta(days=31)
_LONGEST_MONTH = timedelta(days=31)
_PARTS_OF_YEAR = ("季度", "半年")
_SHOWN = 3


@dataclass(frozen=True)
class Stated:
    """The as-at day that a delivery states, where, and what is wrong with what it states."""

    as_at: date | None
    source: str | None
    problems: tuple[Problem, ...]


def stated_month(arrival: Arrival, reading: Reading) -> Stated:
    """Return what the claims of a reading and of its file's name come to for the arrival."""
    contract = load_contracts()[arrival.kind]
    month = arrival.month
    allowed = (month, month.shift(1)) if contract.may_end_later else (month,)
    claims = [
        _with_year(claim, month, allowed)
        for claim in (*reading.claims, *name_claims(arrival.file_name))
    ]
    claims = _sorted_out(claims, month, allowed)
    foreign = _foreign(claims, arrival, reading, allowed)
    own = [
        claim
        for claim in claims
        if _month(claim) in allowed and not _is_foreign(claim, month, allowed)
    ]
    as_at, source = as_at_of(claims if foreign else own)
    problems = [
        *foreign,
        *_cumulative(claims, reading, has_flows=bool(contract.flows)),
        *_doubtful(claims, arrival, reading, allowed),
    ]
    if not foreign and all(claim.place == "file" for claim in own if claim.evidence in CLAIMING):
        problems.append(_no_as_at(claims, reading, month, as_at))
    return Stated(as_at, source, tuple(problems))


def _with_year(claim: Claim, month: Month, allowed: Sequence[Month]) -> Claim:
    """Give a claim without a year the one that fits the delivery's month."""
    if claim.year is not None or claim.month is None:
        return claim
    year = next((m.year for m in allowed if m.number == claim.month), month.year)
    since = claim.since
    if since is not None and since[0] is None:
        since = (year if since[1] <= claim.month else year - 1, *since[1:])
    if claim.day == 29 and claim.month == 2 and Month(year, 2).last_day.day == 28:
        return replace(claim, evidence="impossible", month=None)
    return replace(claim, year=year, since=since)


def _month(claim: Claim) -> Month | None:
    return Month(claim.year, claim.month) if claim.year and claim.month else None


def _sorted_out(claims: list[Claim], month: Month, allowed: Sequence[Month]) -> list[Claim]:
    """Settle what other claims explain: a name's day, and a day of filling in without label."""
    is_stated = any(
        claim.evidence in CLAIMING and claim.evidence != "plain" and _month(claim) in allowed
        for claim in claims
    )
    settled = []
    for claim in claims:
        evidence = claim.evidence
        if evidence == "hint":
            is_end = _day(claim) == month.last_day
            evidence = "plain" if is_end and not is_stated else "mention"
        elif evidence == "plain" and is_stated and _month(claim) not in allowed:
            day = _day(claim)
            is_soon = timedelta() < day - month.last_day <= _FILLING_IN
            evidence = "doubtful" if is_soon else evidence
        settled.append(replace(claim, evidence=evidence))
    return settled


def _day(claim: Claim) -> date:
    return date(claim.year or 1, claim.month or 1, claim.day or 1)


def _foreign(
    claims: list[Claim], arrival: Arrival, reading: Reading, allowed: Sequence[Month]
) -> list[Problem]:
    month = arrival.month
    foreign = [claim for claim in claims if _is_foreign(claim, month, allowed)]
    if not foreign:
        return []
    named = "、".join(dict.fromkeys(_month_of(claim).chinese for claim in foreign))
    places = "、".join(dict.fromkeys(_place(claim) for claim in foreign[:_SHOWN]))
    return [
        Problem(
            code="foreign_month",
            message=f"{places}注明的是{named}，报送月份是{month.chinese}",
            remedy=f"报送{month.chinese}的报表；数据是{named}的，放到该月的文件夹，不要只改所写的月份",
            sheet=reading.sheet,
        )
    ]


def _month_of(claim: Claim) -> Month:
    month = _month(claim)
    assert month is not None
    return month


def _is_foreign(claim: Claim, month: Month, allowed: Sequence[Month]) -> bool:
    claimed = _month(claim)
    if claim.evidence not in CLAIMING or claimed is None or claimed == month:
        return False
    if claim.day is not None and claimed in allowed:
        return False  # an as-at day may be later, the month itself may not
    if claim.since is not None and any(word in claim.text for word in _PARTS_OF_YEAR):
        year, number, _ = claim.since
        return not Month(year or claimed.year, number) <= month <= claimed
    return True


def _cumulative(claims: list[Claim], reading: Reading, *, has_flows: bool) -> list[Problem]:
    """Return the finding that flows may be those of several months."""
    spans = [claim for claim in claims if _is_of_months(claim)]
    if not spans or not has_flows:
        return []
    return [
        Problem(
            code=CUMULATIVE,
            message=(
                f"{_place(spans[0])}写的是几个月的累计，发生数（受理、核实、处理完成）"
                "不能确定是当月数还是累计数"
            ),
            remedy=("发生数只报本月发生数并把表题改为当月；数字不是当月数的，不能只改表题"),
            sheet=reading.sheet,
            row=spans[0].row,
            cell=spans[0].cell,
        )
    ]


def _is_of_months(claim: Claim) -> bool:
    """Whether a claim spans more than a month; from the 26th to the 25th it does not."""
    if claim.evidence != "period" or claim.since is None:
        return False
    year, number, day = claim.since
    if claim.month is None or year is None or claim.year is None:
        return True
    if day is not None:
        return _day(claim) - date(year, number, day) >= _LONGEST_MONTH
    return (year, number) != (claim.year, claim.month)


def _doubtful(
    claims: list[Claim], arrival: Arrival, reading: Reading, allowed: Sequence[Month]
) -> list[Problem]:
    """Return what a person should look at: no such date, two as-at days, a day that may be one."""
    problems = [
        _look(
            "impossible_date",
            f"{_place(claim)}不是一个看得明白的日期",
            "核对后写明截至日期，如“截至2022年10月31日”",
            reading,
            claim,
        )
        for claim in claims
        if claim.evidence == "impossible"
    ]
    month = arrival.month
    for claim in claims:
        if (
            claim.evidence == "period"
            and claim.since
            and claim.since[2]
            and not _is_of_months(claim)
        ):
            message = f"{_place(claim)}不是一个自然月，发生数是这一段时间的"
            remedy = "发生数按自然月（1日至月末）报送"
            problems.append(_look("doubtful_month", message, remedy, reading, claim))
        if claim.evidence == "doubtful" and _month(claim) not in (None, *allowed):
            message = f"{_place(claim)}不是报送月份{month.chinese}的日期，看不出是否截至日期"
            remedy = f"核对数据是否{month.chinese}的；是填报日期的，写明“填报日期”"
            problems.append(_look("doubtful_month", message, remedy, reading, claim))
    marked = {
        _day(claim): claim
        for claim in claims
        if claim.evidence == "marked" and _month(claim) in allowed
    }
    if len(marked) > 1:
        places = "、".join(_place(marked[day]) for day in sorted(marked)[:_SHOWN])
        message = f"注明的截至日期不一致：{places}，按最后一日判断"
        last = marked[max(marked)]
        problems.append(_look("doubtful_month", message, "核对后只写一个截至日期", reading, last))
    return problems


def _look(code: str, message: str, remedy: str, reading: Reading, claim: Claim) -> Problem:
    return Problem(code, message, remedy, reading.sheet, claim.row, claim.cell)


def _no_as_at(claims: list[Claim], reading: Reading, month: Month, as_at: date | None) -> Problem:
    """Say that the file holds no as-at date; what other dates there are does not go unsaid.

    A file's name is read, but it does not travel with the table.
    """
    places = "、".join(dict.fromkeys(_place(claim) for claim in claims[:_SHOWN]))
    if as_at is not None:
        message = f"只有{places}，表内没有写明截至日期，按{as_at.isoformat()}判断"
    elif claims:
        message = f"只有{places}，看不出截至日期，只能按其中的日期判断所属月份"
    else:
        message = "报表没有注明截至日期，只能按其中的日期判断所属月份"
    remedy = f"在表题注明截至日期，如“截至{month.chinese}{month.last_day.day}日”"
    return Problem("no_as_at", message, remedy, reading.sheet)


def _place(claim: Claim) -> str:
    """Return where a claim stands and what it says; never more of the text than its date."""
    if claim.place == "column":
        return f"截至日期一列的{claim.text}"
    words = {"title": "表题", "footer": "表尾", "sheet": "工作表名", "file": "文件名"}
    at = f"（{claim.cell}）" if claim.cell else ""
    return f"{words[claim.place]}{at}“{claim.text}”"
