"""What only the platform can know of a file: is it the right month, district, and alone.

Turns these into problems in the reader's form, so that the rule book asks about them like any
other. What can be seen inside one file alone is the reader's.
"""

from __future__ import annotations

from dataclasses import replace

from orchestration.ingest.deliveries import Received
from orchestration.ingest.reading import Problem, Reading
from orchestration.judgement.parts.joining import in_whole
from orchestration.judgement.parts.naming import colliding_files
from orchestration.judgement.parts.overlaps import different_days
from orchestration.judgement.reports.stated_month import stated_month
from orchestration.reference.districts import CITY_ID, district_in
from orchestration.reference.measures import MEASURED, REPORT
from orchestration.reference.months import Month
from orchestration.store.records import Arrival


def as_delivered(arrival: Arrival, reading: Reading) -> Reading:
    """Return a reading as that of its month and district: with the as-at day, and its problems.

    A month that the file names without a year is read as one of the delivery's year; where only
    the file's name says a month, that stands for its last day.
    """
    colliding = colliding_files(arrival)
    if colliding:
        return replace(reading, problems=[*reading.problems, *colliding])
    if reading.is_refused:
        return reading
    if reading.parts:
        return _parts_as_delivered(arrival, reading)
    stated = stated_month(arrival, reading)
    return replace(
        reading,
        as_at=stated.as_at.isoformat() if stated.as_at else None,
        as_at_source=stated.source,
        problems=[
            *reading.problems,
            *stated.problems,
            *_foreign_districts(arrival, reading),
        ],
    )


def _parts_as_delivered(arrival: Arrival, reading: Reading) -> Reading:
    """Return the reading of a delivery in parts, of each of which the same is asked."""
    days, problems = {}, list(reading.problems)
    for part in reading.parts:
        own = replace(arrival, file_name=part.file_name)
        stated = stated_month(own, part.reading)
        days[part.file_name] = stated.as_at
        found = [*stated.problems, *_foreign_districts(own, part.reading)]
        problems += [in_whole(problem, part) for problem in found]
    known = [day for day in days.values() if day is not None]
    return replace(
        reading,
        as_at=max(known).isoformat() if known else None,
        problems=[*problems, *different_days(days)],
    )


def _foreign_districts(arrival: Arrival, reading: Reading) -> list[Problem]:
    foreign = sorted(set(reading.districts_named) - {arrival.district_id})
    if not foreign or arrival.district_id == CITY_ID:
        return []
    named = "、".join(district_in(other, arrival.month).district_name for other in foreign)
    own = district_in(arrival.district_id, arrival.month).district_name
    return [
        Problem(
            code="foreign_district",
            message=f"文件内容注明的是{named}，报送地区是{own}",
            remedy=f"报送{own}的报表",
            sheet=reading.sheet,
        )
    ]


def whole_month_problems(month: Month, district_id: str, received: Received) -> list[Problem]:
    """Return the problems of a district's month as a whole."""
    problems = [
        Problem(
            code="unrecognised_file",
            message=f"文件“{item.file_name}”未采用：{item.reason}",
            remedy="文件名写明报表名称，如“月报表”“既有建筑排查台账”",
        )
        for item in received.misdelivered
    ]
    if district_id != CITY_ID and not _speaks(set(received.arrivals)):
        name = district_in(district_id, month).district_name
        problems.append(
            Problem(
                code="nothing_delivered",
                message=f"{name}没有报送{month.chinese}的月报表，也没有以台账代替",
                remedy="报送本月的月报表",
            )
        )
    return problems


def _speaks(kinds: set[str]) -> bool:
    """Whether these kinds give all measures: the report, or every ledger instead."""
    return REPORT in kinds or {measured.ledger for measured in MEASURED.values()} <= kinds
