"""``published/status.html``: the status board of all months, drawn from ``facts``.

It is drawn again with every run, release and look of ``watch``, also where nothing may be
published. The same facts give the same bytes, so a look without news writes nothing. Only the
words for the template are made here.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from itertools import groupby
from pathlib import Path

from orchestration.publication.html.templating import render
from orchestration.publication.status.facts import (
    MonthStatus,
    Place,
    board_months,
    month_status,
)
from orchestration.reference import vocabulary
from orchestration.reference.calendar import SUZHOU
from orchestration.reference.contracts import load_contracts
from orchestration.reference.deadlines import punctuality
from orchestration.settings import Settings
from orchestration.store.ledger import Ledger
from orchestration.store.public_files import write_public

STATUS = "status.html"
#: How many months are shown district by district; earlier ones have their line in the trend.
_MONTHS_SHOWN = 12
NONE = "—"


@dataclass(frozen=True)
class MonthLine:
    """One month of the trend, as text."""

    month: str
    name: str
    steps: str
    owed: int
    delivered: int
    on_time: str
    accepted: int
    completeness: str
    late: int
    turnaround: str
    release: str


@dataclass(frozen=True)
class Cell:
    """One district and kind in the matrix: its state, and what stands below it."""

    state: str
    name: str
    details: str


@dataclass(frozen=True)
class DistrictRow:
    """One district of the matrix; ``cells`` has None for a kind that it does not owe."""

    name: str
    cells: tuple[Cell | None, ...]


@dataclass(frozen=True)
class DetailRow:
    """One delivery in the full list."""

    name: str
    title: str
    state: str
    state_name: str
    texts: tuple[str, ...]


@dataclass(frozen=True)
class MonthBoard:
    """One month: its line, its matrix, and the full list of what arrived."""

    line: MonthLine
    is_simulated: bool
    unknown_years: tuple[int, ...]
    kinds: tuple[str, ...]
    rows: tuple[DistrictRow, ...]
    details: tuple[DetailRow, ...]


def write_status(settings: Settings, ledger: Ledger, now: datetime) -> Path:
    """Write the board unless it says the same already; return its path."""
    path = settings.published / STATUS
    content = status_page(ledger, now).encode()
    if not path.exists() or path.read_bytes() != content:
        write_public(settings, {path: content})
    return path


def status_page(ledger: Ledger, now: datetime) -> str:
    """Return the page; ``now`` has a time zone and decides only which deadlines have passed."""
    statuses = [month_status(ledger, month, now) for month in reversed(board_months(ledger, now))]
    times = [status.latest_at for status in statuses if status.latest_at]
    latest = f"{max(times).astimezone(SUZHOU):%Y-%m-%d %H:%M}" if times else NONE
    return render(
        "status.html.j2",
        lines=[month_line(status) for status in statuses],
        boards=[_board(status) for status in statuses[:_MONTHS_SHOWN]],
        is_simulated=any(status.is_simulated for status in statuses),
        latest=latest,
    )


def month_line(status: MonthStatus) -> MonthLine:
    """Return a month's counts and rates as people read them."""
    calendar, hours = status.calendar, _mean_hours(status.places)
    return MonthLine(
        month=str(status.month),
        name=status.month.chinese,
        steps=(
            f"截止 {calendar.deadline:%m-%d %H:%M}，统计 {calendar.run:%m-%d %H:%M}，"
            f"复核 {calendar.review:%m-%d %H:%M}，"
            f"{vocabulary.RELEASE_ACTIONS['release']} {calendar.release:%m-%d %H:%M}"
        ),
        owed=status.owed_count,
        delivered=status.delivered_count,
        on_time=_rate(status.on_time_count, status.owed_count),
        accepted=status.accepted_count,
        completeness=_rate(status.complete_count, status.owed_count),
        late=sum(place.is_late for place in status.places),
        turnaround=NONE if hours is None else _hours(hours),
        release=_release(status),
    )


def district_counts(status: MonthStatus) -> list[tuple[str, int, int, int, int, int, int]]:
    """Return one row a district with the numbers that ``DISTRICT_COLUMNS`` names."""
    counted = []
    for name, grouped in groupby(status.places, key=lambda place: place.district_name):
        places = list(grouped)
        states = [place.state for place in places]
        counted.append(
            (
                name,
                len(places),
                sum(place.delivered_at is not None for place in places),
                sum(place.is_accepted for place in places),
                states.count("refused"),
                states.count("missing"),
                sum(place.is_late for place in places),
            )
        )
    return counted


#: The columns of ``district_counts``.
DISTRICT_COLUMNS = (
    "地区",
    "应报",
    "已报",
    vocabulary.STATES["accepted"],
    vocabulary.STATES["refused"],
    "未报",
    "逾期",
)


def _board(status: MonthStatus) -> MonthBoard:
    kinds = list(dict.fromkeys(place.kind for place in status.places))
    return MonthBoard(
        line=month_line(status),
        is_simulated=status.is_simulated,
        unknown_years=status.calendar.unknown_years,
        kinds=tuple(load_contracts()[kind].title for kind in kinds),
        rows=tuple(
            DistrictRow(name, _cells(status, list(grouped), kinds))
            for name, grouped in groupby(status.places, key=lambda place: place.district_name)
        ),
        details=tuple(_detail(status, p) for p in status.places if p.delivered_at is not None),
    )


def _cells(
    status: MonthStatus, places: Sequence[Place], kinds: Sequence[str]
) -> tuple[Cell | None, ...]:
    by_kind = {place.kind: place for place in places}
    return tuple(_cell(status, by_kind[kind]) if kind in by_kind else None for kind in kinds)


def _cell(status: MonthStatus, place: Place) -> Cell:
    if place.state == "missing" and not status.is_closed:
        return Cell("waiting", vocabulary.NOT_DUE, "")
    said = []
    if place.is_late:
        said.append(punctuality(place.days_late))
    if place.versions > 1:
        said.append(f"第 {place.versions} 版")
    if place.asking_count:
        said.append(f"{place.asking_count} 条待改")
    return Cell(place.state, _state_name(place.state), "，".join(said))


def _state_name(state: str) -> str:
    name = vocabulary.ARRIVED if state == "arrived" else vocabulary.STATES[state]
    return name.partition("，")[0] if state != "accepted_with_quarantine" else "部分隔离"


def _detail(status: MonthStatus, place: Place) -> DetailRow:
    return DetailRow(
        name=place.district_name,
        title=place.title,
        state=place.state,
        state_name=_state_name(place.state),
        texts=(
            _moment(place.delivered_at),
            punctuality(place.days_late) if status.is_judged_for_lateness else NONE,
            str(place.versions),
            str(place.refused_count),
            str(place.returned_count),
            _moment(place.redelivered_at),
            NONE if place.turnaround_hours is None else _hours(place.turnaround_hours),
            _moment(place.accepted_at),
            _release(status) if place.is_accepted else NONE,
        ),
    )


def _moment(at: datetime | None) -> str:
    return f"{at.astimezone(SUZHOU):%Y-%m-%d %H:%M}" if at else NONE


def _hours(hours: float) -> str:
    return f"{hours:.0f} 小时" if hours < 48 else f"{hours / 24:.1f} 天"


def _mean_hours(places: Sequence[Place]) -> float | None:
    hours = [place.turnaround_hours for place in places if place.turnaround_hours is not None]
    return sum(hours) / len(hours) if hours else None


def _rate(count: int | None, owed: int) -> str:
    return NONE if count is None or not owed else f"{100 * count / owed:.1f}%"


def _release(status: MonthStatus) -> str:
    vintages = status.release.vintages
    if not vintages:
        return "未发布"
    return f"第 {vintages[-1].number} 版 {vocabulary.VINTAGE_STATES[vintages[-1].status]}"
